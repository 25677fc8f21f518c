/**
 * The bookkeeping of envelopes, the same for EDIFACT and X12: what opens, what closes, whether the trailers agree.
 * What is wrong with an envelope is told and costs nothing else: the messages inside are read as they are.
 */
import type { EdiStatus, InterchangeFacts, MessageFacts } from "../edi-status.ts";
import type { PlaceInFile, RemarkKind } from "../remarks.ts";
import type { ScanState } from "../scan/scan-state.ts";
import type { Segment } from "../scan/segment.ts";
import { type EdiSink, type EnvelopeReport, makeRemark, readCount } from "./edi-sink.ts";
import {
  type EnvelopeState,
  newEnvelopeState,
  type OpenGroup,
  type OpenInterchange,
  type OpenMessage,
} from "./envelope-state.ts";

interface TrailerKinds {
  readonly header: string;
  readonly trailer: string;
  readonly count: RemarkKind;
  readonly ref: RemarkKind;
  readonly missing: RemarkKind;
}

type Level = "message" | "group" | "interchange";

const edifactTrailers: Readonly<Record<Level, TrailerKinds>> = {
  message: {
    header: "UNH",
    trailer: "UNT",
    count: "UNT_COUNT_MISMATCH",
    ref: "UNT_REF_MISMATCH",
    missing: "UNT_MISSING",
  },
  group: {
    header: "UNG",
    trailer: "UNE",
    count: "UNE_COUNT_MISMATCH",
    ref: "UNE_REF_MISMATCH",
    missing: "UNE_MISSING",
  },
  interchange: {
    header: "UNB",
    trailer: "UNZ",
    count: "UNZ_COUNT_MISMATCH",
    ref: "UNZ_REF_MISMATCH",
    missing: "UNZ_MISSING",
  },
};

const x12Trailers: Readonly<Record<Level, TrailerKinds>> = {
  message: {
    header: "ST",
    trailer: "SE",
    count: "SE_COUNT_MISMATCH",
    ref: "SE_REF_MISMATCH",
    missing: "SE_MISSING",
  },
  group: {
    header: "GS",
    trailer: "GE",
    count: "GE_COUNT_MISMATCH",
    ref: "GE_REF_MISMATCH",
    missing: "GE_MISSING",
  },
  interchange: {
    header: "ISA",
    trailer: "IEA",
    count: "IEA_COUNT_MISMATCH",
    ref: "IEA_REF_MISMATCH",
    missing: "IEA_MISSING",
  },
};

/** What a trailer segment says. Null: there is none. */
interface Trailer {
  readonly declared: number | null;
  readonly ref: string | null;
}

/** Ends a message's content: hands on what is still open in it. */
export type ContentEnd = (message: OpenMessage, unfinished: boolean) => void;

export class Envelope {
  readonly state: EnvelopeState;
  private readonly sink: EdiSink;
  private readonly scan: ScanState;
  private readonly contentEnds: ContentEnd;
  private facts: MessageFacts | null = null;
  private offset = 0;

  constructor(
    sink: EdiSink,
    scan: ScanState,
    contentEnds: ContentEnd,
    state: EnvelopeState = newEnvelopeState(),
  ) {
    this.sink = sink;
    this.scan = scan;
    this.contentEnds = contentEnds;
    this.state = state;
  }

  // --- what a message reader asks for ---------------------------------------------------------------------

  get interchange(): InterchangeFacts {
    const open = this.state.interchange;
    if (open === null) throw new Error("A message is read outside an interchange.");
    return open.facts;
  }

  /** Facts of the open message, made when the first status needs them: its heading has been read by then. */
  messageFacts(
    heading: Pick<MessageFacts, "document_code" | "document_number" | "document_function" | "carrier">,
  ): MessageFacts {
    if (this.facts !== null) return this.facts;
    const { message, group } = this.state;
    if (message === null) throw new Error("A status is read outside a message.");
    this.facts = {
      ref: message.ref,
      type: message.type,
      release: message.release,
      association: message.association,
      group_ref: group?.ref ?? null,
      document_code: heading.document_code,
      document_number: heading.document_number,
      document_function: heading.document_function,
      carrier: heading.carrier,
    };
    return this.facts;
  }

