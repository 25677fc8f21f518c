import { describe, expect, it } from "vitest";
import { hmacOf } from "../authentic.ts";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { fedex } from "./index.ts";

const credentials = {
  webhook_security_token: "a security token 0123",
  client_id: "id",
  client_secret: "secret",
};

carrierSuite(fedex, import.meta.dirname, {
  credentials,
  webhook: {
    sign: (body) => ({
      headers: { "fdx-signature": hmacOf("sha256", credentials.webhook_security_token, [body], "base64") },
    }),
    covers_body: true,
  },
});

const read = (trackResults: unknown[]) =>
  fedex.harmonize(
    documentOf(
      JSON.stringify({
        output: { completeTrackResults: [{ trackingNumber: "776000000000", trackResults }] },
      }),
    ),
    { rules: fedex.rules },
  );
const scan = (more: Record<string, unknown>) =>
  read([{ scanEvents: [{ date: "2026-03-14T09:12:00-07:00", ...more }] }]).shipments[0]?.events[0];

describe("a FedEx exception", () => {
  it.each([
    ["Customer not available or business closed", "delivery_attempted", "recipient_absent"],
    ["Package delayed", "in_transit", null],
    ["Severe weather", "in_transit", "weather"],
    ["Something else", "delivery_attempted", "unspecified"],
  ])("means what its sentence says: %s", (exceptionDescription, status, reason) => {
    expect(scan({ eventType: "DE", exceptionCode: "08", exceptionDescription })).toMatchObject({
      status,
      reason,
    });
  });
  it("counts only with exceptions: a pick-up stays one whatever is noted beside it", () => {
    expect(scan({ eventType: "PU", exceptionDescription: "Package available for clearance" })?.status).toBe(
      "accepted",
    );
  });
});

describe("FedEx's clock", () => {
  it("knows only the day where it writes midnight without an offset", () => {
    const place = { stateOrProvinceCode: "CA", countryCode: "US" };
    expect(scan({ eventType: "PU", date: "2026-03-14T00:00:00", scanLocation: place })?.time).toEqual({
      at: "2026-03-14T00:00:00-07:00",
      precision: "date",
      offset_source: "place",
    });
  });
});

describe("a number that FedEx used twice", () => {
  it("means the newest shipment", () => {
    const result = (day: string, unique: string) => ({
      trackingNumberInfo: { trackingNumber: "776000000000", trackingNumberUniqueId: unique },
      scanEvents: [{ date: `${day}T09:00:00-07:00`, eventType: "PU" }],
    });
    const { shipments, remarks } = read([
      result("2026-03-01", "2460001000~1~FX"),
      result("2024-03-01", "2450001000~1~FX"),
    ]);
    expect(shipments.map(({ events }) => events[0]?.time.at)).toEqual(["2026-03-01T09:00:00-07:00"]);
    expect(remarks).toMatchObject([{ kind: "skipped" }]);
  });
});

describe("a FedEx parcel routed anew", () => {
  const update = (packageIdentifiers: unknown) =>
    read([{ additionalTrackingInfo: { packageIdentifiers }, scanEvents: [] }]).shipments[0]
      ?.carrier_tracking_update;

  it("has another number from then on", () => {
    const expected = {
      replaced_tracking_id: "776000000000",
      new_carrier_tracking_id: "776000000111",
      new_carrier_tracking_url: null,
    };
    expect(update([{ type: "REROUTE_TRACKING_NUMBER", value: "776000000111" }])).toEqual(expected);
    expect(update([{ type: "REROUTE_TRACKING_NUMBER", values: ["776000000111"] }])).toEqual(expected);
  });

  it("is no parcel on its way back, nor one whose number is the same", () => {
    expect(update([{ type: "RETURNED_TO_SHIPPER_TRACKING_NUMBER", value: "776000000111" }])).toBeNull();
    expect(update([{ type: "REROUTE_TRACKING_NUMBER", value: "776000000000" }])).toBeNull();
    expect(update([{ type: "REROUTE_TRACKING_NUMBER", values: [] }])).toBeNull();
  });
});
