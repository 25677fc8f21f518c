import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { laterNumbers, latestNumber, type Renumbering, withSteps } from "./renumbering.ts";

const step = (from: string, to: string, url: string | null = null): Renumbering => ({
  replaced_tracking_id: from,
  new_carrier_tracking_id: to,
  new_carrier_tracking_url: url,
});

describe("numbers given anew", () => {
  it("lead from each number to the one it has now", () => {
    const steps = withSteps([], [step("B", "C"), step("A", "B")]);
    expect(latestNumber("A", steps)?.new_carrier_tracking_id).toBe("C");
    expect(laterNumbers("A", steps)).toEqual(["B", "C"]);
    expect(latestNumber("C", steps)).toBeNull();
    expect(latestNumber("X", steps)).toBeNull();
  });

  it("end before they close a ring, and never run for ever", () => {
    const steps = withSteps([], [step("A", "B"), step("B", "A"), step("A", "A")]);
    expect(latestNumber("A", steps)?.new_carrier_tracking_id).toBe("B");
    expect(latestNumber("B", steps)?.new_carrier_tracking_id).toBe("A");
  });

  it("are the same list where nothing is new, and keep an address once it is told", () => {
    const once = withSteps([], [step("A", "B")]);
    expect(withSteps(once, [step("A", "B")])).toBe(once);
    const told = withSteps(once, [step("A", "B", "https://c.example/B")]);
    expect(latestNumber("A", told)?.new_carrier_tracking_url).toBe("https://c.example/B");
    expect(withSteps(told, [step("A", "B")])).toBe(told);
  });

  it("are none where nobody could register the number, and have no address that is none", () => {
    for (const number of ["", "N".repeat(101), "N\u0000", "N\n1"])
      expect(withSteps([], [step("A", number), step(number, "B")])).toEqual([]);
    for (const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "nowhere",
      "",
      `https://c.example/${"x".repeat(600)}`,
    ])
      expect(withSteps([], [step("A", "B", url)])[0]?.new_carrier_tracking_url).toBeNull();
    expect(withSteps([], [step("A", "B", "http://c.example/B")])[0]?.new_carrier_tracking_url).toBe(
      "http://c.example/B",
    );
  });

  it("are bounded", () => {
    const many = Array.from({ length: 10_000 }, (_, n) => step(`${n}`, `${n + 1}`));
    expect(withSteps([], many).length).toBe(100);
  });

  it("do not depend on the order in which they were told", () => {
    const number = fc.constantFrom("A", "B", "C", "D", "E");
    const steps = fc.array(fc.tuple(number, number), { maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), (pairs, draws) => {
        const told = pairs.map(([from, to]) => step(from, to));
        const mixed = told.map((one) => ({ one, at: draws.next().value })).sort((a, b) => a.at - b.at);
        const straight = withSteps([], told);
        const other = mixed.reduce<readonly Renumbering[]>((known, { one }) => withSteps(known, [one]), []);
        expect(other).toEqual(straight);
      }),
    );
  });
});
