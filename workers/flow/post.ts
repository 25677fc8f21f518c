import type { Context } from "../context.ts";
import { type Append, type Post, planAppend, type ShipmentTimeline } from "../domain/append.ts";
import { timePart } from "../domain/ids.ts";
import { laterNumbers } from "../domain/renumbering.ts";
import { parseTenant } from "../domain/tenant.ts";
import { rescheduleChecks } from "../storage/checks.ts";
import { type FurtherNumber, followFurther } from "../storage/directory.ts";
import { countFailure, type DoneDocument, partDone } from "../storage/documents.ts";
import { unfollowStatements } from "../storage/follow.ts";
import type { Queryable } from "../storage/queryable.ts";
import { AccountMoving } from "../storage/residency.ts";
import { readTimelines, writeAppends } from "../storage/timelines.ts";
import { log, reasonOf } from "./log.ts";
import type { PostMessage } from "./messages.ts";
import { Posts } from "./posted.ts";

/**
 * Step 3, Gluey AI's side: posts → the shipments' timelines. The order is append, wake, done: a crash between any two
 * leaves the document undone, it is posted again, finds nothing new, and wakes whoever was not woken.
 */

/** How often an append may find that somebody was faster before the queue tries again later. */
const RACES_MAX = 6;

export async function applyPost(ctx: Context, message: PostMessage): Promise<void> {
  try {
    await apply(ctx, message);
  } catch (error) {
    // Nothing is wrong with the document: its account is between two databases for a moment.
    if (error instanceof AccountMoving) throw error;
    const { given_up } = await countFailure(ctx.control, message.document_id, reasonOf(error));
    if (!given_up) throw error;
    // By which way it came is in its posts, which may be what can't be read.
    ctx.metrics.write([{ kind: "fault", way: "document", subject: message.document_id, failed: 1 }]);
    log("document.given_up", { document_id: message.document_id, why: reasonOf(error) });
  }
}

async function apply(ctx: Context, message: PostMessage): Promise<void> {
  const posts = await postsOf(ctx, message);
  const appended = posts === null ? NOTHING : await append(ctx, message.tenant_id, posts);
  if (posts !== null) await wake(ctx, message.tenant_id);
  const done = await partDone(ctx.control, message);
  if (posts !== null) tell(ctx, message, posts, appended, done);
}

/** What a post added to the timelines. */
interface Appended {
  /** Told to whoever follows, and so also pushed. */
  events: number;
  /** Told before by another way: kept, and not told. */
  duplicates: number;
  /** Of the events, those whose code no rule knows. */
  unmapped: number;
}
const NOTHING: Appended = { events: 0, duplicates: 0, unmapped: 0 };

function tell(
  ctx: Context,
  message: PostMessage,
  posts: readonly Post[],
  appended: Appended,
  done: DoneDocument | null,
): void {
  const { tenant_id, document_id } = message;
  const shipments = [...new Set(posts.map((post) => post.shipment_id))];
  log("timeline.posted", {
    tenant_id,
    document_id,
    // One document may tell of thousands.
    shipment_id: shipments.length === 1 ? shipments[0] : undefined,
    shipments: shipments.length,
    ...appended,
    done: done !== null,
  });
  const [first] = posts;
  if (first === undefined) return;
  const at = ctx.now();
  // What is read again for the operator's sake has not come again.
  const total = done === null || first.reread ? 0 : 1;
  const { carrier_id } = done ?? {};
  ctx.tally.add({ kind: "in", way: first.source, at, total, ...appended, carrier_id });
  if (done !== null && !first.reread && (appended.events > 0 || message.parts > 1))
    ctx.tally.news({ connection_id: done.connection_id, way: done.source, at: done.received_at });
}

async function postsOf(ctx: Context, message: PostMessage): Promise<Post[] | null> {
  if (message.posts !== null) return Posts.parse(JSON.parse(message.posts));
  const row = await ctx.control
    .prepare("SELECT body FROM document_posts WHERE document_id = ?1 AND run = ?2 AND part = ?3")
    .bind(message.document_id, message.run, message.part)
    .first<{ body: string }>();
  // Removed once it was applied: a message that comes twice has nothing left to do.
  return row === null ? null : Posts.parse(JSON.parse(row.body));
}

