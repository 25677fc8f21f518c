import type { Context } from "../context.ts";
import type { Post, ShipmentTimeline } from "../domain/append.ts";
import { laterNumbers } from "../domain/renumbering.ts";
import { parseTenant } from "../domain/tenant.ts";
import { isOwnFault } from "../observe/database-fault.ts";
import { rescheduleChecks } from "../storage/checks.ts";
import { type FurtherNumber, followFurther } from "../storage/directory.ts";
import { readTimelines, type ShipmentOf } from "../storage/timelines.ts";
import { accountDestination, type Changed, shardDestination, type TenantPost } from "./append.ts";
import { log, reasonOf } from "./log.ts";
import { takeUp } from "./read-again.ts";

/**
 * What follows from an append in the control database: new parcels and numbers are followed, and checks get the interval
 * of the shipment's status. `changed`: the shipments that the append changed. Null where that is not known, because an
 * earlier run may have ended between its append and this: then every shipment of the posts is looked at, and only what
 * differs is written. Returns the shipments that could not be read now, and what each waits for: their documents are to
 * be processed again.
 */
export async function followUp(
  ctx: Context,
  posts: readonly TenantPost[],
  changed: readonly Changed[] | null,
): Promise<Map<string, string>> {
  const all = uniqueShipments(posts);
  const grown = new Set(
    changed?.filter((one) => one.has_new_numbers).map(({ shipment_id }) => shipment_id) ?? [],
  );
  const read = changed === null ? all : all.filter(({ shipment_id }) => grown.has(shipment_id));
  const { timelines, waiting } = await timelinesOf(ctx, read);
  const further = posts.flatMap(({ post }) => furtherNumbers(timelines.get(post.shipment_id), post));
  if (further.length > 0) {
    const earlier = await followFurther(ctx.control, further, ctx.now());
    // The rows are there: what can't be handed over now is taken up by the tick.
    if (earlier.length > 0) await takeUp(ctx, earlier);
  }
  const statuses =
    changed === null
      ? [...timelines.values()].map(({ id: shipment_id, status }) => ({ shipment_id, status }))
      : changed.filter((one) => one.status_changed);
  await rescheduleChecks(ctx.control, statuses, { now: ctx.now(), timeScale: ctx.timeScale });
  return waiting;
}

function uniqueShipments(posts: readonly TenantPost[]): ShipmentOf[] {
  return [
    ...new Map(
      posts.map(({ tenant_id, post: { shipment_id } }) => [shipment_id, { shipment_id, tenant_id }]),
    ).values(),
  ];
}

/** `waiting`: shipments whose database fails, or whose account left it after the append, and what each waits for. */
async function timelinesOf(
  ctx: Context,
  shipments: readonly ShipmentOf[],
): Promise<{ timelines: Map<string, ShipmentTimeline>; waiting: Map<string, string> }> {
  const timelines = new Map<string, ShipmentTimeline>();
  const waiting = new Map<string, string>();
  if (shipments.length === 0) return { timelines, waiting };
  const accountOf = ({ tenant_id }: ShipmentOf) => parseTenant(tenant_id).account_number;
  const places = await ctx.placements.ofAll([...new Set(shipments.map(accountOf))]);
  for (const [place, own] of Map.groupBy(shipments, (one) => places.get(accountOf(one)))) {
    if (place === undefined) {
      for (const one of own) waiting.set(one.shipment_id, accountDestination(accountOf(one)));
      continue;
    }
    try {
      const { timelines: read, away } = await readTimelines(place.database, own);
      for (const [id, timeline] of read) timelines.set(id, timeline);
      for (const one of own)
        if (away.has(accountOf(one))) waiting.set(one.shipment_id, accountDestination(accountOf(one)));
    } catch (error) {
      if (isOwnFault(error)) throw error;
      log("follow_up.delayed", { shard: place.name, shipments: own.length, why: reasonOf(error) });
      for (const { shipment_id } of own) waiting.set(shipment_id, shardDestination(place.name));
    }
  }
  return { timelines, waiting };
}

/** What a post names beside the number its shipment was registered by: a parcel's own, and one in place of an old one. */
function furtherNumbers(timeline: ShipmentTimeline | undefined, post: Post): FurtherNumber[] {
  if (timeline === undefined) return [];
  const { id: shipment_id, parcels, facts } = timeline;
  const known = (number: string) => parcels.find((parcel) => parcel.number === number);
  const named = parcels.find((parcel) => parcel.id === post.parcel_id) ?? known(post.parcel_number);
  const numbers: FurtherNumber[] =
    named === undefined ? [] : [{ shipment_id, number: named.number, parcel_id: named.id, instead_of: null }];
  const step = post.carrier_tracking_update;
  const kept = facts.renumbered?.some((one) => one.new_carrier_tracking_id === step?.new_carrier_tracking_id);
  if (step !== null && kept === true) {
    const number = step.new_carrier_tracking_id;
    const parcel =
      known(number) ??
      parcels.find((one) => laterNumbers(one.number, facts.renumbered ?? []).includes(number));
    numbers.push({
      shipment_id,
      number,
      parcel_id: parcel?.id ?? "",
      instead_of: step.replaced_tracking_id,
    });
  }
  return numbers;
}
