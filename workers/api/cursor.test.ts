import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { parseCursor, writeCursor } from "./cursor.ts";
import { parseTime } from "./iso-time.ts";
import { readTextCursor, writeTextCursor } from "./paging.ts";
import { Problem } from "./problem.ts";

it("gives back what it was made from", () => {
  fc.assert(
    fc.property(fc.nat(), fc.stringMatching(/^[A-Za-z0-9_.-]{0,40}$/u), (position, id) => {
      expect(parseCursor(writeCursor({ position, id }))).toEqual({ position, id });
    }),
  );
});

it("takes nothing else, and throws for none of it", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cursor = parseCursor(text);
      if (cursor !== null) expect(parseCursor(writeCursor(cursor))).toEqual(cursor);
    }),
  );
  for (const text of ["", "now", "2026-03-14T08:00:00Z", "-1", "LTE", "%%%"])
    expect(parseCursor(text)).toBeNull();
});

it("carries any text, and refuses what is none of its own with 422", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readTextCursor(writeTextCursor(JSON.stringify(text)), z.string())).toBe(text);
    }),
  );
  for (const cursor of ["%", "bm8", writeTextCursor("7"), writeTextCursor("[1]")])
    expect(() => readTextCursor(cursor, z.string())).toThrow(Problem);
});

it.each([
  ["2026-03-14T08:00:00Z", 1773475200000],
  ["2026-03-14T09:00:00.000+01:00", 1773475200000],
  ["2026-03-14T09:00:00 01:00", 1773475200000],
  ["2026-03-14T08:00Z", 1773475200000],
  ["2026-03-14T08:00:00", null],
  ["2026-03-14", null],
  ["2026-13-14T08:00:00Z", null],
  ["1773475200000", null],
])("reads the time %s as %s", (text, at) => {
  expect(parseTime(text)).toBe(at);
});
