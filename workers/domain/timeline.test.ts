import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODES, meaningOf } from "./codes.ts";
import { shipmentStanding, sortTimeline, standingOf, type TimelineEvent } from "./timeline.ts";

const day = (text: string) => Date.parse(text);

let drawn = 0;
function scan(path: string, at: string | null, more: Partial<TimelineEvent> = {}): TimelineEvent {
  drawn += 1;
  return {
    id: `evt_${String(drawn).padStart(6, "0")}`,
    parcel: "",
    at: at === null ? null : day(at),
    precision: at === null ? "unknown" : "second",
    order: null,
    path,
    status: meaningOf(path).status,
    replaces: null,
    withdrawn: false,
    duplicate_of: null,
    ...more,
  };
}

const status = (...events: TimelineEvent[]) => standingOf(events).status;

describe("the current status", () => {
  it("is registered while nothing usable was said", () => {
    expect(status()).toBe("registered");
    expect(status(scan("delivery/notification", "2026-03-14T09:00:00Z"))).toBe("registered");
    expect(status(scan("other/unmapped", "2026-03-14T09:00:00Z"))).toBe("registered");
    expect(status(scan("delivery/delivered", null))).toBe("registered");
  });

  it("is the last one's by the time of the event, whenever it arrived", () => {
    const out = scan("delivery/out_for_delivery", "2026-03-14T08:00:00Z");
    const hub = scan("in_transit/arrived_at_carrier_facility", "2026-03-14T04:00:00Z");
    expect(status(out, hub)).toBe("out_for_delivery");
  });

  it("puts a date-only event at the end of its day when it is far along, else at its start", () => {
    const delivered = scan("delivery/delivered", "2026-03-14T00:00:00Z", { precision: "date" });
    const out = scan("delivery/out_for_delivery", "2026-03-14T08:00:00Z");
    const announced = scan("order/created", "2026-03-14T00:00:00Z", { precision: "date" });
    expect(status(delivered, out)).toBe("delivered");
    expect(status(announced, out)).toBe("out_for_delivery");
  });

  it("settles a tie by the carrier's sequence, then by rank", () => {
    const at = "2026-03-14T08:00:00Z";
    const first = scan("delivery/delivered", at, { order: 1 });
    const second = scan("delivery/attempt", at, { order: 2 });
    expect(sortTimeline([second, first]).map((e) => e.order)).toEqual([1, 2]);
    expect(status(scan("delivery/out_for_delivery", at), scan("in_transit/carrier_network", at))).toBe(
      "out_for_delivery",
    );
  });

  it("stays delivered after a late scan, and says which scan was late", () => {
    const late = scan("in_transit/carrier_network", "2026-03-15T08:00:00Z");
    const standing = standingOf([scan("delivery/delivered", "2026-03-14T08:00:00Z"), late]);
    expect(standing.status).toBe("delivered");
    expect([...standing.late]).toEqual([late.id]);
  });

  it("opens again when the delivery was reported too early", () => {
    const delivered = scan("delivery/delivered", "2026-03-14T08:00:00Z");
    for (const [path, expected] of [
      ["delivery/out_for_delivery", "out_for_delivery"],
      ["delivery/attempt/recipient_unavailable", "delivery_attempted"],
      ["delivery/delivered/pudo_point", "ready_for_pickup"],
      ["exception/delivery", "delivery_attempted"],
      ["return_to_sender/initiated", "returning"],
    ] as const) {
      expect(status(delivered, scan(path, "2026-03-14T10:00:00Z"))).toBe(expected);
    }
  });

  it("lets what was lost be found, and nothing else after a failure", () => {
    const found = scan("in_transit/carrier_network", "2026-03-20T08:00:00Z");
    expect(status(scan("exception/damage_loss/lost_in_transit", "2026-03-14T08:00:00Z"), found)).toBe(
      "in_transit",
    );
    expect(status(scan("exception/destroyed", "2026-03-14T08:00:00Z"), found)).toBe("failed");
  });

  it("takes up a cancelled shipment that the carrier has after all", () => {
    const cancelled = scan("order/cancelled", "2026-03-14T08:00:00Z");
    expect(status(cancelled, scan("collection/collected", "2026-03-15T08:00:00Z"))).toBe("accepted");
    expect(status(cancelled, scan("order/created", "2026-03-15T08:00:00Z"))).toBe("cancelled");
  });

  it("drops what was withdrawn, replaced or told before", () => {
    const wrong = scan("delivery/delivered", "2026-03-14T08:00:00Z");
    const right = scan("delivery/attempt", "2026-03-14T08:00:00Z", { replaces: wrong.id });
    expect(status(wrong, right)).toBe("delivery_attempted");
    expect(status(scan("delivery/delivered", "2026-03-14T08:00:00Z", { withdrawn: true }))).toBe(
      "registered",
    );
    expect(status(scan("delivery/delivered", "2026-03-14T08:00:00Z", { duplicate_of: "evt_x" }))).toBe(
      "registered",
    );
  });

  it("counts a fact told twice at its finest time, whichever came first", () => {
    const out = scan("delivery/out_for_delivery", "2026-03-14T08:00:00Z");
    const coarse = scan("delivery/delivered", "2026-03-14T00:00:00Z", { precision: "date" });
    const fine = scan("delivery/delivered", "2026-03-14T07:00:00Z", { duplicate_of: coarse.id });
    expect(status(out, coarse, fine)).toBe("out_for_delivery");
  });

  it("calls a way back a failure, unless it is a return", () => {
    const back = [scan("return_to_sender/in_transit", "2026-03-14T08:00:00Z")];
    expect(standingOf(back).health).toBe("failed");
    expect(standingOf(back, "return").health).toBe("on_track");
  });
});

