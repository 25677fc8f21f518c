import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { bring } from "./index.ts";

const credentials = {
  webhook_header_name: "X-Our-Secret",
  webhook_header_value: "a long value of our own 0123",
  mybring_uid: "someone@example.com",
  mybring_key: "1234-abcd",
};

carrierSuite(bring, import.meta.dirname, {
  credentials,
  webhook: {
    sign: () => ({ headers: { "X-Our-Secret": credentials.webhook_header_value } }),
    covers_body: false,
  },
});

const read = (body: unknown, asked: string[] = []) =>
  bring.harmonize(documentOf(typeof body === "string" ? body : JSON.stringify(body), { asked }), {
    rules: bring.rules,
  });

const parcel = (one: Record<string, unknown>) => ({
  consignmentSet: [
    { consignmentId: "70700000000000011", packageSet: [{ packageNumber: "P1", eventSet: [], ...one }] },
  ],
});

describe("Bring's refusals are read, in each of their nestings", () => {
  it.each([
    ["JSON", { consignmentSet: [{ error: { code: 404, message: "No shipments found" } }] }, "not_found"],
    ["a sentence", "No shipments found", "not_found"],
    [
      "XML",
      "<ConsignmentSet><ApiVersion>2</ApiVersion><Consignment><Code>404</Code><Error>No shipments found</Error></Consignment></ConsignmentSet>",
      "not_found",
    ],
  ])("%s", (_, body, kind) => {
    expect(read(body, ["X"])).toEqual({
      shipments: [],
      remarks: [{ kind, detail: "404: No shipments found", at: null }],
      complete: true,
    });
  });

  it("too busy", () => {
    const busy = { shipments: [{ consignmentSet: [{ error: { code: 503, message: "Server too busy" } }] }] };
    expect(read(busy).remarks).toEqual([{ kind: "carrier_error", detail: "503: Server too busy", at: null }]);
  });
});

describe("Bring's promise", () => {
  it("is the end of the time span, on the recipient's clock", () => {
    const eta = (more: Record<string, unknown>) =>
      read(parcel({ dateOfEstimatedDelivery: "20.04.2021", ...more })).shipments[0]?.eta;
    expect(eta({})).toBe("2021-04-20");
    expect(eta({ estimatedTimeSpanOfDelivery: { startTime: "08:00", endTime: "16:00" } })).toBe(
      "2021-04-20T16:00:00+02:00",
    );
    expect(
      eta({
        estimatedTimeSpanOfDelivery: { startTime: "08:00", endTime: "16:00" },
        recipientAddress: { countryCode: "FI" },
      }),
    ).toBe("2021-04-20T16:00:00+03:00");
  });
});

describe("Bring's letters", () => {
  const said = (event: Record<string, unknown>) =>
    read(parcel({ eventSet: [{ dateIso: "2026-03-14T09:00:00+01:00", ...event }] })).shipments[0]?.events[0];

  it("tell more than the word beside them", () => {
    expect(said({ status: "DELIVERED", lmEventCode: "I2" })).toMatchObject({
      status: "returned",
      rule: { id: "bring:I2" },
      carrier: { code: "DELIVERED", sub_code: "I2" },
    });
    expect(said({ status: "ATTEMPTED_DELIVERY", lmEventCode: "H", lmCauseCode: "12" })).toMatchObject({
      reason: "recipient_absent",
      rule: { id: "bring:H/12" },
    });
  });

  it.each([
    ["V", "69", "exception", "goods_damaged"],
    ["V", "OCB", "in_transit", "carrier_vehicle"],
    ["V", "54", "customs", "customs_documents"],
    ["H", "69", "delivery_attempted", "goods_damaged"],
    ["V", "F66", "exception", "unspecified"],
  ])("%s with cause %s is %s, because of %s", (letter, cause, status, reason) => {
    expect(said({ status: "DEVIATION", lmEventCode: letter, lmCauseCode: cause })).toMatchObject({
      status,
      reason,
    });
  });

  it("give way to the word where they are new", () => {
    expect(said({ status: "TERMINAL", lmEventCode: "ZZ9" })).toMatchObject({
      status: "in_transit",
      rule: { id: "bring:TERMINAL" },
    });
  });
});

describe("goods with a new number", () => {
  const told = (document: Parameters<typeof read>[0], asked: string[] = []) =>
    read(document, asked).shipments.map((one) => [
      one.carrier_tracking_id,
      one.parcel_tracking_id,
      one.other_ids,
      one.carrier_tracking_update?.replaced_tracking_id ?? null,
      one.carrier_tracking_update?.new_carrier_tracking_id ?? null,
    ]);

  it("are found by the old one, and told by which one from now on", () => {
    const expected = [["70700000000000011", "P1", ["OLD1"], "OLD1", "P1"]];
    expect(told(parcel({ previousPackageNumber: "OLD1" }), ["OLD1"])).toEqual(expected);
    expect(told(parcel({ previousPackageNumber: "OLD1" }), ["P1"])).toEqual(expected);
  });

  it("are the consignment too where that has a new one", () => {
    const consignment = {
      consignmentId: "C2",
      previousConsignmentId: "C1",
      packageSet: [{ packageNumber: "P1" }],
    };
    expect(told(JSON.stringify({ consignmentSet: [consignment] }))).toEqual([
      ["C2", null, ["C1"], "C1", "C2"],
      ["C2", "P1", ["C1"], null, null],
    ]);
  });

  it("have none where Bring leaves the one before blank, or writes the same", () => {
    for (const before of ["", " ", "P1"])
      expect(told(parcel({ previousPackageNumber: before }))).toEqual([
        ["70700000000000011", "P1", [], null, null],
      ]);
  });
});
