import { z } from "zod";
import type { RawDocument, Remark } from "../carriers/carrier.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import { loadArchived } from "./archive.ts";
import { sweepFrom } from "./sweeps.ts";

/** Raw documents in D1. A row of `documents` is the acceptance; bodies over one piece lie in `document_pieces`, written before it. */

/** D1 refuses rows over 2 MB in production, and does not locally: nothing larger than this is ever bound to a statement. */
export const PIECE_BYTES = 1_000_000;

export interface NewDocument extends RawDocument {
  id: string;
  connection_id: string;
  carrier_id: string;
}

const Facts = z.object({
  http_status: z.number().nullable(),
  asked: z.array(z.string()),
  file_name: z.string().nullable(),
  headers: z.record(z.string(), z.string()).optional(),
});

/** D1 hands a blob over as a list of numbers: a million of them are not looked at one by one. */
const Blob = z.custom<number[] | null>((value) => value === null || Array.isArray(value));

const DocumentRow = z.object({
  id: z.string(),
  connection_id: z.string(),
  carrier_id: z.string(),
  source: z.enum(SOURCES),
  state: z.enum(["accepted", "done", "unreadable"]),
  runs: z.number(),
  size: z.number(),
  content_type: z.string().nullable(),
  reread: z.number(),
  facts: z.string(),
  received_at: z.number(),
  archive: z.string().nullable(),
  body: Blob,
});

export interface StoredDocument extends NewDocument {
  state: "accepted" | "done" | "unreadable";
  runs: number;
  reread: boolean;
}

