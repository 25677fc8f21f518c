import { z } from "zod";
import { basicAuth, credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { mod7 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** DHL Express: MyDHL API (poll). */
export const mydhl: Carrier = {
  id: "mydhl",
  name: "DHL Express",
  rules,
  harmonize,
  numbers: [
    // a waybill, and the longer one that some services print
    { pattern: /^\d{10}$/u, check: mod7, likelihood: 0.8 },
    { pattern: /^\d{11}$/u, check: mod7, likelihood: 0.5 },
    // a piece: its licence plate, and the short form of it
    { pattern: /^JD\d{18}$/u, likelihood: 0.7 },
    { pattern: /^J[A-Z]{2,3}\d{9,10}$/u, likelihood: 0.7 },
  ],
  poll: {
    credentials: z.object({ username: z.string().min(1), password: z.string().min(1) }),
    numbers_per_call: 100,
    rate: {},
    base_url: "https://express.api.dhl.com",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "mydhlapi/tracking")}?${numbersOf(numbers, 100)
        .map((number) => `shipmentTrackingNumber=${number}`)
        .join("&")}&trackingView=all-checkpoints&levelOfDetail=all`,
      headers: {
        accept: "application/json",
        authorization: basicAuth(credential(credentials, "username"), credential(credentials, "password")),
      },
      body: null,
    }),
  },
};
