/**
 * A fingerprint of a carrier's answer, to see whether it is what it was: 64 bits as hex, from the UTF-16 units, two at a
 * time, in two lanes of multiply and rotate with MurmurHash3's last steps. It is compared with one other only, the answer
 * before, and not against forgery: a carrier that wants to hide news need only not tell them. SHA-256 takes many times as
 * long here, and this is done for every check there is.
 */
export function answerHash(text: string): string {
  let a = text.length | 0;
  let b = ~a;
  for (let at = 0; at < text.length; at += 2) {
    const two = text.charCodeAt(at) | ((at + 1 < text.length ? text.charCodeAt(at + 1) : 0) << 16);
    const mixedA = Math.imul(a ^ two, 0x9e3779b1);
    const mixedB = Math.imul(b ^ two, 0x85ebca77);
    a = (mixedA << 13) | (mixedA >>> 19);
    b = (mixedB << 17) | (mixedB >>> 15);
  }
  return hex(finished(a ^ Math.imul(b, 0x27d4eb2f))) + hex(finished(b ^ Math.imul(a, 0x165667b1)));
}

function finished(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}
