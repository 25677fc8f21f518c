import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/**
 * The picture of the system for the operator: what came in, went out and was checked, from `flow_counts`, and what waits
 * now. Each question is a range of a key or an index, with a bound. Times are epoch milliseconds.
 */

/** The ways of each kind. `in`: from carriers. `out`: to customers; `track` are reads of the API. `check`: asking carriers. */
export const FLOW_WAYS = {
  in: ["webhook", "sftp", "poll"],
  out: ["webhook", "sftp", "track"],
  check: ["poll", "sftp"],
} as const;
export type FlowKind = keyof typeof FLOW_WAYS;
export type FlowWay<K extends FlowKind> = (typeof FLOW_WAYS)[K][number];

/** Columns that do not belong to a kind stay 0: see `flow_counts` in control-schema.ts. */
export interface FlowCounts {
  /** in: documents. out: messages or files delivered, or reads answered. check: checks. */
  total: number;
  /** in: events new to a timeline. out: events told. check: numbers asked for, or files taken. */
  events: number;
  /** in: events told before by another way. */
  duplicates: number;
  /** in: events whose code no rule knows. */
  unmapped: number;
  /** in: documents that could not be read. out: attempts that failed. check: checks that failed. */
  failed: number;
  /** out: messages given up. */
  dead: number;
}

/** What happened in a period, by kind and way; every way is there, with zeros where nothing happened. */
export type FlowPeriod = { [K in FlowKind]: Record<FlowWay<K>, FlowCounts> };

/** A number that was counted up to a bound: with `more`, there are more than `count`. */
export interface Bounded {
  count: number;
  more: boolean;
}

/** What waits now. */
export interface FlowWaiting {
  /** Documents accepted and not yet in the timelines, and since when the oldest of them waits. */
  documents: Bounded & { since: number | null };
  /** Slots of checks that are due and not yet claimed, and since when the first is due. */
  checks: Bounded & { since: number | null };
  /** Customers whose Durable Object holds news for longer than a minute; their messages; since when the oldest waits. */
  customers: Bounded & { messages: number; since: number | null };
  /** Customers with dead letters, and how many these are. */
  dead_letters: Bounded & { messages: number };
}

export interface Flow {
  at: number;
  /** The last full minute and the one that runs. */
  minute: FlowPeriod;
  /** The last 60 minutes, to the minute. */
  hour: FlowPeriod;
  /** The last 24 hours, to the hour. */
  day: FlowPeriod;
  waiting: FlowWaiting;
}

