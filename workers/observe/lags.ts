/**
 * How late things began, in a few fixed bounds: adds up over any number of hours, and gives percentiles that are as
 * exact as the bounds are close. Pure; milliseconds.
 */

const S = 1000;
const MIN = 60 * S;
/** Upper bounds; the last bucket is open, and `max` closes it. Never changed: hours that were written have these. */
export const LAG_BOUNDS: readonly number[] = [
  1 * S,
  2 * S,
  5 * S,
  10 * S,
  20 * S,
  30 * S,
  45 * S,
  60 * S,
  90 * S,
  2 * MIN,
  3 * MIN,
  5 * MIN,
  10 * MIN,
  20 * MIN,
  30 * MIN,
  60 * MIN,
  180 * MIN,
];

export interface Lags {
  /** One for each bound and one beyond. */
  counts: readonly number[];
  max: number;
}

export const NO_LAGS: Lags = { counts: LAG_BOUNDS.map(() => 0).concat(0), max: 0 };

/** One more. What began before its time was not late. */
export function addLag(lags: Lags, lag_ms: number): Lags {
  const lag = Math.max(0, lag_ms);
  const bucket = bucketOf(lag);
  return {
    counts: lags.counts.map((count, at) => (at === bucket ? count + 1 : count)),
    max: Math.max(lags.max, lag),
  };
}

export function mergeLags(a: Lags, b: Lags): Lags {
  return {
    counts: NO_LAGS.counts.map((_, at) => (a.counts[at] ?? 0) + (b.counts[at] ?? 0)),
    max: Math.max(a.max, b.max),
  };
}

/** The lag that a share (0 to 1) of all did not exceed, evenly spread within its bucket; null where there is none. */
export function lagAt(lags: Lags, share: number): number | null {
  const total = lags.counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let before = 0;
  for (const [bucket, count] of lags.counts.entries()) {
    if (before + count < rank) {
      before += count;
      continue;
    }
    const low = bucket === 0 ? 0 : (LAG_BOUNDS[bucket - 1] ?? 0);
    const high = Math.min(LAG_BOUNDS[bucket] ?? lags.max, lags.max);
    return Math.round(low + (Math.max(low, high) - low) * ((rank - before) / count));
  }
  return lags.max;
}

/** Bounds belong to the bucket below them. */
function bucketOf(lag: number): number {
  const found = LAG_BOUNDS.findIndex((bound) => lag <= bound);
  return found === -1 ? LAG_BOUNDS.length : found;
}
