/**
 * How fast a carrier may be asked over one connection: its requests a second and a day held exactly, its Retry-After
 * honoured, and a breaker that lets one probe through while it fails. Pure; times are epoch milliseconds.
 */

/** The carrier's stated limits; absent where it states none. */
export interface Rate {
  per_second?: number;
  per_day?: number;
}

export interface Pace {
  /** The earliest moment of the next call. */
  next_at: number;
  /** Calls of one UTC day. */
  day: number;
  used: number;
  /** Nobody calls before: the carrier asked us to wait. No success of a call that was already under way lifts it. */
  blocked_until: number;
  /** While the breaker is open, nobody calls before. */
  probe_at: number;
  /** Failures in a row. */
  failures: number;
}

export const NEW_PACE: Pace = { next_at: 0, day: 0, used: 0, blocked_until: 0, probe_at: 0, failures: 0 };

const DAY_MS = 86_400_000;
/** So many failures in a row open the breaker. */
const FAILURES_TO_OPEN = 5;
/** How often a probe goes out while the breaker is open. */
export const PROBE_EVERY_MS = 60_000;
/** A call this shortly before midnight may arrive after it and count for the other day: it waits for midnight. */
const MIDNIGHT_MS = 30_000;
/** Of a day's calls so many, or this part, may be made before their time; the others come evenly over the day. */
const AHEAD = 10;
const AHEAD_PART = 1 / 12;

/** Leave to call: at `at`, or not before `not_before`. `blocked`: not for want of a turn, but because nobody may call. */
export type Leave =
  | { kind: "go"; at: number; pace: Pace }
  | { kind: "wait"; not_before: number; blocked: boolean; pace: Pace };

/** The carrier failed so often in a row that only probes go out. */
export function isOpen(pace: Pace): boolean {
  return pace.failures >= FAILURES_TO_OPEN;
}

/** Until when nobody may call, whatever the rate: the carrier asked us to wait, or the breaker is open. Null where all may. */
export function blockedUntil(pace: Pace, now: number): number | null {
  const until = Math.max(pace.blocked_until, pace.failures >= FAILURES_TO_OPEN ? pace.probe_at : 0);
  return until > now ? until : null;
}

/**
 * Asks for one call. A call that is granted counts, so one further off than `max_wait_ms` is not granted at all: turns
 * taken and not used would push everybody's next one ahead for ever.
 */
export function takeTurn(
  pace: Pace,
  rate: Rate,
  now: number,
  max_wait_ms: number,
  probe_every_ms = PROBE_EVERY_MS,
): Leave {
  const blocked = blockedUntil(pace, now);
  if (blocked !== null) return { kind: "wait", not_before: blocked, blocked: true, pace };
  const at = Math.max(now, pace.next_at);
  // The day of the call itself, which may be another than today's. Pollers' clocks differ: a day that began has begun.
  const day = Math.max(Math.floor(at / DAY_MS), pace.day);
  const used = pace.day === day ? pace.used : 0;
  const not_before = rate.per_day === undefined ? at : inTheDay(at, day, used, rate.per_day);
  if (not_before - now > max_wait_ms || not_before > at)
    return { kind: "wait", not_before, blocked: false, pace };
  const next_at = rate.per_second === undefined ? pace.next_at : at + 1000 / rate.per_second;
  // While the breaker is open one call goes through, and the next only a probe's interval later unless it went well.
  const probe_at = pace.failures >= FAILURES_TO_OPEN ? now + probe_every_ms : pace.probe_at;
  return { kind: "go", at, pace: { ...pace, day, used: used + 1, next_at, probe_at } };
}

/** When a day's next call may be made: `at`, or later so that the day's calls last the day, or at midnight. */
function inTheDay(at: number, day: number, used: number, per_day: number): number {
  const midnight = (day + 1) * DAY_MS;
  if (used >= per_day || at > midnight - MIDNIGHT_MS) return midnight;
  const ahead = Math.max(AHEAD, Math.floor(per_day * AHEAD_PART));
  const in_time = Math.ceil(day * DAY_MS + ((used + 1 - ahead) / per_day) * DAY_MS);
  return Math.max(at, in_time);
}

/** How a call went. `retry_after_ms` is the carrier's own wish. */
export function endTurn(
  pace: Pace,
  end: { ok: boolean; retry_after_ms: number | null },
  now: number,
  probe_every_ms = PROBE_EVERY_MS,
): Pace {
  const asked = end.retry_after_ms === null ? 0 : now + end.retry_after_ms;
  const blocked_until = Math.max(pace.blocked_until, asked);
  if (end.ok) return { ...pace, failures: 0, probe_at: 0, blocked_until };
  const failures = pace.failures + 1;
  const opened = failures >= FAILURES_TO_OPEN ? now + probe_every_ms : 0;
  return { ...pace, failures, probe_at: Math.max(pace.probe_at, opened), blocked_until };
}
