import type { Context } from "../context.ts";
import { isBusy } from "../observe/database-fault.ts";
import { type ClaimedSlot, claimDue } from "../storage/check-slots.ts";
import { forgetLeft } from "../storage/follow.ts";
import { keepCounts } from "./keep-counts.ts";
import { visitLanes } from "./lanes.ts";
import { log, reasonOf } from "./log.ts";
import type { CheckMessage } from "./messages.ts";
import { moveAccounts } from "./move.ts";
import { handOverLeft } from "./read-again.ts";
import { retireAnswers, retireFiles, retireShipments } from "./retire.ts";
import { sweepBacklogs } from "./sweep.ts";

/**
 * The cron tick of every minute: enqueues what is due (steps 1b.1 and 1c.1), finds what was forgotten, retires what is old.
 * It is one invocation: all parts together make at most 500 calls to databases and 2,000 calls in all, whatever waits, and
 * what is left over is done by the next ticks (bounded.workerd.test.ts).
 */

/** Slots claimed by one statement. */
const SLOTS_PER_CLAIM = 1000;
/** Claims of one tick at most: it bounds a tick's time, not what may fall due. */
const CLAIMS_PER_TICK = 20;
const MESSAGES_PER_SEND = 100;
const MINUTE_MS = 60_000;
/** What was missed is handed out over so long, at most. */
const CATCH_UP_MS = 5 * MINUTE_MS;

/** How long a claim stands before another tick may take the slot over: longer than any check waits and runs. */
export function leaseOf(timeScale: number): number {
  return Math.max(30_000, 10 * MINUTE_MS * timeScale);
}

export async function tick(ctx: Context): Promise<void> {
  for (const [name, part] of Object.entries({
    enqueueChecks,
    keepCounts,
    visitLanes,
    handOverLeft,
    sweepBacklogs,
    forgetFollowers,
    moveAccounts,
    retireAnswers,
    retireShipments,
    retireFiles,
  })) {
    // One part that fails must not keep the others from their minute.
    await part(ctx).catch((error: unknown) => {
      log("tick.failed", { part: name, why: reasonOf(error) });
      ctx.metrics.write([{ kind: "fault", way: isBusy(error) ? "d1" : "tick", subject: name, failed: 1 }]);
    });
  }
}

/**
 * Claims what falls due until the next tick and hands it to the consumers, each check for its own moment of the minute.
 * A hand-over that fails is claimed again when its lease ends.
 */
export async function enqueueChecks(ctx: Context): Promise<void> {
  const now = ctx.now();
  const until = now + MINUTE_MS * ctx.timeScale;
  const lease_end = until + leaseOf(ctx.timeScale);
  let claimed = 0;
  for (let claim = 0; claim < CLAIMS_PER_TICK; claim++) {
    const slots = await claimDue(ctx.control, until, lease_end, SLOTS_PER_CLAIM);
    claimed += slots.length;
    const lanes = Map.groupBy(slots, (slot) => laneOf(ctx, slot));
    for (const [lane, own] of lanes) {
      for (let at = 0; at < own.length; at += MESSAGES_PER_SEND) {
        await lane.sendBatch(
          own.slice(at, at + MESSAGES_PER_SEND).map((slot) => ({
            body: messageOf(slot),
            delaySeconds: Math.floor(delayMs(slot, now, ctx.timeScale) / 1000),
          })),
        );
      }
    }
    if (slots.length < SLOTS_PER_CLAIM) break;
  }
  if (claimed > 0) log("checks.enqueued", { slots: claimed });
}

function messageOf({ resume_after, claimed_from: _, ...slot }: ClaimedSlot): CheckMessage {
  return { ...slot, after: resume_after, seen: resume_after === null ? 0 : null, begun_at: null };
}

/**
 * The lanes: files, carriers that answer slowly, and the others. A lane is a queue with consumers of its own, and which
 * one a check takes is measured, so a new carrier needs none and one that slows down leaves the others' by itself.
 */
export function laneOf(ctx: Context, check: { way: ClaimedSlot["way"]; slow: boolean }): Queue {
  if (check.way === "sftp") return ctx.queues.fileChecks;
  return check.slow ? ctx.queues.slowChecks : ctx.queues.checks;
}

/** How long a check waits on its queue: until it is due, or, where it should have been claimed before, up to a third of its interval so that what was missed comes evenly. */
function delayMs(slot: ClaimedSlot, now: number, timeScale: number): number {
  if (slot.claimed_from >= now) return slot.claimed_from - now;
  const missed_ms = now - slot.claimed_from;
  if (missed_ms <= MINUTE_MS * timeScale) return 0;
  const over_ms = Math.min(missed_ms, CATCH_UP_MS * timeScale, (slot.interval_s * 1000 * timeScale) / 3);
  return over_ms * drawnBy(slot.claim);
}

/** A number from 0 to 1 that a claim's draw gives. */
export function drawnBy(claim: string): number {
  return Number.parseInt(claim.slice(0, 8), 16) / 2 ** 32;
}

/** Windows of connections' followers that a tick goes through, where a change of their accounts left some. */
const WINDOWS_PER_TICK = 25;

async function forgetFollowers(ctx: Context): Promise<void> {
  await forgetLeft(ctx.control, WINDOWS_PER_TICK);
}
