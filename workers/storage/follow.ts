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
    for (const { connection_id, poll, pushes, spread } of connections) {
      for (const { number, shipment_id, parcel_id } of numbers) {
        followers.push([connection_id, number, shipment_id, parcel_id]);
        if (poll === null) continue;
        const { interval_s, slot, due_at } = firstCheck(number, {
          connection_id,
          pushes,
          min_minutes: poll.min_minutes,
          spread,
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

/** Rows of a connection looked at in one step of `forgetFollowers`. */
const FORGET_AT_ONCE = 1000;
/** Sorts after every number. */
const LAST = "\u{10ffff}";
/** Beside the sweeps' watermarks, one for each connection that is to be gone through: the number up to which that is done. */
const FORGETTING = "forget/";

/**
 * Notes that a connection's followers are to be gone through. In one batch with the change that makes it needed, and
 * before it, so that no fault can part the two. `accounts_json`: the accounts that it will feed; null notes it in any case.
 */
export function noteForgetting(
  db: Queryable,
  connection_id: string,
  accounts_json: string | null,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO sweeps (name, watermark) SELECT '${FORGETTING}' || ?1, ''
       WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM connection_accounts WHERE connection_id = ?1 AND account_number NOT IN (SELECT value FROM json_each(?2)))
       ON CONFLICT (name) DO UPDATE SET watermark = ''`,
    )
    .bind(connection_id, accounts_json);
}

const Stretch = z.object({ done: z.string(), upto: z.string() });

/**
 * Goes through a connection's followers, `steps` thousand at most, and takes out those whose account it does not name,
 * with the checks that no live shipment needs any more. Returns whether all is done; what is not, `forgetLeft` goes on with.
 */
export async function forgetFollowers(db: Queryable, connection_id: string, steps: number): Promise<boolean> {
  const name = `${FORGETTING}${connection_id}`;
  for (let step = 0; step < steps; step++) {
    const raw = await db.prepare(NEXT_STRETCH).bind(name, connection_id, LAST).first();
    if (raw === null) return true;
    const { done, upto } = Stretch.parse(raw);
    // A change of the connection meanwhile set the watermark back: then it stays there, and all is gone through once more.
    const moved =
      upto === LAST
        ? db.prepare("DELETE FROM sweeps WHERE name = ?1 AND watermark = ?2").bind(name, done)
        : db
            .prepare("UPDATE sweeps SET watermark = ?3 WHERE name = ?1 AND watermark = ?2")
            .bind(name, done, upto);
    await db.batch([
      db.prepare(FORGET_STRETCH).bind(connection_id, done, upto),
      db.prepare(UNCHECK_STRETCH).bind(connection_id, done, upto),
      moved,
    ]);
  }
  return false;
}

const nthAfter = (table: "followers" | "checks"): string =>
  `coalesce((SELECT carrier_number FROM ${table} WHERE connection_id = ?2 AND carrier_number > s.watermark
             ORDER BY carrier_number LIMIT 1 OFFSET ${FORGET_AT_ONCE - 1}), ?3)`;

const NEXT_STRETCH = `
SELECT s.watermark AS done, min(${nthAfter("followers")}, ${nthAfter("checks")}) AS upto FROM sweeps s WHERE s.name = ?1`;

const FORGET_STRETCH = `
DELETE FROM followers WHERE connection_id = ?1 AND carrier_number > ?2 AND carrier_number <= ?3
AND NOT EXISTS (SELECT 1 FROM connection_accounts a
                WHERE a.connection_id = ?1 AND a.account_number = substr(followers.tenant_id, 1, length(followers.tenant_id) - 5))`;

const UNCHECK_STRETCH = `
DELETE FROM checks WHERE connection_id = ?1 AND carrier_number > ?2 AND carrier_number <= ?3
AND NOT EXISTS (SELECT 1 FROM followers f WHERE f.connection_id = ?1 AND f.carrier_number = checks.carrier_number AND f.ended = 0)`;

/** Goes on with connections whose followers were too many for the call that changed them, about `steps` thousand of a few together; returns how many are not done yet. For the tick. */
export async function forgetLeft(db: Queryable, steps: number): Promise<number> {
  const { results } = await db
    .prepare(
      `SELECT substr(name, ${FORGETTING.length + 1}) AS connection_id FROM sweeps WHERE name > '${FORGETTING}' AND name < '${FORGETTING}~' ORDER BY name LIMIT ${CONNECTIONS_AT_ONCE}`,
    )
    .all<{ connection_id: string }>();
  const each = Math.max(1, Math.floor(steps / results.length));
  let unfinished = 0;
  for (const { connection_id } of results)
    if (!(await forgetFollowers(db, connection_id, each))) unfinished++;
  return unfinished;
}

const CONNECTIONS_AT_ONCE = 5;

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
