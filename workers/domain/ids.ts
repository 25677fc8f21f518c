/** Ids: Crockford base 32 in lower case, sortable by time where they are drawn. */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Ids of rows: `shp_`, `prc_`, `sub_`, `dlv_`, `con_`, `doc_`, `acc_`, `fil_`, `msg_`. */
export type IdPrefix =
  | "shp"
  | "prc"
  | "sub"
  | "dlv"
  | "con"
  | "doc"
  | "acc"
  | "fil"
  | "msg"
  | "key"
  | "req"
  | "map";

/** Draws ids; a test may draw its own. */
export type NewId = (prefix: IdPrefix) => string;

/** The first `length` base-32 digits of some bytes, most significant bit first. */
export function base32(bytes: Uint8Array, length: number): string {
  let out = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5 && out.length < length) {
      bits -= 5;
      out += ALPHABET[(buffer >> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
    if (out.length === length) break;
  }
  return out;
}

/** A new id: prefix, 10 digits of milliseconds, 16 random digits (80 bits). `random` needs at least 10 bytes. */
export function newId(prefix: IdPrefix, nowMs: number, random: Uint8Array): string {
  return `${prefix}_${timePart(nowMs)}${base32(random, 16)}`;
}

/** The ten digits by which ids of one millisecond begin: `shp_` + this is the lower bound of all later ids. */
export function timePart(nowMs: number): string {
  return base32Number(Math.max(0, Math.floor(nowMs)), 10);
}

/** A whole number below 2^53 in `length` base-32 digits; higher digits are dropped. */
export function base32Number(value: number, length: number): string {
  let rest = value;
  let out = "";
  for (let digit = 0; digit < length; digit++) {
    out = ALPHABET[rest % 32] + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}

/** The number that base-32 digits stand for; a character that is no digit counts as 0. */
export function numberOfBase32(text: string): number {
  let value = 0;
  for (const digit of text) value = value * 32 + Math.max(0, ALPHABET.indexOf(digit));
  return value;
}
