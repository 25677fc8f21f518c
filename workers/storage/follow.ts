import { z } from "zod";
import { firstCheck } from "../domain/check-schedule.ts";
import type { FeedingConnection } from "./connections.ts";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";

/** The control rows of a number under tracking: who follows it over which connection, and when its carrier is asked. */

/** A number of a shipment; `parcel_id` empty where it is the whole shipment's. */
export interface FollowedNumber {
  number: string;
  shipment_id: string;
  parcel_id: string;
}

export interface Clock {
  now: number;
  timeScale: number;
}

/** The statements that put numbers under tracking over some connections. Saying it twice changes nothing but that the carrier's next answer counts as new. */
export function followStatements(
  db: Queryable,
  tenant_id: string,
  follow: readonly { connections: readonly FeedingConnection[]; numbers: readonly FollowedNumber[] }[],
  { now, timeScale }: Clock,
): D1PreparedStatement[] {
  const followers: [string, string, string, string][] = [];
  const checks = new Map<string, [connection_id: string, number: string, interval_s: number, slot: number]>();
  const slots = new Map<string, [connection_id: string, interval_s: number, slot: number, due_at: number]>();
  for (const { connections, numbers } of follow) {
    for (const { connection_id, poll, pushes } of connections) {
      for (const { number, shipment_id, parcel_id } of numbers) {
        followers.push([connection_id, number, shipment_id, parcel_id]);
        if (poll === null) continue;
        const { interval_s, slot, due_at } = firstCheck(number, {
          pushes,
          min_minutes: poll.min_minutes,
          timeScale,
          now,
        });
        checks.set(`${connection_id} ${number}`, [connection_id, number, interval_s, slot]);
        slots.set(`${connection_id} ${interval_s} ${slot}`, [connection_id, interval_s, slot, due_at]);
      }
    }
  }
  return [
    ...jsonPieces(followers).map((rows) => db.prepare(INSERT_FOLLOWERS).bind(rows, tenant_id, now)),
    ...jsonPieces([...checks.values()]).map((rows) => db.prepare(PUT_CHECKS).bind(rows, now)),
    ...jsonPieces([...slots.values()]).map((rows) => db.prepare(INSERT_SLOTS).bind(rows)),
  ];
}

const INSERT_FOLLOWERS = `
INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at)
SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, ?2, ?3 FROM json_each(?1) j WHERE true
ON CONFLICT DO NOTHING`;

// A number that is already asked for begins anew: without its hash, the next answer reaches the new follower too.
const PUT_CHECKS = `
INSERT INTO checks (connection_id, carrier_number, interval_s, slot, answer_hash, status, changed_at)
SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, NULL, 'registered', ?2 FROM json_each(?1) j WHERE true
ON CONFLICT DO UPDATE SET interval_s = excluded.interval_s, slot = excluded.slot, answer_hash = NULL, status = excluded.status, changed_at = excluded.changed_at`;

const INSERT_SLOTS = `
INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures)
SELECT j.value ->> 0, 'poll', j.value ->> 1, j.value ->> 2, j.value ->> 3, 0 FROM json_each(?1) j WHERE true
ON CONFLICT DO NOTHING`;

/** Takes shipments out of the directory; numbers that nobody follows any more are not asked for again. */
export function unfollowStatements(db: Queryable, shipment_ids: readonly string[]): D1PreparedStatement[] {
  return jsonPieces(shipment_ids).flatMap((ids) => [
    db
      .prepare(
        `DELETE FROM checks WHERE (connection_id, carrier_number) IN (
           SELECT f.connection_id, f.carrier_number FROM json_each(?1) j CROSS JOIN followers f ON f.shipment_id = j.value
           WHERE NOT EXISTS (SELECT 1 FROM followers o WHERE o.connection_id = f.connection_id AND o.carrier_number = f.carrier_number
                             AND o.shipment_id NOT IN (SELECT value FROM json_each(?1))))`,
      )
      .bind(ids),
    db
      .prepare(
        `DELETE FROM followers WHERE (connection_id, carrier_number, shipment_id, parcel_id) IN (
           SELECT f.connection_id, f.carrier_number, f.shipment_id, f.parcel_id FROM json_each(?1) j
           CROSS JOIN followers f ON f.shipment_id = j.value)`,
      )
      .bind(ids),
  ]);
}

/** Rows of a connection removed in one step of `forgetFollowers`. */
const FORGET_AT_ONCE = 1000;

/**
 * Takes a connection's followers out of the directory, those of some tenants or (null) all, `steps` thousand at most.
 * Returns whether nothing is left. Without a connection's row nobody reads what stays.
 */
export async function forgetFollowers(
  db: Queryable,
  connection_id: string,
  tenant_ids: readonly string[] | null,
  steps: number,
): Promise<boolean> {
  const tenants = tenant_ids === null ? null : JSON.stringify(tenant_ids);
  for (let step = 0; step < steps; step++) {
    const [followers, checks] = await db.batch([
      db
        .prepare(
          `DELETE FROM followers WHERE (connection_id, carrier_number, shipment_id, parcel_id) IN (
             SELECT connection_id, carrier_number, shipment_id, parcel_id FROM followers
             WHERE connection_id = ?1 AND (?2 IS NULL OR tenant_id IN (SELECT value FROM json_each(?2))) LIMIT ${FORGET_AT_ONCE})
           RETURNING carrier_number`,
        )
        .bind(connection_id, tenants),
      db
        .prepare(
          `DELETE FROM checks WHERE (connection_id, carrier_number) IN (
             SELECT c.connection_id, c.carrier_number FROM checks c WHERE c.connection_id = ?1
             AND NOT EXISTS (SELECT 1 FROM followers f WHERE f.connection_id = ?1 AND f.carrier_number = c.carrier_number) LIMIT ${FORGET_AT_ONCE})
           RETURNING carrier_number`,
        )
        .bind(connection_id),
    ]);
    if ((followers?.results.length ?? 0) < FORGET_AT_ONCE && (checks?.results.length ?? 0) < FORGET_AT_ONCE)
      return true;
  }
  return false;
}

const FollowableRow = z.object({
  carrier_number: z.string(),
  shipment_id: z.string(),
  parcel_id: z.string().nullable(),
});

/** Numbers of an account's live shipments of a carrier, in order, after one of them: what a new connection takes up. */
export async function followableNumbers(
  shard: Queryable,
  {
    tenant_id,
    carrier_id,
    after,
    limit,
  }: { tenant_id: string; carrier_id: string; after: string; limit: number },
): Promise<FollowedNumber[]> {
  const { results } = await shard
    .prepare(
      `SELECT n.carrier_number, n.shipment_id, p.id AS parcel_id FROM shipment_numbers n
       CROSS JOIN shipments s ON s.id = n.shipment_id
       LEFT JOIN parcels p ON p.shipment_id = n.shipment_id AND p.carrier_tracking_id = n.carrier_number
       WHERE n.tenant_id = ?1 AND n.carrier_id = ?2 AND n.carrier_number > ?3 AND s.tracking_state <> 'stopped' AND s.ended_at IS NULL
       ORDER BY n.carrier_number LIMIT ?4`,
    )
    .bind(tenant_id, carrier_id, after, limit)
    .all();
  return results.map((raw) => {
    const row = FollowableRow.parse(raw);
    return { number: row.carrier_number, shipment_id: row.shipment_id, parcel_id: row.parcel_id ?? "" };
  });
}
