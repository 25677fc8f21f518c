import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectFormat } from "../detect.ts";
import { readEdi } from "../read.ts";
import type { CutSizes } from "./cut-state.ts";
import { openCutter } from "./cutter.ts";
import { cutInChunks, cutWithCrashes, readPieces, shown, toldBy } from "./cutting.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const decode = (from: Uint8Array | undefined) => new TextDecoder().decode(from);
const text = (piece: { bytes: Uint8Array } | undefined) => decode(piece?.bytes);
const sizesOf = (piece: number): CutSizes => ({ piece, message: 100_000 });

const csv = (rows: number, place: string) => [
  "tracking_number;status;occurred_at;place_name",
  ...Array.from(
    { length: rows },
    (_, n) => `SBX${n};DELIVERED;2026-03-14T09:${String(n % 60).padStart(2, "0")}:00Z;${place}`,
  ),
];
const pakstat = (rows: number) =>
  Array.from(
    { length: rows },
    (_, n) => `${80000000 + n}|20260313|DE49|3|20260314|0930|note|12|34|ref ${n}|Kern|`,
  );
const jsonLines = (rows: number) =>
  Array.from({ length: rows }, (_, n) =>
    JSON.stringify({
      tracking_number: `SBX${n}`,
      status: "OUT",
      occurred_at: `2026-03-14T09:00:00Z`,
      text: "é".repeat(n % 40),
    }),
  );
const fortras = (rows: number) => [
  "@@PHSTAT512 0512003500107 SENDER RECEIVER",
  `Q00100${"0".repeat(100)}`,
  ...Array.from(
    { length: rows },
    (_, n) => `Q10${`,C${n}`.padEnd(35)}${`,R${n}`.padEnd(35)}${"".padEnd(35)}013140320260930`,
  ),
  "Z00000012",
  "@@PT",
];

const lines = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom("Ulm", "Gävle", ""))
    .map(([rows, place]) => csv(rows, place)),
  fc.integer({ min: 3, max: 60 }).map(pakstat),
  fc.integer({ min: 4, max: 60 }).map(jsonLines),
  fc.integer({ min: 1, max: 60 }).map(fortras),
);
const file = fc
  .tuple(lines, fc.constantFrom("\n", "\r\n", "\r"), fc.boolean(), fc.constantFrom("", "\u{feff}"))
  .map(([rows, end, last, bom]) => bytes(bom + rows.join(end) + (last ? end : "")));
const piece = fc.integer({ min: 200, max: 4000 });
const chunks = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 });

