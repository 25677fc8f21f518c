import type { AttemptRow } from "./outbox-schema.ts";
import type { AttemptState } from "./views.ts";

/** How an attempt ended, as it is kept. */
export interface EndedAttempt {
  id: string;
  state: AttemptState;
  ended_at: number;
  status: number | null;
  latency_ms: number | null;
  answer: string | null;
  next_attempt_at: number | null;
}

/** The evidence (delivery contract C14): a row a try, written before the request leaves and again after it ended. */
export class AttemptLog {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  begin(message: { ord: number; subscription_id: string; attempts: number }, id: string, now: number): void {
    this.sql.exec(
      "INSERT INTO attempts (id, ord, subscription_id, attempt, state, started_at) VALUES (?, ?, ?, ?, 'sending', ?)",
      id,
      message.ord,
      message.subscription_id,
      message.attempts,
      now,
    );
  }

  end(ended: EndedAttempt): void {
    this.sql.exec(
      "UPDATE attempts SET state = ?, ended_at = ?, status = ?, latency_ms = ?, answer = ?, next_attempt_at = ? WHERE id = ?",
      ended.state,
      ended.ended_at,
      ended.status,
      ended.latency_ms,
      ended.answer,
      ended.next_attempt_at,
      ended.id,
    );
  }

  /** It left, and nobody knows how it ended. */
  endUnknown(attempt_id: string, now: number): void {
    this.sql.exec(
      "UPDATE attempts SET state = 'unknown', next_attempt_at = ? WHERE id = ? AND state = 'sending'",
      now,
      attempt_id,
    );
  }

  find(id: string): AttemptRow | null {
    return this.sql.exec<AttemptRow>("SELECT * FROM attempts WHERE id = ?", id).toArray()[0] ?? null;
  }

  page(
    before: string,
    limit: number,
    subscription_id: string | undefined,
    state: string | undefined,
  ): AttemptRow[] {
    return this.sql
      .exec<AttemptRow>(
        `SELECT * FROM attempts WHERE id < ?1 AND (?2 IS NULL OR subscription_id = ?2) AND (?3 IS NULL OR state = ?3)
         ORDER BY id DESC LIMIT ?4`,
        before,
        subscription_id ?? null,
        state ?? null,
        limit,
      )
      .toArray();
  }
}
