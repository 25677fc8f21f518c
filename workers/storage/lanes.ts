import { z } from "zod";
import type { InboxReport } from "../inbox/views.ts";
import type { Queryable } from "./queryable.ts";

/**
 * The lanes of connections, each an inbox. A lane is here before a document goes to it, and stays until it is empty and
 * its connection gone. Its row says which version of the connection it has not confirmed yet.
 */

export interface Lane {
  connection_id: string;
  lane: number;
}

export interface VisitedLane extends Lane {
  /** The version it has not confirmed yet; null where it is up to date. */
  pending_version: number | null;
  removed: boolean;
}

const LaneRow = z.object({ connection_id: z.string(), lane: z.number() });
const VisitedRow = LaneRow.extend({
  pending_version: z.number().nullable(),
  removed: z.number().transform((flag) => flag === 1),
});

/** A connection has no more than this: a national carrier's peak takes about thirty. */
export const LANES_MAX = 64;

/** In the same batch as a connection's change, after it: creates the first lane and marks every lane as outdated. */
export function markLanesOutdated(db: Queryable, connection_id: string, now: number): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at)
         VALUES (?1, 0, 0, ?2, 0, 0, 0) ON CONFLICT DO NOTHING`,
      )
      .bind(connection_id, now),
    db
      .prepare(
        "UPDATE lanes SET pending_version = (SELECT updated_at FROM connections WHERE id = ?1), removed = 0 WHERE connection_id = ?1",
      )
      .bind(connection_id),
  ];
}

/** In the same batch as a connection's deletion. */
export function lanesToRemove(db: Queryable, connection_id: string): D1PreparedStatement {
  return db
    .prepare("UPDATE lanes SET removed = 1, pending_version = 0 WHERE connection_id = ?1")
    .bind(connection_id);
}

/** The lanes of a connection that have not confirmed its newest version. */
export async function lanesToNotify(db: Queryable, connection_id: string): Promise<VisitedLane[]> {
  const { results } = await db
    .prepare(
      "SELECT connection_id, lane, pending_version, removed FROM lanes WHERE connection_id = ?1 AND pending_version IS NOT NULL",
    )
    .bind(connection_id)
    .all();
  return results.map((raw) => VisitedRow.parse(raw));
}

/** These lanes confirmed their version; one that is outdated again by now stays marked. */
export async function markLanesNotified(db: Queryable, lanes: readonly VisitedLane[]): Promise<void> {
  if (lanes.length === 0) return;
  const rows = lanes.map(({ connection_id, lane, pending_version }) => [
    connection_id,
    lane,
    pending_version,
  ]);
  await db.prepare(CONFIRM).bind(JSON.stringify(rows)).run();
}

const CONFIRM = `
UPDATE lanes SET pending_version = NULL FROM json_each(?1) AS t
WHERE lanes.connection_id = t.value ->> 0 AND lanes.lane = t.value ->> 1 AND lanes.pending_version = t.value ->> 2`;

/**
 * The lanes that a tick visits: those that are outdated or last reported a backlog, and a share of all,
 * from `after` on, so that each has its turn. `next`: where the following tick goes on; empty for the beginning.
 */
export async function lanesToVisit(
  db: Queryable,
  after: string,
  limit: number,
): Promise<{ lanes: VisitedLane[]; next: string }> {
  const [connection_id = "", lane = "-1"] = after.split("/");
  const half = Math.ceil(limit / 4);
  const [outdated, waiting, turn] = await db.batch([
    db.prepare(`${VISITED} WHERE pending_version IS NOT NULL AND connection_id > '' LIMIT ?1`).bind(half),
    db.prepare(`${VISITED} WHERE waiting > 0 AND connection_id > '' LIMIT ?1`).bind(half),
    db
      .prepare(`${VISITED} WHERE (connection_id, lane) > (?1, ?2) ORDER BY connection_id, lane LIMIT ?3`)
      .bind(connection_id, Number(lane), limit - 2 * half),
  ]);
  const inTurn = (turn?.results ?? []).map((raw) => VisitedRow.parse(raw));
  const lanes = new Map<string, VisitedLane>();
  const add = (one: VisitedLane) => lanes.set(`${one.connection_id}/${one.lane}`, one);
  for (const raw of [...(outdated?.results ?? []), ...(waiting?.results ?? [])]) add(VisitedRow.parse(raw));
  for (const one of inTurn) add(one);
  const last = inTurn.length < limit - 2 * half ? undefined : inTurn.at(-1);
  return {
    lanes: [...lanes.values()],
    next: last === undefined ? "" : `${last.connection_id}/${last.lane}`,
  };
}

const VISITED = "SELECT connection_id, lane, pending_version, removed FROM lanes";

export interface LaneReport extends Lane, InboxReport {}

const REPORT = `
UPDATE lanes SET waiting = r.value ->> 'waiting', oldest_waiting_at = r.value ->> 'oldest_waiting_at',
  unreadable = r.value ->> 'unreadable', last_received_at = coalesce(r.value ->> 'last_received_at', 0),
  behind_since = CASE WHEN r.value ->> 'oldest_due_at' < ?2 - ?3 THEN coalesce(lanes.behind_since, ?2) END
