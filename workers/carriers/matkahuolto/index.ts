import { z } from "zod";
import type { Carrier } from "../carrier.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Matkahuolto (Finland): its public trackingInfo, which needs no key. */
export const matkahuolto: Carrier = {
  id: "matkahuolto",
  name: "Matkahuolto",
  rules,
  harmonize,
  numbers: [{ pattern: /^MH[A-Z0-9]{8,20}$/u, likelihood: 0.8 }],
  poll: {
    credentials: z.object({}),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://wwwservice.matkahuolto.fi",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "search/trackingInfo")}?language=en&parcelNumber=${oneNumber(numbers)}`,
      headers: { accept: "application/json" },
      body: null,
    }),
  },
};
