import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkInterval,
  checkPlan,
  dueAfter,
  firstCheck,
  respread,
  type Spread,
  slotOf,
  slotSize,
  spreadBits,
} from "./check-schedule.ts";
import { STATUS_WORDS } from "./statuses.ts";

const HOUR_S = 3600;
const DAY_S = 86_400;
const facts = { quiet_s: 0, pushes: false, min_minutes: null };
const connection_id = "con_1";

describe("the interval of a check", () => {
  it.each([
    ["out_for_delivery", 0, 300],
    ["in_transit", 0, 900],
    ["in_transit", 3 * DAY_S, HOUR_S],
    ["in_transit", 8 * DAY_S, 6 * HOUR_S],
    ["in_transit", 22 * DAY_S, DAY_S],
    ["registered", 0, 900],
    ["registered", 2 * HOUR_S + 1, HOUR_S],
    ["info_received", DAY_S, 900],
    ["info_received", DAY_S + 1, HOUR_S],
    ["ready_for_pickup", 0, 900],
  ] as const)("%s, quiet for %i s: %s s", (status, quiet_s, expected) => {
    expect(checkInterval({ ...facts, status, quiet_s })).toBe(expected);
  });

  it("looks once more after the end, not before half a day", () => {
    for (const status of ["delivered", "cancelled", "returned", "failed"] as const)
      expect(checkPlan({ ...facts, status })).toEqual({
        interval_s: DAY_S,
        ask_after_s: 12 * HOUR_S,
        last: true,
      });
  });

  it("asks a carrier that pushes only about what fell silent, and never more often than the connection allows", () => {
    expect(checkPlan({ ...facts, status: "out_for_delivery", pushes: true })).toEqual({
      interval_s: 6 * HOUR_S,
      ask_after_s: 6 * HOUR_S,
      last: false,
    });
    expect(checkInterval({ ...facts, status: "out_for_delivery", min_minutes: 30 })).toBe(1800);
  });

  it("grows with silence, for every status", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATUS_WORDS),
        fc.nat(40 * DAY_S),
        fc.nat(40 * DAY_S),
        (status, a, b) => {
          const [less, more] = [Math.min(a, b), Math.max(a, b)];
          const one = checkInterval({ ...facts, status, quiet_s: less });
          const other = checkInterval({ ...facts, status, quiet_s: more });
          expect(other).toBeGreaterThanOrEqual(one);
        },
      ),
    );
  });
});

describe("a slot", () => {
  it("is due strictly later, at its place, once an interval", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(60, 300, 900, HOUR_S, DAY_S),
        fc.constantFrom(1, 0.01),
        fc.string({ minLength: 1 }),
        fc.nat(12),
        fc.integer({ min: 0, max: 4e12 }),
        (interval_s, timeScale, number, bits, now) => {
          const slot = { connection_id, interval_s, slot: slotOf(number, bits) };
          const interval_ms = interval_s * 1000 * timeScale;
          const due = dueAfter(slot, now, timeScale);
          expect(due).toBeGreaterThan(now);
          expect(due - now).toBeLessThanOrEqual(interval_ms + 1);
          expect(dueAfter(slot, due, timeScale) - due).toBeGreaterThanOrEqual(interval_ms - 1);
          expect(dueAfter(slot, due, timeScale) - due).toBeLessThanOrEqual(interval_ms + 1);
        },
      ),
    );
  });

  it("keeps half of its numbers when it is split, and the other half has one place to go", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(11), (number, bits) => {
        const [before, after] = [slotOf(number, bits), slotOf(number, bits + 1)];
        expect([before, before + 2 ** (11 - bits)]).toContain(after);
      }),
    );
  });

  it("spreads numbers evenly, and connections over the interval", () => {
    const counts = new Map<number, number>();
    const spread: Spread = { 900: { bits: 4, since: 0 } };
    const clock = { timeScale: 1, now: 0 };
    for (let n = 0; n < 16_000; n++) {
      const { slot } = firstCheck(`SBX${n}`, {
        connection_id,
        pushes: false,
        min_minutes: null,
        spread,
        ...clock,
      });
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }
    expect(counts.size).toBe(16);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
    const minutes = new Set(
      Array.from({ length: 300 }, (_, n) =>
        Math.floor(dueAfter({ connection_id: `con_${n}`, interval_s: 900, slot: 0 }, 0, 1) / 60_000),
      ),
    );
    expect(minutes.size).toBe(15);
  });
});

describe("the spread of a connection's numbers", () => {
  const size = slotSize(50);
  const later = (spread: Spread, interval_s: number) =>
    ({ now: (spread[interval_s]?.since ?? 0) + 2 * interval_s * 1000, timeScale: 1 }) as const;

  it("holds slots between an eighth of their size and their size, and comes to rest", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.nat(12), (numbers, bits) => {
        let spread: Spread = { 900: { bits, since: 0 } };
        let changes = 0;
        for (let turn = 0; turn < 40; turn++) {
          const count = Math.round(numbers / 2 ** spreadBits(spread, 900));
          const next = respread(spread, { interval_s: 900, count, size }, later(spread, 900));
          if (next === null) break;
          changes += 1;
          spread = next;
        }
        expect(changes).toBeLessThan(14);
        const count = numbers / 2 ** spreadBits(spread, 900);
        expect(count).toBeLessThan(size + 1);
        if (spreadBits(spread, 900) > 0) expect(count).toBeGreaterThan(size / 8 - 1);
      }),
    );
  });

  it("rests two intervals after a change, so that slots still filling are not judged", () => {
    const spread: Spread = { 900: { bits: 3, since: 1_000_000 } };
    const empty = { interval_s: 900, count: 1, size };
    expect(respread(spread, empty, { now: 2_799_999, timeScale: 1 })).toBeNull();
    expect(respread(spread, empty, { now: 2_800_000, timeScale: 1 })).toEqual({
      900: { bits: 2, since: 2_800_000 },
    });
  });
});
