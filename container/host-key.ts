import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/**
 * Kinds of host key. A server may have one of each, and which one it shows is decided by what the client
 * offers; the pinned one may be any of them.
 */
const KEY_FAMILIES: readonly (readonly ServerHostKeyAlgorithm[])[] = [
  ["ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
  // SHA-1 signatures last: some old servers know nothing else.
  ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
];

/** Every algorithm, best first, but those of the families of keys already `seen`. */
export function hostKeyAlgorithms(seen: readonly SeenHostKey[]): ServerHostKeyAlgorithm[] {
  return KEY_FAMILIES.filter(
    (family) => !seen.some(({ type }) => family.some((algorithm) => algorithm === type)),
  ).flat();
}

export interface SeenHostKey {
  /** As in an authorized_keys line: `ssh-ed25519`, `ssh-rsa` … */
  type: string;
  /** As OpenSSH prints it: `SHA256:` and base64 without padding. */
  fingerprint: string;
}

/** What a raw host key (the blob of RFC 4253, section 6.6) is. */
export function describeHostKey(blob: Buffer): SeenHostKey {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return {
    type: blob.subarray(4, 4 + length).toString("latin1"),
    fingerprint: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

/**
 * A fingerprint in OpenSSH's spelling, from one with or without `SHA256:` and padding;
 * null when it is no SHA-256 in base64 (43 characters).
 */
export function normalizedFingerprint(given: string): string | null {
  const bare = given
    .trim()
    .replace(/^SHA256:/i, "")
    .replace(/=+$/, "");
  return /^[A-Za-z0-9+/]{43}$/.test(bare) ? `SHA256:${bare}` : null;
}
