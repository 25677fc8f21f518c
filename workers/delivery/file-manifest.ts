import { z } from "zod";
import { FILE_VERDICTS, type FileAnswer } from "../domain/tracking-file/acknowledgement.ts";
import type { FileRemark, LeftOut } from "../domain/tracking-file/index.ts";
import type { FileTableRow, MessageRow } from "./outbox-schema.ts";
import type { FileAnswerRow, FileRow, FileState, FilesQuery, MessageShipment, Page } from "./views.ts";

/** The manifest: one row a file by sFTP, beside the message that holds its bytes. */

const MOST_ROWS = 200;

/** Events that were not written, in a row that stays small whatever a feed holds. */
export interface LeftOutEvents {
  named: LeftOut[];
  more: number;
}

export const NOTHING_LEFT_OUT: LeftOutEvents = { named: [], more: 0 };
const MOST_NAMED = 1000;

export function addLeftOut(before: LeftOutEvents, next: readonly LeftOut[]): LeftOutEvents {
  const named = [...before.named, ...next.slice(0, Math.max(0, MOST_NAMED - before.named.length))];
  return { named, more: before.more + before.named.length + next.length - named.length };
}

const LeftOutJson = z.object({
  named: z.array(
    z.object({ shipment_id: z.string(), sequence: z.number(), because: z.enum(["notice", "no_place"]) }),
  ),
  more: z.number(),
});

/** The fact (see Outbox) that holds what was left out since a subscription's last file. */
export const leftOutFact = (subscription_id: string) => `left_out ${subscription_id}`;

/** Reads a fact or a row back; null is nothing. */
export function readLeftOut(json: string | null): LeftOutEvents {
  return json === null ? NOTHING_LEFT_OUT : LeftOutJson.parse(JSON.parse(json));
}

type Joined = FileTableRow & Omit<MessageRow, "file_name"> & { file_name: string };

/** What became of a file, from its message's state and what the partner said. */
const STATE = `CASE
  WHEN m.state = 'dead' THEN 'dead' WHEN m.state = 'cancelled' THEN 'cancelled' WHEN m.state <> 'delivered' THEN 'written'
  WHEN f.verdict IN ('partial', 'rejected') THEN 'rejected' WHEN f.verdict IS NOT NULL THEN 'acknowledged'
  WHEN f.silent_at IS NOT NULL THEN 'silent' ELSE 'uploaded' END`;

/** A file that was uploaded, and the answer to it so far. */
export interface SentFile {
  ord: number;
  file_name: string;
  answer: FileAnswer | null;
}

export class FileManifest {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  add(
    message: Pick<MessageRow, "ord" | "subscription_id">,
    file: { format: string; control_number: number; left_out: LeftOutEvents; remarks: readonly FileRemark[] },
  ): void {
    this.sql.exec(
      "INSERT INTO files (ord, subscription_id, format, control_number, left_out, remarks) VALUES (?, ?, ?, ?, ?, ?)",
      message.ord,
      message.subscription_id,
      file.format,
      file.control_number,
      JSON.stringify(file.left_out),
      JSON.stringify(file.remarks),
    );
  }

  forget(ord: number): void {
    this.sql.exec("DELETE FROM files WHERE ord = ?", ord);
  }

  /** It lies in the partner's folder, perhaps once more: an answer to it is still to come. */
  uploaded(ord: number): void {
    this.sql.exec(
      `UPDATE files SET verdict = NULL, answered_at = NULL, answer_reason = NULL, answer_file = NULL, silent_at = NULL
       WHERE ord = ? AND (verdict IS NOT NULL OR silent_at IS NOT NULL)`,
      ord,
    );
  }

  /** The newest file of a number; null where there is none, `underway` while it is not known to be uploaded. */
  byNumber(subscription_id: string, control_number: number): SentFile | "underway" | null {
    const [row] = this.sql
      .exec<Joined>(
        `SELECT f.*, m.file_name, m.state FROM files f JOIN messages m ON m.ord = f.ord
         WHERE f.subscription_id = ? AND f.control_number = ? ORDER BY f.ord DESC LIMIT 1`,
        subscription_id,
        control_number,
      )
      .toArray();
    if (row === undefined) return null;
    if (row.state !== "delivered") return "underway";
    const verdict = verdictIn(row.verdict);
    const answer = verdict === null ? null : { control_number, verdict, reason: row.answer_reason };
    return { ord: row.ord, file_name: row.file_name, answer };
  }

