import { type Latency, latencyOf } from "./latency.ts";
import type { PlannedPush } from "./plan.ts";
import { type Stage, wait } from "./stage.ts";

/** What a customer that hangs costs the others, by the same load three times. */
export interface Isolation {
  untouched: { without: Latency; with: Latency; without_again: Latency };
  /** The well-behaved endpoint of the customer that hangs. */
  sibling: { without: Latency; with: Latency };
}

const NOTHING: Latency = { facts: 0, p50: 0, p90: 0, p99: 0 };
export const NOT_MEASURED: Isolation = {
  untouched: { without: NOTHING, with: NOTHING, without_again: NOTHING },
  sibling: { without: NOTHING, with: NOTHING },
};

const PACE = { events_per_second: 15, at_once: 3 };
const SETTLED_WITHIN_MS = 60_000;
/** Longer than an attempt at an endpoint that hangs. */
const ATTEMPT_MS = 12_000;

/** The bad customer answers; then hangs; then is paused, which shows by how much two equal measurements differ here. */
export async function measure(stage: Stage): Promise<Isolation> {
  const { api, carriers, customersSide, hanging, options, plan, subscriptions } = stage;
  const endpointsOf = (some: typeof subscriptions) => new Set(some.map(({ endpoint }) => endpoint));
  const untouched = endpointsOf(subscriptions.filter(({ customer }) => customer.planned.untouched));
  const sibling = endpointsOf(
    subscriptions.filter((one) => one.customer === hanging.customer && one !== hanging),
  );
  const part = async (pushes: readonly PlannedPush[]) => {
    const from = Date.now();
    await carriers.tell(pushes, PACE);
    const until = Date.now();
    await untilArrived(stage, pushes, new Set([...untouched, ...sibling]));
    const lines = await stage.lines();
    return {
      untouched: latencyOf(lines, untouched, from, until),
      sibling: latencyOf(lines, sibling, from, until),
    };
  };
  const [first = [], second = [], third = []] = plan.quiet;
  options.say("Latency with every customer well …");
  const without = await part(first);
  options.say("… with one that hangs …");
  await customersSide.behave(hanging.endpoint, "hang");
  const withIt = await part(second);
  options.say("… and with that one paused.");
  await api.change(hanging.customer, hanging.id, { paused: true });
  await wait(ATTEMPT_MS);
  const again = await part(third);
  await api.change(hanging.customer, hanging.id, { paused: false });
  return {
    untouched: { without: without.untouched, with: withIt.untouched, without_again: again.untouched },
    sibling: { without: without.sibling, with: withIt.sibling },
  };
}

/** Until the facts are at those of the endpoints whose they are. */
async function untilArrived(
  { overtime, received, subscriptions }: Stage,
  pushes: readonly PlannedPush[],
  endpoints: ReadonlySet<string>,
): Promise<void> {
  const facts = Map.groupBy(
    pushes.flatMap((push) => push.facts),
    (fact) => fact.account_number,
  );
  const owed = new Set(
    subscriptions
      .filter(({ endpoint }) => endpoints.has(endpoint))
      .flatMap(({ endpoint, account_number }) =>
        (facts.get(account_number) ?? []).map(({ key }) => `${endpoint} ${key}`),
      ),
  );
  const until = Date.now() + SETTLED_WITHIN_MS;
  while (owed.size > 0 && Date.now() < until && !overtime.aborted) {
    for (const line of await received()) {
      if (line.kind === "request")
        for (const { fact } of line.events) owed.delete(`${line.endpoint} ${fact}`);
    }
    await wait(200);
  }
}
