import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { answered, HeldQueue, testContext, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  DONE,
  documentsOf,
  MINUTES,
  news,
  OUT,
  PICKED,
  pollStage,
  scansSoFar,
  slotsOf,
  statements,
  tickAfter,
  time,
  told,
} from "../testing/stage.ts";
import { runCheck } from "./check.ts";
import { CheckMessage } from "./messages.ts";
import { enqueueChecks } from "./tick.ts";

beforeEach(aLaterHour);

describe("1c poll", () => {
  it("asks for what is due, and the same answer again is no news and no write beyond the schedule", async () => {
    let asked = 0;
    const stage = await pollStage((request) => {
      asked += 1;
      expect(request.headers.authorization).toBe("Bearer key");
      return answered(
        200,
        JSON.stringify({
          asked_at: asked,
          ...news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), [PICKED]),
        }),
      );
    });
    await tickAfter(stage, 15 * MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    await tickAfter(stage, 16 * MINUTES);
    expect(asked).toBe(2);
    expect((await documentsOf(stage, stage.connection)).length).toBe(1);
  });

  it("claims nothing twice, and claims again what died", async () => {
    const stage = await pollStage(() => answered(200, JSON.stringify({ tracking: [] })));
    time.now += 15 * MINUTES;
    await Promise.all([enqueueChecks(stage.ctx), enqueueChecks(stage.ctx)]);
    expect(stage.checks.take().length).toBe(1);
    time.now += 11 * MINUTES;
    await enqueueChecks(stage.ctx);
    const again = stage.checks.take();
    expect(again.length).toBe(1);
  });

  it("asks more often once it is out for delivery, and after the end once more, half a day later, for corrections", async () => {
    const scans = [PICKED, OUT];
    let asked = 0;
    const stage = await pollStage((request) => {
      asked += 1;
      return answered(
        200,
        JSON.stringify(news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), scans)),
      );
    });
    await tickAfter(stage, 15 * MINUTES);
    const numbers = () =>
      testEnv()
        .DB.prepare("SELECT interval_s FROM checks WHERE connection_id = ?1")
        .bind(stage.connection)
        .all<{ interval_s: number }>();
    expect((await numbers()).results).toEqual([{ interval_s: 300 }]);
    scans.push(DONE);
    await tickAfter(stage, 6 * MINUTES);
    expect((await told(stage)).at(-1)).toEqual([3, "delivered"]);
    expect((await numbers()).results).toEqual([{ interval_s: 86_400 }]);
    expect(asked).toBe(2);
    for (let hour = 0; hour < 12; hour++) await tickAfter(stage, 60 * MINUTES - 1);
    expect(asked).toBe(2);
    for (let hour = 0; hour < 25; hour++) await tickAfter(stage, 60 * MINUTES);
    expect(asked).toBe(3);
    expect((await numbers()).results).toEqual([]);
  });

  it("goes on with one whose last look shows that it had not ended", async () => {
    const scans = [PICKED, DONE];
    const stage = await pollStage((request) =>
      answered(200, JSON.stringify(news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), scans))),
    );
    await tickAfter(stage, 15 * MINUTES);
    expect((await told(stage)).at(-1)?.[1]).toBe("delivered");
    for (let hour = 0; hour < 12; hour++) await tickAfter(stage, 60 * MINUTES);
    scans.push({ code: "RETURNING", time: new Date(time.now).toISOString() });
    for (let hour = 0; hour < 25; hour++) await tickAfter(stage, 60 * MINUTES);
    const rows = await testEnv()
      .DB.prepare("SELECT status, interval_s FROM checks WHERE connection_id = ?1")
      .bind(stage.connection)
      .all();
    expect(rows.results).toHaveLength(1);
  });

  it("keeps the schedule of the new status where the inbox is faster than the check", async () => {
    const scans: (typeof DONE)[] = [];
    const stage = await pollStage((request) =>
      answered(200, JSON.stringify(news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), scans))),
    );
    // Long enough without news that it is asked for once an hour.
    for (let hour = 0; hour < 4; hour++) await tickAfter(stage, 60 * MINUTES);
    scans.push(DONE);
    // The document is in the timeline before the check goes on.
    const inboxOf: Context["inboxOf"] = (connection_id, lane) => {
      const inbox = stage.ctx.inboxOf(connection_id, lane);
      const accept: typeof inbox.accept = async (version, document) => {
        const answer = await inbox.accept(version, document);
        await stage.inboxes.settle();
        return answer;
      };
      return { ...inbox, accept };
    };
    time.now += 60 * MINUTES;
    await enqueueChecks(stage.ctx);
    for (const message of stage.checks.take())
      await runCheck({ ...stage.ctx, inboxOf }, CheckMessage.parse(message));
    expect((await told(stage)).at(-1)?.[1]).toBe("delivered");
    const { results } = await testEnv()
      .DB.prepare("SELECT status, interval_s FROM checks WHERE connection_id = ?1")
      .bind(stage.connection)
      .all();
    expect(results).toEqual([{ status: "delivered", interval_s: 86_400 }]);
  });

  it("asks a carrier that pushes only about what has been silent for six hours", async () => {
    let asked = 0;
    const { newId } = testContext();
    const stage = await pollStage(
      () => {
        asked += 1;
        return answered(200, JSON.stringify({ tracking: [] }));
      },
      // When its slots are due follows from a connection's id: with a drawn one, two turns may fall into the time below.
      { newId: (prefix) => (prefix === "con" ? "con_silent" : newId(prefix)) },
    );
    await testEnv()
      .DB.prepare("UPDATE connections SET ways = json_set(ways, '$.webhook', json('{}')) WHERE id = ?1")
      .bind(stage.connection)
      .run();
    // What was registered before it pushed goes over at its next turn, and is not asked for.
    for (let quarter = 0; quarter < 23; quarter++) await tickAfter(stage, 15 * MINUTES);
    expect(asked).toBe(0);
    for (let quarter = 0; quarter < 26; quarter++) await tickAfter(stage, 15 * MINUTES);
    expect(asked).toBe(1);
  });

  it("hands what it claims to its moment of the minute, and what was missed evenly over the next minutes", async () => {
    const stage = await pollStage(() => answered(200, JSON.stringify({ tracking: [] })));
    const db = testEnv().DB;
    const slots = async (from: number, to: number) => {
      await db.prepare("DELETE FROM check_slots").run();
      await db
        .prepare(
          `INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures)
           SELECT ?1, 'poll', 900, j.value, ?2 + (?3 - ?2) * j.value / 2000, 0 FROM json_each(?4) j`,
        )
        .bind(stage.connection, from, to, JSON.stringify(Array.from({ length: 2000 }, (_, n) => n)))
        .run();
      const delays: number[] = [];
      const checks = {
        ...stage.ctx.queues.checks,
        sendBatch: async (messages: Iterable<MessageSendRequest>) => {
          for (const { delaySeconds } of messages) delays.push(delaySeconds ?? 0);
          return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
        },
      };
      await enqueueChecks({ ...stage.ctx, queues: { ...stage.ctx.queues, checks } });
      return delays;
    };
    const next = await slots(time.now + 1, time.now + MINUTES);
    expect(next.length).toBe(2000);
    expect(Math.max(...next)).toBeLessThan(60);
    for (let ten = 0; ten < 60; ten += 10)
      expect(next.filter((s) => s >= ten && s < ten + 10).length).toBeGreaterThan(300);
    const missed = await slots(time.now - 60 * MINUTES, time.now - 6 * MINUTES);
    expect(missed.length).toBe(2000);
    expect(Math.max(...missed)).toBeLessThan(300);
    for (let minute = 0; minute < 5; minute++)
      expect(missed.filter((s) => Math.floor(s / 60) === minute).length).toBeGreaterThan(300);
  });

  it("parts the slow from the others: a message ends after its time, and the rest goes by the slow lane", async () => {
    const numbers = Array.from({ length: 500 }, (_, n) => `SBX-slow-${String(n).padStart(3, "0")}`);
    let asked = 0;
    const slowChecks = new HeldQueue();
    const stage = await pollStage((request) => {
      asked += (request.url.split("numbers=")[1] ?? "").split(",").length;
      time.now += 11_000;
      return answered(200, JSON.stringify({ tracking: [] }));
    });
    const db = testEnv().DB;
    await db
      .prepare(
        `INSERT INTO checks (connection_id, carrier_number, interval_s, slot, status, changed_at)
         SELECT ?1, j.value, 900, 0, 'in_transit', ?2 FROM json_each(?3) j`,
      )
      .bind(stage.connection, time.now, JSON.stringify(numbers))
      .run();
    const ctx: Context = { ...stage.ctx, queues: { ...stage.ctx.queues, slowChecks } };
    time.now += 15 * MINUTES;
    await enqueueChecks(ctx);
    for (const message of stage.checks.take()) await runCheck(ctx, CheckMessage.parse(message));
    expect(asked).toBe(100);
    expect(stage.checks.take()).toEqual([]);
    for (let message = 0; message < 5; message++)
      for (const rest of slowChecks.take()) await runCheck(ctx, CheckMessage.parse(rest));
    expect(asked).toBe(501);
    time.now += 15 * MINUTES;
    await enqueueChecks(ctx);
    expect(stage.checks.take()).toEqual([]);
    expect(slowChecks.take().length).toBe(1);
  });

  it.each([
    ["429 with Retry-After", answered(429, "", { "retry-after": "1800" }), 30 * MINUTES, /less often/],
    ["500", answered(500, "oops"), MINUTES, /HTTP 500/],
    [
      "HTML under 200",
      answered(200, "<!doctype html><html><body>down</body></html>"),
      MINUTES,
      /can't be read/,
    ],
    ["an empty body", answered(200, ""), MINUTES, /can't be read/],
    ["401", answered(401, "{}"), MINUTES, /credentials/],
    ["a redirect", answered(302, "", { location: "http://10.0.0.1/" }), MINUTES, /redirect/],
    ["a time-out", { kind: "timed_out", took_ms: 30_000 } as const, MINUTES, /in time/],
  ])("waits after %s, and says why", async (_name, result, atLeast, why) => {
    const stage = await pollStage(() => result);
    await tickAfter(stage, 15 * MINUTES);
    const [slot] = await slotsOf(stage.connection);
    expect(slot?.failures).toBe(1);
    expect(slot?.last_error).toMatch(why);
    expect((slot?.due_at ?? 0) - time.now).toBeGreaterThanOrEqual(atLeast);
    expect(await told(stage)).toEqual([]);
  });
});

