/**
 * UNB … UNZ: which interchange, group and message a segment belongs to, and whether the trailers agree. What is
 * wrong with an envelope is told and costs nothing else: the messages inside are read as they are.
 */
import {
  closeEdifactAck,
  type EdifactAckState,
  newEdifactAckState,
  readEdifactAckSegment,
} from "../acknowledgements/edifact-acknowledgement.ts";
import type { EdiProfile } from "../edi-profile.ts";
import type { DocumentFunction, InterchangeFacts, MessageFacts } from "../edi-status.ts";
import { dateAt, fullYear, timeAt } from "../iftsta/date-time.ts";
import { type IftstaContext, IftstaReader } from "../iftsta/iftsta-reader.ts";
import { type IftstaState, newIftstaState } from "../iftsta/iftsta-state.ts";
import type { PlaceInFile, RemarkKind } from "../remarks.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import type { ScanState } from "../scan/segment-scanner.ts";
import { type EdiSink, makeRemark, readCount } from "./edi-sink.ts";

const UNB = tagCode("UNB");
const UNZ = tagCode("UNZ");
const UNG = tagCode("UNG");
const UNE = tagCode("UNE");
const UNH = tagCode("UNH");
const UNT = tagCode("UNT");

const documentFunctions: Readonly<Record<string, DocumentFunction>> = {
  "1": "cancel",
  "4": "change",
  "5": "replace",
  "7": "duplicate",
  "8": "status",
  "9": "original",
  "31": "copy",
};

interface OpenInterchange {
  readonly facts: InterchangeFacts;
  readonly offset: number;
  groups: number;
  messages: number;
  outsideTold: boolean;
}

interface OpenGroup {
  readonly ref: string | null;
  readonly type: string | null;
  messages: number;
}

interface OpenMessage {
  readonly ref: string;
  readonly type: string;
  readonly release: string;
  readonly association: string | null;
  readonly offset: number;
  segments: number;
  iftsta: IftstaState | null;
  ack: EdifactAckState | null;
}

/** Plain data; goes into a checkpoint. */
export interface EdifactState {
  interchange: OpenInterchange | null;
  group: OpenGroup | null;
  message: OpenMessage | null;
  /** Every interchange so far has its trailer. */
  allClosed: boolean;
}

export function newEdifactState(): EdifactState {
  return { interchange: null, group: null, message: null, allClosed: true };
}

/** S004: `YYMMDD:HHMM`, in syntax 4 `CCYYMMDD:HHMM`; null when it is no date. */
export function preparedAt(date: string, time: string): string | null {
  const d = date.trim();
  const t = time.trim();
  const long = d.length === 6 ? `${fullYear(Number(d.slice(0, 2)))}${d.slice(2)}` : d;
  if (long.length !== 8) return null;
  const day = dateAt(long, 0);
  if (day === null) return null;
  if (t === "") return day;
  const clock = t.length === 4 ? timeAt(t, 0, 4) : t.length === 6 ? timeAt(t, 0, 6) : null;
  return clock === null ? null : `${day}T${clock}`;
}

export class EdifactEnvelope implements IftstaContext {
  readonly state: EdifactState;
  private readonly sink: EdiSink;
  private readonly scan: ScanState;
  private readonly iftsta: IftstaReader;
  private facts: MessageFacts | null = null;
  private offset = 0;

  constructor(sink: EdiSink, scan: ScanState, profile: EdiProfile, state: EdifactState = newEdifactState()) {
    this.sink = sink;
    this.scan = scan;
    this.state = state;
    this.iftsta = new IftstaReader(profile);
  }

  segment(seg: Segment): void {
    const { state } = this;
    const { message } = state;
    this.offset = seg.offset;
    switch (seg.code) {
      case UNH:
        this.openMessage(seg);
        return;
      case UNT:
        this.closeMessage(seg);
        return;
      case UNB:
        this.openInterchange(seg);
        return;
      case UNZ:
        this.closeInterchange(seg);
        return;
      case UNG:
        this.openGroup(seg);
        return;
      case UNE:
        this.closeGroup(seg);
        return;
    }
    if (message === null) {
      this.outside(seg);
      return;
    }
    message.segments++;
    if (message.iftsta !== null) this.iftsta.segment(seg, message.iftsta, this);
    else if (message.ack !== null) readEdifactAckSegment(seg, message.ack);
  }

  /** A segment that the scanner dropped still counts in its message. */
  lostSegment(offset: number): void {
    this.offset = offset;
    if (this.state.message !== null) this.state.message.segments++;
  }

  /** The file is over. */
  finish(offset: number): void {
    this.offset = offset;
    this.missingTrailers(true);
  }

  // --- what a message reader asks for ---------------------------------------------------------------------

  get interchange(): InterchangeFacts {
    const open = this.state.interchange;
    if (open === null) throw new Error("A message is read outside an interchange.");
    return open.facts;
  }

