import { z } from "zod";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { s10 } from "../check-digits.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * Royal Mail: Tracking API v2, Events (poll; developer.royalmail.net). Its Summary takes thirty numbers but tells only the
 * last event of each, so each number is asked for alone.
 */
export const royalmail: Carrier = {
  id: "royalmail",
  name: "Royal Mail",
  rules,
  harmonize,
  numbers: [
    { pattern: /^[A-Z]{2}\d{9}GB$/u, check: s10, likelihood: 0.9 },
    // the unique item id of the two-dimensional barcode
    { pattern: /^(?=\d*[A-F])0[0-9A-F]{20}$/u, likelihood: 0.6 },
  ],
  poll: {
    credentials: z.object({ client_id: z.string().min(1), client_secret: z.string().min(1) }),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://api.royalmail.net",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "mailpieces/v2")}/${oneNumber(numbers)}/events`,
      headers: {
        accept: "application/json",
        "x-accept-rmg-terms": "yes",
        "x-ibm-client-id": credential(credentials, "client_id"),
        "x-ibm-client-secret": credential(credentials, "client_secret"),
      },
      body: null,
    }),
  },
};
