CREATE TABLE `connection_news` (
	`connection_id` text NOT NULL,
	`way` text NOT NULL,
	`last_new_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `way`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `flow_counts` (
	`size` text NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`way` text NOT NULL,
	`total` integer DEFAULT 0 NOT NULL,
	`events` integer DEFAULT 0 NOT NULL,
	`duplicates` integer DEFAULT 0 NOT NULL,
	`unmapped` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`dead` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`size`, `at`, `kind`, `way`)
) WITHOUT ROWID;
