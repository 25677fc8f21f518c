import type { Context } from "../context.ts";
import { type Append, type Post, planAppend, type ShipmentTimeline } from "../domain/append.ts";
import { timePart } from "../domain/ids.ts";
import { isEnd, type Status } from "../domain/statuses.ts";
import { parseTenant } from "../domain/tenant.ts";
import type { CarrierEvent, Source } from "../domain/tracking-event.ts";
import { isOwnFault } from "../observe/database-fault.ts";
import { unfollowStatements } from "../storage/follow.ts";
import type { Place } from "../storage/placement.ts";
import { readTimelines, type ShipmentOf, writeAppends } from "../storage/timelines.ts";
import { log, reasonOf } from "./log.ts";

/**
 * Step 3, Gluey AI: posts of many tenants into the shipments' timelines, a batch a database. Doing it twice changes
 * nothing the second time: an event's id follows from what it says, and a write is guarded by the shipment's version.
 */

/** News of one shipment, and whose shipment it is. */
export interface TenantPost {
  tenant_id: string;
  post: Post;
}

/** What was new. */
export interface Counts {
  /** Events with a sequence number: what customers get. */
  events: number;
  /** The same fact by another channel: stored, and not delivered. */
  duplicates: number;
  /** Events whose code no rule knows. */
  unmapped: number;
}

/** A shipment after its append. */
export interface Changed {
  shipment_id: string;
  tenant_id: string;
  status: Status;
  /** Another status than before: its checks get another interval. */
  status_changed: boolean;
  /** It was given parcels or numbers that nobody follows yet. */
  has_new_numbers: boolean;
}

export interface Appended {
  /** By the channel the event came through. */
  counts: Map<Source, Counts>;
  /** Appends that were tried, and how many of them found their shipment changed by somebody else. */
  tries: { appends: number; conflicts: number };
  changed: Changed[];
  /** Documents whose posts could not all be written yet, and what each waits for. */
  waiting: Map<string, Set<string>>;
  /** The shipments whose posts could not be written. */
  unwritten: Set<string>;
  /** Documents with a post that fails by itself, and why. */
  faults: Map<string, string>;
  /** The connections' documents that said something new. */
  newsworthy: Set<string>;
}

/** A destination of documents that wait for nothing but their turn. */
export const AGAIN = "again";

/** A database that fails. */
export const shardDestination = (name: string) => `shard ${name}`;
/** An account between two databases. */
export const accountDestination = (account_number: string) => `account ${account_number}`;

/** How often an append may find a shipment changed before its documents wait for a later turn. */
const RACES_MAX = 25;
const RACE_WAIT_MS = 8;
const RACE_WAIT_MAX_MS = 250;

/**
 * Appends posts to the timelines, wherever their accounts live. Throws only where the control database fails. `down`:
 * destinations that are known to fail and are not tried before their time; what is meant for them waits.
 */
export async function append(
  ctx: Context,
  posts: readonly TenantPost[],
  down: ReadonlySet<string> = new Set(),
): Promise<Appended> {
  const outcome = new Outcome();
  let open = posts;
  for (const afresh of [false, true]) {
    const away = await appendAll(ctx, open, { afresh, down }, outcome);
    if (away.size === 0) return outcome;
    open = open.filter(({ tenant_id }) => away.has(parseTenant(tenant_id).account_number));
  }
  // Also where it was just looked up, the account does not live: it is between two databases.
  for (const { tenant_id, post } of open)
    outcome.wait(post, accountDestination(parseTenant(tenant_id).account_number));
  return outcome;
}

/** One try at each database; returns the accounts that do not live where they were looked for. */
async function appendAll(
  ctx: Context,
  posts: readonly TenantPost[],
  { afresh, down }: { afresh: boolean; down: ReadonlySet<string> },
  outcome: Outcome,
): Promise<Set<string>> {
  const places = await ctx.placements.ofAll([...new Set(posts.map(accountOf))], afresh);
  const byPlace = Map.groupBy(posts, (post) => places.get(accountOf(post)));
  const away = new Set<string>();
  await Promise.all(
    [...byPlace].map(async ([place, own]) => {
      if (place === undefined) return unbound(own, outcome);
      const destination = shardDestination(place.name);
      if (down.has(destination)) {
        for (const { post } of own) outcome.wait(post, destination);
        return;
      }
      const turn = new Turn(ctx, place, outcome, away);
      await turn.append(own);
    }),
  );
  return away;
}

