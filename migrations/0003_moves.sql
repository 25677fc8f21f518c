CREATE TABLE `moves` (
	`account_number` text PRIMARY KEY NOT NULL,
	`from_shard` text NOT NULL,
	`to_shard` text NOT NULL,
	`step` text NOT NULL,
	`cursor` text NOT NULL,
	`claim` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`copied` integer NOT NULL,
	`rounds` integer NOT NULL,
	`note` text,
	`begun_at` integer NOT NULL,
	`switched_at` integer,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `moves_under_way` ON `moves` (`account_number`) WHERE step NOT IN ('done', 'cancelled');--> statement-breakpoint
CREATE TABLE `move_marks` (
	`account_number` text NOT NULL,
	`shipment_id` text NOT NULL,
	`carrier_number` text NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`account_number`, `shipment_id`, `carrier_number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `residency` (
	`account_number` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`claim` integer NOT NULL,
	`since` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `accounts` ADD `shard` text;