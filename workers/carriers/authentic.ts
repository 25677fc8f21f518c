import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Credentials } from "./carrier.ts";

/** Is this push really theirs? The few schemes carriers use, each compared in constant time. */

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Whether two secrets are the same, in a time that tells neither where they differ nor how long they are: their hashes are compared, all bytes of them. */
export function sameSecret(one: string, other: string): boolean {
  const a = sha256(utf8(one));
  const b = sha256(utf8(other));
  let difference = 0;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** HMAC over raw bytes in hexadecimal or base64. SHA-1 only for carriers that know no better. */
export function hmacOf(
  algorithm: "sha256" | "sha1",
  secret: string,
  parts: readonly Uint8Array[],
  encoding: "hex" | "base64",
): string {
  const mac = hmac.create(algorithm === "sha256" ? sha256 : sha1, utf8(secret));
  for (const part of parts) mac.update(part);
  const digest = mac.digest();
  return encoding === "hex" ? bytesToHex(digest) : btoa(String.fromCharCode(...digest));
}

/** `Authorization: Basic …` of a user and password, as RFC 7617 wants it in UTF-8. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${btoa(String.fromCharCode(...utf8(`${user}:${password}`)))}`;
}

/** A field that the connection's credentials must have; its schema has seen to that before. */
export function credential(credentials: Credentials, name: string): string {
  const value = credentials[name];
  if (value === undefined || value === "") throw new Error(`The connection's credentials lack ${name}.`);
  return value;
}