  answer(ord: number, answer: FileAnswer, file_name: string, now: number): void {
    this.sql.exec(
      "UPDATE files SET verdict = ?, answered_at = ?, answer_reason = ?, answer_file = ? WHERE ord = ?",
      answer.verdict,
      now,
      answer.reason,
      file_name.slice(0, 250),
      ord,
    );
  }

  /** When the newest file was uploaded that no verdict came for yet; null where every file has one. */
  newestOpen(subscription_id: string): number | null {
    const [row] = this.sql
      .exec<{ ended_at: number | null }>(
        `SELECT m.ended_at FROM files f INDEXED BY files_open JOIN messages m ON m.ord = f.ord
         WHERE f.subscription_id = ? AND (f.verdict IS NULL OR f.verdict = 'received') AND m.state = 'delivered'
         ORDER BY f.ord DESC LIMIT 1`,
        subscription_id,
      )
      .toArray();
    return row?.ended_at ?? null;
  }

  /** Files uploaded before a time, of which nothing was heard and nothing said yet. */
  overdue(subscription_id: string, before: number, limit: number): { ord: number; file_name: string }[] {
    return this.sql
      .exec<{ ord: number; file_name: string }>(
        `SELECT f.ord, m.file_name FROM files f INDEXED BY files_awaited JOIN messages m ON m.ord = f.ord
         WHERE f.subscription_id = ? AND f.verdict IS NULL AND f.silent_at IS NULL AND m.state = 'delivered' AND m.ended_at <= ?
         ORDER BY f.ord LIMIT ?`,
        subscription_id,
        before,
        limit,
      )
      .toArray();
  }

  silent(ord: number, now: number): void {
    this.sql.exec("UPDATE files SET silent_at = ? WHERE ord = ?", now, ord);
  }

  /** Newest first. `cursor` is the `ord` of the last row of the page before. */
  page(query: FilesQuery): Page<FileRow> {
    const limit = Math.min(MOST_ROWS, Math.max(1, Math.floor(query.limit)));
    const before =
      query.cursor === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(query.cursor, 10) || 0;
    const found = this.sql
      .exec<Joined & { became: FileState }>(
        `SELECT m.*, f.*, ${STATE} AS became FROM files f JOIN messages m ON m.ord = f.ord
         WHERE f.ord < ?1 AND (?2 IS NULL OR f.subscription_id = ?2) AND (?3 IS NULL OR ${STATE} = ?3)
         ORDER BY f.ord DESC LIMIT ?4`,
        before,
        query.subscription_id ?? null,
        query.state ?? null,
        limit + 1,
      )
      .toArray();
    const rows = found.slice(0, limit);
    return {
      data: rows.map(fileRow),
      next_cursor: found.length > limit ? String(rows.at(-1)?.ord ?? "") : null,
    };
  }
}

function verdictIn(word: string | null): FileAnswer["verdict"] | null {
  return FILE_VERDICTS.find((verdict) => verdict === word) ?? null;
}

function fileRow(row: Joined & { became: FileState }): FileRow {
  const left_out = readLeftOut(row.left_out);
  const shipments: MessageShipment[] = JSON.parse(row.shipments);
  const remarks: FileRemark[] = JSON.parse(row.remarks);
  return {
    id: row.id,
    subscription_id: row.subscription_id,
    file_name: row.file_name,
    format: row.format,
    control_number: row.control_number,
    state: row.became,
    written_at: row.created_at,
    uploaded_at: row.state === "delivered" ? row.ended_at : null,
    events: row.events,
    first_position: row.first_position,
    last_position: row.last_position,
    shipments,
    size: row.size,
    sha256: row.sha256,
    left_out: left_out.named,
    left_out_more: left_out.more,
    remarks,
    answer: answerRow(row),
    reason: row.reason,
  };
}

function answerRow(row: FileTableRow): FileAnswerRow | null {
  const verdict = verdictIn(row.verdict);
  if (verdict === null || row.answered_at === null) return null;
  return { verdict, at: row.answered_at, reason: row.answer_reason, file_name: row.answer_file ?? "" };
}
