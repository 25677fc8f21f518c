import { z } from "zod";

/** Sendle's order tracking and tracking webhooks (JSON): only what we read. */

const text = z.string().nullish();

export const SendleEvent = z.object({
  event_type: z.string().min(1),
  description: text,
  /** "Parcel not ready" of a pickup that failed. */
  reason: text,
  /** UTC. */
  scan_time: text,
  /** The same instant with the place's offset; Z where Sendle does not know the place. */
  display_time: text,
  /** "JERSEY CITY NJ NETWORK DISTRIBUTION CENTER", "NEW YORK, NY" */
  location: text,
  location_data: z.object({ suburb: text, state: text, postcode: text, country: text }).nullish(),
  origin_location: text,
  destination_location: text,
});
export type SendleEvent = z.infer<typeof SendleEvent>;

/** A push: one event and whose it is. */
const SendlePush = SendleEvent.extend({ sendle_reference: z.string().min(1) });

/** It does not repeat the reference. */
const SendleTracking = z.object({
  tracking_events: z.array(z.unknown()),
  scheduling: z
    .object({ estimated_delivery_date_minimum: text, estimated_delivery_date_maximum: text })
    .nullish(),
});

const SendleError = z.object({ error: z.string().min(1), error_description: text });

export const SendleNews = z.union([SendlePush, SendleTracking, SendleError]);
