/** Numbers that a seed repeats: nothing of a campaign's plan is drawn any other way. */
export class Random {
  #state: number;

  /** The same words, the same numbers. */
  constructor(...words: readonly (string | number)[]) {
    this.#state = hashOf(words.join("\u0000"));
  }

  /** 0 to 1, without 1. */
  next(): number {
    // Mulberry32: small, and good enough to scatter a plan.
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error("Nothing can be picked from an empty list.");
    return found;
  }
}

/** FNV-1a over the words' UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
