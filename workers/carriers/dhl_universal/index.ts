import { z } from "zod";
import { credential, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, HandshakeAnswer, Push } from "../carrier.ts";
import { s10 } from "../check-digits.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Unified Push authenticates by a header that the subscriber names at subscription; it signs nothing. */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const sent = push.headers.get(credential(credentials, "webhook_header_name").toLowerCase());
  return sent !== undefined && sameSecret(sent, credential(credentials, "webhook_header_value"));
}

/** Before the first news DHL sends a secret and wants it back, to see that the address is ours. It comes without the header. */
async function handshake(push: Push): Promise<HandshakeAnswer | null> {
  const secret = push.headers.get("dhl-hook-secret");
  if (secret === undefined || !/^[\x21-\x7e]{1,500}$/u.test(secret)) return null;
  return { status: 200, headers: { "dhl-hook-secret": secret }, body: "" };
}

/** DHL Shipment Tracking – Unified: one API before all of DHL's divisions (poll), Unified Push (webhook). */
export const dhlUniversal: Carrier = {
  id: "dhl_universal",
  name: "DHL (Unified)",
  rules,
  harmonize,
  numbers: [
    // DHL eCommerce: a prefix of the country it was posted in, or fourteen bare digits as DPD has them, too
    { pattern: /^GM(?=[A-Z]*\d)[A-Z0-9]{10,39}$/u, likelihood: 0.8 },
    {
      pattern: /^(?:LX|RX|UV|CN|SG|TH|IN|HK|MY)(?=[A-Z]*\d)[A-Z0-9]{10,39}$/u,
      // What looks like a postal number is one, and has its check digit.
      check: (number) => s10(number) || !/^[A-Z]{2}\d{9}[A-Z]{2}$/u.test(number),
      likelihood: 0.3,
    },
    { pattern: /^\d{14}$/u, likelihood: 0.3 },
    // Deutsche Post, which the same API answers for
    { pattern: /^[A-Z]{2}\d{9}DE$/u, check: s10, likelihood: 0.5 },
  ],
  webhook: {
    credentials: z.object({
      webhook_header_name: z
        .string()
        .regex(/^[A-Za-z0-9-]+$/u, "A header name has letters, digits and hyphens only."),
      webhook_header_value: z.string().min(16),
    }),
    verify,
    handshake,
    handshake_is_unsigned: true,
  },
  poll: {
    credentials: z.object({ api_key: z.string().min(1) }),
    numbers_per_call: 1,
    rate: { per_second: 0.2, per_day: 250 },
    base_url: "https://api-eu.dhl.com",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "track/shipments")}?trackingNumber=${oneNumber(numbers)}&language=en`,
      headers: { accept: "application/json", "dhl-api-key": credential(credentials, "api_key") },
      body: null,
    }),
  },
};
