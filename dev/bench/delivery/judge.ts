import type { Received } from "./records.ts";

/** What a run's requests say of its sender. Pure, and no part of any sender: it knows what the receiver saw, nothing else. */
export interface Verdict {
  requests: number;
  /** Different events that were acknowledged. */
  events: number;
  unverified: number;
  /** Events that came although an earlier one of their shipment was not acknowledged, or behind it in the same body. */
  out_of_order: number;
  /** Requests that came while another one with the same shipment was open. */
  overlaps: number;
  /** Events that came again after they had been acknowledged. */
  duplicates: number;
}

/** A connection that the sender gave up is seen as closed a little after the next request, where both come at once. */
const CLOSED_LATE_MS = 250;

export function judge(received: readonly Received[]): Verdict {
  const good = received.filter(({ signature }) => signature === "ok").toSorted((a, b) => a.at - b.at);
  const acknowledged = new Map<string, number>();
  const open = new Map<string, Received>();
  const verdict: Verdict = {
    requests: received.length,
    events: 0,
    unverified: received.length - good.length,
    out_of_order: 0,
    overlaps: 0,
    duplicates: 0,
  };
  for (const request of good) {
    const shipments = new Set(request.events.map(([shipment]) => shipment));
    for (const shipment of shipments) {
      const before = open.get(`${request.endpoint} ${shipment}`);
      if (before !== undefined && isOpenAt(before, request.at)) verdict.overlaps++;
      open.set(`${request.endpoint} ${shipment}`, request);
    }
    const within = new Map<string, number>();
    for (const [shipment, sequence] of request.events) {
      if ((acknowledged.get(eventOf(shipment, sequence)) ?? Infinity) <= request.at) verdict.duplicates++;
      const last = within.get(shipment) ?? 0;
      const first = last === 0 ? sequence : last + 1;
      // All before it is acknowledged, or comes in this very body just before it.
      const missing =
        last === 0 ? earlierMissing(acknowledged, shipment, first, request.at) : sequence !== first;
      if (missing) verdict.out_of_order++;
      within.set(shipment, sequence);
    }
    const { acknowledged_at } = request;
    if (acknowledged_at === null) continue;
    for (const [shipment, sequence] of request.events) {
      const key = eventOf(shipment, sequence);
      acknowledged.set(key, Math.min(acknowledged.get(key) ?? Infinity, acknowledged_at));
    }
  }
  verdict.events = acknowledged.size;
  return verdict;
}

/** Sequences begin with 1 and have no gap. */
function earlierMissing(
  acknowledged: ReadonlyMap<string, number>,
  shipment: string,
  sequence: number,
  at: number,
): boolean {
  for (let earlier = 1; earlier < sequence; earlier++)
    if ((acknowledged.get(eventOf(shipment, earlier)) ?? Infinity) > at) return true;
  return false;
}

function isOpenAt(request: Received, at: number): boolean {
  const ended = request.acknowledged_at ?? (request.ended_at ?? Infinity) - CLOSED_LATE_MS;
  return ended > at;
}

function eventOf(shipment: string, sequence: number): string {
  return `${shipment} ${sequence}`;
}

/** What a kill did, as the receiver saw it. */
export interface Recovery {
  /** Events of requests that were open when it fell: whoever loses nothing must send them again. */
  open: number;
  /** Events that had been acknowledged before it and came again. */
  duplicates: number;
  /** From the start of what was killed to the first request after it, milliseconds; null: none came. */
  first_ms: number | null;
  /** The same until all that was open at the kill had been acknowledged. */
  all_ms: number | null;
}

/** `until`: the next kill, or the end; what was open may come back later still. */
export function recoveryOf(
  received: readonly Received[],
  cut: { killed_at: number; spawned_at: number },
  until: number,
): Recovery {
  const good = received.filter(({ signature }) => signature === "ok").toSorted((a, b) => a.at - b.at);
  const before = good.filter(({ at }) => at < cut.spawned_at);
  const later = good.filter(({ at }) => at >= cut.spawned_at);
  const after = later.filter(({ at }) => at < until);
  const eventsOf = (some: readonly Received[]) =>
    some.flatMap(({ events }) => events.map(([shipment, sequence]) => eventOf(shipment, sequence)));
  // An answer to a sender that is dead already, and whose connections are not yet closed, is heard by nobody.
  const acknowledged = new Set(
    eventsOf(before.filter((line) => (line.acknowledged_at ?? Infinity) < cut.killed_at)),
  );
  const open = new Set(
    eventsOf(before.filter((line) => (line.ended_at ?? Infinity) >= cut.killed_at)).filter(
      (event) => !acknowledged.has(event),
    ),
  );
  const owed = new Set(open);
  let all_at = owed.size === 0 ? (after[0]?.at ?? null) : null;
  for (const line of later) {
    if (line.acknowledged_at === null) continue;
    for (const event of eventsOf([line]))
      if (owed.delete(event) && owed.size === 0) all_at = line.acknowledged_at;
  }
  const [first] = after;
  return {
    open: open.size,
    duplicates: eventsOf(after).filter((event) => acknowledged.has(event)).length,
    first_ms: first === undefined ? null : first.at - cut.spawned_at,
    all_ms: all_at === null ? null : all_at - cut.spawned_at,
  };
}
