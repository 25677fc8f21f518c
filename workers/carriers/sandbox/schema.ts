import { z } from "zod";
import { LOCATION_TYPES } from "../../domain/tracking-event.ts";

/** The sandbox's news, the same by all three ways. Lists are checked element by element, so that a bad one spoils no other. */

const text = z.string().nullish();

export const SandboxNews = z.object({
  tracking: z.array(z.unknown()).max(100_000),
});

export const SandboxTracking = z.object({
  tracking_number: z.string().min(1),
  /** The shipment that the tracked parcel belongs to, where it has a number of its own. */
  shipment_number: text,
  parcel_number: text,
  /** The goods have this number from now on, in place of `tracking_number`; and where a person follows it. */
  new_tracking_number: text,
  new_tracking_url: text,
  eta: text,
  events: z.array(z.unknown()).nullish(),
});

export const SandboxEvent = z.object({
  /** The sandbox's own id of the scan; told on, never our id. */
  id: z.union([z.string(), z.number()]).nullish(),
  code: z.string().min(1),
  sub_code: text,
  text,
  /** ISO 8601 with offset. Without one it is read as UTC and marked as assumed; a date stays a date. */
  time: text,
  place: z
    .object({
      name: text,
      street: text,
      city: text,
      postal_code: text,
      country: text,
      type: z.enum(LOCATION_TYPES).nullish(),
      lat: z.number().nullish(),
      lng: z.number().nullish(),
    })
    .nullish(),
  eta: text,
  signed_by: text,
  sequence: z.number().int().nullish(),
});
export type SandboxEvent = z.infer<typeof SandboxEvent>;
