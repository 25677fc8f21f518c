import { z } from "zod";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { gs1, s10 } from "../check-digits.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** La Poste: Suivi v2 (poll; developer.laposte.fr, "1 to 10, comma separated", ten calls a second), for letters, Colissimo and Chronopost alike. */
export const laposte: Carrier = {
  id: "laposte",
  name: "La Poste",
  rules,
  harmonize,
  numbers: [
    { pattern: /^[A-Z]{2}\d{9}FR$/u, check: s10, likelihood: 0.9 },
    // Colissimo: two characters for the product, ten digits and one that checks them
    { pattern: /^\d[A-Z]\d{11}$/u, check: (number) => gs1(number.slice(2)), likelihood: 0.8 },
  ],
  poll: {
    credentials: z.object({ okapi_key: z.string().min(1) }),
    numbers_per_call: 10,
    rate: { per_second: 10 },
    base_url: "https://api.laposte.fr",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "suivi/v2/idships")}/${numbersOf(numbers, 10).join(",")}?lang=fr_FR`,
      headers: { accept: "application/json", "x-okapi-key": credential(credentials, "okapi_key") },
      body: null,
    }),
  },
};
