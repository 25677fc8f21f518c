import { z } from "zod";

/** Seals credentials: AES-GCM, 96-bit nonce before the ciphertext, the row's id as additional data. */
export interface Sealed {
  bytes: Uint8Array;
  key_id: string;
}

export interface Vault {
  seal(rowId: string, value: unknown): Promise<Sealed>;
  /** Throws when the row, the key or the bytes are not those that were sealed. */
  open<T>(rowId: string, sealed: Sealed, shape: z.ZodType<T>): Promise<T>;
}

const Keys = z.record(z.string().min(1), z.string().min(1));

function importKey(base64: string): Promise<CryptoKey> {
  const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  if (raw.length !== 32) throw new Error("A key of CREDENTIALS_KEYS must be 32 bytes in base64.");
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** `keysJson`: {key id: base64 of 32 bytes}. The last key seals; each opens what it sealed, so keys can be rotated. */
export function createVault(keysJson: string): Vault {
  const keys = new Map(Object.entries(Keys.parse(JSON.parse(keysJson))));
  const newest = [...keys.keys()].at(-1);
  if (newest === undefined) throw new Error("CREDENTIALS_KEYS holds no key.");
  const imported = new Map<string, CryptoKey>();
  const keyOf = async (id: string): Promise<CryptoKey> => {
    const base64 = keys.get(id);
    if (base64 === undefined)
      throw new Error(`Key "${id}" is not in CREDENTIALS_KEYS: put it back, or enter the credentials again.`);
    const known = imported.get(id) ?? (await importKey(base64));
    imported.set(id, known);
    return known;
  };
  const bound = (rowId: string) => new TextEncoder().encode(rowId);
  return {
    async seal(rowId, value) {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const clear = new TextEncoder().encode(JSON.stringify(value));
      const cipher = await crypto.subtle.encrypt(
        { name: "AES-GCM", iv: nonce, additionalData: bound(rowId) },
        await keyOf(newest),
        clear,
      );
      const bytes = new Uint8Array(12 + cipher.byteLength);
      bytes.set(nonce);
      bytes.set(new Uint8Array(cipher), 12);
      return { bytes, key_id: newest };
    },
    async open(rowId, { bytes, key_id }, shape) {
      const clear = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: bound(rowId) },
        await keyOf(key_id),
        bytes.slice(12),
      );
      return shape.parse(JSON.parse(new TextDecoder().decode(clear)));
    },
  };
}
