import type { Context } from "../context.ts";
import { timePart } from "../domain/ids.ts";
import { forgetArchived } from "../storage/archive.ts";
import { unfollowStatements } from "../storage/follow.ts";
import { forgetOldAnswers } from "../storage/idempotency.ts";
import {
  endShipment,
  forgetFiles,
  forgetShipment,
  type OldShipment,
  shipmentsBetween,
} from "../storage/retention.ts";
import { passWatermark, watermarkOf } from "../storage/sweeps.ts";
import { log } from "./log.ts";

/** Old rows go in small steps, so that no statement blocks a database. How long what is kept is configuration, see `Kept`. */

const ROWS_PER_STEP = 200;

/** As many steps as fit: what came in a minute has to go in a minute too. */
const STEPS_MAX = 50;

/** Raw documents, with what waits of them, and answers to creations. */
export async function retireDocuments(ctx: Context): Promise<void> {
  let gone = 0;
  for (let step = 0; step < STEPS_MAX; step++) {
    const count = await documentsStep(ctx);
    gone += count;
    if (count < ROWS_PER_STEP) break;
  }
  await forgetOldAnswers(ctx.control, ctx.now(), ROWS_PER_STEP);
  if (gone === 0) return;
  if (ctx.archive !== null) await forgetArchived(ctx.archive, oldestDocument(ctx));
  log("documents.retired", { documents: gone });
}

function oldestDocument(ctx: Context): string {
  return `doc_${timePart(ctx.now() - ctx.kept.documents_ms)}`;
}

/** One step; returns how many documents went. */
async function documentsStep(ctx: Context): Promise<number> {
  const { results } = await ctx.control
    .prepare("SELECT id FROM documents WHERE id < ?1 ORDER BY id LIMIT ?2")
    .bind(oldestDocument(ctx), ROWS_PER_STEP)
    .all<{ id: string }>();
  if (results.length === 0) return 0;
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
  return results.length;
}

/** Shipments of a shard that a tick looks at. Each takes a few statements, and an invocation has a thousand for everything. */
const SHIPMENTS_PER_TICK = 100;

/**
 * Shipments that nothing has been heard of for so long, with their events. Each shard is gone through by id, which is
 * by age, round and round; only what was registered long ago is looked at.
 */
export async function retireShipments(ctx: Context): Promise<void> {
  const before = ctx.now() - ctx.kept.events_ms;
  for (const [name, shard] of ctx.placements.databases) {
    const mark = `retire/${name}`;
    const from = await watermarkOf(ctx.control, mark);
    const page = await shipmentsBetween(shard, from, `shp_${timePart(before)}`, SHIPMENTS_PER_TICK);
    const old: OldShipment[] = [];
    for (const one of page) {
      if (one.is_copy || one.is_head || one.updated_at >= before) continue;
      if (await endShipment(ctx.shardFor(one.account_number), one, before)) old.push(one);
    }
    let events = 0;
    // First nothing leads to them any more, then they go.
    const leads = unfollowStatements(
      ctx.control,
      old.map((shipment) => shipment.id),
    );
    if (old.length > 0) await ctx.control.batch(leads);
    for (const shipment of old) {
      events += await forgetShipment(ctx.shardFor(shipment.account_number), shipment);
    }
    const last = page.length < SHIPMENTS_PER_TICK ? undefined : page.at(-1);
    await passWatermark(ctx.control, mark, from, last?.id ?? "");
    if (old.length > 0) log("shipments.retired", { shipments: old.length, events, shard: name });
  }
}

/** A folder is cleaned up by its carrier long before this. */
const FILES_KEPT_MS = 400 * 86_400_000;

/** What is remembered of files that were read, round and round. */
export async function retireFiles(ctx: Context): Promise<void> {
  const from = await watermarkOf(ctx.control, "files");
  const to = await forgetFiles(ctx.control, from, ctx.now() - FILES_KEPT_MS, ROWS_PER_STEP);
  await passWatermark(ctx.control, "files", from, to);
}
