import { describe, expect, it } from "vitest";
import { meaningOf } from "../domain/codes.ts";
import type { Location } from "../domain/tracking-event.ts";
import { LANGUAGE_TAGS, type Language } from "./languages.ts";
import type { PageEvent, PageShipment } from "./page-shipment.ts";
import { trackingView } from "./view.ts";

const NOW = Date.parse("2026-03-14T15:00:00Z");
const read = (shipment: PageShipment, language: Language = "en", now = NOW) =>
  trackingView(shipment, { language, now, carrier: "Sandbox" });

function place(more: Partial<NonNullable<Location["address"]>> = {}, geo: Location["geo"] = null): Location {
  const address = {
    type: null,
    name: null,
    street: null,
    street_2: null,
    postal_code: null,
    suburb: null,
    city: null,
    state: null,
    iso_country: null,
    ...more,
  };
  return { carrier_location_coding: null, address, what3words: null, geo };
}

let count = 0;
function event(path: string, local: string | null, more: Partial<PageEvent> = {}): PageEvent {
  return {
    id: `evt_${String(count++).padStart(4, "0")}`,
    parcel: "",
    at: local === null ? null : Date.parse(local),
    local,
    precision: local === null ? "unknown" : "second",
    order: null,
    path,
    status: meaningOf(path).status,
    replaces: null,
    withdrawn: false,
    duplicate_of: null,
    late_scan: false,
    location: null,
    ...more,
  };
}

function shipment(more: Partial<PageShipment> = {}): PageShipment {
  return {
    carrier_id: "sandbox",
    carrier_tracking_id: "SBX0000000000018",
    new_carrier_tracking_id: null,
    direction: "outbound",
    status: "in_transit",
    health: "on_track",
    action_required_by: "none",
    eta: null,
    updated_at: Date.parse("2026-03-10T08:00:00Z"),
    parcels: [],
    events: [],
    has_older: false,
    ...more,
  };
}

describe("the timeline", () => {
  const arrived = event("in_transit/arrived_at_carrier_facility", "2026-03-14T00:30:00+01:00", {
    location: place({ city: "Malmö", iso_country: "SWE" }),
  });
  const accepted = event("collection/collected", "2026-03-12T17:05:00+01:00");

  it("goes from the newest to the oldest, by days and clocks of the place", () => {
    const { days } = read(shipment({ events: [accepted, arrived] }));
    expect(days).toEqual([
      {
        day: "2026-03-14",
        heading: "Today, Saturday 14 March",
        entries: [
          {
            time: "00:30",
            at: "2026-03-14T00:30:00+01:00",
            text: "Arrived at the carrier’s terminal",
            place: "Malmö, Sweden",
            parcels: null,
            tone: "plain",
          },
        ],
      },
      {
        day: "2026-03-12",
        heading: "Thursday 12 March",
        entries: [expect.objectContaining({ time: "17:05", text: "Collected by the carrier", place: null })],
      },
    ]);
  });

  it.each<[Language, string, string, string]>([
    ["en", "Today, Saturday 14 March", "00:30", "Malmö, Sweden"],
    ["sv", "I dag, lördag 14 mars", "00:30", "Malmö, Sverige"],
    ["nb", "I dag, lørdag 14. mars", "00:30", "Malmö, Sverige"],
    ["da", "I dag, lørdag 14. marts", "00.30", "Malmö, Sverige"],
    ["fi", "Tänään, lauantai 14. maaliskuuta", "0.30", "Malmö, Ruotsi"],
    ["de", "Heute, Samstag, 14. März", "00:30", "Malmö, Schweden"],
  ])("is written as %s is", (language, heading, time, where) => {
    const [day] = read(shipment({ events: [arrived] }), language).days;
    expect(day?.heading.toLowerCase()).toBe(heading.toLowerCase());
    expect(day?.entries[0]).toMatchObject({ time, place: where });
  });

  it("says the year where it is another one", () => {
    const later = Date.parse("2027-01-02T00:00:00Z");
    expect(read(shipment({ events: [accepted] }), "en", later).days[0]?.heading).toBe(
      "Thursday, 12 March 2026",
    );
  });

  it("counts today by the place's own day", () => {
    const auckland = event("in_transit/arrived_at_carrier_facility", "2026-03-15T03:00:00+13:00");
    expect(read(shipment({ events: [auckland] })).days[0]?.heading).toBe("Today, Sunday 15 March");
  });

  it("shows a day without a time as a day, and what has no time last", () => {
    const day = event("delivery/delivered", "2026-03-13T00:00:00+01:00", { precision: "date" });
    const never = event("delivery/notification", null);
    const { days } = read(shipment({ events: [never, day] }));
    expect(days.map(({ day: of }) => of)).toEqual(["2026-03-13", null]);
    expect(days[0]?.entries[0]).toMatchObject({ time: null, at: "2026-03-13" });
    expect(days[1]).toMatchObject({ heading: "Without a time", entries: [{ time: null, at: null }] });
  });

  it("leaves out what was withdrawn, replaced, late, or says nothing to the person", () => {
    const events = [
      arrived,
      event("delivery/delivered", "2026-03-14T09:00:00+01:00", { withdrawn: true }),
      event("customs/held", "2026-03-14T08:00:00+01:00", { id: "evt_old" }),
      event("customs/cleared/released", "2026-03-14T08:00:00+01:00", { replaces: "evt_old" }),
      event("in_transit/carrier_network", "2026-03-14T12:00:00+01:00", { late_scan: true }),
      event("other/unmapped", "2026-03-14T10:00:00+01:00"),
      event("delivery/admin", "2026-03-14T10:00:00+01:00"),
      event("post_delivery/rating/nps", "2026-03-14T10:00:00+01:00"),
    ];
    const texts = read(shipment({ events })).days.flatMap(({ entries }) => entries.map(({ text }) => text));
    expect(texts).toEqual(["Cleared by customs", "Arrived at the carrier’s terminal"]);
  });
});

