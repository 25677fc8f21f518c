import { type Cost, NO_COST } from "./prices.ts";

/** Counts what Cloudflare bills while a scenario runs: rows, Durable Object requests, queue operations, Worker requests. */

const QUEUE_UNIT_BYTES = 64_000;
const OPERATIONS_A_UNIT = 3;

/** What the counted ports have used so far. */
export class Meter {
  readonly cost: Cost = { ...NO_COST };
  /** D1's statements; a batch of several is one query of `cost`. */
  statements = 0;

  reset(): void {
    Object.assign(this.cost, NO_COST);
    this.statements = 0;
  }

  sent(bodies: readonly unknown[]): void {
    for (const body of bodies) {
      const units = Math.ceil(JSON.stringify(body).length / QUEUE_UNIT_BYTES);
      this.cost.queue_operations += OPERATIONS_A_UNIT * Math.max(1, units);
    }
  }

  /** The database, every statement of it counted as D1 itself reports it. */
  database(db: D1Database): D1Database {
    const counted = new WeakMap<object, D1PreparedStatement>();
    const take = ({ meta }: Pick<D1Result, "meta">) => {
      this.cost.d1_rows_read += meta.rows_read;
      this.cost.d1_rows_written += meta.rows_written;
    };
    const statement = (real: D1PreparedStatement): D1PreparedStatement => {
      const told = async <T>(): Promise<D1Result<T>> => {
        this.cost.d1_queries += 1;
        this.statements += 1;
        const result = await real.all<T>();
        take(result);
        return result;
      };
      const watched = new Proxy(real, {
        get: (target, name) => {
          if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
          if (name === "all" || name === "run") return told;
          if (name === "first")
            return async (column?: string) => {
              const [row] = (await told<Record<string, unknown>>()).results;
              return row === undefined ? null : column === undefined ? row : row[column];
            };
          return bound(target, name);
        },
      });
      counted.set(watched, real);
      return watched;
    };
    const watch = <T extends D1Database | D1DatabaseSession>(real: T): T =>
      new Proxy(real, {
        get: (target, name) => {
          if (name === "prepare") return (sql: string) => statement(target.prepare(sql));
          if (name === "withSession") return (start?: string) => watch(db.withSession(start));
          if (name === "batch")
            return async (statements: D1PreparedStatement[]) => {
              this.cost.d1_queries += 1;
              this.statements += statements.length;
              const results = await target.batch(statements.map((one) => counted.get(one) ?? one));
              for (const result of results) take(result);
              return results;
            };
          return bound(target, name);
        },
      });
    return watch(db);
  }

  /** A Durable Object's storage, every statement and every alarm of it counted. `settle` sums up what was read. */
  storage(storage: DurableObjectStorage): { storage: DurableObjectStorage; settle(): void } {
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const sql = new Proxy(storage.sql, {
      get: (target, name) => {
        if (name !== "exec") return bound(target, name);
        return (query: string, ...values: unknown[]) => {
          const cursor = target.exec(query, ...values);
          cursors.push(cursor);
          return cursor;
        };
      },
    });
    const watched = new Proxy(storage, {
      get: (target, name) => {
        if (name === "sql") return sql;
        // Setting an alarm is billed as a row.
        if (name === "setAlarm")
          return (at: number) => {
            this.cost.object_rows_written += 1;
            return target.setAlarm(at);
          };
        return bound(target, name);
      },
    });
    const settle = () => {
      for (const cursor of cursors.splice(0)) {
        this.cost.object_rows_read += cursor.rowsRead;
        this.cost.object_rows_written += cursor.rowsWritten;
      }
    };
    return { storage: watched, settle };
  }
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  return typeof value === "function" ? value.bind(target) : value;
}
