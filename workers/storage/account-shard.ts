import type { Place, Placements } from "./placement.ts";
import type { Queryable } from "./queryable.ts";
import { AccountMoving, ASK_TO_READ, ASK_TO_WRITE, refusedFor, type Touched } from "./residency.ts";

/**
 * An account's shard as the rest of the Worker has it: a database that follows the account. Where the account lives is
 * looked up at the first statement; a shard that it has left refuses, and then it is looked up and asked again.
 */
export interface Shard extends Queryable {
  /** Writes in one transaction, and says what it touches: while the account is copied elsewhere, that is copied again. */
  write<T = unknown>(touched: Touched, statements: D1PreparedStatement[]): Promise<D1Result<T>[]>;
}

/** A shard with D1's sessions: one of them at a time, for whichever database the account lives in. */
export interface ShardSession extends Shard {
  /** Where the last statement went, and the session it went by; null before the first. */
  at(): { name: string; bookmark: string | null } | null;
}

/** Opens the session of a request on the database where its account lives. */
export type OpenSession = (place: Place) => Queryable & Pick<D1DatabaseSession, "getBookmark">;

/** The account's shard; every statement goes to its database's primary. */
export function shardOf(placements: Placements, account_number: string): Shard {
  return shard((statements, touched) =>
    asked(placements, account_number, statements, touched, ({ database }) => database),
  );
}

/** The same by sessions of `open`'s choice; one that was refused goes on at the primary, which knows for sure. */
export function sessionOf(placements: Placements, account_number: string, open: OpenSession): ShardSession {
  let now: { name: string; session: ReturnType<OpenSession> } | null = null;
  const reach = (place: Place, refused: boolean) => {
    if (refused) now = { name: place.name, session: place.database.withSession("first-primary") };
    else if (now?.name !== place.name) now = { name: place.name, session: open(place) };
    return now.session;
  };
  const runs = shard((statements, touched) => asked(placements, account_number, statements, touched, reach));
  return {
    ...runs,
    at: () => (now === null ? null : { name: now.name, bookmark: now.session.getBookmark() }),
  };
}

type Run = <T>(statements: readonly Recorded[], touched: Touched | null) => Promise<D1Result<T>[]>;

function shard(run: Run): Shard {
  return {
    prepare: (sql) => new Recorded(run, sql, []),
    batch: (statements) => run(statements.map(reading), null),
    write: async (touched, statements) => {
      if (touched.length === 0) throw new Error("A write to a shard names what it touches.");
      return run(statements.map(recorded), touched);
    },
  };
}

/** A moment, then longer ones: a switch takes less than a second, where nothing breaks. */
const WAITS_MS = [0, 50, 100, 200, 400, 800, 1500];

async function asked<T>(
  placements: Placements,
  account_number: string,
  statements: readonly Recorded[],
  touched: Touched | null,
  reach: (place: Place, refused: boolean) => Queryable,
): Promise<D1Result<T>[]> {
  for (let tries = 0; ; tries++) {
    const refused = tries > 0;
    const database = reach(await placements.of(account_number, refused), refused);
    const ask =
      touched === null
        ? database.prepare(ASK_TO_READ).bind(account_number)
        : database.prepare(ASK_TO_WRITE).bind(account_number, JSON.stringify(touched));
    try {
      const results = await database.batch<T>([ask, ...statements.map((one) => one.on(database))]);
      return results.slice(1);
    } catch (error) {
      if (refusedFor(error) === null) throw error;
      const wait = WAITS_MS[tries];
      if (wait === undefined) throw new AccountMoving(account_number);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

const WRITES = /\b(?:INSERT|UPDATE|DELETE|REPLACE)\b/u;

/** A statement kept until it is known which database it is for. */
class Recorded implements D1PreparedStatement {
  readonly sql: string;
  private readonly run_: Run;
  private readonly values: readonly unknown[];

  constructor(run: Run, sql: string, values: readonly unknown[]) {
    this.run_ = run;
    this.sql = sql;
    this.values = values;
  }

  on(database: Queryable): D1PreparedStatement {
    const statement = database.prepare(this.sql);
    return this.values.length === 0 ? statement : statement.bind(...this.values);
  }

  bind(...values: unknown[]): Recorded {
    return new Recorded(this.run_, this.sql, values);
  }

  async all<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    const [result] = await this.run_<T>([reading(this)], null);
    if (result === undefined) throw new Error("A statement of a shard had no result.");
    return result;
  }

  run<T = Record<string, unknown>>(): Promise<D1Result<T>> {
    return this.all<T>();
  }

  async first<T>(column?: string): Promise<T | null> {
    if (column === undefined) return (await this.all<T>()).results[0] ?? null;
    return (await this.all<Record<string, T>>()).results[0]?.[column] ?? null;
  }

  async raw(): Promise<never> {
    throw new Error("Read a shard's statement with all() or first().");
  }
}

function recorded(statement: D1PreparedStatement): Recorded {
  if (statement instanceof Recorded) return statement;
  throw new Error("A statement was prepared by another database than the shard it is run on.");
}

/** A write that does not say what it touches would be lost to a move under way. */
function reading(statement: D1PreparedStatement): Recorded {
  const read = recorded(statement);
  if (WRITES.test(read.sql)) throw new Error(`A shard is written to by write(): ${read.sql.slice(0, 100)}`);
  return read;
}
