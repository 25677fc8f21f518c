CREATE INDEX `parcels_by_id` ON `parcels` (`id`);--> statement-breakpoint
CREATE INDEX `parcels_by_uuid_ref` ON `parcels` (registration ->> '$.uuid_ref',`tenant_id`) WHERE registration ->> '$.uuid_ref' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `shipment_numbers_by_number` ON `shipment_numbers` (`carrier_number`,`tenant_id`);--> statement-breakpoint
CREATE INDEX `shipments_by_uuid_ref` ON `shipments` (registration ->> '$.uuid_ref',`tenant_id`) WHERE registration ->> '$.uuid_ref' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `shipments_by_shipper_reference` ON `shipments` (registration ->> '$.references.shipper',`tenant_id`) WHERE registration ->> '$.references.shipper' IS NOT NULL;--> statement-breakpoint
CREATE INDEX `shipments_by_receiver_reference` ON `shipments` (registration ->> '$.references.receiver',`tenant_id`) WHERE registration ->> '$.references.receiver' IS NOT NULL;