import { Random } from "../../campaign/random.ts";

/** What the bench sends: the same customers, shipments and events for every contestant, drawn from a seed. Pure. */

/** One thing that happened to one parcel, as its carrier tells it. */
export interface Fact {
  /** Index of the customer. */
  customer: number;
  number: string;
  code: string;
  /** ISO 8601, whole minutes. */
  time: string;
}

export const CUSTOMERS = 20;
/** Few enough to be a life, so many that a customer's news are mostly of different shipments. */
const LIFE = ["CREATED", "PICKED_UP", "ARRIVED", "DEPARTED", "DELIVERED"];
const MINUTE_MS = 60_000;
const STEP_MINUTES = 300;

/** The path of a customer's endpoint, and its name in every record. */
export function endpointOf(customer: number): string {
  return `c${String(customer).padStart(2, "0")}`;
}

/** Parts of `sizes` events each, one behind the other, of shipments of their own. */
export function factsOf(sizes: readonly number[], seed: number, now: number): Fact[] {
  let first = 0;
  return sizes.flatMap((events) => {
    const part = livesOf(events, seed, now, first);
    first += events;
    return part;
  });
}

/**
 * Lives interleaved by chance, each in its own order; every customer has as many events, rounded to whole lives. `now`:
 * epoch milliseconds. `first`: no shipment's index is below.
 */
function livesOf(events: number, seed: number, now: number, first: number): Fact[] {
  const random = new Random("delivery bench", seed, first);
  const shipments = Math.ceil(events / CUSTOMERS / LIFE.length);
  const start = Math.floor(now / MINUTE_MS) - LIFE.length * STEP_MINUTES - 1;
  const placed = Array.from({ length: CUSTOMERS * shipments }, (_, index) => {
    const begin = random.next();
    return LIFE.map((code, step) => ({
      place: begin + step * 0.2 + 0.1 * random.next(),
      fact: {
        customer: index % CUSTOMERS,
        number: sandboxNumber(seed, first + index),
        code,
        time: new Date((start + step * STEP_MINUTES) * MINUTE_MS).toISOString().replace(".000Z", "+00:00"),
      },
    }));
  }).flat();
  return placed
    .sort((a, b) => a.place - b.place)
    .map(({ fact }) => fact)
    .slice(0, events);
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
