import { z } from "zod";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";

/** What is past its time goes in small steps, each found by a key's order: no statement looks at what stays, but to pass over it once. */

const OldShipment = z.object({
  id: z.string(),
  tenant_id: z.string(),
  account_number: z.string(),
  carrier_id: z.string(),
  carrier_tracking_id: z.string(),
  registration: z.string(),
  carrier_tracking_update: z.string().nullable(),
  updated_at: z.number(),
  /** Its account lives in another shard: what is here is a copy, which its move takes away. */
  is_copy: z.number().transform((flag) => flag === 1),
  /** It holds its tenant's newest event: the feed goes on behind that one's position, so it stays until there is a newer. */
  is_head: z.number().transform((flag) => flag === 1),
});
export type OldShipment = z.infer<typeof OldShipment>;

/** A page of shipments with ids between `after` and `before`, the oldest first. Ids sort by when they were registered. */
export async function shipmentsBetween(
  shard: D1Database,
  after: string,
  before: string,
  limit: number,
): Promise<OldShipment[]> {
  const { results } = await shard
    .prepare(
      `SELECT id, tenant_id, account_number, carrier_id, carrier_tracking_id, registration, carrier_tracking_update, updated_at,
              EXISTS (SELECT 1 FROM residency r WHERE r.account_number = shipments.account_number AND r.state IN ('left', 'arriving')) AS is_copy,
              id = coalesce((SELECT e.shipment_id FROM events e WHERE e.tenant_id = shipments.tenant_id AND e.position IS NOT NULL
                             ORDER BY e.position DESC LIMIT 1), '') AS is_head
       FROM shipments WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3`,
    )
    .bind(after, before, limit)
    .all();
  return results.map((row) => OldShipment.parse(row));
}

/** Raises an error where one of the accounts in `?1` is being moved, in the same transaction as what follows. */
const ALL_AT_HOME = `
SELECT json_extract('{}', 'account ' || r.account_number || ' is being moved') FROM json_each(?1) AS a
CROSS JOIN residency r ON r.account_number = a.value WHERE r.state <> 'home'`;

/**
 * Ends the tracking of shipments for good: whoever registers their numbers from now on begins new ones. Returns those
 * that ended; not one that was updated meanwhile, or registered again, or whose account is being moved.
 */
export async function endShipments(
  database: Queryable,
  shipments: readonly OldShipment[],
  before: number,
): Promise<OldShipment[]> {
  if (shipments.length === 0) return [];
  const ids = shipments.map(({ id }) => id);
  const { results } = await database
    .prepare(
      `UPDATE shipments SET tracking_state = 'stopped' WHERE id IN (SELECT value FROM json_each(?1)) AND updated_at < ?2
       AND NOT EXISTS (SELECT 1 FROM residency r WHERE r.account_number = shipments.account_number AND r.state <> 'home')
       RETURNING id`,
    )
    .bind(JSON.stringify(ids), before)
    .all<{ id: string }>();
  const ended = new Set(results.map(({ id }) => id));
  return shipments.filter(({ id }) => ended.has(id));
}

/** Events of one statement: some ten milliseconds of the database's time. */
const EVENTS_AT_ONCE = 2000;

/**
 * Forgets shipments with all that is their own, in at most `calls` calls: their events first, and the shipments last, so
 * that what is left is found again. `done` is false where it has to be called again.
 */
export async function forgetShipments(
  database: Queryable,
  shipments: readonly OldShipment[],
  calls: number,
): Promise<{ events: number; done: boolean }> {
  const ids = JSON.stringify(shipments.map(({ id }) => id));
  const accounts = JSON.stringify([...new Set(shipments.map(({ account_number }) => account_number))]);
  const home = () => database.prepare(ALL_AT_HOME).bind(accounts);
  let events = 0;
  for (let call = 0; ; call++) {
    if (call >= calls - 2) return { events, done: false };
    const [, result] = await database.batch([
      home(),
      database
        .prepare(
          `DELETE FROM events WHERE (shipment_id, event_id) IN
             (SELECT e.shipment_id, e.event_id FROM json_each(?1) j CROSS JOIN events e ON e.shipment_id = j.value LIMIT ?2)
           RETURNING event_id`,
        )
        .bind(ids, EVENTS_AT_ONCE),
    ]);
    const went = result?.results.length ?? 0;
    events += went;
    if (went < EVENTS_AT_ONCE) break;
  }
  const { results } = await database
    .prepare(
      "SELECT p.shipment_id, p.carrier_tracking_id FROM json_each(?1) j CROSS JOIN parcels p ON p.shipment_id = j.value",
    )
    .bind(ids)
    .all();
  const parcels = Map.groupBy(
    results.map((raw) => ParcelRow.parse(raw)),
    ({ shipment_id }) => shipment_id,
  );
  const numbers = shipments.flatMap((shipment) =>
    numbersOf(shipment, parcels.get(shipment.id) ?? []).map((number) => [
      shipment.tenant_id,
      shipment.carrier_id,
      number,
      shipment.id,
    ]),
  );
  const among = (table: string, column: string) =>
    database.prepare(`DELETE FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?1))`).bind(ids);
  await database.batch([
    home(),
    ...jsonPieces(numbers).map((piece) =>
      database
        .prepare(
          `DELETE FROM shipment_numbers WHERE (tenant_id, carrier_id, carrier_number) IN
             (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1))
           AND shipment_id IN (SELECT value ->> 3 FROM json_each(?1))`,
        )
        .bind(piece),
    ),
    // What was added meanwhile goes with it: an event without its shipment would stay for ever.
    among("events", "shipment_id"),
    among("parcels", "shipment_id"),
    among("shipments", "id"),
  ]);
  return { events, done: true };
}

