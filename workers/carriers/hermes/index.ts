import { z } from "zod";
import { credential } from "../authentic.ts";
import type { Carrier } from "../carrier.ts";
import { bearer, readToken } from "../oauth.ts";
import { numbersOf, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/** Hermes gives its tokens on another host than its news, a pair for each of its systems. Any other address gives its own. */
const TOKEN_HOSTS: ReadonlyMap<string, string> = new Map([
  ["https://de-api.hermesworld.com", "https://authme.myhermes.de"],
  ["https://de-api-int.hermesworld.com", "https://authme-int.myhermes.de"],
]);

/**
 * Hermes in Germany: shipment info of the Hermes Shipping Interface (poll; OAuth 2.0 with a user's name and password, RFC
 * 6749, 4.3). Answers of api.my-deliveries.de, which recipients see, are read too.
 */
export const hermes: Carrier = {
  id: "hermes",
  name: "Hermes Germany",
  rules,
  harmonize,
  // Its older numbers have fourteen digits and nothing that tells them from DPD's and DHL's.
  numbers: [{ pattern: /^H\d{19}$/u, likelihood: 0.9 }],
  poll: {
    credentials: z.object({
      username: z.string().min(1),
      password: z.string().min(1),
      client_id: z.string().min(1),
      client_secret: z.string().min(1),
    }),
    numbers_per_call: 100,
    rate: {},
    base_url: "https://de-api.hermesworld.com",
    request: (numbers, { base_url }) => ({
      method: "GET",
      url: `${under(base_url, "services/hsi/shipmentinfo")}?${numbersOf(numbers, 100)
        .map((number) => `shipmentID=${number}`)
        .join("&")}`,
      headers: { accept: "application/json", "accept-language": "EN" },
      body: null,
    }),
    token: {
      request: ({ base_url, credentials }) => {
        const host = TOKEN_HOSTS.get(base_url.replace(/\/+$/u, "")) ?? base_url;
        const form = new URLSearchParams({ grant_type: "password" });
        for (const name of ["username", "password", "client_id", "client_secret"])
          form.set(name, credential(credentials, name));
        return {
          method: "POST",
          url: under(host, "authorization-facade/oauth2/access_token"),
          headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
          body: form.toString(),
        };
      },
      read: readToken,
      apply: bearer,
    },
  },
};
