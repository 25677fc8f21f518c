import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkInterval, dueAfter, firstCheck, phasesOf, slotOf } from "./check-schedule.ts";
import { STATUS_WORDS } from "./statuses.ts";

const DAY_S = 86_400;
const facts = { quiet_s: 0, pushes: false, min_minutes: null };

describe("the interval of a check", () => {
  it.each([
    ["out_for_delivery", 0, 300],
    ["in_transit", 0, 900],
    ["in_transit", 3 * DAY_S, 3600],
    ["in_transit", 8 * DAY_S, 6 * 3600],
    ["in_transit", 22 * DAY_S, DAY_S],
    ["registered", 0, 900],
    ["registered", DAY_S + 1, 3600],
    ["ready_for_pickup", 0, 900],
    ["delivered", 0, null],
    ["cancelled", 0, null],
  ] as const)("%s, quiet for %i s: %s s", (status, quiet_s, expected) => {
    expect(checkInterval({ ...facts, status, quiet_s })).toBe(expected);
  });

  it("asks a carrier that pushes only to notice silence, and never more often than the connection allows", () => {
    expect(checkInterval({ ...facts, status: "out_for_delivery", pushes: true })).toBe(6 * 3600);
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
          expect(one === null).toBe(other === null);
          expect(other ?? 0).toBeGreaterThanOrEqual(one ?? 0);
        },
      ),
    );
  });
});

describe("a slot", () => {
  it("is due strictly later, at its phase, within one interval", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(300, 900, 3600, DAY_S),
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 4e12 }),
        (interval_s, number, now) => {
          const slot = slotOf(number, interval_s);
          expect(slot).toBeLessThan(phasesOf(interval_s));
          const due = dueAfter(interval_s, slot, now, 1);
          expect(due).toBeGreaterThan(now);
          expect(due - now).toBeLessThanOrEqual(interval_s * 1000 + 1);
          expect(dueAfter(interval_s, slot, due, 1) - due).toBe(interval_s * 1000);
        },
      ),
    );
  });

  it("spreads numbers over the phases of an interval", () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 15_000; n++) {
      const { slot } = firstCheck(`SBX${n}`, { pushes: false, min_minutes: null, timeScale: 1, now: 0 });
      counts.set(slot, (counts.get(slot) ?? 0) + 1);
    }
    expect(counts.size).toBe(15);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });
});
