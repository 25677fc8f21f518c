import { describe, expect, it } from "vitest";
import { carrierSuite } from "../carrier-suite.ts";
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
