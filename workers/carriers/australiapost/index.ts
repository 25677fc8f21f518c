import { z } from "zod";
import { basicAuth, credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { s10 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Australia Post and StarTrack: Track Items of the Shipping and Tracking APIs v1 (poll). More than ten ids are refused with 51101. */
export const australiapost: Carrier = {
  id: "australiapost",
  name: "Australia Post",
  rules,
  harmonize,
  // its article ids begin with letters or digits that each sender has of its own: nothing tells them from other numbers
  numbers: [{ pattern: /^[A-Z]{2}\d{9}AU$/u, check: s10, likelihood: 0.9 }],
  poll: {
    credentials: z.object({
      api_key: z.string().min(1),
      password: z.string().min(1),
      account_number: z.string().min(1, "Write the account number with its leading zeros."),
    }),
    numbers_per_call: 10,
    // ten calls a minute
    rate: { per_second: 1 / 6 },
    base_url: "https://digitalapi.auspost.com.au",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "shipping/v1/track")}?tracking_ids=${numbersOf(numbers, 10).join(",")}`,
      headers: {
        accept: "application/json",
        "account-number": credential(credentials, "account_number"),
        authorization: basicAuth(credential(credentials, "api_key"), credential(credentials, "password")),
      },
      body: null,
    }),
  },
};
