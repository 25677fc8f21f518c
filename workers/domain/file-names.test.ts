import { describe, expect, it } from "vitest";
import { nameAround } from "./file-names.ts";

describe("a name made from another", () => {
  it("is the whole name where there is room", () => {
    expect(nameAround(".", "a.edi", ".error.txt", 7)).toBe(".a.edi.error.txt");
    expect(nameAround(".", "x".repeat(244), ".error.txt", 7)).toHaveLength(255);
  });

  it.each([
    ["letters", "x".repeat(255)],
    ["letters of two bytes", "ß".repeat(127)],
    ["characters of four", "📦".repeat(63)],
  ])("is cut to what a file system takes, and never within a character: %s", (_what, name) => {
    const made = nameAround(".", name, ".error.txt", 1_700_000_000_000);
    expect(new TextEncoder().encode(made).length).toBeLessThanOrEqual(255);
    expect(made.endsWith("~1700000000000.error.txt")).toBe(true);
    expect(name.startsWith(made.slice(1, made.indexOf("~")))).toBe(true);
    expect(made.isWellFormed()).toBe(true);
  });
});
