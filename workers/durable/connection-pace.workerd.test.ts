import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  aConnection,
  anAccount,
  fieldOf,
  listOf,
  type TestClient,
  testClient,
  textOf,
} from "../api/test-client.ts";
import { NO_LAGS } from "../observe/lags.ts";
import { readFlow } from "../storage/flow-counts.ts";
import { answered, testContext } from "../testing/seed.ts";
import { pollStage, sftpStage, tickAfter, time } from "../testing/stage.ts";

/** What a connection's object knows of its checks: counted in memory, written together, told to the operator. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Of the current hour, or the operator's clock would not see it. */
const NOW = Date.now() - (Date.now() % HOUR) + 10 * MINUTE;
const ctx = testContext();
const RATE = {};

const callOf = (connection_id: string, lag_ms: number | null = 0, numbers = 20) => ({
  connection_id,
  carrier_id: "sandbox",
  way: "poll" as const,
  numbers,
  lag_ms,
});
const take = (id: string, at: number, lag_ms: number | null, numbers?: number) =>
  ctx.paceOf(id).take(RATE, at, 0, MINUTE, callOf(id, lag_ms, numbers));
const write = (id: string) => runDurableObjectAlarm(env.CONNECTION_PACE.getByName(id));
const rowsWritten = (id: string) =>
  runInDurableObject(env.CONNECTION_PACE.getByName(id), (_object, state) => state.storage.sql.databaseSize);

declare global {
  namespace Cloudflare {
    interface Env {
      CONNECTION_PACE: DurableObjectNamespace<import("./connection-pace.ts").ConnectionPace>;
    }
  }
}

describe("the statistics of checks", () => {
  it("tell lag, success and the last success, before and after they are written", async () => {
    const id = "con_statistics";
    for (let n = 0; n < 100; n++) await take(id, NOW + n, n < 90 ? 500 : 50_000);
    await ctx.paceOf(id).ended({ ok: false, retry_after_ms: null }, NOW + 100, MINUTE);
    const before = await ctx.checksOf(id).health(NOW + 200);
    expect(before).toMatchObject({
      breaker: "closed",
      failures_in_a_row: 1,
      ways: [{ way: "poll", calls: 100, numbers: 2000, failed: 1, last_ok_at: NOW + 98 }],
    });
    expect(before.ways[0]?.lag_p50_ms).toBeLessThanOrEqual(1000);
    expect(before.ways[0]?.lag_p95_ms).toBeGreaterThan(45_000);
    expect(await write(id)).toBe(true);
    expect(await ctx.checksOf(id).health(NOW + 200)).toEqual(before);
    expect(await write(id)).toBe(false);
    const flow = await readFlow(env.DB, NOW + 200);
    expect(flow.minute.check.poll).toMatchObject({ total: 100, events: 2000, failed: 1 });
  });

  it("count a call as failed that ends after its beginning was written, as one that ran out of time does", async () => {
    const id = "con_slow";
    await take(id, NOW, 0);
    await ctx.paceOf(id).ended({ ok: true, retry_after_ms: null }, NOW + 1000, MINUTE);
    await take(id, NOW + MINUTE, 0);
    expect(await write(id)).toBe(true);
    await ctx.paceOf(id).ended({ ok: false, retry_after_ms: null }, NOW + MINUTE + 30_000, MINUTE);
    const slow = { way: "poll", calls: 2, failed: 1, last_ok_at: NOW };
    const health = async () => (await ctx.checksOf(id).health(NOW + 2 * MINUTE)).ways;
    expect(await health()).toMatchObject([slow]);
    expect(await write(id)).toBe(true);
    expect(await health()).toMatchObject([slow]);
  });

  it("never call a carrier's last answer good that has answered nothing yet", async () => {
    const id = "con_silent";
    await take(id, NOW, 0);
    await write(id);
    // The platform puts it away while the call is under way.
    await evictDurableObject(env.CONNECTION_PACE.getByName(id));
    await ctx.paceOf(id).ended({ ok: false, retry_after_ms: null }, NOW + 30_000, MINUTE);
    expect((await ctx.checksOf(id).health(NOW + MINUTE)).ways).toMatchObject([
      { way: "poll", calls: 1, failed: 1, last_ok_at: null },
    ]);
  });

  it("go on in an object that kept them before it kept whose the last call was", async () => {
    const id = "con_older";
    await runInDurableObject(env.CONNECTION_PACE.getByName(id), (_object, state) => {
      state.storage.sql.exec(
        `CREATE TABLE check_hours (way TEXT NOT NULL, hour INTEGER NOT NULL, calls INTEGER NOT NULL, numbers INTEGER NOT NULL, failed INTEGER NOT NULL,
           lags TEXT NOT NULL, last_ok_at INTEGER, PRIMARY KEY (way, hour)) WITHOUT ROWID`,
      );
      state.storage.sql.exec(
        "INSERT INTO check_hours VALUES ('poll', ?, 1, 1, 0, ?, ?)",
        NOW - (NOW % HOUR),
        JSON.stringify(NO_LAGS),
        NOW,
      );
    });
    await ctx.paceOf(id).ended({ ok: false, retry_after_ms: null }, NOW + 1, MINUTE);
    await take(id, NOW + MINUTE, 0);
    await write(id);
    await ctx.paceOf(id).ended({ ok: false, retry_after_ms: null }, NOW + MINUTE + 30_000, MINUTE);
    expect((await ctx.checksOf(id).health(NOW + 2 * MINUTE)).ways).toMatchObject([
      { way: "poll", calls: 2, failed: 1, last_ok_at: NOW },
    ]);
  });

  it("are one row of its SQLite for each hour, however many calls", async () => {
    const id = "con_rows";
    for (let n = 0; n < 300; n++) await take(id, NOW, null);
    await write(id);
    const size = await rowsWritten(id);
    for (let n = 0; n < 300; n++) await take(id, NOW + MINUTE, null);
    await write(id);
    expect(await rowsWritten(id)).toBe(size);
    const rows = await runInDurableObject(env.CONNECTION_PACE.getByName(id), (_object, state) =>
      state.storage.sql.exec("SELECT calls FROM check_hours").toArray(),
    );
    expect(rows).toEqual([{ calls: 600 }]);
  });

  it("are kept by the hour for 35 days", async () => {
    const id = "con_history";
    for (let hours = 36 * 24; hours >= 0; hours -= 12) {
      await take(id, NOW - hours * HOUR, 1500, 1);
      await write(id);
    }
    const all = await ctx.checksOf(id).history(0, NOW);
    expect(all).toHaveLength(70);
    expect(all[0]?.hour).toBeGreaterThan(NOW - 35.5 * 24 * HOUR);
    expect(await ctx.checksOf(id).history(NOW - 25 * HOUR, NOW)).toHaveLength(3);
  });

  it("count a look into a folder, which takes no turn, and no turn that was not granted", async () => {
    const id = "con_folder";
    await ctx.checksOf(id).looked({ ...callOf(id, 2500, 0), way: "sftp" }, false, NOW);
    const wait = await ctx.paceOf(id).take({ per_second: 0.001 }, NOW, 0, MINUTE, callOf(id));
    const none = await ctx.paceOf(id).take({ per_second: 0.001 }, NOW, 0, MINUTE, callOf(id));
    expect([wait.kind, none.kind]).toEqual(["go", "wait"]);
    expect((await ctx.checksOf(id).health(NOW)).ways).toMatchObject([
      { way: "poll", calls: 1, failed: 0 },
      { way: "sftp", calls: 1, failed: 1, last_ok_at: null },
    ]);
  });
});

