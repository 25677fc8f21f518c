import { checkPlan } from "../workers/domain/check-schedule.ts";
import type { Status } from "../workers/domain/statuses.ts";

/** The table of docs/checks.md, made by asking the rule itself. */

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Just before each of the rule's steps, and long after the last. */
const QUIET: readonly (readonly [name: string, seconds: number])[] = [
  ["up to 2 h", 2 * HOUR_S],
  ["1 day", DAY_S],
  ["2 days", 2 * DAY_S],
  ["7 days", 7 * DAY_S],
  ["21 days", 21 * DAY_S],
  ["longer", 60 * DAY_S],
];

const STATES: readonly (readonly [name: string, statuses: readonly Status[], pushes: boolean])[] = [
  ["out for delivery, delivery attempted", ["out_for_delivery", "delivery_attempted"], false],
  [
    "moving: collection, accepted, in transit, customs, exception, returning",
    ["collection", "accepted", "in_transit", "customs", "exception", "returning"],
    false,
  ],
  ["announced, or waiting to be fetched", ["info_received", "ready_for_pickup"], false],
  ["registered: the carrier may not know it yet", ["registered"], false],
  ["any of these, where the carrier pushes", ["out_for_delivery", "in_transit", "registered"], true],
];

/** The states after which a shipment is looked at once more. */
export const ENDS: readonly Status[] = ["delivered", "returned", "failed", "cancelled"];

function span(seconds: number): string {
  if (seconds % DAY_S === 0) return `${seconds / DAY_S} d`;
  return seconds % HOUR_S === 0 ? `${seconds / HOUR_S} h` : `${seconds / 60} min`;
}

/** Markdown: how long it is from one check to the next, by state and by how long nothing has changed. */
export function checkTable(): string {
  const rows = STATES.map(([name, statuses, pushes]) => {
    const cells = QUIET.map(([, quiet_s]) => {
      const told = statuses.map((status) => {
        const plan = checkPlan({ status, quiet_s, pushes, min_minutes: null });
        return quiet_s < plan.ask_after_s ? "not asked" : span(plan.interval_s);
      });
      return [...new Set(told)].join(" or ");
    });
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  const [end] = ENDS;
  if (end === undefined) throw new Error("There are ends.");
  const last = checkPlan({ status: end, quiet_s: 0, pushes: false, min_minutes: null });
  const looked = `once, between ${span(last.ask_after_s)} and ${span(last.ask_after_s + last.interval_s)} after it`;
  return [
    `| state; quiet for | ${QUIET.map(([name]) => name).join(" | ")} |`,
    `|---|${QUIET.map(() => "---|").join("")}`,
    ...rows,
    `| after the end: delivered, returned, failed, cancelled | ${looked} |${" |".repeat(QUIET.length - 1)}`,
  ].join("\n");
}