describe("property", () => {
  it("the pieces tell what the whole file tells, however it is read and cut", () => {
    fc.assert(
      fc.property(file, piece, chunks, (whole, size, parts) => {
        const { pieces, state } = cutInChunks(whole, sizesOf(size), parts);
        const readings = readPieces(pieces);
        const direct = readEdi(whole);
        expect(direct.statuses.length).toBeGreaterThan(0);
        expect(readings.flatMap(toldBy)).toEqual(toldBy(direct));
        expect(readings.every((reading) => reading.complete && reading.remarks.length === 0)).toBe(true);
        expect(state.losses.count).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("goes on from what a checkpoint holds with the very same pieces", () => {
    fc.assert(
      fc.property(file, piece, fc.integer({ min: 10, max: 900 }), (whole, size, chunk) => {
        expect(shown(cutWithCrashes(whole, sizesOf(size), chunk))).toEqual(
          shown(cutInChunks(whole, sizesOf(size), [whole.length])),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("rows before the end of a cut file are told", () => {
    fc.assert(
      fc.property(file, fc.nat(), piece, chunks, (whole, at, size, parts) => {
        // Not inside a character: read at once, the half of one makes another charset of the file.
        let end = Math.max(250, at % whole.length);
        while (((whole[end] ?? 0) & 0xc0) === 0x80) end++;
        const cut = whole.subarray(0, end);
        const { pieces, state } = cutInChunks(cut, sizesOf(size), parts);
        const readings = readPieces(pieces);
        if (detectFormat(cut).format === "json") {
          // Read at once, one line that is cut makes the file no JSON; here it costs itself.
          const told = toldBy(readEdi(whole)).slice(0, readings.flatMap(toldBy).length);
          expect(readings.flatMap(toldBy)).toEqual(told);
          expect(state.losses.count).toBeLessThanOrEqual(1);
          expect(told.length + state.losses.count).toBe(
            decode(cut)
              .trim()
              .split(/[\r\n]+/).length,
          );
        } else {
          expect(readings.flatMap(toldBy)).toEqual(toldBy(readEdi(cut)));
          expect(readings.every((reading) => reading.complete)).toBe(readEdi(cut).complete);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("pieces", () => {
  it("repeat a heading, and only a heading", () => {
    const heading = cutInChunks(bytes(csv(10, "Ulm").join("\n")), sizesOf(200), [30]).pieces;
    expect(heading.length).toBeGreaterThan(2);
    for (const one of heading) expect(text(one).split("\n")[0]).toBe(csv(0, "")[0]);
    const bare = cutInChunks(bytes(pakstat(10).join("\n")), sizesOf(200), [30]).pieces;
    expect(bare.map(text).join("")).toBe(pakstat(10).join("\n"));
  });

  it("of a layout that only its carrier knows repeat a line of names, and no line of numbers", () => {
    const rows = ["A1;2026031409;12", "A2;2026031410;12", "A3;2026031411;12"];
    expect(
      cutInChunks(bytes(["Nummer;Zeit;Status", ...rows].join("\n")), sizesOf(40), [9]).pieces.map(text),
    ).toEqual([
      `Nummer;Zeit;Status\n${rows[0]}\n`,
      `Nummer;Zeit;Status\n${rows[1]}\n`,
      `Nummer;Zeit;Status\n${rows[2]}`,
    ]);
    expect(
      cutInChunks(bytes(rows.join("\n")), sizesOf(20), [9])
        .pieces.map(text)
        .join(""),
    ).toBe(rows.join("\n"));
  });

  it("of a file without a heading begin with a row that tells what file it is", () => {
    const rows = pakstat(6).flatMap((row) => [row, "a broken row"]);
    const { pieces } = cutInChunks(bytes(rows.join("\n")), sizesOf(60), [30]);
    for (const reading of readPieces(pieces)) expect(reading.file_kind).toBe("gls-pakstat");
    expect(readPieces(pieces).flatMap(toldBy).length).toBe(6);
  });

  it("leave out a line that is no JSON, and one longer than any may be; where they were is told", () => {
    const rows = jsonLines(4);
    const broken = [
      rows[0],
      '{"tracking_number": "SBX',
      rows[1],
      `{"x": "${"y".repeat(70_000)}"}`,
      rows[2],
      rows[3],
    ];
    for (const chunk of [100, 50_000, 200_000]) {
      const { pieces, state } = cutInChunks(bytes(broken.join("\n")), sizesOf(900), [chunk]);
      expect(readPieces(pieces).flatMap(toldBy).length).toBe(4);
      expect(state.losses.told.map(({ from }) => from)).toEqual([
        broken.slice(0, 1).join("\n").length + 1,
        bytes(broken.slice(0, 3).join("\n")).length + 1,
      ]);
    }
  });

  it("get on through a line of any length, from one checkpoint to the next", () => {
    const whole = bytes(
      [...csv(2, "Ulm"), "z".repeat(20 * 1024 * 1024), ...csv(2, "Ulm").slice(1)].join("\n"),
    );
    const { pieces, state } = cutWithCrashes(whole, sizesOf(900_000), 1 << 20);
    expect(readPieces(pieces).flatMap(toldBy).length).toBe(4);
    expect(state.losses.count).toBe(1);
  });
});

describe("what can't be cut", () => {
  it.each([
    ["one JSON document", `{\n"events": [\n${"1,".repeat(100)}`, /JSON document/],
    ["one JSON document in one line", `{"events": [${"1,".repeat(40_000)}`, /JSON document/],
    ["XML", "<?xml version='1.0'?>\n<a>", /XML document/],
    ["a web page", "<!doctype html><html>", /web page/],
    ["an archive", "PK\x03\x04", /compressed/],
    ["lines without an end", `a;b;c;${"d".repeat(100_000)}`, /no line end/],
    ["blanks", " ".repeat(100_000), /blanks/],
  ])("is told: %s", (_name, content, why) => {
    expect(openCutter(bytes(content))).toMatchObject({ kind: "whole", why: expect.stringMatching(why) });
  });

  it("is told: UTF-16", () => {
    expect(openCutter(Uint8Array.from([0xff, 0xfe, 0x55, 0x00]))).toMatchObject({ kind: "whole" });
  });
});
