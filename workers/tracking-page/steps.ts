import type { Status } from "../domain/statuses.ts";
import type { Step } from "./phrases/phrases.ts";

/** The bar of steps: how far a shipment has come, and where it left the usual way. */

export type Tone = "plain" | "good" | "warn" | "bad" | "quiet";

export interface BarStep {
  step: Step;
  state: "done" | "now" | "ahead";
  tone: Tone;
}

const USUAL: readonly Step[] = ["announced", "accepted", "in_transit", "out_for_delivery", "delivered"];
const OF_A_RETURN: readonly Step[] = ["announced", "accepted", "in_transit", "return_arrived"];

/** How far along the usual way a status is; null for those that are beside it. */
const PLACE = new Map<Status, number>([
  ["info_received", 0],
  ["collection", 1],
  ["accepted", 1],
  ["in_transit", 2],
  ["customs", 2],
  ["out_for_delivery", 3],
  ["delivery_attempted", 3],
  ["ready_for_pickup", 3],
  ["delivered", 4],
]);

/** What a step is called while the shipment is in a status of its own there. */
const NAMED = new Map<Status, { step: Step; tone: Tone }>([
  ["collection", { step: "collecting", tone: "plain" }],
  ["customs", { step: "customs", tone: "plain" }],
  ["delivery_attempted", { step: "attempted", tone: "warn" }],
  ["ready_for_pickup", { step: "pickup", tone: "plain" }],
  ["delivered", { step: "delivered", tone: "good" }],
]);

export interface Journey {
  status: Status;
  direction: "outbound" | "return";
  /** The statuses of the events so far. */
  been: readonly Status[];
}

/** At most five steps; one of them is `now`, except while nothing is known. */
export function stepsOf({ status, direction, been }: Journey): BarStep[] {
  const far = Math.max(-1, ...been.map((one) => PLACE.get(one) ?? -1));
  if (direction === "return") return stepsOfReturn(status, far);
  const done = (steps: readonly Step[]): BarStep[] =>
    steps.map((step) => ({ step, state: "done", tone: "plain" }));
  const now = (step: Step, tone: Tone): BarStep => ({ step, state: "now", tone });
  const gone = USUAL.slice(0, Math.max(1, Math.min(far, 3) + 1));
  switch (status) {
    case "returning":
      return [...done(gone.slice(0, 3)), now("returning", "warn"), ahead("returned")];
    case "returned":
      return [...done([...gone.slice(0, 3), "returning"]), now("returned", "quiet")];
    case "failed":
      return [...done(gone), now("failed", "bad")];
    case "cancelled":
      return [...done(USUAL.slice(0, 1)), now("cancelled", "quiet")];
    case "exception":
      return bar(USUAL, Math.max(0, Math.min(far, 3)), { step: "stopped", tone: "warn" });
    default: {
      const names: readonly Step[] =
        status === "delivered" && been.includes("ready_for_pickup") ? USUAL.with(3, "pickup") : USUAL;
      return bar(names, PLACE.get(status) ?? -1, NAMED.get(status));
    }
  }
}

function stepsOfReturn(status: Status, far: number): BarStep[] {
  const last = OF_A_RETURN.length - 1;
  const arrived = status === "delivered" || status === "returned";
  if (arrived) return bar(OF_A_RETURN, last, { step: "return_arrived", tone: "good" });
  const at = Math.min(PLACE.get(status) ?? (status === "returning" ? 2 : far), 2);
  switch (status) {
    case "exception":
      return bar(OF_A_RETURN, Math.max(0, at), { step: "stopped", tone: "warn" });
    case "failed":
      return bar(OF_A_RETURN, last, { step: "failed", tone: "bad" });
    case "cancelled":
      return bar(OF_A_RETURN.slice(0, 2), 1, { step: "cancelled", tone: "quiet" });
    default:
      return bar(OF_A_RETURN, at, at === 2 && status !== "customs" ? undefined : NAMED.get(status));
  }
}

const ahead = (step: Step): BarStep => ({ step, state: "ahead", tone: "plain" });

/** The usual way with the shipment at one place of it, which may have a name of its own. */
function bar(names: readonly Step[], at: number, named?: { step: Step; tone: Tone }): BarStep[] {
  return names.map((step, place) => {
    if (place > at) return ahead(step);
    if (place < at) return { step, state: "done", tone: "plain" };
    return { step: named?.step ?? step, state: "now", tone: named?.tone ?? "plain" };
  });
}
