import fc from "fast-check";
import { CODES } from "../codes.ts";
import { REASONS } from "../statuses.ts";
import type { FileElement } from "./index.ts";

/** Elements for the tests of every format: invented ones, and any timeline. */

const EVENT: FileElement["event"] = {
  id: "evt_0123456789abcdefghjkmnpqrs",
  carrier_meta_data: [],
  event_time: {
    created_utc: "2026-03-14T08:13:05+00:00",
    carrier_utc: "2026-03-14T09:12:30+01:00",
    precision: "second",
    offset_source: "carrier",
  },
  eta: null,
  codes: {
    gluey: { milestone: "delivery", code: "delivered", sub_code: "with_signature", freetext_detail: null },
    carrier: { code: "DLV", sub_code: null, freetext_detail: "Utlämnad till Åsa" },
  },
  location: {
    carrier_location_coding: null,
    address: {
      type: null,
      name: "Terminal Öst",
      street: null,
      street_2: null,
      postal_code: "21120",
      suburb: null,
      city: "Malmö",
      state: null,
      iso_country: "SWE",
    },
    what3words: null,
    geo: null,
  },
  status: "delivered",
  reason: null,
  attempt: null,
  rule: { id: "dlv", version: 1 },
  replaces: null,
  withdrawn: false,
  late_scan: false,
  duplicate_of: null,
  source: "webhook",
  other: {
    condition: null,
    carrier_weight_dims: null,
    eta: null,
    shipping_cost: null,
    shipping_cost_currency: null,
    delivery_confirmation: { signed_by: "Åsa Öberg", base64_photo: null, photo_format: null },
    co2_footprint_kg: null,
  },
};

const ELEMENT: FileElement = {
  shipment_id: "shp_01kxxxxxxxabcdefghjkmnpqrs",
  shipment_uuid_ref: "4f9c6f6e-6d0b-4c69-9a55-0e5e4bb6f3d1",
  shipment_meta_data: [{ key: "order", value: "ORDER-1001" }],
  carrier_id: "postnord",
  carrier_tracking_id: "RR123456785SE",
  carrier_tracking_update: null,
  tracking_level: "parcel",
  parcel: {
    parcel_id: "prc_01kxxxxxxxabcdefghjkmnpqrs",
    parcel_uuid_ref: "BOX-1",
    parcel_meta_data: [],
    carrier_tracking_id: "00370700000000001233",
    carrier_tracking_update: null,
  },
  sequence: 1,
  shipment_status: "delivered",
  health: "on_track",
  action_required_by: "none",
  test: false,
  event: EVENT,
};

/** An element with some fields changed; `event` is merged, everything else replaced. */
export function element(
  changes: Omit<Partial<FileElement>, "event"> & { event?: Partial<FileElement["event"]> } = {},
): FileElement {
  return { ...ELEMENT, ...changes, event: { ...EVENT, ...changes.event } };
}

/** `gluey` codes of a path of the contract. */
export function glueyCodes(path: string, freetext_detail: string | null = null) {
  const [milestone = "", code = "", sub_code = null] = path.split("/");
  return { milestone, code, sub_code, freetext_detail };
}

const letters = fc.constantFrom(..."abcXYZ0189 -_/.,;:'+?*~^>|\"=@ÅÖéßñŁőąžαΩжЯ東é\n\r\t\u00a0€");
const text = fc.string({ unit: letters, maxLength: 90 });
const long = fc.string({ unit: letters, maxLength: 700 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
/** A value that a matching program needs whole: no letter that an EDI file would have to change. */
const reference = fc.stringMatching(/^[A-Z0-9][A-Z0-9 ./-]{0,16}[A-Z0-9]$/u);
const trackingNumber = fc.oneof(
  fc.stringMatching(/^[A-Z]{2}[0-9]{9}[A-Z]{2}$/u),
  fc.constantFrom("00370700000000001233", "370700000000001240", "JJD000390007834500000"),
);
const day = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });
const offset = fc.constantFrom("+00:00", "+01:00", "+02:00", "-05:00", "+05:45", "-03:30", "+13:00");

const instant = fc
  .record({ day, offset })
  .map(({ day: at, offset: zone }) => `${new Date(at).toISOString().slice(0, 19)}${zone}`);

const eventTime = fc
  .record({ at: instant, precision: fc.constantFrom("second", "minute", "date", "unknown") })
  .map(({ at, precision }) => ({
    created_utc: "2026-03-14T08:13:05+00:00",
    carrier_utc:
      precision === "unknown"
        ? null
        : precision === "date"
          ? at.replace(/T\d\d:\d\d:\d\d/u, "T00:00:00")
          : precision === "minute"
            ? at.replace(/:\d\d(?=[+-])/u, ":00")
            : at,
    precision,
    offset_source: "carrier" as const,
  }));

