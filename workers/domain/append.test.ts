import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KnownEvent, type Post, planAppend, type ShipmentTimeline } from "./append.ts";
import { CODES, meaningOf } from "./codes.ts";
import { shipmentStanding } from "./timeline.ts";
import { type CarrierEvent, NO_OTHER_FACTS } from "./tracking-event.ts";

const NOW = Date.parse("2026-03-20T12:00:00Z");

function aShipment(more: Partial<ShipmentTimeline> = {}): ShipmentTimeline {
  return {
    id: "shp_1",
    tenant_id: "1001.live",
    carrier_id: "sandbox",
    carrier_tracking_id: "S1",
    version: 0,
    last_sequence: 0,
    not_before: null,
    direction: "outbound",
    status: "registered",
    ended_at: null,
    eta: null,
    facts: {},
    parcels: [],
    events: [],
    ...more,
  };
}

function aFact(path: string, at: string | null, more: Partial<CarrierEvent> = {}): CarrierEvent {
  const { milestone, code, sub_code, status, reason } = meaningOf(path);
  return {
    carrier: { code: path, sub_code: null, freetext_detail: null },
    gluey: { milestone, code, sub_code, freetext_detail: null },
    status,
    reason,
    attempt: null,
    rule: { id: `sandbox:${path}`, version: 1 },
    time: { at, precision: at === null ? "unknown" : "second", offset_source: "carrier" },
    location: null,
    carrier_meta_data: [],
    other: NO_OTHER_FACTS,
    order: null,
    revision: 0,
    withdrawn: false,
    ...more,
  };
}

function aPost(events: CarrierEvent[], more: Partial<Post> = {}): Post {
  return {
    shipment_id: "shp_1",
    parcel_number: "",
    parcel_id: null,
    source: "webhook",
    document_id: "doc_1",
    reread: false,
    events,
    eta: null,
    carrier_tracking_update: null,
    ...more,
  };
}

/** The shipment as it stands after a plan was written. */
function applied(shipment: ShipmentTimeline, plan: ReturnType<typeof planAppend>): ShipmentTimeline {
  if (plan === null) return shipment;
  const events: KnownEvent[] = [...shipment.events, ...plan.events];
  return {
    ...shipment,
    version: shipment.version + 1,
    status: plan.standing.status,
    eta: plan.eta,
    facts: plan.facts,
    events,
    parcels: [
      ...shipment.parcels,
      ...plan.new_parcels.map((number) => ({ number, id: `prc_${number}`, status: "registered" })),
    ],
  };
}

