/** Headers and trailers of EDIFACT and X12 envelopes as bytes: what a piece needs to be an interchange of its own. */
import { decodeLatin1 } from "../scan/charset.ts";
import type { ScanState } from "../scan/scan-state.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import type { Separators } from "../scan/separators.ts";
import { bytesOf } from "./byte-window.ts";
import type { GroupFrame, InterchangeFrame } from "./cut-state.ts";

export type EnvelopeStep =
  | "interchange opens"
  | "interchange closes"
  | "group opens"
  | "group closes"
  | "message opens"
  | "message closes";

const edifactSteps: ReadonlyMap<number, EnvelopeStep> = new Map([
  [tagCode("UNB"), "interchange opens"],
  [tagCode("UNZ"), "interchange closes"],
  [tagCode("UNG"), "group opens"],
  [tagCode("UNE"), "group closes"],
  [tagCode("UNH"), "message opens"],
  [tagCode("UNT"), "message closes"],
]);

const x12Steps: ReadonlyMap<number, EnvelopeStep> = new Map([
  [tagCode("ISA"), "interchange opens"],
  [tagCode("IEA"), "interchange closes"],
  [tagCode("GS"), "group opens"],
  [tagCode("GE"), "group closes"],
  [tagCode("ST"), "message opens"],
  [tagCode("SE"), "message closes"],
]);

/** Where references stand in the headers: UNB 0020, UNG 0048 (both the fifth), ISA13, GS06. */
const referenceAt = {
  edifact: { interchange: 5, group: 5 },
  x12: { interchange: 13, group: 6 },
} as const;

/** What a segment means for the envelope; null for one of a message's content. */
export function envelopeStep(x12: boolean, code: number): EnvelopeStep | null {
  return (x12 ? x12Steps : edifactSteps).get(code) ?? null;
}

/** UNA for these service characters, one character a byte. */
export function unaOf(una: Separators): string {
  const sign = (byte: number): string => (byte < 0 ? " " : String.fromCharCode(byte));
  return `UNA${[una.component, una.element, una.decimal, una.release, una.repetition, una.terminator].map(sign).join("")}`;
}

/** The n-th element of a segment as its bytes stand, its first component only; the tag is element 0. */
function rawElement(segment: Uint8Array, separators: Separators, n: number): string {
  let element = 0;
  let from = 0;
  let to = -1;
  let i = 0;
  for (; i < segment.length; i++) {
    const byte = segment[i];
    if (byte === separators.release) i++;
    else if (byte === separators.element || byte === separators.terminator) {
      if (element === n) break;
      element++;
      from = i + 1;
    } else if (byte === separators.component && element === n && to < 0) to = i;
  }
  return element === n ? decodeLatin1(segment.subarray(from, to < 0 ? i : to)) : "";
}

/** What a piece needs of an interchange: `header` are the bytes of its UNB or ISA, `scan` stands at it. */
export function interchangeFrame(seg: Segment, header: Uint8Array, scan: ScanState): InterchangeFrame {
  const { hasUna, una, separators } = scan;
  const x12 = scan.mode === "x12";
  const at = (x12 ? referenceAt.x12 : referenceAt.edifact).interchange;
  return {
    x12,
    separators,
    header: `${hasUna && una !== null ? unaOf(una) : ""}${decodeLatin1(header)}`,
    reference: rawElement(header, separators, at),
    control_ref: seg.get(at),
    split: false,
    messages: 0,
    groups: 0,
  };
}

/** What a piece needs of a group: `header` are the bytes of its UNG or GS. */
export function groupFrame(interchange: InterchangeFrame, header: Uint8Array, lineEnd: string): GroupFrame {
  const at = (interchange.x12 ? referenceAt.x12 : referenceAt.edifact).group;
  return {
    header: `${lineEnd}${decodeLatin1(header)}`,
    reference: rawElement(header, interchange.separators, at),
    split: false,
  };
}

/** A trailer with a count and the header's own reference. `lineEnd` stands before it, as it stands before the others. */
export function trailerBytes(
  { x12, separators }: { readonly x12: boolean; readonly separators: Separators },
  level: "interchange" | "group",
  count: number,
  reference: string,
  lineEnd: string,
  terminated = true,
): Uint8Array {
  const tag = x12 ? (level === "group" ? "GE" : "IEA") : level === "group" ? "UNE" : "UNZ";
  const element = String.fromCharCode(separators.element);
  const terminator = terminated ? String.fromCharCode(separators.terminator) : "";
  return bytesOf(`${lineEnd}${tag}${element}${count}${element}${reference}${terminator}`);
}
