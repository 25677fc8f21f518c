import { meaningOf } from "./codes.ts";
import { type Actor, HEALTHS, type Health, isEnd, STATUSES, type Status } from "./statuses.ts";
import type { Precision } from "./tracking-event.ts";

/** How a shipment's status follows from all its events (statuses.md, "How the current status is found"). The order of arrival plays no part. */

/** What deriving needs to know of an event. */
export interface TimelineEvent {
  id: string;
  /** The parcel's number; empty for the whole shipment. */
  parcel: string;
  /** Epoch milliseconds; null where the carrier gave no time: such an event moves nothing. */
  at: number | null;
  precision: Precision;
  order: number | null;
  /** The code's path, `delivery/delivered/with_signature`. */
  path: string;
  status: Status;
  /** The id of an event that this one replaces. */
  replaces: string | null;
  withdrawn: boolean;
  duplicate_of: string | null;
}

export interface Standing {
  status: Status;
  health: Health;
  action_required_by: Actor;
  /** The event that gives the status; null while nothing counts. */
  event: TimelineEvent | null;
  /** Scans dated after the end that changed nothing. */
  late: ReadonlySet<string>;
}

const DAY_MS = 86_400_000;

/** What an event's place in the timeline follows from. */
export type Placed = Pick<TimelineEvent, "id" | "at" | "precision" | "order" | "status">;

/** The instant by which an event sorts: one known only by its day stands at the end of that day if it is far along, else at its start. */
function instant(event: Placed): number {
  if (event.at === null) return Number.POSITIVE_INFINITY;
  const late = event.precision === "date" && STATUSES[event.status].rank >= 60;
  return late ? event.at + DAY_MS - 1 : event.at;
}

