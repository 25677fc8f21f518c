import { join } from "node:path";
import { type Api, apiAt, carriedBy } from "./api.ts";
import { type Carriers, FORGERIES, startCarriers } from "./carriers.ts";
import { type CustomersSide, startCustomersSide } from "./customers-side.ts";
import { type Gluey, startGluey } from "./gluey.ts";
import { type Journal, openJournal } from "./journal.ts";
import { type Case, judge, type Verdict } from "./judge.ts";
import { type Latency, latencyOf } from "./latency.ts";
import { type Plan, type PlannedFact, planOf, type Size } from "./plan.ts";
import { Random } from "./random.ts";
import type { Line } from "./records.ts";
import { type EngagedSubscription, engage } from "./set-up.ts";
import { type Tail, tailOf } from "./tail.ts";

export interface CampaignOptions extends Size {
  /** Everything the campaign writes. */
  directory: string;
  time_scale: number;
  /** The whole run ends within this, come what may. */
  within_ms: number;
  say(line: string): void;
}

export interface Cut {
  what: string;
  /** From the moment workerd listened again to the first attempt; null where none came in time. */
  recovered_ms: number | null;
  /** From the moment it was started. */
  from_start_ms: number | null;
}

export interface Isolation {
  untouched: { without: Latency; with: Latency; without_again: Latency };
  sibling: { without: Latency; with: Latency };
}

export interface Report {
  size: Size;
  verdict: Verdict;
  cuts: readonly Cut[];
  isolation: Isolation;
  /** Whether all accepted facts came to an end in time. */
  complete: boolean;
  took_ms: number;
}

const QUIET_PACE = { events_per_second: 15, at_once: 3 };
const CHAOS_PACE = { events_per_second: 25, at_once: 6 };
const RECOVERS_WITHIN_MS = 10_000;
const SETTLED_WITHIN_MS = 60_000;
/** Longer than an attempt at an endpoint that hangs. */
const ATTEMPT_MS = 12_000;
const LATE_DUPLICATES_MS = 5_000;
const LOOK_EVERY_MS = 2_000;
const FORGERIES_EACH = 3;

