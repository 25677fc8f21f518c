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

export interface AttemptFilter {
  subscription_id?: string | undefined;
  state?: AttemptState | undefined;
  shipment_id?: string | undefined;
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

  /** Newest first, before an id. Each filter, alone or first of several, has an index. */
  page(before: string, limit: number, filter: AttemptFilter): AttemptRow[] {
    const { subscription_id, state, shipment_id } = filter;
    const source = sourceOf(filter);
    const wheres = [source.where ?? "1", "a.id < ?"];
    const values: (string | number)[] = [before];
    const only = (condition: string, value: string) => {
      wheres.push(condition);
      values.push(value);
    };
    if (subscription_id !== undefined) only("a.subscription_id = ?", subscription_id);
    if (state !== undefined) only("a.state = ?", state);
    if (shipment_id !== undefined) only("s.shipment_id = ?", shipment_id);
    return this.sql
      .exec<AttemptRow>(
        `SELECT a.* FROM ${source.from} WHERE ${wheres.join(" AND ")} ORDER BY a.id DESC LIMIT ?`,
        ...values,
        limit,
      )
      .toArray();
  }
}

function sourceOf({ subscription_id, state, shipment_id }: AttemptFilter): { from: string; where?: string } {
  if (shipment_id !== undefined)
    return {
      from: "message_shipments s CROSS JOIN attempts a INDEXED BY attempts_by_message ON a.ord = s.ord",
    };
  // The condition of the index, so that it may be used.
  if (state !== undefined && state !== "delivered")
    return { from: "attempts a INDEXED BY attempts_by_state", where: "a.state <> 'delivered'" };
  if (subscription_id !== undefined) return { from: "attempts a INDEXED BY attempts_by_subscription" };
  return { from: "attempts a" };
}