describe("what is private", () => {
  const at = "2026-03-14T09:00:00+01:00";
  const said = (path: string, location: Location) => {
    const status = meaningOf(path).status;
    return JSON.stringify(read(shipment({ status, events: [event(path, at, { location })] })));
  };
  const home = {
    name: "Anna Svensson",
    street: "Hemgatan 7",
    postal_code: "11122",
    city: "Malmö",
    iso_country: "SWE",
  };

  it("names and streets are not shown, wherever the parcel was", () => {
    for (const path of ["delivery/delivered", "delivery/attempt", "delivery/delivered/left_with_neighbor"]) {
      for (const type of [null, "customer_address", "delivery_truck", "other"] as const) {
        const words = said(path, place({ ...home, type }));
        expect(words).toContain("Malmö, Sweden");
        for (const secret of ["Anna", "Hemgatan", "11122"]) expect(words).not.toContain(secret);
      }
    }
  });

  it("an address that is a person's is none to pick up at", () => {
    const words = said("delivery/delivered/pudo_point", place({ ...home, type: "customer_address" }));
    for (const secret of ["Anna", "Hemgatan", "11122"]) expect(words).not.toContain(secret);
  });

  it("a carrier's own house may have a name", () => {
    const terminal = place({ type: "sorting_facility", name: "Terminal Alfaset" });
    expect(said("in_transit/arrived_at_carrier_facility", terminal)).toContain("Terminal Alfaset");
    expect(said("in_transit/arrived_at_carrier_facility", place({ name: "Anna Svensson" }))).not.toContain(
      "Anna",
    );
  });
});

describe("where to pick it up", () => {
  const shop = place({
    type: "pudo",
    name: "Kiosk Möllan",
    street: "Bergsgatan 1",
    postal_code: "214 22",
    city: "Malmö",
    iso_country: "SWE",
  });
  const at = (local: string, location: Location, parcel = "") =>
    event("delivery/delivered/pudo_point", local, { location, parcel });

  it("is a name, an address and a map that searches for it", () => {
    const view = read(
      shipment({ status: "ready_for_pickup", events: [at("2026-03-14T09:00:00+01:00", shop)] }),
      "sv",
    );
    expect(view.pickups).toEqual([
      {
        name: "Kiosk Möllan",
        lines: ["Bergsgatan 1", "214 22 Malmö", "Sverige"],
        map_url:
          "https://www.openstreetmap.org/search?query=Kiosk%20M%C3%B6llan%2C%20Bergsgatan%201%2C%20214%2022%20Malm%C3%B6%2C%20Sverige",
      },
    ]);
  });

  it("is a point on the map where the carrier told one", () => {
    const location = { ...shop, geo: { lat: 55.59, lng: 13.01 } };
    const [pickup] = read(
      shipment({ status: "ready_for_pickup", events: [at("2026-03-14T09:00:00+01:00", location)] }),
    ).pickups;
    expect(pickup?.map_url).toBe(
      "https://www.openstreetmap.org/?mlat=55.59000&mlon=13.01000#map=17/55.59000/13.01000",
    );
  });

  it("is nowhere once it was picked up, and no map for a country alone", () => {
    const events = [at("2026-03-14T09:00:00+01:00", shop)];
    expect(read(shipment({ status: "delivered", events })).pickups).toEqual([]);
    const country = [at("2026-03-14T09:00:00+01:00", place({ iso_country: "SWE" }))];
    expect(read(shipment({ status: "ready_for_pickup", events: country })).pickups).toEqual([
      { name: null, lines: ["Sweden"], map_url: null },
    ]);
  });

  it("is told for the parcels that wait, each place once", () => {
    const other = place({ type: "parcel_locker", name: "Box 7", city: "Lund", iso_country: "SWE" });
    const view = read(
      shipment({
        status: "out_for_delivery",
        parcels: [
          { carrier_tracking_id: "A", status: "ready_for_pickup" },
          { carrier_tracking_id: "B", status: "ready_for_pickup" },
          { carrier_tracking_id: "C", status: "out_for_delivery" },
          { carrier_tracking_id: "D", status: "delivered" },
        ],
        events: [
          at("2026-03-13T09:00:00+01:00", other, "A"),
          at("2026-03-14T09:00:00+01:00", shop, "A"),
          at("2026-03-14T09:00:00+01:00", shop, "B"),
          at("2026-03-14T08:00:00+01:00", other, "D"),
        ],
      }),
    );
    expect(view.pickups.map(({ name }) => name)).toEqual(["Kiosk Möllan"]);
  });
});

