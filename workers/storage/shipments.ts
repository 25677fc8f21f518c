import { z } from "zod";
import { ACTORS, HEALTHS, isStatus, type Status } from "../domain/statuses.ts";
import { CONDITIONS, KeyValue } from "../domain/tracking-event.ts";
import type { Shard } from "./account-shard.ts";
import { unfollowStatements } from "./follow.ts";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";
import { readFreshness } from "./shipment-freshness.ts";

/** Shipments of a tenant, read; and the end of their tracking. Every statement is bound to the tenant. */

export const StatusWord = z.custom<Status>((word) => typeof word === "string" && isStatus(word));

/** What the customer said at registration. Older rows may lack what was added later. */
export const StoredRegistration = z.object({
  uuid_ref: z.string().nullable(),
  tracking_level: z.enum(["shipment", "parcel"]),
  carrier_tracking_ids: z.array(z.string()).default([]),
  references: z
    .object({ shipper: z.string().nullable(), receiver: z.string().nullable() })
    .nullable()
    .default(null),
  meta_data: z.array(KeyValue).default([]),
  destination: z
    .object({ iso_country: z.string().nullable(), postal_code: z.string().nullable() })
    .nullable()
    .default(null),
  direction: z.enum(["outbound", "return"]).default("outbound"),
});

export const StoredEta = z.object({
  current: z.string(),
  first: z.string(),
  previous: z.string().nullable(),
  source: z.string(),
});

export const TrackingUpdate = z.object({
  new_carrier_tracking_id: z.string(),
  new_carrier_tracking_url: z.string().nullable(),
});

export const TRACKING_STATES = ["active", "paused", "stopped", "completed", "expired", "error"] as const;

/** A column that holds JSON, read by a shape. */
const json = <T extends z.ZodType>(shape: T) =>
  z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(shape);

export const ParcelRow = z.object({
  shipment_id: z.string(),
  id: z.string(),
  carrier_tracking_id: z.string(),
  registration: json(z.object({ uuid_ref: z.string().nullable(), meta_data: z.array(KeyValue) })),
  status: StatusWord,
  condition: z.enum(CONDITIONS),
  carrier_tracking_update: json(TrackingUpdate).nullable(),
});
export type ParcelRow = z.infer<typeof ParcelRow>;

const ShipmentRow = z.object({
  id: z.string(),
  carrier_id: z.string(),
  carrier_tracking_id: z.string(),
  registration: json(StoredRegistration),
  status: StatusWord,
  health: z.enum(HEALTHS),
  action_required_by: z.enum(ACTORS),
  tracking_state: z.enum(TRACKING_STATES),
  pieces: json(z.record(z.string(), z.number())),
  eta: json(StoredEta).nullable(),
  carrier_tracking_update: json(TrackingUpdate).nullable(),
  last_event_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
});

export interface Shipment extends z.infer<typeof ShipmentRow> {
  parcels: ParcelRow[];
  last_checked_at: number | null;
  next_check_at: number | null;
}

const READ_SHIPMENTS = `
SELECT s.id, s.carrier_id, s.carrier_tracking_id, s.registration, s.status, s.health, s.action_required_by, s.tracking_state, s.pieces,
       s.eta, s.carrier_tracking_update, s.last_event_at, s.ended_at, s.created_at, s.updated_at
FROM json_each(?2) j CROSS JOIN shipments s ON s.id = j.value WHERE s.tenant_id = ?1`;

const READ_PARCELS = `
SELECT p.shipment_id, p.id, p.carrier_tracking_id, p.registration, p.status, p.condition, p.carrier_tracking_update FROM json_each(?2) j
CROSS JOIN parcels p ON p.shipment_id = j.value WHERE p.tenant_id = ?1 ORDER BY j.key, p.created_at, p.id`;

/** Shipments of a tenant by id, with their parcels and checks. Ids of others are left out. `timeScale` is that of the schedule. */
export async function readShipments(
  db: { control: Queryable; shard: Queryable },
  tenant_id: string,
  ids: readonly string[],
  timeScale = 1,
): Promise<Map<string, Shipment>> {
  const shipments = new Map<string, Shipment>();
  for (const piece of jsonPieces(ids)) {
    const [[rows, parcels], checks] = await Promise.all([
      db.shard.batch([
        db.shard.prepare(READ_SHIPMENTS).bind(tenant_id, piece),
        db.shard.prepare(READ_PARCELS).bind(tenant_id, piece),
      ]),
      readFreshness(db.control, piece, timeScale),
    ]);
    for (const raw of rows?.results ?? []) {
      const row = ShipmentRow.parse(raw);
      shipments.set(row.id, { ...row, parcels: [], last_checked_at: null, next_check_at: null });
    }
    for (const raw of parcels?.results ?? []) {
      const row = ParcelRow.parse(raw);
      shipments.get(row.shipment_id)?.parcels.push(row);
    }
    for (const shipment of shipments.values()) {
      const told = checks.get(shipment.id);
      if (told === undefined) continue;
      shipment.last_checked_at = told.last_checked_at;
      shipment.next_check_at = shipment.tracking_state === "stopped" ? null : told.next_check_at;
    }
  }
  return shipments;
}

