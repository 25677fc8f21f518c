import { z } from "zod";
import { credential, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, Push } from "../carrier.ts";
import { gs1, s10 } from "../check-digits.ts";
import { ediFiles, looksLikeEdifact } from "../edi-files.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * Bring signs nothing: its Event Cast documentation recommends a header of one's own choice, set when the webhook is
 * registered, and that is all there is. The value is compared in constant time; the body stays unproved.
 */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const sent = push.headers.get(credential(credentials, "webhook_header_name").toLowerCase());
  return sent !== undefined && sameSecret(sent, credential(credentials, "webhook_header_value"));
}

const head = (body: Uint8Array) => new TextDecoder("windows-1252").decode(body.subarray(0, 2000)).trimStart();

/** Bring and Posten Norge: Tracking API v2 (poll), Event Cast (webhook), IFTSTA BIG07 (sFTP). */
export const bring: Carrier = {
  id: "bring",
  name: "Bring",
  rules,
  harmonize,
  sourceOf: (body) => {
    if (looksLikeEdifact(body)) return "sftp";
    return /"pushed"\s*:/u.test(head(body)) ? "webhook" : "poll";
  },
  numbers: [
    { pattern: /^[A-Z]{2}\d{9}NO$/u, check: s10, likelihood: 0.9 },
    // SSCC and shipment number (GSIN) under GS1's Norwegian prefix
    { pattern: /^(00)?\d70\d{15}$/u, check: gs1, likelihood: 0.7 },
    { pattern: /^70\d{15}$/u, check: gs1, likelihood: 0.7 },
  ],
  webhook: {
    credentials: z.object({
      webhook_header_name: z
        .string()
        .regex(/^[A-Za-z0-9-]+$/u, "A header name has letters, digits and hyphens only."),
      webhook_header_value: z.string().min(16),
    }),
    verify,
  },
  poll: {
    credentials: z.object({ mybring_uid: z.string().min(1), mybring_key: z.string().min(1) }),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://api.bring.com",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "tracking/api/v2/tracking.json")}?q=${oneNumber(numbers)}&lang=en`,
      headers: {
        accept: "application/json",
        "x-mybring-api-uid": credential(credentials, "mybring_uid"),
        "x-mybring-api-key": credential(credentials, "mybring_key"),
      },
      body: null,
    }),
  },
  sftp: { files: ediFiles },
};
