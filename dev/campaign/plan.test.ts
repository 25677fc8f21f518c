import { describe, expect, it } from "vitest";
import { planOf, type Size } from "./plan.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const size: Size = { seed: 3, measures: true, events: 2000, customers: 20, kills: 20 };
const factsOf = (plan: ReturnType<typeof planOf>) =>
  [...plan.quiet.flat(), ...plan.chaos].flatMap(({ facts }) => facts);

describe("a campaign's plan", () => {
  it("is the same for the same seed, and another one for another", () => {
    expect(planOf(size, NOW)).toEqual(planOf(size, NOW));
    expect(planOf({ ...size, seed: 4 }, NOW)).not.toEqual(planOf(size, NOW));
  });

  it("tells every fact in one push and no other, as many as were asked for", () => {
    const facts = factsOf(planOf(size, NOW));
    expect(facts).toHaveLength(size.events);
    expect(new Set(facts.map(({ key }) => key)).size).toBe(size.events);
  });

  it("has one customer that hangs, and all kills in the order of their time", () => {
    const plan = planOf(size, NOW);
    expect(plan.customers.filter(({ role }) => role === "hanging")).toHaveLength(1);
    expect(plan.cuts.filter(({ kind }) => kind !== "deploy")).toHaveLength(size.kills);
    expect(plan.cuts.map(({ at }) => at)).toEqual(plan.cuts.map(({ at }) => at).sort((a, b) => a - b));
  });

  it("measures only customers that nothing is wrong with, beside the one that hangs", () => {
    const plan = planOf(size, NOW);
    const roles = new Map(plan.customers.map((one) => [one.account_number, one.role]));
    const measured = plan.quiet.flat().flatMap(({ facts }) => facts.map((fact) => fact.account_number));
    expect(new Set(measured.map((account) => roles.get(account)))).toEqual(new Set(["steady", "hanging"]));
    expect(planOf({ ...size, measures: false }, NOW).quiet.flat()).toEqual([]);
  });
});
