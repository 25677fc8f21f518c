import { isOpen } from "../domain/breaker.ts";
import type { Line } from "./line.ts";
import { LINE_STATES, type LineState, type LineStateRow } from "./views.ts";

/** Of one subscription; the oldest go first. */
const KEPT = 200;

/** How a line stands: what is wrong with it before what its customer chose. */
export function stateOf(line: Line): LineState {
  if (line.health.state !== "active") return line.health.state;
  if (line.subscription?.paused) return "paused";
  return isOpen(line.health.breaker) ? "failing" : "active";
}

type Row = { at: number; state: string; detail: string | null };

/** The history of each line's state: a row for each change, so that nothing is written while all stays as it is. */
export class LineStates {
  private readonly sql: SqlStorage;
  private readonly last = new Map<string, Row | null>();

  constructor(sql: SqlStorage) {
    this.sql = sql;
  }

  /** Called as often as one likes. What can't be read yet stands for nothing. */
  note(line: Line, now: number): void {
    if (line.subscription === null) return;
    const state = stateOf(line);
    const last = this.lastOf(line.id);
    if (last?.state === state) return;
    // A clock that was set back must not put the change before what it follows.
    const at = Math.max(now, (last?.at ?? 0) + 1);
    const detail = state === "active" ? null : (line.health.notes.at(-1)?.detail ?? null);
    this.sql.exec(
      "INSERT INTO line_states (subscription_id, at, state, detail) VALUES (?, ?, ?, ?)",
      line.id,
      at,
      state,
      detail,
    );
    this.sql.exec(
      `DELETE FROM line_states WHERE subscription_id = ?1
       AND at <= (SELECT at FROM line_states WHERE subscription_id = ?1 ORDER BY at DESC LIMIT 1 OFFSET ${KEPT})`,
      line.id,
    );
    this.last.set(line.id, { at, state, detail });
  }

  /** Newest first. */
  of(subscription_id: string): LineStateRow[] {
    return this.sql
      .exec<Row>(
        "SELECT at, state, detail FROM line_states WHERE subscription_id = ? ORDER BY at DESC",
        subscription_id,
      )
      .toArray()
      .flatMap(({ at, state, detail }) => {
        const word = LINE_STATES.find((one) => one === state);
        return word === undefined ? [] : [{ at, state: word, detail }];
      });
  }

  forget(subscription_id: string): void {
    this.sql.exec("DELETE FROM line_states WHERE subscription_id = ?", subscription_id);
    this.last.delete(subscription_id);
  }

  private lastOf(subscription_id: string): Row | null {
    const known = this.last.get(subscription_id);
    if (known !== undefined) return known;
    const [row = null] = this.sql
      .exec<Row>(
        "SELECT at, state, detail FROM line_states WHERE subscription_id = ? ORDER BY at DESC LIMIT 1",
        subscription_id,
      )
      .toArray();
    this.last.set(subscription_id, row);
    return row;
  }
}
