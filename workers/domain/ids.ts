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

/** The ten digits by which ids of one millisecond begin: `doc_` + this is the lower bound of all later ids. */
export function timePart(nowMs: number): string {
  let rest = Math.max(0, Math.floor(nowMs));
  let out = "";
  for (let digit = 0; digit < 10; digit++) {
    out = ALPHABET[rest % 32] + out;
    rest = Math.floor(rest / 32);
  }
  return out;
}
