import { z } from "zod";
import type { Context } from "../context.ts";
import { timePart } from "../domain/ids.ts";
import { sweepFrom, watermarkOf } from "../storage/sweeps.ts";
import { log, reasonOf } from "./log.ts";

/** Finds what a crash forgot: accepted documents whose hint is gone, and customers' objects that nobody woke. */

/** A document younger than this is still on its way through the queues. */
const GRACE_MS = 60_000;
/** A run younger than this may still be posting: a large file takes its time, and another run would only undo its count. */
const RUN_GRACE_MS = 15 * 60_000;
const DOCUMENTS_PER_SWEEP = 500;

const WAITING = z.object({ id: z.string(), run_at: z.number().nullable() });

/**
 * Reads the documents from the watermark on (ids sort by time) and enqueues those still `accepted`. The watermark
 * stays before the oldest of them, so the work is what came since and what hangs, never what exists.
 */
export async function sweepDocuments(ctx: Context): Promise<void> {
  const now = ctx.now();
  const before = `doc_${timePart(now - Math.max(5_000, GRACE_MS * ctx.timeScale))}`;
  const idle = now - Math.max(10_000, RUN_GRACE_MS * ctx.timeScale);
  const from = await watermarkOf(ctx.control, "documents");
  const { results } = await ctx.control
    .prepare(
      "SELECT id, run_at FROM documents WHERE id > ?1 AND id < ?2 AND state = 'accepted' ORDER BY id LIMIT ?3",
    )
    .bind(from, before, DOCUMENTS_PER_SWEEP)
    .all();
  const rows = results.map((row) => WAITING.parse(row));
  const waiting = rows.filter((row) => row.run_at === null || row.run_at < idle);
  for (let at = 0; at < waiting.length; at += 100) {
    await ctx.queues.documents.sendBatch(
      waiting.slice(at, at + 100).map((row) => ({ body: { document_id: row.id } })),
    );
  }
  await noteSwept(
    ctx.control,
    waiting.map((row) => row.id),
    now,
  );
  // The watermark means "nothing at or before it waits". One letter less than the oldest's id comes just before it.
  const settled = rows[0]?.id.slice(0, -1) ?? before;
  if (settled > from) await passSettled(ctx.control, from, settled);
  if (waiting.length > 0) log("documents.swept", { waiting: waiting.length });
}

/** Moves the mark on, unless somebody moved it, or one of the documents that it would pass was set back since they were looked at. */
async function passSettled(control: D1Database, from: string, settled: string): Promise<void> {
  await control
    .prepare(
      `INSERT INTO sweeps (name, watermark)
       SELECT 'documents', ?1 WHERE NOT EXISTS (SELECT 1 FROM documents WHERE id > ?2 AND id <= ?1 AND state = 'accepted')
       ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark WHERE watermark = ?2`,
    )
    .bind(settled, from)
    .run();
}

/** A queue that lags is not made longer every minute: what was enqueued once is left alone as long as a run. */
async function noteSwept(control: D1Database, ids: readonly string[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await control
    .prepare(
      "UPDATE documents SET run_at = ?2 WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'accepted'",
    )
    .bind(JSON.stringify(ids), now)
    .run();
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
    // A run under way counts for nothing any more: it began before whoever asks now was there.
    control
      .prepare(
        `UPDATE documents SET state = 'accepted', reread = max(reread, ?2), failures = 0, runs = runs + 1, run_at = NULL
         WHERE id IN (SELECT value FROM json_each(?1))`,
      )
      .bind(JSON.stringify(ids), reread ? 1 : 0),
    sweepFrom(control, oldest),
  ]);
}

/** Each is asked for its alarm and nothing more; customers with dead letters alone are listed too, and passed over. */
const BACKLOGS_PER_SWEEP = 2000;
const ASKED_AT_ONCE = 20;

const BACKLOG = z.object({ tenant_id: z.string(), waiting: z.number() });
type Backlog = z.infer<typeof BACKLOG>;

/**
 * Asks the objects that said they hold undelivered news whether their alarm still stands: one that lost it goes on
 * within a minute. Where there are more than a sweep can ask, each sweep goes on behind the last, round and round, so
 * that all get their turn.
 */
export async function sweepBacklogs(ctx: Context): Promise<void> {
  const from = await watermarkOf(ctx.control, "backlogs");
  const behind = await backlogsAfter(ctx.control, from);
  const round = behind.length < BACKLOGS_PER_SWEEP && from !== "";
  const before = round ? (await backlogsAfter(ctx.control, "")).filter((row) => row.tenant_id <= from) : [];
  const rows = [...behind, ...before].slice(0, BACKLOGS_PER_SWEEP);
  const waiting = rows.filter((row) => row.waiting > 0);
  let lost = 0;
  for (let at = 0; at < waiting.length; at += ASKED_AT_ONCE) {
    const asked = waiting.slice(at, at + ASKED_AT_ONCE);
    const woken = await Promise.all(asked.map(({ tenant_id }) => lookAfter(ctx, tenant_id)));
    lost += woken.filter((one) => one).length;
  }
  if (lost > 0) log("alarms.lost", { objects: lost });
  const isLeftOver = rows.length === BACKLOGS_PER_SWEEP;
  // Who all had their turn is asked from the beginning again.
  const to = isLeftOver ? (rows.at(-1)?.tenant_id ?? "") : "";
  if (to === from) return;
  await ctx.control
    .prepare(
      "INSERT INTO sweeps (name, watermark) VALUES ('backlogs', ?1) ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark",
    )
    .bind(to)
    .run();
  if (isLeftOver) log("backlogs.left_over", { asked: waiting.length });
}

async function backlogsAfter(control: D1Database, tenant_id: string): Promise<Backlog[]> {
  const { results } = await control
    .prepare("SELECT tenant_id, waiting FROM backlogs WHERE tenant_id > ?1 ORDER BY tenant_id LIMIT ?2")
    .bind(tenant_id, BACKLOGS_PER_SWEEP)
    .all();
  return results.map((row) => BACKLOG.parse(row));
}

async function lookAfter(ctx: Context, tenant_id: string): Promise<boolean> {
  try {
    return await ctx.deliveryOf(tenant_id).lookAfter();
  } catch (error) {
    log("wake.failed", { tenant_id, why: reasonOf(error) });
    return false;
  }
}
