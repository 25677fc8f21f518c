import type { SandboxEvent, SandboxTracking } from "../sandbox-carrier.ts";

/** What happens to the demo's parcels, and in which order the carrier tells it. Pure: times and numbers are arguments. */

export const WAYS_IN = ["webhook", "sftp", "poll"] as const;
export type WayIn = (typeof WAYS_IN)[number];

export interface Told {
  tracking_number: string;
  parcel_number: string | null;
  event: SandboxEvent;
}

/** One moment of the telling: what is told for the first time, and what is told once more. */
export interface Moment {
  news: Told[];
  again: Told[];
  /** For whoever watches. */
  note: string;
}

interface Station {
  hoursAgo: number;
  code: string;
  sub_code?: string;
  text: string;
  city: string;
  country: string;
  signed_by?: string;
}

const CREATED: Station = { hoursAgo: 50, code: "CREATED", text: "Label made", city: "Malmö", country: "SE" };
const PICKED_UP: Station = {
  hoursAgo: 44,
  code: "PICKED_UP",
  text: "Picked up",
  city: "Malmö",
  country: "SE",
};
const ARRIVED: Station = {
  hoursAgo: 30,
  code: "ARRIVED",
  text: "At the terminal",
  city: "København",
  country: "DK",
};
const DEPARTED: Station = {
  hoursAgo: 28,
  code: "DEPARTED",
  text: "Left the terminal",
  city: "København",
  country: "DK",
};
const OUT: Station = {
  hoursAgo: 5,
  code: "OUT_FOR_DELIVERY",
  text: "In the van",
  city: "Hamburg",
  country: "DE",
};
const DELIVERED: Station = {
  hoursAgo: 1,
  code: "DELIVERED",
  sub_code: "SIGNED",
  text: "Handed over",
  city: "Hamburg",
  country: "DE",
  signed_by: "K. Lindqvist",
};

/** The order of telling: the arrival at the terminal is told late, after the departure, and two facts are told twice. */
const TELLING: { station: Station; again: Station[]; note: string }[] = [
  { station: CREATED, again: [], note: "labels made" },
  { station: PICKED_UP, again: [], note: "picked up" },
  { station: DEPARTED, again: [PICKED_UP], note: "left the terminal; the pick-up is told a second time" },
  { station: ARRIVED, again: [], note: "arrived at the terminal: told late" },
  { station: OUT, again: [DEPARTED], note: "in the van; the departure is told a second time" },
  { station: DELIVERED, again: [], note: "delivered against signature" },
];

/** How many facts each number has. */
export const FACTS_PER_NUMBER = TELLING.length;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The moments of some parcels' lives that end about `now` (epoch milliseconds). */
export function story(
  numbers: readonly { tracking_number: string; parcel_number: string | null }[],
  now: number,
): Moment[] {
  const told = (station: Station) =>
    numbers.map((number, index): Told => ({ ...number, event: eventOf(station, now - index * MINUTE_MS) }));
  return TELLING.map(({ station, again, note }) => ({
    news: told(station),
    again: again.flatMap(told),
    note,
  }));
}

function eventOf(station: Station, now: number): SandboxEvent {
  const { hoursAgo, city, country, ...words } = station;
  const minute = Math.floor((now - hoursAgo * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  return {
    ...words,
    time: new Date(minute).toISOString().replace(".000Z", "+00:00"),
    place: { city, country },
  };
}

/** Told facts as the carrier's documents group them: one entry a number. */
export function trackingOf(told: readonly Told[]): SandboxTracking[] {
  const byNumber = Map.groupBy(told, (one) => one.parcel_number ?? one.tracking_number);
  return [...byNumber.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { tracking_number, parcel_number } = first;
    const parcel = parcel_number === null ? {} : { shipment_number: tracking_number, parcel_number };
    return [
      {
        tracking_number: parcel_number ?? tracking_number,
        ...parcel,
        events: group.map(({ event }) => event),
      },
    ];
  });
}

/** What tells a fact from every other one, seen from both ends: number, the carrier's words, the minute. */
export function factOf(
  number: string,
  code: string | null,
  sub_code: string | null | undefined,
  time: string | null,
): string {
  const minute = time === null ? "" : new Date(time).toISOString().slice(0, 16);
  return [number, code ?? "", sub_code ?? "", minute].join(" ");
}
