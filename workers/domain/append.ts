import { codePath } from "./codes.ts";
import { eventId, identify } from "./identity.ts";
import { checkedPhoto } from "./photo.ts";
import { isEnd, type Status } from "./statuses.ts";
import { compareEvents, type ShipmentStanding, shipmentStanding, type TimelineEvent } from "./timeline.ts";
import type { CarrierEvent, OtherFacts, Source, TrackingEvent } from "./tracking-event.ts";

/** Carriers' news joined to a shipment's timeline: what is new, what was said before, and what the shipment is after it. Pure. */

/** News of one shipment from one document, as the Event Service posts it. */
export interface Post {
  shipment_id: string;
  /** Empty for the whole shipment. */
  parcel_number: string;
  source: Source;
  document_id: string;
  /** Somebody asked to read the document again: an event whose code changed is told again, as a further event. */
  reread: boolean;
  events: CarrierEvent[];
  eta: string | null;
  carrier_tracking_update: {
    new_carrier_tracking_id: string;
    new_carrier_tracking_url: string | null;
  } | null;
}

/** An event already in the timeline, as far as appending looks at it. */
export interface KnownEvent extends TimelineEvent {
  source: Source;
  /** ISO 8601 with the place's offset. */
  local: string | null;
  reason: string | null;
}

export interface Eta {
  current: string;
  first: string;
  previous: string | null;
  source: Source;
}

/** A shipment with its timeline as last read. `version` guards the write: an append against an older one changes nothing. */
export interface ShipmentTimeline {
  id: string;
  tenant_id: string;
  carrier_id: string;
  version: number;
  last_sequence: number;
  not_before: number | null;
  direction: "outbound" | "return";
  status: Status;
  ended_at: number | null;
  eta: Eta | null;
  carrier_tracking_update: Post["carrier_tracking_update"];
  facts: Partial<OtherFacts>;
  parcels: { number: string; id: string; status: string }[];
  events: KnownEvent[];
}

export interface NewEvent extends KnownEvent {
  body: TrackingEvent & { other: OtherFacts };
  document_id: string;
  shipment_status: Status;
  health: string;
  action_required_by: string;
}

export interface Append {
  shipment_id: string;
  version: number;
  /** In the order in which they get their sequence. */
  events: NewEvent[];
  new_parcels: string[];
  standing: ShipmentStanding;
  eta: Eta | null;
  carrier_tracking_update: Post["carrier_tracking_update"];
  facts: Partial<OtherFacts>;
  /** Per parcel number: what the carrier last said of its condition and measures. */
  parcel_facts: Map<string, Partial<Pick<OtherFacts, "condition" | "carrier_weight_dims">>>;
  ended: boolean;
  /** The status each known parcel had before: only what changed is written. */
  parcels_before: ReadonlyMap<string, string>;
}

/** What the posts change in a shipment; null when all of it was there already. The order of the posts plays no part in the timeline. */
export function planAppend(shipment: ShipmentTimeline, told: readonly Post[], now: number): Append | null {
  const posts = told.filter((post) => !isAllBefore(shipment, post));
  const known = new Map<string, KnownEvent>(shipment.events.map((event) => [event.id, event]));
  const fresh: NewEvent[] = [];
  for (const { post, event } of posts.flatMap((p) => p.events.map((e) => ({ post: p, event: e })))) {
    const made = newEvent(shipment, post, event, known, now);
    if (made === null) continue;
    known.set(made.id, made);
    fresh.push(made);
  }
  const new_parcels = newParcels(shipment, posts);
  const eta = latestEta(shipment, posts);
  const update =
    posts.findLast((post) => post.carrier_tracking_update !== null)?.carrier_tracking_update ??
    shipment.carrier_tracking_update;
  const changed =
    fresh.length > 0 ||
    new_parcels.length > 0 ||
    eta !== shipment.eta ||
    JSON.stringify(update) !== JSON.stringify(shipment.carrier_tracking_update);
  if (!changed) return null;
  fresh.sort(compareEvents);
  const numbers = [...shipment.parcels.map((parcel) => parcel.number), ...new_parcels];
  const standing = standAfterEach(shipment, fresh, numbers, eta);
  return {
    shipment_id: shipment.id,
    version: shipment.version,
    events: fresh,
    new_parcels,
    standing,
    eta,
    carrier_tracking_update: update,
    facts: factsAfter(shipment.facts, fresh),
    parcel_facts: parcelFacts(fresh),
    ended: isEnd(standing.status),
    parcels_before: new Map(shipment.parcels.map((parcel) => [parcel.number, parcel.status])),
  };
}

