import { isEnd, type Status } from "./statuses.ts";

/**
 * When a number is asked for again: from its status and how long nothing has changed. `checkPlan` is the rule; the
 * table of docs/checks.md is made from it.
 */
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** How long a shipment that the carrier pushes may be quiet before it is asked for. */
const SILENCE_S = 6 * HOUR_S;
/** The last look for corrections comes no sooner after the end than this. */
const LAST_LOOK_AFTER_S = 12 * HOUR_S;

export interface CheckFacts {
  status: Status;
  /** Seconds since anything changed: the last news, or the registration. */
  quiet_s: number;
  /** Whether the carrier also tells by webhook over this connection. */
  pushes: boolean;
  /** The connection's own lower bound, minutes. */
  min_minutes: number | null;
}

export interface CheckPlan {
  /** Seconds from one check to the next. */
  interval_s: number;
  /** While it has been quiet for less, its turn passes without asking; seconds. */
  ask_after_s: number;
  /** Asked once more; after an answer without news, never again. */
  last: boolean;
}

/** How a number is checked. Pure and total: every status has a plan. */
export function checkPlan({ status, quiet_s, pushes, min_minutes }: CheckFacts): CheckPlan {
  const least_s = (min_minutes ?? 0) * MINUTE_S;
  if (isEnd(status))
    return { interval_s: Math.max(DAY_S, least_s), ask_after_s: LAST_LOOK_AFTER_S, last: true };
  const wanted = pushes ? Math.max(SILENCE_S, byQuiet(status, quiet_s)) : byQuiet(status, quiet_s);
  return { interval_s: Math.max(wanted, least_s), ask_after_s: pushes ? SILENCE_S : 0, last: false };
}

function byQuiet(status: Status, quiet_s: number): number {
  if (quiet_s > 21 * DAY_S) return DAY_S;
  if (quiet_s > 7 * DAY_S) return 6 * HOUR_S;
  if (quiet_s > 2 * DAY_S) return HOUR_S;
  switch (status) {
    case "out_for_delivery":
    case "delivery_attempted":
      return 5 * MINUTE_S;
    // The carrier may not know it yet: a probe, soon rarer.
    case "registered":
      return quiet_s > 2 * HOUR_S ? HOUR_S : 15 * MINUTE_S;
    case "info_received":
    case "ready_for_pickup":
      return quiet_s > DAY_S ? HOUR_S : 15 * MINUTE_S;
    default:
      return 15 * MINUTE_S;
  }
}

/** Seconds until the next check of a number that has not ended. */
export function checkInterval(facts: CheckFacts): number {
  return checkPlan(facts).interval_s;
}

/** Positions of an interval at which a slot may stand, as a power of two. */
const POSITION_BITS = 12;
const POSITIONS = 2 ** POSITION_BITS;

/**
 * The slot of a number where an interval has 2^bits slots: one of `POSITIONS` places in the interval. By a hash, so it
 * is the same wherever it is asked; one bit more halves every slot and moves only the other half.
 */
export function slotOf(carrier_number: string, bits: number): number {
  const place = hashOf(carrier_number) >>> (32 - POSITION_BITS);
  const loose = POSITION_BITS - Math.min(bits, POSITION_BITS);
  return (place >>> loose) << loose;
}

/** FNV-1a of the UTF-16 units, with MurmurHash3's last steps, so that its high bits are as good as its low ones. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A slot in time: `connection_id` shifts a connection's slots against those of others, so that few fall on the minute. */
export interface SlotInTime {
  connection_id: string;
  interval_s: number;
  slot: number;
}

/** The next moment (epoch ms) after `after` at which a slot is due. Intervals shrink with `timeScale`, places with them. */
export function dueAfter(
  { connection_id, interval_s, slot }: SlotInTime,
  after: number,
  timeScale: number,
): number {
  const interval = interval_s * 1000 * timeScale;
  const phase = interval * ((slot / POSITIONS + hashOf(connection_id) / 2 ** 32) % 1);
  const turns = Math.floor((after - phase) / interval) + 1;
  const due = Math.ceil(turns * interval + phase);
  // Where `after` is itself a rounded-up turn, rounding may name it again.
  return due > after ? due : Math.ceil((turns + 1) * interval + phase);
}

/**
 * Into how many slots (2^bits) a connection's numbers of an interval are spread, and since when. Kept with the
 * connection, by interval.
 */
export type Spread = Readonly<Record<string, { bits: number; since: number }>>;

export function spreadBits(spread: Spread, interval_s: number): number {
  return spread[interval_s]?.bits ?? 0;
}

/** A slot holds up to so many numbers before it is split: about what a few messages ask. */
export function slotSize(numbers_per_call: number): number {
  return numbers_per_call >= 10 ? 400 : 200;
}
/** Below this part of its size a slot is merged with its twin. */
const EMPTY_PART = 8;

/**
 * The spread after a slot of an interval was found to hold `count` numbers; null where it stays. It changes only after
 * two intervals of rest, so that numbers have moved to where the last change wants them before they are judged.
 */
export function respread(
  spread: Spread,
  found: { interval_s: number; count: number; size: number },
  clock: { now: number; timeScale: number },
): Spread | null {
  const { interval_s, count, size } = found;
  const before = spread[interval_s] ?? { bits: 0, since: 0 };
  if (clock.now - before.since < 2 * interval_s * 1000 * clock.timeScale) return null;
  let { bits } = before;
  if (count > size) bits = Math.min(POSITION_BITS, bits + Math.ceil(Math.log2(count / size)));
  else if (count < size / EMPTY_PART && bits > 0) bits -= 1;
  return bits === before.bits ? null : { ...spread, [interval_s]: { bits, since: clock.now } };
}

/** Where a newly registered number stands: its interval, its slot, and that slot's first due time, epoch ms. */
export function firstCheck(
  carrier_number: string,
  {
    connection_id,
    pushes,
    min_minutes,
    spread,
    timeScale,
    now,
  }: {
    connection_id: string;
    pushes: boolean;
    min_minutes: number | null;
    spread: Spread;
    timeScale: number;
    now: number;
  },
): { interval_s: number; slot: number; due_at: number } {
  const interval_s = checkInterval({ status: "registered", quiet_s: 0, pushes, min_minutes });
  const slot = slotOf(carrier_number, spreadBits(spread, interval_s));
  return { interval_s, slot, due_at: dueAfter({ connection_id, interval_s, slot }, now, timeScale) };
}
