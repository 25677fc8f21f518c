import { timePart } from "../domain/ids.ts";
import type { Outbox } from "./outbox.ts";
import type { MessageRow } from "./outbox-schema.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Attempts, dead letters and what can be redelivered (delivery contract C2). */
const KEPT_MS = 90 * DAY_MS;
/** An object holds 10 GB at most: from here on, delivered messages lose their bytes early, the oldest first. */
const TIGHT_BYTES = 4 * 1024 ** 3;
const STEP_ROWS = 200;
const EVERY_MS = 60_000;

/** Forgets what is past its time, in small steps between the runs. */
export class Pruning {
  private readonly outbox: Outbox;
  private readonly sql: SqlStorage;
  private doneAt = 0;
  private cursor = 0;

  constructor(outbox: Outbox, sql: SqlStorage) {
    this.outbox = outbox;
    this.sql = sql;
  }

  step(now: number): void {
    if (now - this.doneAt < EVERY_MS && now >= this.doneAt) return;
    this.doneAt = now;
    const before = now - KEPT_MS;
    this.sql.exec(
      "DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE id < ? ORDER BY id LIMIT ?)",
      `dlv_${timePart(before)}`,
      STEP_ROWS,
    );
    this.outbox.aside.forgetBefore(before);
    const tight = this.sql.databaseSize > TIGHT_BYTES;
    const rows = this.sql
      .exec<MessageRow>("SELECT * FROM messages WHERE ord > ? ORDER BY ord LIMIT ?", this.cursor, STEP_ROWS)
      .toArray();
    for (const row of rows) this.prune(row, before, tight);
    const last = rows.at(-1);
    const young = last === undefined || (last.created_at > before && !tight) || rows.length < STEP_ROWS;
    this.cursor = young ? 0 : last.ord;
  }

  private prune(row: MessageRow, before: number, tight: boolean): void {
    if (row.state === "waiting" || row.state === "sending") return;
    const ended = row.ended_at ?? row.created_at;
    if (ended < before) {
      this.outbox.remove(row);
    } else if (row.state === "cancelled" || (tight && row.state !== "dead")) {
      this.outbox.removeBody(row.ord);
    }
  }
}
