/** EDIFACT: service segments to the envelope, the others to the reader of their message's type. */
import {
  closeEdifactAck,
  newEdifactAckState,
  readEdifactAckSegment,
} from "../acknowledgements/edifact-acknowledgement.ts";
import type { EdiProfile } from "../edi-profile.ts";
import { IftstaReader } from "../iftsta/iftsta-reader.ts";
import { newIftstaState } from "../iftsta/iftsta-state.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import type { EdiSink } from "./edi-sink.ts";
import type { Envelope } from "./envelope.ts";
import type { MessageContent, OpenMessage } from "./envelope-state.ts";
import { preparedAt } from "./prepared-at.ts";

const UNB = tagCode("UNB");
const UNZ = tagCode("UNZ");
const UNG = tagCode("UNG");
const UNE = tagCode("UNE");
const UNH = tagCode("UNH");
const UNT = tagCode("UNT");

function contentOf(type: string): MessageContent {
  switch (type) {
    case "IFTSTA":
      return { kind: "iftsta", state: newIftstaState() };
    case "CONTRL":
    case "APERAK":
      return { kind: "edifact-ack", state: newEdifactAckState(type) };
    default:
      return { kind: "skip" };
  }
}

let lastRelease = { version: "", release: "", name: "" };

/** `D` and `01B` → `D.01B`. Mostly the same from message to message. */
function releaseName(version: string, release: string): string {
  if (release === "") return version;
  if (lastRelease.version !== version || lastRelease.release !== release) {
    lastRelease = { version, release, name: `${version}.${release}` };
  }
  return lastRelease.name;
}

export class EdifactMessages {
  private readonly sink: EdiSink;
  private readonly iftsta: IftstaReader;

  constructor(sink: EdiSink, profile: EdiProfile) {
    this.sink = sink;
    this.iftsta = new IftstaReader(profile);
  }

  /** `index`: 1-based number of the interchange in the file. */
  segment(seg: Segment, envelope: Envelope, index: number): void {
    switch (seg.code) {
      case UNH:
        this.openMessage(seg, envelope);
        return;
      case UNT:
        envelope.closeMessage(seg);
        return;
      case UNB:
        this.openInterchange(seg, envelope, index);
        return;
      case UNZ:
        envelope.closeInterchange(seg);
        return;
      case UNG:
        envelope.openGroup(seg.get(5), seg.get(1), null);
        return;
      case UNE:
        envelope.closeGroup(seg);
        return;
    }
    const { message } = envelope.state;
    if (message === null) {
      envelope.outside(seg);
      return;
    }
    message.segments++;
    if (message.content.kind === "iftsta") this.iftsta.segment(seg, message.content.state, envelope);
    else if (message.content.kind === "edifact-ack") readEdifactAckSegment(seg, message.content.state);
  }

  /** The message is over. A cut acknowledgement is none: its missing end may hold the refusal. */
  contentEnds(message: OpenMessage, envelope: Envelope, unfinished: boolean): void {
    const { content } = message;
    if (content.kind === "iftsta") this.iftsta.close(content.state, envelope, unfinished);
    else if (content.kind === "edifact-ack" && !unfinished) {
      const at = { ...envelope.place(), segment: 1, offset: message.offset };
      this.sink.acknowledgement(closeEdifactAck(content.state, envelope.interchange, at));
    }
  }

  private openInterchange(seg: Segment, envelope: Envelope, index: number): void {
    const reference = seg.get(5);
    const date = seg.text(4, 0);
    const time = seg.text(4, 1);
    const prepared = preparedAt(date, time);
    envelope.openInterchange(
      {
        index,
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
      },
      seg.offset,
    );
    if (prepared === null) {
      envelope.remark("UNB_DATE_INVALID", "The date of preparation is no date: it is left out.", {
        value: `${date}:${time}`,
      });
    }
    if (reference === null) {
      envelope.remark(
        "UNB_REF_BLANK",
        "The interchange has no control reference: a file sent twice is told by its content alone.",
      );
    }
  }

  private openMessage(seg: Segment, envelope: Envelope): void {
    const type = seg.get(2, 0) ?? "";
    const version = seg.short(2, 1) ?? "";
    const release = seg.short(2, 2) ?? "";
    envelope.openMessage({
      ref: seg.get(1) ?? "",
      type,
      release: releaseName(version, release),
      association: seg.get(2, 4),
      offset: seg.offset,
      segments: 1,
      content: contentOf(type),
    });
  }
}
