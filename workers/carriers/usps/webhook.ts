import { z } from "zod";
import { credential, hmacOf, sameSecret } from "../authentic.ts";
import type { Credentials, Push, WebhookWay } from "../carrier.ts";
import { envelopeOf } from "./schema.ts";

/**
 * USPS Subscriptions - Tracking v3.2 (a subscription by mailer id or number, with a listener address and a secret). The
 * carrier's own pages stand behind a login; what is built on is a public description of them (hookdeck/webhook-skills,
 * usps-webhooks):
 * - the body is an envelope: subscriptionId, subscriptionType, timestamp, links, and the news in `payload`, JSON as text;
 * - `X-HMAC`, formerly `hmac-header`, is the base64 HMAC-SHA256 of timestamp and payload, one after the other, both as they
 *   stand in the envelope, under the subscription's secret of 32 characters;
 * - `payload` is what the Tracking API answers, or of another subscription type a single scan whose fields no public page names.
 * Assumed: the text is signed in UTF-8. Deliveries are not repeated as far as known, so an old one is not refused for its age.
 */

/**
 * The signature covers two fields and not the body. The rest of the envelope is therefore never read, and the two are told
 * apart in one way only: a timestamp has no brace, a payload begins with one, so none can be moved into the other.
 */
async function verify(push: Push, credentials: Credentials): Promise<boolean> {
  const sent = push.headers.get("x-hmac") ?? push.headers.get("hmac-header");
  const secret = credential(credentials, "webhook_secret");
  const envelope = envelopeOf(push.body);
  if (sent === undefined || envelope === null) return false;
  const signed = new TextEncoder().encode(`${envelope.timestamp}${envelope.payload}`);
  return sameSecret(sent.trim(), hmacOf("sha256", secret, [signed], "base64"));
}

export const webhook: WebhookWay = {
  credentials: z.object({
    webhook_secret: z.string().min(32, "The secret of a USPS subscription has 32 characters."),
  }),
  verify,
};
