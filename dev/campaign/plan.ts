import { Random } from "./random.ts";
import { type PlannedSubscription, ROLES, STEADY } from "./roles.ts";

/** Who takes part in a campaign and what happens when, drawn from the seed. Pure: the clock is an argument. */

export interface Size {
  seed: number;
  /** Whether latencies are measured before the faults: it takes some minutes. */
  measures: boolean;
  events: number;
  customers: number;
  kills: number;
}

export interface PlannedCustomer {
  account_number: string;
  role: string;
  /** Nothing is ever wrong with it: whose latency is measured. */
  untouched: boolean;
  connection: number;
  subscriptions: readonly PlannedSubscription[];
  numbers: readonly string[];
  /** `number code`: facts whose messages a `poison` endpoint refuses. */
  poisoned: readonly string[];
}

/** One thing that happened to one parcel. */
export interface PlannedFact {
  key: string;
  account_number: string;
  connection: number;
  number: string;
  code: string;
  milestone: string;
  /** ISO 8601, whole minutes. */
  time: string;
}

/** One request of a carrier. */
export interface PlannedPush {
  connection: number;
  facts: readonly PlannedFact[];
  /** How often it is sent again, byte for byte, after it was accepted. */
  again: number;
}

export interface Plan {
  size: Size;
  connections: number;
  customers: readonly PlannedCustomer[];
  /** For the two measurements with the bad customer well-behaved and the one with it hanging, then the long part. */
  quiet: readonly (readonly PlannedPush[])[];
  chaos: readonly PlannedPush[];
  /** The shares of the chaos at which Gluey is killed, or another script is deployed. */
  cuts: readonly { at: number; kind: CutKind }[];
}

/** When Gluey is killed: at any moment, or at one that is brought about. */
const KILLS = [
  "kill",
  "kill in a run",
  "kill when full",
  "kill while archiving",
  "kill with new lanes",
  "kill with the container",
] as const;
export type CutKind = (typeof KILLS)[number] | "deploy";

/** The sandbox carrier's codes in the order of a parcel's life, and Gluey's milestone of each (its public code list). */
const LIFE = [
  { code: "CREATED", milestone: "order" },
  { code: "PICKED_UP", milestone: "collection" },
  { code: "ARRIVED", milestone: "in_transit" },
  { code: "DEPARTED", milestone: "in_transit" },
  { code: "CUSTOMS_CLEARED", milestone: "customs" },
  { code: "OUT_FOR_DELIVERY", milestone: "delivery" },
  { code: "DELIVERED", milestone: "delivery" },
] as const;
export const EVENTS_PER_SHIPMENT = LIFE.length;

const CONNECTIONS = 4;
/** Of all events: told while latencies are measured, in three equal parts. */
const QUIET_SHARE = 0.18;
const QUIET_PARTS = 3;
const DEPLOYS_PER_KILL = 0.15;
const POISONED_SHARE = 0.1;
/** Each holds its shipment back for all the retries there are; what comes between and after them is accepted. */
const POISONED_CODES = ["PICKED_UP", "CUSTOMS_CLEARED"];
const MOST_FACTS_A_PUSH = 8;
const HANGING_INDEX = 1;
const EXTRA_TURNS_IN = 4;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Draws the whole plan. `now`, epoch milliseconds, ends the parcels' lives. */
export function planOf(size: Size, now: number): Plan {
  const random = new Random("plan", size.seed);
  const shipments = Math.max(size.customers * 2, Math.ceil(size.events / EVENTS_PER_SHIPMENT));
  const numbers = Array.from({ length: shipments }, (_, index) => sandboxNumber(size.seed, index));
  const customers = Array.from({ length: size.customers }, (_, index) =>
    customerOf(
      index,
      numbers.filter((_number, at) => ownerOf(at, size.customers) === index),
    ),
  );
  const facts = customers
    .flatMap((customer) => customer.numbers.flatMap((number) => lifeOf(customer, number, random, now)))
    .slice(0, Math.max(size.events, 1));
  const quietly = customers.filter((one) => one.untouched || one.role === "hanging");
  const share = size.measures ? Math.floor((facts.length * QUIET_SHARE) / QUIET_PARTS) : 0;
  const measured = facts.filter((fact) => quietly.some((one) => one.account_number === fact.account_number));
  const told = new Set<PlannedFact>();
  const quiet = Array.from({ length: QUIET_PARTS }, (_, part) => {
    // Whole lives, so that no part's facts wait for another's.
    const of = measured
      .filter((_fact, at) => Math.floor(at / EVENTS_PER_SHIPMENT) % 6 === part)
      .slice(0, share);
    for (const fact of of) told.add(fact);
    return pushesOf(of, random, false);
  });
  const chaos = pushesOf(
    facts.filter((fact) => !told.has(fact)),
    random,
    true,
  );
  return { size, connections: CONNECTIONS, customers, quiet, chaos, cuts: cutsOf(size.kills, random) };
}