/** Accounts that live in a database that is not bound wait for it, and nobody else does. */
function unbound(posts: readonly TenantPost[], outcome: Outcome): void {
  for (const [account_number, own] of Map.groupBy(posts, accountOf)) {
    log("shard.not_bound", {
      account_number,
      why: "The account's database has no binding in wrangler.toml.",
    });
    for (const { post } of own) outcome.wait(post, accountDestination(account_number));
  }
}

class Outcome implements Appended {
  readonly counts = new Map<Source, Counts>();
  readonly tries = { appends: 0, conflicts: 0 };
  readonly changed: Changed[] = [];
  readonly waiting = new Map<string, Set<string>>();
  readonly unwritten = new Set<string>();
  readonly faults = new Map<string, string>();
  readonly newsworthy = new Set<string>();

  countsOf(source: Source): Counts {
    const counts = this.counts.get(source) ?? { events: 0, duplicates: 0, unmapped: 0 };
    this.counts.set(source, counts);
    return counts;
  }

  wait({ document_id, shipment_id }: Post, destination: string): void {
    const all = this.waiting.get(document_id) ?? new Set();
    this.waiting.set(document_id, all.add(destination));
    this.unwritten.add(shipment_id);
  }
}

/** The posts for one database. */
class Turn {
  readonly #ctx: Context;
  readonly #place: Place;
  readonly #outcome: Outcome;
  readonly #away: Set<string>;

  constructor(ctx: Context, place: Place, outcome: Outcome, away: Set<string>) {
    this.#ctx = ctx;
    this.#place = place;
    this.#outcome = outcome;
    this.#away = away;
  }

  /** A batch that fails by an error of its own is halved until the shipment at fault stands alone; trouble of the database makes its documents wait. */
  async append(posts: readonly TenantPost[]): Promise<void> {
    const shipments = Map.groupBy(posts, ({ post }) => post.shipment_id);
    try {
      for (const round of roundsOf(shipments)) await this.#appendTogether(round);
    } catch (error) {
      if (!isOwnFault(error)) {
        for (const { post } of posts) this.#outcome.wait(post, shardDestination(this.#place.name));
        return;
      }
      if (shipments.size === 1) {
        for (const { post } of posts) {
          this.#outcome.faults.set(
            post.document_id,
            `It could not be added to a timeline: ${reasonOf(error)}`,
          );
          this.#outcome.unwritten.add(post.shipment_id);
        }
        return;
      }
      const groups = [...shipments.values()];
      const middle = Math.ceil(groups.length / 2);
      await this.append(groups.slice(0, middle).flat());
      await this.append(groups.slice(middle).flat());
    }
  }

  async #appendTogether(shipments: ReadonlyMap<string, readonly TenantPost[]>): Promise<void> {
    let open = shipments;
    for (let race = 0; open.size > 0; race++) {
      if (race > 0) await this.#ctx.wait(jitter(race));
      if (race > RACES_MAX) return this.#later(open);
      const now = this.#ctx.now();
      const { timelines, away } = await readTimelines(this.#place.database, wantedOf(open));
      for (const account_number of away.keys()) this.#away.add(account_number);
      if (race === 0) await this.#expectThere(open, timelines, away);
      const plans = plansOf(open, timelines, now);
      if (plans.length === 0) return;
      const written = await writeAppends(this.#place.database, plans, now, () => this.#ctx.newId("prc"));
      for (const plan of plans) {
        const timeline = timelines.get(plan.shipment_id);
        if (timeline !== undefined && written.has(plan.shipment_id)) this.#record(timeline, plan);
      }
      const lost = new Set(plans.map((plan) => plan.shipment_id).filter((id) => !written.has(id)));
      this.#outcome.tries.appends += plans.length;
      this.#outcome.tries.conflicts += lost.size;
      open = new Map([...open].filter(([id]) => lost.has(id)));
    }
  }

  #record({ tenant_id, status }: ShipmentTimeline, plan: Append): void {
    const { changed, newsworthy } = this.#outcome;
    for (const event of plan.events) {
      const counts = this.#outcome.countsOf(event.source);
      if (event.duplicate_of !== null) counts.duplicates += 1;
      else counts.events += 1;
      if (event.path === "other/unmapped") counts.unmapped += 1;
      if (event.duplicate_of === null) newsworthy.add(event.document_id);
    }
    changed.push({
      shipment_id: plan.shipment_id,
      tenant_id,
      status: plan.standing.status,
      status_changed: plan.standing.status !== status || isEnd(status) !== plan.ended,
      has_new_numbers: plan.new_parcels.length > 0 || plan.new_numbers.length > 0,
    });
  }

  #later(open: ReadonlyMap<string, readonly TenantPost[]>): void {
    for (const { post } of [...open.values()].flat()) this.#outcome.wait(post, AGAIN);
  }

  /**
   * Shipments that are followed and not there: stopped ones get nothing more. One whose registration is under way is
   * waited for; one whose registration died is taken out of the directory, and its documents are read again without it.
   */
  async #expectThere(
    open: ReadonlyMap<string, readonly TenantPost[]>,
    timelines: ReadonlyMap<string, ShipmentTimeline>,
    away: ReadonlyMap<string, unknown>,
  ): Promise<void> {
    const absent = [...open]
      .filter(([id, [first]]) => !timelines.has(id) && !away.has(accountOf(first)))
      .map(([id]) => id);
    if (absent.length === 0) return;
    const { results } = await this.#place.database
      .prepare("SELECT s.id FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value")
      .bind(JSON.stringify(absent))
      .all<{ id: string }>();
    const there = new Set(results.map((row) => row.id));
    const missing = absent.filter((id) => !there.has(id));
    if (missing.length === 0) return;
    const recent = `shp_${timePart(this.#ctx.now() - REGISTERING_MS)}`;
    const orphans = missing.filter((id) => id < recent);
    if (orphans.length > 0) await this.#ctx.control.batch(unfollowStatements(this.#ctx.control, orphans));
    this.#later(new Map([...open].filter(([id]) => missing.includes(id))));
  }
}

