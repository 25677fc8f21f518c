import { timePart } from "../domain/ids.ts";
import { log } from "../flow/log.ts";
import type { Outbox } from "./outbox.ts";
import type { MessageRow } from "./outbox-schema.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Attempts, dead letters and what can be redelivered: the least that delivery contract C2 promises. */
const KEPT_MS = 90 * DAY_MS;
/** What one step takes of each kind: a few milliseconds of work, and more in a second than an object can send. */
const STEP_ROWS = 1000;
const EVERY_MS = 60_000;
/** While there is more to forget than one step takes: beside the object's work, and by itself. */
const NEXT_STEP_MS = 1000;
const NEXT_RUN_MS = 10_000;

/**
 * An object holds 10 GB at most, and stops there. Above `tight_bytes` delivered messages lose their bytes early, above
 * `full_bytes` they are forgotten with their attempts; the oldest first, and never what waits or is dead.
 */
export interface SizeLimits {
  tight_bytes: number;
  full_bytes: number;
}
const LIMITS: SizeLimits = { tight_bytes: 4 * 1024 ** 3, full_bytes: 7 * 1024 ** 3 };

/** Forgets what is past its time or has no room, in bounded steps between the deliveries, until it has caught up. */
export class Pruning {
  private readonly outbox: Outbox;
  private readonly sql: SqlStorage;
  private readonly limits: SizeLimits;
  private readonly kept_ms: number;
  private doneAt = 0;
  private behind = false;
  /** How far each walk has come, as `ord`. */
  private readonly walked = { cancelled: 0, bodies: 0, delivered: 0 };

  constructor(outbox: Outbox, sql: SqlStorage, limits: SizeLimits = LIMITS, kept_ms: number = KEPT_MS) {
    this.outbox = outbox;
    this.sql = sql;
    this.limits = limits;
    this.kept_ms = kept_ms;
  }

  /** Called as often as one likes. */
  step(now: number): void {
    const gap = this.behind ? NEXT_STEP_MS : EVERY_MS;
    if (now - this.doneAt < gap && now >= this.doneAt) return;
    this.doneAt = now;
    const before = now - this.kept_ms;
    this.outbox.aside.forgetBefore(before);
    const left = [
      this.forgetAttempts(before),
      this.forgetMessages(before),
      this.stripCancelled(),
      this.stripDelivered(),
      this.forgetDelivered(),
    ];
    this.behind = left.includes(true);
  }

  /** When the object should go on with it, if nothing else wakes it before; null once it has caught up. */
  dueAt(): number | null {
    return this.behind ? this.doneAt + NEXT_RUN_MS : null;
  }

  private above(bytes: number): boolean {
    return this.sql.databaseSize > bytes;
  }

  // Each says whether there may be more of its kind.

  private forgetAttempts(before: number): boolean {
    const gone = this.sql.exec(
      "DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE id < ? ORDER BY id LIMIT ?) RETURNING 1",
      `dlv_${timePart(before)}`,
      STEP_ROWS,
    );
    return gone.toArray().length === STEP_ROWS;
  }

  private forgetMessages(before: number): boolean {
    const rows = this.sql
      .exec<MessageRow>(
        `SELECT * FROM messages INDEXED BY messages_ended
         WHERE state NOT IN ('waiting', 'sending') AND coalesce(ended_at, created_at) < ?
         ORDER BY coalesce(ended_at, created_at) LIMIT ?`,
        before,
        STEP_ROWS,
      )
      .toArray();
    for (const row of rows) this.outbox.remove(row);
    return rows.length === STEP_ROWS;
  }

  private stripCancelled(): boolean {
    const rows = this.sql
      .exec<{ ord: number }>(
        "SELECT ord FROM messages INDEXED BY messages_cancelled WHERE state = 'cancelled' AND ord > ? ORDER BY ord LIMIT ?",
        this.walked.cancelled,
        STEP_ROWS,
      )
      .toArray();
    for (const { ord } of rows) this.outbox.bodies.remove(ord);
    return this.goOn("cancelled", rows);
  }

  private stripDelivered(): boolean {
    if (!this.above(this.limits.tight_bytes)) return false;
    const rows = this.outbox.bodies.after(this.walked.bodies, STEP_ROWS);
    for (const { ord, state } of rows) {
      if (state === "waiting" || state === "sending" || state === "dead") continue;
      if (!this.above(this.limits.tight_bytes)) return false;
      this.outbox.bodies.remove(ord);
    }
    return this.goOn("bodies", rows);
  }

  private forgetDelivered(): boolean {
    if (!this.above(this.limits.full_bytes)) return false;
    const rows = this.sql
      .exec<MessageRow>(
        "SELECT * FROM messages WHERE ord > ? ORDER BY ord LIMIT ?",
        this.walked.delivered,
        STEP_ROWS,
      )
      .toArray();
    log("history.shortened", { oldest: rows[0]?.created_at ?? null });
    for (const row of rows) {
      if (row.state === "waiting" || row.state === "sending" || row.state === "dead") continue;
      if (!this.above(this.limits.full_bytes)) return false;
      this.sql.exec("DELETE FROM attempts WHERE ord = ?", row.ord);
      this.outbox.remove(row);
    }
    return this.goOn("delivered", rows);
  }

  /** A walk that came to its end begins again with the next round. */
  private goOn(walk: keyof Pruning["walked"], rows: readonly { ord: number }[]): boolean {
    const more = rows.length === STEP_ROWS;
    this.walked[walk] = more ? (rows.at(-1)?.ord ?? 0) : 0;
    return more;
  }
}
