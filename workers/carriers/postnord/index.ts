import { z } from "zod";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { gs1, s10 } from "../check-digits.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * PostNord (Sweden, Denmark, Norway, Finland). Track & Trace API v5, findByIdentifier: one number a call, the key as a query
 * parameter. PostNord also pushes and sends EDIFACT to customers who agree it; what signs such a push is documented nowhere
 * public, so there is no webhook here.
 */
export const postnord: Carrier = {
  id: "postnord",
  name: "PostNord",
  rules,
  harmonize,
  // In its XML an element may refer to the value of another, `reference="../../TrackingEvent/eventTime"`.
  indivisible: true,
  numbers: [
    { pattern: /^\d{11}SE$/u, likelihood: 0.9 },
    { pattern: /^[A-Z]{2}\d{9}(SE|DK)$/u, check: s10, likelihood: 0.9 },
    // SSCC under GS1's Swedish (73) and Danish (57) prefixes
    { pattern: /^(00)?\d(73|57)\d{15}$/u, check: gs1, likelihood: 0.7 },
    // and under the Norwegian one, which is more often Bring's
    { pattern: /^(00)?\d70\d{15}$/u, check: gs1, likelihood: 0.3 },
  ],
  poll: {
    credentials: z.object({ apikey: z.string().min(1) }),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://api2.postnord.com",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "rest/shipment/v5/trackandtrace/findByIdentifier.json")}?apikey=${encodeURIComponent(
        credential(credentials, "apikey"),
      )}&id=${oneNumber(numbers)}&locale=en`,
      headers: { accept: "application/json" },
      body: null,
    }),
  },
};
