import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { postnord } from "./index.ts";

carrierSuite(postnord, import.meta.dirname, { credentials: { apikey: "0123456789abcdef" } });

const read = (body: unknown, asked: string[] = []) =>
  postnord.harmonize(documentOf(JSON.stringify(body), { asked }), { rules: postnord.rules });

const answer = (events: unknown[], item: Record<string, unknown> = {}) => ({
  TrackingInformationResponse: {
    shipments: [{ shipmentId: "S1", items: [{ itemId: "P1", events, ...item }] }],
  },
});

describe("PostNord's clock", () => {
  it("is the wall's where the shipment is, whatever the Z says", () => {
    const at = (countryCode: string, eventTime: string) =>
      read(answer([{ eventCode: "31", eventTime, location: { countryCode } }])).shipments[0]?.events[0]?.time;
    expect(at("SE", "2026-09-23T14:27:00Z")).toEqual({
      at: "2026-09-23T14:27:00+02:00",
      precision: "second",
      offset_source: "place",
    });
    expect(at("FI", "2026-01-23T14:27:00Z")?.at).toBe("2026-01-23T14:27:00+02:00");
    expect(at("US", "2026-01-23T14:27:00Z")).toMatchObject({
      at: "2026-01-23T14:27:00+01:00",
      offset_source: "carrier_default",
    });
  });
});

describe("a PostNord code that the table does not know", () => {
  it("takes the state of its own event, and is unmapped without one", () => {
    const [known, other] =
      read(
        answer([
          { eventCode: "z999", eventTime: "2026-01-23T14:27:00Z", status: "DELIVERED" },
          { eventCode: "z998", eventTime: "2026-01-23T14:28:00Z", status: "OTHER" },
        ]),
      ).shipments[0]?.events ?? [];
    expect(known).toMatchObject({ status: "delivered", rule: { id: "postnord:state DELIVERED" } });
    expect(other).toMatchObject({ status: "notice", rule: { id: "postnord:unmapped" } });
  });
});

describe("a PostNord answer", () => {
  it("without a shipment says so, naming the number that was asked for", () => {
    const empty = { TrackingInformationResponse: { shipments: [] } };
    expect(read(empty, ["P9"])).toMatchObject({ shipments: [], remarks: [{ kind: "not_found", at: "P9" }] });
    expect(read(empty)).toMatchObject({ shipments: [], remarks: [{ kind: "not_found", at: null }] });
  });

  it("found by reference belongs to that reference", () => {
    expect(read(answer([]), ["ORDER-7"]).shipments[0]?.other_ids).toEqual(["ORDER-7"]);
    expect(read(answer([]), ["P1"]).shipments[0]?.other_ids).toEqual([]);
  });

  it("that refuses the key is an error of the carrier's, no unreadable document", () => {
    expect(read({ message: "Invalid API key" }).remarks).toEqual([
      { kind: "carrier_error", detail: "Invalid API key", at: null },
    ]);
    const fault = { compositeFault: { faults: [{ faultCode: "E1", explanationText: "Not valid" }] } };
    expect(read(fault).remarks).toEqual([{ kind: "carrier_error", detail: "E1: Not valid", at: null }]);
  });

  it("keeps a promise to the minute or to the day", () => {
    expect(read(answer([], { estimatedTimeOfArrival: "2026-03-14T16:00:00Z" })).shipments[0]?.eta).toBe(
      "2026-03-14T16:00:00+01:00",
    );
    expect(read(answer([], { estimatedTimeOfArrival: "2026-03-14" })).shipments[0]?.eta).toBe("2026-03-14");
  });
});