/** One bucket of a series, for a plot. Buckets without anything are left out. */
export interface FlowBucket extends FlowCounts {
  /** When the minute or hour begins. */
  at: number;
  kind: FlowKind;
  way: string;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** Nothing is counted beyond this: the answer says "more". */
const COUNTED_MAX = 10_000;

/** Where the roll-up stands: hours that begin before are in rows of size `hour`. See flow-counting.ts. */
export const ROLLED = "flow/rolled";

const SUMS =
  "sum(total) AS total, sum(events) AS events, sum(duplicates) AS duplicates, sum(unmapped) AS unmapped, sum(failed) AS failed, sum(dead) AS dead";

/** Up to where hours are rolled up; without a tick so far, from the beginning on in minutes. */
const CUT = `max(?1, min(?2, coalesce((SELECT CAST(watermark AS INTEGER) FROM sweeps WHERE name = '${ROLLED}'), ?1)))`;

// At most 25 hours of 8 rows each, and the minutes since the last roll-up.
const DAY = `
SELECT kind, way, ${SUMS} FROM (
  SELECT kind, way, total, events, duplicates, unmapped, failed, dead FROM flow_counts WHERE size = 'hour' AND at >= ?1 AND at < ${CUT}
  UNION ALL
  SELECT kind, way, total, events, duplicates, unmapped, failed, dead FROM flow_counts WHERE size = 'minute' AND at >= ${CUT}
) GROUP BY kind, way`;

const MINUTES = `SELECT kind, way, ${SUMS} FROM flow_counts WHERE size = 'minute' AND at >= ?1 GROUP BY kind, way`;

// As the inboxes reported it when they were last visited, within a minute or a few.
const DOCUMENTS = `
SELECT coalesce(sum(waiting), 0) AS count, coalesce(max(waiting), 0) AS seen, min(oldest_waiting_at) AS since
FROM lanes WHERE waiting > 0 AND connection_id > ''`;

const CHECKS = `
SELECT count(*) AS seen, min(due_at) AS since FROM (SELECT due_at FROM check_slots WHERE due_at <= ?1 ORDER BY due_at LIMIT ${COUNTED_MAX + 1})`;

const BACKLOGS = `
SELECT count(*) AS seen, coalesce(sum(waiting), 0) AS messages, min(since) AS since
FROM (SELECT waiting, since FROM backlogs WHERE waiting > 0 LIMIT ${COUNTED_MAX + 1})`;

const DEAD = `
SELECT count(*) AS seen, coalesce(sum(dead), 0) AS messages FROM (SELECT dead FROM backlogs WHERE dead > 0 LIMIT ${COUNTED_MAX + 1})`;

const CountsRow = z.object({
  kind: z.enum(["in", "out", "check"]),
  way: z.string(),
  total: z.number(),
  events: z.number(),
  duplicates: z.number(),
  unmapped: z.number(),
  failed: z.number(),
  dead: z.number(),
});
const WaitingRow = z.object({
  seen: z.number(),
  count: z.number().optional(),
  messages: z.number().optional(),
  since: z.number().nullable().optional(),
});

/** What happened in the last minute, hour and day, and what waits: one round trip to the control database. */
export async function readFlow(control: Queryable, now: number): Promise<Flow> {
  const minute = floor(now, MINUTE_MS);
  const [lastMinute, lastHour, lastDay, ...waiting] = await control.batch([
    control.prepare(MINUTES).bind(minute - MINUTE_MS),
    control.prepare(MINUTES).bind(minute - 59 * MINUTE_MS),
    control.prepare(DAY).bind(floor(now, HOUR_MS) - 24 * HOUR_MS, minute),
    ...waitingStatements(control, now),
  ]);
  return {
    at: now,
    minute: periodOf(lastMinute),
    hour: periodOf(lastHour),
    day: periodOf(lastDay),
    waiting: waitingOf(waiting),
  };
}

/** What waits now. */
export async function readWaiting(control: Queryable, now: number): Promise<FlowWaiting> {
  return waitingOf(await control.batch(waitingStatements(control, now)));
}

function waitingStatements(control: Queryable, now: number): D1PreparedStatement[] {
  return [
    control.prepare(DOCUMENTS),
    control.prepare(CHECKS).bind(now),
    control.prepare(BACKLOGS),
    control.prepare(DEAD),
  ];
}

function waitingOf([documents, checks, backlogs, dead]: readonly D1Result[]): FlowWaiting {
  const row = (result: D1Result | undefined) => WaitingRow.parse(result?.results[0]);
  const [docs, slots, behind, given] = [row(documents), row(checks), row(backlogs), row(dead)];
  return {
    // Each inbox counts up to the bound.
    documents: { count: docs.count ?? 0, more: docs.seen >= COUNTED_MAX, since: docs.since ?? null },
    checks: { ...bounded(slots.seen), since: slots.since ?? null },
    customers: { ...bounded(behind.seen), messages: behind.messages ?? 0, since: behind.since ?? null },
    dead_letters: { ...bounded(given.seen), messages: given.messages ?? 0 },
  };
}

const BucketRow = CountsRow.extend({ at: z.number() });
/** Two days of minutes, or 35 days of hours, at eight ways. */
const BUCKETS_MAX = 24_000;

/** The buckets of a size that begin in a period, in order, for a plot: minutes are kept 48 hours, hours 35 days. */
export async function readFlowSeries(
  control: Queryable,
  { size, since, until }: { size: "minute" | "hour"; since: number; until: number },
): Promise<FlowBucket[]> {
  const { results } = await control
    .prepare(
      `SELECT at, kind, way, total, events, duplicates, unmapped, failed, dead FROM flow_counts
       WHERE size = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, kind, way LIMIT ${BUCKETS_MAX}`,
    )
    .bind(size, since, until)
    .all();
  return results.map((row) => BucketRow.parse(row));
}

export const NO_COUNTS: Readonly<FlowCounts> = {
  total: 0,
  events: 0,
  duplicates: 0,
  unmapped: 0,
  failed: 0,
  dead: 0,
};

function periodOf(result: D1Result | undefined): FlowPeriod {
  const rows = new Map<string, FlowCounts>();
  for (const raw of result?.results ?? []) {
    const { kind, way, ...counts } = CountsRow.parse(raw);
    rows.set(`${kind} ${way}`, counts);
  }
  const of = (kind: FlowKind, way: string): FlowCounts => rows.get(`${kind} ${way}`) ?? { ...NO_COUNTS };
  return {
    in: { webhook: of("in", "webhook"), sftp: of("in", "sftp"), poll: of("in", "poll") },
    out: { webhook: of("out", "webhook"), sftp: of("out", "sftp"), track: of("out", "track") },
    check: { poll: of("check", "poll"), sftp: of("check", "sftp") },
  };
}

function bounded(seen: number): Bounded {
  return { count: Math.min(seen, COUNTED_MAX), more: seen > COUNTED_MAX };
}

const floor = (at: number, step: number): number => Math.floor(at / step) * step;
