import { z } from "zod";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

const xml = (value: string) =>
  value.toWellFormed().replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");

/**
 * Packeta (Zásilkovna): packetTracking of its REST API (poll; XML, the API password inside the request). What its page for
 * recipients answers is read too.
 */
export const packeta: Carrier = {
  id: "packeta",
  name: "Packeta",
  rules,
  harmonize,
  // the barcode; ten digits alone might be anybody's
  numbers: [{ pattern: /^Z\d{10}$/u, likelihood: 0.9 }],
  poll: {
    credentials: z.object({ api_password: z.string().min(1) }),
    numbers_per_call: 1,
    rate: {},
    base_url: "https://www.zasilkovna.cz",
    request: (numbers, { base_url, credentials }) => {
      numbersOf(numbers, 1);
      // the id is the barcode without its letter
      const id = numbers.join("").replace(/^Z(?=\d{10}$)/iu, "");
      return {
        method: "POST",
        url: under(base_url, "api/rest"),
        headers: { accept: "application/xml", "content-type": "text/xml; charset=utf-8" },
        body: `<?xml version="1.0" encoding="UTF-8"?><packetTracking><apiPassword>${xml(credential(credentials, "api_password"))}</apiPassword><packetId>${xml(id)}</packetId></packetTracking>`,
      };
    },
  },
};
