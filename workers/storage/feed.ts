import { z } from "zod";
import { KeyValue, SOURCES } from "../domain/tracking-event.ts";
import { CarrierTrackingUpdate, StoredEvent, WebhookElement } from "../domain/webhook-element.ts";
import type { Queryable } from "./queryable.ts";

export { StoredEvent, WebhookElement };

/** The account's feed: every event of a tenant in the order of `position`. What each way out reads, and the only cursor there is. */

const Registration = z.object({
  uuid_ref: z.string().nullable(),
  tracking_level: z.enum(["shipment", "parcel"]),
  meta_data: z.array(KeyValue),
});

/**
 * One element of the webhook to the customer (contract, section 4), with its place in the feed. `element` is null where
 * the stored row can't be read; `fault` then says why, so that one bad row stops nobody but itself.
 */
export interface FeedEntry {
  position: number;
  created_at: number;
  shipment_id: string;
  sequence: number;
  element: WebhookElement | null;
  fault: string | null;
  /**
   * Whether the shipment's status after this event (`shipment_status`) is one that it had after no earlier event of the
   * feed (a lower sequence), `registered` aside, which every shipment begins in. A status that comes again is not
   * entered again. Null where it was not asked for. Neither changes once it is written, so a later reading says the same.
   */
  enters_status: boolean | null;
}

export interface FeedReading {
  /** Also finds `enters_status`, at the price of the shipment's earlier events. */
  statuses?: boolean;
}

const Place = z.object({
  position: z.number(),
  created_at: z.number(),
  shipment_id: z.string(),
  sequence: z.number(),
  enters_status: z.number().nullable(),
});

const Row = Place.extend({
  carrier_id: z.string(),
  carrier_tracking_id: z.string(),
  shipment_registration: z.string(),
  shipment_update: z.string().nullable(),
  shipment_status: z.string(),
  health: z.string(),
  action_required_by: z.string(),
  source: z.enum(SOURCES),
  body: z.string(),
  parcel_id: z.string().nullable(),
  parcel_number: z.string(),
  parcel_registration: z.string().nullable(),
  parcel_update: z.string().nullable(),
});

const ParcelRegistration = z.object({ uuid_ref: z.string().nullable(), meta_data: z.array(KeyValue) });

const NOT_ASKED = "NULL";
// Duplicates have no sequence and are told to nobody: what a shipment went through by them alone is still to be told.
const ENTERS = `e.shipment_status <> 'registered' AND NOT EXISTS (
         SELECT 1 FROM events b
         WHERE b.shipment_id = e.shipment_id AND b.sequence < e.sequence AND b.shipment_status = e.shipment_status)`;

const feedSql = (entersStatus: string) => `
SELECT e.position, e.created_at, e.shipment_id, s.carrier_id, s.carrier_tracking_id, s.registration AS shipment_registration,
       s.carrier_tracking_update AS shipment_update, e.sequence, e.shipment_status, e.health, e.action_required_by, e.source, e.body,
       p.id AS parcel_id, e.parcel_number, p.registration AS parcel_registration, p.carrier_tracking_update AS parcel_update,
       ${entersStatus} AS enters_status
FROM events e
JOIN shipments s ON s.id = e.shipment_id
LEFT JOIN parcels p ON p.shipment_id = e.shipment_id AND p.carrier_tracking_id = e.parcel_number
WHERE e.tenant_id = ?1 AND e.position > ?2
ORDER BY e.position LIMIT ?3`;

/** The next `limit` entries of a tenant's feed after a position, oldest first. */
export async function readFeed(
  shard: Queryable,
  tenant_id: string,
  after: number,
  limit: number,
  { statuses = false }: FeedReading = {},
): Promise<FeedEntry[]> {
  const sql = feedSql(statuses ? ENTERS : NOT_ASKED);
  const { results } = await shard.prepare(sql).bind(tenant_id, after, limit).all();
  return results.map((raw) => {
    const { enters_status: entered, ...read } = Place.parse(raw);
    const place = { ...read, enters_status: entered === null ? null : entered === 1 };
    try {
      return { ...place, element: elementOf(Row.parse(raw), tenant_id.endsWith(".test")), fault: null };
    } catch (error) {
      return {
        ...place,
        element: null,
        fault: `The stored event can't be read: ${String(error).slice(0, 500)}`,
      };
    }
  });
}

/** The feed's newest position, 0 where nothing has happened yet. */
export async function feedHead(shard: Queryable, tenant_id: string): Promise<number> {
  const head = await shard
    .prepare(
      "SELECT position FROM events WHERE tenant_id = ?1 AND position IS NOT NULL ORDER BY position DESC LIMIT 1",
    )
    .bind(tenant_id)
    .first<{ position: number }>();
  return head?.position ?? 0;
}

function updateOf(json: string | null): CarrierTrackingUpdate | null {
  return json === null ? null : CarrierTrackingUpdate.parse(JSON.parse(json));
}

function elementOf(row: z.infer<typeof Row>, test: boolean): WebhookElement {
  const shipment = Registration.parse(JSON.parse(row.shipment_registration));
  return {
    shipment_id: row.shipment_id,
    shipment_uuid_ref: shipment.uuid_ref,
    shipment_meta_data: shipment.meta_data,
    carrier_id: row.carrier_id,
    carrier_tracking_id: row.carrier_tracking_id,
    carrier_tracking_update: updateOf(row.shipment_update),
    tracking_level: shipment.tracking_level,
    parcel: parcelOf(row),
    sequence: row.sequence,
    shipment_status: row.shipment_status,
    health: row.health,
    action_required_by: row.action_required_by,
    test,
    event: StoredEvent.parse(JSON.parse(row.body)),
  };
}

function parcelOf(row: z.infer<typeof Row>): WebhookElement["parcel"] {
  if (row.parcel_id === null || row.parcel_registration === null) return null;
  const parcel = ParcelRegistration.parse(JSON.parse(row.parcel_registration));
  return {
    parcel_id: row.parcel_id,
    parcel_uuid_ref: parcel.uuid_ref,
    parcel_meta_data: parcel.meta_data,
    carrier_tracking_id: row.parcel_number,
    carrier_tracking_update: updateOf(row.parcel_update),
  };
}
