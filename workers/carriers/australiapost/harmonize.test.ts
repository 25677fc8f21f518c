import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { chooseCode } from "../rules.ts";
import { australiapost } from "./index.ts";

const credentials = { api_key: "key", password: "secret", account_number: "0001000017" };

carrierSuite(australiapost, import.meta.dirname, { credentials });

describe("Australia Post's sentences", () => {
  it.each([
    ["In transit to next facility in REDBANK QLD", "in_transit"],
    ["Arrived at facility", "in_transit"],
    ["Arrived in New Zealand", "in_transit"],
    ["Arrived awaiting clearance (Inbound)", "customs"],
    ["Awaiting collection at BAYSIDE LPO", "ready_for_pickup"],
    ["Attempted delivery - Unable to gain access", "delivery_attempted"],
    ["Leave in a safe place requested by Receiver", "notice"],
    ["Delivered - Left in a safe place", "delivered"],
    ["Cannot be delivered", "exception"],
    ["Returned to sender", "returning"],
  ])("%s", (text, status) => {
    expect(chooseCode(australiapost.rules, { code: null, text }).meaning.status).toBe(status);
  });
  it("that are new are left to the operator", () => {
    const text = "Your parcel is not delivered yet";
    expect(chooseCode(australiapost.rules, { code: null, text }).rule.id).toBe("australiapost:unmapped");
  });
});

describe("Australia Post's places", () => {
  const place = (location: string) =>
    australiapost.harmonize(
      documentOf(
        JSON.stringify({
          tracking_results: [
            {
              tracking_id: "N1",
              trackable_items: [{ article_id: "N1", events: [{ description: "In transit", location }] }],
            },
          ],
        }),
      ),
      { rules: australiapost.rules },
    ).shipments[0]?.events[0]?.location?.address;
  it.each([
    ["OAKLEIGH SOUTH VIC", { city: "OAKLEIGH SOUTH", state: "VIC", iso_country: "AUS" }],
    ["CHICAGO (US)", { city: "CHICAGO", iso_country: "USA" }],
    ["US-60199, UNITED STATES", { city: "US-60199", iso_country: "USA" }],
    ["NZ", { city: null, iso_country: "NZL" }],
    ["Transit Scan", { name: "Transit Scan", city: null, iso_country: null }],
  ])("%s", (location, address) => {
    expect(place(location)).toMatchObject(address);
  });
});

it("Australia Post is shown the account with its leading zeros", () => {
  const request = australiapost.poll?.request(["A1", "B2"], { base_url: "https://x.example", credentials });
  expect(request?.url).toBe("https://x.example/shipping/v1/track?tracking_ids=A1,B2");
  expect(request?.headers["account-number"]).toBe("0001000017");
});
