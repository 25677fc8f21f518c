import { z } from "zod";
import type { Carrier } from "../carrier.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";
import { webhook } from "./webhook.ts";

/** Budbee (Nordic countries, Netherlands): the consumer read API, which needs no key, and the business webhooks, classic and V2. */
export const budbee: Carrier = {
  id: "budbee",
  name: "Budbee",
  rules,
  harmonize,
  sourceOf: (body) =>
    /"(?:event|eventType|packageId|parcelId)"\s*:/u.test(new TextDecoder().decode(body.subarray(0, 4000)))
      ? "webhook"
      : "poll",
  numbers: [{ pattern: /^BUDBEE\d{6,12}$/u, likelihood: 1 }],
  webhook,
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
