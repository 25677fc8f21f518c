import fc from "fast-check";
import { expect, test } from "vitest";
import { timeline } from "./elements-suite.ts";
import { writeTrackingFile } from "./index.ts";

test("each line is the webhook's element, unchanged and in order", () => {
  fc.assert(
    fc.property(timeline, (elements) => {
      const file = writeTrackingFile({
        format: "json",
        elements,
        control_number: 1,
        created_at_ms: 0,
        sender: "",
        receiver: "",
        test: false,
      });
      const lines = new TextDecoder().decode(file.bytes).split("\n");
      expect(lines.pop()).toBe("");
      expect(lines.map((line): unknown => JSON.parse(line))).toEqual(elements);
      expect(file).toMatchObject({ events: elements.length, left_out: [], remarks: [], extension: "jsonl" });
    }),
  );
});

test("nothing to tell: no bytes", () => {
  for (const format of ["json", "csv"] as const)
    expect(
      writeTrackingFile({
        format,
        elements: [],
        control_number: 1,
        created_at_ms: 0,
        sender: "",
        receiver: "",
        test: false,
      }).bytes.length,
    ).toBe(0);
});
