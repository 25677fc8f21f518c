import { beforeEach, describe, expect, it } from "vitest";
import { readFeed } from "../storage/feed.ts";
import { appends, Databases } from "../testing/databases.ts";
import { seedShipment, shardDb, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  feed,
  news,
  OUT,
  PICKED,
  push,
  scansSoFar,
  settle,
  statements,
  time,
  webhookStage,
} from "../testing/stage.ts";
import { retireFiles, retireShipments } from "./retire.ts";

beforeEach(aLaterHour);

const DAY = 86_400_000;

/** Rows that a query counts. */
const countOf = async (db: D1Database, sql: string, ...values: unknown[]) =>
  (
    await db
      .prepare(`SELECT count(*) AS n FROM ${sql}`)
      .bind(...values)
      .first<{ n: number }>()
  )?.n;

describe("shipments", () => {
  /** A shipment more of the stage's account, heard of now: the feed goes on from it. */
  async function andAnother(stage: Awaited<ReturnType<typeof webhookStage>>): Promise<string> {
    const carrier_tracking_id = `${stage.number}-later`;
    const id = await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id });
    await push(
      stage,
      stage.connection,
      JSON.stringify(news(carrier_tracking_id, [{ code: "PICKED_UP", time: now() }])),
    );
    await settle(stage);
    return id;
  }
  const now = () => new Date(time.now).toISOString().replace(/\.\d+Z$/u, "+00:00");
  const rowsOf = async (table: string, shipment: string, db = shardDb()) =>
    countOf(db, `${table} WHERE ${table === "shipments" ? "id" : "shipment_id"} = ?1`, shipment);

  it("go with all that is theirs two years after the last event; those with later events stay", async () => {
    const stage = await webhookStage();
    await push(
      stage,
      stage.connection,
      JSON.stringify(news(stage.number, [PICKED], { parcel_number: `${stage.number}-1` })),
    );
    await settle(stage);
    time.now += 729 * DAY;
    const later = await andAnother(stage);
    await retireShipments(stage.ctx);
    expect(await rowsOf("shipments", stage.shipment), "too early").toBe(1);

    time.now += 4 * DAY;
    // Page by page, round and round: twice is a whole round here.
    for (let tick = 0; tick < 2; tick++) await retireShipments(stage.ctx);
    for (const table of ["shipments", "parcels", "events", "shipment_numbers"])
      expect(await rowsOf(table, stage.shipment), table).toBe(0);
    expect(await rowsOf("followers", stage.shipment, testEnv().DB)).toBe(0);
    expect(await rowsOf("followers", later, testEnv().DB)).toBeGreaterThan(0);
    expect((await feed(stage)).map((element) => element?.shipment_id)).toEqual([later]);
  });

  it("the one with the newest event stays, so that the feed's positions continue and nobody misses what comes", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    const positions = async () =>
      (await readFeed(stage.ctx.shardFor(stage.account), stage.tenant, 0, 10)).map((entry) => entry.position);
    expect(await positions()).toEqual([1]);
    time.now += 800 * DAY;
    for (let tick = 0; tick < 2; tick++) await retireShipments(stage.ctx);
    await andAnother(stage);
    expect(await positions()).toEqual([1, 2]);
    for (let tick = 0; tick < 2; tick++) await retireShipments(stage.ctx);
    expect(await positions()).toEqual([2]);
  });

  it("a retirement that fails in the middle is completed by a later tick", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED, OUT])));
    await settle(stage);
    time.now += 800 * DAY;
    await andAnother(stage);
    const recover = databases.fail(({ sql }) => sql.includes("DELETE FROM shipments"));
    await expect(retireShipments(stage.ctx)).rejects.toThrow("lost");
    expect(await rowsOf("events", stage.shipment)).toBe(0);
    expect(await rowsOf("shipments", stage.shipment)).toBe(1);
    recover();
    await retireShipments(stage.ctx);
    expect(await rowsOf("shipments", stage.shipment)).toBe(0);
  });

  it("one with more events than a tick may delete goes over several ticks", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    await shardDb()
      .prepare(
        `WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 250000)
         INSERT INTO events (shipment_id, event_id, tenant_id, sequence, position, parcel_number, precision, code_path, status,
                             withdrawn, source, shipment_status, health, action_required_by, document_id, created_at, body)
         SELECT e.shipment_id, e.event_id || n, e.tenant_id, NULL, NULL, '', e.precision, e.code_path, e.status, 0, e.source,
                e.shipment_status, e.health, e.action_required_by, e.document_id, e.created_at, '{}'
         FROM events e CROSS JOIN n WHERE e.shipment_id = ?1`,
      )
      .bind(stage.shipment)
      .run();
    time.now += 800 * DAY;
    await andAnother(stage);
    await retireShipments(stage.ctx);
    expect(await rowsOf("events", stage.shipment)).toBeGreaterThan(0);
    expect(await rowsOf("shipments", stage.shipment)).toBe(1);
    for (let tick = 0; tick < 3; tick++) await retireShipments(stage.ctx);
    expect(await rowsOf("events", stage.shipment)).toBe(0);
    expect(await rowsOf("shipments", stage.shipment)).toBe(0);
  });

  it("one whose number is registered again as it is about to go stays, or is followed by a new one", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 800 * DAY;
    await andAnother(stage);
    /** Registers the number just before the retirement's call that has this statement. */
    const registeredBefore = async (statement: string) => {
      const call = databases.hold(({ sql }) => sql.includes(statement));
      const retirement = retireShipments(stage.ctx);
      await call.reached();
      const carrier_tracking_id = stage.number;
      const id = await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id });
      call.resume();
      await retirement;
      return id;
    };
    expect(await registeredBefore("SET tracking_state = 'stopped'")).toBe(stage.shipment);
    expect(await rowsOf("shipments", stage.shipment)).toBe(1);
    expect(await rowsOf("followers", stage.shipment, testEnv().DB)).toBeGreaterThan(0);

    time.now += 800 * DAY;
    await andAnother(stage);
    const fresh = await registeredBefore("DELETE FROM events");
    expect(fresh).not.toBe(stage.shipment);
    expect(await rowsOf("shipments", stage.shipment)).toBe(0);
    expect(await rowsOf("shipments", fresh)).toBe(1);
    expect(await rowsOf("followers", fresh, testEnv().DB)).toBeGreaterThan(0);
    expect(await rowsOf("shipment_numbers", fresh)).toBe(1);
  });

  it("one that gets an event while it goes leaves nothing behind", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 800 * DAY;
    await andAnother(stage);
    const append = databases.hold(appends);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [OUT])));
    await append.reached();
    // By the last call its events are gone, and the shipment is not.
    const last = databases.hold(({ sql }) => sql.includes("DELETE FROM shipments"));
    const retirement = retireShipments(stage.ctx);
    await last.reached();
    append.resume();
    await settle(stage);
    expect(await rowsOf("events", stage.shipment)).toBe(1);
    last.resume();
    await retirement;
    for (const table of ["shipments", "parcels", "events", "shipment_numbers"])
      expect(await rowsOf(table, stage.shipment), table).toBe(0);
  });
});

it("what is remembered of files goes after 400 days, page by page", async () => {
  const { ctx } = await webhookStage();
  const insert = ctx.control.prepare(
    "INSERT INTO files (connection_id, path, size, mtime_ms, state, updated_at) VALUES ('con_a', ?1, 1, 1, 'done', ?2)",
  );
  await ctx.control.batch(
    Array.from({ length: 450 }, (_, at) =>
      insert.bind(`file-${String(at).padStart(3, "0")}`, time.now - (at % 2 === 0 ? 401 : 1) * DAY),
    ),
  );
  for (let tick = 0; tick < 3; tick++) await retireFiles(ctx);
  expect(await countOf(testEnv().DB, "files")).toBe(225);
  for (let tick = 0; tick < 3; tick++) await retireFiles(ctx);
  expect(await countOf(testEnv().DB, "files")).toBe(225);
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(20);
  expect(await scansSoFar()).toEqual({});
});
