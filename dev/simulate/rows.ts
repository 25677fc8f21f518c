import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { counted, type Rows } from "../../workers/testing/counted.ts";
import { TestClock } from "./clock.ts";
import { type LocalD1, migrationsIn } from "./database.ts";
import type { Outcome } from "./outcome.ts";
import { simulate, T0 } from "./run.ts";

/**
 * What checks cost in rows: the same simulation, small, through workerd's own D1, which says for every statement how
 * many rows it read and wrote. One connection of each carrier, of the size that connections have on average at a million.
 */

export interface RowsPerCheck {
  checks: number;
  /** The schedule's own statements: claiming, reading what to ask for, releasing. */
  schedule: { read: number; written: number };
  /** All of them, with what news and new shipments cost. */
  all: { read: number; written: number };
  outcome: Outcome;
}

const TABLES = ["connections", "connection_accounts", "followers", "checks", "check_slots"];
const ROWS_AT_ONCE = 1000;

export async function rowsPerCheck(shipments: number, hours: number): Promise<RowsPerCheck> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.ERROR),
      telemetry: { enabled: false },
      modules: true,
      script: "export default { fetch: () => new Response(null) }",
      compatibilityDate: "2026-10-01",
      d1Databases: { DB: "simulate" },
    }),
  );
  try {
    const bare = await miniflare.getD1Database("DB");
    const folder = join(import.meta.dirname, "../../migrations");
    for (const migration of migrationsIn(folder))
      await bare.batch(migration.map((statement) => bare.prepare(statement)));
    const clock = new TestClock(T0);
    const [schedule, all] = [none(), none()];
    const control = counted(standing(bare, clock), (sql, rows) => {
      add(all, rows);
      if (isSchedule(sql)) add(schedule, rows);
    });
    const outcome = await simulate({
      shipments,
      hours,
      connections_most: 1,
      through: { control, clock, filled: (local) => copy(local, bare) },
    });
    const per = ({ read, written }: Rows) => ({ read: read / outcome.done, written: written / outcome.done });
    return { checks: outcome.done, schedule: per(schedule), all: per(all), outcome };
  } finally {
    await miniflare.dispose();
  }
}

const none = (): Rows => ({ statements: 0, read: 0, written: 0 });

function add(sum: Rows, rows: Rows): void {
  sum.statements += rows.statements;
  sum.read += rows.read;
  sum.written += rows.written;
}

/** The schedule's statements touch slots, the connection, and a slot's numbers; all others follow from news. */
function isSchedule(sql: string): boolean {
  return /check_slots|FROM connections|UPDATE connections|^SELECT carrier_number/u.test(sql.trim());
}

/** The database, with the clock standing while it is at work. */
function standing(db: D1Database, clock: TestClock): D1Database {
  const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const over = (statement: D1PreparedStatement): D1PreparedStatement => {
    const seen = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => over(target.bind(...values));
        if (name === "all") return () => clock.during(target.all());
        throw new Error(`A statement of the simulation can't "${String(name)}".`);
      },
    });
    real.set(seen, statement);
    return seen;
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => over(target.prepare(sql));
      if (name === "batch")
        return (statements: D1PreparedStatement[]) =>
          clock.during(target.batch(statements.map((one) => real.get(one) ?? one)));
      throw new Error(`The simulation's database can't "${String(name)}".`);
    },
  });
}

/** The population that was filled in locally, row by row. */
async function copy(local: LocalD1, to: D1Database): Promise<void> {
  for (const table of TABLES) {
    const rows = [...local.rows(`SELECT * FROM ${table}`)];
    const columns = Object.keys(rows[0] ?? {}).filter((column) => column !== "credentials_sealed");
    const values = columns.map((_, column) => `j.value ->> ${column}`).join(", ");
    const sql = `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values} FROM json_each(?1) j`;
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const piece = rows.slice(at, at + ROWS_AT_ONCE).map((row) => columns.map((column) => row[column]));
      await to.prepare(sql).bind(JSON.stringify(piece)).run();
    }
  }
}
