import { signedContent } from "./sign-webhook.ts";
import { fromBase64, hmacKeyOf, publicKeyOf } from "./webhook-keys.ts";

export interface WebhookToVerify {
  /** As they came; null where a header is missing. */
  id: string | null;
  timestamp: string | null;
  signature: string | null;
  /** The bytes as they came, before anything parses them. */
  body: Uint8Array;
  /** `whsec_…` for `v1`. */
  secrets?: readonly string[];
  /** `whpk_…` for `v1a`. */
  publicKeys?: readonly string[];
  now_s: number;
  /** How far the timestamp may be from now, either way. */
  tolerance_s?: number;
}

export type Verified =
  | { ok: true; by: "v1" | "v1a" }
  | { ok: false; why: "header_missing" | "too_old" | "too_new" | "no_match" };

/** Five minutes, as the specification's libraries have it. */
const TOLERANCE_S = 300;

/** Whether a webhook is what its sender signed, and fresh. Compares in constant time (crypto.subtle.verify). */
export async function verifyWebhook(webhook: WebhookToVerify): Promise<Verified> {
  const { id, timestamp, signature } = webhook;
  if (!id || !timestamp || !signature || !/^\d{1,12}$/.test(timestamp))
    return { ok: false, why: "header_missing" };
  const age = webhook.now_s - Number(timestamp);
  const tolerance = webhook.tolerance_s ?? TOLERANCE_S;
  if (age > tolerance) return { ok: false, why: "too_old" };
  if (age < -tolerance) return { ok: false, why: "too_new" };
  const content = signedContent(id, timestamp, webhook.body);
  for (const entry of signature.split(" ")) {
    const [version, text = ""] = entry.split(",", 2);
    const bytes = readBase64(text);
    if (bytes === null) continue;
    if (version === "v1" && (await someHmac(webhook.secrets ?? [], bytes, content)))
      return { ok: true, by: "v1" };
    if (version === "v1a" && (await someKey(webhook.publicKeys ?? [], bytes, content)))
      return { ok: true, by: "v1a" };
  }
  return { ok: false, why: "no_match" };
}

function readBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

async function someHmac(
  secrets: readonly string[],
  mac: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const secret of secrets)
    if (await crypto.subtle.verify("HMAC", await hmacKeyOf(secret), mac, content)) return true;
  return false;
}

async function someKey(
  keys: readonly string[],
  signature: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  for (const key of keys)
    if (await crypto.subtle.verify({ name: "Ed25519" }, await publicKeyOf(key), signature, content))
      return true;
  return false;
}
