/**
 * The health of one receiver (public contract, "Unhealthy endpoint"; delivery contract C7, C13). Pure: each function
 * takes the breaker as it was and gives it as it is. Times are epoch milliseconds; `scale` multiplies every interval.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Failures in a row that open it. */
export const OPENS_AFTER = 10;
const PROBE_FIRST_HOUR_MS = MINUTE_MS;
const PROBE_LATER_MS = 5 * MINUTE_MS;
/** Without one success for so long, the line is paused. */
export const PAUSED_AFTER_MS = 5 * DAY_MS;
export const WARNED_AFTER = [
  { code: "failing_1h", after_ms: HOUR_MS },
  { code: "failing_24h", after_ms: DAY_MS },
  { code: "failing_72h", after_ms: 3 * DAY_MS },
] as const;

/** The connections one endpoint may hold. */
export const CONNECTIONS = 3;
/** An endpoint in trouble holds one, so that its siblings keep theirs. */
const TROUBLED_AFTER = 3;

/** After an outage: one message a second, twice as many after each step, at most twenty, and after the last step no limit but the connections. */
const RECOVERY_FIRST_GAP_MS = 1000;
const RECOVERY_LEAST_GAP_MS = 50;
const RECOVERY_STEP_MS = 10_000;
const RECOVERY_STEPS = 6;

export interface Breaker {
  /** Time-outs, network failures, 429 and 5xx in a row. */
  failures: number;
  /** Null while it is closed. */
  opened_at: number | null;
  /** While open: when the next probe may leave. */
  probe_at: number;
  last_success_at: number | null;
  /** The first failure of any kind after the last success. */
  failing_since: number | null;
  /** When it closed after having been open: the slow start counts from here; null once that is over. */
  recovered_at: number | null;
}

export const HEALTHY: Breaker = {
  failures: 0,
  opened_at: null,
  probe_at: 0,
  last_success_at: null,
  failing_since: null,
  recovered_at: null,
};

export function afterSuccess(breaker: Breaker, now: number, scale: number): Breaker {
  const starting =
    breaker.recovered_at !== null && now - breaker.recovered_at < RECOVERY_STEPS * RECOVERY_STEP_MS * scale;
  const recovered_at = breaker.opened_at !== null ? now : starting ? breaker.recovered_at : null;
  return { ...HEALTHY, last_success_at: now, recovered_at };
}

/**
 * `counts`: a time-out, a network failure, 429 or 5xx. Another refusal shows that somebody is there: it closes an open
 * breaker on trial, or a message that is refused whenever it comes would keep all others waiting. The failures in a row
 * stand until a success, so the next one that counts opens it again.
 */
export function afterFailure(breaker: Breaker, now: number, scale: number, counts: boolean): Breaker {
  const failing_since = breaker.failing_since ?? now;
  if (!counts)
    return breaker.opened_at === null
      ? { ...breaker, failing_since }
      : { ...breaker, failing_since, opened_at: null, probe_at: 0, recovered_at: now };
  const failures = breaker.failures + 1;
  const opened_at = breaker.opened_at ?? (failures >= OPENS_AFTER ? now : null);
  const probe_at = opened_at === null ? 0 : nextProbe(opened_at, now, scale);
  return { ...breaker, failures, opened_at, probe_at, failing_since, recovered_at: null };
}

function nextProbe(opened_at: number, now: number, scale: number): number {
  const gap = now - opened_at < HOUR_MS * scale ? PROBE_FIRST_HOUR_MS : PROBE_LATER_MS;
  return now + Math.ceil(gap * scale);
}

/** Whoever resumes a line by hand says that the receiver is back: a slow start, and five new days. */
export function resumed(breaker: Breaker, now: number): Breaker {
  return { ...HEALTHY, last_success_at: breaker.last_success_at, recovered_at: now };
}

export function isOpen(breaker: Breaker): boolean {
  return breaker.opened_at !== null;
}

/** Open, or closed on trial: no success came yet. */
export function isDown(breaker: Breaker): boolean {
  return breaker.failures >= OPENS_AFTER;
}

/** When the line has to be paused, should no success come before; null while nothing fails. */
export function pausedAt(breaker: Breaker, scale: number): number | null {
  return breaker.failing_since === null ? null : breaker.failing_since + PAUSED_AFTER_MS * scale;
}

/** The warnings that the account should see by now. */
export function warningsDue(
  breaker: Breaker,
  now: number,
  scale: number,
): { code: (typeof WARNED_AFTER)[number]["code"]; at: number }[] {
  const since = breaker.failing_since;
  if (since === null) return [];
  return WARNED_AFTER.map(({ code, after_ms }) => ({ code, at: since + after_ms * scale })).filter(
    ({ at }) => at <= now,
  );
}

/** How many connections the endpoint may hold now. */
export function connectionsAllowed(breaker: Breaker, now: number, scale: number): number {
  if (breaker.opened_at !== null || breaker.failures >= TROUBLED_AFTER) return 1;
  if (breaker.recovered_at === null) return CONNECTIONS;
  return Math.min(CONNECTIONS, 1 + recoverySteps(breaker.recovered_at, now, scale));
}

/** The least time between the start of two messages: 0 but for the slow start. */
export function leastGapMs(breaker: Breaker, now: number, scale: number): number {
  if (breaker.recovered_at === null) return 0;
  const steps = recoverySteps(breaker.recovered_at, now, scale);
  if (steps >= RECOVERY_STEPS) return 0;
  return Math.max(RECOVERY_LEAST_GAP_MS, RECOVERY_FIRST_GAP_MS / 2 ** steps) * scale;
}

function recoverySteps(recovered_at: number, now: number, scale: number): number {
  return Math.max(0, Math.floor((now - recovered_at) / (RECOVERY_STEP_MS * scale)));
}
