import type { ShipmentEvent } from "./types.ts";

/**
 * Is this webhook really Gluey's, and what does it say? Standard Webhooks (standardwebhooks.com, specification 1.0):
 * `v1` is HMAC-SHA256 under the subscription's secret, `v1a` is Ed25519 under Gluey's public key.
 */
export interface WebhookCall {
  /** The body as it came, byte for byte: verify before anything parses it. */
  body: string | Uint8Array;
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>;
  /** `whsec_…`, one or several: while a secret rotates both are valid. */
  secrets?: string | readonly string[];
  /** `whpk_…` or bare base64 of 32 bytes, from `/.well-known/webhook-keys.json`. */
  public_keys?: readonly string[];
  /** How far the message's time may be from ours, in seconds: what is older may be a recorded call sent again. */
  tolerance_s?: number;
  /** Epoch milliseconds; the machine's clock where absent. */
  now?: number;
}

export type VerifiedWebhook =
  | {
      ok: true;
      /** The same at every try of this message: tell repeated messages by it, and repeated events by their own id. */
      id: string;
      /** When it was signed, epoch milliseconds. */
      signed_at: number;
      events: ShipmentEvent[];
    }
  | { ok: false; reason: "headers" | "too_old" | "too_new" | "signature" | "body"; detail: string };

const DEFAULT_TOLERANCE_S = 300;
/** A sender has a handful of secrets; a header with more signatures is an attempt to keep us busy. */
const MAX_SIGNATURES = 20;

/** Verifies and reads one call. Answer 2xx only after `ok`, and 401 otherwise. Throws only where no key is given or a key can't be read. */
export async function verifyWebhook(call: WebhookCall): Promise<VerifiedWebhook> {
  const secrets = typeof call.secrets === "string" ? [call.secrets] : (call.secrets ?? []);
  const publicKeys = call.public_keys ?? [];
  if (secrets.length + publicKeys.length === 0) {
    throw new Error("Give the subscription's secret, or Gluey's public keys, to verify webhooks with.");
  }
  const id = headerOf(call.headers, "webhook-id");
  const timestamp = headerOf(call.headers, "webhook-timestamp");
  const signatures = headerOf(call.headers, "webhook-signature");
  if (id === null || timestamp === null || signatures === null || !/^\d{1,12}$/u.test(timestamp)) {
    return refuse(
      "headers",
      "webhook-id, webhook-timestamp (Unix seconds) and webhook-signature must be there.",
    );
  }
  const ageS = (call.now ?? Date.now()) / 1000 - Number(timestamp);
  const toleranceS = call.tolerance_s ?? DEFAULT_TOLERANCE_S;
  if (ageS > toleranceS) return refuse("too_old", `The message was signed ${Math.round(ageS)} s ago.`);
  if (ageS < -toleranceS) return refuse("too_new", `The message's time is ${Math.round(-ageS)} s ahead.`);

  const body = typeof call.body === "string" ? new TextEncoder().encode(call.body) : call.body;
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  if (!(await anySignatureFits(signatures, signed, secrets, publicKeys))) {
    return refuse(
      "signature",
      "No signature fits this body. Is the secret the subscription's, and the body unchanged?",
    );
  }
  const events = readEvents(body);
  if (events === null) return refuse("body", "The body is signed but no JSON array.");
  return { ok: true, id, signed_at: Number(timestamp) * 1000, events };
}

function refuse(reason: Exclude<VerifiedWebhook, { ok: true }>["reason"], detail: string): VerifiedWebhook {
  return { ok: false, reason, detail };
}

function headerOf(headers: WebhookCall["headers"], name: string): string | null {
  if (headers instanceof Headers) return headers.get(name);
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name) return Array.isArray(value) ? (value[0] ?? null) : (value ?? null);
  }
  return null;
}

/** `crypto.subtle.verify` compares in constant time, for both schemes. */
async function anySignatureFits(
  header: string,
  signed: Uint8Array<ArrayBuffer>,
  secrets: readonly string[],
  publicKeys: readonly string[],
): Promise<boolean> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const secretKeys = await Promise.all(
    secrets.map((secret) =>
      crypto.subtle.importKey("raw", keyBytes(secret, "whsec_"), hmac, false, ["verify"]),
    ),
  );
  const ed25519Keys = await Promise.all(
    publicKeys.map((key) =>
      crypto.subtle.importKey("raw", keyBytes(key, "whpk_"), { name: "Ed25519" }, false, ["verify"]),
    ),
  );
  for (const one of header.split(" ").slice(0, MAX_SIGNATURES)) {
    const [version, encoded = ""] = one.split(",");
    const signature = bytesOf(encoded);
    if (signature === null) continue;
    const [algorithm, keys] =
      version === "v1" ? ["HMAC", secretKeys] : version === "v1a" ? ["Ed25519", ed25519Keys] : ["", []];
    for (const key of keys) {
      if (await crypto.subtle.verify(algorithm, key, signature, signed)) return true;
    }
  }
  return false;
}

function keyBytes(key: string, prefix: string): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf(key.startsWith(prefix) ? key.slice(prefix.length) : key);
  if (bytes === null || bytes.length === 0)
    throw new Error(`A key is "${prefix}" and base64; this one is not.`);
  return bytes;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

function readEvents(body: Uint8Array): ShipmentEvent[] | null {
  try {
    const parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
