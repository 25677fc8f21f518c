import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { mydhl } from "./index.ts";

carrierSuite(mydhl, import.meta.dirname, { credentials: { username: "key", password: "secret" } });

describe("DHL Express's clock", () => {
  const time = (more: Record<string, unknown>) => {
    const body = {
      shipments: [
        {
          shipmentTrackingNumber: "1",
          events: [{ date: "2026-03-14", time: "09:12:00", typeCode: "PU", ...more }],
        },
      ],
    };
    return mydhl.harmonize(documentOf(JSON.stringify(body)), { rules: mydhl.rules }).shipments[0]?.events[0]
      ?.time;
  };
  it("has its offset, else the service area's country, else is a guess", () => {
    expect(time({ GMTOffset: "-05:00" })).toMatchObject({
      at: "2026-03-14T09:12:00-05:00",
      offset_source: "carrier",
    });
    expect(time({ serviceArea: [{ code: "LEJ", description: "LEIPZIG-GERMANY" }] })).toMatchObject({
      at: "2026-03-14T09:12:00+01:00",
      offset_source: "place",
    });
    expect(time({ serviceArea: [{ code: "NYC", description: "New York, NY" }] })).toMatchObject({
      offset_source: "assumed",
    });
  });
});

describe("a waybill number", () => {
  it("ends with its remainder by seven", () => {
    const [format] = mydhl.numbers;
    expect(format?.check?.("1234567891")).toBe(123_456_789 % 7 === 1);
    expect(format?.check?.(`123456789${123_456_789 % 7}`)).toBe(true);
    expect(format?.check?.(`123456789${(123_456_789 % 7) + 1}`)).toBe(false);
  });
});
