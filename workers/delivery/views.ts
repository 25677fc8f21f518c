import type { FileVerdict } from "../domain/tracking-file/acknowledgement.ts";
import type { FileRemark, LeftOut } from "../domain/tracking-file/index.ts";

/** What the object of a customer tells of itself: plain values, the same over RPC as here. Times are epoch milliseconds. */

/**
 * `active`: news goes out as it comes. `failing`: the breaker is open and a probe looks for the end of the outage.
 * `paused`: by the customer, or after five days without a success. `gone`: the endpoint said 410.
 * `stopped_host_key`: the partner's sFTP server showed another key than the pinned one.
 */
export const LINE_STATES = ["active", "failing", "paused", "gone", "stopped_host_key"] as const;
export type LineState = (typeof LINE_STATES)[number];

export const WARNING_CODES = [
  "failing_1h",
  "failing_24h",
  "failing_72h",
  "paused_after_5_days",
  "gone",
  "host_key_changed",
  "backlog_50",
  "backlog_80",
  "backlog_full",
  "event_set_aside",
  "file_rejected",
  "file_not_acknowledged",
  "ack_directory_unreadable",
  "internal",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** Something the account should know about one of its subscriptions, until it is no longer so. */
export interface Warning {
  code: WarningCode;
  at: number;
  detail: string;
}

export interface LineStatus {
  subscription_id: string;
  way: "webhook" | "sftp";
  state: LineState;
  /** Who paused it: null while it isn't paused. */
  paused_by: "customer" | "gluey" | null;
  /** The account's feed is taken up to here. */
  position: number;
  /** Messages or files taken from the feed and neither delivered nor dead. */
  waiting: number;
  waiting_bytes: number;
  dead: number;
  /** Events that could not be built and were passed over. */
  set_aside: number;
  failures_in_a_row: number;
  last_success_at: number | null;
  /** The first failure after the last success; null while all is well. */
  failing_since: number | null;
  next_attempt_at: number | null;
  warnings: Warning[];
}

/** A change of a line's state, and what was said of it then. */
export interface LineStateRow {
  at: number;
  state: LineState;
  detail: string | null;
}

export interface DeliveryStatus {
  tenant_id: string;
  /** When the object will act by itself; null when it has nothing to do. */
  next_alarm_at: number | null;
  lines: LineStatus[];
}

export const ATTEMPT_STATES = ["delivered", "failed", "dead", "sending", "unknown"] as const;
/** `dead`: failed, and the last try. `unknown`: it left, and we were cut off before the answer. */
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** A shipment's part in a message. */
export interface MessageShipment {
  shipment_id: string;
  first_sequence: number;
  last_sequence: number;
}

/** One attempt to deliver one message or file. */
export interface DeliveryRow {
  /** `dlv_…` */
  id: string;
  subscription_id: string;
  /** The `webhook-id`, or the file's id. */
  message_id: string;
  /** The file's name at the partner; null for a webhook. */
  file_name: string | null;
  attempt: number;
  started_at: number;
  ended_at: number | null;
  state: AttemptState;
  /** The HTTP status; null where none came, and for files. */
  status: number | null;
  latency_ms: number | null;
  /** The first 1 KiB of the answer with control characters escaped, or a sentence that says what went wrong. */
  answer: string | null;
  next_attempt_at: number | null;
  events: number;
  first_position: number;
  last_position: number;
  shipments: MessageShipment[];
}

/** What was given up: listed and redeliverable for 90 days. */
export interface DeadLetterRow {
  message_id: string;
  subscription_id: string;
  file_name: string | null;
  died_at: number;
  attempts: number;
  /** The last attempt, by which it can be redelivered; null where none was made (410). */
  delivery_id: string | null;
  reason: string;
  events: number;
  first_position: number;
  last_position: number;
  shipments: MessageShipment[];
}

/** An event that could not be built: its shipment went on without it. */
export interface SetAsideRow {
  subscription_id: string;
  position: number;
  shipment_id: string;
  sequence: number;
  at: number;
  reason: string;
}

export interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
}

export interface DeliveriesQuery {
  subscription_id?: string | undefined;
  state?: AttemptState | undefined;
  shipment_id?: string | undefined;
  cursor?: string | undefined;
  /** 1 to 200. */
  limit: number;
}

export interface DeadLettersQuery {
  subscription_id?: string | undefined;
  cursor?: string | undefined;
  /** 1 to 200. */
  limit: number;
}

/** Dead letters, and behind the last of them the events that were set aside: `limit` and the cursor count both. */
export type DeadLettersPage = Page<DeadLetterRow> & { set_aside: SetAsideRow[] };

/** One delivery (and with it its message), or all that was taken from the feed after `since_position` and up to `until_position`. */
export type RedeliverRequest = { delivery_id: string } | { message_id: string } | RedeliverWindow;

export interface RedeliverWindow {
  since_position: number;
  until_position: number;
  /** Absent: to each. */
  subscription_id?: string | undefined;
}

/**
 * `messages`: all that are sent again, `rebuilt` of them made anew. `next_position`: a window of more than one call may
 * queue goes on from there; null when all of it is queued. `not_kept`: delivered longer ago than bodies are kept.
 */
export type RedeliverResult =
  | { kind: "queued"; messages: number; rebuilt: number; next_position: number | null }
  | { kind: "unknown" }
  | { kind: "not_kept" }
  | { kind: "still_underway" };

/** `position`: what comes after it is sent. */
export type ResumeResult =
  | { kind: "resumed"; state: LineState; position: number }
  | { kind: "before_start"; start_position: number }
  | { kind: "unknown" };

/** `state` is `delivered`, `failed` or `unknown_subscription`; `answer` as in a delivery. */
export interface TestResult {
  state: "delivered" | "failed" | "unknown_subscription";
  delivery_id: string | null;
  status: number | null;
  latency_ms: number | null;
  answer: string | null;
}

export type DropDeadResult = { dropped: number };

/**
 * What became of a file. `written`: it waits or is under way. `uploaded`: it lies in the partner's folder. `acknowledged`:
 * the partner has it, or took it; `answer` says which. `rejected`: whole or in part. `silent`: no answer in the agreed
 * time. `dead` and `cancelled`: never uploaded.
 */
export const FILE_STATES = [
  "written",
  "uploaded",
  "acknowledged",
  "rejected",
  "silent",
  "dead",
  "cancelled",
] as const;
export type FileState = (typeof FILE_STATES)[number];

/** A file's row of the manifest. */
export interface FileRow {
  /** `fil_…`: the `message_id` of its deliveries. */
  id: string;
  subscription_id: string;
  file_name: string;
  format: string;
  /** UNB 0020, ISA13; in the name of the others. */
  control_number: number;
  state: FileState;
  written_at: number;
  uploaded_at: number | null;
  /** What it carries. */
  events: number;
  first_position: number;
  last_position: number;
  shipments: MessageShipment[];
  size: number;
  sha256: string | null;
  /** What was not written since the file before: at most 1,000 are named, `left_out_more` counts the rest. */
  left_out: LeftOut[];
  left_out_more: number;
  remarks: FileRemark[];
  answer: FileAnswerRow | null;
  /** Why it is dead or cancelled. */
  reason: string | null;
}

export interface FileAnswerRow {
  verdict: FileVerdict;
  at: number;
  /** What the partner complains about. */
  reason: string | null;
  /** The file it stood in. */
  file_name: string;
}

export interface FilesQuery {
  subscription_id?: string | undefined;
  state?: FileState | undefined;
  cursor?: string | undefined;
  /** 1 to 200. */
  limit: number;
}
