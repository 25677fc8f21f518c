/** 997 and 999 (functional and implementation acknowledgement) and TA1 (the envelope's own), X12.5 and X12.6. */
import type {
  EdiAcknowledgedMessage,
  EdiAcknowledgement,
  EdiAcknowledgementError,
  InterchangeFacts,
} from "../edi-status.ts";
import type { PlaceInFile } from "../remarks.ts";
import { type Segment, tagCode } from "../scan/segment.ts";

const AK1 = tagCode("AK1");
const AK2 = tagCode("AK2");
const AK3 = tagCode("AK3");
const AK4 = tagCode("AK4");
const AK5 = tagCode("AK5");
const AK9 = tagCode("AK9");
const IK3 = tagCode("IK3");
const IK4 = tagCode("IK4");
const IK5 = tagCode("IK5");

const MAX_DETAILS = 2000;

interface OpenSet {
  readonly type: string | null;
  readonly ref: string;
  /** 717: A, E, M, R, W, X; null until told. */
  code: string | null;
  errors: EdiAcknowledgementError[];
}

/** Plain data; goes into a checkpoint. */
export interface X12AckState {
  readonly kind: "997" | "999";
  groupRef: string | null;
  /** 715 of AK9. */
  code: string | null;
  sets: OpenSet[];
  errors: EdiAcknowledgementError[];
}

export function newX12AckState(kind: "997" | "999"): X12AckState {
  return { kind, groupRef: null, code: null, sets: [], errors: [] };
}

function position(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function error(part: Partial<EdiAcknowledgementError>): EdiAcknowledgementError {
  return { code: null, segment: null, position: null, element: null, value: null, text: null, ...part };
}

function codesFrom(seg: Segment, element: number): EdiAcknowledgementError[] {
  const errors: EdiAcknowledgementError[] = [];
  for (let e = element; e < Math.min(seg.elementCount, element + 5); e++) {
    const code = seg.get(e);
    if (code !== null) errors.push(error({ code }));
  }
  return errors;
}

/** One segment between ST and SE of a 997 or 999. */
export function readX12AckSegment(seg: Segment, state: X12AckState): void {
  const set = state.sets[state.sets.length - 1];
  const errors = set === undefined ? state.errors : set.errors;
  switch (seg.code) {
    case AK1:
      state.groupRef = seg.get(2);
      return;
    case AK2:
      if (state.sets.length < MAX_DETAILS)
        state.sets.push({ type: seg.get(1), ref: seg.get(2) ?? "", code: null, errors: [] });
      return;
    case AK3:
    case IK3:
      if (errors.length < MAX_DETAILS)
        errors.push(error({ segment: seg.get(1), position: position(seg.get(2)), code: seg.get(4) }));
      return;
    case AK4:
    case IK4: {
      const last = errors[errors.length - 1];
      const place = { segment: last?.segment ?? null, position: last?.position ?? null };
      if (errors.length < MAX_DETAILS) {
        errors.push(
          error({
            ...place,
            element: seg.get(1, 0),
            code: seg.get(3),
            value: seg.get(4)?.slice(0, 80) ?? null,
          }),
        );
      }
      return;
    }
    case AK5:
    case IK5:
      if (set !== undefined) {
        set.code = seg.get(1);
        set.errors.push(...codesFrom(seg, 2));
      }
      return;
    case AK9:
      state.code = seg.get(1);
      state.errors.push(...codesFrom(seg, 5));
      return;
  }
}

/** 717: A accepted, E accepted with errors, M R W X refused for one cause or another. */
function setResult(code: string | null): EdiAcknowledgedMessage["result"] {
  if (code === "A") return "accepted";
  if (code === "E") return "accepted_with_errors";
  return code === null ? "unknown" : "rejected";
}

/** 715: A, E, P part, R and the others refused. */
function groupResult(state: X12AckState): EdiAcknowledgement["result"] {
  switch (state.code) {
    case "A":
      return "accepted";
    case "E":
      return "accepted_with_errors";
    case "P":
      return "partial";
    case null: {
      // AK9 is missing: what the sets say.
      const refused = state.sets.filter((s) => setResult(s.code) === "rejected").length;
      if (refused === 0) return "unknown";
      return refused === state.sets.length ? "rejected" : "partial";
    }
    default:
      return "rejected";
  }
}

/** The value at the set's end. */
export function closeX12Ack(
  state: X12AckState,
  interchange: InterchangeFacts,
  at: PlaceInFile,
): EdiAcknowledgement {
  const result = groupResult(state);
  return {
    kind: state.kind,
    interchange,
    at,
    result,
    interchange_ref: null,
    group_ref: state.groupRef,
    message_ref: null,
    details: state.sets.map((set) => {
      const own = setResult(set.code);
      return {
        type: set.type,
        ref: set.ref,
        accepted: own === "accepted" || own === "accepted_with_errors",
        result: own,
        errors: set.errors,
      };
    }),
    errors: state.errors,
  };
}

/** TA1: control number, date, time, A/E/R, note code (element I18). It stands in the interchange, outside any group. */
export function readTa1(seg: Segment, interchange: InterchangeFacts, at: PlaceInFile): EdiAcknowledgement {
  const code = seg.get(4);
  const note = seg.get(5);
  return {
    kind: "TA1",
    interchange,
    at,
    result:
      code === "A"
        ? "accepted"
        : code === "E"
          ? "accepted_with_errors"
          : code === "R"
            ? "rejected"
            : "unknown",
    interchange_ref: seg.get(1),
    group_ref: null,
    message_ref: null,
    details: [],
    errors: note === null || note === "000" ? [] : [error({ code: note })],
  };
}
