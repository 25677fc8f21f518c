import { z } from "zod";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";

/** Documents that are to be read again, until their inbox has stored that. */

export interface PendingReread {
  document_id: string;
  /** An event whose code changed since becomes a further event. */
  reread: boolean;
}

const Row = z.object({ document_id: z.string(), reread: z.number().transform((flag) => flag === 1) });

export async function putRereads(
  control: Queryable,
  document_ids: readonly string[],
  reread: boolean,
  now: number,
): Promise<void> {
  const statements = jsonPieces(document_ids).map((piece) =>
    control
      .prepare(
        `INSERT INTO rereads (document_id, reread, created_at) SELECT value, ?2, ?3 FROM json_each(?1) WHERE true
         ON CONFLICT (document_id) DO UPDATE SET reread = max(rereads.reread, excluded.reread)`,
      )
      .bind(piece, reread ? 1 : 0, now),
  );
  if (statements.length > 0) await control.batch(statements);
}

/** The next documents after one of them, in order. */
export async function pendingRereads(
  control: Queryable,
  limit: number,
  after = "",
): Promise<PendingReread[]> {
  const { results } = await control
    .prepare("SELECT document_id, reread FROM rereads WHERE document_id > ?1 ORDER BY document_id LIMIT ?2")
    .bind(after, limit)
    .all();
  return results.map((raw) => Row.parse(raw));
}

export async function forgetRereads(control: Queryable, document_ids: readonly string[]): Promise<void> {
  const statements = jsonPieces(document_ids).map((piece) =>
    control.prepare("DELETE FROM rereads WHERE document_id IN (SELECT value FROM json_each(?1))").bind(piece),
  );
  if (statements.length > 0) await control.batch(statements);
}
