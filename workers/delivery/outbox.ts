import { AttemptLog } from "./attempt-log.ts";
import { Bodies } from "./bodies.ts";
import { FileManifest, leftOutFact } from "./file-manifest.ts";
import { LineHealth, NEW_LINE } from "./health.ts";
import { LineStates } from "./line-states.ts";
import { MessageSearch } from "./message-search.ts";
import { createTables, type MessageRow, type MessageState } from "./outbox-schema.ts";
import type { PackedMessage } from "./packing.ts";
import { SetAsideLog } from "./set-aside-log.ts";

/** A message as it enters the outbox. */
export interface NewMessage extends PackedMessage {
  id: string;
  subscription_id: string;
  state: MessageState;
  /** Null: its own `ord`. */
  place: number | null;
  split_from: number | null;
  file_name: string | null;
  sha256: string | null;
  attempts: number;
  intervals_used: number;
  next_at: number;
  not_before: number;
  created_at: number;
  reason: string | null;
}

/** The queries of the object's SQLite. Nothing here awaits: what one turn writes, one transaction holds. */
export class Outbox {
  private readonly sql: SqlStorage;
  private lastOrd: number;
  readonly bodies: Bodies;
  readonly attempts: AttemptLog;
  readonly aside: SetAsideLog;
  readonly files: FileManifest;
  readonly search: MessageSearch;
  readonly states: LineStates;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    createTables(sql);
    this.bodies = new Bodies(sql);
    this.attempts = new AttemptLog(sql);
    this.aside = new SetAsideLog(sql);
    this.files = new FileManifest(sql);
    this.search = new MessageSearch(sql);
    this.states = new LineStates(sql);
    this.lastOrd = sql.exec<{ top: number | null }>("SELECT max(ord) AS top FROM messages").one().top ?? 0;
  }

  lines(): { subscription_id: string; position: number; health: LineHealth }[] {
    const rows = this.sql
      .exec<{ subscription_id: string; position: number; health: string }>("SELECT * FROM lines")
      .toArray();
    return rows.map((row) => ({ ...row, health: readHealth(row.health) }));
  }

  saveLine(subscription_id: string, position: number, health: LineHealth): void {
    this.sql.exec(
      `INSERT INTO lines (subscription_id, position, health) VALUES (?, ?, ?)
       ON CONFLICT (subscription_id) DO UPDATE SET position = excluded.position, health = excluded.health`,
      subscription_id,
      position,
      JSON.stringify(health),
    );
  }

  removeLine(subscription_id: string): void {
    this.sql.exec("DELETE FROM lines WHERE subscription_id = ?", subscription_id);
    this.aside.forget(subscription_id);
    this.states.forget(subscription_id);
    this.sql.exec("DELETE FROM meta WHERE name = ?", `probed ${subscription_id}`);
    this.sql.exec("DELETE FROM meta WHERE name = ?", leftOutFact(subscription_id));
  }

  add(message: NewMessage): MessageRow {
    const ord = ++this.lastOrd;
    const row: MessageRow = {
      ord,
      id: message.id,
      subscription_id: message.subscription_id,
      place: message.place ?? ord,
      state: message.state,
      file_name: message.file_name,
      split_from: message.split_from,
      first_position: message.first_position,
      last_position: message.last_position,
      events: message.events,
      shipments: JSON.stringify(message.shipments),
      size: message.body.byteLength,
      sha256: message.sha256,
      attempts: message.attempts,
      intervals_used: message.intervals_used,
      next_at: message.next_at,
      not_before: message.not_before,
      created_at: message.created_at,
      ended_at: message.state === "dead" ? message.created_at : null,
      last_attempt: null,
      reason: message.reason,
    };
    const names = Object.keys(row);
    this.sql.exec(
      `INSERT INTO messages (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      ...Object.values(row),
    );
    this.search.note(ord, message.shipments);
    this.bodies.keep(ord, message.body);
    return row;
  }

  /** Forgets a message for good. */
  remove(row: MessageRow): void {
    this.bodies.remove(row.ord);
    this.search.forget(row);
    this.files.forget(row.ord);
    this.sql.exec("DELETE FROM messages WHERE ord = ?", row.ord);
  }

  outstanding(): MessageRow[] {
    return this.sql
      .exec<MessageRow>("SELECT * FROM messages WHERE state IN ('waiting', 'sending') ORDER BY ord")
      .toArray();
  }

  message(ord: number): MessageRow | null {
    return this.sql.exec<MessageRow>("SELECT * FROM messages WHERE ord = ?", ord).toArray()[0] ?? null;
  }

  messageById(id: string): MessageRow | null {
    return this.sql.exec<MessageRow>("SELECT * FROM messages WHERE id = ?", id).toArray()[0] ?? null;
  }

  partsOf(ord: number): MessageRow[] {
    return this.sql.exec<MessageRow>("SELECT * FROM messages WHERE split_from = ?", ord).toArray();
  }

  dead(before: number, limit: number, subscription_id: string | undefined): MessageRow[] {
    return this.sql
      .exec<MessageRow>(
        `SELECT * FROM messages INDEXED BY messages_dead
         WHERE state = 'dead' AND ord < ?1 AND (?2 IS NULL OR subscription_id = ?2) ORDER BY ord DESC LIMIT ?3`,
        before,
        subscription_id ?? null,
        limit,
      )
      .toArray();
  }

  deadCounts(): Map<string, number> {
    const rows = this.sql.exec<{ subscription_id: string; dead: number }>(
      "SELECT subscription_id, count(*) AS dead FROM messages INDEXED BY messages_dead WHERE state = 'dead' GROUP BY subscription_id",
    );
    return new Map([...rows].map((row) => [row.subscription_id, row.dead]));
  }

  setState(ord: number, state: MessageState, ended_at: number | null, reason: string | null): void {
    this.sql.exec(
      "UPDATE messages SET state = ?, ended_at = ?, reason = ? WHERE ord = ?",
      state,
      ended_at,
      reason,
      ord,
    );
  }

  /** Waits again: after a failure, a crash, or because it was asked for. */
  setWaiting(ord: number, facts: { intervals_used: number; next_at: number; not_before: number }): void {
    this.sql.exec(
      "UPDATE messages SET state = 'waiting', ended_at = NULL, intervals_used = ?, next_at = ?, not_before = ? WHERE ord = ?",
      facts.intervals_used,
      facts.next_at,
      facts.not_before,
      ord,
    );
  }

  hasten(subscription_id: string, now: number): void {
    this.sql.exec(
      "UPDATE messages SET next_at = max(not_before, ?1) WHERE state = 'waiting' AND subscription_id = ?2 AND next_at <> max(not_before, ?1)",
      now,
      subscription_id,
    );
  }

  shift(by_ms: number): void {
    this.sql.exec(
      "UPDATE messages SET next_at = next_at + ?1, not_before = not_before + ?1 WHERE state IN ('waiting', 'sending')",
      by_ms,
    );
  }

  /** Ends all that a subscription has waiting. */
  endWaiting(subscription_id: string, state: MessageState, now: number, reason: string): void {
    this.sql.exec(
      "UPDATE messages SET state = ?, ended_at = ?, reason = ? WHERE state = 'waiting' AND subscription_id = ?",
      state,
      now,
      reason,
      subscription_id,
    );
  }

  /** The customer wants none of it any more: whatever is not delivered, dead letters included. */
  cancel(subscription_id: string, now: number, reason: string): void {
    this.sql.exec(
      `UPDATE messages SET state = 'cancelled', ended_at = ?, reason = ?
       WHERE subscription_id = ? AND state IN ('waiting', 'sending', 'dead')`,
      now,
      reason,
      subscription_id,
    );
  }

  /** Before the request leaves. */
  beginAttempt(message: MessageRow, id: string, now: number, state: MessageState = "sending"): void {
    message.attempts += 1;
    message.last_attempt = id;
    this.sql.exec(
      "UPDATE messages SET state = ?, attempts = ?, last_attempt = ? WHERE ord = ?",
      state,
      message.attempts,
      id,
      message.ord,
    );
    this.attempts.begin(message, id, now);
  }

  /** An earlier instance of the object was cut off while these were under way: nobody knows how they ended. */
  recoverInFlight(now: number): number {
    const cut = this.sql.exec<MessageRow>("SELECT * FROM messages WHERE state = 'sending'").toArray();
    for (const message of cut) {
      if (message.last_attempt !== null) this.attempts.endUnknown(message.last_attempt, now);
      this.setWaiting(message.ord, { ...message, next_at: now });
    }
    return cut.length;
  }

  fact(name: string): string | null {
    return (
      this.sql.exec<{ value: string }>("SELECT value FROM meta WHERE name = ?", name).toArray()[0]?.value ??
      null
    );
  }

  setFact(name: string, value: string): void {
    this.sql.exec(
      "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
      name,
      value,
    );
  }
}

function readHealth(json: string): LineHealth {
  const read = LineHealth.safeParse(JSON.parse(json));
  return read.success ? read.data : NEW_LINE;
}
