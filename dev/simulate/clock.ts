/** A clock that jumps from one thing that happens to the next: a day of waiting takes no time. */
export class TestClock {
  #now: number;
  #order = 0;
  #busy = 0;
  readonly #heap: { at: number; order: number; run: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Does something at a moment; one that is past is done next. */
  at(when: number, run: () => void): void {
    const timer = { at: Math.max(when, this.#now), order: this.#order++, run };
    const heap = this.#heap;
    let place = heap.push(timer) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(timer, parent)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = timer;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#now + ms, resolve));
  }

  /** Work outside this process (a database behind a socket): the clock stands until it is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
    }
  }

  /** Lets everything happen up to a moment, each thing with all that follows from it before the next. */
  async run(until: number): Promise<void> {
    for (;;) {
      do await new Promise((resume) => setImmediate(resume));
      while (this.#busy > 0);
      const [next] = this.#heap;
      if (next === undefined || next.at > until) break;
      this.#now = next.at;
      for (let due = this.#heap[0]; due !== undefined && due.at <= this.#now; due = this.#heap[0]) {
        this.#removeFirst();
        due.run();
      }
    }
    this.#now = until;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      const rightFirst = left !== undefined && right !== undefined && isBefore(right, left);
      const child = rightFirst ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      heap[place] = child;
      place = 2 * place + (rightFirst ? 2 : 1);
    }
    heap[place] = last;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
