import { isEnd, type Status } from "../domain/statuses.ts";
import { sortTimeline } from "../domain/timeline.ts";
import { dayAt, dayText, timeText, wallOf } from "./dates.ts";
import { LANGUAGES, type Language } from "./languages.ts";
import type { PageEvent, PageShipment } from "./page-shipment.ts";
import { phraseOf } from "./phrase-of.ts";
import type { Phrases, Told } from "./phrases/phrases.ts";
import { type PickupPlace, pickupPlace, placeText } from "./places.ts";
import { type BarStep, stepsOf, type Tone } from "./steps.ts";

/** The tracking page as words, ready to be set: a pure function of the shipment, the language and the time. */

export interface View {
  status: Told & { word: Status; tone: Tone };
  /** What the person should know beside it. */
  notices: string[];
  expected: { label: string; text: string; first: string | null } | null;
  steps: (BarStep & { label: string })[];
  pickups: PickupPlace[];
  parcels: { label: string; number: string; status: string; tone: Tone }[];
  pieces: string | null;
  more_parcels: number;
  /** Newest first. */
  days: Day[];
  has_older: boolean;
  carrier: string;
  tracking_number: string;
  new_tracking_number: string | null;
}

export interface Day {
  /** Null for events whose time the carrier did not tell. */
  day: string | null;
  heading: string;
  entries: Entry[];
}

export interface Entry {
  time: string | null;
  /** For machines: ISO 8601, null where the carrier told no time. */
  at: string | null;
  text: string;
  place: string | null;
  parcels: string | null;
  tone: Tone;
}

export interface Reader {
  language: Language;
  /** Epoch milliseconds. */
  now: number;
  /** The carrier's name. */
  carrier: string;
}

const PARCELS_SHOWN = 50;
const PICKUPS_SHOWN = 5;

const TONES = new Map<Status, Tone>([
  ["delivered", "good"],
  ["delivery_attempted", "warn"],
  ["exception", "warn"],
  ["returning", "warn"],
  ["returned", "quiet"],
  ["failed", "bad"],
  ["cancelled", "quiet"],
]);

/** Said between carrier and sender; nothing to the person who waits. */
const NOT_SHOWN = new Set(["order/created/gluey_test", "delivery/admin", "other/unmapped"]);
const isShown = ({ path }: PageEvent) => !NOT_SHOWN.has(path) && !path.startsWith("post_delivery/rating");

export function trackingView(shipment: PageShipment, reader: Reader): View {
  const { status, direction } = shipment;
  const phrases: Phrases = LANGUAGES[reader.language];
  const told = standing(shipment.events);
  const been = told.flatMap((event) => (event.late_scan ? [] : [event.status]));
  const many = shipment.parcels.length > 1;
  return {
    status: { ...statusPhrase(phrases, status, direction), word: status, tone: toneOf(status, direction) },
    notices: noticesOf(phrases, shipment),
    expected: expectedOf(shipment, told, reader),
    steps: stepsOf({ status, direction, been }).map((step) => ({ ...step, label: phrases.steps[step.step] })),
    pickups: pickupsOf(shipment, told, reader.language),
    parcels: many ? parcelsOf(phrases, shipment) : [],
    pieces: many ? piecesOf(phrases, shipment) : null,
    more_parcels: many ? Math.max(0, shipment.parcels.length - PARCELS_SHOWN) : 0,
    days: daysOf(shipment, told, reader),
    has_older: shipment.has_older,
    carrier: reader.carrier,
    tracking_number: shipment.carrier_tracking_id,
    new_tracking_number: shipment.new_carrier_tracking_id,
  };
}

/** What still stands of a timeline, in its order: nothing withdrawn, replaced or told twice. */
function standing(events: readonly PageEvent[]): PageEvent[] {
  const replaced = new Set(events.map(({ replaces }) => replaces));
  return sortTimeline(events).filter(
    (event) => !event.withdrawn && event.duplicate_of === null && !replaced.has(event.id),
  );
}

function statusPhrase(phrases: Phrases, status: Status, direction: "outbound" | "return"): Told {
  const isReturns = status === "delivered" || status === "returning" || status === "returned";
  return direction === "return" && isReturns ? phrases.returns[status] : phrases.statuses[status];
}

function toneOf(status: Status, direction: "outbound" | "return"): Tone {
  if (direction === "return" && status === "returning") return "plain";
  if (direction === "return" && status === "returned") return "good";
  return TONES.get(status) ?? "plain";
}

/** How it goes and who has to move, where that says more than the status did. */
function noticesOf(phrases: Phrases, { status, health, action_required_by: actor }: PageShipment): string[] {
  if (isEnd(status) || health === "on_track" || health === "failed") return [];
  const says = status === "exception" || (health === "action_required" && actor !== "none");
  const how = says ? [] : [phrases.healths[health]];
  return actor === "none" || status === "ready_for_pickup" ? how : [...how, phrases.actors[actor]];
}

const IS_EXPECTED = new Set<Status>([
  "registered",
  "info_received",
  "collection",
  "accepted",
  "in_transit",
  "customs",
  "out_for_delivery",
  "delivery_attempted",
  "exception",
]);

