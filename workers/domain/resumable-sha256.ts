import { z } from "zod";

/**
 * SHA-256 (FIPS 180-4) that can be put down in the middle and taken up elsewhere: its state is plain data. Only for the
 * identity of large files; whatever is at hand whole is hashed by the platform. Written out in one loop, because the
 * library's own takes twenty times as long inside workerd.
 */

export const Sha256State = z.object({
  /** Bytes hashed so far. */
  length: z.number(),
  words: z.array(z.number()).length(8),
  /** The bytes of the block under way. */
  block: z.array(z.number()).max(63),
});
export type Sha256State = z.infer<typeof Sha256State>;

const BLOCK = 64;

/** FIPS 180-4, 4.2.2 and 5.3.3: the first 32 bits of the fractional parts of the cube and square roots of the first primes. */
const primes = Array.from({ length: 310 }, (_, n) => n + 2).filter((n) =>
  Array.from({ length: Math.floor(Math.sqrt(n)) - 1 }, (_, k) => k + 2).every((k) => n % k !== 0),
);
const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32) | 0;
const ROUNDS = Int32Array.from(primes.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

const schedule = new Int32Array(BLOCK);

/** Whole blocks of `bytes` from `at` on, into the eight words. */
function compress(words: Int32Array, bytes: Uint8Array, at: number, blocks: number): void {
  const w = schedule;
  let j = at;
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++, j += 4) {
      w[i] =
        ((bytes[j] ?? 0) << 24) |
        ((bytes[j + 1] ?? 0) << 16) |
        ((bytes[j + 2] ?? 0) << 8) |
        (bytes[j + 3] ?? 0);
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15] ?? 0;
      const y = w[i - 2] ?? 0;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + (w[i] ?? 0)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) words[i] = (words[i] ?? 0) + word;
  }
}

export class ResumableSha256 {
  readonly #words: Int32Array;
  readonly #block = new Uint8Array(BLOCK);
  #length: number;

  constructor(from: Sha256State = { length: 0, words: START, block: [] }) {
    this.#words = Int32Array.from(from.words);
    this.#block.set(from.block);
    this.#length = from.length;
  }

  /** Bytes hashed so far. */
  get length(): number {
    return this.#length;
  }

  update(bytes: Uint8Array): void {
    const open = this.#length % BLOCK;
    this.#length += bytes.length;
    let at = 0;
    if (open > 0) {
      at = Math.min(BLOCK - open, bytes.length);
      this.#block.set(bytes.subarray(0, at), open);
      if (open + at < BLOCK) return;
      compress(this.#words, this.#block, 0, 1);
    }
    const blocks = Math.floor((bytes.length - at) / BLOCK);
    compress(this.#words, bytes, at, blocks);
    this.#block.set(bytes.subarray(at + blocks * BLOCK));
  }

  state(): Sha256State {
    const open = this.#length % BLOCK;
    return { length: this.#length, words: [...this.#words], block: [...this.#block.subarray(0, open)] };
  }

  /** The digest of what was hashed so far; it can go on. */
  hex(): string {
    const { words, block, length } = this.state();
    const end = new Uint8Array(block.length < BLOCK - 8 ? BLOCK : 2 * BLOCK);
    end.set(block);
    end[block.length] = 0x80;
    new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(length) * 8n);
    const digest = Int32Array.from(words);
    compress(digest, end, 0, end.length / BLOCK);
    return [...digest].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
