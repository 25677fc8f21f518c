import { FORGERIES } from "./carriers.ts";
import { openAt } from "./open.ts";
import type { CutKind } from "./plan.ts";
import { Random } from "./random.ts";
import type { EngagedSubscription } from "./set-up.ts";
import { type Stage, wait } from "./stage.ts";

/** The long part: faults, outages, forged pushes, kills and deploys, all in the middle of the traffic. */

export interface Cut {
  what: CutKind;
  /** Requests that receivers had not answered when it came: each has to come again, by itself. */
  open: number;
  /** Documents that were accepted and not processed when it came. */
  unprocessed: number;
  /** From the moment workerd listened again to the first attempt; null where none came in time. */
  recovered_ms: number | null;
  /** From the moment it was started. */
  from_start_ms: number | null;
}

const PACE = { events_per_second: 25, at_once: 6 };
const RECOVERS_WITHIN_MS = 10_000;
const LATEST_KILL_MS = 800;
const LONGEST_DOWN_MS = 600;
/** A run is over in so long, and the part of a tick that archives. */
const RUN_MS = 5;
const TICK_MS = 150;
const FORGERIES_EACH = 3;
/** By then every object has read its subscriptions again. */
const ROTATED_MS = 5_000;

/** Tells all that is left, and lets happen what the plan says at each share of it. */
export async function rage(stage: Stage): Promise<Cut[]> {
  const { carriers, customersSide, hanging, options, plan, subscriptions } = stage;
  const random = new Random("rage", options.seed);
  const cuts: Cut[] = [];
  const acts = new Acts();
  const rotates = subscriptions.filter(({ planned }) => planned.rotates);
  const behaviours = subscriptions.flatMap((subscription) =>
    subscription.planned.behaviours
      .slice(1)
      .map(({ from, behaviour }) => ({ at: from ?? Number.POSITIVE_INFINITY, subscription, behaviour })),
  );
  const due = [
    ...behaviours.map(({ at, subscription, behaviour }) => ({
      at,
      run: () => customersSide.behave(subscription.endpoint, behaviour),
    })),
    ...plan.cuts.map(({ at, kind }) => {
      const [late, down] = [random.below(LATEST_KILL_MS), random.below(LONGEST_DOWN_MS)];
      return { at, run: async () => void cuts.push(await cut(stage, kind, late, down, cuts.length + 1)) };
    }),
    ...rotates.map((subscription) => ({ at: 0.5, run: () => rotate(stage, subscription) })),
    ...FORGERIES.flatMap((how) =>
      Array.from({ length: FORGERIES_EACH }, () => ({
        at: random.next(),
        run: () => carriers.forge(random.pick(plan.chaos), how),
      })),
    ),
  ].sort((a, b) => a.at - b.at);
  const onAccepted = (share: number) => {
    for (let next = due[0]; next !== undefined && next.at <= share; next = due[0]) {
      due.shift();
      acts.add(next.run);
    }
  };
  options.say(`Now the faults, with ${options.kills} kills among them …`);
  await customersSide.behave(hanging.endpoint, "hang");
  await carriers.tell(plan.chaos, PACE, onAccepted);
  onAccepted(1);
  await acts.done();
  await carriers.settle();
  return cuts;
}

/** One thing after the other, beside the telling. */
class Acts {
  #last: Promise<void> = Promise.resolve();
  #failures: unknown[] = [];

  add(work: () => Promise<void>): void {
    this.#last = this.#last.then(work).catch((cause: unknown) => void this.#failures.push(cause));
  }

  async done(): Promise<void> {
    await this.#last;
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}

/** Brings about the moment at which a kill is to come. */
async function momentFor(
  { api, carriers, connection_ids, gluey }: Stage,
  what: CutKind,
  late_ms: number,
): Promise<void> {
  switch (what) {
    case "kill in a run":
      await carriers.burst();
      return wait(late_ms % RUN_MS);
    case "kill when full":
      if (!(await carriers.fill())) throw new Error("The inboxes never said that they are full.");
      return wait(late_ms % RUN_MS);
    case "kill while archiving":
      await gluey.nextTick();
      return wait(late_ms % TICK_MS);
    case "kill with new lanes":
      for (const connection_id of connection_ids) await api.doubleLanes(connection_id);
      await carriers.burst();
      return wait(late_ms);
    case "kill":
    case "kill with the container":
    case "deploy":
      return wait(late_ms);
    default:
      return what satisfies never;
  }
}

/** A kill or a deploy, and how long until the first attempt. Carriers stand still until then: nobody else wakes it up. */
async function cut(
  stage: Stage,
  what: CutKind,
  late_ms: number,
  down_ms: number,
  number: number,
): Promise<Cut> {
  const { carriers, gluey, journal, options, received } = stage;
  await momentFor(stage, what, late_ms);
  const at = Date.now();
  let unprocessed = 0;
  const cutAndStart = async () => {
    if (what === "deploy") {
      carriers.hold();
      return gluey.deploy();
    }
    await gluey.kill(what === "kill with the container");
    carriers.hold();
    for (const inbox of gluey.inboxes()) unprocessed += inbox.unprocessed;
    await wait(down_ms);
    return gluey.start();
  };
  const { spawned_at, up_at } = await cutAndStart();
  await journal.write({ kind: "cut", at, spawned_at, up_at, what });
  const open = openAt(await received(), at);
  const first = await firstRequest(received, spawned_at, up_at + RECOVERS_WITHIN_MS);
  carriers.release();
  const words = first === null ? "nothing came" : `first attempt ${first - spawned_at} ms after the start`;
  options.say(
    `  ${number}. ${what}: ${open} open, ${unprocessed} documents to process, down ${up_at - at} ms, ${words}`,
  );
  if (first === null) return { what, open, unprocessed, recovered_ms: null, from_start_ms: null };
  return {
    what,
    open,
    unprocessed,
    recovered_ms: Math.max(0, first - up_at),
    from_start_ms: first - spawned_at,
  };
}

async function firstRequest(
  received: Stage["received"],
  from: number,
  until: number,
): Promise<number | null> {
  while (Date.now() < until) {
    const lines = await received();
    const first = lines.find((line) => line.kind === "request" && line.at >= from);
    if (first !== undefined) return first.at;
    await wait(50);
  }
  return null;
}

/** Both secrets sign from now on. The receiver knows both before it asks for both. */
async function rotate({ api, customersSide }: Stage, subscription: EngagedSubscription): Promise<void> {
  const { customer, id, endpoint, secrets } = subscription;
  secrets.push(await api.rotate(customer, id));
  await customersSide.setSecrets(endpoint, secrets, 1);
  await wait(ROTATED_MS);
  await customersSide.setSecrets(endpoint, secrets, secrets.length);
}
