import { z } from "zod";
import { sortTimeline } from "../domain/timeline.ts";
import { CONDITIONS, KeyValue, OtherFacts, type Precision, WeightDims } from "../domain/tracking-event.ts";
import type { Queryable } from "./queryable.ts";
import { StatusWord, StoredEta, StoredRegistration } from "./shipments.ts";
import { eventReader, type ToldEvent } from "./told-event.ts";

/** Timelines for `POST /track`: up to a hundred shipments with their parcels and events, in one round trip. */

/** By which a shipment is asked for: its id, or the carrier's number. */
export type Asked = { id: string } | { carrier_id: string; carrier_tracking_id: string };

export interface TrackQuery {
  tenant_id: string;
  asked: readonly Asked[];
  /** Only events after this position of the feed; null for all. */
  since: number | null;
  /** Photos are large: a batch goes without them. */
  photos: boolean;
}

const json = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(shape);

const ShipmentRow = z.object({
  asked_at: z.number(),
  id: z.string(),
  registration: json(StoredRegistration),
  status: StatusWord,
  eta: json(StoredEta).nullable(),
  facts: json(OtherFacts.partial()).nullable(),
});

const ParcelRow = z.object({
  asked_at: z.number(),
  id: z.string(),
  carrier_tracking_id: z.string(),
  registration: json(z.object({ uuid_ref: z.string().nullable(), meta_data: z.array(KeyValue) })),
  status: StatusWord,
  condition: z.enum(CONDITIONS),
  carrier_weight_dims: json(WeightDims).nullable(),
});

/** As `eventsSql` selects it. */
interface EventRow {
  asked_at: number;
  event_id: string;
  parcel_number: string;
  occurred_at: number | null;
  precision: Precision;
  carrier_order: number | null;
  status: z.infer<typeof StatusWord>;
  created_at: number;
  /** JSON: `StoredEvent`. */
  body: string;
}

/** Events were checked when they were written and never change: to check a thousand of them again takes longer than to read them. */
const EventRows = z.custom<readonly EventRow[]>((rows) => Array.isArray(rows));

export interface TrackedParcel extends Omit<z.infer<typeof ParcelRow>, "asked_at"> {
  events: ToldEvent[];
}

export interface TrackedShipment extends Omit<z.infer<typeof ShipmentRow>, "asked_at"> {
  parcels: TrackedParcel[];
  /** In the order of the timeline. All of them where the customer follows the shipment; else those that are about no single parcel. */
  events: ToldEvent[];
}

export interface Tracked {
  /** One for each asked, in order; null where the tenant has no such shipment. */
  shipments: (TrackedShipment | null)[];
  /** The feed's newest position at this read: the next `since`. */
  head: number;
}

// The asked ones with their shipment, in the order asked: by id, or by the number that stands for it now.
const BY_ID = `json_each(?2) j CROSS JOIN shipments s ON s.id = j.value ->> 'id' AND s.tenant_id = ?1`;
const BY_NUMBER = `json_each(?2) j
CROSS JOIN shipment_numbers n ON n.tenant_id = ?1 AND n.carrier_id = j.value ->> 'carrier_id' AND n.carrier_number = j.value ->> 'carrier_tracking_id'
CROSS JOIN shipments s ON s.id = n.shipment_id AND s.tenant_id = ?1`;

// Only where there is one, for it takes the whole JSON apart. As JSON.stringify writes it: nothing else writes these columns.
const withoutPhoto = (column: string, path: string) =>
  `CASE WHEN instr(${column}, '"base64_photo":"') THEN json_replace(${column}, '${path}.base64_photo', NULL) ELSE ${column} END`;

const shipmentsSql = (asked: string, photos: boolean) => `
SELECT j.key AS asked_at, s.id, s.registration, s.status, s.eta, ${photos ? "s.facts" : `${withoutPhoto("s.facts", "$.delivery_confirmation")} AS facts`}
FROM ${asked}`;

const parcelsSql = (asked: string) => `
SELECT j.key AS asked_at, p.id, p.carrier_tracking_id, p.registration, p.status, p.condition, p.carrier_weight_dims
FROM ${asked} CROSS JOIN parcels p ON p.shipment_id = s.id ORDER BY j.key, p.created_at, p.id`;

const eventsSql = (asked: string, photos: boolean) => `
SELECT j.key AS asked_at, e.event_id, e.parcel_number, e.occurred_at, e.precision, e.carrier_order, e.status, e.created_at,
       ${photos ? "e.body" : `${withoutPhoto("e.body", "$.other.delivery_confirmation")} AS body`}
FROM ${asked} CROSS JOIN events e ON e.shipment_id = s.id WHERE e.sequence IS NOT NULL AND e.position > ?3`;

/** One batch of four statements. A shipment asked for twice is told twice. */
export async function readTracked(
  shard: Queryable,
  { tenant_id, asked, since, photos }: TrackQuery,
): Promise<Tracked> {
  const from = asked.every((one) => "id" in one) ? BY_ID : BY_NUMBER;
  const rows = JSON.stringify(asked);
  const [shipments, parcels, events, head] = await shard.batch([
    shard.prepare(shipmentsSql(from, photos)).bind(tenant_id, rows),
    shard.prepare(parcelsSql(from)).bind(tenant_id, rows),
    shard.prepare(eventsSql(from, photos)).bind(tenant_id, rows, since ?? 0),
    shard
      .prepare("SELECT coalesce(max(position), 0) AS head FROM events WHERE tenant_id = ?1")
      .bind(tenant_id),
  ]);
  const found: (TrackedShipment | null)[] = asked.map(() => null);
  for (const raw of shipments?.results ?? []) {
    const { asked_at, ...row } = ShipmentRow.parse(raw);
    found[asked_at] = { ...row, parcels: [], events: [] };
  }
  for (const raw of parcels?.results ?? []) {
    const { asked_at, ...row } = ParcelRow.parse(raw);
    found[asked_at]?.parcels.push({ ...row, events: [] });
  }
  addEvents(found, events?.results ?? []);
  return { shipments: found, head: z.object({ head: z.number() }).parse(head?.results[0]).head };
}

/** Gives each event to its parcel, or to the shipment, once, in the order of the timeline. */
function addEvents(found: readonly (TrackedShipment | null)[], results: readonly unknown[]): void {
  const rows = EventRows.parse(results);
  const eventOf = eventReader();
  for (const [asked_at, told] of Map.groupBy(rows, (row) => row.asked_at)) {
    const shipment = found[asked_at];
    if (shipment === null || shipment === undefined) continue;
    const byParcel = shipment.registration.tracking_level === "parcel" ? shipment.parcels : [];
    const parcels = new Map(byParcel.map((parcel) => [parcel.carrier_tracking_id, parcel]));
    const timeline = told.map((row) => ({
      id: row.event_id,
      at: row.occurred_at,
      precision: row.precision,
      order: row.carrier_order,
      status: row.status,
      row,
    }));
    for (const { row } of sortTimeline(timeline))
      (parcels.get(row.parcel_number) ?? shipment).events.push(eventOf(row.body, row.created_at));
  }
}
