import { z } from "zod";
import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, Push } from "../carrier.ts";
import { fedex12, gs1 } from "../check-digits.ts";
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

/** FedEx: Track API v1 (poll), Advanced Integrated Visibility (webhook, same body). Replies of the retired SOAP service are read too. */
export const fedex: Carrier = {
  id: "fedex",
  name: "FedEx",
  rules,
  harmonize,
  numbers: [
    { pattern: /^\d{12}$/u, check: fedex12, likelihood: 0.7 },
    { pattern: /^\d{15}$/u, check: gs1, likelihood: 0.7 },
    { pattern: /^96\d{20}$/u, check: (number) => gs1(number.slice(7)), likelihood: 0.9 },
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
