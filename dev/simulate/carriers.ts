import type { Carrier } from "../../workers/carriers/carrier.ts";
import { sandbox } from "../../workers/carriers/sandbox/index.ts";
import type { Rate } from "../../workers/domain/pace.ts";
import type { OutgoingRequest, OutgoingResult } from "../../workers/outside/http.ts";
import type { TestClock } from "./clock.ts";
import { drawn, type Lives } from "./lives.ts";

/** The carriers of a simulation: the sandbox's format with limits and tempers of their own. They judge who calls them. */

export interface Kind {
  id: string;
  numbers_per_call: number;
  rate: Rate;
  /** Milliseconds of a call, least and most. */
  latency: readonly [number, number];
  /** The part of all shipments that go with it, and over how many connections at most. */
  share: number;
  connections: number;
  /** Where its limits say so, a connection has no more numbers than this. */
  numbers_most?: number;
  min_minutes?: number;
  pushes?: boolean;
  /** What it does for a while, in hours of a day. */
  fault?: { from: number; to: number; as: "500" | "429" | "timeout" | "slow" };
}

export const KINDS: readonly Kind[] = [
  {
    id: "sim_express",
    numbers_per_call: 50,
    rate: {},
    latency: [150, 400],
    share: 0.33,
    connections: 60,
    fault: { from: 3, to: 3.67, as: "500" },
  },
  {
    id: "sim_parcel",
    numbers_per_call: 20,
    rate: { per_second: 20 },
    latency: [100, 300],
    share: 0.2,
    connections: 40,
    fault: { from: 6, to: 6.34, as: "429" },
  },
  {
    id: "sim_mail",
    numbers_per_call: 100,
    rate: {},
    latency: [300, 900],
    share: 0.13,
    connections: 30,
    fault: { from: 8, to: 9, as: "slow" },
  },
  {
    id: "sim_single",
    numbers_per_call: 1,
    rate: {},
    latency: [80, 250],
    share: 0.03,
    connections: 20,
    fault: { from: 12, to: 12.5, as: "timeout" },
  },
  {
    id: "sim_limited",
    numbers_per_call: 1,
    rate: { per_second: 3 },
    latency: [80, 250],
    share: 0.01,
    connections: 8,
    numbers_most: 1200,
  },
  {
    id: "sim_daily",
    numbers_per_call: 10,
    rate: { per_second: 1, per_day: 500 },
    latency: [200, 500],
    share: 0.01,
    connections: 10,
    numbers_most: 800,
    min_minutes: 360,
  },
  { id: "sim_slow", numbers_per_call: 20, rate: {}, latency: [6000, 12_000], share: 0.03, connections: 10 },
  {
    id: "sim_pushing",
    numbers_per_call: 50,
    rate: {},
    latency: [150, 400],
    share: 0.26,
    connections: 50,
    pushes: true,
  },
];

/** The kind as the flow knows a carrier. */
export function carrierOf({ id, numbers_per_call, rate }: Kind): Carrier {
  const { poll } = sandbox;
  if (poll === undefined) throw new Error("The sandbox is asked over its API.");
  return {
    ...sandbox,
    id,
    poll: {
      ...poll,
      numbers_per_call,
      rate,
      request: (numbers, { base_url }) => ({
        method: "GET",
        url: base_url,
        headers: {},
        body: numbers.join(","),
      }),
    },
  };
}

/** A window of time in which something is the matter, epoch ms. */
export interface Window {
  from: number;
  to: number;
}

const HOUR_MS = 3_600_000;
const TIMED_OUT_MS = 30_000;

/** What a connection may do, by the carrier's own books. */
interface Books {
  /** The latest calls, as many as a second allows. */
  latest: number[];
  day: number;
  today: number;
  /** Nobody was to call before. */
  closed_until: number;
}

export interface Judged {
  calls: number;
  numbers: number;
  /** Calls that a rate a second, a rate a day, or a Retry-After did not allow. */
  broken: { second: number; day: number; retry_after: number };
}

