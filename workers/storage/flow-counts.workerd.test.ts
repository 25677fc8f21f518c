import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { recording, tableScans } from "../testing/seed.ts";
import { countStatements, type FlowCount, keepFlow } from "./flow-counting.ts";
import { NO_COUNTS, readFlow, readFlowSeries } from "./flow-counts.ts";

/** The counts of the flow in the real schema: sums, roll-up, pruning, what waits, and what each costs. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.parse("2026-03-14T12:00:00Z");
const DB = env.DB;

async function count(now: number, ...counts: FlowCount[]): Promise<D1Result[]> {
  return DB.batch(countStatements(DB, counts, [], now));
}

beforeEach(async () => {
  for (const table of ["flow_counts", "connection_news", "sweeps", "backlogs", "check_slots", "lanes"])
    await DB.prepare(`DELETE FROM ${table}`).run();
});

describe("counting", () => {
  it("writes one row for each way of a minute, and one more only in the next minute", async () => {
    const counts: FlowCount[] = Array.from({ length: 50 }, () => ({
      kind: "in",
      way: "webhook",
      at: NOON,
      total: 1,
      events: 2,
    }));
    const [first] = await count(NOON, ...counts, { kind: "in", way: "poll", at: NOON, failed: 1 });
    expect(first?.meta.rows_written).toBe(2);
    const [again] = await count(NOON, ...counts);
    expect(again?.meta.rows_written).toBe(1);
    const flow = await readFlow(DB, NOON + 30_000);
    expect(flow.minute.in.webhook).toEqual({ ...NO_COUNTS, total: 100, events: 200 });
    expect(flow.minute.in.poll).toEqual({ ...NO_COUNTS, failed: 1 });
    expect(flow.minute.out.webhook).toEqual(NO_COUNTS);
  });

  it("writes nothing for nothing", () => {
    expect(countStatements(DB, [{ kind: "in", way: "sftp", at: NOON, total: 0 }], [], NOON)).toEqual([]);
  });

  it("tells minute, hour and day apart", async () => {
    for (const ago of [0, 1, 2, 59, 60, 61, 600])
      await count(NOON - ago * MINUTE, {
        kind: "out",
        way: "track",
        at: NOON - ago * MINUTE,
        total: 1,
        events: 10,
      });
    const { minute, hour, day } = await readFlow(DB, NOON);
    expect([minute, hour, day].map((period) => period.out.track.total)).toEqual([2, 4, 7]);
  });
});

describe("the roll-up", () => {
  it("changes no sum, whenever it runs and however often", async () => {
    // Every 20 minutes through 26 hours, with the tick's part after each.
    for (let at = NOON - 26 * HOUR; at <= NOON; at += 20 * MINUTE) {
      await count(at, { kind: "in", way: "webhook", at, total: 1 });
      if (at % HOUR === 0) {
        await keepFlow(DB, at);
        await keepFlow(DB, at);
      }
    }
    const flow = await readFlow(DB, NOON);
    // The hour in which the last 24 hours begin counts as a whole.
    expect(flow.day.in.webhook.total).toBe(24 * 3 + 1);
    expect(flow.hour.in.webhook.total).toBe(3);
    const hours = await readFlowSeries(DB, { size: "hour", since: NOON - 25 * HOUR, until: NOON });
    expect(hours).toHaveLength(24);
    expect(new Set(hours.map(({ total }) => total))).toEqual(new Set([3]));
  });

  it("catches up after hours without a tick, and counts what is told late where it is still seen", async () => {
    await count(NOON, { kind: "in", way: "sftp", at: NOON, total: 1 });
    await keepFlow(DB, NOON + 5 * HOUR + 15 * MINUTE);
    const later = NOON + 5 * HOUR + 16 * MINUTE;
    await count(later, { kind: "in", way: "sftp", at: NOON, total: 1 });
    expect((await readFlow(DB, later)).day.in.sftp.total).toBe(2);
    await keepFlow(DB, later + HOUR);
    expect((await readFlow(DB, later + HOUR)).day.in.sftp.total).toBe(2);
  });

  it("takes minutes away after 48 hours and hours after 35 days, in small steps", async () => {
    for (let at = 0; at < 250; at++)
      await count(NOON + at * MINUTE, { kind: "check", way: "poll", at: NOON + at * MINUTE, total: 1 });
    await keepFlow(DB, NOON + 8 * HOUR);
    const left = async () =>
      (await DB.prepare("SELECT size, count(*) AS n FROM flow_counts GROUP BY size ORDER BY size").all())
        .results;
    await keepFlow(DB, NOON + 72 * HOUR);
    expect(await left()).toEqual([
      { size: "hour", n: 5 },
      { size: "minute", n: 50 },
    ]);
    await keepFlow(DB, NOON + 72 * HOUR);
    expect(await left()).toEqual([{ size: "hour", n: 5 }]);
    await keepFlow(DB, NOON + 36 * 24 * HOUR);
    expect(await left()).toEqual([]);
  });
});

describe("when a carrier last said anything new", () => {
  it("is told to the minute, and written once a minute at most", async () => {
    const tell = (at: number) =>
      DB.batch(countStatements(DB, [], [{ connection_id: "con_1", way: "poll", at }], at));
    expect((await tell(NOON))[0]?.meta.rows_written).toBe(1);
    expect((await tell(NOON + 59_999))[0]?.meta.rows_written).toBe(0);
    expect((await tell(NOON + MINUTE))[0]?.meta.rows_written).toBe(1);
    const row = await DB.prepare("SELECT last_new_at FROM connection_news").first();
    expect(row).toEqual({ last_new_at: NOON + MINUTE });
  });
});

describe("what waits", () => {
  const aLane = (connection_id: string, waiting: number, since: number | null) =>
    DB.prepare(
      `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, oldest_waiting_at, unreadable, last_received_at)
       VALUES (?1, 0, 0, 0, ?2, ?3, 5, 0)`,
    ).bind(connection_id, waiting, since);

  it("is what the inboxes, the slots and the customers' objects reported", async () => {
    await DB.batch([
      aLane("con_1", 2, NOON),
      aLane("con_2", 9_000, NOON + 1),
      aLane("con_3", 3_000, NOON + 2),
      aLane("con_4", 0, null),
      DB.prepare(
        "INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures) VALUES ('con_1', 'poll', 900, 1, ?1, 0), ('con_1', 'poll', 900, 2, ?2, 0)",
      ).bind(NOON - 5, NOON + HOUR),
      DB.prepare(
        "INSERT INTO backlogs (tenant_id, since, waiting, dead) VALUES ('a.live', ?1, 3, 0), ('b.live', ?2, 4, 2), ('c.live', ?2, 0, 1)",
      ).bind(NOON - HOUR, NOON),
    ]);
    expect((await readFlow(DB, NOON)).waiting).toEqual({
      documents: { count: 12_002, more: false, since: NOON },
      checks: { count: 1, more: false, since: NOON - 5 },
      customers: { count: 2, more: false, messages: 7, since: NOON - HOUR },
      dead_letters: { count: 2, more: false, messages: 3 },
    });
  });

  it("stops counting at ten thousand and says so", async () => {
    await DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)
       INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures) SELECT 'con_1', 'poll', 86400, i, ?1, 0 FROM n`,
    )
      .bind(NOON)
      .run();
    await aLane("con_1", 10_000, NOON).run();
    expect((await readFlow(DB, NOON)).waiting.documents).toEqual({ count: 10_000, more: true, since: NOON });
    expect((await readFlow(DB, NOON)).waiting.checks).toEqual({ count: 10_000, more: true, since: NOON });
  });
});

it("reads no table as a whole", async () => {
  const seen = new Set<string>();
  const db = recording(DB, seen);
  await readFlow(db, NOON);
  await readFlowSeries(db, { size: "minute", since: NOON, until: NOON + HOUR });
  await keepFlow(db, NOON);
  await db.batch(
    countStatements(
      db,
      [{ kind: "in", way: "poll", at: NOON, total: 1 }],
      [{ connection_id: "c", way: "poll", at: 1 }],
      NOON,
    ),
  );
  expect(seen.size).toBeGreaterThan(10);
  const scans: Record<string, string[]> = {};
  for (const sql of seen) {
    const found = await tableScans(DB, sql);
    if (found.length > 0) scans[sql] = found;
  }
  expect(scans).toEqual({});
});
