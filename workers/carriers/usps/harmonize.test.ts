import { describe, expect, it } from "vitest";
import { hmacOf } from "../authentic.ts";
import { carrierSuite, documentOf, RECEIVED_AT } from "../carrier-suite.ts";
import { usps } from "./index.ts";
import { webhook } from "./webhook.ts";

const credentials = {
  client_id: "id",
  client_secret: "secret",
  webhook_secret: "0123456789abcdef0123456789abcdef",
};
const utf8 = (text: string) => new TextEncoder().encode(text);
const signatureOf = (timestamp: string, payload: string) =>
  hmacOf("sha256", credentials.webhook_secret, [utf8(`${timestamp}${payload}`)], "base64");

carrierSuite(usps, import.meta.dirname, {
  credentials,
  webhook: {
    sign: (body) => {
      const { timestamp, payload } = JSON.parse(new TextDecoder().decode(body));
      return { headers: { "X-HMAC": signatureOf(timestamp, payload) } };
    },
    // Two fields are signed, not the body; what that leaves open is tested below.
    covers_body: false,
  },
});

describe("A USPS push", () => {
  const timestamp = "2026-03-16T11:12:30Z";
  const payload = '{"trackingNumber":"9400","trackingEvents":[{"eventType":"Zürich {1}"}]}';
  const verify = (envelope: unknown, header = "x-hmac", value = signatureOf(timestamp, payload)) =>
    webhook.verify(
      {
        headers: new Map([[header, value]]),
        query: new Map(),
        body: utf8(typeof envelope === "string" ? envelope : JSON.stringify(envelope)),
        now: RECEIVED_AT,
      },
      credentials,
    );

  it("is believed by its timestamp and payload, under either name of the header", async () => {
    expect(await verify({ timestamp, payload })).toBe(true);
    expect(await verify({ timestamp, payload }, "hmac-header")).toBe(true);
  });
  it.each<[string, unknown]>([
    ["another timestamp", { timestamp: "2026-03-16T11:12:31Z", payload }],
    ["another payload", { timestamp, payload: payload.replace("9400", "9401") }],
    ["the payload written anew", { timestamp, payload: JSON.stringify(JSON.parse(payload), null, 1) }],
    ["a blank more", { timestamp, payload: `${payload} ` }],
    ["a payload that is no text", { timestamp, payload: JSON.parse(payload) }],
    ["no timestamp", { timestamp: "", payload: `${timestamp}${payload}` }],
    ["no envelope", payload],
    ["no JSON", `${timestamp}${payload}`],
    ["nothing", ""],
  ])("is refused with %s", async (_, envelope) => {
    expect(await verify(envelope)).toBe(false);
  });
  it("cannot have its fields moved into each other although they are signed as one text", async () => {
    const inner = payload.indexOf("{", 1);
    expect(
      await verify({ timestamp: `${timestamp}${payload.slice(0, inner)}`, payload: payload.slice(inner) }),
    ).toBe(false);
  });
  it("is refused with the signature in another case or writing", async () => {
    const hex = hmacOf("sha256", credentials.webhook_secret, [utf8(`${timestamp}${payload}`)], "hex");
    expect(await verify({ timestamp, payload }, "x-hmac", hex)).toBe(false);
    expect(
      await verify({ timestamp, payload }, "x-hmac", signatureOf(timestamp, payload).toLowerCase()),
    ).toBe(false);
  });

  const read = (body: unknown) =>
    usps.harmonize(documentOf(JSON.stringify(body), { source: "webhook" }), { rules: usps.rules });
  it("is read from what is signed only", () => {
    const forged = { trackingNumber: "FORGED", trackingEvents: [] };
    const { shipments } = read({ ...forged, timestamp, payload });
    expect(shipments.map((one) => one.carrier_tracking_id)).toEqual(["9400"]);
    expect(read(forged).shipments).toEqual([]);
  });
  it("of a single scan, or cut inside, leaves a remark that says where", () => {
    for (const inner of ['{"scan":"01"}', payload.slice(0, 40)]) {
      const result = read({ timestamp, payload: inner });
      expect(result.shipments).toEqual([]);
      expect(result.complete).toBe(true);
      expect(result.remarks).toMatchObject([{ kind: "unreadable", at: expect.stringMatching(/^payload/u) }]);
    }
  });
  it("is known by its envelope", () => {
    expect(usps.sourceOf?.(utf8(JSON.stringify({ timestamp, payload })))).toBe("webhook");
    expect(usps.sourceOf?.(utf8(payload))).toBe("poll");
  });
});

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
