import type { Context } from "../context.ts";
import { timePart } from "../domain/ids.ts";
import { forgetOldAnswers } from "../storage/idempotency.ts";

/** Old rows go in small steps, so that no statement blocks the database. Raw documents 30 days, idempotency keys 24 hours. */

const HOUR_MS = 3_600_000;
const DOCUMENTS_KEPT_MS = 30 * 24 * HOUR_MS;
const ROWS_PER_STEP = 200;

/** As many steps as fit: what came in a minute has to go in a minute too. */
const STEPS_MAX = 50;

export async function retire(ctx: Context): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step++) {
    if ((await retireStep(ctx)) < ROWS_PER_STEP) break;
  }
}

/** One step; returns how many documents went. */
async function retireStep(ctx: Context): Promise<number> {
  const oldest = `doc_${timePart(ctx.now() - DOCUMENTS_KEPT_MS)}`;
  const { results } = await ctx.control
    .prepare("SELECT id FROM documents WHERE id < ?1 ORDER BY id LIMIT ?2")
    .bind(oldest, ROWS_PER_STEP)
    .all<{ id: string }>();
  if (results.length > 0) {
    const ids = JSON.stringify(results.map((row) => row.id));
    const among = (table: string, column: string) =>
      ctx.control
        .prepare(`DELETE FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?1))`)
        .bind(ids);
    await ctx.control.batch([
      among("document_pieces", "document_id"),
      among("document_parts", "document_id"),
      among("document_posts", "document_id"),
      among("untracked", "document_id"),
      among("documents", "id"),
    ]);
    for (const shard of ctx.shards()) {
      await shard
        .prepare("DELETE FROM unmapped_documents WHERE document_id IN (SELECT value FROM json_each(?1))")
        .bind(ids)
        .run();
    }
  }
  await forgetOldAnswers(ctx.control, ctx.now(), ROWS_PER_STEP);
  return results.length;
}
