import { createHmac } from "node:crypto";
import { sandboxNumber } from "../../../workers/carriers/sandbox/numbers.ts";
import { Random } from "../../campaign/random.ts";

/** What the carrier pushes: new events of known shipments, never the same twice. */

export const ACCOUNTS = 10;
const MINUTE_MS = 60_000;
const DAYS_BACK_MS = 48 * 60 * MINUTE_MS;
const CODES = ["PICKED_UP", "ARRIVED", "DEPARTED"];

/** The path of an account's endpoint. */
export function endpointOf(account: number): string {
  return `c${String(account).padStart(2, "0")}`;
}

/** The tracking numbers of a population: the account of the n-th is n modulo the accounts. */
export function numbersOf(shipments: number, first: number): string[] {
  return Array.from({ length: shipments }, (_, index) => sandboxNumber(first + index));
}

/** A push as it goes over the wire, and the ids of the events in it. */
export interface Push {
  request: Buffer;
  ids: readonly string[];
}

export interface Door {
  port: number;
  path: string;
  secret: string;
}

/** A carrier that goes through its shipments in a circle: each push holds one new event for each of the next ones. */
export class News {
  private readonly lives: { number: string; steps: number }[];
  private readonly start = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - DAYS_BACK_MS;
  private at = 0;

  constructor(numbers: readonly string[], seed: number) {
    const random = new Random("pipeline bench", seed);
    const drawn = numbers.map((number) => ({ number, place: random.next() }));
    drawn.sort((a, b) => a.place - b.place);
    this.lives = drawn.map(({ number }) => ({ number, steps: 0 }));
  }

  /** Pushes of so many events each, signed as of now; their ids begin with the turn's name. */
  pushes(turn: string, count: number, events: number, door: Door): Push[] {
    let next = 0;
    return Array.from({ length: count }, () => {
      const ids: string[] = [];
      const tracking = Array.from({ length: events }, () => {
        const id = `${turn}${next++}`;
        ids.push(id);
        return this.next(id);
      });
      return { request: requestOf(JSON.stringify({ tracking }), door), ids };
    });
  }

  private next(id: string): object {
    const life = this.lives[this.at++ % this.lives.length];
    if (life === undefined) throw new Error("There are no shipments to push events for.");
    const step = life.steps++;
    const event = {
      id,
      code: CODES[Math.min(step, 1 + (step % 2))],
      time: new Date(this.start + step * MINUTE_MS).toISOString().replace(".000Z", "+00:00"),
      text: "As the scanner sent it",
      place: { name: "Terminal Malmö", city: "Malmö", postal_code: "211 20", country: "SE" },
    };
    return { tracking_number: life.number, events: [event] };
  }
}

function requestOf(body: string, { port, path, secret }: Door): Buffer {
  const at_s = Math.floor(Date.now() / 1000);
  const mac = createHmac("sha256", secret).update(`${at_s}.${body}`).digest("hex");
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-sandbox-signature: t=${at_s},v1=${mac}`,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}
