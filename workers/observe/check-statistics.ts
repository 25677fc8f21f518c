import { z } from "zod";
import { addLag, type Lags, lagAt, mergeLags, NO_LAGS } from "./lags.ts";

/**
 * How a connection's checks go, hour by hour, in the SQLite of its ConnectionPace: counted in memory, written together,
 * so that a check that finds nothing costs next to no row. Times are epoch milliseconds.
 */

const HOUR_MS = 3_600_000;
const KEPT_MS = 35 * 24 * HOUR_MS;
export const HISTORY_HOURS_MAX = 35 * 24;

export type CheckWay = "poll" | "sftp";

/** One call to the carrier: to its API, or a look into its folder. */
export interface CheckCall {
  connection_id: string;
  carrier_id: string;
  way: CheckWay;
  /** Numbers asked for, or files taken. */
  numbers: number;
  /** How late the check began that this call is the first of; null for its further calls. */
  lag_ms: number | null;
}

/** One way in one hour, or some hours together. */
export interface CheckHour {
  way: CheckWay;
  /** When the hour begins. */
  hour: number;
  calls: number;
  numbers: number;
  failed: number;
  /** Null where no check began. */
  lag_p50_ms: number | null;
  lag_p95_ms: number | null;
  last_ok_at: number | null;
}

type HourSums = Sums & { way: CheckWay; hour: number };

interface Sums {
  calls: number;
  numbers: number;
  failed: number;
  lags: Lags;
  last_ok_at: number | null;
}

const LagsJson = z.object({ counts: z.array(z.number()).readonly(), max: z.number() });
const Row = z.object({
  way: z.enum(["poll", "sftp"]),
  hour: z.number(),
  calls: z.number(),
  numbers: z.number(),
  failed: z.number(),
  lags: z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(LagsJson),
  last_ok_at: z.number().nullable(),
  /** Whose the call was that began last before the writing, and what `last_ok_at` would be without it: it may still end badly. */
  last_call: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : JSON.parse(text)))
    .pipe(
      z
        .object({ connection_id: z.string(), carrier_id: z.string(), ok_before: z.number().nullable() })
        .nullable(),
    ),
});

/** What was counted since the last writing, for whoever counts the whole flow. */
export interface Pending {
  connection_id: string;
  carrier_id: string;
  way: CheckWay;
  calls: number;
  numbers: number;
  failed: number;
  lags: Lags;
}

