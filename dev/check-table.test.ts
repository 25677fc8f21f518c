import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkPlan } from "../workers/domain/check-schedule.ts";
import { isEnd, STATUS_WORDS } from "../workers/domain/statuses.ts";
import { checkTable, ENDS } from "./check-table.ts";

describe("the table of docs/checks.md", () => {
  it("says what the rule does: npm run simulate -- --table writes it anew", () => {
    const text = readFileSync(join(import.meta.dirname, "../docs/checks.md"), "utf8");
    expect(text).toContain(checkTable());
  });

  it("has a place for every status", () => {
    const table = checkTable().replaceAll(" ", "_");
    for (const status of STATUS_WORDS)
      if (!["notice", "info_received", "ready_for_pickup"].includes(status)) expect(table).toContain(status);
  });

  it("lists the ends there are, each with the same last look", () => {
    expect(STATUS_WORDS.filter(isEnd).sort()).toEqual([...ENDS].sort());
    const facts = { quiet_s: 0, pushes: false, min_minutes: null };
    const looks = ENDS.map((status) => JSON.stringify(checkPlan({ ...facts, status })));
    expect(new Set(looks).size).toBe(1);
  });
});
