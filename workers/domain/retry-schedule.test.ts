import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAttempt, RETRY_AFTER_MS, readRetryAfter } from "./retry-schedule.ts";

const HOUR_MS = 3_600_000;
const failed = {
  now: 1_000_000,
  intervals_used: 0,
  retry_after_ms: null,
  status: 500,
  timeScale: 1,
  random: 0,
};

describe("the retry schedule", () => {
  it("is that of the contract, and ends", () => {
    const waits = RETRY_AFTER_MS.map((_, intervals_used) => {
      const next = nextAttempt({ ...failed, intervals_used });
      return next.kind === "retry" ? (next.at - failed.now) / 1000 : null;
    });
    expect(waits).toEqual([10, 30, 60, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400]);
    expect(nextAttempt({ ...failed, intervals_used: 11 })).toEqual({ kind: "dead" });
  });

  it("is never early, and at most a tenth late", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(1, 0.1, 0.001),
        (intervals_used, random, timeScale) => {
          const next = nextAttempt({ ...failed, intervals_used, random, timeScale });
          const interval = (RETRY_AFTER_MS[intervals_used] ?? 0) * timeScale;
          if (next.kind !== "retry") throw new Error("There is an interval left.");
          expect(next.at - failed.now).toBeGreaterThanOrEqual(interval);
          expect(next.at - failed.now).toBeLessThanOrEqual(Math.ceil(interval * 1.1));
        },
      ),
    );
  });

  it.each([
    [429, 2 * HOUR_MS, 2 * HOUR_MS],
    [429, 48 * HOUR_MS, 24 * HOUR_MS],
    [503, HOUR_MS / 2, HOUR_MS / 2],
    [503, 2 * HOUR_MS, HOUR_MS],
    // A lower bound: what is asked for may be less than the interval.
    [429, 1000, 10_000],
    // Nobody else may put us off.
    [500, HOUR_MS, 10_000],
    [404, HOUR_MS, 10_000],
  ])("status %i asking for %i ms waits %i ms", (status, retry_after_ms, waits) => {
    expect(nextAttempt({ ...failed, status, retry_after_ms })).toMatchObject({ at: failed.now + waits });
  });

  it("does not scale what a receiver asks for", () => {
    expect(nextAttempt({ ...failed, status: 429, retry_after_ms: 5000, timeScale: 0.001 })).toEqual({
      kind: "retry",
      at: failed.now + 5000,
      not_before: failed.now + 5000,
    });
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-03-14T09:00:00Z");
  it.each([
    ["120", 120_000],
    [" 0 ", 0],
    ["Sat, 14 Mar 2026 09:02:00 GMT", 120_000],
    ["Sat, 14 Mar 2026 08:00:00 GMT", 0],
    ["2026-03-14", null],
    ["-5", null],
    ["1.5", null],
    ["soon", null],
    ["99999999999", null],
    ["Sat, what?", null],
    [null, null],
  ])("%s", (header, ms) => {
    expect(readRetryAfter(header, now)).toBe(ms);
  });
});
