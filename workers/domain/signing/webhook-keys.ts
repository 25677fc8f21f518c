/** Keys of the Standard Webhooks specification (standardwebhooks.com): symmetric `whsec_`, asymmetric Ed25519. */

const SECRET_PREFIX = "whsec_";
const PUBLIC_PREFIX = "whpk_";
const SECRET_BYTES = 32;
/** The specification's lower bound for a secret. */
const SHORTEST_SECRET_BYTES = 24;

/** A key as WebCrypto hands it out: the type's name differs between runtimes. */
export type CryptographicKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** A new secret, `whsec_` and base64 of 32 bytes. `random` gives them: crypto.getRandomValues. */
export function newWebhookSecret(random: Uint8Array): string {
  if (random.byteLength < SECRET_BYTES) throw new Error("A webhook secret is drawn from 32 random bytes.");
  return `${SECRET_PREFIX}${toBase64(random.subarray(0, SECRET_BYTES))}`;
}

/** The HMAC key of a secret. Throws where it is none, and never with the secret in the message. */
export function hmacKeyOf(secret: string): Promise<CryptographicKey> {
  if (!secret.startsWith(SECRET_PREFIX)) throw new Error("A webhook secret begins with whsec_.");
  const raw = fromBase64(secret.slice(SECRET_PREFIX.length));
  if (raw.byteLength < SHORTEST_SECRET_BYTES) throw new Error("A webhook secret has at least 24 bytes.");
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

/** The private key of `SIGNING_KEY`: base64 of PKCS#8 (RFC 8410). Extractable, because the public half is told. */
export function signingKeyOf(pkcs8Base64: string): Promise<CryptographicKey> {
  return crypto.subtle.importKey("pkcs8", fromBase64(pkcs8Base64), { name: "Ed25519" }, true, ["sign"]);
}

/** One key of `/.well-known/webhook-keys.json`: a JSON Web Key (RFC 8037), and the same as Standard Webhooks writes it. */
export interface PublicWebhookKey {
  kid: string;
  kty: "OKP";
  crv: "Ed25519";
  /** Base64url of the 32 bytes. */
  x: string;
  alg: "EdDSA";
  use: "sig";
  whpk: string;
}

/** What `/.well-known/webhook-keys.json` answers: no key where none is set, then only `v1` signs. */
export async function publicWebhookKeys(pkcs8Base64: string | null): Promise<{ keys: PublicWebhookKey[] }> {
  if (pkcs8Base64 === null) return { keys: [] };
  const jwk = await crypto.subtle.exportKey("jwk", await signingKeyOf(pkcs8Base64));
  if (!("x" in jwk) || typeof jwk.x !== "string") throw new Error("SIGNING_KEY is no Ed25519 key in PKCS#8.");
  const raw = fromBase64(jwk.x.replaceAll("-", "+").replaceAll("_", "/"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  const kid = Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const whpk = `${PUBLIC_PREFIX}${toBase64(raw)}`;
  return { keys: [{ kid, kty: "OKP", crv: "Ed25519", x: jwk.x, alg: "EdDSA", use: "sig", whpk }] };
}

/** The public key of a `whpk_…`. */
export function publicKeyOf(whpk: string): Promise<CryptographicKey> {
  if (!whpk.startsWith(PUBLIC_PREFIX)) throw new Error("A public webhook key begins with whpk_.");
  const raw = fromBase64(whpk.slice(PUBLIC_PREFIX.length));
  return crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
}
