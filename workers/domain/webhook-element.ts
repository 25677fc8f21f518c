import { z } from "zod";
import { KeyValue, OtherFacts, TrackingEvent } from "./tracking-event.ts";

/**
 * What a customer is told of one event, whatever the way out: the element of the webhook's array (public contract,
 * section 4), a line of the JSON file, an entry of the polling feed, and what CSV and EDI files are written from.
 */

/** The contract's event with what it says beside itself: the `event` of an element. */
export const StoredEvent = TrackingEvent.extend({ other: OtherFacts });
export type StoredEvent = z.infer<typeof StoredEvent>;

/** The carrier replaced its own number. */
export const CarrierTrackingUpdate = z.object({
  new_carrier_tracking_id: z.string(),
  new_carrier_tracking_url: z.string().nullable(),
});
export type CarrierTrackingUpdate = z.infer<typeof CarrierTrackingUpdate>;

export const WebhookElement = z.object({
  shipment_id: z.string(),
  shipment_uuid_ref: z.string().nullable(),
  shipment_meta_data: z.array(KeyValue),
  carrier_id: z.string(),
  carrier_tracking_id: z.string(),
  carrier_tracking_update: CarrierTrackingUpdate.nullable(),
  tracking_level: z.enum(["shipment", "parcel"]),
  parcel: z
    .object({
      parcel_id: z.string(),
      parcel_uuid_ref: z.string().nullable(),
      parcel_meta_data: z.array(KeyValue),
      carrier_tracking_id: z.string(),
      carrier_tracking_update: CarrierTrackingUpdate.nullable(),
    })
    .nullable(),
  sequence: z.number().int().positive(),
  shipment_status: z.string(),
  health: z.string(),
  action_required_by: z.string(),
  test: z.boolean(),
  event: StoredEvent,
});
export type WebhookElement = z.infer<typeof WebhookElement>;