export class CheckStatistics {
  readonly #sql: SqlStorage;
  readonly #pending = new Map<CheckWay, Pending & { last_ok_at: number | null; ok_before: number | null }>();
  #made = false;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** A call begins. It went well unless `failed` says otherwise. */
  called({ connection_id, carrier_id, way, numbers, lag_ms }: CheckCall, now: number): void {
    const before = this.#pending.get(way);
    const { calls = 0, failed = 0, lags = NO_LAGS, last_ok_at = null } = before ?? {};
    this.#pending.set(way, {
      connection_id,
      carrier_id,
      way,
      calls: calls + 1,
      numbers: (before?.numbers ?? 0) + numbers,
      failed,
      lags: lag_ms === null ? lags : addLag(lags, lag_ms),
      last_ok_at: now,
      ok_before: last_ok_at,
    });
  }

  /** The call that began last did not go well. */
  failed(way: CheckWay): void {
    const before = this.#pending.get(way);
    if (before !== undefined) {
      this.#pending.set(way, { ...before, failed: before.failed + 1, last_ok_at: before.ok_before });
      return;
    }
    // Its beginning was written already, as of one that goes well: a call that runs out of time takes longer than that.
    const row = this.#rows("way = ? ORDER BY hour DESC LIMIT 1", way)[0];
    if (row === undefined || row.last_call === null) return;
    const { ok_before, ...whose } = row.last_call;
    this.#sql.exec(
      "UPDATE check_hours SET last_ok_at = ? WHERE way = ? AND hour = ?",
      ok_before,
      way,
      row.hour,
    );
    const none = { calls: 0, numbers: 0, lags: NO_LAGS, last_ok_at: null, ok_before: null };
    this.#pending.set(way, { ...whose, ...none, way, failed: 1 });
  }

  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Writes what is pending, one row a way, and takes old hours away with the first of a new one. */
  write(now: number): Pending[] {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    const hour = now - (now % HOUR_MS);
    for (const more of pending) {
      const row = this.#rows("way = ? AND hour = ?", more.way, hour)[0];
      if (row === undefined) this.#sql.exec("DELETE FROM check_hours WHERE hour < ?", now - KEPT_MS);
      const sums = row === undefined ? more : added(row, more);
      const { connection_id, carrier_id } = more;
      const ok_before = later(row?.last_ok_at ?? null, more.ok_before);
      const last_call =
        more.calls === 0 ? (row?.last_call ?? null) : { connection_id, carrier_id, ok_before };
      this.#sql.exec(
        `INSERT OR REPLACE INTO check_hours (way, hour, calls, numbers, failed, lags, last_ok_at, last_call) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        more.way,
        hour,
        sums.calls,
        sums.numbers,
        sums.failed,
        JSON.stringify(sums.lags),
        sums.last_ok_at,
        JSON.stringify(last_call),
      );
    }
    return pending;
  }

  /** The hours since a time, in order, with what is pending. */
  hours(since: number, now: number): CheckHour[] {
    const rows: HourSums[] = this.#rows("hour >= ? ORDER BY hour, way", since);
    const hour = now - (now % HOUR_MS);
    for (const more of this.#pending.values()) {
      const at = rows.findIndex((row) => row.way === more.way && row.hour === hour);
      const row = rows[at];
      if (row === undefined) rows.push({ ...more, hour });
      else rows[at] = { ...row, ...added(row, more) };
    }
    return rows.map(told);
  }

  /** Each way's hours since a time as one. `last_ok_at` is the last of all that is kept. */
  together(since: number): CheckHour[] {
    return (["poll", "sftp"] as const).flatMap((way) => {
      const own = this.#rows("way = ? AND hour >= ? ORDER BY hour", way, since);
      const more = this.#pending.get(way);
      const all: Sums[] = more === undefined ? own : [...own, more];
      const last = this.#lastOk(way);
      if (all.length === 0 && last === null) return [];
      const sums = all.reduce(added, { calls: 0, numbers: 0, failed: 0, lags: NO_LAGS, last_ok_at: last });
      return [told({ way, hour: since - (since % HOUR_MS), ...sums })];
    });
  }

  #lastOk(way: CheckWay): number | null {
    this.#make();
    const row = this.#sql
      .exec<{ last_ok_at: number }>(
        "SELECT last_ok_at FROM check_hours WHERE way = ? AND last_ok_at IS NOT NULL ORDER BY hour DESC LIMIT 1",
        way,
      )
      .toArray()[0];
    return row?.last_ok_at ?? null;
  }

  #rows(where: string, ...values: (string | number)[]): z.infer<typeof Row>[] {
    this.#make();
    return this.#sql
      .exec(
        `SELECT way, hour, calls, numbers, failed, lags, last_ok_at, last_call FROM check_hours WHERE ${where}`,
        ...values,
      )
      .toArray()
      .map((row) => Row.parse(row));
  }

  #make(): void {
    if (this.#made) return;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS check_hours (
         way TEXT NOT NULL, hour INTEGER NOT NULL, calls INTEGER NOT NULL, numbers INTEGER NOT NULL, failed INTEGER NOT NULL,
         lags TEXT NOT NULL, last_ok_at INTEGER, last_call TEXT, PRIMARY KEY (way, hour)
       ) WITHOUT ROWID`,
    );
    // Objects made before it was kept lack the column.
    const { has } = this.#sql
      .exec<{ has: number }>(
        "SELECT count(*) AS has FROM pragma_table_info('check_hours') WHERE name = 'last_call'",
      )
      .one();
    if (has === 0) this.#sql.exec("ALTER TABLE check_hours ADD COLUMN last_call TEXT");
    this.#made = true;
  }
}

function added(a: Sums, b: Sums): Sums {
  return {
    calls: a.calls + b.calls,
    numbers: a.numbers + b.numbers,
    failed: Math.min(a.failed + b.failed, a.calls + b.calls),
    lags: mergeLags(a.lags, b.lags),
    last_ok_at: later(a.last_ok_at, b.last_ok_at),
  };
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function told({ way, hour, calls, numbers, failed, lags, last_ok_at }: HourSums): CheckHour {
  return {
    way,
    hour,
    calls,
    numbers,
    failed,
    lag_p50_ms: lagAt(lags, 0.5),
    lag_p95_ms: lagAt(lags, 0.95),
    last_ok_at,
  };
}
