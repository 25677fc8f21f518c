CREATE TABLE `brandings` (
	`account_number` text PRIMARY KEY NOT NULL,
	`name` text,
	`colour` text,
	`logo` blob,
	`logo_type` text,
	`logo_digest` text,
	`logo_size` text,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
