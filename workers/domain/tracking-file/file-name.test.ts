import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_FILE_NAME, type FileNameParts, fileName } from "./index.ts";

const parts: FileNameParts = {
  account: "acme 24/7",
  number: 42,
  created_at_ms: Date.UTC(2026, 2, 14, 9, 5, 7),
  format: "iftsta-d01b",
  extension: "edi",
};

test.each([
  [DEFAULT_FILE_NAME, "acme_24_7_iftsta-d01b_20260314T090507_000042.edi"],
  ["IFTSTA{number}.txt", "IFTSTA000042.txt"],
  ["pakstat.{number}", "pakstat.000042"],
  ["STATUS_{date}", "STATUS_20260314_000042.edi"],
  ["STATUS_{date}.dat", "STATUS_20260314_000042.dat"],
  [".{number}", "000042.edi"],
  ["../../etc/{number}", "_._etc_000042.edi"],
  ["-rf {number}", "rf_000042.edi"],
  ["up{number}.tmp", "up000042.tmp.edi"],
  ["{other}-{number}", "_other_-000042.edi"],
  ["", "_000042.edi"],
])("the pattern %s names a file %s", (pattern, name) => {
  expect(fileName(pattern, parts)).toBe(name);
});

test("any pattern gives a safe name that holds the number, so that two files never share one", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 400, unit: "binary" }),
      fc.string({ maxLength: 80 }),
      (pattern, account) => {
        const name = fileName(pattern, { ...parts, account });
        expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/u);
        expect(name.length).toBeLessThanOrEqual(204);
        expect(name).not.toContain("..");
        expect(name).toContain("000042");
      },
    ),
  );
});
