import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/**
 * Standard Webhooks as a receiver checks it, written from the specification with node:crypto. Answers `ok`, or what is wrong.
 */
export interface Keys {
  /** `whsec_…`; any of them may have signed. */
  secrets: readonly string[];
  /** How many `v1` a request must carry at least: one for each secret that is valid. */
  wanted: number;
  /** Base64url of the Ed25519 public keys; empty where none signs. */
  public_keys: readonly string[];
}

const TOLERANCE_S = 300;
const ID = /^[A-Za-z0-9_-]+$/u;

export function checkSignature(headers: IncomingHttpHeaders, body: Buffer, keys: Keys, now: number): string {
  const id = one(headers["webhook-id"]);
  const timestamp = one(headers["webhook-timestamp"]);
  const signatures = one(headers["webhook-signature"]).split(" ");
  if (!ID.test(id)) return "webhook-id is missing or holds other characters";
  if (!/^\d+$/u.test(timestamp)) return "webhook-timestamp is no number";
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE_S) return "webhook-timestamp is not fresh";
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const macs = signatures.filter((each) => each.startsWith("v1,")).map((each) => decode(each.slice(3)));
  const ours = keys.secrets.map((secret) => hmac(secret, content));
  const good = ours.filter((mac) => macs.some((other) => same(mac, other)));
  if (good.length < keys.wanted) return `v1: ${good.length} of ${keys.wanted} signatures are right`;
  const asymmetric = signatures
    .filter((each) => each.startsWith("v1a,"))
    .map((each) => decode(each.slice(4)));
  for (const key of keys.public_keys) {
    if (!asymmetric.some((signature) => verify(null, content, publicKey(key), signature)))
      return "v1a: no signature is right";
  }
  return "ok";
}

function one(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}

function decode(text: string): Buffer {
  return Buffer.from(text, "base64");
}

function hmac(secret: string, content: Buffer): Buffer {
  return createHmac("sha256", decode(secret.replace(/^whsec_/u, "")))
    .update(content)
    .digest();
}

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function publicKey(x: string) {
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}
