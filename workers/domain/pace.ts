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
  /** Calls of the current UTC day. */
  day: number;
  used: number;
  /** Nobody calls before: the carrier asked us to wait, or the breaker is open. */
  blocked_until: number;
  /** Failures in a row. */
  failures: number;
}

export const NEW_PACE: Pace = { next_at: 0, day: 0, used: 0, blocked_until: 0, failures: 0 };

const DAY_MS = 86_400_000;
/** So many failures in a row open the breaker. */
const FAILURES_TO_OPEN = 5;
/** How often a probe goes out while the breaker is open. */
export const PROBE_EVERY_MS = 60_000;

/** Leave to call: at `at`, or not before `not_before`. */
export type Leave = { kind: "go"; at: number; pace: Pace } | { kind: "wait"; not_before: number; pace: Pace };

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
  const day = Math.floor(now / DAY_MS);
  const used = pace.day === day ? pace.used : 0;
  if (pace.blocked_until > now) return { kind: "wait", not_before: pace.blocked_until, pace };
  if (rate.per_day !== undefined && used >= rate.per_day)
    return { kind: "wait", not_before: (day + 1) * DAY_MS, pace };
  const at = Math.max(now, pace.next_at);
  if (at - now > max_wait_ms) return { kind: "wait", not_before: at, pace };
  const next_at = rate.per_second === undefined ? pace.next_at : at + 1000 / rate.per_second;
  // While the breaker is open one call goes through, and the next only a probe's interval later unless it went well.
  const blocked_until = pace.failures >= FAILURES_TO_OPEN ? now + probe_every_ms : pace.blocked_until;
  return { kind: "go", at, pace: { ...pace, day, used: used + 1, next_at, blocked_until } };
}

/** How a call went. `retry_after_ms` is the carrier's own wish. */
export function endTurn(
  pace: Pace,
  end: { ok: boolean; retry_after_ms: number | null },
  now: number,
  probe_every_ms = PROBE_EVERY_MS,
): Pace {
  const asked = end.retry_after_ms === null ? 0 : now + end.retry_after_ms;
  if (end.ok) return { ...pace, failures: 0, blocked_until: asked };
  const failures = pace.failures + 1;
  const opened = failures >= FAILURES_TO_OPEN ? now + probe_every_ms : 0;
  return {
    ...pace,
    failures,
    blocked_until: Math.max(asked, opened, pace.blocked_until > now ? pace.blocked_until : 0),
  };
}
