import type { TestClock } from "./clock.ts";

/** A queue with its consumers, as the platform runs them: so many at once, each with a batch of two messages. */

const BATCH = 2;
const RETRY_MS = 10_000;

export class Lane<T> {
  readonly #clock: TestClock;
  readonly #work: (message: T) => Promise<void>;
  #free: number;
  readonly #ready: T[] = [];
  #taken = 0;
  #begun = 0;
  /** Lost in the middle of their work, as when a consumer's machine dies: nobody hears of them again. */
  lost = 0;
  sent = 0;
  /** The longest that a message that could be worked on waited for a consumer, ms. */
  #since: number[] = [];
  longest_wait_ms = 0;
  readonly #loses: (nth: number) => boolean;

  constructor(
    clock: TestClock,
    consumers: number,
    work: (message: T) => Promise<void>,
    loses: (nth: number) => boolean = () => false,
  ) {
    this.#clock = clock;
    this.#free = consumers;
    this.#work = work;
    this.#loses = loses;
  }

  /** The lane as a producer's binding. `read` makes a message of what is sent. */
  queue(read: (body: unknown) => T): Queue {
    const sent = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    return {
      send: async (body, options) => {
        this.put(read(body), options?.delaySeconds ?? 0);
        return sent;
      },
      sendBatch: async (messages) => {
        for (const { body, delaySeconds } of messages) this.put(read(body), delaySeconds ?? 0);
        return sent;
      },
      metrics: async () => ({ backlogCount: this.#ready.length - this.#taken, backlogBytes: 0 }),
    };
  }

  put(message: T, delay_s: number): void {
    this.sent += 1;
    this.#clock.at(this.#clock.now() + delay_s * 1000, () => {
      this.#ready.push(message);
      this.#since.push(this.#clock.now());
      this.#consume();
    });
  }

  #consume(): void {
    while (this.#free > 0 && this.#taken < this.#ready.length) {
      const batch = this.#ready.slice(this.#taken, this.#taken + BATCH);
      const waited = this.#clock.now() - (this.#since[this.#taken] ?? this.#clock.now());
      this.longest_wait_ms = Math.max(this.longest_wait_ms, waited);
      this.#taken += batch.length;
      if (this.#taken > 10_000) {
        this.#ready.splice(0, this.#taken);
        this.#since.splice(0, this.#taken);
        this.#taken = 0;
      }
      this.#free -= 1;
      void Promise.all(batch.map((message) => this.#one(message))).then(() => {
        this.#free += 1;
        this.#consume();
      });
    }
  }

  async #one(message: T): Promise<void> {
    this.#begun += 1;
    if (this.#loses(this.#begun)) {
      this.lost += 1;
      return;
    }
    try {
      await this.#work(message);
    } catch (error) {
      this.failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.put(message, RETRY_MS / 1000);
    }
  }

  /** What the last message that threw said. */
  failed: string | null = null;
}
