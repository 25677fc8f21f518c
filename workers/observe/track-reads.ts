import type { Context } from "../context.ts";

/**
 * Reads of the API are counted without a row for each: an isolate adds them up and writes them together, a moment after
 * the first. The request that was first keeps the isolate until then; a read itself never waits for it.
 */

const GATHERED_MS = 10_000;

/** Tallies whose writing is under way. */
const gathering = new WeakSet<Context["tally"]>();

/** A read was answered, with so many events. */
export function countRead(ctx: Context, tenant_id: string, events: number): void {
  ctx.tally.add({ kind: "out", way: "track", at: ctx.now(), total: 1, events, subject: tenant_id });
  if (gathering.has(ctx.tally)) return;
  gathering.add(ctx.tally);
  ctx.afterwards(writeLater(ctx));
}

async function writeLater(ctx: Context): Promise<void> {
  await ctx.wait(GATHERED_MS * ctx.timeScale);
  gathering.delete(ctx.tally);
  await ctx.tally.write(ctx.control, ctx.metrics, ctx.now());
}
