import { join } from "node:path";
import { type Api, apiAt, carriedBy } from "./api.ts";
import { type Carriers, startCarriers } from "./carriers.ts";
import { type CustomersSide, startCustomersSide } from "./customers-side.ts";
import { type Gluey, startGluey } from "./gluey.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Case } from "./judge.ts";
import { type Plan, planOf, type Size } from "./plan.ts";
import { Random } from "./random.ts";
import type { Line } from "./records.ts";
import { type EngagedSubscription, engage } from "./set-up.ts";
import { tailOf } from "./tail.ts";

export interface CampaignOptions extends Size {
  /** Everything the campaign writes. */
  directory: string;
  time_scale: number;
  /** The whole run ends within this, come what may. */
  within_ms: number;
  say(line: string): void;
}

/** Everybody on the stage, and what is known of them: what each part of a campaign works with. */
export interface Stage {
  options: CampaignOptions;
  plan: Plan;
  gluey: Gluey;
  api: Api;
  customersSide: CustomersSide;
  carriers: Carriers;
  connection_ids: readonly string[];
  journal: Journal;
  subscriptions: readonly EngagedSubscription[];
  /** The one that is going to hang. */
  hanging: EngagedSubscription;
  /** Aborted when the time is up. */
  overtime: AbortSignal;
  /** What the receiver wrote down so far. */
  received(): Promise<readonly Line[]>;
  /** What carriers and receiver wrote down so far. */
  lines(): Promise<Line[]>;
  /** What the judge is told: the files, and the answers of the public API. */
  evidence(): Promise<Case>;
}

/** Starts everybody. What is to be closed is put into `closing` as soon as it is open. */
export async function setStage(options: CampaignOptions, closing: (() => Promise<void>)[]): Promise<Stage> {
  const { directory } = options;
  const overtime = AbortSignal.timeout(options.within_ms);
  const plan = planOf(options, Date.now());
  const journal = await openJournal(join(directory, "carriers.jsonl"));
  closing.push(journal.close);
  const customersSide = await startCustomersSide(directory, plan, journal);
  closing.push(customersSide.close);
  const gluey = await startGluey(join(directory, "gluey"), options.time_scale, inboxBytesFor(plan));
  closing.push(gluey.stop);
  const api = apiAt(gluey.url, gluey.admin_token);
  const { carriers: lines, subscriptions } = await engage(gluey, api, plan, customersSide);
  const hanging = subscriptions.find(({ customer }) => customer.planned.role === "hanging");
  if (hanging === undefined) throw new Error("A campaign has at least two customers, one of whom hangs.");
  const received = tailOf(join(directory, "receiver.jsonl"));
  const told = tailOf(join(directory, "carriers.jsonl"));
  const stage = {
    options,
    plan,
    gluey,
    api,
    customersSide,
    connection_ids: lines.map(({ connection_id }) => connection_id),
    carriers: startCarriers(lines, journal, new Random("carriers", options.seed), overtime),
    journal,
    subscriptions,
    hanging,
    overtime,
    received: received.read,
    lines: async () => [...(await told.read()), ...(await received.read())],
  };
  return { ...stage, evidence: evidenceOf(stage) };
}

/** Room for the rows of all pushes of a connection, and for the bodies of two large ones, which the archive takes away. */
function inboxBytesFor({ quiet, chaos, connections }: Plan): number {
  const pushes = quiet.flat().length + chaos.length;
  return 1_000_000 + Math.ceil(pushes / connections) * BYTES_PER_PUSH;
}

const BYTES_PER_PUSH = 2000;

/** The feeds are read on from where they were read before. */
function evidenceOf(stage: Omit<Stage, "evidence">): Stage["evidence"] {
  const { api, plan, subscriptions } = stage;
  const customers = [...new Set(subscriptions.map(({ customer }) => customer))];
  const cursors = new Map<string, string | null>();
  const feed: Case["feed"][number][] = [];
  const facts = [...plan.quiet.flat(), ...plan.chaos].flatMap((push) => push.facts);
  return async () => {
    const dead: Case["dead"][number][] = [];
    const unknown: Case["unknown"][number][] = [];
    for (const customer of customers) {
      const { account_number } = customer;
      const { elements, cursor } = await api.feed(customer, cursors.get(account_number) ?? null);
      cursors.set(account_number, cursor);
      for (const { shipment, sequence, fact } of elements.map(carriedBy))
        feed.push({ account_number, shipment, sequence, fact });
      const letters = await api.deadLetters(account_number);
      dead.push(
        ...letters.data.map(({ died_at, ...letter }) => ({ ...letter, died_at: Date.parse(died_at) })),
      );
      unknown.push(...(await api.unknownAttempts(customer)));
    }
    return {
      lines: await stage.lines(),
      subscriptions,
      facts: new Map(facts.map((fact) => [fact.key, fact])),
      feed,
      dead,
      unknown,
    };
  };
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
