import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { usps } from "./index.ts";

carrierSuite(usps, import.meta.dirname, { credentials: { client_id: "id", client_secret: "secret" } });

describe("A USPS event", () => {
  const status = (eventCode: string, eventType: string) => {
    const body = {
      trackingNumber: "9400",
      trackingEvents: [{ eventCode, eventType, eventTimestamp: "2026-03-14T09:12:00" }],
    };
    return usps.harmonize(documentOf(JSON.stringify(body)), { rules: usps.rules }).shipments[0]?.events[0]
      ?.status;
  };
  it.each([
    ["01", "Delivered, In/At Mailbox", "delivered"],
    ["01", "Delivered, To Original Sender", "returned"],
    ["?1", "Delivered, To Original Sender", "returned"],
    ["?2", "Unclaimed/Being Returned to Sender", "returning"],
    ["?3", "Notice Left (No Secure Location Available)", "delivery_attempted"],
    ["?4", "Held in Customs", "customs"],
    ["?5", "Reminder to Schedule Redelivery of your item", "notice"],
    ["?6", "Picked Up", "notice"],
    ["?7", "Held at Post Office, At Customer Request", "in_transit"],
  ])("is understood by its code, else its sentence: %s %s", (code, sentence, word) => {
    expect(status(code, sentence)).toBe(word);
  });
});

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