/** How long a registration may take from its first row in the directory to its shipment. */
const REGISTERING_MS = 10 * 60_000;

function accountOf(post: TenantPost | undefined): string {
  return post === undefined ? "" : parseTenant(post.tenant_id).account_number;
}

function wantedOf(open: ReadonlyMap<string, readonly TenantPost[]>): ShipmentOf[] {
  return [...open].flatMap(([shipment_id, [first]]) =>
    first === undefined ? [] : [{ shipment_id, tenant_id: first.tenant_id }],
  );
}

function plansOf(
  open: ReadonlyMap<string, readonly TenantPost[]>,
  timelines: ReadonlyMap<string, ShipmentTimeline>,
  now: number,
): Append[] {
  return [...open].flatMap(([id, of]) => {
    const timeline = timelines.get(id);
    const plan =
      timeline === undefined
        ? null
        : planAppend(
            timeline,
            of.map(({ post }) => post),
            now,
          );
    return plan === null ? [] : [plan];
  });
}

/** One shipment's events in one transaction, and the characters of what they say: D1 binds at most 2 MB. */
const EVENTS_PER_APPEND = 200;
const TEXT_PER_APPEND = 400_000;

/** The posts in rounds, each with at most so much of every shipment: a long timeline takes several, in order. */
function roundsOf(shipments: ReadonlyMap<string, readonly TenantPost[]>): Map<string, TenantPost[]>[] {
  const rounds: Map<string, TenantPost[]>[] = [];
  for (const [id, posts] of shipments) {
    let round = 0;
    let [events, text] = [0, 0];
    const put = (post: TenantPost) => {
      const at = rounds[round] ?? new Map<string, TenantPost[]>();
      at.set(id, [...(at.get(id) ?? []), post]);
      rounds[round] = at;
    };
    for (const { tenant_id, post } of posts) {
      let part: Post = { ...post, events: [] };
      for (const event of post.events) {
        const length = lengthOf(event);
        if (events > 0 && (events >= EVENTS_PER_APPEND || text + length > TEXT_PER_APPEND)) {
          put({ tenant_id, post: part });
          part = { ...post, events: [] };
          round += 1;
          [events, text] = [0, 0];
        }
        part.events.push(event);
        events += 1;
        text += length;
      }
      put({ tenant_id, post: part });
    }
  }
  return rounds;
}

/** About the characters of an event: its names and texts are as long as the carrier makes them. */
function lengthOf({ carrier, location, other, carrier_meta_data }: CarrierEvent): number {
  const { address, carrier_location_coding: coding } = location ?? {};
  const texts = [
    carrier.freetext_detail,
    other.delivery_confirmation?.signed_by,
    other.delivery_confirmation?.base64_photo,
    coding?.description,
    ...(address ? [address.name, address.street, address.street_2, address.city] : []),
    ...carrier_meta_data.map(({ value }) => value),
  ];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 1500);
}

/** Milliseconds until the next try, drawn so that two runs that lost to each other do not meet again. */
function jitter(race: number): number {
  return Math.random() * Math.min(RACE_WAIT_MAX_MS, RACE_WAIT_MS * 2 ** Math.min(race, 6));
}
