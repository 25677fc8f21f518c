import { z } from "zod";
import { basicAuth, credential, sameSecret } from "../authentic.ts";
import type { Carrier, Credentials, Push } from "../carrier.ts";
import { oneNumber, under } from "../polling.ts";
import { harmonize } from "./harmonize.ts";
import { rules } from "./statuses.ts";

/**
 * Sendle signs nothing: its page on tracking webhooks (developers.sendle.com) has the receiver put what proves the sender
 * into the address. That is `?token=…` here; the body stays unproved.
 */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const sent = push.query.get("token");
  return sent !== undefined && sameSecret(sent, credential(credentials, "webhook_token"));
}

/** Sendle (Australia, United States, Canada): order tracking (poll) and tracking webhooks, both of developers.sendle.com. */
export const sendle: Carrier = {
  id: "sendle",
  name: "Sendle",
  rules,
  harmonize,
  sourceOf: (body) =>
    /"sendle_reference"\s*:/u.test(new TextDecoder().decode(body.subarray(0, 4000))) ? "webhook" : "poll",
  // an S and at least five letters and digits more; any word might be one
  numbers: [{ pattern: /^S(?=[A-Z]*\d)[A-Z0-9]{5,7}$/u, likelihood: 0.2 }],
  webhook: {
    credentials: z.object({
      webhook_token: z
        .string()
        .min(
          16,
          "The token is the one in the address that Sendle is given: …?token=, at least 16 characters.",
        ),
    }),
    verify,
  },
  poll: {
    credentials: z.object({ sendle_id: z.string().min(1), api_key: z.string().min(1) }),
    numbers_per_call: 1,
    // from one address
    rate: { per_second: 10 },
    min_minutes: 60,
    base_url: "https://api.sendle.com",
    request: (numbers, { base_url, credentials }) => ({
      method: "GET",
      url: `${under(base_url, "api/tracking")}/${oneNumber(numbers)}`,
      headers: {
        accept: "application/json",
        authorization: basicAuth(credential(credentials, "sendle_id"), credential(credentials, "api_key")),
      },
      body: null,
    }),
  },
};