/** Whose the n-th shipment is: all customers have about as many, and the one that hangs a few times as many. */
function ownerOf(index: number, customers: number): number {
  const turn = index % (customers + Math.floor(customers / EXTRA_TURNS_IN));
  return turn < customers ? turn : Math.min(HANGING_INDEX, customers - 1);
}

function customerOf(index: number, numbers: readonly string[]): PlannedCustomer {
  const name = String(index).padStart(2, "0");
  const drawn = ROLES[index % ROLES.length];
  // Only one hangs, however many customers there are.
  const { role, subscriptions } = drawn === undefined || index >= ROLES.length ? STEADY : drawn;
  const refuses = subscriptions.some((one) => one.behaviours.some(({ behaviour }) => behaviour === "poison"));
  return {
    account_number: `campaign-${name}`,
    role,
    untouched: role === "steady",
    connection: index % CONNECTIONS,
    subscriptions: subscriptions.map((draft, at) => ({
      endpoint: `c${name}-${at}`,
      way: draft.way ?? "webhook",
      milestones: draft.milestones ?? null,
      max_batch: draft.max_batch ?? 20,
      behaviours: draft.behaviours,
      rotates: draft.rotates ?? false,
    })),
    numbers,
    poisoned: refuses
      ? numbers
          .slice(0, Math.max(1, Math.floor(numbers.length * POISONED_SHARE)))
          .flatMap((number) => POISONED_CODES.map((code) => `${number} ${code}`))
      : [],
  };
}

function lifeOf(customer: PlannedCustomer, number: string, random: Random, now: number): PlannedFact[] {
  const start = Math.floor(now / MINUTE_MS) - 3 * DAY_MINUTES - random.below(DAY_MINUTES);
  const { account_number, connection } = customer;
  return LIFE.map(({ code, milestone }, step) => {
    const minute = start + step * 300 + random.below(200);
    const time = new Date(minute * MINUTE_MS).toISOString().replace(".000Z", "+00:00");
    return { key: factKey(number, code, time), account_number, connection, number, code, milestone, time };
  });
}

/** Number, the carrier's code and the minute: the same seen from the carrier and from the receiver. */
export function factKey(number: string, code: string | null, time: string | null): string {
  return `${number} ${code ?? ""} ${time === null ? "" : new Date(time).toISOString().slice(0, 16)}`;
}

/**
 * Requests in the order of telling: shipments' lives interleaved, each about in its order. In the chaos some events
 * are told late, some pushes twice, and one push may hold news for several customers.
 */
function pushesOf(facts: readonly PlannedFact[], random: Random, wild: boolean): PlannedPush[] {
  const total = Math.max(1, facts.length);
  const begins = new Map<string, number>();
  const seen = new Map<string, number>();
  const placed = facts.map((fact) => {
    const begin = begins.get(fact.number) ?? random.next() * total * 0.7;
    begins.set(fact.number, begin);
    const step = seen.get(fact.number) ?? 0;
    seen.set(fact.number, step + 1);
    const late = wild && random.chance(0.15) ? total * 0.1 * random.next() : 0;
    return { fact, place: begin + (step * total * 0.3) / EVENTS_PER_SHIPMENT + late };
  });
  placed.sort((a, b) => a.place - b.place);
  const open = new Map<number, { facts: PlannedFact[]; size: number }>();
  const pushes: PlannedPush[] = [];
  const close = (connection: number, of: readonly PlannedFact[]) => {
    pushes.push({ connection, facts: of, again: wild && random.chance(0.1) ? 1 + random.below(2) : 0 });
    open.delete(connection);
  };
  for (const { fact } of placed) {
    const { connection } = fact;
    const push = open.get(connection) ?? { facts: [], size: 1 + random.below(MOST_FACTS_A_PUSH) };
    open.set(connection, push);
    push.facts.push(fact);
    if (push.facts.length >= push.size) close(connection, push.facts);
  }
  for (const [connection, push] of open) close(connection, push.facts);
  return pushes;
}

function cutsOf(kills: number, random: Random): Plan["cuts"] {
  const at = (index: number, of: number) => (index + 0.1 + 0.8 * random.next()) / of;
  const deploys = Math.ceil(kills * DEPLOYS_PER_KILL);
  const killed = Array.from({ length: kills }, (_, index) => ({
    at: at(index, kills),
    kind: KILLS[index % KILLS.length] ?? "kill",
  }));
  const deployed = Array.from({ length: deploys }, (_, index) => ({
    at: at(index, deploys),
    kind: "deploy" as const,
  }));
  return [...killed, ...deployed].sort((a, b) => a.at - b.at);
}

/** A number as the sandbox carrier draws them: SBX, twelve digits and Luhn's check digit. */
function sandboxNumber(seed: number, index: number): string {
  const body = String((seed % 10_000) * 1_000_000 + index).padStart(12, "0");
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `SBX${body}${(10 - (sum % 10)) % 10}`;
}
