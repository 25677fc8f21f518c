import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { halve } from "./halving.ts";

/** A carrier that refuses every call in which a bad number stands. */
function carrier(bad: ReadonlySet<number>) {
  const calls: number[][] = [];
  return {
    calls,
    ask: async (numbers: readonly number[]) => {
      calls.push([...numbers]);
      return numbers.some((number) => bad.has(number))
        ? ({ kind: "refused", why: "bad" } as const)
        : ({ kind: "answered", changed: numbers.map(String) } as const);
    },
  };
}
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe("a call halved", () => {
  it("leaves the bad number alone, and asks for all the others", async () => {
    const { ask, calls } = carrier(new Set([37]));
    const result = await halve(upTo(100), ask);
    expect(result).toMatchObject({
      answered: true,
      refused: [{ number: 37, why: "bad" }],
      ended: null,
      left: [],
    });
    expect(result.changed.map(Number)).toEqual(upTo(100).filter((n) => n !== 37));
    expect(calls.length).toBeLessThanOrEqual(14);
  });

  it("never asks twice for what was answered, loses no number, and is bounded", async () => {
    const bad = fc.uniqueArray(fc.nat(99), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(bad, fc.integer({ min: 2, max: 100 }), async (spoilt, count) => {
        const { ask, calls } = carrier(new Set(spoilt));
        const { changed, refused, left } = await halve(upTo(count), ask);
        expect(calls.length).toBeLessThanOrEqual(24);
        const told = [...changed.map(Number), ...refused.map(({ number }) => number), ...left];
        expect(told.toSorted((a, b) => a - b)).toEqual(upTo(count));
        for (const { number } of refused) expect(spoilt).toContain(number);
      }),
    );
  });

  it("says that nothing was answered where the carrier refuses everything", async () => {
    const result = await halve(upTo(8), async () => ({ kind: "refused", why: "all" }) as const);
    expect(result.answered).toBe(false);
    expect(result.refused).toHaveLength(8);
  });

  it.each(["failed", "waits"] as const)(
    "ends where the carrier %s, with what was told until then",
    async (kind) => {
      let calls = 0;
      const result = await halve(upTo(8), async (numbers) => {
        calls += 1;
        return calls === 1
          ? { kind: "answered", changed: numbers.map(String) }
          : ({ kind, why: "down" } as const);
      });
      expect(calls).toBe(2);
      expect(result).toMatchObject({
        answered: true,
        changed: ["0", "1", "2", "3"],
        ended: "down",
        left: [4, 5, 6, 7],
      });
    },
  );
});