/** Runs a campaign from nothing to the verdict, and ends whatever it started. */
export async function runCampaign(options: CampaignOptions): Promise<Report> {
  const began = Date.now();
  const overtime = AbortSignal.timeout(options.within_ms);
  const plan = planOf(options, began);
  const closing: (() => Promise<void>)[] = [];
  try {
    options.say(
      "Bundling the Worker, migrating, starting workerd, the container's server and the receiver …",
    );
    const journal = await openJournal(join(options.directory, "carriers.jsonl"));
    closing.push(journal.close);
    const customersSide = await startCustomersSide(options.directory, plan, journal);
    closing.push(customersSide.close);
    const gluey = await startGluey(join(options.directory, "gluey"), options.time_scale);
    closing.push(gluey.stop);
    const campaign = await Campaign.begin(options, plan, gluey, customersSide, journal, overtime);
    const run = async () => {
      if (options.measures) await campaign.measure();
      await campaign.rage();
      const complete = await campaign.drain();
      const verdict = judge(await campaign.evidence());
      const { cuts, isolation } = campaign;
      return { size: options, verdict, cuts, isolation, complete, took_ms: Date.now() - began };
    };
    return await Promise.race([
      run(),
      customersSide.failed.then((why): never => {
        throw new Error(why);
      }),
    ]);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const NOTHING: Latency = { facts: 0, p50: 0, p90: 0, p99: 0 };

class Campaign {
  readonly cuts: Cut[] = [];
  isolation: Isolation = {
    untouched: { without: NOTHING, with: NOTHING, without_again: NOTHING },
    sibling: { without: NOTHING, with: NOTHING },
  };
  readonly #options: CampaignOptions;
  readonly #plan: Plan;
  readonly #gluey: Gluey;
  readonly #api: Api;
  readonly #customersSide: CustomersSide;
  readonly #carriers: Carriers;
  readonly #journal: Journal;
  readonly #subscriptions: readonly EngagedSubscription[];
  readonly #received: Tail;
  readonly #told: Tail;
  readonly #overtime: AbortSignal;
  readonly #feed = new Map<string, { cursor: string | null; entries: Case["feed"][number][] }>();

  private constructor(
    options: CampaignOptions,
    plan: Plan,
    parts: {
      gluey: Gluey;
      api: Api;
      customersSide: CustomersSide;
      carriers: Carriers;
      journal: Journal;
      subscriptions: readonly EngagedSubscription[];
      overtime: AbortSignal;
    },
  ) {
    this.#options = options;
    this.#plan = plan;
    this.#gluey = parts.gluey;
    this.#api = parts.api;
    this.#customersSide = parts.customersSide;
    this.#carriers = parts.carriers;
    this.#journal = parts.journal;
    this.#subscriptions = parts.subscriptions;
    this.#overtime = parts.overtime;
    this.#received = tailOf(join(options.directory, "receiver.jsonl"));
    this.#told = tailOf(join(options.directory, "carriers.jsonl"));
  }

  static async begin(
    options: CampaignOptions,
    plan: Plan,
    gluey: Gluey,
    customersSide: CustomersSide,
    journal: Journal,
    overtime: AbortSignal,
  ): Promise<Campaign> {
    const api = apiAt(gluey.url, gluey.admin_token);
    const { carriers: lines, subscriptions } = await engage(gluey, api, plan, customersSide);
    const random = new Random("carriers", options.seed);
    const carriers = startCarriers(lines, journal, random, overtime);
    const events = [...plan.quiet.flat(), ...plan.chaos].reduce((sum, { facts }) => sum + facts.length, 0);
    options.say(
      `${plan.customers.length} customers with ${subscriptions.length} subscriptions; ${events} events to tell.`,
    );
    return new Campaign(options, plan, {
      gluey,
      api,
      customersSide,
      carriers,
      journal,
      subscriptions,
      overtime,
    });
  }

  /** The same load three times: the bad customer answers, hangs, and is paused. */
  async measure(): Promise<void> {
    const hanging = this.#hanging();
    const [first = [], second = [], third = []] = this.#plan.quiet;
    const untouched = new Set(
      this.#subscriptions
        .filter(({ customer }) => customer.planned.untouched)
        .map(({ endpoint }) => endpoint),
    );
    const sibling = new Set(
      this.#subscriptions
        .filter((one) => one.customer === hanging.customer && one !== hanging)
        .map(({ endpoint }) => endpoint),
    );
    const part = async (pushes: Plan["chaos"]) => {
      const from = Date.now();
      await this.#carriers.tell(pushes, QUIET_PACE);
      const until = Date.now();
      const facts = pushes.flatMap((push) => push.facts);
      await this.#arrived(facts, new Set([...untouched, ...sibling]));
      const lines = await this.#lines();
      return {
        untouched: latencyOf(lines, untouched, from, until),
        sibling: latencyOf(lines, sibling, from, until),
      };
    };
    this.#options.say("Latency with every customer well …");
    const without = await part(first);
    this.#options.say("… with one that hangs …");
    await this.#customersSide.behave(hanging.endpoint, "hang");
    const withIt = await part(second);
    this.#options.say("… and with that one paused.");
    await this.#api.change(hanging.customer, hanging.id, { paused: true });
    await this.#wait(ATTEMPT_MS);
    const again = await part(third);
    await this.#api.change(hanging.customer, hanging.id, { paused: false });
    this.isolation = {
      untouched: { without: without.untouched, with: withIt.untouched, without_again: again.untouched },
      sibling: { without: without.sibling, with: withIt.sibling },
    };
  }

  /** Everything at once: faults, outages, forged pushes, kills and deploys. */
  async rage(): Promise<void> {
    const random = new Random("rage", this.#options.seed);
    const behaviours = this.#subscriptions
      .flatMap((subscription) =>
        subscription.planned.behaviours.slice(1).map((each) => ({ subscription, ...each })),
      )
      .filter((each): each is typeof each & { from: number } => each.from !== null)
      .sort((a, b) => a.from - b.from);
    const cuts = [...this.#plan.cuts];
    const rotations = this.#subscriptions.filter(({ planned }) => planned.rotates);
    const forgeries = FORGERIES.flatMap((how) => Array.from({ length: FORGERIES_EACH }, () => how));
    // One after the other, and beside the telling.
    let acts: Promise<void> = Promise.resolve();
    let failure: unknown = null;
    const act = (work: () => Promise<void>) => {
      acts = acts.then(work).catch((cause: unknown) => {
        failure ??= cause;
      });
    };
    const onAccepted = (share: number) => {
      for (let next = behaviours[0]; next !== undefined && next.from <= share; next = behaviours[0]) {
        behaviours.shift();
        const { subscription, behaviour } = next;
        act(() => this.#customersSide.behave(subscription.endpoint, behaviour));
      }
      for (let next = cuts[0]; next !== undefined && next.at <= share; next = cuts[0]) {
        cuts.shift();
        const { kind } = next;
        const wait = random.below(800);
        act(() => this.#cut(kind, wait, random.below(600)));
      }
      if (share >= 0.5) for (const one of rotations.splice(0)) act(() => this.#rotate(one));
      const due = Math.floor(share * FORGERIES_EACH * FORGERIES.length);
      while (forgeries.length > FORGERIES_EACH * FORGERIES.length - due) {
        const how = forgeries.shift();
        if (how !== undefined) act(() => this.#carriers.forge(random.pick(this.#plan.chaos), how));
      }
    };
    this.#options.say(`Now the faults, with ${this.#options.kills} kills among them …`);
    await this.#customersSide.behave(this.#hanging().endpoint, "hang");
    await this.#carriers.tell(this.#plan.chaos, CHAOS_PACE, onAccepted);
    onAccepted(1);
    await acts;
    if (failure !== null) throw failure;
  }

  /** The faults of the network are over, the customers put their things in order; until nothing is open any more. */
  async drain(): Promise<boolean> {
    this.#options.say("Everything is told. Until all of it is delivered, dead or cancelled …");
    for (const subscription of this.#subscriptions) {
      const last = subscription.planned.behaviours.find(({ from }) => from === null);
      if (last === undefined) continue;
      await this.#customersSide.behave(subscription.endpoint, last.behaviour);
      await this.#api.change(subscription.customer, subscription.id, {
        endpoint: this.#customersSide.addressOf(subscription.endpoint, last.behaviour),
        paused: false,
      });
    }
    const hanging = this.#hanging();
    await this.#api.unsubscribe(hanging.customer, hanging.id);
    hanging.cancelled = true;
    let said = Number.POSITIVE_INFINITY;
    while (!this.#overtime.aborted) {
      const { lost } = judge(await this.evidence());
      if (lost === 0) {
        // What comes twice may still be on its way.
        await this.#wait(LATE_DUPLICATES_MS);
        return true;
      }
      if (lost < said) this.#options.say(`  ${lost} open`);
      said = lost;
      await this.#resumePaused();
      await this.#wait(LOOK_EVERY_MS);
    }
    return false;
  }

  /** Whoever has nothing left but what is refused has no success, and is paused: its customer goes on by hand. */
  async #resumePaused(): Promise<void> {
    for (const customer of new Set(this.#subscriptions.map((one) => one.customer))) {
      for (const { id, state } of await this.#api.standing(customer))
        if (state === "paused") await this.#api.change(customer, id, { paused: false });
    }
  }

  /** What the judge is told: the files, and the answers of the public API. */
  async evidence(): Promise<Case> {
    const customers = [...new Set(this.#subscriptions.map(({ customer }) => customer))];
    const dead: Case["dead"][number][] = [];
    const unknown: Case["unknown"][number][] = [];
    for (const customer of customers) {
      const known = this.#feed.get(customer.account_number) ?? { cursor: null, entries: [] };
      this.#feed.set(customer.account_number, known);
      const { elements, cursor } = await this.#api.feed(customer, known.cursor);
      known.cursor = cursor;
      for (const { shipment, sequence, fact } of elements.map(carriedBy))
        known.entries.push({ account_number: customer.account_number, shipment, sequence, fact });
      const letters = await this.#api.deadLetters(customer.account_number);
      dead.push(
        ...letters.data.map(({ died_at, ...letter }) => ({ ...letter, died_at: Date.parse(died_at) })),
      );
      unknown.push(...(await this.#api.unknownAttempts(customer)));
    }
    const facts = [...this.#plan.quiet.flat(), ...this.#plan.chaos].flatMap((push) => push.facts);
    return {
      lines: await this.#lines(),
      subscriptions: this.#subscriptions,
      facts: new Map(facts.map((fact) => [fact.key, fact])),
      feed: [...this.#feed.values()].flatMap(({ entries }) => entries),
      dead,
      unknown,
    };
  }

  #hanging(): EngagedSubscription {
    const found = this.#subscriptions.find(({ customer }) => customer.planned.role === "hanging");
    if (found === undefined) throw new Error("A campaign has at least two customers, one of whom hangs.");
    return found;
  }

  async #lines(): Promise<Line[]> {
    return [...(await this.#told.read()), ...(await this.#received.read())];
  }

  async #cut(kind: Plan["cuts"][number]["kind"], wait_ms: number, down_ms: number): Promise<void> {
    await this.#wait(wait_ms);
    let at = Date.now();
    let started: { spawned_at: number; up_at: number };
    if (kind === "deploy") {
      this.#carriers.hold();
      const deployed = await this.#gluey.deploy();
      at = deployed.down_at;
      started = deployed;
    } else {
      await this.#gluey.kill(kind === "kill-with-container");
      this.#carriers.hold();
      await this.#wait(down_ms);
      started = await this.#gluey.start();
    }
    const { spawned_at, up_at } = started;
    await this.#journal.write({ kind: "cut", at, spawned_at, up_at, what: kind });
    const first = await this.#firstRequestAfter(spawned_at, up_at + RECOVERS_WITHIN_MS);
    this.#carriers.release();
    this.cuts.push({
      what: kind,
      recovered_ms: first === null ? null : Math.max(0, first - up_at),
      from_start_ms: first === null ? null : first - spawned_at,
    });
    const words = first === null ? "nothing came" : `first attempt ${first - spawned_at} ms after the start`;
    this.#options.say(`  ${this.cuts.length}. ${kind}: down ${up_at - at} ms, ${words}`);
  }

  async #firstRequestAfter(from: number, until: number): Promise<number | null> {
    while (Date.now() < until) {
      const lines = await this.#received.read();
      const first = lines.find((line) => line.kind === "request" && line.at >= from);
      if (first !== undefined) return first.at;
      await this.#wait(50);
    }
    return null;
  }

  /** Both secrets sign from now on. The receiver knows both before it asks for both. */
  async #rotate(subscription: EngagedSubscription): Promise<void> {
    const { customer, id, endpoint, secrets } = subscription;
    secrets.push(await this.#api.rotate(customer, id));
    await this.#customersSide.setSecrets(endpoint, secrets, 1);
    await this.#wait(LATE_DUPLICATES_MS);
    await this.#customersSide.setSecrets(endpoint, secrets, secrets.length);
  }

  /** Until the facts are at those of the endpoints whose they are. */
  async #arrived(facts: readonly PlannedFact[], endpoints: ReadonlySet<string>): Promise<void> {
    const owed = new Set(
      this.#subscriptions
        .filter(({ endpoint }) => endpoints.has(endpoint))
        .flatMap(({ endpoint, account_number }) =>
          facts
            .filter((fact) => fact.account_number === account_number)
            .map(({ key }) => `${endpoint} ${key}`),
        ),
    );
    const until = Date.now() + SETTLED_WITHIN_MS;
    while (owed.size > 0 && Date.now() < until && !this.#overtime.aborted) {
      for (const line of await this.#received.read()) {
        if (line.kind === "request")
          for (const { fact } of line.events) owed.delete(`${line.endpoint} ${fact}`);
      }
      await this.#wait(200);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}
