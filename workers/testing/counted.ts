/** Rows that statements read and wrote, as D1 bills them. */
export interface Rows {
  statements: number;
  read: number;
  written: number;
}

/** A database that adds up what its statements read and write. */
export function counted(db: D1Database, rows: Rows): D1Database {
  const real = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const add = <T>(result: D1Result<T>): D1Result<T> => {
    rows.statements += 1;
    rows.read += result.meta.rows_read;
    rows.written += result.meta.rows_written;
    return result;
  };
  const watched = (statement: D1PreparedStatement): D1PreparedStatement => {
    const seen = new Proxy(statement, {
      get(target, name) {
        if (name === "bind") return (...values: unknown[]) => watched(target.bind(...values));
        if (name === "all" || name === "run") return async () => add(await target.all());
        // `first` itself tells no rows.
        if (name === "first") return async () => add(await target.all()).results[0] ?? null;
        throw new Error(`A counted statement can't "${String(name)}".`);
      },
    });
    real.set(seen, statement);
    return seen;
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => watched(target.prepare(sql));
      if (name === "batch")
        return async (statements: D1PreparedStatement[]) =>
          (await target.batch(statements.map((one) => real.get(one) ?? one))).map(add);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
