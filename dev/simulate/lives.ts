import type { Status } from "../../workers/domain/statuses.ts";

/** The lives of the shipments of a simulation: drawn once, from their index, so that each run is the same. */

const MINUTE_MS = 60_000;
const EVENTS_MAX = 10;
/** Nothing is longer ago. */
const PAST_MIN = 60 * 24 * 60;

/** The sandbox's codes of a life, and the status of a shipment after each. */
const STATUS_AFTER: Readonly<Record<string, Status>> = {
  CREATED: "info_received",
  PICKED_UP: "accepted",
  ARRIVED: "in_transit",
  DEPARTED: "in_transit",
  OUT_FOR_DELIVERY: "out_for_delivery",
  ATTEMPT: "delivery_attempted",
  AT_PICKUP_POINT: "ready_for_pickup",
  COLLECTED: "delivered",
  DELIVERED: "delivered",
};

type Leg = readonly [code: string, least_min: number, most_min: number];
const START: Leg[] = [
  ["CREATED", 0, 1],
  ["PICKED_UP", 120, 1200],
];
const SCAN: Leg[] = [
  ["ARRIVED", 240, 900],
  ["DEPARTED", 120, 480],
];
const HOME: Leg[] = [
  ["OUT_FOR_DELIVERY", 300, 840],
  ["DELIVERED", 60, 480],
];
const LIVES: readonly (readonly Leg[])[] = [
  [...START, ...SCAN, ...HOME],
  [...START, ...SCAN, ...SCAN, ...HOME],
  [...START, ...SCAN, ...SCAN, ...HOME],
  [...START, ...SCAN, ...SCAN, ...SCAN, ...HOME],
  [
    ...START,
    ...SCAN,
    ["OUT_FOR_DELIVERY", 300, 840],
    ["ATTEMPT", 60, 300],
    ["OUT_FOR_DELIVERY", 840, 1200],
    ["DELIVERED", 60, 480],
  ],
  [...START, ...SCAN, ["AT_PICKUP_POINT", 240, 840], ["COLLECTED", 300, 4000]],
  // Never known to the carrier, and lost on the way: nothing happens any more.
  [],
  [...START, ...SCAN],
];
/** How often each life is drawn, of 100. */
const SHARES = [20, 20, 13, 12, 5, 8, 8, 14];

const LIFE_OF_SHARE: number[] = SHARES.flatMap((share, life) => Array.from({ length: share }, () => life));

/** A number from 0 to 1 that an index and a use give. */
export function drawn(index: number, use: number): number {
  let hash = Math.imul(index ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(use + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

export class Lives {
  readonly #t0: number;
  /** Minutes from `t0` of each event. */
  readonly #times: Int32Array;
  readonly #life: Uint8Array;
  /** When a shipment came under tracking, minutes from `t0`. */
  readonly #since: Int32Array;
  /** The times of day of every minute that anything happens in, written once. */
  readonly #minutes: string[] = [];

  /** `count` shipments at `t0`: those before `known` were tracked already, the others come evenly over the next `minutes`. */
  constructor(count: number, known: number, t0: number, minutes: number) {
    this.#t0 = t0;
    for (let minute = 0; minute < PAST_MIN * 2; minute++)
      this.#minutes.push(new Date(t0 + (minute - PAST_MIN) * MINUTE_MS).toISOString());
    this.#times = new Int32Array(count * EVENTS_MAX);
    this.#life = new Uint8Array(count);
    this.#since = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      const life = LIFE_OF_SHARE[Math.floor(drawn(index, 0) * LIFE_OF_SHARE.length)] ?? 0;
      const legs = LIVES[life] ?? [];
      this.#life[index] = life;
      let at = 0;
      for (const [leg, [, least, most]] of legs.entries()) {
        at += least + Math.floor(drawn(index, 1 + leg) * (most - least));
        this.#times[index * EVENTS_MAX + leg] = at;
      }
      // Anywhere in its life and the day after its end; those to which nothing happens, up to three weeks back.
      const ends = STATUS_AFTER[legs.at(-1)?.[0] ?? ""] === "delivered";
      const age = Math.floor(drawn(index, 20) * (ends ? at + 1440 : 21 * 1440));
      const start =
        index < known ? -age : Math.floor(((index - known) / Math.max(1, count - known)) * minutes);
      this.#since[index] = start;
      for (let leg = 0; leg < legs.length; leg++) {
        const place = index * EVENTS_MAX + leg;
        this.#times[place] = (this.#times[place] ?? 0) + start;
      }
    }
  }

  /** When a shipment came under tracking, epoch ms. */
  since(index: number): number {
    return this.#t0 + (this.#since[index] ?? 0) * MINUTE_MS;
  }

  /** How many events there are at a moment. */
  eventsAt(index: number, now: number): number {
    const minute = (now - this.#t0) / MINUTE_MS;
    const most = this.#legs(index).length;
    let events = 0;
    while (events < most && (this.#times[index * EVENTS_MAX + events] ?? 0) <= minute) events++;
    return events;
  }

  statusAfter(index: number, events: number): Status {
    const code = this.#legs(index)[events - 1]?.[0];
    return code === undefined ? "registered" : (STATUS_AFTER[code] ?? "registered");
  }

  /** When the last of so many events was, or the registration; epoch ms. */
  lastOf(index: number, events: number): number {
    if (events === 0) return this.since(index);
    return this.#t0 + (this.#times[index * EVENTS_MAX + events - 1] ?? 0) * MINUTE_MS;
  }

  /** Minutes from `t0` of all events to come, with their shipments. */
  *eventsOf(index: number): Iterable<number> {
    for (let leg = 0; leg < this.#legs(index).length; leg++) yield this.#times[index * EVENTS_MAX + leg] ?? 0;
  }

  /** What the sandbox's API says of a number, the first so many events. */
  tell(index: number, number: string, events: number): string {
    const legs = this.#legs(index);
    let told = "";
    for (let leg = 0; leg < events; leg++) {
      const time = this.#iso(this.#times[index * EVENTS_MAX + leg] ?? 0);
      told += `${leg === 0 ? "" : ","}{"code":"${legs[leg]?.[0] ?? ""}","time":"${time}"}`;
    }
    return `{"tracking_number":"${number}","events":[${told}]}`;
  }

  #legs(index: number): readonly Leg[] {
    return LIVES[this.#life[index] ?? 0] ?? [];
  }

  #iso(minute: number): string {
    const place = minute + PAST_MIN;
    const known = this.#minutes[place];
    if (known !== undefined) return known;
    const text = new Date(this.#t0 + minute * MINUTE_MS).toISOString();
    this.#minutes[place] = text;
    return text;
  }
}