/** By instant, the carrier's own sequence, rank, id. Events without a time come last. */
export function compareEvents(a: Placed, b: Placed): number {
  const byInstant = instant(a) - instant(b);
  if (byInstant !== 0 && !Number.isNaN(byInstant)) return byInstant;
  // One without a sequence stands before those with one: comparing only pairs that both have it would make a circle.
  const byOrder = (a.order ?? -1) - (b.order ?? -1);
  if (byOrder !== 0) return byOrder;
  const byRank = STATUSES[a.status].rank - STATUSES[b.status].rank;
  if (byRank !== 0) return byRank;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** A copy in the order in which the timeline is shown. */
export function sortTimeline<E extends Placed>(events: readonly E[]): E[] {
  return [...events].sort(compareEvents);
}

const FINENESS: Record<Precision, number> = { second: 3, minute: 2, date: 1, unknown: 0 };

/** A fact told twice counts once, at the finest time anybody told: else it would matter which way was faster. */
function withFinestTime(events: readonly TimelineEvent[]): readonly TimelineEvent[] {
  const retold = events.filter((event) => event.duplicate_of !== null);
  if (retold.length === 0) return events;
  const byOriginal = Map.groupBy(retold, (event) => event.duplicate_of);
  return events.map((event) => {
    const finest = (byOriginal.get(event.id) ?? []).reduce(
      (best, other) => (FINENESS[other.precision] > FINENESS[best.precision] ? other : best),
      event,
    );
    return finest === event ? event : { ...event, at: finest.at, precision: finest.precision };
  });
}

const NOTHING: Omit<Standing, "late"> = {
  status: "registered",
  health: "on_track",
  action_required_by: "none",
  event: null,
};

/** Proves that a carrier has the goods: what may follow a cancellation, or a loss. */
function provesGoods(status: Status): boolean {
  return (
    STATUSES[status].rank >= STATUSES.accepted.rank &&
    status !== "failed" &&
    status !== "cancelled" &&
    status !== "exception"
  );
}

/** Whether an event dated after an end changes the status. */
function mayFollow(end: TimelineEvent, next: TimelineEvent): boolean {
  switch (end.status) {
    case "delivered":
      // Delivered again in finer words, contested, on its way back; or reported too early: then it is open again.
      if (next.path === "exception/delivery") return true;
      return [
        "delivered",
        "returning",
        "returned",
        "out_for_delivery",
        "delivery_attempted",
        "ready_for_pickup",
      ].includes(next.status);
    case "returned":
      return next.status === "returned";
    case "failed":
      return (
        next.status === "failed" ||
        (end.path === "exception/damage_loss/lost_in_transit" && provesGoods(next.status))
      );
    case "cancelled":
      return next.status === "cancelled" || provesGoods(next.status);
    default:
      return true;
  }
}

/** Rules 1 to 4 and 7 over the events of one parcel (with those of its whole shipment). */
export function standingOf(
  events: readonly TimelineEvent[],
  direction: "outbound" | "return" = "outbound",
): Standing {
  const replaced = new Set(events.map((event) => event.replaces));
  const counting = withFinestTime(events).filter(
    (e) =>
      e.status !== "notice" &&
      e.duplicate_of === null &&
      e.at !== null &&
      !e.withdrawn &&
      !replaced.has(e.id),
  );
  const late = new Set<string>();
  let current: TimelineEvent | null = null;
  for (const event of sortTimeline(counting)) {
    if (current !== null && isEnd(current.status) && !mayFollow(current, event)) late.add(event.id);
    else current = event;
  }
  if (current === null) return { ...NOTHING, late };
  const meaning = meaningOf(current.path);
  const goingBack = current.status === "returning" || current.status === "returned";
  return {
    status: current.status,
    health: goingBack ? (direction === "return" ? "on_track" : "failed") : meaning.health,
    action_required_by: meaning.action_required_by,
    event: current,
    late,
  };
}

export interface ShipmentStanding {
  status: Status;
  health: Health;
  action_required_by: Actor;
  late: ReadonlySet<string>;
  /** Status of each parcel by its number. */
  parcels: ReadonlyMap<string, Status>;
  /** "3 of 5 delivered": how many parcels in each status, and their total. */
  pieces: Record<string, number>;
  last_event_at: number | null;
}

/** Rule 6: the whole shipment from its parcels. A shipment without known parcels is one piece. */
export function shipmentStanding(
  events: readonly TimelineEvent[],
  parcelNumbers: readonly string[],
  direction: "outbound" | "return" = "outbound",
): ShipmentStanding {
  const numbers = parcelNumbers.length === 0 ? [""] : parcelNumbers;
  const standings = numbers.map((number) => ({
    number,
    ...standingOf(
      parcelNumbers.length === 0 ? events : events.filter((e) => e.parcel === "" || e.parcel === number),
      direction,
    ),
  }));
  const pieces: Record<string, number> = { total: numbers.length };
  for (const { status } of standings) pieces[status] = (pieces[status] ?? 0) + 1;
  const worst = standings.reduce((a, b) => (HEALTHS.indexOf(b.health) > HEALTHS.indexOf(a.health) ? b : a));
  const times = events.flatMap((e) => (e.at === null ? [] : [e.at]));
  return {
    status: wholeStatus(standings),
    health: worst.health,
    action_required_by: worst.action_required_by,
    late: lateForAll(standings, events),
    parcels: new Map(
      parcelNumbers.length === 0 ? [] : standings.map(({ number, status }) => [number, status]),
    ),
    pieces,
    last_event_at: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  };
}

/** A scan of the whole shipment is late only where it changed nothing for any parcel. */
function lateForAll(
  standings: readonly (Standing & { number: string })[],
  events: readonly TimelineEvent[],
): Set<string> {
  const concerns = (event: TimelineEvent) =>
    standings.filter((s) => s.number === "" || event.parcel === "" || event.parcel === s.number);
  return new Set(
    events
      .filter((e) => concerns(e).length > 0 && concerns(e).every((s) => s.late.has(e.id)))
      .map((e) => e.id),
  );
}

function wholeStatus(standings: readonly (Standing & { number: string })[]): Status {
  const open = standings.filter((s) => !isEnd(s.status));
  if (open.length > 0) {
    return open.reduce((a, b) => (lessAdvanced(b, a) ? b : a)).status;
  }
  const statuses = new Set(standings.map((s) => s.status));
  if (statuses.has("delivered")) return "delivered";
  const notCancelled = standings.filter((s) => s.status !== "cancelled");
  return (notCancelled.length > 0 ? notCancelled : standings).reduce((a, b) => (lessAdvanced(b, a) ? b : a))
    .status;
}

/** Lower rank; of equal rank the one that moved last, then the lower number: the same for any order of arrival. */
function lessAdvanced(a: Standing & { number: string }, b: Standing & { number: string }): boolean {
  const byRank = STATUSES[a.status].rank - STATUSES[b.status].rank;
  if (byRank !== 0) return byRank < 0;
  const byTime = (a.event?.at ?? 0) - (b.event?.at ?? 0);
  return byTime !== 0 ? byTime > 0 : a.number < b.number;
}
