import type { Context } from "../context.ts";
import type { InboxReport } from "../inbox/views.ts";
import {
  connectionsBehind,
  growLanes,
  LANES_MAX,
  type LaneReport,
  lanesOf,
  lanesTold,
  lanesToVisit,
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
  const told = await inTurn(lanes, (lane) => tellLane(ctx, lane));
  try {
    await lanesTold(
      ctx.control,
      lanes.filter((_, at) => told[at]),
    );
  } catch (error) {
    log("lanes.not_noted", { connection_id, why: reasonOf(error) });
    return false;
  }
  return told.every((one) => one);
}

async function tellLane(ctx: Context, lane: VisitedLane): Promise<boolean> {
  if (lane.to_tell === null) return true;
  const inbox = ctx.inboxOf(lane.connection_id, lane.lane);
  try {
    await (lane.removed ? inbox.remove() : inbox.tell(lane.to_tell));
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

/** Lanes that a tick visits, and of them those that it tells something: an invocation makes a bounded number of calls. */
const VISITS_PER_TICK = 400;
const TELLS_PER_TICK = 150;
/** Lanes of connections that are given more, told at once. */
const GROWN_PER_TICK = 128;
/** The platform opens six connections for an invocation. */
const AT_ONCE = 6;
/** A connection whose lane has been behind for so long gets twice as many. */
const BEHIND_FOR_MS = 60_000;

/**
 * For the tick: visits lanes, so that a lost alarm is found within minutes and old documents go; tells what has to be
 * told; and doubles the lanes of connections that can't keep up.
 */
export async function visitLanes(ctx: Context): Promise<void> {
  const after = await watermarkOf(ctx.control, "lanes");
  const { lanes, next } = await lanesToVisit(ctx.control, after, VISITS_PER_TICK);
  let tells = TELLS_PER_TICK;
  const visits = await inTurn(lanes, (lane) => {
    const tell = lane.to_tell !== null && tells > 0;
    if (tell) tells -= 1;
    return visit(ctx, lane, tell);
  });
  const reports = visits.flatMap(({ report }) => report ?? []);
  await lanesTold(
    ctx.control,
    lanes.filter((_, at) => visits[at]?.told),
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
    await tellLanes(ctx, connection_id);
  }
}

async function visit(
  ctx: Context,
  lane: VisitedLane,
  tell: boolean,
): Promise<{ told: boolean; report: LaneReport | null }> {
  const { connection_id } = lane;
  const told = tell && (await tellLane(ctx, lane));
  try {
    const report = await ctx.inboxOf(connection_id, lane.lane).upkeep();
    return { told, report: { ...report, connection_id, lane: lane.lane } };
  } catch (error) {
    log("lane.not_visited", { connection_id, lane: lane.lane, why: reasonOf(error) });
    return { told, report: null };
  }
}

/** A few at a time, in order. */
async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE)
    results.push(...(await Promise.all(all.slice(at, at + AT_ONCE).map(work))));
  return results;
}
