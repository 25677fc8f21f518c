import { checkPlan, dueAfter, type SlotInTime } from "./check-schedule.ts";
import type { Status } from "./statuses.ts";

/** When a carrier was asked about a number last, and when it is asked next, as its slot says it. Pure; epoch milliseconds. */

/** A slot as the schedule holds it. */
export interface SlotState extends SlotInTime {
  due_at: number;
  /** While a check is under way: when it was due. `due_at` is then the end of its lease. Null while none is. */
  claimed_from: number | null;
  /** When the slot's last check ended. */
  last_done_at: number | null;
}

/** A number in a slot that is polled. */
export interface NumberState {
  /** Since when somebody follows it. */
  followed_at: number;
  /** Its last news, or its registration. */
  changed_at: number;
  status: Status;
  /** Whether the carrier also tells by webhook over this connection. */
  pushes: boolean;
}

export interface Freshness {
  last_checked_at: number | null;
  next_check_at: number | null;
}

/**
 * A number's own freshness. Turns of its slot pass without asking while it was quiet for too short (the carrier pushes,
 * or it has ended): those are neither its last check nor its next. What its slot did before anybody followed it was not
 * about it.
 */
export function pollFreshness(slot: SlotState, number: NumberState, timeScale: number): Freshness {
  const { status, pushes, changed_at, followed_at } = number;
  const { ask_after_s } = checkPlan({ status, quiet_s: 0, pushes, min_minutes: null });
  const asks_from = changed_at + ask_after_s * 1000 * timeScale;
  const turn = slot.claimed_from ?? slot.due_at;
  const told: number[] = [];
  if (slot.last_done_at !== null && slot.last_done_at >= Math.max(followed_at, asks_from))
    told.push(slot.last_done_at);
  // Where nobody pushes, news came from asking.
  if (!pushes && changed_at > followed_at) told.push(changed_at);
  return {
    last_checked_at: told.length === 0 ? null : Math.max(...told),
    next_check_at: turn >= asks_from ? turn : dueAfter(slot, asks_from - 1, timeScale),
  };
}

/** The same of a folder, in which any file may be about the number. */
export function folderFreshness(slot: SlotState, followed_at: number): Freshness {
  const { last_done_at, claimed_from, due_at } = slot;
  return {
    last_checked_at: last_done_at !== null && last_done_at >= followed_at ? last_done_at : null,
    next_check_at: claimed_from ?? due_at,
  };
}

/** Of several connections and numbers together: the last of all, and the next of all. */
export function together(all: readonly Freshness[]): Freshness {
  const last = all.flatMap(({ last_checked_at }) => (last_checked_at === null ? [] : [last_checked_at]));
  const next = all.flatMap(({ next_check_at }) => (next_check_at === null ? [] : [next_check_at]));
  return {
    last_checked_at: last.length === 0 ? null : Math.max(...last),
    next_check_at: next.length === 0 ? null : Math.min(...next),
  };
}