describe("a shipment of several parcels", () => {
  const on = (parcel: string, path: string, at: string) => scan(path, at, { parcel });

  it("has the status of its least advanced open parcel, and counts its pieces", () => {
    const standing = shipmentStanding(
      [
        on("A", "delivery/delivered", "2026-03-14T08:00:00Z"),
        on("B", "in_transit/carrier_network", "2026-03-14T07:00:00Z"),
      ],
      ["A", "B"],
    );
    expect(standing.status).toBe("in_transit");
    expect(standing.pieces).toEqual({ total: 2, delivered: 1, in_transit: 1 });
  });

  it("is delivered when every parcel that was not cancelled is, and when any was of those that ended otherwise", () => {
    const a = on("A", "delivery/delivered", "2026-03-14T08:00:00Z");
    expect(shipmentStanding([a, on("B", "order/cancelled", "2026-03-13T08:00:00Z")], ["A", "B"]).status).toBe(
      "delivered",
    );
    expect(
      shipmentStanding([a, on("B", "exception/destroyed", "2026-03-13T08:00:00Z")], ["A", "B"]).status,
    ).toBe("delivered");
  });

  it("counts an event of the whole shipment for each parcel", () => {
    const standing = shipmentStanding([scan("customs/held", "2026-03-14T08:00:00Z")], ["A", "B"]);
    expect([...standing.parcels.values()]).toEqual(["customs", "customs"]);
    expect(standing.health).toBe("on_hold");
  });
});

describe("property", () => {
  const paths = [...CODES.keys()];
  const anyEvent = fc.record({
    path: fc.constantFrom(...paths),
    parcel: fc.constantFrom("", "A", "B"),
    minute: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
    date: fc.boolean(),
    order: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  });

  it("the same events in any order of arrival give the same standing", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (raw, keys) => {
        const events = raw.map((e, n) =>
          scan(
            e.path,
            e.minute === null
              ? null
              : new Date(day("2026-03-14T00:00:00Z") + (e.date ? 0 : e.minute) * 60_000).toISOString(),
            {
              id: `evt_${n}`,
              parcel: e.parcel,
              order: e.order,
              precision: e.minute === null ? "unknown" : e.date ? "date" : "minute",
            },
          ),
        );
        const shuffled = events
          .map((e) => ({ e, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ e }) => e);
        const [one, other] = [shipmentStanding(events, ["A", "B"]), shipmentStanding(shuffled, ["A", "B"])];
        expect({ ...other, late: [...other.late].sort() }).toEqual({ ...one, late: [...one.late].sort() });
      }),
      { numRuns: 500 },
    );
  });
});
