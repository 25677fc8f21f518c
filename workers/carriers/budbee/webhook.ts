import { z } from "zod";
import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Credentials, Push, WebhookWay } from "../carrier.ts";

/**
 * Budbee's business webhooks. What is built on, and where it is from:
 * - `X-Budbee-Signature` is the HMAC-SHA1 of the body under the secret API key; ten tries every thirty minutes, then the
 *   subscription is deleted (developer.budbee.com, as api-evangelist/instabee summarises it);
 * - webhooks V2 come with HTTP Basic or an OAuth2 token of the receiver's own, as set in the merchant portal, and of a signature
 *   their page says nothing (instabee-api-docs, Home Delivery Events; docs.skrym.com, Budbee tracking).
 * Assumed: the digest is written in hexadecimal or base64, since no page says which. Where nothing is signed, Basic
 * authentication with the same secret for its password counts: whoever knows it could sign as well. OAuth2 is not offered.
 */

/** The password of `Authorization: Basic …` (RFC 7617); null where there is none. */
function basicPassword(header: string | undefined): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/]{1,2000}={0,2})$/iu.exec(header?.trim() ?? "")?.[1];
  if (encoded === undefined) return null;
  try {
    const pair = new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
    return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : null;
  } catch {
    return null; // no base64
  }
}

/** A signature, where there is one, decides alone: a wrong one is not made good by a password. */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const secret = credential(credentials, "webhook_secret");
  const sent = push.headers.get("x-budbee-signature")?.trim();
  if (sent === undefined) {
    const password = basicPassword(push.headers.get("authorization"));
    return password !== null && sameSecret(password, secret);
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
  verify,
};
