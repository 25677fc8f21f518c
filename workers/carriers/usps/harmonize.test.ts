import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { usps } from "./index.ts";

carrierSuite(usps, import.meta.dirname, { credentials: { client_id: "id", client_secret: "secret" } });

describe("USPS's clock", () => {
  const time = (event: Record<string, unknown>) => {
    const body = {
      trackingNumber: "9400",
      trackingEvents: [{ eventCode: "07", eventTimestamp: "2026-03-14T09:12:00", ...event }],
    };
    return usps.harmonize(documentOf(JSON.stringify(body)), { rules: usps.rules }).shipments[0]?.events[0]
      ?.time;
  };
  it("has its offset, else the state's, else is a guess", () => {
    expect(time({ GMTOffset: "-07:00" })).toMatchObject({
      at: "2026-03-14T09:12:00-07:00",
      offset_source: "carrier",
    });
    expect(time({ eventState: "CA" })).toMatchObject({
      at: "2026-03-14T09:12:00-07:00",
      offset_source: "place",
    });
    expect(time({})).toMatchObject({ offset_source: "assumed" });
  });
});
