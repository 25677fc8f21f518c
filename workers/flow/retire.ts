import type { Context } from "../context.ts";
import { timePart } from "../domain/ids.ts";
import { unfollowStatements } from "../storage/follow.ts";
import { forgetOldAnswers } from "../storage/idempotency.ts";
import { endShipments, forgetFiles, forgetShipments, shipmentsBetween } from "../storage/retention.ts";
import { passWatermark, watermarkOf } from "../storage/sweeps.ts";
import { log } from "./log.ts";

/** Old rows go in small steps, so that no statement blocks a database. How long what is kept is configuration, see `Kept`. */

const ROWS_PER_STEP = 200;

/** Responses to creations, kept a day for a repeated request. */
export async function retireAnswers(ctx: Context): Promise<void> {
  await forgetOldAnswers(ctx.control, ctx.now(), ROWS_PER_STEP);
}

/** Shipments of a database that a tick looks at, and the calls to databases that it may make for all of them. */
const SHIPMENTS_PER_TICK = 500;
const CALLS_PER_TICK = 120;

/**
 * Shipments that nothing has been received for so long, with their events. Each database is gone through by id, which is
 * by age, round and round; only what was registered long ago is looked at. What a tick has no calls left for, the next
 * one finds: a shipment that was ended and not deleted is still old.
 */
export async function retireShipments(ctx: Context): Promise<void> {
  const before = ctx.now() - ctx.kept.events_ms;
  const databases = [...ctx.placements.databases];
  // The first database is another one each minute, so that none is always left out.
  const first = Math.floor(ctx.now() / 60_000) % databases.length;
  let calls = CALLS_PER_TICK;
  for (const [name, database] of [...databases.slice(first), ...databases.slice(0, first)]) {
    if (calls < 10) return;
    calls -= await retireFrom(ctx, name, database, { before, calls });
  }
}

/** One page of one database; returns how many calls it made. */
async function retireFrom(
  ctx: Context,
  name: string,
  database: D1Database,
  { before, calls }: { before: number; calls: number },
): Promise<number> {
  const mark = `retire/${name}`;
  const from = await watermarkOf(ctx.control, mark);
  const page = await shipmentsBetween(database, from, `shp_${timePart(before)}`, SHIPMENTS_PER_TICK);
  const due = page.filter((one) => !one.is_copy && !one.is_head && one.updated_at < before);
  const old = await endShipments(database, due, before);
  let used = 4;
  let done = true;
  if (old.length > 0) {
    // First nothing leads to them any more, then they go.
    await ctx.control.batch(
      unfollowStatements(
        ctx.control,
        old.map((shipment) => shipment.id),
      ),
    );
    const forgotten = await forgetShipments(database, old, calls - used - 1);
    done = forgotten.done;
    used += 3 + Math.ceil(forgotten.events / 2000);
    log("shipments.retired", { shipments: old.length, events: forgotten.events, shard: name, done });
  }
  const last = page.length < SHIPMENTS_PER_TICK ? undefined : page.at(-1);
  if (done) await passWatermark(ctx.control, mark, from, last?.id ?? "");
  return used;
}

/** A folder is cleaned up by its carrier long before this. */
const FILES_KEPT_MS = 400 * 86_400_000;

/** What is remembered of files that were read, round and round. */
export async function retireFiles(ctx: Context): Promise<void> {
  const from = await watermarkOf(ctx.control, "files");
  const to = await forgetFiles(ctx.control, from, ctx.now() - FILES_KEPT_MS, ROWS_PER_STEP);
  await passWatermark(ctx.control, "files", from, to);
}
