/** Where a reader puts what it finds, and the small pieces every reader of messages shares. */
import type { EdiAcknowledgement, EdiStatus, InterchangeFacts } from "../edi-status.ts";
import type { EdiRemark, PlaceInFile, RemarkKind } from "../remarks.ts";
import type { Separators } from "../scan/separators.ts";

/** One closed envelope: what its trailer says and what was counted. `declared` is null where the trailer is missing or no number. */
export interface EnvelopeReport {
  readonly level: "interchange" | "group" | "message";
  readonly interchange: InterchangeFacts;
  /** UNH/ST reference, group reference or control reference. */
  readonly ref: string | null;
  readonly type: string | null;
  readonly release: string | null;
  readonly group_ref: string | null;
  /** False for a message type that holds no statuses. */
  readonly handled: boolean;
  readonly declared: number | null;
  readonly actual: number;
  readonly trailer_ref: string | null;
  /** Count and reference of the trailer agree. */
  readonly ok: boolean;
  /** The trailer is there. */
  readonly complete: boolean;
  /** Interchanges only. */
  readonly separators: Separators | null;
  readonly charset: string | null;
  readonly una: boolean;
}

export interface EdiSink {
  status(status: EdiStatus): void;
  acknowledgement(acknowledgement: EdiAcknowledgement): void;
  remark(remark: EdiRemark): void;
  opened?(interchange: InterchangeFacts): void;
  closed?(report: EnvelopeReport): void;
}

const MAX_FACT = 80;

/** Builds a remark; facts are cut, since they come from outside. */
export function makeRemark(
  kind: RemarkKind,
  detail: string,
  at: PlaceInFile,
  facts: Readonly<Record<string, string | number | null>> = {},
): EdiRemark {
  const short: Record<string, string | number | null> = {};
  for (const [name, value] of Object.entries(facts)) {
    short[name] = typeof value === "string" && value.length > MAX_FACT ? value.slice(0, MAX_FACT) : value;
  }
  return { kind, detail, facts: short, at };
}

/** A count of a trailer: zeros in front are padding. Null when it is no number. */
export function readCount(text: string): number | null {
  const t = text.trim();
  if (t.length === 0 || t.length > 15) return null;
  let n = 0;
  for (let i = 0; i < t.length; i++) {
    const d = t.charCodeAt(i) - 48;
    if (!(d >= 0 && d <= 9)) return null;
    n = n * 10 + d;
  }
  return n;
}

/** A decimal number with comma or point; null when it is none. */
export function readDecimal(text: string | null): number | null {
  if (text === null) return null;
  const whole = readCount(text);
  if (whole !== null) return whole;
  const t = text.replace(",", ".");
  if (!/^-?\d{0,15}(\.\d{0,10})?$/.test(t) || !/\d/.test(t)) return null;
  return Number(t);
}
