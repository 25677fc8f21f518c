import { codePath } from "./codes.ts";
import { eventId, identify } from "./identity.ts";
import { checkedPhoto } from "./photo.ts";
import { laterNumbers, latestNumber, type Renumbering, withSteps } from "./renumbering.ts";
import { isEnd, type Status } from "./statuses.ts";
import { compareEvents, type ShipmentStanding, shipmentStanding, type TimelineEvent } from "./timeline.ts";
import type { CarrierEvent, OtherFacts, Source, TrackingEvent } from "./tracking-event.ts";

/** Carriers' news joined to a shipment's timeline: what is new, what was said before, and what the shipment is after it. Pure. */

/** News of one shipment from one document, as the Event Service posts it. */
export interface Post {
  shipment_id: string;
  /** Empty for the whole shipment. */
  parcel_number: string;
  /** The parcel of the directory whose number this is, be it a later one; null where the directory knows none. */
  parcel_id: string | null;
  source: Source;
  document_id: string;
  /** Somebody asked to read the document again: an event whose code changed is told again, as a further event. */
  reread: boolean;
  events: CarrierEvent[];
  eta: string | null;
  carrier_tracking_update: Renumbering | null;
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
  carrier_tracking_id: string;
  version: number;
  last_sequence: number;
  not_before: number | null;
  direction: "outbound" | "return";
  status: Status;
  ended_at: number | null;
  eta: Eta | null;
  facts: ShipmentFacts;
  parcels: { number: string; id: string; status: string }[];
  events: KnownEvent[];
}

/** What is known of a shipment beside its events. */
export interface ShipmentFacts extends Partial<OtherFacts> {
  /** Every step from an old number to a new one, the parcels' too: from them follows who has which number now. */
  renumbered?: Renumbering[];
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
  tenant_id: string;
  version: number;
  /** In the order in which they get their sequence. */
  events: NewEvent[];
  new_parcels: string[];
  standing: ShipmentStanding;
  eta: Eta | null;
  /** The step that gave the shipment's own number the one it has now. */
  carrier_tracking_update: Renumbering | null;
  /** The same of each parcel where it changed, by its number. */
  parcel_updates: Map<string, Renumbering>;
  /** Numbers first told here in place of old ones. */
  new_numbers: string[];
  facts: ShipmentFacts;
  /** Per parcel number: what the carrier last said of its condition and measures. */
  parcel_facts: Map<string, Partial<Pick<OtherFacts, "condition" | "carrier_weight_dims">>>;
  ended: boolean;
  /** The status each known parcel had before: only what changed is written. */
  parcels_before: ReadonlyMap<string, string>;
}

/** What the posts change in a shipment; null when all of it was there already. The order of the posts plays no part in the timeline. */
export function planAppend(shipment: ShipmentTimeline, told: readonly Post[], now: number): Append | null {
  const posts = told
    .filter((post) => !isAllBefore(shipment, post))
    .map((post) => ofItsParcel(shipment, post));
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
  const before = shipment.facts.renumbered ?? [];
  const steps = withSteps(before, stepsOf(shipment, posts));
  const changed = fresh.length > 0 || new_parcels.length > 0 || eta !== shipment.eta || steps !== before;
  if (!changed) return null;
  fresh.sort(compareEvents);
  const numbers = [...shipment.parcels.map((parcel) => parcel.number), ...new_parcels];
  const standing = standAfterEach(shipment, fresh, numbers, eta, steps);
  return {
    shipment_id: shipment.id,
    tenant_id: shipment.tenant_id,
    version: shipment.version,
    events: fresh,
    new_parcels,
    standing,
    eta,
    carrier_tracking_update: latestNumber(shipment.carrier_tracking_id, steps),
    parcel_updates: parcelUpdates(numbers, new Set(new_parcels), before, steps),
    new_numbers: [
      ...new Set(steps.filter((step) => !before.includes(step)).map((step) => step.new_carrier_tracking_id)),
    ],
    facts: {
      ...factsAfter(shipment.facts, fresh),
      ...(steps.length === 0 ? {} : { renumbered: [...steps] }),
    },
    parcel_facts: parcelFacts(fresh),
    ended: isEnd(standing.status),
    parcels_before: new Map(shipment.parcels.map((parcel) => [parcel.number, parcel.status])),
  };
}

/** The post under the number by which the shipment knows its parcel: a later number of it names no parcel of its own. */
function ofItsParcel(shipment: ShipmentTimeline, post: Post): Post {
  const parcel = shipment.parcels.find(({ id }) => id === post.parcel_id);
  return parcel === undefined ? post : { ...post, parcel_number: parcel.number };
}

function stepsOf(shipment: ShipmentTimeline, posts: readonly Post[]): Renumbering[] {
  return posts.flatMap(({ carrier_tracking_update: step, parcel_number }) => {
    if (step === null) return [];
    const own = parcel_number === "" ? shipment.carrier_tracking_id : parcel_number;
    return [step.replaced_tracking_id === "" ? { ...step, replaced_tracking_id: own } : step];
  });
}

/** The parcels whose number is another than it was before these steps. */
function parcelUpdates(
  numbers: readonly string[],
  fresh: ReadonlySet<string>,
  before: readonly Renumbering[],
  steps: readonly Renumbering[],
): Map<string, Renumbering> {
  const updates = new Map<string, Renumbering>();
  if (steps === before && fresh.size === 0) return updates;
  for (const number of numbers) {
    const now = latestNumber(number, steps);
    const same = !fresh.has(number) && now === latestNumber(number, before);
    if (now !== null && !same) updates.set(number, now);
  }
  return updates;
}

/**
 * Which parcel's number is but a later number of another one's: where the carrier named the new number before it told
 * of the swap, both are parcels of the shipment, and one piece.
 */
function onePiece(numbers: readonly string[], steps: readonly Renumbering[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  if (steps.length === 0) return first;
  for (const number of numbers)
    for (const later of laterNumbers(number, steps))
      if (numbers.includes(later) && !first.has(number)) first.set(later, first.get(number) ?? number);
  return first;
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
  steps: readonly Renumbering[],
): ShipmentStanding {
  const timeline: TimelineEvent[] = [...shipment.events];
  const slipped = eta !== null && isLater(eta.current, eta.first);
  const piece = onePiece(numbers, steps);
  const stand = (): ShipmentStanding => {
    const standing = standingOfPieces(timeline, numbers, piece, shipment.direction);
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

function standingOfPieces(
  timeline: readonly TimelineEvent[],
  numbers: readonly string[],
  piece: ReadonlyMap<string, string>,
  direction: "outbound" | "return",
): ShipmentStanding {
  if (piece.size === 0) return shipmentStanding(timeline, numbers, direction);
  const standing = shipmentStanding(
    timeline.map((event) => ({ ...event, parcel: piece.get(event.parcel) ?? event.parcel })),
    numbers.filter((number) => !piece.has(number)),
    direction,
  );
  const parcels = new Map(standing.parcels);
  for (const [later, first] of piece) {
    const status = parcels.get(first);
    if (status !== undefined) parcels.set(later, status);
  }
  return { ...standing, parcels };
}

function factsAfter(before: ShipmentFacts, fresh: readonly NewEvent[]): ShipmentFacts {
  const facts: ShipmentFacts = { ...before };
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
