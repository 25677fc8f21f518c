DROP INDEX `shipments_by_status`;--> statement-breakpoint
DROP INDEX `shipments_by_update`;--> statement-breakpoint
CREATE INDEX `shipments_by_update` ON `shipments` (`tenant_id`,`updated_position`,`id`,`status`,`carrier_id`);