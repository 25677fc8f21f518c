import { z } from "zod";
import type { Context } from "../context.ts";
import { timePart } from "../domain/ids.ts";
import { log, reasonOf } from "./log.ts";

/** Finds what a crash forgot: accepted documents whose hint is gone, and customers' objects that nobody woke. */

/** A document younger than this is still on its way through the queues. */
const GRACE_MS = 60_000;
const DOCUMENTS_PER_SWEEP = 500;

const WAITING = z.object({ id: z.string(), state: z.string() });

async function watermarkOf(control: D1Database, name: string): Promise<string> {
  const row = await control
    .prepare("SELECT watermark FROM sweeps WHERE name = ?1")
    .bind(name)
    .first<{ watermark: string }>();
  return row?.watermark ?? "";
}

/**
 * Reads the documents from the watermark on (ids sort by time) and enqueues those still `accepted`. The watermark
 * stays before the oldest of them, so the work is what came since and what hangs, never what exists.
 */
export async function sweepDocuments(ctx: Context): Promise<void> {
  const grace = Math.max(5_000, GRACE_MS * ctx.timeScale);
  const before = `doc_${timePart(ctx.now() - grace)}`;
  const from = await watermarkOf(ctx.control, "documents");
  const { results } = await ctx.control
    .prepare("SELECT id, state FROM documents WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3")
    .bind(from, before, DOCUMENTS_PER_SWEEP)
    .all();
  const rows = results.map((row) => WAITING.parse(row));
  const waiting = rows.filter((row) => row.state === "accepted");
  for (let at = 0; at < waiting.length; at += 100) {
    await ctx.queues.documents.sendBatch(
      waiting.slice(at, at + 100).map((row) => ({ body: { document_id: row.id } })),
    );
  }
  const firstWaiting = rows.findIndex((row) => row.state === "accepted");
  const settled = firstWaiting === -1 ? rows.at(-1)?.id : rows[firstWaiting - 1]?.id;
  if (settled !== undefined && settled > from) {
    await ctx.control
      .prepare(
        "INSERT INTO sweeps (name, watermark) VALUES ('documents', ?1) ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark WHERE watermark < excluded.watermark",
      )
      .bind(settled)
      .run();
  }
  if (waiting.length > 0) log("documents.swept", { waiting: waiting.length });
}

/** Sets documents back to be read (again), and the sweep's watermark before them, so that a lost hint is found. */
export async function acceptAgain(
  control: D1Database,
  ids: readonly string[],
  reread: boolean,
): Promise<void> {
  const oldest = ids.toSorted()[0];
  if (oldest === undefined) return;
  await control.batch([
    control
      .prepare(
        "UPDATE documents SET state = 'accepted', reread = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
      )
      .bind(JSON.stringify(ids), reread ? 1 : 0),
    // The watermark means "nothing at or before it waits": one digit less than the oldest keeps that true.
    control
      .prepare("UPDATE sweeps SET watermark = ?1 WHERE name = 'documents' AND watermark >= ?2")
      .bind(oldest.slice(0, -1), oldest),
  ]);
}

const OBJECTS_PER_SWEEP = 200;

/** Wakes the objects that said they hold undelivered news: one that lost its alarm goes on within a minute. */
export async function sweepBacklogs(ctx: Context): Promise<void> {
  const { results } = await ctx.control
    .prepare("SELECT tenant_id FROM backlogs WHERE waiting > 0 LIMIT ?1")
    .bind(OBJECTS_PER_SWEEP)
    .all<{ tenant_id: string }>();
  for (const { tenant_id } of results) {
    await ctx
      .deliveryOf(tenant_id)
      .wake()
      .catch((error: unknown) => log("wake.failed", { tenant_id, why: reasonOf(error) }));
  }
}
