import type { Case } from "../judge.ts";
import type { CarriedEvent } from "../records.ts";
import { deadSequences } from "./dead.ts";
import type { Findings } from "./findings.ts";
import type { JournalRead, Request } from "./journal.ts";

/** A connection that the sender gave up is seen as closed a little after the next request, where both come at once. */
const CLOSED_LATE_MS = 250;

/** A shipment's events at one endpoint: none before all earlier ones are acknowledged or dead, and one message at a time. */
export function order(given: Case, journal: JournalRead, findings: Findings) {
  const totals = { order_violations: 0, overlaps: 0 };
  const milestoneOf = (fact: string) => given.facts.get(fact)?.milestone ?? "";
  const timelines = Map.groupBy(given.feed, ({ shipment }) => shipment);
  const byEndpoint = Map.groupBy(
    journal.requests.filter(({ line }) => line.signature === "ok"),
    ({ line }) => line.endpoint,
  );
  for (const subscription of given.subscriptions) {
    const dead = deadSequences(given.dead.filter((one) => one.subscription_id === subscription.id));
    const settled = new Map<string, number>();
    const open = new Map<string, Request>();
    for (const request of byEndpoint.get(subscription.endpoint) ?? []) {
      const { line } = request;
      for (const [shipment, events] of Map.groupBy(line.events, (event) => event.shipment)) {
        const earlier = open.get(shipment);
        if (earlier !== undefined && overlaps(earlier, request)) {
          totals.overlaps++;
          findings.say("overlap", `${shipment}: ${earlier.line.id} and ${line.id} at ${line.endpoint}`);
        }
        open.set(shipment, request);
        const [first] = events;
        if (first === undefined) continue;
        if (!isAscending(events)) {
          totals.order_violations++;
          findings.say("order", `${shipment} within ${line.id} at ${line.endpoint}`);
        }
        for (const { sequence, fact } of timelines.get(shipment) ?? []) {
          if (sequence >= first.sequence) continue;
          if (subscription.milestones !== null && !subscription.milestones.includes(milestoneOf(fact)))
            continue;
          const key = `${shipment} ${sequence}`;
          const done = (settled.get(key) ?? Infinity) <= line.at || (dead.get(key) ?? Infinity) <= line.at;
          if (done) continue;
          totals.order_violations++;
          findings.say("order", `${shipment} ${first.sequence} before ${sequence} at ${line.endpoint}`);
        }
      }
      if (request.ack === "no") continue;
      for (const { shipment, sequence } of line.events) {
        const key = `${shipment} ${sequence}`;
        settled.set(key, Math.min(settled.get(key) ?? Infinity, request.answered_at ?? Infinity));
      }
    }
  }
  return totals;
}

function overlaps(earlier: Request, later: Request): boolean {
  const ended = earlier.answered_at ?? (earlier.closed_at ?? Infinity) - CLOSED_LATE_MS;
  return ended > later.line.at;
}

function isAscending(events: readonly CarriedEvent[]): boolean {
  return events.every((event, at) => at === 0 || event.sequence > (events[at - 1]?.sequence ?? 0));
}

/** The feed tells a shipment's events as 1, 2, 3 … */
export function feedGaps(given: Case, findings: Findings): number {
  let gaps = 0;
  const last = new Map<string, number>();
  for (const { shipment, sequence } of given.feed) {
    if (sequence !== (last.get(shipment) ?? 0) + 1) {
      gaps++;
      findings.say("feed", `${shipment}: ${sequence} after ${last.get(shipment) ?? 0}`);
    }
    last.set(shipment, sequence);
  }
  return gaps;
}
