import { z } from "zod";
import type { Carrier } from "../carrier.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * InPost: tracking of API ShipX (poll; dokumentacja-inpost.atlassian.net), which is open to all; Italy has a host of its own. Lists of
 * the receiver's app, whose words are the same in capitals, are read too. ShipX pushes as well, but it signs nothing,
 * is known by its addresses only, and wants the receiver to answer GET before it takes an address.
 */
export const inpost: Carrier = {
  id: "inpost",
  name: "InPost",
  rules,
  harmonize,
  // twenty-four digits, seen with a six before them only
  numbers: [{ pattern: /^6\d{23}$/u, likelihood: 0.7 }],
  poll: {
    credentials: z.object({}),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://api-shipx-pl.easypack24.net",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "v1/tracking")}/${oneNumber(numbers)}`,
      headers: { accept: "application/json" },
      body: null,
    }),
  },
};
