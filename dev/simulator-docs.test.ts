import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { documentsOf, SCENARIOS, type Scenario } from "../workers/carriers/sandbox/scenarios.ts";

const page = readFileSync(join(import.meta.dirname, "..", "docs", "simulator.md"), "utf8");
const table = page.split("<!-- scenarios -->")[1]?.split("<!-- /scenarios -->")[0] ?? "";
const rows = new Map(
  [...table.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gmu)].map(([, name = "", codes = ""]) => [name, codes]),
);

/** The codes of a story as a customer hears them: each fact once. */
function codesOf(scenario: Scenario): string[] {
  const walk = { scenario, number: "SBX1", parcels: [], seed: 1, started_at: 0, lasts_ms: null };
  const told = documentsOf({ ...walk, started_at: Date.parse("2026-03-14T12:00:00Z") }).flat();
  const facts = told.flatMap(({ tracking_number, events }) =>
    events.map(({ id, code }) => [`${tracking_number} ${id}`, code] as const),
  );
  return [...new Map(facts).values()];
}

it("docs/simulator.md lists every scenario, and nothing else", () => {
  expect([...rows.keys()]).toEqual([...SCENARIOS]);
});

it.each(SCENARIOS.filter((scenario) => scenario !== "3-of-5-parcels"))(
  "docs/simulator.md says what %s tells",
  (scenario) => {
    expect(rows.get(scenario)?.trim().split(", ")).toEqual(codesOf(scenario));
  },
);
