import { expect, test } from "vitest";
import { judge } from "./corpus.ts";

const cases = [
  { group: "edi iftsta", name: "one.edi", why: [] },
  { group: "edi iftsta", name: "two.edi", why: ["event 1 status: expected 21, read 13"] },
  { group: "carrier bring", name: "three", why: [] },
];

test("one line a group, one for all, and why for each that is wrong", () => {
  const { lines, worse } = judge(cases, ["edi iftsta/one.edi", "carrier bring/three"]);
  const table = lines.slice(0, 4).map((line) => line.split(/\s{2,}/u));
  expect(table).toEqual([
    ["group", "files", "right", "wrong"],
    ["edi iftsta", "2", "1", "1"],
    ["carrier bring", "1", "1", "0"],
    ["all", "3", "2", "1"],
  ]);
  expect(lines.slice(4)).toEqual(["", "wrong: edi iftsta/two.edi", "  event 1 status: expected 21, read 13"]);
  expect(worse).toEqual([]);
});

test("a file that was right and is wrong now, or is gone, is worse; one that was wrong before is not", () => {
  expect(judge(cases, ["edi iftsta/two.edi", "edi iftsta/gone.edi", "edi iftsta/one.edi"]).worse).toEqual([
    "edi iftsta/two.edi",
    "edi iftsta/gone.edi",
  ]);
});

test("what is right beyond the baseline is told, so that it is kept", () => {
  expect(judge(cases, ["edi iftsta/one.edi"]).lines.at(-1)).toContain("1 right that the baseline lacks");
});
