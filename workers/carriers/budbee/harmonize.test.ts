import { describe, expect, it } from "vitest";
import { basicAuth, hmacOf } from "../authentic.ts";
import { carrierSuite, documentOf, RECEIVED_AT } from "../carrier-suite.ts";
import { budbee } from "./index.ts";
import { webhook } from "./webhook.ts";

const credentials = { webhook_secret: "a secret of forty characters 0123456789" };
const signatureOf = (body: Uint8Array, encoding: "hex" | "base64") =>
  hmacOf("sha1", credentials.webhook_secret, [body], encoding);

carrierSuite(budbee, import.meta.dirname, {
  credentials,
  webhook: {
    sign: (body) => ({ headers: { "X-Budbee-Signature": signatureOf(body, "hex") } }),
    covers_body: true,
  },
});

describe("A Budbee push", () => {
  const body = new TextEncoder().encode('{"event":"DELIVERED_TO_LOCKER"}');
  const verify = (headers: Record<string, string>) =>
    webhook.verify(
      { headers: new Map(Object.entries(headers)), query: new Map(), body, now: RECEIVED_AT },
      credentials,
    );
  const basic = basicAuth("gluey", credentials.webhook_secret);

  it("is believed by its signature in hexadecimal or base64", async () => {
    expect(await verify({ "x-budbee-signature": signatureOf(body, "hex").toUpperCase() })).toBe(true);
    expect(await verify({ "x-budbee-signature": signatureOf(body, "base64") })).toBe(true);
    expect(await verify({ "x-budbee-signature": signatureOf(body, "base64").toLowerCase() })).toBe(false);
  });
  it("is believed by the secret as a password where nothing is signed", async () => {
    expect(await verify({ authorization: basic })).toBe(true);
    expect(await verify({ authorization: basicAuth("", credentials.webhook_secret) })).toBe(true);
  });
  it.each([
    ["another password", { authorization: basicAuth("gluey", "another secret of the same length 01234") }],
    ["the secret for a user", { authorization: basicAuth(credentials.webhook_secret, "") }],
    ["the secret with no user before it", { authorization: `Basic ${btoa(credentials.webhook_secret)}` }],
    ["the secret as a token", { authorization: `Bearer ${credentials.webhook_secret}` }],
    ["no base64", { authorization: "Basic =" }],
    ["base64 that stops", { authorization: "Basic abcde" }],
    ["a wrong signature beside the password", { authorization: basic, "x-budbee-signature": "0".repeat(40) }],
    ["an empty signature beside the password", { authorization: basic, "x-budbee-signature": "" }],
  ])("is refused with %s", async (_, headers: Record<string, string>) => {
    expect(await verify(headers)).toBe(false);
  });

  const read = (push: unknown) =>
    budbee.harmonize(documentOf(JSON.stringify(push), { source: "webhook" }), { rules: budbee.rules });
  const event = (push: Record<string, unknown>) => read({ packageId: "P1", ...push }).shipments[0]?.events[0];

  it("has the order's token for its number, else its id, else the parcel's", () => {
    const numbers = (push: Record<string, unknown>) =>
      read({ eventType: "PARCEL_CREATED", ...push }).shipments.map((one) => [
        one.carrier_tracking_id,
        one.parcel_tracking_id,
        one.other_ids,
      ]);
    const all = { orderId: 7, packageId: "P1", eventData: { budbeeOrderToken: "T1", shipmentId: "S1" } };
    expect(numbers(all)).toEqual([["T1", "P1", ["7", "S1"]]]);
    expect(numbers({ orderId: 7, packageId: "P1" })).toEqual([["7", "P1", []]]);
    expect(numbers({ packageId: "P1" })).toEqual([["P1", "P1", []]]);
    expect(numbers({})).toEqual([]);
  });
  it("has its moment and its id from the headers where the body has none", () => {
    const headers = { timestamp: "2026-04-29T15:00:00+02:00", "budbee-event-id": "e-7" };
    const told = (push: object, sent: Record<string, string> = headers) =>
      budbee.harmonize(
        documentOf(JSON.stringify({ packageId: "P1", event: "DELIVERED_TO_LOCKER", ...push }), {
          source: "webhook",
          headers: sent,
        }),
        {
          rules: budbee.rules,
        },
      ).shipments[0]?.events[0];
    expect(told({})).toMatchObject({
      time: { at: "2026-04-29T15:00:00+02:00", precision: "second" },
      carrier_meta_data: [{ key: "eventId", value: "e-7" }],
    });
    expect(told({ timestamp: 1777467600000, eventId: "e-8" })).toMatchObject({
      time: { at: "2026-04-29T13:00:00+00:00" },
      carrier_meta_data: [{ key: "eventId", value: "e-8" }],
    });
    for (const timestamp of ["", "soon", "9".repeat(400), "-1"])
      expect(told({}, { timestamp })?.time.precision).toBe("unknown");
  });
  it.each<[unknown, string | null]>([
    [1777467600999, "2026-04-29T13:00:00+00:00"],
    ["1777467600000", "2026-04-29T13:00:00+00:00"],
    ["2026-04-29T15:00:00+02:00", "2026-04-29T15:00:00+02:00"],
    [1777467600, null],
    [1e300, null],
    ["9".repeat(400), null],
    ["soon", null],
    [null, null],
  ])("at %j happened at %j", (timestamp, at) => {
    expect(event({ eventType: "DELIVERED_TO_LOCKER", timestamp })?.time.at).toBe(at);
  });
  it("that says Delivered is told as one only where it says where", () => {
    expect(event({ status: "Delivered", date: 1777467600000 })?.status).toBe("notice");
    expect(event({ status: "Delivered", lockerIdentifier: "SE-1" })?.status).toBe("ready_for_pickup");
  });
  it("is at the locker when the parcel is, and not before", () => {
    const eventData = { lockerName: "Box", city: "Stockholm" };
    expect(event({ event: "DELIVERED_TO_LOCKER", eventData })?.location?.address).toMatchObject({
      name: "Box",
      type: "parcel_locker",
    });
    expect(event({ event: "LOCKER_CHANGED", eventData })?.location).toBeNull();
  });
  it("without an event is a remark", () => {
    expect(read({ orderId: 7, rating: 5 })).toMatchObject({
      shipments: [],
      remarks: [{ kind: "incomplete" }],
    });
  });
  it("is known by its fields", () => {
    expect(budbee.sourceOf?.(body)).toBe("webhook");
    expect(budbee.sourceOf?.(new TextEncoder().encode('{"token":"BUDBEE000001","status":"Miss"}'))).toBe(
      "poll",
    );
  });
});

describe("Delivered", () => {
  const status = (more: Record<string, unknown>) => {
    const body = { token: "BUDBEE000001", status: "Delivered", deliveredAt: "2026-04-29T13:12:42Z", ...more };
    return budbee.harmonize(documentOf(JSON.stringify(body)), { rules: budbee.rules }).shipments[0]?.events[0]
      ?.status;
  };
  it("into a box waits for the recipient, at the door is the end", () => {
    expect(status({ lockerIdentifier: "NL-1" })).toBe("ready_for_pickup");
    expect(status({})).toBe("delivered");
  });
});
