import { z } from "zod";
import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Credentials, Push, WebhookWay } from "../carrier.ts";
import { basicPair, hasIssuedToken } from "../push-tokens.ts";
import { EVENT_ID, TIMESTAMP } from "./schema.ts";

/**
 * Budbee's business webhooks. What is built on, and where it is from:
 * - `X-Budbee-Signature` is the HMAC-SHA1 of the body under the secret API key; ten tries every thirty minutes, then the
 *   subscription is deleted (developer.budbee.com, as api-evangelist/instabee summarises it);
 * - webhooks V2 come with HTTP Basic or an OAuth2 token of the receiver's own, as set in the merchant portal, and of a signature
 *   their page says nothing (instabee-api-docs, Home Delivery Events; docs.skrym.com, Budbee tracking).
 * - V2's events have their moment and their id in the headers `Timestamp` and `Budbee-Event-ID` (docs.skrym.com).
 * Assumed: the digest is written in hexadecimal or base64, since no page says which. Where nothing is signed, Basic
 * authentication with the same secret for its password counts, or a token that we gave for it: whoever knows it could sign as well.
 */

/** A signature, where there is one, decides alone: a wrong one is not made good by a password. */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const secret = credential(credentials, "webhook_secret");
  const sent = push.headers.get("x-budbee-signature")?.trim();
  if (sent === undefined) {
    const password = basicPair(push.headers.get("authorization") ?? "")?.password;
    return (password !== undefined && sameSecret(password, secret)) || hasIssuedToken(push, secret);
  }
  const hex = sameSecret(sent.toLowerCase(), hmacOf("sha1", secret, [push.body], "hex"));
  const base64 = sameSecret(sent, hmacOf("sha1", secret, [push.body], "base64"));
  return hex || base64;
}

export const webhook: WebhookWay = {
  credentials: z.object({
    webhook_secret: z
      .string()
      .min(16, "The secret is the API key's, or for webhooks V2 a password of at least 16 characters."),
  }),
  tells: [TIMESTAMP, EVENT_ID],
  tokens: { secret: (credentials) => credential(credentials, "webhook_secret") },
  verify,
};
