/**
 * The engine for EDIFACT and X12 as a stream: push bytes, get statuses; stop anywhere, go on elsewhere. The
 * checkpoint says from which byte to go on and holds the rest as plain JSON, so that a Worker can read a file of
 * any size in ranges.
 */
import { type EdiProfile, genericProfile } from "./edi-profile.ts";
import { type EdiSink, makeRemark } from "./messages/edi-sink.ts";
import { EdifactEnvelope, type EdifactState } from "./messages/edifact-envelope.ts";
import type { RemarkKind } from "./remarks.ts";
import { type ScanSink, type ScanState, SegmentScanner } from "./scan/segment-scanner.ts";

/** Where to go on. `offset` is the first byte to push; the rest is for the reader alone. JSON goes through it unchanged. */
export interface EdiCheckpoint {
  readonly offset: number;
  readonly scan: ScanState;
  readonly edifact: EdifactState;
}

export class EdiReader {
  private readonly scanner: SegmentScanner;
  private readonly edifact: EdifactEnvelope;
  private truncated = false;

  /** `from`: a checkpoint of an earlier reader with the same profile. */
  constructor(sink: EdiSink, profile: EdiProfile = genericProfile, from?: EdiCheckpoint) {
    const scanSink: ScanSink = {
      segment: (seg) => this.edifact.segment(seg),
      scanRemark: (kind, offset, facts) => this.scanRemark(sink, kind, offset, facts),
    };
    this.scanner =
      from === undefined
        ? new SegmentScanner(scanSink)
        : new SegmentScanner(scanSink, structuredClone(from.scan));
    this.edifact = new EdifactEnvelope(
      sink,
      this.scanner.state,
      profile,
      from === undefined ? undefined : structuredClone(from.edifact),
    );
  }

  /** The next bytes of the file, cut anywhere. */
  push(bytes: Uint8Array): void {
    this.scanner.push(bytes);
  }

  /** The file is over. True: complete; false: it ends in the middle of an interchange (or holds none). */
  finish(): boolean {
    this.scanner.finish();
    const { offset, interchanges } = this.scanner.state;
    this.edifact.finish(offset);
    return interchanges > 0 && this.edifact.state.allClosed && !this.truncated;
  }

  /** Everything pushed so far is dealt with up to `offset`; push from there on when going on. */
  checkpoint(): EdiCheckpoint {
    return structuredClone({
      offset: this.scanner.state.offset,
      scan: this.scanner.state,
      edifact: this.edifact.state,
    });
  }

  private scanRemark(
    sink: EdiSink,
    kind: RemarkKind,
    offset: number,
    facts: Readonly<Record<string, string | number>>,
  ): void {
    if (kind === "SEGMENT_TOO_LONG") this.edifact.lostSegment(offset);
    if (kind === "ISA_TRUNCATED") this.truncated = true;
    const at = { ...this.edifact.place(), offset };
    sink.remark(makeRemark(kind, sentences[kind] ?? kind, at, facts));
  }
}

const sentences: Partial<Record<RemarkKind, string>> = {
  BOM_SKIPPED: "A byte order mark stands before the first interchange.",
  LEADING_WHITESPACE_SKIPPED: "Blanks or blank lines stand before the first interchange.",
  GARBAGE_SKIPPED: "Bytes that belong to no interchange are passed over.",
  SEGMENT_TOO_LONG: "A segment is longer than any may be: it is left out.",
  SEGMENT_UNTERMINATED: "The file ends inside a segment.",
  ISA_LENGTH: "ISA has not the length the standard fixes: its separators were counted.",
  ISA_TRUNCATED: "The file ends inside ISA.",
  CHARSET_MISDECLARED: "The bytes are not of the charset that UNB declares: decoded as what they are.",
  CHARSET_MIXED: "Two charsets in one interchange: this segment is decoded as declared.",
};
