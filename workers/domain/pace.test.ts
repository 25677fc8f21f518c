import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockedUntil, endTurn, NEW_PACE, type Pace, type Rate, takeTurn } from "./pace.ts";

/** Longer than any wait of these tests. */
const WAIT = 10 * 86_400_000;
const NOW = Date.parse("2026-03-14T12:00:00Z");
const fails = (pace: Pace, times: number) =>
  Array.from({ length: times }).reduce<Pace>(
    (p) => endTurn(p, { ok: false, retry_after_ms: null }, NOW),
    pace,
  );

describe("the pace of a connection", () => {
  it("never grants two calls closer than the carrier allows, nor more a day, whatever the times of asking", () => {
    fc.assert(
      fc.property(
        fc.record({ per_second: fc.constantFrom(0.2, 1, 10), per_day: fc.integer({ min: 1, max: 40 }) }),
        fc.array(fc.nat(3_000_000), { maxLength: 80 }),
        (rate: Rate, gaps) => {
          let pace = NEW_PACE;
          let now = NOW;
          const calls: number[] = [];
          for (const gap of gaps) {
            now += gap;
            const leave = takeTurn(pace, rate, now, WAIT);
            pace = leave.pace;
            if (leave.kind === "go") calls.push(leave.at);
            else expect(leave.not_before).toBeGreaterThan(now);
          }
          const days = Map.groupBy(calls, (at) => Math.floor(at / 86_400_000));
          for (const day of days.values()) expect(day.length).toBeLessThanOrEqual(rate.per_day ?? 0);
          for (const [n, at] of calls.entries()) {
            const before = calls[n - 1];
            if (before !== undefined)
              expect(at - before).toBeGreaterThanOrEqual(1000 / (rate.per_second ?? 1) - 1e-3);
          }
        },
      ),
    );
  });

  it("holds the day's number exactly and starts anew at midnight UTC", () => {
    let pace = NEW_PACE;
    for (let n = 0; n < 3; n++) {
      const leave = takeTurn(pace, { per_day: 3 }, NOW, WAIT);
      expect(leave.kind).toBe("go");
      pace = leave.pace;
    }
    expect(takeTurn(pace, { per_day: 3 }, NOW, WAIT)).toMatchObject({
      kind: "wait",
      not_before: Date.parse("2026-03-15T00:00:00Z"),
    });
    expect(takeTurn(pace, { per_day: 3 }, Date.parse("2026-03-15T00:00:00Z"), WAIT).kind).toBe("go");
  });

  it("counts a call for the day it is made in, and makes none that may arrive in the other", () => {
    const evening = Date.parse("2026-03-14T23:59:29Z");
    const first = takeTurn(NEW_PACE, { per_second: 0.5, per_day: 3 }, evening, WAIT);
    expect(first).toMatchObject({ kind: "go", at: evening });
    expect(takeTurn(first.pace, { per_second: 0.5, per_day: 3 }, evening, WAIT)).toMatchObject({
      kind: "wait",
      not_before: Date.parse("2026-03-15T00:00:00Z"),
    });
  });

  it("makes a day's calls last the day: a twelfth ahead, the others evenly", () => {
    const midnight = Date.parse("2026-03-14T00:00:00Z");
    let pace = NEW_PACE;
    const calls: number[] = [];
    for (let now = midnight; now < midnight + 86_400_000; now += 30_000) {
      const leave = takeTurn(pace, { per_day: 240 }, now, 10_000);
      pace = leave.pace;
      if (leave.kind === "go") calls.push(leave.at);
      else expect(leave.not_before).toBeGreaterThan(now);
    }
    expect(calls.length).toBe(240);
    expect(calls.filter((at) => at < midnight + 3_600_000).length).toBeLessThanOrEqual(31);
    expect(calls.filter((at) => at >= midnight + 12 * 3_600_000).length).toBeGreaterThanOrEqual(99);
  });

  it("a call that was under way when the carrier asked to wait, and went well, does not lift the wait", () => {
    const told = endTurn(NEW_PACE, { ok: false, retry_after_ms: 600_000 }, NOW);
    const well = endTurn(told, { ok: true, retry_after_ms: null }, NOW + 50);
    expect(blockedUntil(well, NOW + 51)).toBe(NOW + 600_000);
    expect(blockedUntil(well, NOW + 600_000)).toBeNull();
  });

  it("takes nothing for a turn that is too far off to be waited for: pollers that come again do not push it away", () => {
    let pace = NEW_PACE;
    const calls: number[] = [];
    for (let now = NOW; now < NOW + 3_600_000; now += 7_000) {
      for (let poller = 0; poller < 15; poller++) {
        const leave = takeTurn(pace, { per_second: 1 / 60 }, now, 10_000);
        pace = leave.pace;
        if (leave.kind === "go") calls.push(leave.at);
      }
    }
    expect(calls.length).toBeGreaterThanOrEqual(58);
    expect(pace.used).toBe(calls.length);
  });

  it("waits as long as the carrier asks", () => {
    const pace = endTurn(NEW_PACE, { ok: false, retry_after_ms: 1_800_000 }, NOW);
    expect(takeTurn(pace, {}, NOW + 1, WAIT)).toMatchObject({ kind: "wait", not_before: NOW + 1_800_000 });
    expect(takeTurn(pace, {}, NOW + 1_800_000, WAIT).kind).toBe("go");
  });

  it("after five failures in a row lets one probe a minute through, and all again after one success", () => {
    expect(takeTurn(fails(NEW_PACE, 4), {}, NOW, WAIT).kind).toBe("go");
    const open = fails(NEW_PACE, 5);
    expect(takeTurn(open, {}, NOW + 1, WAIT).kind).toBe("wait");
    const probe = takeTurn(open, {}, NOW + 60_000, WAIT);
    expect(probe.kind).toBe("go");
    expect(takeTurn(probe.pace, {}, NOW + 60_001, WAIT).kind).toBe("wait");
    const well = endTurn(probe.pace, { ok: true, retry_after_ms: null }, NOW + 60_500);
    expect(takeTurn(well, {}, NOW + 60_501, WAIT).kind).toBe("go");
  });
});