/** News of the number's earlier life: nothing of it, parcels and promises neither, belongs to this shipment. */
function isAllBefore(shipment: ShipmentTimeline, post: Post): boolean {
  return post.events.length > 0 && post.events.every((event) => isBefore(shipment, event));
}

function isBefore({ not_before }: ShipmentTimeline, { time }: CarrierEvent): boolean {
  if (not_before === null || time.at === null) return false;
  const at = Date.parse(time.at);
  return (time.precision === "date" ? at + 86_400_000 - 1 : at) < not_before;
}

function newEvent(
  shipment: ShipmentTimeline,
  post: Post,
  event: CarrierEvent,
  known: ReadonlyMap<string, KnownEvent>,
  now: number,
): NewEvent | null {
  const at = event.time.at === null ? null : Date.parse(event.time.at);
  if (isBefore(shipment, event)) return null;
  const body = identify(event, {
    shipment_id: shipment.id,
    parcel_number: post.parcel_number === "" ? null : post.parcel_number,
    source: post.source,
    created_at_ms: now,
  });
  const path = codePath(event.gluey);
  const before = known.get(body.id);
  if (before !== undefined) {
    const corrected = post.reread ? correction(shipment, post, event, path, known) : null;
    if (corrected === null) return null;
    body.id = corrected.id;
    body.replaces = corrected.replaces;
  }
  const made: NewEvent = {
    id: body.id,
    parcel: post.parcel_number,
    at,
    precision: event.time.precision,
    order: event.order,
    path,
    status: event.status,
    replaces: body.replaces,
    withdrawn: event.withdrawn,
    duplicate_of: null,
    source: post.source,
    local: event.time.at,
    reason: event.reason,
    body: { ...body, other: checkedPhoto(event.other) },
    document_id: post.document_id,
    shipment_status: shipment.status,
    health: "on_track",
    action_required_by: "none",
  };
  if (made.replaces === null) made.duplicate_of = toldBefore(made, known.values());
  made.body.duplicate_of = made.duplicate_of;
  return made;
}

/** The same fact under another rule: the next free revision of it, or null when its latest telling has this code already. */
function correction(
  shipment: ShipmentTimeline,
  post: Post,
  event: CarrierEvent,
  path: string,
  known: ReadonlyMap<string, KnownEvent>,
): { id: string; replaces: string } | null {
  const idOf = (revision: number) =>
    eventId({
      shipment_id: shipment.id,
      parcel: post.parcel_number === "" ? null : post.parcel_number,
      code: event.carrier.code,
      sub_code: event.carrier.sub_code,
      text: event.carrier.freetext_detail,
      at: event.time.at,
      precision: event.time.precision,
      place: event.location,
      revision,
    });
  let latest = idOf(event.revision);
  for (let revision = event.revision + 1; ; revision++) {
    const next = idOf(revision);
    if (!known.has(next)) {
      const told = known.get(latest);
      const same = told === undefined || (told.path === path && told.reason === event.reason);
      return same ? null : { id: next, replaces: latest };
    }
    latest = next;
  }
}

/** The event that told the same fact by another way: same parcel, same code, times equal within the coarser precision. */
function toldBefore(event: KnownEvent, known: Iterable<KnownEvent>): string | null {
  if (event.path === "other/unmapped" || event.local === null) return null;
  for (const other of known) {
    if (other.duplicate_of !== null || other.source === event.source) continue;
    if (other.parcel === event.parcel && other.path === event.path && sameTime(other, event)) return other.id;
  }
  return null;
}

