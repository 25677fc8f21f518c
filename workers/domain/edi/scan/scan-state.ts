/** What the scanner remembers between two chunks, and what it tells. */
import type { Segment } from "./segment.ts";
import { defaultEdifact, type Separators } from "./separators.ts";

export type ScanMode = "between" | "edifact" | "x12";

/** Plain data; goes into a checkpoint. */
export interface ScanState {
  /** Where the next push must begin: everything before it is dealt with. */
  offset: number;
  mode: ScanMode;
  separators: Separators;
  /** UNA was read for the interchange that comes. */
  una: Separators | null;
  /** UNA stood before this interchange's UNB. */
  hasUna: boolean;
  /** Interchanges opened so far. */
  interchanges: number;
  /** S001 of this interchange. */
  declared: string | null;
  /** What the bytes of this interchange turned out to be. */
  charset: string;
  /** Inside a segment that is too long: stepping to its terminator. */
  discarding: boolean;
  /** Bytes of binary data still to step over. */
  skip: number;
  /** Offset where bytes that belong to no interchange began, -1 when there are none. */
  garbageFrom: number;
  /** Something other than blanks was seen; blanks before it are told once. */
  begun: boolean;
  leadingBlanks: boolean;
}

export function newScanState(): ScanState {
  return {
    offset: 0,
    mode: "between",
    separators: defaultEdifact,
    una: null,
    hasUna: false,
    interchanges: 0,
    declared: null,
    charset: "us-ascii",
    discarding: false,
    skip: 0,
    garbageFrom: -1,
    begun: false,
    leadingBlanks: false,
  };
}

export type ScanRemarkKind =
  | "BOM_SKIPPED"
  | "LEADING_WHITESPACE_SKIPPED"
  | "GARBAGE_SKIPPED"
  | "SEGMENT_TOO_LONG"
  | "SEGMENT_UNTERMINATED"
  | "ISA_LENGTH"
  | "ISA_TRUNCATED"
  | "CHARSET_MISDECLARED"
  | "CHARSET_MIXED";

export interface ScanSink {
  /** The segment is valid during the call only. UNB and ISA come with `state` already set for their interchange. */
  segment(segment: Segment): void;
  /** A remark of the byte layer, at a file offset. */
  scanRemark(kind: ScanRemarkKind, offset: number, facts: Record<string, string | number>): void;
}
