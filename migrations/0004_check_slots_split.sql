CREATE TABLE `__new_checks` (
	`connection_id` text NOT NULL,
	`carrier_number` text NOT NULL,
	`interval_s` integer NOT NULL,
	`slot` integer NOT NULL,
	`answer_hash` text,
	`status` text NOT NULL,
	`changed_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `interval_s`, `slot`, `carrier_number`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `__new_checks`("connection_id", "carrier_number", "interval_s", "slot", "answer_hash", "status", "changed_at") SELECT "connection_id", "carrier_number", "interval_s", "slot", "answer_hash", "status", "changed_at" FROM `checks`;--> statement-breakpoint
DROP TABLE `checks`;--> statement-breakpoint
ALTER TABLE `__new_checks` RENAME TO `checks`;--> statement-breakpoint
CREATE UNIQUE INDEX `checks_by_number` ON `checks` (`connection_id`,`carrier_number`);--> statement-breakpoint
ALTER TABLE `check_slots` ADD `turn_at` integer;--> statement-breakpoint
ALTER TABLE `check_slots` ADD `claimed_from` integer;--> statement-breakpoint
ALTER TABLE `check_slots` ADD `slow` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `connections` ADD `spread` text DEFAULT '{}' NOT NULL;