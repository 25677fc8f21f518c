import { isoWithOffset, offsetMinutes } from "../../domain/local-time.ts";
import type { LocationType } from "../../domain/tracking-event.ts";
import { sandboxNumber } from "./numbers.ts";

/** The simulator's stories: what the sandbox carrier tells of a shipment, document by document. Pure: the same walk tells the same. */

export const SCENARIOS = [
  "delivered",
  "out-of-order",
  "duplicates",
  "locker",
  "return",
  "3-of-5-parcels",
  "customs-hold",
  "carrier-silent",
  "number-swapped",
  "clock-change-night",
  "lost-then-found",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** A shipment on its way through a story. */
export interface Walk {
  scenario: Scenario;
  /** The shipment's number, and those of its parcels as they were registered. */
  number: string;
  parcels: readonly string[];
  /** 0 to 999,999,999,999: numbers that the carrier makes up follow from it. */
  seed: number;
  /** When the walk began, epoch milliseconds: the story ends there, so that nothing in it is yet to come. */
  started_at: number;
  /** Instead the story begins there, and takes so long, milliseconds: for a number whose past belongs to another shipment. */
  lasts_ms: number | null;
}

interface ToldEvent {
  id: string;
  code: string;
  sub_code?: string;
  time: string;
  place?: Omit<Place, "zone">;
  signed_by?: string;
}

/** One entry of the sandbox's documents, see schema.ts. */
export interface ToldTracking {
  tracking_number: string;
  shipment_number?: string;
  new_tracking_number?: string;
  new_tracking_url?: string;
  eta?: string;
  events: ToldEvent[];
}

interface Place {
  name?: string;
  street?: string;
  postal_code?: string;
  city: string;
  country: string;
  type?: LocationType;
  lat?: number;
  lng?: number;
  zone: string;
}

const HAMBURG: Place = { city: "Hamburg", country: "DE", zone: "Europe/Berlin" };
const LONDON: Place = { city: "London", country: "GB", zone: "Europe/London" };
const MALMO: Place = {
  name: "Malmö terminal",
  city: "Malmö",
  country: "SE",
  type: "sorting_facility",
  zone: "Europe/Stockholm",
};
const CUSTOMS: Place = { ...MALMO, name: "Malmö customs", type: "customs" };
const LUND: Place = { city: "Lund", country: "SE", zone: "Europe/Stockholm" };
const LOCKER: Place = {
  name: "Parcel box Central Station",
  street: "Bangårdsgatan 4",
  postal_code: "222 21",
  city: "Lund",
  country: "SE",
  type: "parcel_locker",
  lat: 55.70584,
  lng: 13.18719,
  zone: "Europe/Stockholm",
};

/** Something that happens, `hour` hours after the story began. */
interface Scene {
  hour: number;
  code: string;
  sub_code?: string;
  at?: Place;
  signed_by?: string;
}

const CREATED: Scene = { hour: 0, code: "CREATED", at: HAMBURG };
const PICKED_UP: Scene = { hour: 3, code: "PICKED_UP", at: HAMBURG };
const DEPARTED: Scene = { hour: 9, code: "DEPARTED", at: HAMBURG };
const ARRIVED: Scene = { hour: 22, code: "ARRIVED", at: MALMO };
const OUT: Scene = { hour: 44, code: "OUT_FOR_DELIVERY", at: LUND };
const DELIVERED: Scene = { hour: 50, code: "DELIVERED", sub_code: "SIGNED", at: LUND, signed_by: "K. Holm" };

/** The scenes of a story in the order in which they happen; how they are told is another matter. */
const STORIES: Record<Scenario, readonly Scene[]> = {
  delivered: [CREATED, PICKED_UP, DEPARTED, ARRIVED, OUT, DELIVERED],
  "out-of-order": [CREATED, PICKED_UP, DEPARTED, ARRIVED, OUT, DELIVERED],
  duplicates: [CREATED, PICKED_UP, DEPARTED, ARRIVED, OUT, DELIVERED],
  locker: [
    PICKED_UP,
    ARRIVED,
    { ...OUT, hour: 30 },
    { hour: 33, code: "AT_LOCKER", at: LOCKER },
    { hour: 34, code: "NOTIFIED" },
    { hour: 52, code: "COLLECTED", at: LOCKER },
  ],
  return: [
    PICKED_UP,
    ARRIVED,
    OUT,
    { hour: 49, code: "ATTEMPT", sub_code: "REFUSED", at: LUND },
    { hour: 54, code: "RETURNING", at: LUND },
    { hour: 98, code: "RETURNED", at: HAMBURG },
  ],
  "3-of-5-parcels": [PICKED_UP, ARRIVED, OUT, DELIVERED, { hour: 51, code: "DELAYED", at: MALMO }],
  "customs-hold": [
    { ...PICKED_UP, at: LONDON },
    { ...DEPARTED, at: LONDON },
    { hour: 26, code: "CUSTOMS_HELD", sub_code: "DUTY", at: CUSTOMS },
    { hour: 70, code: "CUSTOMS_CLEARED", at: CUSTOMS },
    { ...OUT, hour: 92 },
    { ...DELIVERED, hour: 97 },
  ],
  "carrier-silent": [CREATED, PICKED_UP, DEPARTED, { hour: 200, code: "" }],
  "number-swapped": [CREATED, PICKED_UP, ARRIVED, OUT, DELIVERED],
  // The clocks go back at hour 0.5: half past two comes twice, an hour apart.
  "clock-change-night": [
    { hour: 0, code: "ARRIVED", at: MALMO },
    { hour: 1, code: "DEPARTED", at: MALMO },
    { hour: 5.5, code: "OUT_FOR_DELIVERY", at: LUND },
    { hour: 9, code: "DELIVERED", at: LUND },
  ],
  "lost-then-found": [
    PICKED_UP,
    DEPARTED,
    { hour: 60, code: "DELAYED", at: HAMBURG },
    { hour: 200, code: "LOST", at: HAMBURG },
    { hour: 260, code: "FOUND", at: MALMO },
    { hour: 284, code: "OUT_FOR_DELIVERY", at: LUND },
    { hour: 288, code: "DELIVERED", at: LUND },
  ],
};

const HOUR_MS = 3_600_000;
const PARCELS = 5;

/** The documents of a walk, in the order in which the carrier sends them. */
export function documentsOf(walk: Walk): ToldTracking[][] {
  const scenes = STORIES[walk.scenario];
  const clock = clockOf(walk, scenes.at(-1)?.hour ?? 0);
  const told = scenes.filter(({ code }) => code !== "").map((scene, index) => eventOf(scene, index, clock));
  const news = (...events: (ToldEvent | undefined)[]): ToldTracking[] => [
    { tracking_number: walk.number, events: events.filter((event) => event !== undefined) },
  ];
  switch (walk.scenario) {
    case "out-of-order":
      return [0, 2, 1, 5, 3, 4].map((index) => news(told[index]));
    case "duplicates":
      return [...told.flatMap((event) => [news(event), news(event)]), news(...told)];
    case "3-of-5-parcels":
      return ofParcels(walk, told);
    case "number-swapped":
      return swapped(walk, told);
    case "carrier-silent": {
      const [first = [], ...rest] = told.map((event) => news(event));
      const eta = isoOf(clock(60), LUND.zone).slice(0, 10);
      return [first.map((tracking) => ({ ...tracking, eta })), ...rest];
    }
    default:
      return told.map((event) => news(event));
  }
}

/** Hours of the story → epoch milliseconds. */
function clockOf({ scenario, started_at, lasts_ms }: Walk, hours: number): (hour: number) => number {
  if (lasts_ms !== null) return (hour) => started_at + (hour / hours) * lasts_ms;
  const from =
    scenario === "clock-change-night"
      ? clocksWentBack(started_at - hours * HOUR_MS) - HOUR_MS / 2
      : started_at - hours * HOUR_MS;
  return (hour) => from + hour * HOUR_MS;
}

/** The last time before `now` at which the clocks of the European Union went back: 01:00 UTC on October's last Sunday (Directive 2000/84/EC). */
export function clocksWentBack(now: number): number {
  for (let year = new Date(now).getUTCFullYear(); ; year--) {
    const last = new Date(Date.UTC(year, 9, 31, 1));
    const at = last.getTime() - last.getUTCDay() * 24 * HOUR_MS;
    if (at <= now) return at;
  }
}

function eventOf(scene: Scene, index: number, clock: (hour: number) => number): ToldEvent {
  const { code, sub_code, at, signed_by } = scene;
  const { zone = "UTC", ...place } = at ?? { city: "", country: "" };
  return {
    id: String(index + 1),
    code,
    ...(sub_code === undefined ? {} : { sub_code }),
    time: isoOf(clock(scene.hour), zone),
    ...(at === undefined ? {} : { place }),
    ...(signed_by === undefined ? {} : { signed_by }),
  };
}

function isoOf(epoch_ms: number, zone: string): string {
  const offset = offsetMinutes(zone, epoch_ms);
  const wall = new Date(epoch_ms + offset * 60_000);
  return isoWithOffset(
    {
      year: wall.getUTCFullYear(),
      month: wall.getUTCMonth() + 1,
      day: wall.getUTCDate(),
      hour: wall.getUTCHours(),
      minute: wall.getUTCMinutes(),
      second: wall.getUTCSeconds(),
    },
    offset,
  );
}

/** Five parcels: those that were registered, and as many as the carrier adds to them. Three arrive. */
function ofParcels({ number, parcels, seed }: Walk, told: readonly ToldEvent[]): ToldTracking[][] {
  const added = Array.from({ length: PARCELS }, (_, index) =>
    sandboxNumber((seed + index) % 1_000_000_000_000),
  );
  const five = [...new Set([...parcels, ...added])].slice(0, Math.max(PARCELS, parcels.length));
  const [picked_up, arrived, out, delivered, delayed] = told;
  const about = (some: readonly string[], event: ToldEvent | undefined): ToldTracking[] =>
    some.map((parcel) => ({
      tracking_number: parcel,
      shipment_number: number,
      events: event === undefined ? [] : [event],
    }));
  const three = five.slice(0, 3);
  return [
    about(five, picked_up),
    about(five, arrived),
    about(three, out),
    ...three.map((parcel) => about([parcel], delivered)),
    about(five.slice(3), delayed),
  ];
}

/** At the terminal the parcel gets another label, and is told of under that from then on. */
function swapped({ number, seed }: Walk, told: readonly ToldEvent[]): ToldTracking[][] {
  const renewed = sandboxNumber((seed + 7) % 1_000_000_000_000);
  return told.map((event, index): ToldTracking[] => {
    if (index < 2) return [{ tracking_number: number, events: [event] }];
    if (index > 2) return [{ tracking_number: renewed, events: [event] }];
    return [
      {
        tracking_number: number,
        new_tracking_number: renewed,
        new_tracking_url: `https://sandbox.example/track/${renewed}`,
        events: [event],
      },
    ];
  });
}
