import type { Context } from "../context.ts";
import type { InboxReport } from "../inbox/views.ts";
import {
  connectionsBehind,
  growLanes,
  LANES_MAX,
  type LaneReport,
  lanesOf,
  lanesToNotify,
  lanesToVisit,
  markLanesNotified,
  reportLanes,
  type VisitedLane,
} from "../storage/lanes.ts";
import { passWatermark, watermarkOf } from "../storage/sweeps.ts";
import { log, reasonOf } from "./log.ts";

/** Lanes from outside: notifying them of changes, asking how they are doing, and adding more where a connection needs them. */

/** An inbox answers within milliseconds, or is in trouble. */
const ANSWER_WITHIN_MS = 5000;

function unanswered(): never {
  throw new Error("The inbox did not answer in time.");
}

/** Notifies a connection's lanes of its newest version, or of its deletion. False where one could not be reached: the tick tries again. */
export async function notifyLanes(ctx: Context, connection_id: string): Promise<boolean> {
  const lanes = await lanesToNotify(ctx.control, connection_id);
  const notified = await inTurn(lanes, (lane) => notifyLane(ctx, lane));
  try {
    await markLanesNotified(
      ctx.control,
      lanes.filter((_, at) => notified[at]),
    );
  } catch (error) {
    log("lanes.not_noted", { connection_id, why: reasonOf(error) });
    return false;
  }
  return notified.every((one) => one);
}

async function notifyLane(ctx: Context, lane: VisitedLane): Promise<boolean> {
  if (lane.pending_version === null) return true;
  const inbox = ctx.inboxOf(lane.connection_id, lane.lane);
  try {
    const notified = lane.removed ? inbox.remove() : inbox.setVersion(lane.pending_version);
    // The row stays, and the tick tries again: whoever changed the connection does not wait for one inbox.
    await Promise.race([notified, ctx.wait(ANSWER_WITHIN_MS).then(unanswered)]);
    return true;
  } catch (error) {
    log("lane.not_notified", { connection_id: lane.connection_id, lane: lane.lane, why: reasonOf(error) });
    return false;
  }
}

/** How each lane of a connection is doing, in their order. */
export async function laneStates(
  ctx: Context,
  connection_id: string,
): Promise<(InboxReport & { lane: number })[]> {
  const lanes = await lanesOf(ctx.control, [connection_id]);
  return Promise.all(
    lanes
      .toSorted((a, b) => a.lane - b.lane)
      .map(async ({ lane }) => ({ ...(await ctx.inboxOf(connection_id, lane).report()), lane })),
  );
}

/** Lanes that a tick visits, and how many of them it notifies: an invocation makes a bounded number of calls. */
const VISITS_PER_TICK = 400;
const NOTIFIED_PER_TICK = 150;
/** Lanes that a tick notifies because their connection was given more lanes. */
const GROWN_PER_TICK = 128;
/** The platform opens six connections for an invocation. */
const AT_ONCE = 6;
/** A connection whose lane has been behind for so long gets twice as many. */
const BEHIND_FOR_MS = 60_000;

/**
 * For the tick: visits lanes, so that a lost alarm is found within minutes and old documents are removed; notifies lanes
 * of changed connections; and doubles the lanes of connections that can't keep up.
 */
export async function visitLanes(ctx: Context): Promise<void> {
  const after = await watermarkOf(ctx.control, "lanes");
  const { lanes, next } = await lanesToVisit(ctx.control, after, VISITS_PER_TICK);
  let notifications = NOTIFIED_PER_TICK;
  const visits = await inTurn(lanes, (lane) => {
    const notify = lane.pending_version !== null && notifications > 0;
    if (notify) notifications -= 1;
    return visit(ctx, lane, notify);
  });
  const reports = visits.flatMap(({ report }) => report ?? []);
  await markLanesNotified(
    ctx.control,
    lanes.filter((_, at) => visits[at]?.notified),
  );
  const now = ctx.now();
  await reportLanes(ctx.control, reports, now);
  await passWatermark(ctx.control, "lanes", after, next);
  if (!reports.some(({ oldest_due_at }) => oldest_due_at !== null && oldest_due_at < now)) return;
  let left = GROWN_PER_TICK;
  for (const behind of await connectionsBehind(ctx.control, now - BEHIND_FOR_MS * ctx.timeScale)) {
    const { connection_id } = behind;
    const grown = Math.min(behind.lanes * 2, LANES_MAX);
    // Still behind, it has its turn with the next tick.
    if (grown > left) continue;
    left -= grown;
    await growLanes(ctx.control, connection_id, grown, now);
    log("lanes.doubled", { connection_id, lanes: grown });
    await notifyLanes(ctx, connection_id);
  }
}

async function visit(
  ctx: Context,
  lane: VisitedLane,
  notify: boolean,
): Promise<{ notified: boolean; report: LaneReport | null }> {
  const { connection_id } = lane;
  const notified = notify && (await notifyLane(ctx, lane));
  try {
    const report = await ctx.inboxOf(connection_id, lane.lane).upkeep();
    return { notified, report: { ...report, connection_id, lane: lane.lane } };
  } catch (error) {
    log("lane.not_visited", { connection_id, lane: lane.lane, why: reasonOf(error) });
    return { notified, report: null };
  }
}

/** A few at a time, in order. */
async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE)
    results.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(work))));
  return results;
}
