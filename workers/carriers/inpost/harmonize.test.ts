import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { chooseCode } from "../rules.ts";
import { inpost } from "./index.ts";

carrierSuite(inpost, import.meta.dirname);

describe("InPost's statuses", () => {
  it.each([
    ["pickup_reminder_sent_address", "delivery_attempted"],
    ["return_pickup_confirmation_to_sender", "notice"],
    ["avizo", "returning"],
    ["pickup_time_expired", "exception"],
    ["unstack_from_box_machine", "in_transit"],
  ])("%s is what InPost describes, not what it is called", (code, status) => {
    expect(chooseCode(inpost.rules, { code }).meaning.status).toBe(status);
  });
  it("that ShipX does not know itself are left to the operator", () => {
    expect(chooseCode(inpost.rules, { code: "other" }).rule.id).toBe("inpost:unmapped");
  });
});

describe("InPost's answers", () => {
  const read = (body: unknown) =>
    inpost.harmonize(documentOf(JSON.stringify(body), { asked: ["600000000000000000000017"] }), {
      rules: inpost.rules,
    });
  it("for a number it does not know, and for another one", () => {
    const kinds = (body: unknown) => read(body).remarks.map(({ kind, at }) => [kind, at]);
    expect(kinds({ status: 404, error: "resource_not_found", message: "No." })).toEqual([
      ["not_found", "600000000000000000000017"],
    ]);
    expect(kinds({ status: 429, error: "too_many_requests" })[0]?.[0]).toBe("carrier_error");
    expect(kinds({ tracking_number: "600000000000000000000024", tracking_details: [] })).toEqual([
      ["not_found", "600000000000000000000017"],
    ]);
  });
  it("of the app hold notes that are no events of the parcel", () => {
    const eventLog = [
      { type: "PARCEL_STATUS", name: "OUT_FOR_DELIVERY", date: "2026-03-03T06:00:00+01:00" },
      { type: "MULTI_COMPARTMENT", name: "OPENED", date: "2026-03-03T06:00:00+01:00" },
    ];
    const { shipments } = read({ parcels: [{ shipmentNumber: "600000000000000000000017", eventLog }] });
    expect(shipments[0]?.events.map(({ status }) => status)).toEqual(["out_for_delivery"]);
  });
});
