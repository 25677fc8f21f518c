import { z } from "zod";
import type { Post } from "../domain/append.ts";
import { Renumbering } from "../domain/renumbering.ts";
import { isStatus, REASONS, type Status } from "../domain/statuses.ts";
import {
  CarrierCodes,
  GlueyCodes,
  KeyValue,
  Location,
  OFFSET_SOURCES,
  OtherFacts,
  PRECISIONS,
  SOURCES,
} from "../domain/tracking-event.ts";

/** What a post holds when it comes off the queue: checked, because an older version of the Worker may have sent it. */

const CarrierEvent = z.object({
  carrier: CarrierCodes,
  gluey: GlueyCodes,
  status: z.custom<Status>((word) => typeof word === "string" && isStatus(word)),
  reason: z.enum(REASONS).nullable(),
  attempt: z.number().nullable(),
  rule: z.object({ id: z.string(), version: z.number() }),
  time: z.object({
    at: z.string().nullable(),
    precision: z.enum(PRECISIONS),
    offset_source: z.enum(OFFSET_SOURCES),
  }),
  location: Location.nullable(),
  carrier_meta_data: z.array(KeyValue),
  other: OtherFacts,
  order: z.number().nullable(),
  revision: z.number(),
  withdrawn: z.boolean(),
});

export const Posts: z.ZodType<Post[]> = z.array(
  z.object({
    shipment_id: z.string(),
    parcel_number: z.string(),
    parcel_id: z.string().nullable().default(null),
    source: z.enum(SOURCES),
    document_id: z.string(),
    reread: z.boolean(),
    events: z.array(CarrierEvent),
    eta: z.string().nullable(),
    carrier_tracking_update: Renumbering.nullable(),
  }),
);