describe("a check that runs", () => {
  it("is counted by its calls and numbers, with how late it began, and whether it went well", async () => {
    let status = 200;
    const stage = await pollStage(() => answered(status, JSON.stringify({ tracking: [] })));
    const health = () => stage.ctx.checksOf(stage.connection).health(time.now);
    await tickAfter(stage, 20 * MINUTE);
    const [first] = (await health()).ways;
    expect(first).toMatchObject({ way: "poll", calls: 1, numbers: 1 });
    expect(first?.lag_p95_ms).toBeGreaterThan(0);
    expect(first?.lag_p95_ms).toBeLessThanOrEqual(20 * MINUTE);
    status = 503;
    await tickAfter(stage, 60 * MINUTE);
    const after = await health();
    expect(after.failures_in_a_row).toBeGreaterThan(0);
    expect(after.ways[0]?.failed).toBe(after.failures_in_a_row);
  });

  it("of a folder too", async () => {
    const stage = await sftpStage();
    await tickAfter(stage, MINUTE);
    const { ways } = await stage.ctx.checksOf(stage.connection).health(time.now);
    expect(ways).toMatchObject([{ way: "sftp", calls: 1, failed: 0, last_ok_at: time.now }]);
  });
});

describe("the operator", () => {
  let client: TestClient;
  let id: string;

  beforeAll(async () => {
    client = testClient({ now: () => NOW + 5 * MINUTE });
    await anAccount(client, "paced");
    id = await aConnection(client, ["paced"]);
    await take(id, NOW - 3 * HOUR, 1500);
    await write(id);
    await take(id, NOW, 700);
    for (let n = 0; n < 5; n++)
      await ctx.paceOf(id).ended({ ok: false, retry_after_ms: null }, NOW + 5 * MINUTE, MINUTE);
  });

  it("sees the breaker, and what the last hours held", async () => {
    const { body } = await client.operator("GET", "/admin/health");
    const own = listOf(body, "connections").find((one) => fieldOf(one, "connection_id") === id);
    expect(own).toMatchObject({
      connection_id: id,
      breaker: "open",
      failures_in_a_row: 5,
      blocked_until: expect.stringContaining("+00:00"),
    });
    expect(listOf(body, "accounts")).toContainEqual(
      expect.objectContaining({
        account_number: "paced",
        mode: "live",
        last_event_at: null,
        deliveries: null,
      }),
    );
    const { body: page } = await client.operator("GET", "/admin/health?limit=1");
    expect(listOf(page, "connections")).toHaveLength(1);
    const rest = await client.operator(
      "GET",
      `/admin/health?limit=50&cursor=${textOf(page, "next_cursor")}&accounts_cursor=${textOf(page, "next_accounts_cursor")}`,
    );
    expect(listOf(rest.body, "connections")).toContainEqual(own);
  });

  it("plots a connection's hours", async () => {
    const { body } = await client.operator("GET", `/admin/connections/${id}/history?hours=24`);
    const data = listOf(body, "data");
    expect(data).toMatchObject([
      { way: "poll", calls: 1, numbers: 20, failed: 0, success_rate: 1, lag_p95_ms: expect.any(Number) },
      { way: "poll", calls: 1 },
    ]);
    expect(fieldOf(data[0], "hour")).toMatch(/:00:00\+00:00$/u);
    expect(
      listOf((await client.operator("GET", `/admin/connections/${id}/history?hours=1`)).body, "data"),
    ).toHaveLength(1);
    expect((await client.operator("GET", "/admin/connections/con_none/history")).status).toBe(404);
    expect((await client.operator("GET", `/admin/connections/${id}/history?hours=841`)).status).toBe(422);
  });
});