  get segmentNumber(): number {
    return this.state.message?.segments ?? 0;
  }

  get repetitionSign(): string {
    const { repetition } = this.scan.separators;
    return repetition < 0 ? "" : String.fromCharCode(repetition);
  }

  status(status: EdiStatus): void {
    this.sink.status(status);
  }

  remark(
    kind: RemarkKind,
    detail: string,
    facts: Readonly<Record<string, string | number | null>> = {},
  ): void {
    this.sink.remark(makeRemark(kind, detail, this.place(), facts));
  }

  place(): PlaceInFile {
    return {
      interchange: this.state.interchange?.facts.index ?? this.scan.interchanges,
      message: this.state.message?.ref ?? null,
      segment: this.segmentNumber,
      offset: this.offset,
    };
  }

  /** Every segment comes by here first. */
  at(offset: number): void {
    this.offset = offset;
  }

  /** A segment that the scanner dropped still counts in its message. */
  lostSegment(offset: number): void {
    this.offset = offset;
    if (this.state.message !== null) this.state.message.segments++;
  }

  // --- opening --------------------------------------------------------------------------------------------

  openInterchange(facts: InterchangeFacts, offset: number): void {
    this.missingTrailers(false);
    this.state.interchange = { facts, offset, groups: 0, messages: 0, outsideTold: false };
    this.sink.opened?.(facts);
  }

  openGroup(ref: string | null, type: string | null, release: string | null): void {
    const { interchange } = this.state;
    if (interchange === null) return;
    this.messageWithoutTrailer(false);
    this.groupWithoutTrailer();
    interchange.groups++;
    this.state.group = { ref, type, release, messages: 0 };
  }

  openMessage(message: OpenMessage): void {
    const { interchange, group } = this.state;
    if (interchange === null) return;
    this.messageWithoutTrailer(false);
    interchange.messages++;
    if (group !== null) group.messages++;
    this.state.message = message;
    this.facts = null;
    if (message.content.kind === "skip") {
      this.remark(
        "MESSAGE_SKIPPED",
        `A ${message.type || "message without a type"} holds no statuses: it is skipped.`,
        { type: message.type },
      );
    }
  }

  // --- closing --------------------------------------------------------------------------------------------

  /** UNT, SE: segment count and reference. */
  closeMessage(seg: Segment): void {
    const { message } = this.state;
    if (message === null) {
      this.outside(seg);
      return;
    }
    message.segments++;
    this.contentEnds(message, false);
    this.endMessage(message, this.trailerOf(seg));
  }

  /** UNE, GE: message count and reference. */
  closeGroup(seg: Segment): void {
    const { group } = this.state;
    if (group === null) {
      this.outside(seg);
      return;
    }
    this.messageWithoutTrailer(false);
    this.endGroup(group, this.trailerOf(seg));
  }

  /** UNZ, IEA: count and control reference. One without its terminator is believed only if all of it fits. */
  closeInterchange(seg: Segment): void {
    const open = this.state.interchange;
    if (open === null) return;
    const trailer = this.trailerOf(seg);
    const actual = this.countOf(open);
    if (seg.unterminated && (trailer.declared !== actual || trailer.ref !== open.facts.control_ref)) return;
    this.messageWithoutTrailer(false);
    this.groupWithoutTrailer();
    this.endInterchange(open, trailer, actual);
  }

  /** The file is over. */
  finish(offset: number): void {
    this.offset = offset;
    this.missingTrailers(true);
  }

  /** A segment that belongs to no message; told once an interchange. */
  outside(seg: Segment): void {
    const { interchange } = this.state;
    if (interchange === null || interchange.outsideTold) return;
    interchange.outsideTold = true;
    this.remark("SEGMENT_OUTSIDE_MESSAGE", "Segments stand outside any message: they are passed over.", {
      tag: seg.tag.slice(0, 3),
    });
  }

