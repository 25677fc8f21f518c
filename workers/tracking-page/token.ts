import { ACCOUNT_NUMBER, type Tenant, tenantOf } from "../domain/tenant.ts";

/**
 * The links to tracking pages. A token is no row: it is the shipment's id and its tenant, sealed, so that the page finds
 * the shard by itself and nobody can make one up. Sealing is deterministic (a synthetic IV, as RFC 5297 has it, with
 * HMAC-SHA-256 in the place of S2V): a shipment has one link however often it is read. The IV is a MAC of 128 bits.
 */

export interface TrackedBy {
  tenant: Tenant;
  shipment_id: string;
}

export interface TrackingLinks {
  /** The token of a shipment: 43 to 107 letters of base64url. */
  issue(of: TrackedBy): Promise<string>;
  /** What a token was issued for; null where we did not issue it, or its series has ended. */
  open(token: string): Promise<TrackedBy | null>;
}

type SubtleKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
interface SealingKeys {
  mac: SubtleKey;
  cipher: SubtleKey;
}

const TAG_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{40,120}$/u;
const SHIPMENT_ID = /^shp_[0-9a-hjkmnp-tv-z]{26}$/u;
const SEALED = /^([lt])([0-9a-hjkmnp-tv-z]{26})(.+)$/su;

/**
 * `keysJson`: CREDENTIALS_KEYS, {key id: base64 of 32 bytes}; the last one issues, each opens what it issued. `series`
 * is part of what the keys are derived from (HKDF, RFC 5869): another word ends every link that was given out.
 */
export function createTrackingLinks(keysJson: string, series: string): TrackingLinks {
  const secrets: unknown[] = Object.values(JSON.parse(keysJson));
  let derived: Promise<SealingKeys[]> | null = null;
  const keys = () => {
    derived ??= Promise.all(secrets.map((secret) => deriveKeys(String(secret), series)));
    return derived;
  };
  return {
    async issue(of) {
      const newest = (await keys()).at(-1);
      if (newest === undefined) throw new Error("CREDENTIALS_KEYS holds no key.");
      const clear = Uint8Array.from(new TextEncoder().encode(written(of)));
      const tag = await tagOf(newest, clear);
      const sealed = await crypto.subtle.encrypt(counterFrom(tag), newest.cipher, clear);
      return base64url(new Uint8Array([...tag, ...new Uint8Array(sealed)]));
    },
    async open(token) {
      const bytes = TOKEN.test(token) ? bytesOf(token) : null;
      if (bytes === null || bytes.length <= TAG_BYTES) return null;
      const tag = bytes.slice(0, TAG_BYTES);
      for (const key of (await keys()).toReversed()) {
        const clear = await crypto.subtle.decrypt(counterFrom(tag), key.cipher, bytes.slice(TAG_BYTES));
        if (same(tag, await tagOf(key, new Uint8Array(clear)))) return read(new TextDecoder().decode(clear));
      }
      return null;
    },
  };
}

async function deriveKeys(secret: string, series: string): Promise<SealingKeys> {
  const raw = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
  const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  const hkdf = (use: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(`gluey tracking page, ${use}, series ${series}`),
  });
  const [mac, cipher] = await Promise.all([
    crypto.subtle.deriveKey(hkdf("mac"), base, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
      "sign",
    ]),
    crypto.subtle.deriveKey(hkdf("cipher"), base, { name: "AES-CTR", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]),
  ]);
  return { mac, cipher };
}

async function tagOf({ mac }: SealingKeys, clear: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", mac, clear)).slice(0, TAG_BYTES);
}

function counterFrom(tag: Uint8Array<ArrayBuffer>) {
  return { name: "AES-CTR", counter: tag, length: 64 };
}

/** `t` or `l` for the side, the 26 digits of the shipment's id, the account's number: as short as a link should be. */
function written({ tenant, shipment_id }: TrackedBy): string {
  if (!SHIPMENT_ID.test(shipment_id)) throw new Error(`"${shipment_id}" is no shipment's id.`);
  return `${tenant.mode === "test" ? "t" : "l"}${shipment_id.slice(4)}${tenant.account_number}`;
}

function read(clear: string): TrackedBy | null {
  const [, side, id, account_number = ""] = SEALED.exec(clear) ?? [];
  if (side === undefined || !ACCOUNT_NUMBER.test(account_number)) return null;
  return { tenant: tenantOf(account_number, side === "t" ? "test" : "live"), shipment_id: `shp_${id}` };
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}

/** Null where the text is not exactly what `base64url` writes: the spare bits of a last letter make no second link. */
function bytesOf(token: string): Uint8Array<ArrayBuffer> | null {
  if (token.length % 4 === 1) return null;
  const text = atob(token.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return base64url(bytes) === token ? bytes : null;
}

/** In constant time: how much of a guess was right does not show. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  let differs = a.length ^ b.length;
  a.forEach((byte, at) => {
    differs |= byte ^ (b[at] ?? 0);
  });
  return differs === 0;
}
