/** When a delivery that failed is tried again (public contract, section 4; delivery contract C9). */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The wait before each retry. After the last, a message is a dead letter. */
export const RETRY_AFTER_MS: readonly number[] = [
  10 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
];

/** The jitter is only ever added: a retry is never early. */
const JITTER = 0.1;

/** How far a receiver may put us off by `Retry-After`. */
const RETRY_AFTER_BOUND_MS: ReadonlyMap<number, number> = new Map([
  [429, 24 * HOUR_MS],
  [503, HOUR_MS],
]);

export interface FailedAttempt {
  now: number;
  /** How many intervals of the schedule the message has used up. */
  intervals_used: number;
  /** What the receiver asked for, in milliseconds; null where it did not. */
  retry_after_ms: number | null;
  /** The HTTP status; null where none came. */
  status: number | null;
  /** Multiplies the intervals of the schedule; what a receiver asks for is not scaled. */
  timeScale: number;
  /** 0 to 1. */
  random: number;
}

/** `at`: when to try again. `not_before`: what the receiver asked for, which a probe honours too; 0 where it did not. */
export type NextAttempt = { kind: "retry"; at: number; not_before: number } | { kind: "dead" };

export function nextAttempt(failed: FailedAttempt): NextAttempt {
  const interval = RETRY_AFTER_MS[failed.intervals_used];
  if (interval === undefined) return { kind: "dead" };
  const wait = Math.ceil(interval * failed.timeScale * (1 + JITTER * failed.random));
  const not_before = askedFor(failed);
  return { kind: "retry", at: Math.max(failed.now + wait, not_before), not_before };
}

function askedFor(failed: FailedAttempt): number {
  const bound = failed.status === null ? undefined : RETRY_AFTER_BOUND_MS.get(failed.status);
  if (failed.retry_after_ms === null || bound === undefined) return 0;
  return failed.now + Math.min(failed.retry_after_ms, bound);
}

/** `Retry-After` (RFC 9110, section 10.2.3), seconds or a date, as milliseconds from now; null where it is neither. */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  // Only the forms of HTTP dates, which all name a weekday: Date.parse reads much else.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
