import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { dhlUniversal } from "./index.ts";

const credentials = {
  webhook_header_name: "X-Our-Secret",
  webhook_header_value: "a long value of our own 0123",
  api_key: "key",
};

carrierSuite(dhlUniversal, import.meta.dirname, {
  credentials,
  webhook: {
    sign: () => ({ headers: { "X-Our-Secret": credentials.webhook_header_value } }),
    covers_body: false,
  },
});

describe("DHL's handshake", () => {
  const push = (headers: Record<string, string>) => ({
    headers: new Map(Object.entries(headers)),
    query: new Map(),
    body: new Uint8Array(),
    now: 0,
  });

  it("gives the secret back", async () => {
    expect(await dhlUniversal.webhook?.handshake?.(push({ "dhl-hook-secret": "abc" }), credentials)).toEqual({
      status: 200,
      headers: { "dhl-hook-secret": "abc" },
      body: "",
    });
  });

  it("is none without a secret, and lets nobody write headers of his own", async () => {
    expect(await dhlUniversal.webhook?.handshake?.(push({}), credentials)).toBeNull();
    expect(
      await dhlUniversal.webhook?.handshake?.(push({ "dhl-hook-secret": "a\r\nx: y" }), credentials),
    ).toBeNull();
  });
});

describe("a division's own code", () => {
  const read = (service: string, told: Record<string, string>) => {
    const body = JSON.stringify({
      shipments: [{ id: "3S0001", service, events: [{ timestamp: "2026-03-02T10:00:00", ...told }] }],
    });
    const [event] =
      dhlUniversal.harmonize(documentOf(body), { rules: dhlUniversal.rules }).shipments[0]?.events ?? [];
    const { milestone, code, sub_code } = event?.gluey ?? {};
    return [milestone, code, sub_code].filter(Boolean).join("/");
  };

  it.each([
    [
      "parcel-nl",
      { statusCode: "transit", status: "NOT_HOME", description: "x" },
      "delivery/attempt/recipient_unavailable",
    ],
    ["parcel-nl", { statusCode: "DELIVERED_AT_PARCELSHOP", description: "delivered" }, "delivery/admin"],
    ["ecommerce", { statusCode: "1027:101" }, "order/cancelled"],
    ["ecommerce-europe", { statusCode: "101" }, "return_to_sender/initiated/not_collected"],
    ["ecommerce", { statusCode: "delivered", status: "delivered" }, "delivery/delivered"],
  ])("of %s: %o", (service, said, path) => {
    expect(read(service, said)).toBe(path);
  });
});
