/** What is open: interchange, group, message. Plain data; goes into a checkpoint as it is. */
import type { EdifactAckState } from "../acknowledgements/edifact-acknowledgement.ts";
import type { X12AckState } from "../acknowledgements/x12-acknowledgement.ts";
import type { InterchangeFacts } from "../edi-status.ts";
import type { IftstaState } from "../iftsta/iftsta-state.ts";
import type { X12StatusState } from "../x12-214/x12-status-state.ts";

/** What reads the segments of a message. `skip`: a type that holds no statuses. */
export type MessageContent =
  | { readonly kind: "iftsta"; readonly state: IftstaState }
  | { readonly kind: "x12-status"; readonly state: X12StatusState }
  | { readonly kind: "edifact-ack"; readonly state: EdifactAckState }
  | { readonly kind: "x12-ack"; readonly state: X12AckState }
  | { readonly kind: "skip" };

export interface OpenInterchange {
  readonly facts: InterchangeFacts;
  readonly offset: number;
  groups: number;
  messages: number;
  outsideTold: boolean;
}

export interface OpenGroup {
  readonly ref: string | null;
  /** UNG 0038 or GS01. */
  readonly type: string | null;
  /** GS08. */
  readonly release: string | null;
  messages: number;
}

export interface OpenMessage {
  readonly ref: string;
  readonly type: string;
  readonly release: string;
  readonly association: string | null;
  readonly offset: number;
  segments: number;
  readonly content: MessageContent;
}

export interface EnvelopeState {
  interchange: OpenInterchange | null;
  group: OpenGroup | null;
  message: OpenMessage | null;
  /** Every interchange so far has its trailer. */
  allClosed: boolean;
}

export function newEnvelopeState(): EnvelopeState {
  return { interchange: null, group: null, message: null, allClosed: true };
}
