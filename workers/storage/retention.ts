import { z } from "zod";
import type { Shard } from "./account-shard.ts";

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

/**
 * Ends a shipment's tracking, for good: whoever registers its number from now on begins a new one. False where something
 * was heard of it meanwhile, or its number was registered again: then it stays.
 */
export async function endShipment(shard: Shard, { id }: OldShipment, before: number): Promise<boolean> {
  const [result] = await shard.write(
    [[id, ""]],
    [
      shard
        .prepare(
          "UPDATE shipments SET tracking_state = 'stopped' WHERE id = ?1 AND updated_at < ?2 RETURNING id",
        )
        .bind(id, before),
    ],
  );
  return result?.results.length === 1;
}

/** Events of one statement: a few milliseconds of the database's time. */
const EVENTS_AT_ONCE = 500;

/** Forgets a shipment with all that is its own; its events first, and the shipment last, so that a broken run goes on. Returns how many events went. */
export async function forgetShipment(shard: Shard, shipment: OldShipment): Promise<number> {
  const { id } = shipment;
  const touched: [string, string][] = [[id, ""]];
  let events = 0;
  for (;;) {
    const [result] = await shard.write<{ event_id: string }>(touched, [
      shard
        .prepare(
          `DELETE FROM events WHERE shipment_id = ?1 AND event_id IN
             (SELECT event_id FROM events WHERE shipment_id = ?1 ORDER BY event_id LIMIT ?2) RETURNING event_id`,
        )
        .bind(id, EVENTS_AT_ONCE),
    ]);
    const went = result?.results.length ?? 0;
    events += went;
    if (went < EVENTS_AT_ONCE) break;
  }
  const { results: parcels } = await shard
    .prepare("SELECT carrier_tracking_id FROM parcels WHERE shipment_id = ?1")
    .bind(id)
    .all<{ carrier_tracking_id: string }>();
  const numbers = numbersOf(
    shipment,
    parcels.map((parcel) => parcel.carrier_tracking_id),
  );
  await shard.write(
    [...touched, ...numbers.map((number): [string, string] => [id, number])],
    [
      shard
        .prepare(
          `DELETE FROM shipment_numbers WHERE tenant_id = ?1 AND carrier_id = ?2 AND shipment_id = ?3
             AND carrier_number IN (SELECT value FROM json_each(?4))`,
        )
        .bind(shipment.tenant_id, shipment.carrier_id, id, JSON.stringify(numbers)),
      // What it was told meanwhile goes with it: an event without its shipment would stay for ever.
      shard.prepare("DELETE FROM events WHERE shipment_id = ?1").bind(id),
      shard.prepare("DELETE FROM parcels WHERE shipment_id = ?1").bind(id),
      shard.prepare("DELETE FROM shipments WHERE id = ?1").bind(id),
    ],
  );
  return events;
}

const Registration = z.object({ carrier_tracking_ids: z.array(z.string()).default([]) });
const Update = z.object({ new_carrier_tracking_id: z.string() });

/** Every number that leads to the shipment: its own, its further ones, its parcels', and the one that took its place. */
function numbersOf(shipment: OldShipment, parcels: readonly string[]): string[] {
  const { carrier_tracking_ids } = Registration.parse(JSON.parse(shipment.registration));
  const update = shipment.carrier_tracking_update;
  const swapped = update === null ? [] : [Update.parse(JSON.parse(update)).new_carrier_tracking_id];
  return [...new Set([shipment.carrier_tracking_id, ...carrier_tracking_ids, ...parcels, ...swapped])];
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
