import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { chooseCode } from "../rules.ts";
import { ups } from "./index.ts";

const credentials = {
  webhook_credential: "a credential of 32 letters 012345",
  client_id: "client",
  client_secret: "secret",
};

carrierSuite(ups, import.meta.dirname, {
  credentials,
  webhook: {
    sign: () => ({ headers: { credential: credentials.webhook_credential } }),
    covers_body: false,
  },
});

const activity = (status: Record<string, unknown>, more: Record<string, unknown> = {}) => {
  const body = {
    trackResponse: {
      shipment: [
        {
          inquiryNumber: "1Z0",
          package: [
            { trackingNumber: "1Z0", activity: [{ date: "20260314", time: "091200", status, ...more }] },
          ],
        },
      ],
    },
  };
  return ups.harmonize(documentOf(JSON.stringify(body)), { rules: ups.rules }).shipments[0]?.events[0];
};

describe("a UPS activity", () => {
  it.each([
    [{ type: "I", code: "OT", statusCode: "021" }, "out_for_delivery", "ups:OT"],
    [{ type: "D", code: "F4", description: "DELIVERED", statusCode: "011" }, "delivered", "ups:status 011"],
    [{ type: "D", code: "KM" }, "delivered", "ups:type D"],
    [{ type: "I", code: "2Q", statusCode: "161" }, "ready_for_pickup", "ups:2Q"],
    [{ type: "X", code: "QQ" }, "exception", "ups:type X"],
  ])("%j is %s", (status, word, rule) => {
    expect(activity(status)).toMatchObject({ status: word, rule: { id: rule } });
  });

  it("is understood by its sentence where it has one of hundreds of codes", () => {
    const late = activity({
      type: "X",
      code: "DJ",
      description: "ADVERSE WEATHER CONDITIONS CAUSED THIS DELAY",
    });
    expect(late).toMatchObject({ status: "in_transit", reason: "weather" });
    const closed = activity({
      type: "X",
      code: "L1",
      description:
        "THE RECEIVER'S LOCATION WAS CLOSED ON THE 2ND DELIVERY ATTEMPT. A 3RD DELIVERY ATTEMPT WILL BE MADE",
    });
    expect(closed).toMatchObject({ status: "delivery_attempted", reason: "recipient_closed" });
  });
});

describe("UPS's clock", () => {
  const time = (more: Record<string, unknown>) => activity({ type: "I", code: "AR" }, more)?.time;
  it("takes the offset from the GMT stamp beside it, else from the place, else says that it guessed", () => {
    expect(time({ gmtDate: "20260314", gmtTime: "13:12:00" })).toMatchObject({
      at: "2026-03-14T09:12:00-04:00",
      offset_source: "carrier",
    });
    expect(time({ gmtOffset: "-05:00" })?.at).toBe("2026-03-14T09:12:00-05:00");
    expect(time({ location: { address: { countryCode: "US", stateProvince: "CA" } } })).toMatchObject({
      at: "2026-03-14T09:12:00-07:00",
      offset_source: "place",
    });
    expect(time({})).toMatchObject({ offset_source: "assumed" });
  });
});

describe("UPS's sentences", () => {
  it.each([
    ["We tried to deliver the package, but need an adult signature.", "attempt", "recipient_id_failed"],
    [
      "Merchandise has been delivered to the receiver. UPS will notify the sender with details of the damage.",
      "delivered",
      "goods_damaged",
    ],
    ["The street name is incorrect. This may delay delivery.", "held_at_hub", "address_wrong"],
    ["Unfortunately, a labor strike has prevented delivery of your package.", "delay", "strike"],
    ["The post office was unable to deliver the package and returned it to the sender.", "initiated", null],
    ["Please stand by.", "unmapped", null],
  ])("%s", (text, code, reason) => {
    const chosen = chooseCode(ups.rules, { code: null, text });
    expect({ code: chosen.meaning.code, reason: chosen.reason }).toEqual({ code, reason });
  });
});

describe("a UPS package with a new number", () => {
  const update = (code: string, numbers: string[]) => {
    const one = {
      trackingNumber: "1Z0",
      alternateTrackingNumber: numbers.map((number) => ({ number })),
      activity: [{ date: "20260314", time: "091200", status: { type: "X", code } }],
    };
    const body = { trackResponse: { shipment: [{ inquiryNumber: "1Z0", package: [one] }] } };
    return ups.harmonize(documentOf(JSON.stringify(body)), { rules: ups.rules }).shipments[0]
      ?.carrier_tracking_update;
  };

  it("is told by which, where UPS says that it has one and names one of its own", () => {
    expect(update("CG", ["92419900000033499522966220", "1Z5R89390357567127"])).toEqual({
      replaced_tracking_id: "1Z0",
      new_carrier_tracking_id: "1Z5R89390357567127",
      new_carrier_tracking_url: null,
    });
  });

  it("is none where UPS does not say so, or names none or two", () => {
    expect(update("OT", ["1Z5R89390357567127"])).toBeNull();
    expect(update("CG", ["92419900000033499522966220"])).toBeNull();
    expect(update("CG", ["1Z5R89390357567127", "1Z12345E6605272234"])).toBeNull();
  });
});
