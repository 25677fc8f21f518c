import { z } from "zod";
import type { Carrier } from "../carrier.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * Budbee (Nordic countries, Netherlands): the consumer read API, which needs no key. Its business webhooks are signed (X-Budbee-Signature,
 * HMAC-SHA1), but no public page shows what they carry, so they are not read here.
 */
export const budbee: Carrier = {
  id: "budbee",
  name: "Budbee",
  rules,
  harmonize,
  numbers: [{ pattern: /^BUDBEE\d{6,12}$/u, likelihood: 1 }],
  poll: {
    credentials: z.object({}),
    numbers_per_call: 1,
    rate: { per_second: 3 },
    base_url: "https://tracking.budbee.com",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "api/box")}/${oneNumber(numbers)}`,
      headers: { accept: "application/json" },
      body: null,
    }),
  },
};