it("an answer that can't be stored is asked for again soon, and counts as no failure of the carrier", async () => {
  let asked = 0;
  const stage = await pollStage((request) => {
    asked += 1;
    return answered(
      200,
      JSON.stringify(news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), [PICKED])),
    );
  });
  stage.ctx.inboxOf = (...name) => ({ ...stage.inboxes.of(...name), accept: async () => ({ kind: "full" }) });
  await tickAfter(stage, 15 * MINUTES);
  const [slot] = await slotsOf(stage.connection);
  expect(slot).toMatchObject({ failures: 0, last_error: expect.stringMatching(/inboxes are full/u) });
  expect((slot?.due_at ?? 0) - time.now).toBeLessThanOrEqual(15_000);
  stage.ctx.inboxOf = stage.inboxes.of;
  await tickAfter(stage, MINUTES);
  expect(asked).toBe(2);
  expect(await told(stage)).toEqual([[1, "accepted"]]);
});

describe("a carrier's pace", () => {
  it("goes on behind the last number asked once its turn comes, so that none is always left out", async () => {
    const asked: string[] = [];
    const stage = await pollStage((request) => {
      asked.push(...decodeURIComponent(request.url.split("numbers=")[1] ?? "").split(","));
      return answered(200, JSON.stringify({ tracking: [] }));
    });
    // One call each time it is due: the turn after it is minutes away.
    let turns = 0;
    const oneCall: Context = {
      ...stage.ctx,
      paceOf: () => ({
        take: async () =>
          turns++ % 2 === 0
            ? { kind: "go", at: time.now, failing: false }
            : { kind: "wait", not_before: time.now + MINUTES, blocked: false, failing: false },
        blocked: async () => null,
        ended: async () => {},
      }),
    };
    const numbers = Array.from({ length: 150 }, (_, n) => `SBX-many-${String(n).padStart(3, "0")}`);
    const db = testEnv().DB;
    await db.batch([
      db.prepare("DELETE FROM checks WHERE connection_id = ?1").bind(stage.connection),
      ...numbers.map((number) =>
        db
          .prepare(
            `INSERT INTO checks (connection_id, carrier_number, interval_s, slot, status, changed_at)
             SELECT ?1, ?2, interval_s, slot, 'in_transit', ?3 FROM check_slots WHERE connection_id = ?1`,
          )
          .bind(stage.connection, number, time.now),
      ),
    ]);
    for (let round = 0; round < 3; round++) await tickAfter({ ...stage, ctx: oneCall }, 15 * MINUTES);
    expect(asked).toEqual(numbers);
  });

  it("one object holds the rate for every poller", async () => {
    const pace = testContext().paceOf("con_rate");
    const turns = await Promise.all(
      Array.from({ length: 5 }, () => pace.take({ per_second: 2, per_day: 4 }, time.now, 10_000, 60_000)),
    );
    expect(turns.map((turn) => (turn.kind === "go" ? turn.at - time.now : turn.kind))).toEqual([
      0,
      500,
      1000,
      1500,
      "wait",
    ]);
  });

  it("a slot that holds no number any more is given up", async () => {
    const stage = await pollStage(() => answered(200, JSON.stringify({ tracking: [] })));
    await testEnv().DB.prepare("DELETE FROM checks WHERE connection_id = ?1").bind(stage.connection).run();
    await tickAfter(stage, 15 * MINUTES);
    expect(await slotsOf(stage.connection)).toEqual([]);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});
