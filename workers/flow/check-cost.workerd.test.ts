import { beforeEach, expect, it } from "vitest";
import { type CheckedNumber, countIn, endChecks, keepAnswers, numbersIn } from "../storage/checks.ts";
import { counted, type Rows } from "../testing/counted.ts";
import { answered, testEnv } from "../testing/seed.ts";
import { aLaterHour, MINUTES, news, PICKED, pollStage, type Stage, settle, time } from "../testing/stage.ts";
import { enqueueChecks } from "./tick.ts";

/** What checks cost in D1, by the rows that it reports. */

beforeEach(aLaterHour);

const QUARTER = 15 * MINUTES;

/** A connection with so many numbers in transit, and how often its carrier was asked for one. */
async function aConnectionOf(count: number) {
  let asked = 0;
  const stage = await pollStage((request) => {
    const numbers = decodeURIComponent(request.url.split("numbers=")[1] ?? "").split(",");
    asked += numbers.length;
    const tracking = numbers.flatMap((number) => news(number, [PICKED]).tracking);
    return answered(200, JSON.stringify({ tracking }));
  });
  const rows: Rows = { statements: 0, read: 0, written: 0 };
  const ctx = { ...stage.ctx, control: counted(stage.ctx.control, rows) };
  const db = testEnv().DB;
  const numbers = Array.from({ length: count }, (_, n) => `SBX-cost-${count}-${String(n).padStart(4, "0")}`);
  await db
    .prepare(
      `INSERT INTO checks (connection_id, carrier_number, interval_s, slot, status, changed_at)
       SELECT ?1, j.value, 900, 0, 'in_transit', ?2 FROM json_each(?3) j`,
    )
    .bind(stage.connection, time.now, JSON.stringify(numbers))
    .run();
  /** A turn of every slot; what became known of untracked numbers is of no interest here. */
  const turn = async (watched: Stage) => {
    time.now += QUARTER;
    await enqueueChecks(watched.ctx);
    await settle(watched);
    // The numbers' own news count for their first turn only.
    await db
      .prepare("UPDATE checks SET changed_at = ?2 WHERE connection_id = ?1")
      .bind(stage.connection, time.now)
      .run();
  };
  /** Rows for each number asked, over some turns. */
  const perCheck = async (turns: number) => {
    const before = { ...rows, asked };
    for (let n = 0; n < turns; n++) await turn({ ...stage, ctx });
    const checks = asked - before.asked;
    return {
      checks,
      read: (rows.read - before.read) / checks,
      written: (rows.written - before.written) / checks,
    };
  };
  return { stage, perCheck, turn: () => turn(stage) };
}

it("an unchanged check of 2,000 numbers reads at most 2 rows and writes at most 0.1", async () => {
  const { stage, perCheck, turn } = await aConnectionOf(2000);
  // The first answers are news, and the numbers spread over slots of their size.
  for (let n = 0; n < 4; n++) await turn();
  const slots = await testEnv()
    .DB.prepare(
      "SELECT slot, count(*) AS n FROM checks WHERE connection_id = ?1 AND interval_s = 900 GROUP BY slot",
    )
    .bind(stage.connection)
    .all<{ slot: number; n: number }>();
  expect(slots.results.length).toBe(8);
  const cost = await perCheck(4);
  console.log(JSON.stringify({ event: "cost.measured", ...cost }));
  expect(cost.checks).toBe(4 * 2001);
  expect(cost.read).toBeLessThanOrEqual(1.25);
  expect(cost.written).toBeLessThanOrEqual(0.03);
});

it("a small connection's too: its numbers share one slot", async () => {
  const { perCheck, turn } = await aConnectionOf(99);
  for (let n = 0; n < 2; n++) await turn();
  const cost = await perCheck(4);
  expect(cost.read).toBeLessThanOrEqual(2);
  expect(cost.written).toBeLessThanOrEqual(0.1);
});

it("a tick costs what is due, not what there is", async () => {
  const { stage } = await aConnectionOf(10);
  const db = testEnv().DB;
  await db
    .prepare(
      `INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures)
       SELECT 'con_other', 'poll', 86400, j.value, ?1, 0 FROM json_each(?2) j`,
    )
    .bind(time.now + 24 * 60 * MINUTES, JSON.stringify(Array.from({ length: 4000 }, (_, n) => n)))
    .run();
  const rows: Rows = { statements: 0, read: 0, written: 0 };
  const ctx = { ...stage.ctx, control: counted(stage.ctx.control, rows) };
  await enqueueChecks({ ...ctx, now: () => time.now - 10 * QUARTER });
  expect(rows).toMatchObject({ written: 0 });
  expect(rows.read).toBeLessThan(5);
  time.now += QUARTER;
  await enqueueChecks(ctx);
  expect(stage.checks.take().length).toBe(1);
  expect(rows.written).toBeLessThanOrEqual(3);
  expect(rows.read).toBeLessThan(20);
});

it("news of a few numbers reads and writes those, however many the connection has", async () => {
  const { stage } = await aConnectionOf(1500);
  const rows: Rows = { statements: 0, read: 0, written: 0 };
  const db = counted(stage.ctx.control, rows);
  const numbers = await numbersIn(
    stage.ctx.control,
    { connection_id: stage.connection, interval_s: 900, slot: 0 },
    "",
    10,
  );
  const answers = numbers.map(({ carrier_number }) => ({ number: carrier_number, hash: "new" }));
  await keepAnswers(db, stage.connection, answers, time.now);
  expect(rows.written).toBe(10);
  expect(rows.read).toBeLessThanOrEqual(60);
  rows.read = 0;
  await endChecks(
    db,
    stage.connection,
    numbers.map((number) => ({ ...number, changed_at: time.now })),
  );
  const left = await countIn(
    stage.ctx.control,
    { connection_id: stage.connection, interval_s: 900, slot: 0 },
    2000,
  );
  expect(left).toBe(1501 - numbers.length);
  expect(rows.read).toBeLessThanOrEqual(100);
});

it("a slot's numbers are read one row each", async () => {
  const { stage } = await aConnectionOf(500);
  const rows: Rows = { statements: 0, read: 0, written: 0 };
  const slot = { connection_id: stage.connection, interval_s: 900, slot: 0 };
  const read: CheckedNumber[] = await numbersIn(counted(stage.ctx.control, rows), slot, "", 400);
  expect(read.length).toBe(400);
  expect(rows.read).toBeLessThanOrEqual(401);
});
