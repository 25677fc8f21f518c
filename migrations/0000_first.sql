CREATE TABLE `accounts` (
	`account_number` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`shard` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`key_hash` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`account_number` text NOT NULL,
	`tenant_id` text NOT NULL,
	`hint` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `api_keys_by_account` ON `api_keys` (`account_number`,`id`);--> statement-breakpoint
CREATE TABLE `backlogs` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`waiting` integer NOT NULL,
	`dead` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `backlogs_by_waiting` ON `backlogs` (`waiting`);--> statement-breakpoint
CREATE INDEX `backlogs_by_dead` ON `backlogs` (`dead`);--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE `check_slots` (
	`connection_id` text NOT NULL,
	`way` text NOT NULL,
	`interval_s` integer NOT NULL,
	`slot` integer NOT NULL,
	`due_at` integer NOT NULL,
	`turn_at` integer,
	`claimed_from` integer,
	`slow` integer DEFAULT false NOT NULL,
	`claim` text,
	`resume_after` text,
	`last_done_at` integer,
	`last_ok_at` integer,
	`failures` integer NOT NULL,
	`last_error` text,
	PRIMARY KEY(`connection_id`, `way`, `interval_s`, `slot`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `check_slots_by_due` ON `check_slots` (`due_at`);--> statement-breakpoint
CREATE TABLE `checks` (
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
CREATE UNIQUE INDEX `checks_by_number` ON `checks` (`connection_id`,`carrier_number`);--> statement-breakpoint
CREATE TABLE `connection_accounts` (
	`account_number` text NOT NULL,
	`carrier_id` text NOT NULL,
	`connection_id` text NOT NULL,
	PRIMARY KEY(`account_number`, `carrier_id`, `connection_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `connection_accounts_by_connection` ON `connection_accounts` (`connection_id`);--> statement-breakpoint
CREATE TABLE `connection_news` (
	`connection_id` text NOT NULL,
	`way` text NOT NULL,
	`last_new_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `way`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`carrier_id` text NOT NULL,
	`ways` text NOT NULL,
	`credentials_sealed` blob,
	`key_id` text,
	`auto_register` integer NOT NULL,
	`paused` integer NOT NULL,
	`spread` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `connections_by_carrier` ON `connections` (`carrier_id`);--> statement-breakpoint
CREATE TABLE `file_pieces` (
	`connection_id` text NOT NULL,
	`path` text NOT NULL,
	`size` integer NOT NULL,
	`mtime_ms` integer NOT NULL,
	`piece` integer NOT NULL,
	`from_byte` integer NOT NULL,
	`document_id` text NOT NULL,
	`fault` text,
	PRIMARY KEY(`connection_id`, `path`, `size`, `mtime_ms`, `piece`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `file_progress` (
	`connection_id` text NOT NULL,
	`path` text NOT NULL,
	`size` integer NOT NULL,
	`mtime_ms` integer NOT NULL,
	`read_to` integer NOT NULL,
	`checkpoint` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `path`, `size`, `mtime_ms`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `files` (
	`connection_id` text NOT NULL,
	`path` text NOT NULL,
	`size` integer NOT NULL,
	`mtime_ms` integer NOT NULL,
	`state` text NOT NULL,
	`sha256` text,
	`document_id` text,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `path`, `size`, `mtime_ms`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `files_by_content` ON `files` (`connection_id`,`sha256`);--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE `followers` (
	`connection_id` text NOT NULL,
	`carrier_number` text NOT NULL,
	`shipment_id` text NOT NULL,
	`parcel_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`ended` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `carrier_number`, `shipment_id`, `parcel_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `followers_by_shipment` ON `followers` (`shipment_id`);--> statement-breakpoint
CREATE TABLE `idempotency` (
	`tenant_id` text NOT NULL,
	`key` text NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer,
	`response` text,
	`created_at` integer NOT NULL,
	`claimed_at` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_by_age` ON `idempotency` (`created_at`);--> statement-breakpoint
CREATE TABLE `lanes` (
	`connection_id` text NOT NULL,
	`lane` integer NOT NULL,
	`pending_version` integer,
	`removed` integer NOT NULL,
	`waiting` integer NOT NULL,
	`oldest_waiting_at` integer,
	`unreadable` integer NOT NULL,
	`last_received_at` integer NOT NULL,
	`behind_since` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`connection_id`, `lane`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `lanes_by_activity` ON `lanes` (`last_received_at`);--> statement-breakpoint
CREATE INDEX `lanes_outdated` ON `lanes` (`connection_id`,`lane`) WHERE pending_version IS NOT NULL;--> statement-breakpoint
CREATE INDEX `lanes_waiting` ON `lanes` (`connection_id`,`lane`) WHERE waiting > 0;--> statement-breakpoint
CREATE INDEX `lanes_unreadable` ON `lanes` (`connection_id`,`lane`) WHERE unreadable > 0;--> statement-breakpoint
CREATE INDEX `lanes_behind` ON `lanes` (`behind_since`,`connection_id`) WHERE behind_since IS NOT NULL;--> statement-breakpoint
CREATE TABLE `mappings` (
	`id` text PRIMARY KEY NOT NULL,
	`carrier_id` text NOT NULL,
	`code` text NOT NULL,
	`sub_code` text NOT NULL,
	`service` text NOT NULL,
	`text_pattern` text NOT NULL,
	`path` text NOT NULL,
	`reason` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `mappings_by_key` ON `mappings` (`carrier_id`,`code`,`sub_code`,`service`,`text_pattern`);--> statement-breakpoint
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
CREATE TABLE `rereads` (
	`document_id` text PRIMARY KEY NOT NULL,
	`reread` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`account_number` text NOT NULL,
	`way` text NOT NULL,
	`settings` text NOT NULL,
	`secrets_sealed` blob NOT NULL,
	`key_id` text NOT NULL,
	`start_position` integer NOT NULL,
	`paused` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `subscriptions_by_tenant` ON `subscriptions` (`tenant_id`,`way`,`id`);--> statement-breakpoint
CREATE TABLE `sweeps` (
	`name` text PRIMARY KEY NOT NULL,
	`watermark` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `untracked` (
	`connection_id` text NOT NULL,
	`carrier_number` text NOT NULL,
	`document_id` text NOT NULL,
	PRIMARY KEY(`connection_id`, `carrier_number`, `document_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `untracked_by_document` ON `untracked` (`document_id`);--> statement-breakpoint
CREATE TABLE `events` (
	`shipment_id` text NOT NULL,
	`event_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`sequence` integer,
	`position` integer,
	`parcel_number` text NOT NULL,
	`occurred_at` integer,
	`local_time` text,
	`precision` text NOT NULL,
	`carrier_order` integer,
	`code_path` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`replaces` text,
	`withdrawn` integer NOT NULL,
	`duplicate_of` text,
	`source` text NOT NULL,
	`shipment_status` text NOT NULL,
	`health` text NOT NULL,
	`action_required_by` text NOT NULL,
	`document_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`shipment_id`, `event_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `events_feed` ON `events` (`tenant_id`,`position`);--> statement-breakpoint
CREATE TABLE `move_marks` (
	`account_number` text NOT NULL,
	`shipment_id` text NOT NULL,
	`carrier_number` text NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`account_number`, `shipment_id`, `carrier_number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `parcels` (
	`shipment_id` text NOT NULL,
	`carrier_tracking_id` text NOT NULL,
	`id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`registration` text NOT NULL,
	`status` text NOT NULL,
	`condition` text NOT NULL,
	`carrier_weight_dims` text,
	`carrier_tracking_update` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`shipment_id`, `carrier_tracking_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `parcels_by_id` ON `parcels` (`id`);--> statement-breakpoint
CREATE INDEX `parcels_by_uuid_ref` ON `parcels` (registration ->> '$.uuid_ref',`tenant_id`) WHERE registration ->> '$.uuid_ref' IS NOT NULL;--> statement-breakpoint
CREATE TABLE `residency` (
	`account_number` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`claim` integer NOT NULL,
	`since` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shipment_numbers` (
	`tenant_id` text NOT NULL,
	`carrier_id` text NOT NULL,
	`carrier_number` text NOT NULL,
	`shipment_id` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `carrier_id`, `carrier_number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `shipment_numbers_by_number` ON `shipment_numbers` (`carrier_number`,`tenant_id`);--> statement-breakpoint
CREATE TABLE `shipments` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`account_number` text NOT NULL,
	`carrier_id` text NOT NULL,
	`carrier_tracking_id` text NOT NULL,
	`registration` text NOT NULL,
	`status` text NOT NULL,
	`health` text NOT NULL,
	`action_required_by` text NOT NULL,
	`tracking_state` text NOT NULL,
	`pieces` text NOT NULL,
	`eta` text,
	`carrier_tracking_update` text,
	`facts` text,
	`last_sequence` integer NOT NULL,
	`timeline_version` integer NOT NULL,
	`updated_position` integer NOT NULL,
	`not_before` integer,
	`last_event_at` integer,
	`ended_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `shipments_by_update` ON `shipments` (`tenant_id`,`updated_position`,`id`,`status`,`carrier_id`);--> statement-breakpoint
CREATE INDEX `shipments_by_uuid_ref` ON `shipments` (registration ->> '$.uuid_ref',`tenant_id`) WHERE registration ->> '$.uuid_ref' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `shipments_by_shipper_reference` ON `shipments` (registration ->> '$.references.shipper',`tenant_id`) WHERE registration ->> '$.references.shipper' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `shipments_by_receiver_reference` ON `shipments` (registration ->> '$.references.receiver',`tenant_id`) WHERE registration ->> '$.references.receiver' IS NOT NULL;--> statement-breakpoint
CREATE TABLE `unmapped` (
	`carrier_id` text NOT NULL,
	`code` text NOT NULL,
	`sub_code` text NOT NULL,
	`sample_text` text,
	`sample_document_id` text NOT NULL,
	`count` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`carrier_id`, `code`, `sub_code`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `unmapped_documents` (
	`carrier_id` text NOT NULL,
	`code` text NOT NULL,
	`sub_code` text NOT NULL,
	`document_id` text NOT NULL,
	PRIMARY KEY(`carrier_id`, `code`, `sub_code`, `document_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `unmapped_documents_by_document` ON `unmapped_documents` (`document_id`);