import type { Context } from "../context.ts";
import { databasesOf } from "../env.ts";
import { Placements } from "../storage/placement.ts";
import { recording, testEnv } from "./seed.ts";
import { statements } from "./stage.ts";

/** Databases whose calls a test counts, stops, or lets fail. */

/** One call to a database: a single statement or a batch. */
export interface DatabaseCall {
  /** The binding's name. */
  database: string;
  sql: string;
  values: readonly unknown[];
}

type Work = () => Promise<unknown>;
type Hook = (call: DatabaseCall, work: Work) => Promise<unknown>;
type Match = (call: DatabaseCall) => boolean;

/** A database whose every call goes through a hook. */
export function hooked<T extends Pick<D1Database, "prepare" | "batch">>(db: T, hook: Hook, database = ""): T {
  const known = new WeakMap<
    D1PreparedStatement,
    { statement: D1PreparedStatement; sql: string; values: unknown[] }
  >();
  const wrap = (statement: D1PreparedStatement, sql: string, values: unknown[]): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name === "bind") return (...bound: unknown[]) => wrap(target.bind(...bound), sql, bound);
        return (...given: unknown[]) =>
          hook({ database, sql, values }, async () => Reflect.apply(value, target, given));
      },
    });
    known.set(wrapped, { statement, sql, values });
    return wrapped;
  };
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name === "prepare") return (sql: string) => wrap(target.prepare(sql), sql, []);
      if (name === "batch")
        return (all: D1PreparedStatement[]) => {
          const parts = all.map((one) => known.get(one) ?? { statement: one, sql: "", values: [] });
          const sql = parts.map((part) => part.sql).join(";\n");
          const values = parts.flatMap((part) => part.values);
          return hook({ database, sql, values }, () => target.batch(parts.map((part) => part.statement)));
        };
      return value.bind(target);
    },
  });
}

/** A call that does not go on before `resume`. */
export interface Held {
  isReached(): boolean;
  reached(): Promise<void>;
  resume(): void;
}

/** For `aStage(databases.ports)`. */
export class Databases {
  readonly ports: Pick<Context, "control" | "placements">;
  readonly #hooks = new Set<(call: DatabaseCall, work: Work) => Promise<unknown> | null>();

  constructor() {
    const env = testEnv();
    const watched = (db: D1Database, name: string) =>
      hooked(recording(db, statements), (call, work) => this.#call(call, work), name);
    const control = watched(env.DB, "DB");
    const databases = [...databasesOf(env)].map(([name, db]): [string, D1Database] => [
      name,
      name === "DB" ? control : watched(db, name),
    ]);
    this.ports = { control, placements: new Placements(control, new Map(databases)) };
  }

  async #call(call: DatabaseCall, work: Work): Promise<unknown> {
    for (const hook of this.#hooks) {
      const result = hook(call, work);
      if (result !== null) return result;
    }
    return work();
  }

  #add(hook: (call: DatabaseCall, work: Work) => Promise<unknown> | null): () => void {
    this.#hooks.add(hook);
    return () => void this.#hooks.delete(hook);
  }

  /** Calls that match fail with this message, until the returned function is called. */
  fail(match: Match, message = "D1_ERROR: Network connection lost."): () => void {
    return this.#add((call) => (match(call) ? Promise.reject(new Error(message)) : null));
  }

  /** The next call that matches is carried out, and its answer is lost. */
  loseAnswer(match: Match): void {
    const remove = this.#add((call, work) => {
      if (!match(call)) return null;
      remove();
      return work().then(() => Promise.reject(new Error("D1_ERROR: Network connection lost.")));
    });
  }

  /** The calls that match from now on. */
  count(match: Match): DatabaseCall[] {
    const calls: DatabaseCall[] = [];
    this.#add((call) => {
      if (match(call)) calls.push(call);
      return null;
    });
    return calls;
  }

  /** Holds the next call that matches, before it is carried out or after it: until `resume`, or for ever. */
  hold(match: Match, when: "before" | "after" = "before"): Held {
    let [reached, resumed] = [false, false];
    const remove = this.#add((call, work) => {
      if (!match(call)) return null;
      remove();
      return (async () => {
        const result = when === "after" ? await work() : null;
        reached = true;
        await until(() => resumed);
        return when === "after" ? result : work();
      })();
    });
    return {
      isReached: () => reached,
      reached: () => until(() => reached),
      resume: () => {
        resumed = true;
      },
    };
  }
}

/** Never ends, but with the object that waits for it: a promise that nobody settles would keep the runtime from its end. */
export async function forever(): Promise<never> {
  for (;;) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** By timers of the caller's own: a promise that an object resolves would go on in the object's context. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** The look-up of followers. */
export const lookUps: Match = ({ sql }) => sql.includes("f.carrier_number, f.shipment_id");
/** Events being added to timelines. */
export const appends: Match = ({ sql }) => sql.includes("INSERT INTO events");
