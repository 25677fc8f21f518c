import type { Context } from "../context.ts";
import { timePart } from "../domain/ids.ts";
import { archiveStep } from "../storage/archiving.ts";
import { passWatermark, watermarkOf } from "../storage/sweeps.ts";
import { log } from "./log.ts";

/** What has been read lies in D1 for an hour, then in R2, where a bucket is bound: questions come soon or never. */

const STAYS_MS = 60 * 60_000;
/** Objects that a tick writes: 20 MiB a minute at most, 28 GB a day. */
const STEPS_PER_TICK = 5;

export async function archiveDocuments(ctx: Context): Promise<void> {
  if (ctx.archive === null) return;
  const before = `doc_${timePart(ctx.now() - STAYS_MS * ctx.timeScale)}`;
  let from = await watermarkOf(ctx.control, "archive");
  let bodies = 0;
  for (let step = 0; step < STEPS_PER_TICK; step++) {
    const done = await archiveStep(ctx.control, ctx.archive, from, before);
    if (done === null) break;
    await passWatermark(ctx.control, "archive", from, done.upto);
    from = done.upto;
    bodies += done.bodies;
  }
  if (bodies > 0) log("documents.archived", { bodies });
}
