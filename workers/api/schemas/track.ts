import { z } from "@hono/zod-openapi";
import { STATUS_WORDS } from "../../domain/statuses.ts";
import {
  CONDITIONS,
  DeliveryConfirmation,
  type OtherFacts,
  TrackingEvent,
  WeightDims,
} from "../../domain/tracking-event.ts";
import type { ToldEvent } from "../../storage/told-event.ts";
import type { TrackedShipment } from "../../storage/track.ts";
import { CursorText, text } from "./common.ts";
import { TrackingNumber } from "./shipment.ts";

/** What is asked of `POST /track`, and how a timeline is told. */

const TRACK_MAX = 100;

export const TrackInput = z
  .object({
    ids: z
      .array(z.string().max(80))
      .min(1)
      .max(TRACK_MAX)
      .optional()
      .describe("Gluey's ids of shipments, up to 100."),
    shipments: z
      .array(z.object({ carrier_id: text(60), carrier_tracking_id: TrackingNumber }))
      .min(1)
      .max(TRACK_MAX)
      .optional()
      .describe("The carrier's numbers instead, up to 100."),
    since: CursorText.nullish().describe(
      "The x-next-cursor of an earlier answer: only what is new since then.",
    ),
  })
  .refine(({ ids, shipments }) => (ids === undefined) !== (shipments === undefined), {
    error: "ids or shipments: give one of the two.",
    path: ["ids"],
  })
  .openapi("TrackRequest");

export const TrackingData = z
  .object({
    current_eta: z
      .string()
      .nullable()
      .describe("The carrier's latest promise: a time with offset, or a day."),
    shipping_cost: z.number().nullable(),
    shipping_cost_currency: z.string().nullable(),
    delivery_confirmation: DeliveryConfirmation.nullable().describe(
      "Who signed, and the photo; null in POST /track.",
    ),
    co2_footprint_kg: z.number().nullable(),
    events: z.array(TrackingEvent).describe("In the order in which they happened."),
  })
  .openapi("TrackingData");

export const TrackAnswer = z
  .object({
    id: z.string(),
    uuid_ref: z.string().nullable(),
    tracking_level: z.enum(["shipment", "parcel"]),
    references: z.object({ shipper: z.string().nullable(), receiver: z.string().nullable() }).nullable(),
    status: z.enum(STATUS_WORDS),
    parcels: z.array(
      z.object({
        id: z.string(),
        uuid_ref: z.string().nullable(),
        meta_data: z.array(z.object({ key: z.string(), value: z.string() })),
        carrier_tracking_id: z.string(),
        status: z.enum(STATUS_WORDS),
        condition: z.enum(CONDITIONS),
        carrier_weight_dims: WeightDims.nullable(),
        tracking_data: TrackingData.describe("What is about this parcel, where parcels are followed."),
      }),
    ),
    tracking_data: TrackingData.describe(
      "The whole timeline where the shipment is followed; where parcels are, what is about none of them alone.",
    ),
  })
  .openapi("TrackedShipment");
export type TrackAnswer = z.infer<typeof TrackAnswer>;

export const UnknownAnswer = z
  .object({
    id: z.string().nullable(),
    carrier_id: z.string().optional(),
    carrier_tracking_id: z.string().optional(),
    error: z.object({ status: z.literal(404), detail: z.string() }),
  })
  .openapi("UnknownShipment");

/** A timeline as it is told: `TrackAnswer` as JSON, and what the answer's headers say of it. */
export interface TrackTold {
  json: string;
  events: number;
  /** When its newest event was written down, epoch ms; null where it has none. */
  newest_at: number | null;
}

export function trackAnswer({ registration, parcels, ...shipment }: TrackedShipment): TrackTold {
  const { uuid_ref, tracking_level, references } = registration;
  const head = { id: shipment.id, uuid_ref, tracking_level, references, status: shipment.status };
  const told = parcels.map(({ registration: own, events, ...parcel }) =>
    withLast({ ...parcel, ...own }, "tracking_data", trackingData(events, {}, null)),
  );
  const data = trackingData(shipment.events, shipment.facts ?? {}, shipment.eta?.current ?? null);
  const all = [shipment, ...parcels].flatMap(({ events }) => events);
  return {
    json: withLast(head, "parcels", `[${told.join()}],"tracking_data":${data}`),
    events: all.length,
    newest_at: all.reduce<number | null>(
      (newest, { created_at }) => (newest !== null && newest > created_at ? newest : created_at),
      null,
    ),
  };
}

/** An object as JSON with one more member, whose JSON is there. */
function withLast(object: object, name: string, json: string): string {
  return `${JSON.stringify(object).slice(0, -1)},"${name}":${json}}`;
}

/** What the events say beside themselves, the latest of each; `known` is what the shipment's whole timeline said. `TrackingData` as JSON. */
function trackingData(events: readonly ToldEvent[], known: Partial<OtherFacts>, eta: string | null): string {
  const said = events.map((event) => event.other);
  const cost = said.findLast((other) => other.shipping_cost !== null) ?? known;
  const data = {
    current_eta: eta ?? events.findLast((event) => event.eta !== null)?.eta ?? null,
    shipping_cost: cost.shipping_cost ?? null,
    shipping_cost_currency: cost.shipping_cost_currency ?? null,
    delivery_confirmation:
      known.delivery_confirmation ??
      said.findLast((other) => other.delivery_confirmation !== null)?.delivery_confirmation ??
      null,
    co2_footprint_kg:
      said.findLast((other) => other.co2_footprint_kg !== null)?.co2_footprint_kg ??
      known.co2_footprint_kg ??
      null,
  };
  return withLast(data, "events", `[${events.map(({ json }) => json).join()}]`);
}
