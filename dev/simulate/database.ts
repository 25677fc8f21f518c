import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/**
 * D1 as the Worker sees it, over Node's own SQLite in memory: the same statements on the same schema, and refusals where
 * D1 refuses (docs of Cloudflare: D1, "Limits"). It tells no rows read or written, because SQLite does not say them.
 */

const PARAMETERS_MAX = 100;
const STATEMENT_MAX_BYTES = 100_000;
const VALUE_MAX_BYTES = 2_000_000;

export class LocalD1 {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  /** Statements run. */
  runs = 0;

  /** `path`: a file, which outlives the process; in memory where absent. */
  constructor(path = ":memory:") {
    this.#db = new DatabaseSync(path);
    // What is in memory is gone with the process: no journal to write.
    const journal = path === ":memory:" ? "OFF" : "WAL";
    this.#db.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;`);
  }

  /** Applies the migrations of a folder, in order. */
  migrate(folder: string): void {
    for (const file of migrationsIn(folder)) for (const statement of file) this.#db.exec(statement);
  }

  /** For setting up a population: one transaction, without D1's limits. */
  fill(sql: string, rows: Iterable<SQLInputValue[]>): void {
    const statement = this.#db.prepare(sql);
    this.#db.exec("BEGIN");
    for (const row of rows) statement.run(...row);
    this.#db.exec("COMMIT");
  }

  /** For judging what is there at the end. */
  *rows(sql: string): Iterable<Record<string, unknown>> {
    yield* this.#db.prepare(sql).iterate();
  }

  close(): void {
    this.#db.close();
  }

  prepare(sql: string): LocalStatement {
    if (Buffer.byteLength(sql) > STATEMENT_MAX_BYTES)
      throw new Error("D1_ERROR: statement too long: SQLITE_TOOBIG");
    return new LocalStatement(this, sql, []);
  }

  async batch<T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    this.#db.exec("BEGIN");
    try {
      const results = statements.map((statement) => {
        if (!(statement instanceof LocalStatement))
          throw new Error("A statement of another database is in this batch.");
        return statement.now<T>();
      });
      this.#db.exec("COMMIT");
      return results;
    } catch (error) {
      this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  async exec(sql: string): Promise<D1ExecResult> {
    this.#db.exec(sql);
    return { count: 1, duration: 0 };
  }

  withSession(): D1DatabaseSession {
    throw new Error("Sessions are not simulated.");
  }

  dump(): Promise<ArrayBuffer> {
    throw new Error("Dumps are not simulated.");
  }

  statement(sql: string): StatementSync {
    this.runs += 1;
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare(sql);
    this.#prepared.set(sql, made);
    return made;
  }
}

const RETURNS_ROWS = /^\s*(?:SELECT|WITH|EXPLAIN)\b|\bRETURNING\b/iu;

class LocalStatement {
  readonly #db: LocalD1;
  readonly #sql: string;
  readonly #values: SQLInputValue[];

  constructor(db: LocalD1, sql: string, values: SQLInputValue[]) {
    this.#db = db;
    this.#sql = sql;
    this.#values = values;
  }

  bind(...values: unknown[]): LocalStatement {
    if (values.length > PARAMETERS_MAX) throw new Error("D1_ERROR: too many SQL variables: SQLITE_ERROR");
    return new LocalStatement(this.#db, this.#sql, values.map(bound));
  }

  now<T>(): D1Result<T> {
    const statement = this.#db.statement(this.#sql);
    if (!RETURNS_ROWS.test(this.#sql)) {
      const { changes } = statement.run(...this.#values);
      return resultOf<T>([], Number(changes));
    }
    return resultOf<T>(rowsOf<T>(statement.all(...this.#values)), 0);
  }

  async all<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.now<T>();
  }

  async run<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.now<T>();
  }

  async first<T = Record<string, unknown>>(column?: string): Promise<T | null> {
    if (column !== undefined) throw new Error("A single column is not simulated.");
    return this.now<T>().results[0] ?? null;
  }

  async raw(): Promise<never> {
    throw new Error("Raw rows are not simulated.");
  }
}

/** What SQLite gave is what the caller says it asked for, as with D1 itself; blobs come as lists of numbers. */
function rowsOf<T>(rows: Record<string, unknown>[]): T[];
function rowsOf(rows: Record<string, unknown>[]): unknown[] {
  const [first] = rows;
  if (first === undefined) return rows;
  for (const column of Object.keys(first)) {
    if (!rows.some((row) => row[column] instanceof Uint8Array)) continue;
    for (const row of rows) {
      const value = row[column];
      if (value instanceof Uint8Array) row[column] = [...value];
    }
  }
  return rows;
}

function resultOf<T>(results: T[], changes: number): D1Result<T> {
  const meta = {
    duration: 0,
    size_after: 0,
    rows_read: 0,
    rows_written: 0,
    last_row_id: 0,
    changed_db: changes > 0,
    changes,
  };
  return { success: true, results, meta };
}

function bound(value: unknown): SQLInputValue {
  if (value === null || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") {
    if (value.length > VALUE_MAX_BYTES / 3 && Buffer.byteLength(value) > VALUE_MAX_BYTES)
      throw new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG");
    return value;
  }
  if (value instanceof Uint8Array) {
    if (value.byteLength > VALUE_MAX_BYTES)
      throw new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG");
    return value;
  }
  throw new Error(`D1_TYPE_ERROR: Type '${typeof value}' not supported for value '${String(value)}'`);
}

/** The statements of each migration of a folder, in the order of their names. */
export function migrationsIn(folder: string): string[][] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) =>
      readFileSync(join(folder, name), "utf8")
        .split("--> statement-breakpoint")
        .map((statement) => statement.trim())
        .filter((statement) => statement !== ""),
    );
}
