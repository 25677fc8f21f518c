import { beforeAll, describe, expect, it, vi } from "vitest";
import { TestClock } from "./clock.ts";
import { LocalD1 } from "./database.ts";
import type { Outcome } from "./outcome.ts";
import { simulateInParts } from "./parts.ts";
import { lines } from "./report.ts";
import { simulate } from "./run.ts";

describe("a few hundred shipments over two hours", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    vi.spyOn(console, "log").mockReturnValue();
    outcome = await simulate({ shipments: 600, hours: 2, connections_most: 2 });
  });

  it("are all checked, by nobody twice, and none is forgotten", () => {
    expect(outcome.failed).toBeNull();
    expect(outcome.done).toBeGreaterThan(1500);
    expect(outcome.due).toBe(outcome.done);
    expect(outcome.claimed_twice).toBe(0);
    expect(outcome.forgotten).toBe(0);
    expect(outcome.registered).toBe(48);
    expect(outcome.with_news).toBeGreaterThan(20);
  });

  it("break no carrier's limit", () => {
    for (const [id, judged] of outcome.judged)
      expect({ id, ...judged.broken }).toEqual({ id, second: 0, day: 0, retry_after: 0 });
    expect([...outcome.judged.values()].filter(({ calls }) => calls > 0).length).toBeGreaterThan(5);
  });

  it("hold every line of the table that can fail", () => {
    const found = lines({ shipments: 600, hours: 2, parts: 1, outcome, rows: null, wall_s: 0, cpu_s: 0 });
    expect(found.filter((line) => line.holds === false)).toEqual([]);
    expect(found.filter((line) => line.holds === true).length).toBe(6);
  });
});

it("in two parts on two threads, all are in one of them", async () => {
  const outcome = await simulateInParts({ shipments: 1000, hours: 2 }, 2, () => {});
  expect(outcome.failed).toBeNull();
  expect(outcome.registered).toBe(80);
  expect(outcome.due).toBe(outcome.done);
  expect(outcome.minutes.reduce((sum, checks) => sum + checks, 0)).toBeGreaterThanOrEqual(outcome.done);
  const found = lines({ shipments: 1000, hours: 2, parts: 2, outcome, rows: null, wall_s: 0, cpu_s: 0 });
  expect(found.filter((line) => line.holds === false)).toEqual([]);
});

describe("the database of the simulation", () => {
  it("refuses what D1 refuses", () => {
    const db = new LocalD1();
    const statement = db.prepare("SELECT 1");
    expect(() => statement.bind(...Array.from({ length: 101 }, () => 1))).toThrow(/too many SQL variables/u);
    expect(() => statement.bind(undefined)).toThrow(/not supported/u);
    expect(() => statement.bind(1n)).toThrow(/not supported/u);
    expect(() => statement.bind("x".repeat(2_000_001))).toThrow(/too big/u);
    expect(() => db.prepare(`SELECT '${"x".repeat(100_000)}'`)).toThrow(/too long/u);
  });

  it("does all of a batch or nothing", async () => {
    const db = new LocalD1();
    await db.exec("CREATE TABLE t (a INTEGER PRIMARY KEY)");
    const insert = db.prepare("INSERT INTO t VALUES (?1)");
    await expect(db.batch([insert.bind(1), insert.bind(1)])).rejects.toThrow(/UNIQUE/u);
    expect((await db.prepare("SELECT a FROM t").all()).results).toEqual([]);
  });
});

describe("the test clock", () => {
  it("does things in the order of their time, and at one time in the order they were asked for", async () => {
    const clock = new TestClock(1000);
    const done: string[] = [];
    clock.at(1500, () => done.push("b"));
    clock.at(1200, () => done.push("a"));
    clock.at(1500, () => done.push("c"));
    const waited = clock.wait(300).then(async () => {
      done.push(`at ${clock.now()}`);
      await clock.wait(100);
      done.push(`at ${clock.now()}`);
    });
    await clock.run(1450);
    expect(done).toEqual(["a", "at 1300", "at 1400"]);
    await clock.run(2000);
    await waited;
    expect(done.slice(3)).toEqual(["b", "c"]);
    expect(clock.now()).toBe(2000);
  });
});
