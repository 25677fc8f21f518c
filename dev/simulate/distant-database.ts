import { existsSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { LocalD1 } from "./database.ts";

/**
 * D1 as it really is: another machine. `LocalD1` on a thread of its own, so that what a database holds and computes is
 * neither in the memory nor in the time of the process that asks it.
 */

interface Statement {
  sql: string;
  values: unknown[];
}
interface Asked {
  id: number;
  statements: Statement[];
}
type Answered = { id: number; results: D1Result<unknown>[] } | { id: number; error: string };

/** Heap of the databases' thread, MB: the flags of the process are for the thread that asks. */
const THREAD_HEAP_MB = 1000;

export interface DistantOptions {
  migrations: string;
  /** The file that holds it; in memory where absent. */
  path?: string;
  onCall?: () => void;
}

export class DistantD1 {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: Answered) => void>();
  readonly #onCall: () => void;
  #calls = 0;

  /** `migrations`: a folder; applied unless the file is there. `onCall`: called before and after each call. */
  constructor({ migrations, path = ":memory:", onCall = () => {} }: DistantOptions) {
    this.#onCall = onCall;
    const given: Given = { serves: SERVES, migrations: existsSync(path) ? null : migrations, path };
    this.#worker = new Worker(import.meta.filename, {
      workerData: given,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
    });
    this.#worker.on("message", (answer: Answered) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  prepare(sql: string): DistantStatement {
    return new DistantStatement(this, sql, []);
  }

  batch<T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    return this.ask<T>(
      statements.map((statement) => {
        if (statement instanceof DistantStatement) return statement.plain;
        throw new Error("A statement of another database is in this batch.");
      }),
    );
  }

  /** All in one transaction. */
  ask<T>(statements: Statement[]): Promise<D1Result<T>[]>;
  async ask(statements: Statement[]): Promise<D1Result<unknown>[]> {
    this.#onCall();
    const id = this.#calls++;
    const { promise, resolve } = Promise.withResolvers<Answered>();
    this.#waiting.set(id, resolve);
    this.#worker.postMessage({ id, statements } satisfies Asked);
    const answer = await promise;
    this.#onCall();
    if ("error" in answer) throw new Error(answer.error);
    return answer.results;
  }

  withSession(): D1DatabaseSession {
    return {
      prepare: (sql) => this.prepare(sql),
      batch: (statements) => this.batch(statements),
      getBookmark: () => null,
    };
  }

  async exec(): Promise<never> {
    throw new Error("Scripts are not run on a distant database.");
  }

  async dump(): Promise<never> {
    throw new Error("Dumps are not simulated.");
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

class DistantStatement {
  readonly plain: Statement;
  readonly #db: DistantD1;

  constructor(db: DistantD1, sql: string, values: unknown[]) {
    this.#db = db;
    this.plain = { sql, values };
  }

  bind(...values: unknown[]): DistantStatement {
    return new DistantStatement(this.#db, this.plain.sql, values);
  }

  async all<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    const [result] = await this.#db.ask<T>([this.plain]);
    if (result === undefined) throw new Error("The database gave no result.");
    return result;
  }

  run<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.all<T>();
  }

  async first<T = Record<string, unknown>>(column?: string): Promise<T | null> {
    if (column !== undefined) throw new Error("A single column is not simulated.");
    return (await this.all<T>()).results[0] ?? null;
  }

  async raw(): Promise<never> {
    throw new Error("Raw rows are not simulated.");
  }
}

// --- the thread with the database ---------------------------------------------------------------------------

const SERVES = "a distant database";

interface Given {
  serves: typeof SERVES;
  migrations: string | null;
  path: string;
}

function serve({ migrations, path }: Given): void {
  const db = new LocalD1(path);
  if (migrations !== null) db.migrate(migrations);
  const answer = async ({ id, statements }: Asked): Promise<Answered> => {
    try {
      const bound = statements.map(({ sql, values }) => db.prepare(sql).bind(...values));
      return { id, results: await db.batch(bound) };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error) };
    }
  };
  // One after the other, as a D1 does.
  let last: Promise<void> = Promise.resolve();
  parentPort?.on("message", (asked: Asked) => {
    last = last.then(async () => parentPort?.postMessage(await answer(asked)));
  });
}

/** A thread of somebody else's may load this file too. */
const isGiven = (data: unknown): data is Given =>
  typeof data === "object" && data !== null && "serves" in data && data.serves === SERVES;
if (!isMainThread && isGiven(workerData)) serve(workerData);