FROM json_each(?1) AS r WHERE lanes.connection_id = r.value ->> 'connection_id' AND lanes.lane = r.value ->> 'lane'
AND (lanes.waiting <> r.value ->> 'waiting' OR lanes.oldest_waiting_at IS NOT r.value ->> 'oldest_waiting_at'
     OR lanes.unreadable <> r.value ->> 'unreadable' OR lanes.last_received_at < coalesce(r.value ->> 'last_received_at', 0) - ?4
     OR (lanes.behind_since IS NULL) = (coalesce(r.value ->> 'oldest_due_at', ?2) < ?2 - ?3))`;

const FORGET = `
DELETE FROM lanes WHERE (connection_id, lane) IN (SELECT value ->> 'connection_id', value ->> 'lane' FROM json_each(?1))
AND removed = 1`;

/** A document that could be processed waits longer than this: its lane is behind. */
const BEHIND_MS = 1000;
/** When a lane last received something is written no more often. */
const ACTIVITY_MS = 10 * 60_000;

/** Writes what lanes reported; those that are finished are forgotten. */
export async function reportLanes(db: Queryable, reports: readonly LaneReport[], now: number): Promise<void> {
  if (reports.length === 0) return;
  const finished = reports.filter((report) => report.finished);
  const statements = [db.prepare(REPORT).bind(JSON.stringify(reports), now, BEHIND_MS, ACTIVITY_MS)];
  if (finished.length > 0) statements.push(db.prepare(FORGET).bind(JSON.stringify(finished)));
  await db.batch(statements);
}

/** Connections of which a lane has been behind since a time, and how many lanes each has. None that has all it may have. */
export async function connectionsBehind(
  db: Queryable,
  since: number,
): Promise<{ connection_id: string; lanes: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT b.connection_id, (SELECT count(*) FROM lanes o WHERE o.connection_id = b.connection_id) AS lanes
       FROM lanes b WHERE b.behind_since <= ?1 AND b.removed = 0 GROUP BY +b.connection_id HAVING lanes < ${LANES_MAX} LIMIT ${CONNECTIONS_AT_ONCE}`,
    )
    .bind(since)
    .all();
  return results.map((raw) => z.object({ connection_id: z.string(), lanes: z.number() }).parse(raw));
}

const CONNECTIONS_AT_ONCE = 20;

/**
 * Gives a connection as many lanes, never fewer than it has. Its version rises, so that whoever remembers the connection
 * reads how many there are.
 */
export async function growLanes(
  db: Queryable,
  connection_id: string,
  lanes: number,
  now: number,
): Promise<void> {
  const numbers = JSON.stringify(Array.from({ length: Math.min(lanes, LANES_MAX) }, (_, lane) => lane));
  await db.batch([
    db
      .prepare(
        `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at)
         SELECT c.id, j.value, 0, ?3, 0, 0, 0 FROM json_each(?2) j CROSS JOIN connections c ON c.id = ?1 WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(connection_id, numbers, now),
    db
      .prepare("UPDATE connections SET updated_at = max(?2, updated_at + 1) WHERE id = ?1")
      .bind(connection_id, now),
    db
      .prepare(
        `UPDATE lanes SET pending_version = (SELECT updated_at FROM connections WHERE id = ?1), behind_since = NULL
         WHERE connection_id = ?1 AND removed = 0`,
      )
      .bind(connection_id),
  ]);
}

/** The lanes that a page about the newest documents asks: those that reported documents of this state, then the most recently active. */
export async function latestLanes(
  db: Queryable,
  state: "accepted" | "unreadable" | null,
  limit: number,
): Promise<Lane[]> {
  const columns = "SELECT connection_id, lane FROM lanes";
  const latest = db
    .prepare(`${columns} WHERE last_received_at >= 0 ORDER BY last_received_at DESC LIMIT ?1`)
    .bind(limit);
  const reported = {
    accepted: `${columns} WHERE waiting > 0 AND connection_id > '' LIMIT ?1`,
    unreadable: `${columns} WHERE unreadable > 0 AND connection_id > '' LIMIT ?1`,
  };
  const results = await db.batch(
    state === null ? [latest] : [db.prepare(reported[state]).bind(limit), latest],
  );
  const lanes = results.flatMap((result) => result.results.map((raw) => LaneRow.parse(raw)));
  return [...new Map(lanes.map((lane) => [`${lane.connection_id}/${lane.lane}`, lane])).values()].slice(
    0,
    limit,
  );
}

/** The lanes of some connections. */
export async function lanesOf(db: Queryable, connection_ids: readonly string[]): Promise<Lane[]> {
  const { results } = await db
    .prepare(
      "SELECT l.connection_id, l.lane FROM json_each(?1) AS w CROSS JOIN lanes l ON l.connection_id = w.value",
    )
    .bind(JSON.stringify(connection_ids))
    .all();
  return results.map((raw) => LaneRow.parse(raw));
}

/** The lanes of a carrier's connections. */
export async function lanesOfCarrier(db: Queryable, carrier_id: string): Promise<Lane[]> {
  const { results } = await db
    .prepare(
      "SELECT l.connection_id, l.lane FROM connections c CROSS JOIN lanes l ON l.connection_id = c.id WHERE c.carrier_id = ?1",
    )
    .bind(carrier_id)
    .all();
  return results.map((raw) => LaneRow.parse(raw));
}