const ParcelRow = z.object({ shipment_id: z.string(), carrier_tracking_id: z.string() });

const Registration = z.object({ carrier_tracking_ids: z.array(z.string()).default([]) });
const Update = z.object({ new_carrier_tracking_id: z.string() });

/** Every number that leads to the shipment: its own, its further ones, its parcels', and the one that took its place. */
function numbersOf(shipment: OldShipment, parcels: readonly z.infer<typeof ParcelRow>[]): string[] {
  const { carrier_tracking_ids } = Registration.parse(JSON.parse(shipment.registration));
  const update = shipment.carrier_tracking_update;
  const swapped = update === null ? [] : [Update.parse(JSON.parse(update)).new_carrier_tracking_id];
  const own = parcels.map((parcel) => parcel.carrier_tracking_id);
  return [...new Set([shipment.carrier_tracking_id, ...carrier_tracking_ids, ...own, ...swapped])];
}

/** Forgets what the databases hold of some documents that are about to go. */
export async function forgetDocuments(
  control: Queryable,
  shards: readonly D1Database[],
  document_ids: readonly string[],
): Promise<void> {
  const ids = JSON.stringify(document_ids);
  const among = (db: Queryable, table: string) =>
    db.prepare(`DELETE FROM ${table} WHERE document_id IN (SELECT value FROM json_each(?1))`).bind(ids);
  await control.batch([among(control, "untracked"), among(control, "rereads")]);
  for (const shard of shards) await among(shard, "unmapped_documents").run();
}

const FileKey = z.object({
  connection_id: z.string(),
  path: z.string(),
  size: z.number(),
  mtime_ms: z.number(),
});
const FileRow = FileKey.extend({ updated_at: z.number() });

/** Before all keys, and where the next page goes on. */
const FIRST_KEY: z.infer<typeof FileKey> = { connection_id: "", path: "", size: 0, mtime_ms: 0 };

/**
 * Looks at the next `limit` of the files that were read, from `mark` on, and forgets those not seen since `before`.
 * Returns the mark of the next page; empty at the end, where it begins anew. A file that is still in its folder and is
 * read once more tells nothing new: its events have the ids they had.
 */
export async function forgetFiles(
  control: D1Database,
  mark: string,
  before: number,
  limit: number,
): Promise<string> {
  const from = mark === "" ? FIRST_KEY : FileKey.parse(JSON.parse(mark));
  const { results } = await control
    .prepare(
      `SELECT connection_id, path, size, mtime_ms, updated_at FROM files
       WHERE (connection_id, path, size, mtime_ms) > (?1, ?2, ?3, ?4) ORDER BY connection_id, path, size, mtime_ms LIMIT ?5`,
    )
    .bind(from.connection_id, from.path, from.size, from.mtime_ms, limit)
    .all();
  const rows = results.map((row) => FileRow.parse(row));
  const old = JSON.stringify(
    rows
      .filter((row) => row.updated_at < before)
      .map((row) => [row.connection_id, row.path, row.size, row.mtime_ms]),
  );
  if (old !== "[]") {
    const among = (table: string) =>
      control
        .prepare(
          `DELETE FROM ${table} WHERE (connection_id, path, size, mtime_ms) IN
             (SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1))`,
        )
        .bind(old);
    await control.batch([among("file_pieces"), among("file_progress"), among("files")]);
  }
  const last = rows.length < limit ? undefined : rows.at(-1);
  return last === undefined ? "" : JSON.stringify(FileKey.parse(last));
}
