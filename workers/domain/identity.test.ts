import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EventIdentity, eventId, identify } from "./identity.ts";
import { type CarrierEvent, type Location, NO_OTHER_FACTS, TrackingEvent } from "./tracking-event.ts";

const place = (city: string, code: string | null = null): Location => ({
  carrier_location_coding: code === null ? null : { code, description: null, type: null },
  address: {
    type: null,
    name: null,
    street: null,
    street_2: null,
    postal_code: "4600",
    suburb: null,
    city,
    state: null,
    iso_country: "DNK",
  },
  what3words: null,
  geo: null,
});

const fact: EventIdentity = {
  shipment_id: "shp_01k0000000000000000000000",
  parcel: "370000000000000001",
  code: "I",
  sub_code: null,
  text: "Delivered",
  at: "2026-03-14T09:12:40+01:00",
  precision: "second",
  place: place("Køge"),
  revision: 0,
};

describe("an event's id", () => {
  it("is evt_ and 26 digits of Crockford's base 32", () => {
    expect(eventId(fact)).toMatch(/^evt_[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it("never changes from one release to the next: customers keep it", () => {
    expect(eventId(fact)).toBe("evt_gg963ag00817hjr03jcsjm746x");
    expect(eventId({ ...fact, code: null, at: null, precision: "unknown", place: null })).toBe(
      "evt_zwb4qa7kyj18ckj7vf1jekx6m9",
    );
  });

  it.each([
    ["the seconds", { at: "2026-03-14T09:12:03+01:00" }],
    ["the offset in which the same instant is written", { at: "2026-03-14T08:12:40+00:00" }],
    ["capitals and blanks of the place", { place: place("  KØGE ") }],
    ["the carrier's words, where it sends a code", { text: "Delivered" }],
    ["whether the same minute is told with seconds", { precision: "minute" as const }],
  ])("does not depend on %s", (_, change) => {
    expect(eventId({ ...fact, ...change })).toBe(eventId(fact));
  });

  it.each([
    ["shipment", { shipment_id: "shp_01k0000000000000000000001" }],
    ["parcel", { parcel: "370000000000000002" }],
    ["shipment as a whole", { parcel: null }],
    ["code", { code: "H" }],
    ["sub-code", { sub_code: "1" }],
    ["minute", { at: "2026-03-14T09:13:00+01:00" }],
    ["place", { place: place("Roskilde") }],
    ["no place", { place: null }],
    ["revision", { revision: 1 }],
    ["day only", { precision: "date" as const }],
    ["no time", { at: null, precision: "unknown" as const }],
  ])("is another for another %s", (_, change) => {
    expect(eventId({ ...fact, ...change })).not.toBe(eventId(fact));
  });

  it("takes the carrier's words where it sends no code", () => {
    const wordy = { ...fact, code: null };
    expect(eventId({ ...wordy, text: "Delivered" })).not.toBe(eventId({ ...wordy, text: "Returned" }));
  });

  it("takes the local date where only the date is known", () => {
    const day = { ...fact, precision: "date" as const };
    expect(eventId({ ...day, at: "2026-03-14T00:00:00+01:00" })).toBe(
      eventId({ ...day, at: "2026-03-14T00:00:00-05:00" }),
    );
  });

  it("goes by the carrier's code for a place before its name", () => {
    expect(eventId({ ...fact, place: place("Køge", "dk017") })).toBe(
      eventId({ ...fact, place: place("Koege Terminal", "DK017") }),
    );
  });

  it("keeps parts apart whatever letters they hold", () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        const one = eventId({ ...fact, code: a, sub_code: b });
        const other = eventId({ ...fact, code: c, sub_code: d });
        expect(one === other).toBe(a === c && b === d);
      }),
    );
  });
});

describe("identify", () => {
  const event: CarrierEvent = {
    carrier: { code: "I", sub_code: null, freetext_detail: "Delivered" },
    gluey: { milestone: "delivery", code: "delivered", sub_code: null, freetext_detail: "Delivered" },
    status: "delivered",
    reason: null,
    attempt: null,
    rule: { id: "acme:I", version: 1 },
    time: { at: "2026-03-14T09:12:00+01:00", precision: "minute", offset_source: "place" },
    location: place("Køge"),
    carrier_meta_data: [{ key: "unit", value: "7" }],
    other: { ...NO_OTHER_FACTS, eta: "2026-03-15" },
    order: null,
    revision: 0,
    withdrawn: false,
  };

  it("makes the event of the contract", () => {
    const made = identify(event, {
      shipment_id: fact.shipment_id,
      parcel_number: fact.parcel,
      source: "poll",
      created_at_ms: Date.UTC(2026, 2, 14, 8, 13, 5),
    });
    expect(TrackingEvent.parse(made)).toEqual(made);
    expect(made).toMatchObject({
      id: eventId(fact),
      eta: "2026-03-15",
      event_time: {
        created_utc: "2026-03-14T08:13:05+00:00",
        carrier_utc: "2026-03-14T09:12:00+01:00",
        precision: "minute",
        offset_source: "place",
      },
      source: "poll",
      late_scan: false,
      duplicate_of: null,
      replaces: null,
    });
  });
});
