import fc from "fast-check";
import { expect, it } from "vitest";
import { addLag, LAG_BOUNDS, type Lags, lagAt, mergeLags, NO_LAGS } from "./lags.ts";

const lag = fc.oneof(fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 0, max: 6 * 3_600_000 }));
const some = fc.array(lag, { minLength: 1, maxLength: 200 });
const of = (all: readonly number[]): Lags => all.reduce(addLag, NO_LAGS);
const bucket = (value: number) => LAG_BOUNDS.findIndex((bound) => value <= bound);

it("a percentile lies in the bucket of the true one, and never beyond the largest", () => {
  fc.assert(
    fc.property(some, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const sorted = all.toSorted((a, b) => a - b);
      const rank = Math.max(1, Math.ceil(share * all.length));
      const told = lagAt(of(all), share) ?? -1;
      expect(bucket(told)).toBe(bucket(sorted[rank - 1] ?? -1));
      expect(told).toBeLessThanOrEqual(sorted.at(-1) ?? 0);
    }),
  );
});

it("percentiles do not fall, and hours add up as if they were one", () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      expect(mergeLags(of(a), of(b))).toEqual(of([...a, ...b]));
      expect(lagAt(of(a), 0.5) ?? 0).toBeLessThanOrEqual(lagAt(of(a), 0.95) ?? 0);
    }),
  );
});

it("nothing has no percentile, and what began early was not late", () => {
  expect(lagAt(NO_LAGS, 0.5)).toBeNull();
  expect(lagAt(of([-5000]), 0.95)).toBe(0);
});
