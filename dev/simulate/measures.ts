/** Seconds, counted by the second up to two hours, so that a million of them take no room. */
export class Seconds {
  readonly #counts = new Uint32Array(7201);
  total = 0;
  most = 0;

  /** So many things took so long. */
  add(seconds: number, times: number): void {
    const place = Math.min(7200, Math.max(0, Math.ceil(seconds)));
    this.#counts[place] = (this.#counts[place] ?? 0) + times;
    this.total += times;
    this.most = Math.max(this.most, seconds);
  }

  /** The smallest number of seconds that this part (0 to 1) of all did not exceed. */
  quantile(part: number): number {
    let left = this.total * part;
    for (let second = 0; second <= 7200; second++) {
      left -= this.#counts[second] ?? 0;
      if (left <= 0) return second;
    }
    return 7200;
  }
}
