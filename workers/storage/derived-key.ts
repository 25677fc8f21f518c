/**
 * Keys for signing what we hand out and get back, derived from the Worker's secrets by HKDF with SHA-256 (RFC 5869): one
 * for each purpose, so that what is signed for one is worth nothing for another. Another secret, and all of them are others.
 */
export function createKeyDerivation(secrets: readonly string[]): (purpose: string) => Promise<CryptoKey> {
  const made = new Map<string, Promise<CryptoKey>>();
  const bytes = new TextEncoder().encode(JSON.stringify(secrets));
  const derive = async (purpose: string): Promise<CryptoKey> => {
    const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
    const salt = new TextEncoder().encode("gluey-tracking");
    return crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info: new TextEncoder().encode(purpose) },
      material,
      { name: "HMAC", hash: "SHA-256", length: 256 },
      false,
      ["sign", "verify"],
    );
  };
  return (purpose) => {
    const known = made.get(purpose) ?? derive(purpose);
    made.set(purpose, known);
    return known;
  };
}
