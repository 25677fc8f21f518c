import { describe, expect, it } from "vitest";
import {
  afterFailure,
  afterSuccess,
  type Breaker,
  connectionsAllowed,
  HEALTHY,
  isDown,
  isOpen,
  leastGapMs,
  OPENS_AFTER,
  pausedAt,
  resumed,
  warningsDue,
} from "./breaker.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = 1_000_000_000_000;

function failing(times: number, at = T0): Breaker {
  let breaker: Breaker = HEALTHY;
  for (let time = 0; time < times; time++) breaker = afterFailure(breaker, at, 1, true);
  return breaker;
}

describe("a breaker", () => {
  it("opens after ten failures in a row, and not after nine", () => {
    expect(isOpen(failing(OPENS_AFTER - 1))).toBe(false);
    expect(isOpen(failing(OPENS_AFTER))).toBe(true);
    const interrupted = afterSuccess(failing(9), T0, 1);
    expect(isOpen(afterFailure(interrupted, T0, 1, true))).toBe(false);
  });

  it("is not opened by refusals, but they count as trouble", () => {
    let breaker: Breaker = HEALTHY;
    for (let time = 0; time < 50; time++) breaker = afterFailure(breaker, T0 + time, 1, false);
    expect(isOpen(breaker)).toBe(false);
    expect(breaker).toMatchObject({ failures: 0, failing_since: T0 });
  });

  it("probes each minute for an hour, then every five minutes", () => {
    let breaker = failing(OPENS_AFTER);
    const probes: number[] = [];
    while (breaker.probe_at < T0 + 70 * MINUTE) {
      probes.push((breaker.probe_at - T0) / MINUTE);
      breaker = afterFailure(breaker, breaker.probe_at, 1, true);
    }
    expect(probes.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, minute) => minute + 1));
    expect(probes.slice(60)).toEqual([65]);
    expect(breaker.probe_at).toBe(T0 + 70 * MINUTE);
  });

  it("closes on trial with a refusal: one connection, slowly, and the next failure opens it again", () => {
    const open = failing(OPENS_AFTER + 3);
    const trial = afterFailure(open, open.probe_at, 1, false);
    expect(trial).toMatchObject({ opened_at: null, failing_since: T0, recovered_at: open.probe_at });
    expect([isOpen(trial), isDown(trial)]).toEqual([false, true]);
    expect(leastGapMs(trial, open.probe_at, 1)).toBe(1000);
    expect(connectionsAllowed(trial, open.probe_at + 20_000, 1)).toBe(1);
    expect(pausedAt(trial, 1)).toBe(T0 + 5 * DAY);
    const refusedAgain = afterFailure(trial, open.probe_at + 1000, 1, false);
    expect(refusedAgain).toEqual(trial);
    const again = afterFailure(refusedAgain, open.probe_at + 2000, 1, true);
    expect(again).toMatchObject({ opened_at: open.probe_at + 2000, failing_since: T0 });
    const back = afterSuccess(trial, open.probe_at + 2000, 1);
    expect(back).toMatchObject({ failures: 0, failing_since: null, recovered_at: open.probe_at });
    expect([isDown(open), isDown(back), isDown(failing(OPENS_AFTER - 1))]).toEqual([true, false, false]);
  });

  it("closes with the first success, starts slowly, and bursts never above twenty a second", () => {
    const back = afterSuccess(failing(OPENS_AFTER), T0, 1);
    expect(back).toMatchObject({ opened_at: null, failures: 0, failing_since: null, recovered_at: T0 });
    const gaps = [0, 10, 20, 30, 40, 50, 59].map((s) => leastGapMs(back, T0 + s * 1000, 1));
    expect(gaps).toEqual([1000, 500, 250, 125, 62.5, 50, 50]);
    expect(leastGapMs(back, T0 + MINUTE, 1)).toBe(0);
    expect([0, 10_000, 20_000, 60_000].map((ms) => connectionsAllowed(back, T0 + ms, 1))).toEqual([
      1, 2, 3, 3,
    ]);
    const soon = afterSuccess(back, T0 + 30_000, 1);
    expect(soon.recovered_at).toBe(T0);
    expect(afterSuccess(soon, T0 + MINUTE, 1).recovered_at).toBeNull();
  });

  it("in trouble holds one connection, so that siblings keep theirs", () => {
    expect([0, 2, 3, 10].map((times) => connectionsAllowed(failing(times), T0, 1))).toEqual([3, 3, 1, 1]);
  });

  it("warns after 1 h, 24 h and 72 h, and pauses after five days", () => {
    const breaker = failing(OPENS_AFTER);
    const codes = (ms: number) => warningsDue(breaker, T0 + ms, 1).map((one) => one.code);
    expect(codes(HOUR - 1)).toEqual([]);
    expect(codes(HOUR)).toEqual(["failing_1h"]);
    expect(codes(3 * DAY)).toEqual(["failing_1h", "failing_24h", "failing_72h"]);
    expect(pausedAt(breaker, 1)).toBe(T0 + 5 * DAY);
    expect(pausedAt(HEALTHY, 1)).toBeNull();
    expect(warningsDue(afterSuccess(breaker, T0 + DAY, 1), T0 + 5 * DAY, 1)).toEqual([]);
  });

  it("scales all its intervals", () => {
    const scale = 0.001;
    let breaker: Breaker = HEALTHY;
    for (let time = 0; time < OPENS_AFTER; time++) breaker = afterFailure(breaker, T0, scale, true);
    expect(breaker.probe_at).toBe(T0 + 60);
    expect(pausedAt(breaker, scale)).toBe(T0 + 5 * DAY * scale);
  });

  it("resumed by hand begins anew, slowly", () => {
    const again = resumed({ ...failing(OPENS_AFTER), last_success_at: 5 }, T0);
    expect(again).toEqual({ ...HEALTHY, last_success_at: 5, recovered_at: T0 });
  });
});
