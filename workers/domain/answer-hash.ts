/**
 * A fingerprint of a carrier's answer, to see whether it is what it was: 128 bits as hex, mixed like MurmurHash3 (x86,
 * 128 bits) from the UTF-16 units. Not against forgery: a carrier that wants to hide news need only not tell them. SHA-256
 * is many times slower here, once for every check there is.
 */
export function answerHash(text: string): string {
  let a = text.length | 0;
  let b = ~a;
  let c = Math.imul(a, 0x9e3779b1);
  let d = 0x85ebca6b ^ a;
  for (let at = 0; at < text.length; at += 2) {
    const two = text.charCodeAt(at) | ((at + 1 < text.length ? text.charCodeAt(at + 1) : 0) << 16);
    const k = Math.imul(two, 0x239b961b);
    const j = Math.imul(two, 0xab0e9789);
    a = Math.imul(rotate(a ^ Math.imul(rotate(k, 15), 0xab0e9789), 19) + b, 5) + 0x561ccd1b;
    b = Math.imul(rotate(b ^ Math.imul(rotate(j, 16), 0x38b34ae5), 17) + c, 5) + 0x0bcaa747;
    c = Math.imul(rotate(c ^ Math.imul(rotate(k, 17), 0xa1e38b93), 15) + d, 5) + 0x96cd1c35;
    d = Math.imul(rotate(d ^ Math.imul(rotate(j, 18), 0x239b961b), 13) + a, 5) + 0x32ac3b17;
  }
  return [a + b + c + d, b + (a ^ d), c + (a ^ b), d + (b ^ c)].map((lane) => hex(finished(lane))).join("");
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function finished(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}
