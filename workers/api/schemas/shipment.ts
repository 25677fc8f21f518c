import { z } from "@hono/zod-openapi";
import { alpha3 } from "../../domain/places.ts";
import { ACTORS, HEALTHS, STATUS_WORDS } from "../../domain/statuses.ts";
import { CONDITIONS } from "../../domain/tracking-event.ts";
import { type Shipment, StoredEta, TRACKING_STATES, TrackingUpdate } from "../../storage/shipments.ts";
import { scenarioFields } from "../simulations.ts";
import { isoOrNull, isoTime, MetaData, Time, text } from "./common.ts";

/** A shipment under tracking: as it is registered, and as it is told. */

const PARCELS_MAX = 1000;

/** A carrier's number as the customer writes it; blanks around it are a slip. */
export const TrackingNumber = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, "must not hold control characters.");

const Reference = text(200)
  .nullish()
  .transform((value) => value ?? null);

const Country = text(60)
  .nullish()
  .transform((word, check) => {
    if (word === null || word === undefined) return null;
    const code = alpha3(word);
    if (code === null)
      check.addIssue({
        code: "custom",
        message: "destination.iso_country must be an ISO 3166-1 alpha-3 code, like SWE.",
      });
    return code;
  });

export const ShipmentInput = z
  .object({
    carrier_id: z
      .string()
      .max(60)
      .optional()
      .describe("The carrier; left out, it is detected from the number."),
    carrier_tracking_id: TrackingNumber.describe("The carrier's number of the shipment."),
    carrier_tracking_ids: z
      .array(TrackingNumber)
      .max(50)
      .default([])
      .describe("Further numbers of the same shipment."),
    uuid_ref: text(200).nullish().describe("Your own id of the shipment, told back with each event."),
    tracking_level: z
      .enum(["shipment", "parcel"])
      .optional()
      .describe("What you follow; parcel where parcels are given."),
    references: z
      .object({ shipper: Reference, receiver: Reference })
      .nullish()
      .describe("The references of both sides."),
    meta_data: MetaData.default([]),
    parcels: z
      .array(
        z.object({
          carrier_tracking_id: TrackingNumber.describe("The carrier's number of the parcel."),
          uuid_ref: text(200).nullish().describe("Your own id of the parcel."),
          meta_data: MetaData.default([]),
        }),
      )
      .max(PARCELS_MAX)
      .default([])
      .describe(`Up to ${PARCELS_MAX} parcels.`),
    destination: z
      .object({ iso_country: Country, postal_code: Reference })
      .nullish()
      .describe("Where it goes; some carriers need it to tell shipments apart."),
    direction: z
      .enum(["outbound", "return"])
      .default("outbound")
      .describe("A return with its own number is a shipment of its own."),
    ...scenarioFields,
  })
  .superRefine(({ parcels }, check) => {
    const seen = new Set<string>();
    parcels.forEach((parcel, at) => {
      if (seen.has(parcel.carrier_tracking_id))
        check.addIssue({
          code: "custom",
          path: ["parcels", at, "carrier_tracking_id"],
          message: `parcels[${at}].carrier_tracking_id is given twice.`,
        });
      seen.add(parcel.carrier_tracking_id);
    });
  })
  .openapi("NewShipment");
export type ShipmentInput = z.infer<typeof ShipmentInput>;

export const ShipmentAnswer = z
  .object({
    id: z.string().describe("shp_…, by which the shipment is read and tracked."),
    carrier_id: z.string(),
    carrier_tracking_id: z.string(),
    carrier_tracking_ids: z.array(z.string()),
    carrier_tracking_update: TrackingUpdate.nullable().describe("The number the carrier gave instead."),
    uuid_ref: z.string().nullable(),
    tracking_level: z.enum(["shipment", "parcel"]),
    references: z.object({ shipper: z.string().nullable(), receiver: z.string().nullable() }).nullable(),
    meta_data: z.array(z.object({ key: z.string(), value: z.string() })),
    destination: z
      .object({ iso_country: z.string().nullable(), postal_code: z.string().nullable() })
      .nullable(),
    direction: z.enum(["outbound", "return"]),
    parcels: z.array(
      z.object({
        id: z.string().describe("prc_…"),
        carrier_tracking_id: z.string(),
        uuid_ref: z.string().nullable(),
        meta_data: z.array(z.object({ key: z.string(), value: z.string() })),
        status: z.enum(STATUS_WORDS),
        condition: z.enum(CONDITIONS),
        carrier_tracking_update: TrackingUpdate.nullable().describe(
          "The number the carrier gave the parcel instead.",
        ),
      }),
    ),
    status: z.enum(STATUS_WORDS).describe("Where the shipment is, from its whole timeline."),
    tracking_state: z.enum(TRACKING_STATES).describe("What Gluey is doing about it."),
    health: z.enum(HEALTHS).describe("How it goes."),
    action_required_by: z.enum(ACTORS).describe("Who has to move next."),
    pieces: z.record(z.string(), z.number()).describe("How many parcels in all, and in each status."),
    eta: StoredEta.nullable().describe("The carrier's latest promise, its first, and the one before."),
    last_event_at: Time.nullable(),
    ended_at: Time.nullable(),
    last_checked_at: Time.nullable().describe("When the carrier was asked last."),
    next_check_at: Time.nullable().describe("When the carrier will be asked next."),
    created_at: Time,
    updated_at: Time,
    test: z.boolean().describe("True for the shipments of a test key."),
    tracking_url: z
      .string()
      .nullable()
      .describe(
        "The page for the person who waits for the parcel. Whoever has the address may read it; it ends with the shipment, and is null once tracking is stopped.",
      )
      .openapi({
        example: "https://tracking.example/t/Qm8wZV3xk1N0cGx1ZXk5ZGVtby10b2tlbi1vbmx5LWFuLWV4YW1wbGU",
      }),
  })
  .openapi("Shipment");
export type ShipmentAnswer = z.infer<typeof ShipmentAnswer>;

/** A stored shipment as it is told. */
export function shipmentAnswer(
  shipment: Shipment,
  { test, tracking_url }: Pick<ShipmentAnswer, "test" | "tracking_url">,
): ShipmentAnswer {
  const { registration, parcels, ...rest } = shipment;
  return {
    ...rest,
    ...registration,
    parcels: parcels.map(({ shipment_id: _, registration: own, ...parcel }) => ({ ...parcel, ...own })),
    last_event_at: isoOrNull(shipment.last_event_at),
    ended_at: isoOrNull(shipment.ended_at),
    last_checked_at: isoOrNull(shipment.last_checked_at),
    next_check_at: isoOrNull(shipment.next_check_at),
    created_at: isoTime(shipment.created_at),
    updated_at: isoTime(shipment.updated_at),
    test,
    tracking_url,
  };
}
