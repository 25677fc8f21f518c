import type { DeliveryRow } from "../delivery/views.ts";
import { wants } from "../domain/subscription.ts";
import type { StoryEvent } from "../storage/shipment-story.ts";
import type { Endpoint } from "./attempts.ts";

/** Did you tell us, and when? For one event and one endpoint. Pure. */
export type Told =
  /** `attempts`: how many it took. */
  | { kind: "told"; at: number; attempts: number; delivery: DeliveryRow }
  | { kind: "trying"; delivery: DeliveryRow }
  | { kind: "dead"; delivery: DeliveryRow }
  /** The line has not come so far, or it stands. */
  | { kind: "waits" }
  /** Its filter leaves the event out. */
  | { kind: "filtered" }
  /** It happened before the subscription was made. */
  | { kind: "before" }
  /** It is no news: told before by another way. */
  | { kind: "duplicate" }
  /** It should have gone, and no attempt is kept. */
  | { kind: "unknown" };

/** Which events bring their shipment into a status for the first time: what `first_time_in_status` lets through. */
export function entering(events: readonly StoryEvent[]): ReadonlySet<string> {
  const seen = new Set<string>(["registered"]);
  const entering = new Set<string>();
  for (const { sequence, event_id, shipment_status } of events.toSorted(bySequence)) {
    if (sequence === null || seen.has(shipment_status)) continue;
    seen.add(shipment_status);
    entering.add(event_id);
  }
  return entering;
}

const bySequence = (a: StoryEvent, b: StoryEvent) => (a.sequence ?? 0) - (b.sequence ?? 0);

/** `attempts`: those of the shipment, of all endpoints, in any order. */
export function tellingOf(
  event: StoryEvent,
  { subscription, line }: Endpoint,
  attempts: readonly DeliveryRow[],
  shipment: { id: string; carrier_id: string },
  enters: ReadonlySet<string>,
): Told {
  const { sequence, position } = event;
  if (sequence === null || position === null) return { kind: "duplicate" };
  const facts = {
    milestone: event.body.codes.gluey.milestone,
    carrier_id: shipment.carrier_id,
    enters_status: enters.has(event.event_id),
  };
  // A message names the stretch that it carries, also over what its filter left out in between.
  if (!wants(subscription.settings, facts)) return { kind: "filtered" };
  const own = attempts
    .filter((one) => one.subscription_id === subscription.id && carries(one, shipment.id, sequence))
    .toSorted((a, b) => a.started_at - b.started_at);
  const first = own.find(({ state }) => state === "delivered");
  if (first !== undefined)
    return {
      kind: "told",
      at: first.ended_at ?? first.started_at,
      attempts: own.indexOf(first) + 1,
      delivery: first,
    };
  const last = own.at(-1);
  if (last !== undefined) return { kind: last.state === "dead" ? "dead" : "trying", delivery: last };
  if (position <= subscription.start_position) return { kind: "before" };
  if (line === null || line.position < position || line.waiting > 0) return { kind: "waits" };
  return { kind: "unknown" };
}

function carries(delivery: DeliveryRow, shipment_id: string, sequence: number): boolean {
  return delivery.shipments.some(
    (one) =>
      one.shipment_id === shipment_id && one.first_sequence <= sequence && sequence <= one.last_sequence,
  );
}
