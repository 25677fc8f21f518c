import { z } from "zod";
import { timePart } from "../domain/ids.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import type { Queryable } from "./queryable.ts";

/** Raw documents as the operator sees them: what came in and why it could not be read, never the body. */

/** The states that are listed; what is done is no work for anybody. */
export const LISTED_STATES = ["unreadable", "accepted"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

export interface ListedDocument {
  id: string;
  state: "accepted" | "done" | "unreadable";
  carrier_id: string;
  connection_id: string;
  source: (typeof SOURCES)[number];
  received_at: number;
  /** Bytes. */
  size: number;
  content_type: string | null;
  file_name: string | null;
  /** Runs in a row that threw. */
  failures: number;
  remarks: { kind: string; detail: string; at: string | null }[];
}

const Row = z.object({
  id: z.string(),
  state: z.enum(["accepted", "done", "unreadable"]),
  carrier_id: z.string(),
  connection_id: z.string(),
  source: z.enum(SOURCES),
  received_at: z.number(),
  size: z.number(),
  content_type: z.string().nullable(),
  failures: z.number(),
  facts: z.string(),
  remarks: z.string().nullable(),
});
const Facts = z.object({ file_name: z.string().nullable() });
const Remarks = z.array(z.object({ kind: z.string(), detail: z.string(), at: z.string().nullable() }));

const COLUMNS =
  "id, state, carrier_id, connection_id, source, received_at, size, content_type, failures, facts, remarks";

function listed(raw: unknown): ListedDocument {
  const { facts, remarks, ...row } = Row.parse(raw);
  return {
    ...row,
    ...Facts.parse(JSON.parse(facts)),
    remarks: remarks === null ? [] : Remarks.parse(JSON.parse(remarks)),
  };
}

/** Sorts after every id. */
const LAST = "~";

// The state stands in the text: a partial index serves only what says its condition in so many words.
const PAGE: Readonly<Record<ListedState, string>> = {
  unreadable: `SELECT ${COLUMNS} FROM documents WHERE state = 'unreadable' AND id < ?1 ORDER BY id DESC LIMIT ?2`,
  // Nothing at or before the sweep's watermark waits to be read: see flow/sweep.ts.
  accepted: `SELECT ${COLUMNS} FROM documents
    WHERE state = 'accepted' AND id < ?1 AND id > coalesce((SELECT watermark FROM sweeps WHERE name = 'documents'), '')
    ORDER BY id DESC LIMIT ?2`,
};

/** Documents of a state, the newest first, from the one before `before`; empty for the first page. */
export async function listDocuments(
  db: Queryable,
  state: ListedState,
  before: string,
  limit: number,
): Promise<ListedDocument[]> {
  const { results } = await db
    .prepare(PAGE[state])
    .bind(before === "" ? LAST : before, limit)
    .all();
  return results.map(listed);
}

/** A document without its body, whatever its state; null where there is none (its 30 days are over). */
export async function describeDocument(db: Queryable, id: string): Promise<ListedDocument | null> {
  const row = await db.prepare(`SELECT ${COLUMNS} FROM documents WHERE id = ?1`).bind(id).first();
  return row === null ? null : listed(row);
}

/** Rows that one page of the latest documents may look at: it is then short, and goes on from the last of them. */
const SCAN_MAX = 2000;

/** What came in since a time, the newest first, by one way or all: a page, and the id to go on before; null at the end. */
export async function latestDocuments(
  db: Queryable,
  { since, source, before, limit }: { since: number; source: string | null; before: string; limit: number },
): Promise<{ documents: ListedDocument[]; next: string | null }> {
  const { results } = await db
    .prepare(`SELECT id, source FROM documents WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT ${SCAN_MAX}`)
    .bind(`doc_${timePart(since)}`, before === "" ? LAST : before)
    .all<{ id: string; source: string }>();
  const fitting = results.filter((row) => source === null || row.source === source);
  const ids = fitting.slice(0, limit).map(({ id }) => id);
  const { results: rows } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM documents WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id DESC`,
    )
    .bind(JSON.stringify(ids))
    .all();
  const more =
    fitting.length > limit ? ids.at(-1) : results.length === SCAN_MAX ? results.at(-1)?.id : undefined;
  return { documents: rows.map(listed), next: more ?? null };
}
