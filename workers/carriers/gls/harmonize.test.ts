import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { gls } from "./index.ts";

carrierSuite(gls, import.meta.dirname, { credentials: { client_id: "id", client_secret: "secret" } });

describe("a GLS event of an unknown code", () => {
  const status = (description: string) => {
    const body = {
      parcels: [
        {
          unitno: "1",
          events: [{ code: "NEW.CODE", description, eventDateTime: "2026-03-14T09:12:00+0100" }],
        },
      ],
    };
    return gls.harmonize(documentOf(JSON.stringify(body)), { rules: gls.rules }).shipments[0]?.events[0]
      ?.status;
  };
  it.each([
    ["The parcel has reached the parcel center.", "in_transit"],
    ["The parcel is expected to be delivered during the day.", "out_for_delivery"],
    ["The parcel has been delivered.", "delivered"],
    ["The parcel has reached the ParcelShop.", "ready_for_pickup"],
    ["The parcel could not be delivered as the consignee was absent.", "delivery_attempted"],
    ["The parcel sings.", "notice"],
  ])("is understood by its sentence: %s", (sentence, word) => {
    expect(status(sentence)).toBe(word);
  });
});
