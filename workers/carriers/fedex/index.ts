import { z } from "zod";
import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, Push } from "../carrier.ts";
import { fedexExpress, gs1 } from "../check-digits.ts";
import { clientCredentials, OAuthCredentials } from "../oauth.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Advanced Integrated Visibility: `fdx-signature` is the base64 HMAC-SHA256 of the raw body under the webhook's security token. */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const sent = push.headers.get("fdx-signature");
  if (sent === undefined) return false;
  return sameSecret(
    sent,
    hmacOf("sha256", credential(credentials, "webhook_security_token"), [push.body], "base64"),
  );
}

/** The twelve digits at the end of a barcode of 34, which leaves room for fourteen; null where it has used that room. */
function atEnd(barcode: string): string | null {
  return barcode.slice(-14, -12) === "00" ? barcode.slice(-12) : null;
}

/** FedEx: Track API v1 (poll), Advanced Integrated Visibility (webhook, same body). Replies of the retired SOAP service are read too. */
export const fedex: Carrier = {
  id: "fedex",
  name: "FedEx",
  rules,
  harmonize,
  numbers: [
    { pattern: /^\d{12}$/u, check: fedexExpress, likelihood: 0.7 },
    { pattern: /^\d{15}$/u, check: gs1, likelihood: 0.7 },
    {
      pattern: /^96\d{20}$/u,
      check: (number) => gs1(number.slice(7)),
      inside: (number) => number.slice(7),
      likelihood: 0.9,
    },
    // Ground's SSCC: case, pallet, larger, in-house; the check digit leaves the kind out
    { pattern: /^0[0124]\d{16}$/u, check: (number) => gs1(number.slice(2)), likelihood: 0.4 },
    // whole barcodes: the number stands at the end, in the old ASTRA form before the last four digits
    {
      pattern: /^[0-8]\d{33}$/u,
      check: (number) => fedexExpress(number.slice(-14)),
      inside: atEnd,
      likelihood: 0.8,
    },
    {
      pattern: /^96\d{32}$/u,
      check: (number) => fedexExpress(number.slice(-14)),
      inside: atEnd,
      likelihood: 0.9,
    },
    {
      pattern: /^3\d{31}$/u,
      check: (number) => fedexExpress(number.slice(16, 28)),
      inside: (number) => number.slice(16, 28),
      likelihood: 0.8,
    },
  ],
  webhook: { credentials: z.object({ webhook_security_token: z.string().min(16) }), verify },
  poll: {
    credentials: OAuthCredentials,
    numbers_per_call: 30,
    rate: {},
    base_url: "https://apis.fedex.com",
    request: (numbers, { base_url }) => ({
      method: "POST",
      url: under(base_url, "track/v1/trackingnumbers"),
      headers: { accept: "application/json", "content-type": "application/json", "x-locale": "en_US" },
      body: JSON.stringify({
        includeDetailedScans: true,
        trackingInfo: numbersOf(numbers, 30).map((_, index) => ({
          trackingNumberInfo: { trackingNumber: numbers[index] },
        })),
      }),
    }),
    token: clientCredentials({ path: "oauth/token", client: "form" }),
  },
};
