import { z } from "zod";
import { ACTORS, HEALTHS, REASONS, STATUS_WORDS } from "./statuses.ts";

/** The tracking event of the public contract, section 3: what every way out carries. */

export const SOURCES = ["webhook", "sftp", "poll"] as const;
/** The way in by which an event reached us. */
export type Source = (typeof SOURCES)[number];

export const PRECISIONS = ["second", "minute", "date", "unknown"] as const;
export type Precision = (typeof PRECISIONS)[number];

export const OFFSET_SOURCES = ["carrier", "place", "carrier_default", "assumed"] as const;
export type OffsetSource = (typeof OFFSET_SOURCES)[number];

export const LOCATION_TYPES = [
  "airport",
  "post_office",
  "pudo",
  "warehouse",
  "distribution_center",
  "customs",
  "sorting_facility",
  "local_depot",
  "transit_center",
  "customer_address",
  "return_center",
  "freight_terminal",
  "border_checkpoint",
  "regional_hub",
  "delivery_truck",
  "parcel_locker",
  "port",
  "rail_terminal",
  "other",
] as const;
export type LocationType = (typeof LOCATION_TYPES)[number];

const text = z.string().nullable();

export const KeyValue = z.object({ key: z.string().max(200), value: z.string().max(4000) });
export type KeyValue = z.infer<typeof KeyValue>;

export const Address = z.object({
  type: z.enum(LOCATION_TYPES).nullable(),
  name: text,
  street: text,
  street_2: text,
  postal_code: text,
  suburb: text,
  city: text,
  state: text,
  /** ISO 3166-1 alpha-3. */
  iso_country: z.string().length(3).nullable(),
});
export type Address = z.infer<typeof Address>;

export const Location = z.object({
  carrier_location_coding: z
    .object({ code: z.string(), description: text, type: z.enum(LOCATION_TYPES).nullable() })
    .nullable(),
  address: Address.nullable(),
  what3words: text,
  geo: z.object({ lat: z.number(), lng: z.number() }).nullable(),
});
export type Location = z.infer<typeof Location>;

export const EventTime = z.object({
  /** When Gluey wrote it down, ISO 8601 with offset. */
  created_utc: z.string(),
  /** When it happened, with the place's offset; null when the precision is `unknown`. */
  carrier_utc: z.string().nullable(),
  precision: z.enum(PRECISIONS),
  offset_source: z.enum(OFFSET_SOURCES),
});
export type EventTime = z.infer<typeof EventTime>;

export const WeightDims = z.object({
  weight: z.object({ value: z.number(), unit: z.enum(["kg", "lb", "g", "oz"]) }).nullable(),
  dimensions: z
    .object({
      length: z.number(),
      width: z.number(),
      height: z.number(),
      unit: z.enum(["cm", "in", "m", "ft", "mm", "yd"]),
    })
    .nullable(),
});
export type WeightDims = z.infer<typeof WeightDims>;

export const DeliveryConfirmation = z.object({
  signed_by: text,
  /** At most 256 KiB of base64; null in a batch answer. */
  base64_photo: text,
  photo_format: text,
});
export type DeliveryConfirmation = z.infer<typeof DeliveryConfirmation>;

export const CONDITIONS = ["good", "damaged", "unknown"] as const;

/** What an event says beside itself: `event.other` of the webhook. */
export const OtherFacts = z.object({
  condition: z.enum(CONDITIONS).nullable(),
  carrier_weight_dims: WeightDims.nullable(),
  /** ISO 8601 with offset, or YYYY-MM-DD where the carrier promised only a day. */
  eta: text,
  shipping_cost: z.number().nullable(),
  shipping_cost_currency: text,
  delivery_confirmation: DeliveryConfirmation.nullable(),
  co2_footprint_kg: z.number().nullable(),
});
export type OtherFacts = z.infer<typeof OtherFacts>;

export const GlueyCodes = z.object({
  milestone: z.string(),
  code: z.string(),
  sub_code: text,
  freetext_detail: text,
});
export const CarrierCodes = z.object({ code: text, sub_code: text, freetext_detail: text });

export const TrackingEvent = z.object({
  id: z.string().regex(/^evt_[0-9a-hjkmnp-tv-z]{26}$/),
  carrier_meta_data: z.array(KeyValue),
  event_time: EventTime,
  eta: text,
  codes: z.object({ gluey: GlueyCodes, carrier: CarrierCodes }),
  location: Location.nullable(),
  status: z.enum(STATUS_WORDS),
  reason: z.enum(REASONS).nullable(),
  attempt: z.number().int().positive().nullable(),
  rule: z.object({ id: z.string(), version: z.number().int() }),
  replaces: text,
  withdrawn: z.boolean(),
  late_scan: z.boolean(),
  duplicate_of: text,
  source: z.enum(SOURCES),
});
export type TrackingEvent = z.infer<typeof TrackingEvent>;

export const HealthWord = z.enum(HEALTHS);
export const ActorWord = z.enum(ACTORS);

/**
 * A fact as a carrier's document tells it, harmonized but not yet joined to a shipment: no id, no sequence.
 * Carriers' `harmonize` returns these; `identify` (domain/identity.ts) turns one into a TrackingEvent.
 */
export interface CarrierEvent {
  /** The carrier's own words, never rewritten. */
  carrier: z.infer<typeof CarrierCodes>;
  gluey: z.infer<typeof GlueyCodes>;
  status: TrackingEvent["status"];
  reason: TrackingEvent["reason"];
  attempt: number | null;
  rule: TrackingEvent["rule"];
  /** `at`: ISO 8601 with offset, seconds included ("2026-03-14T09:12:00+01:00"); local midnight for precision `date`; null for `unknown`. */
  time: { at: string | null; precision: Precision; offset_source: OffsetSource };
  location: Location | null;
  carrier_meta_data: KeyValue[];
  other: OtherFacts;
  /** The carrier's own sequence number where it sends one: settles ties of the instant. */
  order: number | null;
  /** 0 for a fact told for the first time; a carrier that marks corrections counts up. Part of the event's identity. */
  revision: number;
  /** The carrier takes the fact back. */
  withdrawn: boolean;
}

export const NO_OTHER_FACTS: OtherFacts = {
  condition: null,
  carrier_weight_dims: null,
  eta: null,
  shipping_cost: null,
  shipping_cost_currency: null,
  delivery_confirmation: null,
  co2_footprint_kg: null,
};