/** Appends to the timelines; returns what is new. Throws when the shipments keep moving, so that the queue tries later. */
async function append(ctx: Context, tenant_id: string, posts: readonly Post[]): Promise<Appended> {
  const shard = ctx.shardFor(parseTenant(tenant_id).account_number);
  let open = Map.groupBy(posts, (post) => post.shipment_id);
  const all = [...open.keys()];
  const told: Appended = { ...NOTHING };
  for (let race = 0; ; race++) {
    const now = ctx.now();
    const timelines = await readTimelines(shard, tenant_id, [...open.keys()]);
    if (race === 0)
      await expectThere(
        ctx,
        shard,
        [...open.keys()].filter((id) => !timelines.has(id)),
      );
    const plans: Append[] = [];
    for (const [id, of] of open) {
      const timeline = timelines.get(id);
      const plan = timeline === undefined ? null : planAppend(timeline, of, now);
      if (plan !== null) plans.push(plan);
    }
    if (plans.length === 0) break;
    if (race >= RACES_MAX)
      throw new Error(`${plans.length} shipments changed under every try to append to them.`);
    const written = await writeAppends(shard, plans, now, () => ctx.newId("prc"));
    for (const event of plans
      .filter((plan) => written.has(plan.shipment_id))
      .flatMap((plan) => plan.events)) {
      if (event.duplicate_of !== null) told.duplicates += 1;
      else told.events += 1;
      if (event.path === "other/unmapped") told.unmapped += 1;
    }
    open = new Map(
      [...open].filter(([id]) => plans.some((plan) => plan.shipment_id === id) && !written.has(id)),
    );
  }
  await afterwards(ctx, await readTimelines(shard, tenant_id, all), posts);
  return told;
}

/** How long a registration may take from its first row in the directory to its shipment. */
const REGISTERING_MS = 10 * 60_000;

/**
 * Shipments that are followed and not there: stopped ones hear nothing more. One whose registration is under way is
 * waited for; one whose registration died is taken out of the directory, and the documents are read again without it.
 */
async function expectThere(ctx: Context, shard: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { results } = await shard
    .prepare("SELECT s.id FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value")
    .bind(JSON.stringify(ids))
    .all<{ id: string }>();
  const there = new Set(results.map((row) => row.id));
  const missing = ids.filter((id) => !there.has(id));
  if (missing.length === 0) return;
  const recent = `shp_${timePart(ctx.now() - REGISTERING_MS)}`;
  const orphans = missing.filter((id) => id < recent);
  if (orphans.length > 0) await ctx.control.batch(unfollowStatements(ctx.control, orphans));
  throw new Error(`${missing.length} followed shipments are not there (yet): the document is read again.`);
}

/**
 * What follows from an append in the control database: new parcels are followed, checks get the interval of the status.
 * Done for every post, also one that told nothing new, because the run that told it may have died here; it writes only
 * what is not so already.
 */
async function afterwards(
  ctx: Context,
  timelines: ReadonlyMap<string, ShipmentTimeline>,
  posts: readonly Post[],
): Promise<void> {
  const now = ctx.now();
  await followFurther(
    ctx.control,
    posts.flatMap((post) => furtherNumbers(timelines.get(post.shipment_id), post)),
    now,
  );
  const statuses = [...timelines.values()].map(({ id, status }) => ({ shipment_id: id, status }));
  await rescheduleChecks(ctx.control, statuses, { now, timeScale: ctx.timeScale });
}

/** What a post names beside the number its shipment was registered by: a parcel's own, and one in place of an old one. */
function furtherNumbers(timeline: ShipmentTimeline | undefined, post: Post): FurtherNumber[] {
  if (timeline === undefined) return [];
  const { id: shipment_id, parcels, facts } = timeline;
  const known = (number: string) => parcels.find((parcel) => parcel.number === number);
  const told = parcels.find((parcel) => parcel.id === post.parcel_id) ?? known(post.parcel_number);
  const numbers: FurtherNumber[] =
    told === undefined ? [] : [{ shipment_id, number: told.number, parcel_id: told.id, instead_of: null }];
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

/** The customer's object is only woken: it reads the feed itself. Nobody subscribed, nobody woken. */
async function wake(ctx: Context, tenant_id: string): Promise<void> {
  const subscribed = await ctx.control
    .prepare("SELECT 1 AS one FROM subscriptions WHERE tenant_id = ?1 LIMIT 1")
    .bind(tenant_id)
    .first();
  if (subscribed !== null) await ctx.deliveryOf(tenant_id).wake();
}
