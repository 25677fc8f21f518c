import type { Carrier } from "../carrier.ts";
import { gs1, s10 } from "../check-digits.ts";
import { clientCredentials, OAuthCredentials } from "../oauth.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** USPS: Tracking v3 (poll). Answers of the Web Tools XML before it are read too. New applications may ask sixty times an hour. */
export const usps: Carrier = {
  id: "usps",
  name: "USPS",
  rules,
  harmonize,
  numbers: [
    { pattern: /^9[1-5]\d{20}$/u, check: gs1, likelihood: 0.9 },
    { pattern: /^420\d{5}9[1-5]\d{20}$/u, check: (number) => gs1(number.slice(8)), likelihood: 1 },
    { pattern: /^[A-Z]{2}\d{9}US$/u, check: s10, likelihood: 0.9 },
    { pattern: /^\d{20}$/u, check: gs1, likelihood: 0.3 },
  ],
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
