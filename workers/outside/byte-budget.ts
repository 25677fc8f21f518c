/** Memory that large bodies share in one isolate: whoever finds too little left waits its turn. */

/** What the bodies of large pushes share; each is there twice for the moment of its storing. */
export const BODIES_BYTES = 16 * 1024 * 1024;
/** Smaller bodies wait for nobody. */
const FREE_BYTES = 64 * 1024;
/** A request that was cancelled gives nothing back: its share is free after so long. */
const LOST_AFTER_MS = 60_000;

interface Share {
  bytes: number;
  /** Epoch milliseconds; 0 while it waits. */
  until: number;
  enter: () => void;
}

export class ByteBudget {
  readonly #most: number;
  readonly #now: () => number;
  readonly #held = new Set<Share>();
  readonly #waiting: Share[] = [];

  constructor(most: number, now: () => number = Date.now) {
    this.#most = most;
    this.#now = now;
  }

  /** Resolves once there is room for so many bytes, in the order of the calls; the function gives them back. */
  async reserve(bytes: number): Promise<() => void> {
    if (bytes <= FREE_BYTES) return () => {};
    const { promise, resolve } = Promise.withResolvers<void>();
    const share: Share = { bytes: Math.min(bytes, this.#most), until: 0, enter: resolve };
    this.#waiting.push(share);
    this.#admit();
    await promise;
    return () => {
      this.#held.delete(share);
      this.#admit();
    };
  }

  #admit(): void {
    const now = this.#now();
    for (const share of this.#held) if (share.until < now) this.#held.delete(share);
    let used = 0;
    for (const { bytes } of this.#held) used += bytes;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      used += next.bytes;
      if (used > this.#most) return;
      this.#waiting.shift();
      next.until = now + LOST_AFTER_MS;
      this.#held.add(next);
      next.enter();
    }
  }
}
