import type { SetAsideTableRow } from "./outbox-schema.ts";

/** Events that could not be built: how often it was tried, and which were passed over in the end. */
export class SetAsideLog {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  forget(subscription_id: string): void {
    this.sql.exec("DELETE FROM set_aside WHERE subscription_id = ?", subscription_id);
  }

  /** Counts a failure to build an event; says how many there were. */
  count(row: Omit<SetAsideTableRow, "tries" | "aside">): number {
    return this.sql
      .exec<{ tries: number }>(
        `INSERT INTO set_aside (subscription_id, position, shipment_id, sequence, tries, aside, at, reason) VALUES (?, ?, ?, ?, 1, 0, ?, ?)
         ON CONFLICT DO UPDATE SET tries = tries + 1, at = excluded.at, reason = excluded.reason RETURNING tries`,
        row.subscription_id,
        row.position,
        row.shipment_id,
        row.sequence,
        row.at,
        row.reason,
      )
      .one().tries;
  }

  add(row: Omit<SetAsideTableRow, "tries" | "aside">): void {
    this.count(row);
    this.sql.exec(
      "UPDATE set_aside SET aside = 1 WHERE subscription_id = ? AND position = ?",
      row.subscription_id,
      row.position,
    );
  }

  forgetBefore(time: number): void {
    this.sql.exec("DELETE FROM set_aside WHERE at < ?", time);
  }

  /** Behind one of them, by subscription and position. */
  page(
    after: { subscription_id: string; position: number },
    limit: number,
    subscription_id: string | undefined,
  ): SetAsideTableRow[] {
    return this.sql
      .exec<SetAsideTableRow>(
        `SELECT * FROM set_aside WHERE aside = 1 AND (subscription_id, position) > (?1, ?2) AND (?3 IS NULL OR subscription_id = ?3)
         ORDER BY subscription_id, position LIMIT ?4`,
        after.subscription_id,
        after.position,
        subscription_id ?? null,
        limit,
      )
      .toArray();
  }

  counts(): Map<string, number> {
    const rows = this.sql.exec<{ subscription_id: string; aside: number }>(
      "SELECT subscription_id, count(*) AS aside FROM set_aside WHERE aside = 1 GROUP BY subscription_id",
    );
    return new Map([...rows].map((row) => [row.subscription_id, row.aside]));
  }
}