/** One carrier of the simulation: answers, fails in its hours, and counts what it did not allow. */
export class SimulatedCarrier {
  readonly kind: Kind;
  readonly trouble: Window | null;
  readonly judged: Judged = { calls: 0, numbers: 0, broken: { second: 0, day: 0, retry_after: 0 } };
  readonly #clock: TestClock;
  readonly #lives: Lives;
  readonly #indexOf: (number: string) => number;
  readonly #books = new Map<string, Books>();

  /** `scale` squeezes the hours of a day into those that are simulated. */
  constructor(
    kind: Kind,
    world: { clock: TestClock; lives: Lives; indexOf: (number: string) => number; t0: number; scale: number },
  ) {
    this.kind = kind;
    this.#clock = world.clock;
    this.#lives = world.lives;
    this.#indexOf = world.indexOf;
    const { fault } = kind;
    this.trouble =
      fault === undefined
        ? null
        : {
            from: world.t0 + fault.from * world.scale * HOUR_MS,
            to: world.t0 + fault.to * world.scale * HOUR_MS,
          };
  }

  async answer(connection_id: string, request: OutgoingRequest): Promise<OutgoingResult> {
    const numbers = String(request.body).split(",");
    const began = this.#clock.now();
    this.#judge(connection_id, began, numbers.length);
    const { latency, fault } = this.kind;
    const ill =
      fault !== undefined && this.trouble !== null && began >= this.trouble.from && began < this.trouble.to;
    const [least, most] = latency;
    let took_ms = Math.round(least + drawn(this.judged.calls, 30) * (most - least));
    if (ill && fault.as === "429") {
      const wait_s = 60 + Math.floor(drawn(this.judged.calls, 31) * 120);
      await this.#clock.wait(took_ms);
      const books = this.#booksOf(connection_id);
      books.closed_until = Math.max(books.closed_until, this.#clock.now() + wait_s * 1000);
      return answered(429, "{}", took_ms, { "retry-after": String(wait_s) });
    }
    if (ill && fault.as === "timeout") {
      await this.#clock.wait(TIMED_OUT_MS);
      return { kind: "timed_out", took_ms: TIMED_OUT_MS };
    }
    if (ill && fault.as === "slow") took_ms += 15_000;
    await this.#clock.wait(took_ms);
    if (ill && fault.as === "500") return answered(500, "{}", took_ms);
    const now = this.#clock.now();
    const told = numbers.map((number) => {
      const index = this.#indexOf(number);
      return this.#lives.tell(index, number, this.#lives.eventsAt(index, now));
    });
    return answered(200, `{"asked_at":${now},"tracking":[${told.join(",")}]}`, took_ms);
  }

  #booksOf(connection_id: string): Books {
    const known = this.#books.get(connection_id);
    if (known !== undefined) return known;
    const opened: Books = { latest: [], day: 0, today: 0, closed_until: 0 };
    this.#books.set(connection_id, opened);
    return opened;
  }

  #judge(connection_id: string, now: number, numbers: number): void {
    const { broken } = this.judged;
    const { per_second, per_day } = this.kind.rate;
    const books = this.#booksOf(connection_id);
    this.judged.calls += 1;
    this.judged.numbers += numbers;
    if (now < books.closed_until) broken.retry_after += 1;
    if (per_second !== undefined) {
      const [calls, within_ms] = per_second >= 1 ? [per_second, 1000] : [1, 1000 / per_second];
      books.latest.push(now);
      if (books.latest.length > calls) {
        const before = books.latest.shift() ?? 0;
        // Turns are a third of a millisecond exact; the clock is not.
        if (now - before < within_ms - 1) broken.second += 1;
      }
    }
    if (per_day !== undefined) {
      const day = Math.floor(now / (24 * HOUR_MS));
      books.today = books.day === day ? books.today + 1 : 1;
      books.day = day;
      if (books.today > per_day) broken.day += 1;
    }
  }
}

const encoder = new TextEncoder();
const NO_HEADERS = new Headers();

function answered(
  status: number,
  body: string,
  took_ms: number,
  headers?: Record<string, string>,
): OutgoingResult {
  return {
    kind: "answered",
    status,
    headers: headers === undefined ? NO_HEADERS : new Headers(headers),
    body: encoder.encode(body),
    body_cut: false,
    took_ms,
  };
}