/** SHA-256 of a body, hex; by the runtime's own code, which is twenty times as fast as any in JavaScript. */
export async function contentHash(body: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes as a statement takes them, to be cast to a blob: as text where they are text, for D1 makes a list of numbers of
 * bytes, four times as long. The row holds the same bytes either way.
 */
function boundBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return bytes.includes(0) ? bytes : utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

/** Writes the pieces, then the row. Once this returns, the document can't be lost. The same id again changes nothing. */
export async function keepDocument(db: D1Database, document: NewDocument): Promise<void> {
  const inPieces = document.body.length > PIECE_BYTES;
  for (let piece = 0; inPieces && piece * PIECE_BYTES < document.body.length; piece++) {
    const bytes = document.body.slice(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
    await db
      .prepare(
        "INSERT INTO document_pieces (document_id, piece, body) VALUES (?1, ?2, CAST(?3 AS BLOB)) ON CONFLICT DO NOTHING",
      )
      .bind(document.id, piece, boundBytes(bytes))
      .run();
  }
  const row = db
    .prepare(`${INSERT_DOCUMENT} VALUES ${DOCUMENT_VALUES} ON CONFLICT DO NOTHING`)
    .bind(...(await rowOf(document, inPieces)));
  // Pieces take their time: meanwhile the sweep may have passed the id, which was drawn before them.
  await (inPieces ? db.batch([row, sweepFrom(db, document.id)]) : row.run());
}

/**
 * The same for a document that was verified by a connection as it was once: kept only if the connection is still that
 * version. False where it is not, or where the body is too large for one row; nothing was kept then.
 */
export async function keepDocumentOf(
  db: D1Database,
  document: NewDocument,
  version: number,
): Promise<boolean> {
  if (document.body.length > PIECE_BYTES) return false;
  const { meta } = await db
    .prepare(
      `${INSERT_DOCUMENT} SELECT ${DOCUMENT_VALUES.slice(1, -1)} FROM connections WHERE id = ?2 AND updated_at = ?11 ON CONFLICT DO NOTHING`,
    )
    .bind(...(await rowOf(document, false)), version)
    .run();
  return meta.changes > 0;
}

const INSERT_DOCUMENT =
  "INSERT INTO documents (id, connection_id, carrier_id, source, state, runs, reread, sha256, size, content_type, facts, received_at, body)";
const DOCUMENT_VALUES = "(?1, ?2, ?3, ?4, 'accepted', 0, 0, ?5, ?6, ?7, ?8, ?9, CAST(?10 AS BLOB))";

async function rowOf(document: NewDocument, inPieces: boolean) {
  const { http_status, asked, file_name, headers } = document;
  return [
    document.id,
    document.connection_id,
    document.carrier_id,
    document.source,
    await contentHash(document.body),
    document.body.length,
    document.content_type,
    JSON.stringify({ http_status, asked, file_name, headers }),
    document.received_at,
    inPieces ? null : boundBytes(document.body),
  ];
}

/** A document with its whole body, or null where there is none (its 30 days are over). `archive` is where older bodies lie. */
export async function loadDocument(
  db: D1Database,
  archive: R2Bucket | null,
  id: string,
): Promise<StoredDocument | null> {
  const raw = await db
    .prepare(
      "SELECT id, connection_id, carrier_id, source, state, runs, reread, size, content_type, facts, received_at, archive, body FROM documents WHERE id = ?1",
    )
    .bind(id)
    .first();
  if (raw === null) return null;
  const { body, facts, reread, size, archive: place, ...rest } = DocumentRow.parse(raw);
  return {
    ...rest,
    ...Facts.parse(JSON.parse(facts)),
    reread: reread === 1,
    body: place === null ? await bodyOf(db, id, size, body) : await loadArchived(archive, place),
  };
}

/** A body that lies in D1. */
export async function loadBody(db: D1Database, id: string, size: number): Promise<Uint8Array> {
  const row = await db
    .prepare("SELECT body FROM documents WHERE id = ?1")
    .bind(id)
    .first<{ body: unknown }>();
  return bodyOf(db, id, size, Blob.parse(row?.body ?? null));
}

async function bodyOf(db: D1Database, id: string, size: number, body: number[] | null): Promise<Uint8Array> {
  return body === null ? loadPieces(db, id, size) : Uint8Array.from(body);
}

async function loadPieces(db: D1Database, id: string, size: number): Promise<Uint8Array> {
  const body = new Uint8Array(size);
  for (let piece = 0; piece * PIECE_BYTES < size; piece++) {
    const row = await db
      .prepare("SELECT body FROM document_pieces WHERE document_id = ?1 AND piece = ?2")
      .bind(id, piece)
      .first<{ body: number[] }>();
    if (row === null) throw new Error(`Document ${id}: piece ${piece} is missing.`);
    body.set(row.body, piece * PIECE_BYTES);
  }
  return body;
}

/** How many remarks of a document are kept with it, and how long one may be. */
const REMARKS_KEPT = 50;

function remarksJson(remarks: readonly Remark[]): string | null {
  if (remarks.length === 0) return null;
  return JSON.stringify(
    remarks.slice(0, REMARKS_KEPT).map((r) => ({ ...r, detail: r.detail.slice(0, 300) })),
  );
}

/**
 * A run begins to post: its number and of how many posts it consists. Without posts the document is finished at once.
 * False where another run began meanwhile: then that one posts, and this one has nothing to do.
 */
export async function beginRun(
  db: D1Database,
  id: string,
  run: { number: number; parts: number; remarks: readonly Remark[]; unreadable: boolean; now: number },
): Promise<boolean> {
  const state = run.parts > 0 ? "accepted" : run.unreadable ? "unreadable" : "done";
  const row = await db
    .prepare(
      `UPDATE documents SET runs = ?2, parts = ?3, remarks = ?4, state = ?5, run_at = ?6, reread = CASE WHEN ?3 > 0 THEN reread ELSE 0 END
       WHERE id = ?1 AND state = 'accepted' AND runs = ?2 - 1 RETURNING id`,
    )
    .bind(id, run.number, run.parts, remarksJson(run.remarks), state, run.now)
    .first();
  return row !== null;
}

/** Which document is done by now, and how it had come. */
const DoneRow = z.object({
  connection_id: z.string(),
  carrier_id: z.string(),
  source: z.enum(SOURCES),
  received_at: z.number(),
});
export type DoneDocument = z.infer<typeof DoneRow>;
const RETURNING_DONE = "RETURNING connection_id, carrier_id, source, received_at";

/** A post of a document, by the run that made it. */
export interface PostOf {
  document_id: string;
  run: number;
  part: number;
  parts: number;
  /** Whether the run was written down when it began; see `needsRun`. */
  begun: boolean;
}

/**
 * A run of one post that fits a message, and no remarks, need not be written down as it begins: its post says all there is
 * to say. The post then finishes the document only if no other run has begun since.
 */
export function needsRun(run: { parts: number; remarks: readonly Remark[] }): boolean {
  return run.parts !== 1 || run.remarks.length > 0;
}

/**
 * One post of a run is in the timelines. With the last of them the document is done: then it is returned, and null before.
 * Saying it twice changes nothing, and returns null.
 */
export async function partDone(
  db: D1Database,
  { document_id: id, run, part, parts, begun }: PostOf,
): Promise<DoneDocument | null> {
  const told = db
    .prepare("DELETE FROM document_posts WHERE document_id = ?1 AND run = ?2 AND part = ?3")
    .bind(id, run, part);
  if (parts === 1) {
    const end = db
      .prepare(
        `UPDATE documents SET state = 'done', reread = 0, failures = 0, runs = ?2, parts = 1 WHERE id = ?1 AND runs = ?3 AND state = 'accepted' ${RETURNING_DONE}`,
      )
      .bind(id, run, begun ? run : run - 1);
    // Only what was written down as it began can be too large for a message.
    const row = begun ? (await db.batch([end, told]))[0]?.results[0] : await end.first();
    return row === null || row === undefined ? null : DoneRow.parse(row);
  }
  const [, done] = await db.batch([
    db
      .prepare(
        "INSERT INTO document_parts (document_id, run, part) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
      )
      .bind(id, run, part),
    db
      .prepare(
        `UPDATE documents SET state = 'done', reread = 0, failures = 0 WHERE id = ?1 AND runs = ?2 AND state = 'accepted'
         AND parts = (SELECT count(*) FROM document_parts WHERE document_id = ?1 AND run = ?2) ${RETURNING_DONE}`,
      )
      .bind(id, run),
    told,
  ]);
  const [row] = done?.results ?? [];
  return row === undefined ? null : DoneRow.parse(row);
}

/** After so many failures in a row a document is set aside for the operator. */
const FAILURES_MAX = 12;

/** A run, or one of its posts, threw. Returns how often in a row; with the last the document is given up, kept with the reason. */
export async function countFailure(
  db: D1Database,
  id: string,
  reason: string,
): Promise<{ failures: number; given_up: boolean }> {
  const row = await db
    .prepare(
      "UPDATE documents SET failures = failures + 1 WHERE id = ?1 AND state = 'accepted' RETURNING failures",
    )
    .bind(id)
    .first<{ failures: number }>();
  const failures = row?.failures ?? 0;
  const given_up = failures >= FAILURES_MAX;
  if (given_up) await giveUp(db, id, `Given up after ${failures} tries: ${reason}`);
  return { failures, given_up };
}

/** Sets a document aside: kept for the operator, with the reason. */
export async function giveUp(db: D1Database, id: string, reason: string): Promise<void> {
  const remarks = remarksJson([{ kind: "unreadable", detail: reason, at: null }]);
  await db
    .prepare("UPDATE documents SET state = 'unreadable', remarks = ?2 WHERE id = ?1 AND state = 'accepted'")
    .bind(id, remarks)
    .run();
}
