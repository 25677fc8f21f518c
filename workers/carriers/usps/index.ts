import type { Carrier } from "../carrier.ts";
import { gs1, s10 } from "../check-digits.ts";
import { clientCredentials, OAuthCredentials } from "../oauth.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { envelopeOf } from "./schema.ts";
import { rules } from "./statuses.ts";
import { webhook } from "./webhook.ts";

/**
 * An Intelligent Mail package barcode (Publication 199): 91 to 95, a service type, a mailer's id of nine digits if it begins
 * with a 9 and of six if not, the mailer's serial number, a check digit.
 */
function impb(number: string): boolean {
  const [application, mailer, { length }] = [number.slice(0, 2), number.charAt(5), number];
  if (application === "92" && mailer !== "9") return false;
  if (application === "93" && mailer === "9") return false;
  const lengths =
    application === "91" ? [22] : application === "94" && mailer === "9" ? [22, 26, 30] : [22, 26];
  return lengths.includes(length) && gs1(number);
}

/** The one behind 420 and the destination's ZIP code, of nine digits only before the shortest form; null where there is none. */
function afterZip(number: string): string | null {
  const after = (zip: number) => number.slice(3 + zip);
  const bare = /^9[1-5]/u;
  const found = [after(5), ...(number.length === 34 ? [after(9)] : [])].filter(
    (body) => body.length <= 26 && bare.test(body) && impb(body),
  );
  return found[0] ?? null;
}

/**
 * USPS: Tracking v3 (poll), Subscriptions - Tracking v3.2 (webhook, the same news in an envelope). Answers of the Web Tools XML
 * before them are read too. New applications may ask sixty times an hour.
 */
export const usps: Carrier = {
  id: "usps",
  name: "USPS",
  rules,
  harmonize,
  sourceOf: (body) => (envelopeOf(body) === null ? "poll" : "webhook"),
  numbers: [
    {
      pattern: /^420\d{27,31}$/u,
      check: (number) => afterZip(number) !== null,
      inside: afterZip,
      likelihood: 1,
    },
    { pattern: /^9[1-5]\d{20}(?:\d{4}){0,2}$/u, check: impb, likelihood: 0.9 },
    { pattern: /^[A-Z]{2}\d{9}US$/u, check: s10, likelihood: 0.9 },
    // delivery confirmation as printed, the application identifier 91 left out; older check digits count it all the same
    { pattern: /^[0-8]\d{19}$/u, check: (number) => gs1(number) || gs1(`91${number}`), likelihood: 0.4 },
  ],
  webhook,
  poll: {
    credentials: OAuthCredentials,
    numbers_per_call: 1,
    rate: { per_second: 1 / 60 },
    base_url: "https://apis.usps.com",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "tracking/v3/tracking")}/${oneNumber(numbers)}?expand=DETAIL`,
      headers: { accept: "application/json" },
      body: null,
    }),
    token: clientCredentials({ path: "oauth2/v3/token", client: "form", scope: "tracking" }),
  },
};