function sameTime(a: KnownEvent, b: KnownEvent): boolean {
  if (a.local === null || b.local === null || a.at === null || b.at === null) return false;
  if (a.precision === "unknown" || b.precision === "unknown") return false;
  if (a.precision === "date" || b.precision === "date") return a.local.slice(0, 10) === b.local.slice(0, 10);
  const step = a.precision === "minute" || b.precision === "minute" ? 60_000 : 1000;
  return Math.floor(a.at / step) === Math.floor(b.at / step);
}

function newParcels(shipment: ShipmentTimeline, posts: readonly Post[]): string[] {
  const known = new Set(shipment.parcels.map((parcel) => parcel.number));
  return [
    ...new Set(
      posts.map((post) => post.parcel_number).filter((number) => number !== "" && !known.has(number)),
    ),
  ];
}

/** The carrier's latest promise; `first` and `previous` tell how it moved. The same object when nothing changed. */
function latestEta(shipment: ShipmentTimeline, posts: readonly Post[]): Eta | null {
  let eta = shipment.eta;
  for (const post of posts) {
    const told =
      post.eta ??
      post.events
        .toSorted((a, b) => (a.time.at ?? "").localeCompare(b.time.at ?? ""))
        .findLast((e) => e.other.eta !== null)?.other.eta ??
      null;
    if (told === null || told === eta?.current) continue;
    eta = { current: told, first: eta?.first ?? told, previous: eta?.current ?? null, source: post.source };
  }
  return eta;
}

/** Whether a promise lies after another; a day stands for its end. */
function isLater(promise: string, than: string): boolean {
  const end = (text: string) => (text.length === 10 ? Date.parse(`${text}T23:59:59Z`) : Date.parse(text));
  return end(promise) > end(than);
}

/** Writes into each new event what the shipment is after it, in the order of their sequence; returns the last standing. */
function standAfterEach(
  shipment: ShipmentTimeline,
  fresh: NewEvent[],
  numbers: string[],
  eta: Eta | null,
): ShipmentStanding {
  const timeline: TimelineEvent[] = [...shipment.events];
  const slipped = eta !== null && isLater(eta.current, eta.first);
  const stand = (): ShipmentStanding => {
    const standing = shipmentStanding(timeline, numbers, shipment.direction);
    // A promise that moved back makes a shipment late, wherever it is, unless something worse is the matter.
    const delayed = slipped && standing.health === "on_track" && !isEnd(standing.status);
    return delayed ? { ...standing, health: "delayed" } : standing;
  };
  for (const event of fresh) {
    timeline.push(event);
    const standing = stand();
    event.shipment_status = standing.status;
    event.health = standing.health;
    event.action_required_by = standing.action_required_by;
    event.body.late_scan = standing.late.has(event.id);
  }
  return stand();
}

function factsAfter(before: Partial<OtherFacts>, fresh: readonly NewEvent[]): Partial<OtherFacts> {
  const facts: Partial<OtherFacts> = { ...before };
  for (const { body } of fresh) {
    const { delivery_confirmation, shipping_cost, shipping_cost_currency, co2_footprint_kg } = body.other;
    if (delivery_confirmation !== null) facts.delivery_confirmation = delivery_confirmation;
    if (shipping_cost !== null) Object.assign(facts, { shipping_cost, shipping_cost_currency });
    if (co2_footprint_kg !== null) facts.co2_footprint_kg = co2_footprint_kg;
  }
  return facts;
}

function parcelFacts(fresh: readonly NewEvent[]): Append["parcel_facts"] {
  const facts: Append["parcel_facts"] = new Map();
  for (const { parcel, body } of fresh) {
    if (parcel === "") continue;
    const { condition, carrier_weight_dims } = body.other;
    const of = facts.get(parcel) ?? {};
    if (condition !== null) of.condition = condition;
    if (carrier_weight_dims !== null) of.carrier_weight_dims = carrier_weight_dims;
    facts.set(parcel, of);
  }
  return facts;
}
