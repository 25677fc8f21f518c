/**
 * CONTRL (ISO 9735-4, syntax answer) and APERAK (application answer). The value says what is answered and how;
 * matching it with what was sent is the sender's side of the house.
 */
import type {
  EdiAcknowledgedMessage,
  EdiAcknowledgement,
  EdiAcknowledgementError,
  InterchangeFacts,
} from "../edi-status.ts";
import type { PlaceInFile } from "../remarks.ts";
import { type Segment, tagCode } from "../scan/segment.ts";

const UCI = tagCode("UCI");
const UCF = tagCode("UCF");
const UCM = tagCode("UCM");
const UCS = tagCode("UCS");
const UCD = tagCode("UCD");
const BGM = tagCode("BGM");
const RFF = tagCode("RFF");
const ERC = tagCode("ERC");
const FTX = tagCode("FTX");

const MAX_DETAILS = 2000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type OpenDetail = Omit<Writable<EdiAcknowledgedMessage>, "errors"> & { errors: EdiAcknowledgementError[] };

/** Plain data; goes into a checkpoint. */
export interface EdifactAckState {
  readonly kind: "CONTRL" | "APERAK";
  interchangeRef: string | null;
  groupRef: string | null;
  messageRef: string | null;
  /** 0083 of the UCI, or 1225 of the BGM. */
  action: string | null;
  groupRefused: boolean;
  details: OpenDetail[];
  errors: EdiAcknowledgementError[];
}

export function newEdifactAckState(kind: "CONTRL" | "APERAK"): EdifactAckState {
  return {
    kind,
    interchangeRef: null,
    groupRef: null,
    messageRef: null,
    action: null,
    groupRefused: false,
    details: [],
    errors: [],
  };
}

function position(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function error(part: Partial<EdiAcknowledgementError>): EdiAcknowledgementError {
  return { code: null, segment: null, position: null, element: null, value: null, text: null, ...part };
}

/** One segment between UNH and UNT of a CONTRL or APERAK. */
export function readEdifactAckSegment(seg: Segment, state: EdifactAckState): void {
  const last = state.details[state.details.length - 1];
  const errors = last === undefined ? state.errors : last.errors;
  switch (seg.code) {
    case UCI:
      state.interchangeRef = seg.get(1);
      state.action = seg.get(4);
      if (seg.get(5) !== null) state.errors.push(error({ code: seg.get(5), segment: seg.get(6) }));
      return;
    case UCF:
      state.groupRef = seg.get(1);
      if (seg.get(4) === "4") state.groupRefused = true;
      if (seg.get(5) !== null) state.errors.push(error({ code: seg.get(5), segment: seg.get(6) }));
      return;
    case UCM: {
      if (state.details.length >= MAX_DETAILS) return;
      const action = seg.get(3);
      state.details.push({
        ref: seg.get(1) ?? "",
        type: seg.get(2, 0),
        accepted: action !== "4",
        result: action === "4" ? "rejected" : action === "7" || action === "8" ? "accepted" : "unknown",
        errors: seg.get(4) === null ? [] : [error({ code: seg.get(4), segment: seg.get(5) })],
      });
      return;
    }
    case UCS:
      if (errors.length < MAX_DETAILS)
        errors.push(error({ code: seg.get(2), position: position(seg.get(1)) }));
      return;
    case UCD:
      if (errors.length < MAX_DETAILS) errors.push(error({ code: seg.get(1), element: seg.get(2, 0) }));
      return;
    case BGM:
      if (state.kind === "APERAK") state.action = seg.get(3);
      return;
    case RFF:
      readReference(seg, state);
      return;
    case ERC:
      if (errors.length < MAX_DETAILS) errors.push(error({ code: seg.get(1, 0) }));
      return;
    case FTX: {
      const text = [...Array(seg.components(4)).keys()]
        .map((c) => seg.get(4, c) ?? "")
        .join(" ")
        .trim()
        .slice(0, 512);
      const open = errors[errors.length - 1];
      if (open !== undefined && open.text === null) errors[errors.length - 1] = { ...open, text };
      else if (text !== "" && errors.length < MAX_DETAILS) errors.push(error({ text }));
      return;
    }
  }
}

/** RFF of an APERAK: ACW the refused message, AAM/ACE and others a document. */
function readReference(seg: Segment, state: EdifactAckState): void {
  if (state.kind !== "APERAK") return;
  const qualifier = seg.get(1, 0);
  const value = seg.get(1, 1);
  if (value === null) return;
  if (qualifier === "ACW" || (qualifier === "ACE" && state.messageRef === null)) state.messageRef = value;
  else if (qualifier === "AGO" || qualifier === "TN") state.interchangeRef ??= value;
}

/** The value at the message's end. */
export function closeEdifactAck(
  state: EdifactAckState,
  interchange: InterchangeFacts,
  at: PlaceInFile,
): EdiAcknowledgement {
  return {
    kind: state.kind,
    interchange,
    at,
    result: state.kind === "CONTRL" ? contrlResult(state) : aperakResult(state),
    interchange_ref: state.interchangeRef,
    group_ref: state.groupRef,
    message_ref: state.messageRef,
    details: state.details,
    errors: state.errors,
  };
}

function contrlResult(state: EdifactAckState): EdiAcknowledgement["result"] {
  if (state.action === "4") return "rejected";
  if (state.groupRefused || state.details.some((d) => !d.accepted)) return "partial";
  if (state.action === "8") return "received";
  return state.action === "7" ? "accepted" : "unknown";
}

/** 1225: 27 not accepted, 29 accepted, 30 accepted with change; an ERC without any of them is a refusal. */
function aperakResult(state: EdifactAckState): EdiAcknowledgement["result"] {
  if (state.action === "27") return "rejected";
  if (state.action === "29") return "accepted";
  if (state.action === "30") return "accepted_with_errors";
  return state.errors.some((e) => e.code !== null) ? "rejected" : "unknown";
}
