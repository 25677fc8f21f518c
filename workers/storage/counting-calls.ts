/**
 * A database that tells each call that is made to it, a single statement or a batch, before it is made: an invocation may
 * make a bounded number of them.
 */
export function countingCalls(db: D1Database, called: () => void): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const seen = (statement: D1PreparedStatement): D1PreparedStatement => {
    const shown = new Proxy(statement, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name === "bind") return (...values: unknown[]) => seen(target.bind(...values));
        return (...given: unknown[]) => {
          called();
          return Reflect.apply(value, target, given);
        };
      },
    });
    originals.set(shown, statement);
    return shown;
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => seen(target.prepare(sql));
      if (name === "batch")
        return (statements: D1PreparedStatement[]) => {
          called();
          return target.batch(statements.map((one) => originals.get(one) ?? one));
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