describe("an append", () => {
  const picked = aFact("collection/collected", "2026-03-14T09:12:00+01:00");
  const delivered = aFact("delivery/delivered", "2026-03-15T09:12:00+01:00");

  it("tells what the shipment is after each event, in the order of the events", () => {
    const plan = planAppend(aShipment(), [aPost([delivered, picked])], NOW);
    expect(plan?.events.map((e) => [e.status, e.shipment_status])).toEqual([
      ["accepted", "accepted"],
      ["delivered", "delivered"],
    ]);
    expect(plan?.ended).toBe(true);
  });

  it("changes nothing when all of it was there", () => {
    const once = applied(aShipment(), planAppend(aShipment(), [aPost([picked])], NOW));
    expect(planAppend(once, [aPost([picked])], NOW + 1)).toBeNull();
    expect(planAppend(once, [aPost([picked], { source: "poll" })], NOW + 1)).toBeNull();
  });

  it("knows a fact told in other words by another way, within the coarser precision", () => {
    const once = applied(aShipment(), planAppend(aShipment(), [aPost([picked])], NOW));
    const retold = aFact("collection/collected", "2026-03-14T09:12:00+01:00", {
      carrier: { code: "OTHER", sub_code: null, freetext_detail: "picked up" },
      time: { at: "2026-03-14T00:00:00+01:00", precision: "date", offset_source: "carrier" },
    });
    const byFile = planAppend(once, [aPost([retold], { source: "sftp" })], NOW);
    expect(byFile?.events.map((e) => e.duplicate_of)).toEqual([once.events[0]?.id]);
    // By the same way it is another fact: the carrier told two things.
    const again = planAppend(once, [aPost([retold])], NOW);
    expect(again?.events.map((e) => e.duplicate_of)).toEqual([null]);
  });

  it("never takes two unknown codes for one fact", () => {
    const x = aFact("other/unmapped", "2026-03-14T09:12:00+01:00", {
      carrier: { code: "X", sub_code: null, freetext_detail: null },
    });
    const y = aFact("other/unmapped", "2026-03-14T09:12:00+01:00", {
      carrier: { code: "Y", sub_code: null, freetext_detail: null },
    });
    const plan = planAppend(aShipment(), [aPost([x]), aPost([y], { source: "poll" })], NOW);
    expect(plan?.events.map((e) => e.duplicate_of)).toEqual([null, null]);
  });

  it("leaves out what happened before the number was used again", () => {
    const shipment = aShipment({ not_before: Date.parse("2026-03-15T00:00:00Z") });
    expect(planAppend(shipment, [aPost([picked, delivered])], NOW)?.events.map((e) => e.status)).toEqual([
      "delivered",
    ]);
  });

  it("tells a corrected event again, as a revision that replaces it, only when asked to read again", () => {
    const once = applied(aShipment(), planAppend(aShipment(), [aPost([picked])], NOW));
    const told = aFact("delivery/delivered", picked.time.at, { carrier: picked.carrier });
    expect(planAppend(once, [aPost([told])], NOW)).toBeNull();
    const corrected = planAppend(once, [aPost([told], { reread: true })], NOW);
    expect(corrected?.events[0]?.replaces).toBe(once.events[0]?.id);
    expect(corrected?.standing.status).toBe("delivered");
    const twice = applied(once, corrected);
    expect(planAppend(twice, [aPost([told], { reread: true })], NOW)).toBeNull();
  });

  it("notices a parcel first seen at the carrier", () => {
    const plan = planAppend(
      aShipment(),
      [aPost([picked], { parcel_number: "P1" }), aPost([picked], { parcel_number: "P2" })],
      NOW,
    );
    expect(plan?.new_parcels).toEqual(["P1", "P2"]);
    expect(plan?.standing.pieces).toEqual({ total: 2, accepted: 2 });
  });

  it("follows a promise and calls the shipment delayed when it moves back", () => {
    const once = applied(aShipment(), planAppend(aShipment(), [aPost([picked], { eta: "2026-03-16" })], NOW));
    expect(once.eta).toEqual({
      current: "2026-03-16",
      first: "2026-03-16",
      previous: null,
      source: "webhook",
    });
    const plan = planAppend(once, [aPost([], { eta: "2026-03-18" })], NOW);
    expect(plan?.eta).toEqual({
      current: "2026-03-18",
      first: "2026-03-16",
      previous: "2026-03-16",
      source: "webhook",
    });
    expect(plan?.standing.health).toBe("delayed");
  });

  it("leaves out a photo larger than 256 KiB and keeps who signed", () => {
    const confirmation = { signed_by: "N. N.", base64_photo: "A".repeat(400_000), photo_format: "jpeg" };
    const plan = planAppend(
      aShipment(),
      [aPost([{ ...delivered, other: { ...NO_OTHER_FACTS, delivery_confirmation: confirmation } }])],
      NOW,
    );
    expect(plan?.facts.delivery_confirmation).toEqual({
      signed_by: "N. N.",
      base64_photo: null,
      photo_format: null,
    });
  });
});

describe("property", () => {
  const anyFact = fc.record({
    path: fc.constantFrom(...CODES.keys()),
    minute: fc.integer({ min: 0, max: 30 }),
    source: fc.constantFrom("webhook" as const, "sftp" as const, "poll" as const),
  });

  it("however the facts are split, repeated and ordered, each is told once and the status is the same", () => {
    fc.assert(
      fc.property(
        fc.array(anyFact, { minLength: 1, maxLength: 10 }),
        fc.infiniteStream(fc.nat()),
        (facts, keys) => {
          const posts = facts.map(({ path, minute, source }) =>
            aPost(
              [aFact(path, new Date(Date.parse("2026-03-14T00:00:00Z") + minute * 60_000).toISOString())],
              { source },
            ),
          );
          const arrive = (order: readonly Post[]) =>
            order.reduce(
              (shipment, post) => applied(shipment, planAppend(shipment, [post], NOW)),
              aShipment(),
            );
          const mixed = [...posts, ...posts]
            .map((post) => ({ post, key: keys.next().value }))
            .sort((a, b) => a.key - b.key);
          const straight = applied(aShipment(), planAppend(aShipment(), posts, NOW));
          const shuffled = arrive(mixed.map(({ post }) => post));
          expect(new Set(shuffled.events.map((e) => e.id)).size).toBe(shuffled.events.length);
          expect(shuffled.status).toBe(straight.status);
          expect(shipmentStanding(shuffled.events, []).status).toBe(
            shipmentStanding(straight.events, []).status,
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
