import { z } from "zod";

/** Numbers that a carrier gave anew: a label replaced, a parcel routed anew. Pure, and the same in whatever order the steps were told. */

/** One step: the goods that had one number have another from now on. `replaced_tracking_id` is empty where only an older version of us knew it. */
export const Renumbering = z.object({
  replaced_tracking_id: z.string().default(""),
  new_carrier_tracking_id: z.string(),
  new_carrier_tracking_url: z.string().nullable(),
});
export type Renumbering = z.infer<typeof Renumbering>;

/** Steps kept of one shipment: a carrier relabels a parcel once or twice. */
const STEPS_MAX = 100;
/** As long as a number may be that a customer registers. */
const NUMBER_MAX = 100;
const URL_MAX = 500;

/** A step as it may be kept and told: a number that nobody could register is none, and an address is one that a person can open safely. */
function checkedStep(step: Renumbering): Renumbering | null {
  const { replaced_tracking_id: from, new_carrier_tracking_id: to, new_carrier_tracking_url: url } = step;
  const good = [from, to].every((number) => number.length <= NUMBER_MAX && /^[^\p{Cc}]+$/u.test(number));
  if (!good || from === to) return null;
  const address = url !== null && url.length <= URL_MAX && URL.canParse(url) ? new URL(url) : null;
  const opens = address?.protocol === "https:" || address?.protocol === "http:";
  return opens || url === null ? step : { ...step, new_carrier_tracking_url: null };
}

/** The steps with further ones, each once, in an order of their own; the same list where nothing is new. A step to itself is none. */
export function withSteps(
  before: readonly Renumbering[],
  told: readonly Renumbering[],
): readonly Renumbering[] {
  const keyOf = (step: Renumbering) => `${step.replaced_tracking_id}\u0000${step.new_carrier_tracking_id}`;
  const steps = new Map(before.map((step) => [keyOf(step), step]));
  for (const step of told.map(checkedStep)) {
    if (step === null) continue;
    const known = steps.get(keyOf(step));
    const tells = step.new_carrier_tracking_url !== null;
    if (known === undefined ? steps.size < STEPS_MAX : tells && known.new_carrier_tracking_url === null)
      steps.set(keyOf(step), step);
  }
  const all = [...steps.values()];
  if (all.length === before.length && all.every((step) => before.includes(step))) return before;
  return all.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Where the steps lead from a number: the step that gave the number it has now, or null where it kept its own. A ring of steps ends before it closes. */
export function latestNumber(number: string, steps: readonly Renumbering[]): Renumbering | null {
  return walk(number, steps).at(-1) ?? null;
}

/** Every number that a number was replaced by, in order. */
export function laterNumbers(number: string, steps: readonly Renumbering[]): string[] {
  return walk(number, steps).map((step) => step.new_carrier_tracking_id);
}

function walk(number: string, steps: readonly Renumbering[]): Renumbering[] {
  const way: Renumbering[] = [];
  const seen = new Set([number]);
  for (let at = number; ; ) {
    const next = steps.findLast(
      (step) => step.replaced_tracking_id === at && !seen.has(step.new_carrier_tracking_id),
    );
    if (next === undefined) return way;
    way.push(next);
    at = next.new_carrier_tracking_id;
    seen.add(at);
  }
}
