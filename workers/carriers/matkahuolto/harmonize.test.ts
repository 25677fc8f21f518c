import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { matkahuolto } from "./index.ts";

carrierSuite(matkahuolto, import.meta.dirname);

describe("a sentence of Matkahuolto's", () => {
  it("that nobody knows is never taken for a delivery", () => {
    const body = {
      parcelNumber: "MH1",
      trackingEvents: [{ date: "1.2.2026", time: "9:05", description: "The consignment sings." }],
    };
    const [event] =
      matkahuolto.harmonize(documentOf(JSON.stringify(body)), { rules: matkahuolto.rules }).shipments[0]
        ?.events ?? [];
    expect(event).toMatchObject({
      status: "notice",
      time: { at: "2026-02-01T09:05:00+02:00", precision: "minute" },
    });
  });
});