function expectedOf(
  { status, eta }: PageShipment,
  told: readonly PageEvent[],
  { language, now }: Reader,
): View["expected"] {
  if (eta === null || !IS_EXPECTED.has(status)) return null;
  const { labels }: Phrases = LANGUAGES[language];
  // A day alone has no clock of its own: what is today follows the place of the latest news.
  const last = told.findLast((event) => event.local !== null)?.local ?? null;
  const today = dayAt(now, (last === null ? null : wallOf(last))?.offset_minutes ?? 0);
  const text = promiseText(eta.current, language, now, today);
  if (text === null) return null;
  const first = eta.first.slice(0, 10) === eta.current.slice(0, 10) ? null : eta.first;
  const firstDay = first === null ? null : promiseText(first.slice(0, 10), language, now, today);
  return {
    label: isOver(eta.current, now) ? labels.was_expected : labels.expected,
    text,
    first: firstDay === null ? null : labels.first_promised(firstDay),
  };
}

/** A day alone is over when it is over everywhere. */
function isOver(promise: string, now: number): boolean {
  return promise.length === 10 ? Date.parse(`${promise}T23:59:59-12:00`) < now : Date.parse(promise) < now;
}

function promiseText(promise: string, language: Language, now: number, today: string): string | null {
  if (promise.length === 10)
    return wallOf(`${promise}T00:00:00Z`) === null ? null : dayText(language, promise, today);
  const wall = wallOf(promise);
  if (wall === null) return null;
  return `${dayText(language, wall.day, dayAt(now, wall.offset_minutes))}, ${timeText(language, wall)}`;
}

/** Where parcels wait that nobody has picked up yet, each place once. */
function pickupsOf(shipment: PageShipment, told: readonly PageEvent[], language: Language): PickupPlace[] {
  const waiting = new Set(
    shipment.parcels
      .filter(({ status }) => status === "ready_for_pickup")
      .map((parcel) => parcel.carrier_tracking_id),
  );
  const isWaiting = (parcel: string) =>
    waiting.has(parcel) ||
    (parcel === "" && (waiting.size > 0 || shipment.status === "ready_for_pickup")) ||
    (shipment.parcels.length === 0 && shipment.status === "ready_for_pickup");
  const latest = new Map(
    told
      .filter((event) => event.status === "ready_for_pickup" && isWaiting(event.parcel))
      .map((event) => [event.parcel, event.location]),
  );
  const places = [...latest.values()]
    .map((location) => pickupPlace(language, location))
    .filter((place) => place !== null);
  const each = new Map(places.map((place) => [JSON.stringify(place), place]));
  return [...each.values()].slice(0, PICKUPS_SHOWN);
}

function parcelsOf(phrases: Phrases, { parcels, direction }: PageShipment): View["parcels"] {
  return parcels.slice(0, PARCELS_SHOWN).map(({ carrier_tracking_id, status }, at) => ({
    label: phrases.labels.parcel(at + 1, parcels.length),
    number: carrier_tracking_id,
    status: statusPhrase(phrases, status, direction).title,
    tone: toneOf(status, direction),
  }));
}

function piecesOf({ labels }: Phrases, { parcels }: PageShipment): string {
  const delivered = parcels.filter(({ status }) => status === "delivered").length;
  return labels.pieces_delivered(delivered, parcels.length);
}

/** The timeline from its end, cut into the days of the places where things happened. What befell several parcels at once is one line. */
function daysOf(shipment: PageShipment, told: readonly PageEvent[], reader: Reader): Day[] {
  const { language, now } = reader;
  const phrases: Phrases = LANGUAGES[language];
  const shown = told.filter((event) => isShown(event) && !event.late_scan).toReversed();
  const together = Map.groupBy(
    shown,
    ({ path, local, location }) => `${path} ${local} ${JSON.stringify(location)}`,
  );
  const days: Day[] = [];
  for (const events of together.values()) {
    const [event] = events;
    if (event === undefined) continue;
    const wall = event.local === null ? null : wallOf(event.local);
    const entry: Entry = {
      time: wall === null || event.precision === "date" ? null : timeText(language, wall),
      at: wall === null ? null : event.precision === "date" ? wall.day : event.local,
      text: phraseOf(phrases, event.path),
      place: placeText(language, event.location),
      parcels: parcelsText(phrases, shipment, events),
      tone: toneOf(event.status, shipment.direction),
    };
    const open = days.at(-1);
    if (open !== undefined && open.day === (wall?.day ?? null)) open.entries.push(entry);
    else {
      const heading =
        wall === null
          ? phrases.labels.without_time
          : dayText(language, wall.day, dayAt(now, wall.offset_minutes));
      days.push({ day: wall?.day ?? null, heading, entries: [entry] });
    }
  }
  // What has no time sorts behind all that has one: read from the end, it would come first.
  return days.toSorted((a, b) => Number(a.day === null) - Number(b.day === null));
}

/** Which parcels an event is about; null where it is about all there are. */
function parcelsText(
  { labels }: Phrases,
  { parcels }: PageShipment,
  events: readonly PageEvent[],
): string | null {
  const about = new Set(events.map(({ parcel }) => parcel));
  if (parcels.length < 2 || about.has("") || about.size >= parcels.length) return null;
  const numbers = parcels.flatMap((parcel, at) => (about.has(parcel.carrier_tracking_id) ? [at + 1] : []));
  return numbers.length === 0 ? null : labels.of_parcels(numbers.slice(0, 12));
}