  /** Built when the first status needs it: BGM has been read by then. */
  get message(): MessageFacts {
    if (this.facts !== null) return this.facts;
    const { message, group } = this.state;
    if (message === null) throw new Error("A status is read outside a message.");
    const { iftsta } = message;
    this.facts = {
      ref: message.ref,
      type: message.type,
      release: message.release,
      association: message.association,
      group_ref: group?.ref ?? null,
      document_code: iftsta?.documentCode ?? null,
      document_number: iftsta?.documentNumber ?? null,
      document_function: documentFunctions[iftsta?.documentFunction ?? ""] ?? null,
      carrier: null,
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

  status(status: Parameters<EdiSink["status"]>[0]): void {
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

  // --- interchange ----------------------------------------------------------------------------------------

  private openInterchange(seg: Segment): void {
    this.missingTrailers(false);
    const reference = seg.get(5);
    const date = seg.text(4, 0);
    const time = seg.text(4, 1);
    const prepared = preparedAt(date, time);
    const facts: InterchangeFacts = {
      index: this.scan.interchanges,
      format: "edifact",
      sender: seg.get(2, 0),
      sender_qualifier: seg.get(2, 1),
      sender_internal: seg.get(2, 2),
      receiver: seg.get(3, 0),
      receiver_qualifier: seg.get(3, 1),
      receiver_internal: seg.get(3, 2),
      control_ref: reference,
      prepared,
      application_ref: seg.get(7),
      agreement: seg.get(10),
      test: seg.get(11) === "1",
      ack_requested: seg.get(9) === "1",
      syntax: seg.get(1, 0),
      version: seg.get(1, 1),
    };
    this.state.interchange = { facts, offset: seg.offset, groups: 0, messages: 0, outsideTold: false };
    this.sink.opened?.(facts);
    if (prepared === null) {
      this.remark("UNB_DATE_INVALID", "The date of preparation is no date: it is left out.", {
        value: `${date}:${time}`,
      });
    }
    if (reference === null) {
      this.remark(
        "UNB_REF_BLANK",
        "The interchange has no control reference: a file sent twice is told by its content alone.",
      );
    }
  }

  private closeInterchange(seg: Segment): void {
    const open = this.state.interchange;
    if (open === null) return;
    const declared = readCount(seg.text(1));
    const actual = open.groups > 0 ? open.groups : open.messages;
    const reference = seg.get(2);
    const fits = declared === actual && reference === open.facts.control_ref;
    if (seg.unterminated && !fits) return;
    this.missingMessageTrailer(false);
    this.missingGroupTrailer();
    if (declared !== actual) {
      this.remark("UNZ_COUNT_MISMATCH", `UNZ says ${declared ?? "no number"}, there are ${actual}.`, {
        declared,
        actual,
      });
    }
    if (reference !== open.facts.control_ref) {
      this.remark("UNZ_REF_MISMATCH", "UNZ and UNB name different interchanges.", {
        header: open.facts.control_ref,
        trailer: reference,
      });
    }
    this.report(open, declared, actual, reference, fits, true);
  }

  private report(
    open: OpenInterchange,
    declared: number | null,
    actual: number,
    trailer: string | null,
    ok: boolean,
    complete: boolean,
  ): void {
    this.sink.closed?.({
      level: "interchange",
      interchange: open.facts,
      ref: open.facts.control_ref,
      type: null,
      release: null,
      group_ref: null,
      handled: true,
      declared,
      actual,
      trailer_ref: trailer,
      ok,
      complete,
      separators: this.scan.separators,
      charset: this.scan.charset,
      una: this.scan.hasUna,
    });
    if (!complete) this.state.allClosed = false;
    this.state.interchange = null;
    this.state.group = null;
  }

  // --- group ----------------------------------------------------------------------------------------------

  private openGroup(seg: Segment): void {
    const { interchange } = this.state;
    if (interchange === null) return;
    this.missingMessageTrailer(false);
    this.missingGroupTrailer();
    interchange.groups++;
    this.state.group = { ref: seg.get(5), type: seg.get(1), messages: 0 };
  }

  private closeGroup(seg: Segment): void {
    const { group } = this.state;
    if (group === null) {
      this.outside(seg);
      return;
    }
    this.missingMessageTrailer(false);
    const declared = readCount(seg.text(1));
    const reference = seg.get(2);
    if (declared !== group.messages) {
      this.remark(
        "UNE_COUNT_MISMATCH",
        `UNE says ${declared ?? "no number"}, there are ${group.messages} messages.`,
        { declared, actual: group.messages },
      );
    }
    if (reference !== group.ref) {
      this.remark("UNE_REF_MISMATCH", "UNE and UNG name different groups.", {
        header: group.ref,
        trailer: reference,
      });
    }
    this.endGroup(group, declared, reference, declared === group.messages && reference === group.ref, true);
  }

  private endGroup(
    group: OpenGroup,
    declared: number | null,
    trailer: string | null,
    ok: boolean,
    complete: boolean,
  ): void {
    const { interchange } = this.state;
    if (interchange !== null) {
      this.sink.closed?.({
        level: "group",
        interchange: interchange.facts,
        ref: group.ref,
        type: group.type,
        release: null,
        group_ref: null,
        handled: true,
        declared,
        actual: group.messages,
        trailer_ref: trailer,
        ok,
        complete,
        separators: null,
        charset: null,
        una: false,
      });
    }
    this.state.group = null;
  }

  // --- message --------------------------------------------------------------------------------------------

  private openMessage(seg: Segment): void {
    const { state } = this;
    if (state.interchange === null) return;
    this.missingMessageTrailer(false);
    state.interchange.messages++;
    if (state.group !== null) state.group.messages++;
    const type = (seg.get(2, 0) ?? "").toUpperCase();
    const version = seg.get(2, 1) ?? "";
    const release = seg.get(2, 2) ?? "";
    state.message = {
      ref: seg.get(1) ?? "",
      type,
      release: release === "" ? version : `${version}.${release}`,
      association: seg.get(2, 4),
      offset: seg.offset,
      segments: 1,
      iftsta: type === "IFTSTA" ? newIftstaState() : null,
      ack: type === "CONTRL" || type === "APERAK" ? newEdifactAckState(type) : null,
    };
    this.facts = null;
    if (state.message.iftsta === null && state.message.ack === null) {
      this.remark(
        "MESSAGE_SKIPPED",
        `A ${type || "message without a type"} holds no statuses: it is skipped.`,
        { type },
      );
    }
  }

  private closeMessage(seg: Segment): void {
    const { message } = this.state;
    if (message === null) {
      this.outside(seg);
      return;
    }
    message.segments++;
    const declared = readCount(seg.text(1));
    const reference = seg.get(2) ?? "";
    this.endMessageContent(message, false);
    if (declared !== message.segments) {
      this.remark(
        "UNT_COUNT_MISMATCH",
        `UNT says ${declared ?? "no number"}, the message has ${message.segments} segments.`,
        {
          declared,
          actual: message.segments,
        },
      );
    }
    if (reference !== message.ref) {
      this.remark("UNT_REF_MISMATCH", "UNT and UNH name different messages.", {
        header: message.ref,
        trailer: reference,
      });
    }
    this.endMessage(
      message,
      declared,
      reference,
      declared === message.segments && reference === message.ref,
      true,
    );
  }

  private endMessageContent(message: OpenMessage, unfinished: boolean): void {
    if (message.iftsta !== null) this.iftsta.close(message.iftsta, this, unfinished);
    else if (message.ack !== null && !unfinished) {
      this.sink.acknowledgement(
        closeEdifactAck(message.ack, this.interchange, {
          ...this.place(),
          segment: 1,
          offset: message.offset,
        }),
      );
    }
  }

  private endMessage(
    message: OpenMessage,
    declared: number | null,
    trailer: string | null,
    ok: boolean,
    complete: boolean,
  ): void {
    const { interchange, group } = this.state;
    if (interchange !== null) {
      this.sink.closed?.({
        level: "message",
        interchange: interchange.facts,
        ref: message.ref,
        type: message.type,
        release: message.release,
        group_ref: group?.ref ?? null,
        handled: message.iftsta !== null,
        declared,
        actual: message.segments,
        trailer_ref: trailer,
        ok,
        complete,
        separators: null,
        charset: null,
        una: false,
      });
    }
    this.state.message = null;
    this.facts = null;
  }

  // --- what is missing ------------------------------------------------------------------------------------

  private missingMessageTrailer(fileEnds: boolean): void {
    const { message } = this.state;
    if (message === null) return;
    this.endMessageContent(message, fileEnds);
    this.remark("UNT_MISSING", "The message has no trailer.");
    this.endMessage(message, null, null, false, false);
  }

  private missingGroupTrailer(): void {
    const { group } = this.state;
    if (group === null) return;
    this.remark("UNE_MISSING", "The group has no trailer.");
    this.endGroup(group, null, null, false, false);
  }

  private missingTrailers(fileEnds: boolean): void {
    this.missingMessageTrailer(fileEnds);
    const open = this.state.interchange;
    if (open === null) return;
    this.missingGroupTrailer();
    this.remark(
      "UNZ_MISSING",
      fileEnds
        ? "The file ends before the interchange does: it is still being written, or was cut."
        : "The interchange has no trailer.",
    );
    this.report(open, null, open.groups > 0 ? open.groups : open.messages, null, false, false);
  }

  private outside(seg: Segment): void {
    const { interchange } = this.state;
    if (interchange === null || interchange.outsideTold) return;
    interchange.outsideTold = true;
    this.remark("SEGMENT_OUTSIDE_MESSAGE", "Segments stand outside any message: they are passed over.", {
      tag: seg.tag,
    });
  }
}
