/** Seconds as they were counted, plain: also as they come from another thread. */
export interface Counted {
  readonly counts: Uint32Array;
  readonly total: number;
  readonly most: number;
}

/** Counted by the second up to two hours, so that a million of them take no room. */
export class Seconds implements Counted {
  readonly counts = new Uint32Array(7201);
  total = 0;
  most = 0;

  /** So many things took so long. */
  add(seconds: number, times: number): void {
    const place = Math.min(7200, Math.max(0, Math.ceil(seconds)));
    this.counts[place] = (this.counts[place] ?? 0) + times;
    this.total += times;
    this.most = Math.max(this.most, seconds);
  }
}

/** The smallest number of seconds that this part (0 to 1) of all did not exceed. */
export function quantile({ counts, total }: Counted, part: number): number {
  let left = total * part;
  for (let second = 0; second <= 7200; second++) {
    left -= counts[second] ?? 0;
    if (left <= 0) return second;
  }
  return 7200;
}

/** All of them together. */
export function together(all: readonly Counted[]): Counted {
  return {
    counts: summed(all.map(({ counts }) => counts)),
    total: all.reduce((sum, { total }) => sum + total, 0),
    most: Math.max(...all.map(({ most }) => most)),
  };
}

/** Place by place. */
export function summed(all: readonly Uint32Array[]): Uint32Array {
  const length = Math.max(0, ...all.map((counts) => counts.length));
  return Uint32Array.from({ length }, (_, place) =>
    all.reduce((sum, counts) => sum + (counts[place] ?? 0), 0),
  );
}
