import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderFreshness, pollFreshness, type SlotState, together } from "./check-freshness.ts";
import { checkPlan, dueAfter } from "./check-schedule.ts";
import { STATUS_WORDS } from "./statuses.ts";

/** What a shipment is told of its checks, against the schedule run turn by turn. */

const MINUTE = 60_000;
const START = Date.parse("2026-03-14T10:00:00Z");

const slot = fc.record({
  connection_id: fc.stringMatching(/^con_[0-9a-z]{6}$/u),
  interval_s: fc.constantFrom(300, 900, 3600, 21_600, 86_400),
  slot: fc.integer({ min: 0, max: 4095 }),
});
const scale = fc.constantFrom(1, 0.1, 0.01);
const number = fc.record({
  followed: fc.integer({ min: -3 * 1440, max: 0 }),
  changed: fc.integer({ min: 0, max: 2880 }),
  status: fc.constantFrom(...STATUS_WORDS),
  pushes: fc.boolean(),
});

describe("a number that is polled", () => {
  it("is told the turn at which it is really asked next, and the last at which it was", () => {
    fc.assert(
      fc.property(slot, number, scale, fc.integer({ min: 0, max: 2880 }), (place, of, timeScale, passed) => {
        const followed_at = START + of.followed * MINUTE * timeScale;
        const changed_at = followed_at + of.changed * MINUTE * timeScale;
        const now = changed_at + passed * MINUTE * timeScale;
        const facts = { status: of.status, pushes: of.pushes, min_minutes: null };
        const after_ms = checkPlan({ ...facts, quiet_s: 0 }).ask_after_s * 1000 * timeScale;
        const isAsked = (turn: number) => turn - changed_at >= after_ms;
        // The schedule, turn by turn, since the number's last news.
        let done: number | null = null;
        let asked: number | null = null;
        let due_at = dueAfter(place, changed_at, timeScale);
        while (due_at <= now) {
          done = due_at;
          if (isAsked(due_at)) asked = due_at;
          due_at = dueAfter(place, due_at, timeScale);
        }
        let next = due_at;
        while (!isAsked(next)) next = dueAfter(place, next, timeScale);
        const state: SlotState = { ...place, due_at, claimed_from: null, last_done_at: done };
        const told = pollFreshness(state, { followed_at, changed_at, ...facts }, timeScale);
        expect(told.next_check_at).toBe(next);
        const news = !of.pushes && changed_at > followed_at ? changed_at : null;
        expect(told.last_checked_at).toBe(asked ?? news);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps its next check while that is under way: the end of a lease is no check", () => {
    fc.assert(
      fc.property(slot, fc.integer({ min: 1, max: 600_000 }), (place, lease) => {
        const due = dueAfter(place, START, 1);
        const state = { ...place, due_at: due + lease, claimed_from: due, last_done_at: null };
        const of = { followed_at: START, changed_at: START, status: "in_transit" as const, pushes: false };
        expect(pollFreshness(state, of, 1)).toEqual({ last_checked_at: null, next_check_at: due });
        expect(folderFreshness(state, START).next_check_at).toBe(due);
      }),
    );
  });

  it("was not checked by what its slot did before anybody followed it", () => {
    const state = {
      connection_id: "con_1",
      interval_s: 900,
      slot: 0,
      due_at: START + 5,
      claimed_from: null,
      last_done_at: START - 1,
    };
    const of = { followed_at: START, changed_at: START, status: "registered" as const, pushes: false };
    expect(pollFreshness(state, of, 1).last_checked_at).toBeNull();
    expect(folderFreshness(state, START).last_checked_at).toBeNull();
    expect(folderFreshness(state, START - 1).last_checked_at).toBe(START - 1);
  });
});

it("several are the last of all and the next of all", () => {
  expect(together([])).toEqual({ last_checked_at: null, next_check_at: null });
  expect(
    together([
      { last_checked_at: 1, next_check_at: 20 },
      { last_checked_at: null, next_check_at: null },
      { last_checked_at: 3, next_check_at: 10 },
    ]),
  ).toEqual({ last_checked_at: 3, next_check_at: 10 });
});
