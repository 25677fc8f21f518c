import { z } from "zod";
import { Ways } from "../domain/connection.ts";
import { HEALTHS } from "../domain/statuses.ts";
import { PRECISIONS, SOURCES } from "../domain/tracking-event.ts";
import { StoredEvent } from "./feed.ts";
import type { Queryable } from "./queryable.ts";
import { StatusWord } from "./shipments.ts";

/** All that is known about one shipment: what came, from which document, and when its carrier is asked. */

const EventRow = z.object({
  event_id: z.string(),
  sequence: z.number().nullable(),
  position: z.number().nullable(),
  parcel_number: z.string(),
  occurred_at: z.number().nullable(),
  local_time: z.string().nullable(),
  precision: z.enum(PRECISIONS),
  carrier_order: z.number().nullable(),
  code_path: z.string(),
  status: StatusWord,
  replaces: z.string().nullable(),
  withdrawn: z.number(),
  duplicate_of: z.string().nullable(),
  source: z.enum(SOURCES),
  shipment_status: StatusWord,
  health: z.enum(HEALTHS),
  document_id: z.string(),
  created_at: z.number(),
  body: z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(StoredEvent),
});
export type StoryEvent = z.infer<typeof EventRow>;

/** A shipment's events, duplicates too, in no order; photos are left out. At most `limit`. */
export async function readStory(
  shard: Queryable,
  tenant_id: string,
  shipment_id: string,
  limit: number,
): Promise<StoryEvent[]> {
  const { results } = await shard
    .prepare(
      `SELECT event_id, sequence, position, parcel_number, occurred_at, local_time, precision, carrier_order, code_path, status, replaces,
              withdrawn, duplicate_of, source, shipment_status, health, document_id, created_at,
              json_replace(body, '$.other.delivery_confirmation.base64_photo', NULL) AS body
       FROM events WHERE shipment_id = ?1 AND tenant_id = ?2 LIMIT ?3`,
    )
    .bind(shipment_id, tenant_id, limit)
    .all();
  return results.map((raw) => EventRow.parse(raw));
}

/** One way in which a shipment is followed: a number that is asked for, a folder that is looked into, or pushes. */
export interface ShipmentCheck {
  connection_id: string;
  carrier_id: string;
  paused: boolean;
  way: "webhook" | "sftp" | "poll";
  /** The number that is asked for; null where the way asks for none. */
  number: string | null;
  interval_s: number | null;
  slot: number | null;
  /** Null where none is due: the shipment has ended, or the carrier comes by itself. */
  next_at: number | null;
  last_at: number | null;
  last_ok_at: number | null;
  failures: number;
  last_error: string | null;
  /** When this number last got another answer, or the connection's way last brought news. */
  news_at: number | null;
}

const CheckRow = z.object({
  connection_id: z.string(),
  carrier_id: z.string(),
  ways: z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(Ways),
  paused: z.number(),
  number: z.string(),
  interval_s: z.number().nullable(),
  slot: z.number().nullable(),
  due_at: z.number().nullable(),
  last_done_at: z.number().nullable(),
  last_ok_at: z.number().nullable(),
  failures: z.number().nullable(),
  last_error: z.string().nullable(),
  changed_at: z.number().nullable(),
  folder_due_at: z.number().nullable(),
  folder_done_at: z.number().nullable(),
  folder_ok_at: z.number().nullable(),
  folder_interval_s: z.number().nullable(),
  folder_failures: z.number().nullable(),
  folder_error: z.string().nullable(),
  pushed_at: z.number().nullable(),
  filed_at: z.number().nullable(),
});

const CHECKS = `
SELECT f.connection_id, k.carrier_id, k.ways, k.paused, f.carrier_number AS number,
       c.interval_s, c.slot, t.due_at, t.last_done_at, t.last_ok_at, t.failures, t.last_error, c.changed_at,
       d.due_at AS folder_due_at, d.last_done_at AS folder_done_at, d.last_ok_at AS folder_ok_at, d.interval_s AS folder_interval_s,
       d.failures AS folder_failures, d.last_error AS folder_error, w.last_new_at AS pushed_at, s.last_new_at AS filed_at
FROM followers f
CROSS JOIN connections k ON k.id = f.connection_id
LEFT JOIN checks c ON c.connection_id = f.connection_id AND c.carrier_number = f.carrier_number
LEFT JOIN check_slots t ON t.connection_id = c.connection_id AND t.way = 'poll' AND t.interval_s = c.interval_s AND t.slot = c.slot
LEFT JOIN check_slots d ON d.connection_id = f.connection_id AND d.way = 'sftp'
LEFT JOIN connection_news w ON w.connection_id = f.connection_id AND w.way = 'webhook'
LEFT JOIN connection_news s ON s.connection_id = f.connection_id AND s.way = 'sftp'
WHERE f.shipment_id = ?1 LIMIT ?2`;

/** Every way in which a shipment is followed, and when each was last and is next due; of at most `limit` numbers. */
export async function checksOfShipment(
  control: Queryable,
  shipment_id: string,
  limit: number,
): Promise<ShipmentCheck[]> {
  const { results } = await control.prepare(CHECKS).bind(shipment_id, limit).all();
  const rows = results.map((raw) => CheckRow.parse(raw));
  const connections = new Map(rows.map((row) => [row.connection_id, row]));
  return [...[...connections.values()].flatMap(waysThatCome), ...rows.flatMap(asked)];
}

type Row = z.infer<typeof CheckRow>;

/** A number that is not asked for any more has no row of its own: its shipment has ended. */
function asked({ connection_id, carrier_id, ways, paused, number, ...row }: Row): ShipmentCheck[] {
  if (ways.poll === undefined) return [];
  return [
    {
      connection_id,
      carrier_id,
      paused: paused === 1,
      way: "poll",
      number,
      interval_s: row.interval_s,
      slot: row.slot,
      next_at: row.due_at,
      last_at: row.last_done_at,
      last_ok_at: row.last_ok_at,
      failures: row.failures ?? 0,
      last_error: row.last_error,
      news_at: row.changed_at,
    },
  ];
}

function waysThatCome({ connection_id, carrier_id, ways, paused, ...row }: Row): ShipmentCheck[] {
  const of = { connection_id, carrier_id, paused: paused === 1, number: null, slot: null };
  const checks: ShipmentCheck[] = [];
  if (ways.webhook !== undefined)
    checks.push({
      ...of,
      way: "webhook",
      interval_s: null,
      next_at: null,
      last_at: null,
      last_ok_at: null,
      failures: 0,
      last_error: null,
      news_at: row.pushed_at,
    });
  if (ways.sftp !== undefined)
    checks.push({
      ...of,
      way: "sftp",
      interval_s: row.folder_interval_s,
      next_at: row.folder_due_at,
      last_at: row.folder_done_at,
      last_ok_at: row.folder_ok_at,
      failures: row.folder_failures ?? 0,
      last_error: row.folder_error,
      news_at: row.filed_at,
    });
  return checks;
}

/** Whether a tenant's shipment has an event that a document told. */
export async function toldBy(
  shard: Queryable,
  tenant_id: string,
  shipment_id: string,
  document_id: string,
): Promise<boolean> {
  const row = await shard
    .prepare(
      "SELECT 1 AS yes FROM events WHERE shipment_id = ?1 AND tenant_id = ?2 AND document_id = ?3 LIMIT 1",
    )
    .bind(shipment_id, tenant_id, document_id)
    .first();
  return row !== null;
}
