import { z } from "zod";
import { log } from "../flow/log.ts";
import type { Line } from "./line.ts";
import type { Outbox } from "./outbox.ts";

const Kept = z.object({ highest: z.number(), last: z.number() });
const SAVED_EVERY_MS = 60_000;
/** Less is no jump but a correction. */
const JUMP_MS = 5000;

/** The clock as the object knows it (delivery contract C16): signatures never go back in time, and due times move with a clock that was set back. */
export class Clock {
  private readonly outbox: Outbox;
  private highest: number;
  private last: number;
  private saved: number;

  constructor(outbox: Outbox) {
    this.outbox = outbox;
    const kept = Kept.safeParse(JSON.parse(outbox.fact("clock") ?? "null"));
    this.highest = kept.success ? kept.data.highest : 0;
    this.last = kept.success ? kept.data.last : 0;
    this.saved = this.last;
  }

  /** Seconds for `webhook-timestamp`. */
  timestamp(now: number): number {
    this.highest = Math.max(this.highest, now);
    return Math.floor(this.highest / 1000);
  }

  /** Where the clock was set back, whatever was due in an hour is still due in an hour. */
  watch(now: number, lines: Iterable<Line>): void {
    const by_ms = now - this.last;
    this.last = now;
    if (by_ms > -JUMP_MS) return;
    this.outbox.shift(by_ms);
    for (const line of lines) {
      line.shift(by_ms);
      this.outbox.saveLine(line.id, line.position, line.health);
    }
    this.save(now);
    log("clock.set_back", { by_ms });
  }

  /** Made durable at most once a minute. */
  keep(now: number): void {
    if (now - this.saved >= SAVED_EVERY_MS) this.save(now);
  }

  private save(now: number): void {
    this.highest = Math.max(this.highest, now);
    this.saved = now;
    this.outbox.setFact("clock", JSON.stringify({ highest: this.highest, last: now }));
  }
}
