import type { Context } from "../context.ts";
import type { InboxReport } from "../inbox/views.ts";
import {
  connectionsBehind,
  growLanes,
  LANES_MAX,
  type LaneReport,
  lanesOf,
  lanesToVisit,
  laneTold,
  reportLanes,
  untoldLanes,
  type VisitedLane,
} from "../storage/lanes.ts";
import { passWatermark, watermarkOf } from "../storage/sweeps.ts";
import { log, reasonOf } from "./log.ts";

/** Lanes from outside: what they have to be told, how they are doing, and how many a connection needs. */

/** Tells a connection's lanes its newest version, or its end. False where one could not be told yet: the tick goes on. */
export async function tellLanes(ctx: Context, connection_id: string): Promise<boolean> {
  const lanes = await untoldLanes(ctx.control, connection_id);
  const told = await Promise.all(lanes.map((lane) => tellLane(ctx, lane)));
  return told.every((one) => one);
}

async function tellLane(ctx: Context, lane: VisitedLane): Promise<boolean> {
  if (lane.to_tell === null) return true;
  const inbox = ctx.inboxOf(lane.connection_id, lane.lane);
  try {
    await (lane.removed ? inbox.remove() : inbox.tell(lane.to_tell));
    await laneTold(ctx.control, lane);
    return true;
  } catch (error) {
    log("lane.not_told", { connection_id: lane.connection_id, lane: lane.lane, why: reasonOf(error) });
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

/** Lanes that a tick visits: an invocation has ten thousand subrequests for everything. */
const VISITS_PER_TICK = 500;
const VISITED_AT_ONCE = 6;
/** A connection whose lane has been behind for so long gets twice as many. */
const BEHIND_FOR_MS = 60_000;

/**
 * For the tick: visits lanes, so that a lost alarm is found within minutes and old documents go; tells what has to be
 * told; and doubles the lanes of connections that can't keep up.
 */
export async function visitLanes(ctx: Context): Promise<void> {
  const after = await watermarkOf(ctx.control, "lanes");
  const { lanes, next } = await lanesToVisit(ctx.control, after, VISITS_PER_TICK);
  const reports: LaneReport[] = [];
  for (let at = 0; at < lanes.length; at += VISITED_AT_ONCE) {
    const visited = await Promise.all(lanes.slice(at, at + VISITED_AT_ONCE).map((lane) => visit(ctx, lane)));
    for (const report of visited) if (report !== null) reports.push(report);
  }
  const now = ctx.now();
  await reportLanes(ctx.control, reports, now);
  await passWatermark(ctx.control, "lanes", after, next);
  if (!reports.some(({ oldest_due_at }) => oldest_due_at !== null && oldest_due_at < now)) return;
  for (const behind of await connectionsBehind(ctx.control, now - BEHIND_FOR_MS * ctx.timeScale)) {
    const { connection_id, lanes: before } = behind;
    if (before >= LANES_MAX) continue;
    await growLanes(ctx.control, connection_id, before * 2, now);
    log("lanes.doubled", { connection_id, lanes: before * 2 });
    await tellLanes(ctx, connection_id);
  }
}

async function visit(ctx: Context, lane: VisitedLane): Promise<LaneReport | null> {
  const { connection_id } = lane;
  try {
    if (lane.to_tell !== null) await tellLane(ctx, lane);
    const report = await ctx.inboxOf(connection_id, lane.lane).upkeep();
    return { ...report, connection_id, lane: lane.lane };
  } catch (error) {
    log("lane.not_visited", { connection_id, lane: lane.lane, why: reasonOf(error) });
    return null;
  }
}
