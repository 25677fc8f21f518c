/**
 * The engine for EDIFACT and X12 as a stream: push bytes, get statuses; stop anywhere, go on elsewhere. The
 * checkpoint says from which byte to go on and holds the rest as plain JSON, so that a Worker can read a file of
 * any size in ranges.
 */
import { type EdiProfile, genericProfile } from "./edi-profile.ts";
import { type EdiSink, makeRemark } from "./messages/edi-sink.ts";
import { EdifactMessages } from "./messages/edifact-messages.ts";
import { Envelope } from "./messages/envelope.ts";
import type { EnvelopeState, OpenMessage } from "./messages/envelope-state.ts";
import { X12Messages } from "./messages/x12-messages.ts";
import type { RemarkKind } from "./remarks.ts";
import type { ScanSink, ScanState } from "./scan/scan-state.ts";
import type { Segment } from "./scan/segment.ts";
import { SegmentScanner } from "./scan/segment-scanner.ts";

/** Where to go on. `offset` is the first byte to push; the rest is for the reader alone. JSON goes through it unchanged. */
export interface EdiCheckpoint {
  readonly offset: number;
  readonly scan: ScanState;
  readonly envelope: EnvelopeState;
}

export class EdiReader {
  private readonly scanner: SegmentScanner;
  private readonly envelope: Envelope;
  private readonly edifact: EdifactMessages;
  private readonly x12: X12Messages;
  private truncated = false;

  /** `from`: a checkpoint of an earlier reader with the same profile. */
  constructor(sink: EdiSink, profile: EdiProfile = genericProfile, from?: EdiCheckpoint) {
    const scanSink: ScanSink = {
      segment: (seg) => this.segment(seg),
      scanRemark: (kind, offset, facts) => this.scanRemark(sink, kind, offset, facts),
    };
    this.edifact = new EdifactMessages(sink, profile);
    this.x12 = new X12Messages(sink, profile);
    this.scanner =
      from === undefined
        ? new SegmentScanner(scanSink)
        : new SegmentScanner(scanSink, structuredClone(from.scan));
    this.envelope = new Envelope(
      sink,
      this.scanner.state,
      (message, unfinished) => this.contentEnds(message, unfinished),
      from === undefined ? undefined : structuredClone(from.envelope),
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
    this.envelope.finish(offset);
    return interchanges > 0 && this.envelope.state.allClosed && !this.truncated;
  }

  /** Everything pushed so far is dealt with up to `offset`; push from there on when going on. */
  checkpoint(): EdiCheckpoint {
    return structuredClone({
      offset: this.scanner.state.offset,
      scan: this.scanner.state,
      envelope: this.envelope.state,
    });
  }

  private segment(seg: Segment): void {
    const { mode, interchanges } = this.scanner.state;
    this.envelope.at(seg.offset);
    if (mode === "x12") this.x12.segment(seg, this.envelope, interchanges);
    else this.edifact.segment(seg, this.envelope, interchanges);
  }

  private contentEnds(message: OpenMessage, unfinished: boolean): void {
    this.edifact.contentEnds(message, this.envelope, unfinished);
    this.x12.contentEnds(message, this.envelope, unfinished);
  }

  private scanRemark(
    sink: EdiSink,
    kind: RemarkKind,
    offset: number,
    facts: Readonly<Record<string, string | number>>,
  ): void {
    if (kind === "SEGMENT_TOO_LONG") this.envelope.lostSegment(offset);
    // A header that is cut opens no interchange, so nobody else would miss its trailer.
    if (kind === "ISA_TRUNCATED") this.truncated = true;
    if (kind === "SEGMENT_UNTERMINATED" && this.envelope.state.interchange === null) this.truncated = true;
    const at = { ...this.envelope.place(), offset };
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