const location = fc
  .record({
    code: optional(fc.stringMatching(/^[A-Z0-9]{3,9}$/u)),
    name: optional(text),
    postal_code: optional(fc.stringMatching(/^[0-9]{5}$/u)),
    city: optional(fc.constantFrom("Malmö", "HAMBURG", "Łódź", "New York", "Ås")),
    state: optional(fc.constantFrom("NY", "Skåne")),
    iso_country: optional(fc.constantFrom("SWE", "DEU", "POL", "USA")),
  })
  .map(({ code, ...address }) => ({
    carrier_location_coding: code === null ? null : { code, description: null, type: null },
    address: { type: null, street: null, street_2: null, suburb: null, ...address },
    what3words: null,
    geo: null,
  }));

const event = fc
  .record({
    meaning: fc.constantFrom(...CODES.values()),
    reason: optional(fc.constantFrom(...REASONS)),
    detail: optional(long),
    carrier: fc.record({
      code: optional(reference),
      sub_code: optional(reference),
      freetext_detail: optional(long),
    }),
    time: eventTime,
    location: optional(location),
    eta: optional(fc.oneof(instant, fc.constant("2026-04-01"))),
    signed_by: optional(text),
    replaced: fc.integer({ min: 0, max: 9 }),
    withdrawn: fc.integer({ min: 0, max: 9 }),
    digits: fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{22}$/u),
  })
  .map((drawn) => ({ ...drawn, ...drawn.meaning, reason: drawn.reason ?? drawn.meaning.reason }));

/** A timeline of one account: several shipments, their events in the order of `sequence`, mixed as the feed mixes them. */
export const timeline: fc.Arbitrary<FileElement[]> = fc
  .array(
    fc.record({
      number: trackingNumber,
      uuid_ref: optional(fc.oneof(fc.uuid(), reference)),
      order: optional(reference),
      carrier_id: fc.constantFrom("postnord", "bring", "dhl_freight"),
      events: fc.array(fc.tuple(event, optional(trackingNumber)), { minLength: 1, maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .chain((shipments) => {
    const all = shipments.flatMap((shipment, s) =>
      shipment.events.map(([drawn, parcel], n) => ({ shipment, s, n, drawn, parcel })),
    );
    return fc
      .array(fc.nat(1000), { minLength: all.length, maxLength: all.length })
      .map((order) => all.map((entry, i) => ({ ...entry, at: order[i] ?? 0 })))
      .map((entries) => interleaved(entries).map(elementOf));
  });

interface Entry {
  shipment: { number: string; uuid_ref: string | null; order: string | null; carrier_id: string };
  s: number;
  n: number;
  drawn: typeof event extends fc.Arbitrary<infer T> ? T : never;
  parcel: string | null;
  at: number;
}

/** Mixes shipments, keeps each one's own order. */
function interleaved(entries: readonly Entry[]): Entry[] {
  const mixed = [...entries].sort((a, b) => a.at - b.at);
  const next = new Map<number, Entry[]>();
  for (const entry of entries) next.set(entry.s, [...(next.get(entry.s) ?? []), entry]);
  return mixed.flatMap(({ s }) => next.get(s)?.splice(0, 1) ?? []);
}

function elementOf({ shipment, s, n, drawn, parcel }: Entry): FileElement {
  const id = (digits: string) => `${digits}${String(s).padStart(2, "0")}${String(n).padStart(2, "0")}`;
  return element({
    shipment_id: `shp_01kxxxxxxxabcdefghjkmnpq${String(s).padStart(2, "0")}`,
    shipment_uuid_ref: shipment.uuid_ref,
    shipment_meta_data: shipment.order === null ? [] : [{ key: "order", value: shipment.order }],
    carrier_id: shipment.carrier_id,
    carrier_tracking_id: shipment.number,
    parcel:
      parcel === null
        ? null
        : {
            parcel_id: "prc_01kxxxxxxxabcdefghjkmnpqrs",
            parcel_uuid_ref: null,
            parcel_meta_data: [],
            carrier_tracking_id: parcel,
            carrier_tracking_update: null,
          },
    sequence: n + 1,
    event: {
      id: `evt_${id(drawn.digits)}`,
      codes: {
        gluey: {
          milestone: drawn.milestone,
          code: drawn.code,
          sub_code: drawn.sub_code,
          freetext_detail: drawn.detail,
        },
        carrier: drawn.carrier,
      },
      event_time: drawn.time,
      location: drawn.location,
      status: drawn.status,
      reason: drawn.reason,
      eta: drawn.eta,
      replaces: drawn.replaced === 0 ? `evt_${id(drawn.digits.split("").reverse().join(""))}` : null,
      withdrawn: drawn.withdrawn === 0,
      other: {
        ...EVENT.other,
        eta: drawn.eta,
        delivery_confirmation:
          drawn.signed_by === null
            ? null
            : { signed_by: drawn.signed_by, base64_photo: null, photo_format: null },
      },
    },
  });
}
