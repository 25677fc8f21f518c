/** Rows that statements read and wrote, as D1 bills them. */
export interface Rows {
  statements: number;
  read: number;
  written: number;
}

/** A database that adds up what its statements read and write, or tells it for each statement. */
export function counted(db: D1Database, rows: Rows | ((sql: string, rows: Rows) => void)): D1Database {
  const real = new WeakMap<D1PreparedStatement, { statement: D1PreparedStatement; sql: string }>();
  const add = <T>(sql: string, result: D1Result<T>): D1Result<T> => {
    const { rows_read, rows_written } = result.meta;
    if (typeof rows === "function") rows(sql, { statements: 1, read: rows_read, written: rows_written });
    else {
      rows.statements += 1;
      rows.read += rows_read;
      rows.written += rows_written;
    }
    return result;
  };
  const watched = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const seen = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => watched(target.bind(...values), sql);
        if (name === "all" || name === "run") return async () => add(sql, await target.all());
        // `first` itself tells no rows.
        if (name === "first") return async () => add(sql, await target.all()).results[0] ?? null;
        throw new Error(`A counted statement can't "${String(name)}".`);
      },
    });
    real.set(seen, { statement, sql });
    return seen;
  };
  const sqlOf = (statement: D1PreparedStatement | undefined) =>
    (statement === undefined ? undefined : real.get(statement)?.sql) ?? "";
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watched(target.prepare(sql), sql);
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements.map((one) => real.get(one)?.statement ?? one));
          return results.map((result, at) => add(sqlOf(statements[at]), result));
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
