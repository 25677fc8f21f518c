import { type FlowCounts, type FlowKind, type FlowWay, HOUR_MS, MINUTE_MS, ROLLED } from "./flow-counts.ts";
import type { Queryable } from "./queryable.ts";

/** Writes the counts of the flow: added to by whoever did a batch of something, rolled up and pruned by the tick. */

/** What happened by one way in one minute; what is left out is 0. */
export type FlowCount = {
  [K in FlowKind]: { kind: K; way: FlowWay<K>; at: number } & Partial<FlowCounts>;
}[FlowKind];

/** When a connection's carrier said something new. */
export interface ConnectionNews {
  connection_id: string;
  way: "webhook" | "sftp" | "poll";
  at: number;
}

const MINUTES_KEPT_MS = 48 * HOUR_MS;
const HOURS_KEPT_MS = 35 * 24 * HOUR_MS;
/** An hour is rolled up so long after its end: what reports once a minute has reported. */
const ROLLED_AFTER_MS = 10 * MINUTE_MS;
const ROWS_PER_STEP = 200;

const ADD = `
INSERT INTO flow_counts (size, at, kind, way, total, events, duplicates, unmapped, failed, dead)
SELECT 'minute', j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 8
FROM json_each(?1) j WHERE true
ON CONFLICT (size, at, kind, way) DO UPDATE SET total = total + excluded.total, events = events + excluded.events,
  duplicates = duplicates + excluded.duplicates, unmapped = unmapped + excluded.unmapped, failed = failed + excluded.failed, dead = dead + excluded.dead`;

// The place of a carrier's word is told to the minute: one row a minute, however much it says.
const NEWS = `
INSERT INTO connection_news (connection_id, way, last_new_at)
SELECT j.value ->> 'connection_id', j.value ->> 'way', max(j.value ->> 'at') FROM json_each(?1) j WHERE true GROUP BY 1, 2
ON CONFLICT (connection_id, way) DO UPDATE SET last_new_at = excluded.last_new_at WHERE excluded.last_new_at >= last_new_at + ${MINUTE_MS}`;

/** The statements that add counts and news: one row written for each kind and way of a minute, whatever the number of counts. */
export function countStatements(
  db: Queryable,
  counts: readonly FlowCount[],
  news: readonly ConnectionNews[],
  now: number,
): D1PreparedStatement[] {
  const statements: D1PreparedStatement[] = [];
  const rows = summed(counts, now);
  if (rows.length > 0) statements.push(db.prepare(ADD).bind(JSON.stringify(rows)));
  if (news.length > 0) statements.push(db.prepare(NEWS).bind(JSON.stringify(news)));
  return statements;
}

type Row = [number, FlowKind, string, number, number, number, number, number, number];

/** One row for each minute, kind and way. */
function summed(counts: readonly FlowCount[], now: number): Row[] {
  const rows = new Map<string, Row>();
  for (const count of counts) {
    // What is told after its hour was rolled up counts in the oldest minute that was not.
    const at = Math.max(count.at, floorHour(now - ROLLED_AFTER_MS));
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const key = `${minute} ${count.kind} ${count.way}`;
    const row = rows.get(key) ?? [minute, count.kind, count.way, 0, 0, 0, 0, 0, 0];
    const { total = 0, events = 0, duplicates = 0, unmapped = 0, failed = 0, dead = 0 } = count;
    const more = [total, events, duplicates, unmapped, failed, dead];
    for (const [column, number] of more.entries()) row[column + 3] = Number(row[column + 3]) + number;
    rows.set(key, row);
  }
  return [...rows.values()].filter((row) => row.slice(3).some((number) => number !== 0));
}

const ROLL = `
INSERT INTO flow_counts (size, at, kind, way, total, events, duplicates, unmapped, failed, dead)
SELECT 'hour', at - at % ${HOUR_MS}, kind, way, sum(total), sum(events), sum(duplicates), sum(unmapped), sum(failed), sum(dead)
FROM flow_counts WHERE size = 'minute' AND at >= ?1 AND at < ?2 GROUP BY 2, kind, way
ON CONFLICT (size, at, kind, way) DO UPDATE SET total = excluded.total, events = excluded.events, duplicates = excluded.duplicates,
  unmapped = excluded.unmapped, failed = excluded.failed, dead = excluded.dead`;

const MOVE_WATERMARK = `
INSERT INTO sweeps (name, watermark) VALUES ('${ROLLED}', ?1)
ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark WHERE watermark = ?2`;

const PRUNE = `
DELETE FROM flow_counts WHERE (size, at, kind, way) IN
  (SELECT size, at, kind, way FROM flow_counts WHERE size = ?1 AND at < ?2 ORDER BY at LIMIT ${ROWS_PER_STEP})`;

/**
 * For the tick: rolls hours that are over up into a row a way, and takes old rows away in a small step. Reads one row
 * where there is nothing to do; a repeated or missed tick changes nothing in the sums.
 */
export async function keepFlow(control: D1Database, now: number): Promise<void> {
  const row = await control
    .prepare("SELECT watermark FROM sweeps WHERE name = ?1")
    .bind(ROLLED)
    .first<{ watermark: string }>();
  const to = floorHour(now - ROLLED_AFTER_MS);
  const oldest = floorHour(now - MINUTES_KEPT_MS) + HOUR_MS;
  const from = Math.max(Number(row?.watermark ?? 0), oldest);
  if (to > from) {
    await control.batch([
      control.prepare(ROLL).bind(from, to),
      control.prepare(MOVE_WATERMARK).bind(String(to), row?.watermark ?? ""),
    ]);
  }
  await control.batch([
    control.prepare(PRUNE).bind("minute", now - MINUTES_KEPT_MS),
    control.prepare(PRUNE).bind("hour", now - HOURS_KEPT_MS),
  ]);
}

const floorHour = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;
