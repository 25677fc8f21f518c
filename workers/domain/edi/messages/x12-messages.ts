/** X12: control segments to the envelope, the others to the reader of their set's type. */
import {
  closeX12Ack,
  newX12AckState,
  readTa1,
  readX12AckSegment,
} from "../acknowledgements/x12-acknowledgement.ts";
import type { EdiProfile } from "../edi-profile.ts";
import { type Segment, tagCode } from "../scan/segment.ts";
import { X12StatusReader } from "../x12-214/x12-status-reader.ts";
import { newX12StatusState } from "../x12-214/x12-status-state.ts";
import type { EdiSink } from "./edi-sink.ts";
import type { Envelope } from "./envelope.ts";
import type { MessageContent, OpenMessage } from "./envelope-state.ts";
import { preparedAt } from "./prepared-at.ts";

const ISA = tagCode("ISA");
const IEA = tagCode("IEA");
const GS = tagCode("GS");
const GE = tagCode("GE");
const ST = tagCode("ST");
const SE = tagCode("SE");
const TA1 = tagCode("TA1");

function contentOf(type: string, version: string): MessageContent {
  switch (type) {
    case "214":
    case "240":
      return { kind: "x12-status", state: newX12StatusState(type, version) };
    case "997":
    case "999":
      return { kind: "x12-ack", state: newX12AckState(type) };
    default:
      return { kind: "skip" };
  }
}

export class X12Messages {
  private readonly sink: EdiSink;
  private readonly statuses: X12StatusReader;

  constructor(sink: EdiSink, profile: EdiProfile) {
    this.sink = sink;
    this.statuses = new X12StatusReader(profile);
  }

  /** `index`: 1-based number of the interchange in the file. */
  segment(seg: Segment, envelope: Envelope, index: number): void {
    switch (seg.code) {
      case ST: {
        const type = seg.get(1) ?? "";
        const release =
          envelope.state.group?.release ?? seg.get(3) ?? envelope.state.interchange?.facts.version ?? "";
        envelope.openMessage({
          ref: seg.get(2) ?? "",
          type,
          release,
          association: seg.get(3),
          offset: seg.offset,
          segments: 1,
          content: contentOf(type, release),
        });
        return;
      }
      case SE:
        envelope.closeMessage(seg);
        return;
      case GS:
        envelope.openGroup(seg.get(6), seg.get(1), seg.get(8));
        return;
      case GE:
        envelope.closeGroup(seg);
        return;
      case ISA:
        this.openInterchange(seg, envelope, index);
        return;
      case IEA:
        envelope.closeInterchange(seg);
        return;
    }
    const { message } = envelope.state;
    if (message === null) {
      if (seg.code === TA1 && envelope.state.interchange !== null) {
        this.sink.acknowledgement(readTa1(seg, envelope.interchange, envelope.place()));
      } else envelope.outside(seg);
      return;
    }
    message.segments++;
    if (message.content.kind === "x12-status") this.statuses.segment(seg, message.content.state, envelope);
    else if (message.content.kind === "x12-ack") readX12AckSegment(seg, message.content.state);
  }

  /** The set is over. A cut acknowledgement is none: its missing end may hold the refusal. */
  contentEnds(message: OpenMessage, envelope: Envelope, unfinished: boolean): void {
    const { content } = message;
    if (content.kind === "x12-status") this.statuses.close(content.state, envelope, unfinished);
    else if (content.kind === "x12-ack" && !unfinished) {
      const at = { ...envelope.place(), segment: 1, offset: message.offset };
      this.sink.acknowledgement(closeX12Ack(content.state, envelope.interchange, at));
    }
  }

  private openInterchange(seg: Segment, envelope: Envelope, index: number): void {
    envelope.openInterchange(
      {
        index,
        format: "x12",
        sender: seg.get(6),
        sender_qualifier: seg.get(5),
        sender_internal: null,
        receiver: seg.get(8),
        receiver_qualifier: seg.get(7),
        receiver_internal: null,
        control_ref: seg.get(13),
        prepared: preparedAt(seg.text(9), seg.text(10)),
        application_ref: null,
        agreement: null,
        test: seg.get(15) === "T",
        ack_requested: seg.get(14) === "1",
        syntax: null,
        version: seg.get(12),
      },
      seg.offset,
    );
  }
}
