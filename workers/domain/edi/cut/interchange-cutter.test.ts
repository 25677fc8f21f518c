import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEdi } from "../read.ts";
import type { CutSizes } from "./cut-state.ts";
import { cutInChunks, cutWithCrashes, readPieces, shown, toldBy } from "./cutting.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const sizesOf = (piece: number, message = 100_000): CutSizes => ({ piece, message });

interface Signs {
  component: string;
  element: string;
  release: string;
  terminator: string;
  una: boolean;
}
const signs: fc.Arbitrary<Signs> = fc.constantFrom(
  { component: ":", element: "+", release: "?", terminator: "'", una: false },
  { component: ":", element: "+", release: "?", terminator: "'", una: true },
  { component: "^", element: "|", release: "\\", terminator: "~", una: true },
  { component: "\x1f", element: "\x1d", release: " ", terminator: "\x1c", una: false },
);

interface Shape {
  signs: Signs;
  lineEnd: string;
  reference: string;
  groups: { reference: string | null; messages: Message[] }[];
  trailer: boolean;
  count: "right" | "wrong";
}
interface Message {
  kind: "IFTSTA" | "INVOIC";
  statuses: number;
  text: string;
  trailer: boolean;
}

const message: fc.Arbitrary<Message> = fc.record({
  kind: fc.constantFrom("IFTSTA", "IFTSTA", "IFTSTA", "INVOIC"),
  statuses: fc.integer({ min: 0, max: 4 }),
  text: fc.constantFrom("", "Angekommen", "Tor 4' links + rechts: ja?", "Müller & Söhne", "x".repeat(600)),
  trailer: fc.boolean().map((bit) => bit || true),
});
const brokenMessage = fc.record({
  kind: fc.constantFrom("IFTSTA" as const),
  statuses: fc.integer({ min: 1, max: 3 }),
  text: fc.constant(""),
  trailer: fc.constant(false),
});
const shapeOf = (messages: fc.Arbitrary<Message>): fc.Arbitrary<Shape> =>
  fc.record({
    signs,
    lineEnd: fc.constantFrom("", "\n", "\r\n"),
    reference: fc.constantFrom("000001840", "REF'7", ""),
    groups: fc.array(
      fc.record({
        reference: fc.option(fc.constantFrom("G1", "G+2")),
        messages: fc.array(messages, { maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    trailer: fc.constant(true),
    count: fc.constantFrom("right" as const, "right" as const, "wrong" as const),
  });

let number = 0;
function edifact(shape: Shape): string {
  const { component: c, element: e, release, terminator: t } = shape.signs;
  const clean = (text: string): string =>
    release === " "
      ? text.replace(/[^\w ]/g, "-")
      : [...text].map((letter) => ([c, e, t, release].includes(letter) ? release + letter : letter)).join("");
  const end = t + shape.lineEnd;
  let out = shape.signs.una ? `UNA${c}${e}.${release} ${t}${shape.lineEnd}` : "";
  out += `UNB${e}UNOC${c}3${e}CARRIER${e}ME${e}260313${c}1037${e}${clean(shape.reference)}${end}`;
  let groups = 0;
  let all = 0;
  for (const group of shape.groups) {
    if (group.reference !== null) {
      out += `UNG${e}IFTSTA${e}A${e}B${e}260313${c}1037${e}${clean(group.reference)}${e}UN${e}D${c}01B${end}`;
      groups++;
    }
    for (const one of group.messages) {
      all++;
      number++;
      const ref = `${all}`;
      const lines = [`UNH${e}${ref}${e}${one.kind}${c}D${c}01B${c}UN`, `BGM${e}77${e}${number}${e}9`];
      for (let s = 0; s < one.statuses; s++) {
        lines.push(`CNI${e}${s + 1}${e}7000${number}${s}`, `STS${e}1${e}21${e}${s}`);
        lines.push(`RFF${e}CU${c}R${number}`, `DTM${e}7${c}2026031${s}1004${c}203`);
        if (one.text !== "") lines.push(`LOC${e}172${e}${clean(one.text)}`);
      }
      if (one.trailer) lines.push(`UNT${e}${lines.length + 1}${e}${ref}`);
      out += lines.map((line) => line + end).join("");
    }
    if (group.reference !== null) out += `UNE${e}${group.messages.length}${e}${clean(group.reference)}${end}`;
  }
  const count = (groups > 0 ? groups : all) + (shape.count === "wrong" ? 1 : 0);
  if (shape.trailer) out += `UNZ${e}${count}${e}${clean(shape.reference)}${end}`;
  return out;
}

interface X12Shape {
  terminator: string;
  groups: { sets: number; text: string }[];
}
const x12Shape: fc.Arbitrary<X12Shape> = fc.record({
  terminator: fc.constantFrom("~", "~\r\n", "\n"),
  groups: fc.array(
    fc.record({
      sets: fc.integer({ min: 0, max: 7 }),
      text: fc.constantFrom("", "LEFT AT DOOR", "x".repeat(300)),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
function x12(shape: X12Shape): string {
  const lines = [
    `ISA*00*          *00*          *02*SCAC           *ZZ*ME             *260313*1037*U*00401*000000007*0*P*>`,
  ];
  for (const [g, group] of shape.groups.entries()) {
    lines.push(`GS*QM*SCAC*ME*20260313*1037*${g + 1}*X*004010`);
    for (let s = 0; s < group.sets; s++) {
      number++;
      const ref = `${s + 1}`.padStart(4, "0");
      const set = [`ST*214*${ref}`, `B10*PRO${number}*SHIP${number}*SCAC`, "LX*1"];
      set.push("AT7*D1*NS***20260313*1015*LT", "MS1*DALLAS*TX*US");
      if (group.text !== "") set.push(`K1*${group.text}`);
      lines.push(...set, `SE*${set.length + 1}*${ref}`);
    }
    lines.push(`GE*${group.sets}*${g + 1}`);
  }
  lines.push(`IEA*${shape.groups.length}*000000007`);
  return lines.map((line) => line + shape.terminator).join("");
}

const chunks = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
const piece = fc.integer({ min: 300, max: 6000 });
const file = fc
  .array(fc.oneof(shapeOf(message).map(edifact), x12Shape.map(x12)), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));

describe("property", () => {
  it("the pieces tell what the whole file tells, each complete, however it is read and cut", () => {
    fc.assert(
      fc.property(file, piece, chunks, (text, size, parts) => {
        const whole = bytes(text);
        const { pieces, state } = cutInChunks(whole, sizesOf(size), parts);
        const readings = readPieces(pieces);
        expect(readings.flatMap(toldBy)).toEqual(toldBy(readEdi(whole)));
        expect(readings.every((reading) => reading.complete)).toBe(true);
        expect(state).toMatchObject({ offset: whole.length, losses: { count: 0 }, pieces: pieces.length });
        expect(pieces.map((one) => one.number)).toEqual(pieces.map((_, n) => n + 1));
      }),
      { numRuns: 150 },
    );
  });

  it("trailers fit where the file's did", () => {
    fc.assert(
      fc.property(file, piece, chunks, (text, size, parts) => {
        const whole = bytes(text);
        const wrong = (bytesRead: Uint8Array) =>
          readEdi(bytesRead).remarks.filter(({ kind }) => /COUNT|REF_MISMATCH|MISSING/.test(kind)).length;
        const { pieces } = cutInChunks(whole, sizesOf(size), parts);
        const told = pieces.reduce((sum, one) => sum + wrong(one.bytes), 0);
        expect(told).toBeLessThanOrEqual(wrong(whole));
      }),
      { numRuns: 80 },
    );
  });

  it("goes on from what a checkpoint holds with the very same pieces", () => {
    fc.assert(
      fc.property(file, piece, fc.integer({ min: 20, max: 2000 }), (text, size, chunk) => {
        const whole = bytes(text);
        expect(shown(cutWithCrashes(whole, sizesOf(size), chunk))).toEqual(
          shown(cutInChunks(whole, sizesOf(size), [whole.length])),
        );
      }),
      { numRuns: 80 },
    );
  });

  it("a file that ends anywhere tells what its reader tells of it, and that it is cut", () => {
    fc.assert(
      fc.property(file, fc.nat(), piece, chunks, (text, at, size, parts) => {
        const whole = bytes(text);
        const cut = whole.subarray(0, Math.max(200, at % whole.length));
        const { pieces } = cutInChunks(cut, sizesOf(size), parts);
        const readings = readPieces(pieces);
        const direct = readEdi(cut);
        expect(readings.flatMap(toldBy)).toEqual(toldBy(direct));
        if (pieces.length > 0) expect(readings.every((reading) => reading.complete)).toBe(direct.complete);
      }),
      { numRuns: 200 },
    );
  });

  it("interchanges without their trailers lose nothing but those, and it is told", () => {
    const open = shapeOf(fc.oneof(message, brokenMessage)).map((shape) =>
      edifact({ ...shape, trailer: false }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(open, file), { minLength: 2, maxLength: 5 }),
        piece,
        chunks,
        (texts, size, parts) => {
          const whole = bytes(texts.join(""));
          const { pieces, state } = cutInChunks(whole, sizesOf(size), parts);
          const readings = readPieces(pieces);
          const direct = readEdi(whole);
          expect(readings.flatMap(toldBy)).toEqual(toldBy(direct));
          const told = state.losses.count > 0 || readings.some((reading) => !reading.complete);
          if (pieces.length > 0 && direct.statuses.length > 0 && told) expect(direct.complete).toBe(false);
          if (direct.complete) expect(told).toBe(false);
        },
      ),
      { numRuns: 80 },
    );
  });

  it("a message without its trailer costs nothing but its trailer", () => {
    fc.assert(
      fc.property(
        shapeOf(fc.oneof(message, brokenMessage)).map(edifact),
        piece,
        chunks,
        (text, size, parts) => {
          const whole = bytes(text);
          const readings = readPieces(cutInChunks(whole, sizesOf(size), parts).pieces);
          expect(readings.flatMap(toldBy)).toEqual(toldBy(readEdi(whole)));
          const missing = (kinds: readonly { kind: string }[]) =>
            kinds.filter(({ kind }) => kind === "UNT_MISSING").length;
          expect(missing(readings.flatMap((reading) => reading.remarks))).toBe(
            missing(readEdi(whole).remarks),
          );
        },
      ),
      { numRuns: 80 },
    );
  });
});

const status = (n: number, more = "") =>
  `UNH+${n}+IFTSTA:D:01B:UN'BGM+77+${n}+9'CNI+1+${700000000 + n}'STS+1+21+0'DTM+7:202603131004:203'${more}UNT+${more === "" ? 6 : 7}+${n}'`;
const HEADER = "UNB+UNOC:3+DHL+ME+260313:1037+R1'";
const interchange = (messages: string[]) => `${HEADER}${messages.join("")}UNZ+${messages.length}+R1'`;

describe("pieces", () => {
  it("hold whole messages byte for byte between the interchange's own header and trailers that fit", () => {
    const messages = [1, 2, 3, 4, 5].map((n) => status(n));
    const { pieces } = cutInChunks(bytes(interchange(messages)), sizesOf(310), [50]);
    expect(pieces.map((one) => new TextDecoder().decode(one.bytes))).toEqual([
      interchange(messages.slice(0, 2)),
      interchange(messages.slice(2, 4)),
      interchange(messages.slice(4)),
    ]);
    const [header, each] = [HEADER.length, status(1).length];
    expect(pieces.map((one) => one.from)).toEqual([header, header + 2 * each, header + 4 * each]);
  });

  it("gather small interchanges as they stand", () => {
    const text = [1, 2, 3].map((n) => interchange([status(n)])).join("\r\n");
    const { pieces } = cutInChunks(bytes(text), sizesOf(10_000), [64]);
    expect(pieces.length).toBe(1);
    expect(readEdi(pieces[0]?.bytes ?? new Uint8Array()).interchanges.length).toBe(3);
  });

  it("are no larger than asked, but for a message that is so by itself: that one stands alone", () => {
    const long = status(2, `FTX+AAI+++${"x".repeat(900)}'`);
    const text = interchange([status(1), long, ...[3, 4, 5, 6, 7].map((n) => status(n))]);
    const { pieces } = cutInChunks(bytes(text), sizesOf(400), [64]);
    expect(pieces.map((one) => one.bytes.length > 400)).toEqual([false, true, false, false]);
    expect(new TextDecoder().decode(pieces[1]?.bytes)).toBe(interchange([long]));
  });

  it("leave out a message longer than any may be, and only that; where it was is told", () => {
    const long = status(2, `FTX+AAI+++${"x".repeat(9000)}'`);
    const text = interchange([status(1), long, status(3)]);
    for (const chunk of [1, 100, 5000, text.length]) {
      const { pieces, state } = cutInChunks(bytes(text), sizesOf(1000, 4000), [chunk]);
      expect(pieces.map((one) => new TextDecoder().decode(one.bytes))).toEqual([
        interchange([status(1)]),
        interchange([status(3)]),
      ]);
      expect(state.losses).toMatchObject({ count: 1, told: [{ from: HEADER.length + status(1).length }] });
      expect(cutWithCrashes(bytes(text), sizesOf(1000, 4000), chunk).pieces).toEqual(pieces);
    }
  });

  it("get on through rubbish of any length, from one checkpoint to the next", () => {
    const rubbish = new Uint8Array(20 * 1024 * 1024).fill(0x2e);
    const parts = [bytes(interchange([status(1)])), rubbish, bytes(interchange([status(2)]))];
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => {
      whole.set(part, at);
      return at + part.length;
    }, 0);
    const { pieces } = cutWithCrashes(whole, sizesOf(900_000), 1 << 20);
    expect(readPieces(pieces).flatMap(toldBy)).toEqual(toldBy(readEdi(whole)));
    expect(pieces.length).toBe(2);
  });

  it("keep the bytes of a text in ISO 8859-1", () => {
    const text = interchange([1, 2, 3].map((n) => status(n, "LOC+172+Sp\xe4terer Liefertermin'")));
    const { pieces } = cutInChunks(latin1(text), sizesOf(300), [7]);
    expect(readPieces(pieces).flatMap(toldBy)).toEqual(toldBy(readEdi(latin1(text))));
    expect(pieces.length).toBe(3);
  });

  it("believe a last UNZ without its terminator if it fits, as their reader does", () => {
    const whole = interchange([1, 2, 3, 4].map((n) => status(n)));
    const open = whole.slice(0, -1);
    const wrong = `${whole.slice(0, whole.lastIndexOf("UNZ"))}UNZ+9+R1`;
    for (const [text, complete] of [
      [open, true],
      [wrong, false],
    ] as const) {
      const readings = readPieces(cutInChunks(bytes(text), sizesOf(400), [64]).pieces);
      expect(readEdi(bytes(text)).complete).toBe(complete);
      expect(readings.every((reading) => reading.complete)).toBe(complete);
      expect(readings.flatMap(toldBy).length).toBe(4);
    }
  });
});