export interface ShipmentFilter {
  status: Status | null;
  carrier_id: string | null;
  /** Epoch milliseconds. */
  updated_since: number | null;
  after: { position: number; id: string };
  limit: number;
}

/**
 * Entries of the index that one page may look at for a filter: the page is then short, and its cursor goes on. An index
 * by status would cost a written row at every event, and this costs a thousandth of one for each entry looked at.
 */
const SCAN_MAX = 5000;

const KeyRow = z.object({ id: z.string(), updated_position: z.number(), fits: z.number() });

/** The next shipments in the order of their last change, and where to go on; `next` null at the end. */
export async function listShipments(
  shard: Queryable,
  tenant_id: string,
  { status, carrier_id, updated_since, after, limit }: ShipmentFilter,
): Promise<{ ids: string[]; next: { position: number; id: string } | null }> {
  const filtered = status !== null || carrier_id !== null || updated_since !== null;
  const scan = filtered ? Math.max(SCAN_MAX, limit + 1) : limit + 1;
  // Status and carrier stand in the index itself; the row is looked at only where its time is asked for.
  const fits = `(?5 IS NULL OR carrier_id = ?5) AND (?6 IS NULL OR status = ?6) AND ${updated_since === null ? "?7 IS NULL" : "updated_at >= ?7"}`;
  const { results } = await shard
    .prepare(
      `SELECT id, updated_position, (${fits}) AS fits FROM shipments
       WHERE tenant_id = ?1 AND (updated_position, id) > (?2, ?3) ORDER BY updated_position, id LIMIT ?4`,
    )
    .bind(tenant_id, after.position, after.id, scan, carrier_id, status, updated_since)
    .all();
  const rows = results.map((raw) => KeyRow.parse(raw));
  const fitting = rows.filter((row) => row.fits === 1);
  const page = fitting.slice(0, limit);
  const last = fitting.length > limit ? page.at(-1) : rows.length === scan ? rows.at(-1) : undefined;
  return {
    ids: page.map((row) => row.id),
    next: last === undefined ? null : { position: last.updated_position, id: last.id },
  };
}

/** Above any feed's position; a power of two, so that halving it reaches every one. */
const STEP_MAX = 2 ** 40;

/**
 * The last position of the feed before a time: halving over the feed's index, some forty look-ups in one statement,
 * since positions rise with `created_at`.
 */
export async function positionBefore(shard: Queryable, tenant_id: string, time: number): Promise<number> {
  const row = await shard
    .prepare(
      `WITH RECURSIVE halving (low, step) AS (
         SELECT 0, ${STEP_MAX}
         UNION ALL
         SELECT CASE WHEN (SELECT created_at FROM events WHERE tenant_id = ?1 AND position >= low + step ORDER BY position LIMIT 1) < ?2
                     THEN low + step ELSE low END, step / 2
         FROM halving WHERE step > 0
       )
       SELECT low FROM halving WHERE step = 0`,
    )
    .bind(tenant_id, time)
    .first<{ low: number }>();
  return row?.low ?? 0;
}

/** Stops tracking; false where the tenant has no such shipment. What is under way for it changes nothing any more. */
export async function stopShipment(
  db: { control: Queryable; shard: Shard },
  tenant_id: string,
  id: string,
  now: number,
): Promise<boolean> {
  const stop = db.shard
    .prepare(
      `UPDATE shipments SET tracking_state = 'stopped', timeline_version = timeline_version + (tracking_state <> 'stopped'),
              updated_at = CASE WHEN tracking_state = 'stopped' THEN updated_at ELSE ?3 END
       WHERE id = ?2 AND tenant_id = ?1 RETURNING id`,
    )
    .bind(tenant_id, id, now);
  const [stopped] = await db.shard.write([[id, ""]], [stop]);
  if (stopped?.results[0] === undefined) return false;
  await db.control.batch(unfollowStatements(db.control, [id]));
  return true;
}

/** Which of a carrier's numbers belong to shipments that their tenant stopped tracking. */
export async function stoppedNumbers(
  shard: Queryable,
  tenant_id: string,
  carrier_id: string,
  numbers: readonly string[],
): Promise<Set<string>> {
  const stopped = new Set<string>();
  for (const piece of jsonPieces(numbers)) {
    const { results } = await shard
      .prepare(
        `SELECT n.carrier_number FROM json_each(?3) j
         CROSS JOIN shipment_numbers n ON n.tenant_id = ?1 AND n.carrier_id = ?2 AND n.carrier_number = j.value
         CROSS JOIN shipments s ON s.id = n.shipment_id WHERE s.tracking_state = 'stopped'`,
      )
      .bind(tenant_id, carrier_id, piece)
      .all();
    for (const row of results)
      stopped.add(z.object({ carrier_number: z.string() }).parse(row).carrier_number);
  }
  return stopped;
}
