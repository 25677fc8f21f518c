import type { EdiAcknowledgement } from "../edi/edi-status.ts";
import { standardOf } from "../edi-agreement.ts";
import type { FileFormat } from "../subscription.ts";
import { complaintsOf } from "./complaints.ts";

/** What a partner said of a file we sent, and which file that is. */

/**
 * `received`: it arrived, and nothing is judged yet (CONTRL 8, TA1 A). `partial`: some of its messages are refused.
 * All but `received` are a verdict on the content.
 */
export const FILE_VERDICTS = ["received", "accepted", "accepted_with_errors", "partial", "rejected"] as const;
export type FileVerdict = (typeof FILE_VERDICTS)[number];

export interface FileAnswer {
  /** The file's control number: UNB 0020, ISA13 and GS06 are the same number in what we write. */
  control_number: number;
  verdict: FileVerdict;
  /** What the partner complains about; null where nothing is. */
  reason: string | null;
}

/**
 * The file an acknowledgement speaks of and what it says; null where it speaks of nothing that this format's files
 * hold: another standard, no reference, or one that is no control number of ours.
 */
export function answerOf(ack: EdiAcknowledgement, format: FileFormat): FileAnswer | null {
  const standard = ack.kind === "CONTRL" || ack.kind === "APERAK" ? "edifact" : "x12";
  if (standard !== standardOf(format)) return null;
  const control_number = numberOf(referenceOf(ack));
  if (control_number === null) return null;
  return { control_number, verdict: verdictOf(ack), reason: complaintsOf(ack) };
}

/** APERAK names our message (BGM): the control number and five digits behind it. */
function referenceOf(ack: EdiAcknowledgement): string | null {
  switch (ack.kind) {
    case "CONTRL":
    case "TA1":
      return ack.interchange_ref;
    case "997":
    case "999":
      return ack.group_ref;
    case "APERAK":
      return ack.interchange_ref ?? ack.message_ref?.slice(0, -5) ?? null;
    default:
      return ack.kind satisfies never;
  }
}

function numberOf(reference: string | null): number | null {
  return reference !== null && /^0*[1-9]\d{0,8}$/u.test(reference.trim()) ? Number(reference) : null;
}

function verdictOf(ack: EdiAcknowledgement): FileVerdict {
  // TA1 speaks of the envelope alone: accepted there is not yet accepted.
  if (ack.kind === "TA1") return ack.result === "rejected" ? "rejected" : "received";
  // APERAK speaks of one message.
  if (ack.kind === "APERAK" && ack.result === "rejected") return "partial";
  return ack.result === "unknown" ? "received" : ack.result;
}

/**
 * What holds after another answer to the same file came: a verdict stands against a mere receipt, and the later
 * verdict against the earlier one, for a file that was refused may be sent again and then be taken. Of several about
 * single messages the refusals stand.
 */
export function afterAnswer(before: FileAnswer | null, next: FileAnswer): FileAnswer {
  if (before === null || before.verdict === "received") return next;
  if (next.verdict === "received") return before;
  if (before.verdict === "partial" && next.verdict === "partial" && before.reason !== next.reason)
    return { ...next, reason: joined(before.reason, next.reason) };
  return next;
}

const LONGEST = 1000;

function joined(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  if (one.includes(other)) return one;
  return `${one}; ${other}`.slice(0, LONGEST);
}
