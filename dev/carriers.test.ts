import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { carriers } from "../workers/carriers/registry.ts";
import { readRules } from "../workers/carriers/rules.ts";
import { type CarrierRow, carrierRows, hasRule, markdownOf, tableIn, textOf, withTable } from "./carriers.ts";

describe("the table of carriers", () => {
  it("is the one that stands in the README", () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(tableIn(readme), "npm run carriers -- --write brings it up to date").toBe(
      markdownOf(carrierRows()),
    );
  });

  it("is put between its two marks and nowhere else", () => {
    const text = "a\n<!-- carriers -->\n\nold $1\n\n<!-- /carriers -->\nb";
    expect(tableIn(withTable(text, "new $& |"))).toBe("new $& |");
    expect(withTable(text, "x")).toBe("a\n<!-- carriers -->\n\nx\n\n<!-- /carriers -->\nb");
    expect(tableIn("no marks")).toBeNull();
  });

  it("has every carrier, with the ways it has", () => {
    const rows = carrierRows();
    expect(rows.map(({ id }) => id)).toEqual(carriers.map(({ id }) => id));
    for (const [index, { webhook, sftp, poll }] of carriers.entries()) {
      expect(rows[index]).toMatchObject({
        webhook: webhook !== undefined,
        sftp: sftp !== undefined,
        poll: poll?.numbers_per_call ?? null,
      });
    }
  });

  it("says how much of a list is mapped only where there is a list", () => {
    const row: CarrierRow = {
      id: "acme",
      name: "Acme",
      webhook: true,
      sftp: false,
      poll: 1,
      codes: 12,
      corpus: null,
    };
    expect(textOf([row])).toBe(
      "carrier  id    webhook  sFTP  API                codes\nAcme     acme  yes            one number a call  12",
    );
    expect(textOf([{ ...row, corpus: { codes: 3, mapped: 2 } }])).toContain("2 of 3, 66 %");
    expect(markdownOf([row])).toContain("| Acme | `acme` | yes |  | one number a call | 12 |");
  });
});

describe("a code of a list", () => {
  const table = readRules(
    "acme",
    1,
    `
    7          |    |     |              | delivery/delivered        | |
    20         | 13 |     |              | delivery/delivered        | |
    state DONE |    |     |              | delivery/delivered        | |
    ND         |    | exp |              | delivery/delivered        | |
               |    |     | left the hub | in_transit/carrier_network | |
    `,
  );
  it.each([
    ["7", "", true],
    ["007", "", true],
    ["20/13", "", true],
    ["20-13", "", true],
    ["20", "", false],
    ["done", "", true],
    ["ND", "", true],
    ["X1", "It left the hub", true],
    ["it has left the hub", "", true],
    ["X1", "at the hub", false],
  ])("%s %s: %s", (code, description, mapped) => {
    expect(hasRule(table, code, description)).toBe(mapped);
  });
  it("counts a bare cause where it is the second half of some rule, and only of a list of causes", () => {
    expect(hasRule(table, "13", "", "iftsta-reason")).toBe(true);
    expect(hasRule(table, "14", "", "iftsta-reason")).toBe(false);
    expect(hasRule(table, "13", "", "iftsta-event")).toBe(false);
  });
});
