import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bring } from "../workers/carriers/bring/index.ts";
import { main, sourceOf } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "gluey-read-"));
const fixtures = join(import.meta.dirname, "../workers/carriers/bring/fixtures");

function run(...args: string[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const code = main(
    args,
    (line) => lines.push(line),
    (sentence) => complaints.push(sentence),
    Date.UTC(2026, 2, 20),
  );
  return { code, lines: lines.map((line) => JSON.parse(line)), complaints };
}

describe("npm run read", () => {
  it("prints one line a file and ends with 0 when all could be read", () => {
    const push = join(fixtures, "event-cast.input.json");
    const refused = join(fixtures, "unknown-number.input.json");
    const { code, lines, complaints } = run("--carrier", "bring", push, refused);
    expect(code).toBe(0);
    expect(complaints).toEqual([]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      file: push,
      carrier_id: "bring",
      shipments: [
        {
          parcel_tracking_id: "370700000000000018",
          events: [{ status: "delivered", source: "webhook", codes: { carrier: { code: "DELIVERED" } } }],
          eta: null,
        },
      ],
      remarks: [],
    });
    expect(lines[1]).toMatchObject({ shipments: [], remarks: [{ kind: "not_found" }] });
  });

  it("ends with 1 when one could not, and reads the others", () => {
    const page = join(folder, "page.html");
    writeFileSync(page, "<html><body>502</body></html>");
    const missing = join(folder, "missing.json");
    const { code, lines, complaints } = run(
      "--carrier",
      "bring",
      page,
      missing,
      join(fixtures, "event-cast.input.json"),
    );
    expect(code).toBe(1);
    expect(lines).toHaveLength(2);
    expect(lines[0].remarks[0]).toMatchObject({ kind: "unreadable" });
    expect(complaints).toEqual([expect.stringContaining(`${missing} could not be opened`)]);
  });

  it.each([
    [["--carrier", "pigeon", "a.json"], 'There is no carrier "pigeon"'],
    [["--carrier", "bring"], "Name at least one file"],
    [["a.json"], "Name the carrier"],
    [["--carrier", "bring", "--source", "fax", "a.json"], 'There is no way in "fax"'],
    [["--colour", "red"], "Usage"],
  ])("%j is answered with a sentence and 1", (args, sentence) => {
    const { code, lines, complaints } = run(...args);
    expect(code).toBe(1);
    expect(lines).toEqual([]);
    expect(complaints[0]).toContain(sentence);
  });

  it("takes the way it is told before the way it guesses", () => {
    const body = new TextEncoder().encode('{"consignmentSet": []}');
    expect(sourceOf(bring, body, null)).toBe("poll");
    expect(sourceOf(bring, body, "webhook")).toBe("webhook");
    expect(sourceOf(bring, new TextEncoder().encode("UNA:+.? 'UNB+"), null)).toBe("sftp");
  });
});
