import { type CryptographicKey, hmacKeyOf, toBase64 } from "./webhook-keys.ts";

/** The headers that sign one attempt, Standard Webhooks. */
export interface WebhookSignature {
  "webhook-id": string;
  /** Seconds since 1970. */
  "webhook-timestamp": string;
  /** `v1,…` for each secret that is valid, then `v1a,…`, parted by blanks. */
  "webhook-signature": string;
}

export interface WebhookToSign {
  id: string;
  timestamp_s: number;
  body: Uint8Array;
  /** `whsec_…`; the newest first. Two while a secret rotates. */
  secrets: readonly string[];
  /** Ed25519; null where the installation has none. */
  signingKey: CryptographicKey | null;
}

/** What is signed: id, timestamp and the body's bytes, joined by full stops. */
export function signedContent(id: string, timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const content = new Uint8Array(head.byteLength + body.byteLength);
  content.set(head);
  content.set(body, head.byteLength);
  return content;
}

export async function signWebhook(webhook: WebhookToSign): Promise<WebhookSignature> {
  const timestamp = String(Math.floor(webhook.timestamp_s));
  const content = signedContent(webhook.id, timestamp, webhook.body);
  const signatures: string[] = [];
  for (const secret of webhook.secrets) {
    const mac = await crypto.subtle.sign("HMAC", await hmacKeyOf(secret), content);
    signatures.push(`v1,${toBase64(new Uint8Array(mac))}`);
  }
  if (webhook.signingKey !== null) {
    const signature = await crypto.subtle.sign({ name: "Ed25519" }, webhook.signingKey, content);
    signatures.push(`v1a,${toBase64(new Uint8Array(signature))}`);
  }
  return {
    "webhook-id": webhook.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
}