  private trailerOf(seg: Segment): Trailer {
    return { declared: readCount(seg.text(1)), ref: seg.get(2) };
  }

  /** X12 counts groups always, EDIFACT where there are any. */
  private countOf(open: OpenInterchange): number {
    return open.groups > 0 || open.facts.format === "x12" ? open.groups : open.messages;
  }

  private kinds(level: Level): TrailerKinds {
    const trailers = this.state.interchange?.facts.format === "x12" ? x12Trailers : edifactTrailers;
    return trailers[level];
  }

  private compare(level: Level, actual: number, ref: string | null, trailer: Trailer): boolean {
    const kinds = this.kinds(level);
    if (trailer.declared !== actual) {
      const detail = `${kinds.trailer} counts ${trailer.declared ?? "without a number"}, there are ${actual}.`;
      this.remark(kinds.count, detail, { declared: trailer.declared, actual });
    }
    if (trailer.ref !== ref) {
      const detail = `${kinds.trailer} names another ${level} than ${kinds.header}.`;
      this.remark(kinds.ref, detail, { header: ref, trailer: trailer.ref });
    }
    return trailer.declared === actual && trailer.ref === ref;
  }

  private endMessage(message: OpenMessage, trailer: Trailer | null): void {
    const ref = message.ref === "" ? null : message.ref;
    const ok = trailer !== null && this.compare("message", message.segments, ref, trailer);
    this.report(
      "message",
      ref,
      message.type,
      message.release,
      message.segments,
      trailer,
      ok,
      message.content.kind !== "skip",
    );
    this.state.message = null;
    this.facts = null;
  }

  private endGroup(group: OpenGroup, trailer: Trailer | null): void {
    const ok = trailer !== null && this.compare("group", group.messages, group.ref, trailer);
    this.report("group", group.ref, group.type, group.release, group.messages, trailer, ok, true);
    this.state.group = null;
  }

  private endInterchange(open: OpenInterchange, trailer: Trailer | null, actual: number): void {
    const ok = trailer !== null && this.compare("interchange", actual, open.facts.control_ref, trailer);
    this.report("interchange", open.facts.control_ref, null, null, actual, trailer, ok, true);
    if (trailer === null) this.state.allClosed = false;
    this.state.interchange = null;
    this.state.group = null;
  }

  private report(
    level: Level,
    ref: string | null,
    type: string | null,
    release: string | null,
    actual: number,
    trailer: Trailer | null,
    ok: boolean,
    handled: boolean,
  ): void {
    if (this.sink.closed === undefined) return;
    const whole = level === "interchange";
    const report: EnvelopeReport = {
      level,
      interchange: this.interchange,
      ref,
      type,
      release,
      group_ref: level === "message" ? (this.state.group?.ref ?? null) : null,
      handled,
      declared: trailer?.declared ?? null,
      actual,
      trailer_ref: trailer?.ref ?? null,
      ok,
      complete: trailer !== null,
      separators: whole ? this.scan.separators : null,
      charset: whole ? this.scan.charset : null,
      una: whole && this.scan.hasUna,
    };
    this.sink.closed(report);
  }

  // --- what is missing ------------------------------------------------------------------------------------

  private messageWithoutTrailer(fileEnds: boolean): void {
    const { message } = this.state;
    if (message === null) return;
    this.contentEnds(message, fileEnds);
    this.remark(this.kinds("message").missing, "The message has no trailer.");
    this.endMessage(message, null);
  }

  private groupWithoutTrailer(): void {
    const { group } = this.state;
    if (group === null) return;
    this.remark(this.kinds("group").missing, "The group has no trailer.");
    this.endGroup(group, null);
  }

  private missingTrailers(fileEnds: boolean): void {
    this.messageWithoutTrailer(fileEnds);
    this.groupWithoutTrailer();
    const open = this.state.interchange;
    if (open === null) return;
    const detail = fileEnds
      ? "The file ends before the interchange does: it is still being written, or was cut."
      : "The interchange has no trailer.";
    this.remark(this.kinds("interchange").missing, detail);
    this.endInterchange(open, null, this.countOf(open));
  }
}
