import { isEnd, type Status } from "./statuses.ts";

/**
 * When a number is asked for again: from its status and how long nothing has changed. Seconds.
 *
 * | state | next check |
 * |---|---|
 * | out for delivery, delivery attempted | 5 min |
 * | moving (collection, accepted, in transit, customs, exception, returning), changed within 2 days | 15 min |
 * | waiting for pickup | 15 min |
 * | not yet known to the carrier, or announced only: the first day | 15 min, then 1 h |
 * | nothing changed for 2 / 7 / 21 days | 1 h / 6 h / 24 h |
 * | the carrier pushes by webhook | 6 h: asked only to notice silence |
 * | after the end | not at all |
 */
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

export interface CheckFacts {
  status: Status;
  /** Seconds since anything changed: the last new event, or the registration. */
  quiet_s: number;
  /** Whether the carrier also tells by webhook over this connection. */
  pushes: boolean;
  /** The connection's own lower bound, minutes. */
  min_minutes: number | null;
}

/** Seconds until the next check, null when there is none. */
export function checkInterval({ status, quiet_s, pushes, min_minutes }: CheckFacts): number | null {
  if (isEnd(status)) return null;
  const wanted = pushes ? Math.max(6 * HOUR_S, byQuiet(status, quiet_s)) : byQuiet(status, quiet_s);
  return Math.max(wanted, (min_minutes ?? 0) * MINUTE_S);
}

function byQuiet(status: Status, quiet_s: number): number {
  if (quiet_s > 21 * DAY_S) return DAY_S;
  if (quiet_s > 7 * DAY_S) return 6 * HOUR_S;
  if (quiet_s > 2 * DAY_S) return HOUR_S;
  if (status === "out_for_delivery" || status === "delivery_attempted") return 5 * MINUTE_S;
  const announcedOnly = status === "registered" || status === "info_received";
  return announcedOnly && quiet_s > DAY_S ? HOUR_S : 15 * MINUTE_S;
}

/** How many phases an interval has: a number is checked in the minute of its phase, so load spreads over the interval. */
export function phasesOf(interval_s: number): number {
  return Math.max(1, Math.round(interval_s / MINUTE_S));
}

/** The phase of a number: a hash (FNV-1a), so that it is the same wherever it is asked. */
export function slotOf(carrier_number: string, interval_s: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < carrier_number.length; at++) {
    hash = Math.imul(hash ^ carrier_number.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % phasesOf(interval_s);
}

/** The next moment (epoch ms) after `after` at which a slot of an interval is due. Intervals shrink with `timeScale`, phases with them. */
export function dueAfter(interval_s: number, slot: number, after: number, timeScale: number): number {
  const interval = interval_s * 1000 * timeScale;
  const phase = (interval * slot) / phasesOf(interval_s);
  const turns = Math.floor((after - phase) / interval) + 1;
  return Math.ceil(turns * interval + phase);
}

/** Where a newly registered number stands: its interval, its slot, and that slot's first due time, epoch ms. */
export function firstCheck(
  carrier_number: string,
  {
    pushes,
    min_minutes,
    timeScale,
    now,
  }: { pushes: boolean; min_minutes: number | null; timeScale: number; now: number },
): { interval_s: number; slot: number; due_at: number } {
  const interval_s =
    checkInterval({ status: "registered", quiet_s: 0, pushes, min_minutes }) ?? 15 * MINUTE_S;
  const slot = slotOf(carrier_number, interval_s);
  return { interval_s, slot, due_at: dueAfter(interval_s, slot, now, timeScale) };
}