describe("several parcels", () => {
  const parcels = (["delivered", "delivered", "in_transit"] as const).map((status, at) => ({
    carrier_tracking_id: `P${at + 1}`,
    status,
  }));

  it("are listed with their own status, and counted", () => {
    const view = read(shipment({ parcels }));
    expect(view.pieces).toBe("2 of 3 parcels delivered");
    expect(view.parcels).toEqual([
      { label: "Parcel 1 of 3", number: "P1", status: "Delivered", tone: "good" },
      { label: "Parcel 2 of 3", number: "P2", status: "Delivered", tone: "good" },
      { label: "Parcel 3 of 3", number: "P3", status: "On its way", tone: "plain" },
    ]);
    expect(read(shipment({ parcels: parcels.slice(0, 1) }))).toMatchObject({ pieces: null, parcels: [] });
  });

  it("share a line for what befell them together", () => {
    const at = "2026-03-14T09:00:00+01:00";
    const events = [
      ...["P1", "P2", "P3"].map((parcel) => event("in_transit/departed_carrier_facility", at, { parcel })),
      ...["P1", "P2"].map((parcel) => event("delivery/delivered", "2026-03-14T11:00:00+01:00", { parcel })),
    ];
    const entries = read(shipment({ parcels, events })).days.flatMap((day) => day.entries);
    expect(entries.map(({ text, parcels: of }) => [text, of])).toEqual([
      ["Delivered", "Parcels 1, 2"],
      ["Left the carrier’s terminal", null],
    ]);
  });

  it("are bounded on the page", () => {
    const many = Array.from({ length: 60 }, (_, at) => ({
      carrier_tracking_id: `P${at}`,
      status: "in_transit" as const,
    }));
    const view = read(shipment({ parcels: many }));
    expect([view.parcels.length, view.more_parcels]).toEqual([50, 10]);
  });
});

describe("the expected time", () => {
  const expected = (current: string, first = current, status: PageShipment["status"] = "in_transit") =>
    read(shipment({ status, eta: { current, first } })).expected;

  it("is a day, or a day and a time of the place", () => {
    expect(expected("2026-03-16")).toEqual({ label: "Expected", text: "Monday 16 March", first: null });
    expect(expected("2026-03-15T14:00:00+01:00")?.text).toBe("Tomorrow, Sunday 15 March, 14:00");
  });

  it("says honestly that it has passed, or moved", () => {
    expect(expected("2026-03-12")?.label).toBe("Was expected");
    expect(expected("2026-03-14")?.label).toBe("Expected");
    expect(expected("2026-03-16", "2026-03-12")?.first).toBe("First announced for Thursday 12 March");
    expect(expected("2026-03-16T10:00:00+01:00", "2026-03-16T08:00:00+01:00")?.first).toBeNull();
  });

  it("is not told of what has arrived, waits or goes back, nor where it can't be read", () => {
    for (const status of ["delivered", "ready_for_pickup", "returning", "returned", "failed"] as const)
      expect(expected("2026-03-16", undefined, status)).toBeNull();
    expect(expected("soon")).toBeNull();
  });
});

describe("how it goes", () => {
  const notices = (more: Partial<PageShipment>) => read(shipment(more)).notices;

  it("is said where it is not well, and who has to act", () => {
    expect(notices({})).toEqual([]);
    expect(notices({ health: "delayed" })).toEqual(["Later than planned"]);
    expect(notices({ health: "delayed", action_required_by: "carrier" })).toHaveLength(2);
    expect(
      notices({ status: "customs", health: "action_required", action_required_by: "recipient" }),
    ).toEqual([expect.stringContaining("You have to act")]);
    expect(notices({ status: "exception", health: "on_hold", action_required_by: "carrier" })).toEqual([
      expect.stringContaining("You do not have to do anything"),
    ]);
    expect(notices({ status: "ready_for_pickup", action_required_by: "recipient" })).toEqual([]);
    expect(notices({ status: "returning", health: "failed", action_required_by: "carrier" })).toEqual([]);
  });

  it("a return that goes back goes well", () => {
    const view = read(shipment({ direction: "return", status: "returned" }));
    expect(view.status).toMatchObject({ title: "Your return has arrived", tone: "good" });
    expect(read(shipment({ status: "returned" })).status.title).toBe("Back with the sender");
  });
});

it("every language makes a page of an empty shipment", () => {
  for (const language of LANGUAGE_TAGS) {
    const view = read(shipment({ status: "registered" }), language);
    expect(view.days).toEqual([]);
    expect(view.steps).toHaveLength(5);
    expect(view.status.sentence.length).toBeGreaterThan(10);
  }
});
