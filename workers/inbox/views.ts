import type { RawDocument, Remark } from "../carriers/carrier.ts";
import type { Source } from "../domain/tracking-event.ts";

/**
 * What travels between an inbox and its callers. Edge Workers and objects are deployed one after the other, so a field
 * may be added here and none may be removed or change its meaning: both sides work with the other's last version.
 */

/** A document as a caller hands it over; the inbox gives it its id. */
export interface NewDocument extends RawDocument {
  carrier_id: string;
}

/** `id`: the document is stored durably. */
export type Acceptance =
  | { kind: "accepted"; id: string }
  /** The caller's copy of the connection is older than the inbox's: read the connection again. */
  | { kind: "outdated" }
  /** The connection was deleted. */
  | { kind: "removed" }
  /** The inbox holds as many bytes as it may: another lane, or later. */
  | { kind: "full" };

/** What a file or a page needs to know about a document. */
export type DocumentState = "accepted" | "done" | "unreadable";

/** The states that are listed; what is done is no work for anybody. */
export const LISTED_STATES = ["unreadable", "accepted"] as const;

export interface DocumentRow {
  id: string;
  state: DocumentState;
  carrier_id: string;
  connection_id: string;
  source: Source;
  received_at: number;
  /** Bytes. */
  size: number;
  content_type: string | null;
  file_name: string | null;
  remarks: Remark[];
}

/** A document with its body. */
export interface StoredDocument extends DocumentRow, RawDocument {
  /** Only while somebody has asked for it to be read again. */
  reread: boolean;
}

export interface DocumentsQuery {
  /** Null: every state. */
  state: (typeof LISTED_STATES)[number] | null;
  source: Source | null;
  /** Accepted at or after this time, epoch milliseconds. */
  since: number;
  /** Only documents before the one with this id; null for the newest. */
  before: string | null;
  limit: number;
}

/** What came in during one hour by one way. */
export interface DocumentsHour {
  /** When the hour begins, epoch milliseconds. */
  hour: number;
  way: Source;
  carrier_id: string;
  documents: number;
  unreadable: number;
  /** Those that are not in the timelines yet, and when the oldest of them was received. */
  waiting: number;
  oldest_waiting_at: number | null;
  last_received_at: number;
}

/** A document to read again. `reread`: an event whose code changed since then becomes a further event. */
export interface Reread {
  key: string;
  reread: boolean;
}

/** How an inbox is doing. */
export interface InboxReport {
  /** Documents that are not in the timelines yet, counted up to a bound. */
  waiting: number;
  /** When the oldest document that was never processed was accepted; null where there is none. What waits for a database, for a moving account or to be read again doesn't count: further lanes would not help it. */
  oldest_due_at: number | null;
  /** When the oldest document that is not in the timelines was accepted. */
  oldest_waiting_at: number | null;
  last_received_at: number | null;
  /** Documents that were set aside, counted up to a bound. */
  unreadable: number;
  stored_bytes: number;
  /** Appends tried since this instance began, and how many found their shipment changed by another lane. */
  appends: number;
  conflicts: number;
  /** The object is empty and its connection gone: its lane may be forgotten. */
  finished: boolean;
}
