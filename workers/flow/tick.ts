import type { Context } from "../context.ts";
import { claimDue } from "../storage/checks.ts";
import { forgetLeft } from "../storage/follow.ts";
import { log, reasonOf } from "./log.ts";
import type { CheckMessage } from "./messages.ts";
import { retire } from "./retire.ts";
import { sweepBacklogs, sweepDocuments } from "./sweep.ts";

/** The cron tick of every minute: enqueues what is due (steps 1b.1 and 1c.1), finds what was forgotten, retires what is old. */

/** Slots a tick claims at most; a missed hour is caught up over several ticks rather than in one burst. */
const SLOTS_PER_TICK = 1000;
const MESSAGES_PER_SEND = 100;

/** How long a claim stands before another tick may take the slot over: longer than any check runs. */
export function leaseOf(timeScale: number): number {
  return Math.max(30_000, 10 * 60_000 * timeScale);
}

export async function tick(ctx: Context): Promise<void> {
  for (const [name, part] of Object.entries({
    enqueueChecks,
    sweepDocuments,
    sweepBacklogs,
    forgetFollowers,
    retire,
  })) {
    // One part that fails must not keep the others from their minute.
    await part(ctx).catch((error: unknown) => log("tick.failed", { part: name, why: reasonOf(error) }));
  }
}

/** Claims what is due and hands it to the consumers. A hand-over that fails is claimed again when its lease ends. */
export async function enqueueChecks(ctx: Context): Promise<void> {
  const slots = await claimDue(ctx.control, ctx.now(), leaseOf(ctx.timeScale), SLOTS_PER_TICK);
  for (let at = 0; at < slots.length; at += MESSAGES_PER_SEND) {
    const messages = slots
      .slice(at, at + MESSAGES_PER_SEND)
      .map(({ resume_after, ...slot }): { body: CheckMessage } => ({
        body: { ...slot, after: resume_after },
      }));
    await ctx.queues.checks.sendBatch(messages);
  }
  if (slots.length > 0) log("checks.enqueued", { slots: slots.length });
}

/** Windows of a connection's followers that a tick goes through, where a change of its accounts left some. */
const WINDOWS_PER_TICK = 100;

async function forgetFollowers(ctx: Context): Promise<void> {
  await forgetLeft(ctx.control, WINDOWS_PER_TICK);
}
