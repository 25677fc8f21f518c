import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Context, InboxCalls } from "../../workers/context.ts";
import { Inbox } from "../../workers/inbox/inbox.ts";
import { inboxName, readInboxName } from "../../workers/inbox/name.ts";
import type { InboxStorage } from "../../workers/inbox/store.ts";

/** The real inboxes in plain Node: what Cloudflare gives an object of storage and alarm, over Node's own SQLite. */

/**
 * What an object's SQLite refuses (docs of Cloudflare: Durable Objects, "Limits"). SQLite enforces it itself, also for
 * whole rows; workerd on a developer's machine may allow more.
 */
const LIMITS = {
  length: 2_000_000,
  sqlLength: 100_000,
  column: 100,
  functionArg: 32,
  likePatternLength: 50,
  variableNumber: 100,
};

type SqlValue = ArrayBuffer | string | number | null;
type BoundValue = SqlValue | Uint8Array;

export interface LocalStorageOptions {
  /** The file that holds the rows, which outlives the process; in memory where absent. */
  path?: string;
  /** Called with each new time of the alarm, epoch milliseconds. */
  alarm?: (at: number) => void;
}

/** An object's storage. The alarm is held in memory: `alarm` is called when it is set, and runs the object at that time. */
export class LocalStorage implements InboxStorage {
  readonly sql: InboxStorage["sql"];
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #onAlarm: (at: number) => void;
  #alarm: number | null = null;
  #depth = 0;

  constructor({ path = ":memory:", alarm = () => {} }: LocalStorageOptions = {}) {
    // Not written in the call: the installed types of Node lack `limits`.
    const options = { timeout: 1000, limits: LIMITS };
    this.#db = new DatabaseSync(path, options);
    if (path !== ":memory:") this.#db.exec("PRAGMA journal_mode = WAL");
    // A file has to survive the end of the process, not a power failure.
    this.#db.exec("PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY");
    const [pageSize] = this.#rows("PRAGMA page_size", []);
    const pageBytes = Number(pageSize?.page_size);
    const rowsOf = (query: string, values: BoundValue[]) => this.#rows(query, values);
    const pages = () => Number(this.#rows("PRAGMA page_count", [])[0]?.page_count);
    this.sql = {
      exec(query, ...values) {
        const rows = rowsOf(query, values);
        return { toArray: () => rows };
      },
      get databaseSize() {
        return pages() * pageBytes;
      },
    };
    this.#onAlarm = alarm;
  }

  transactionSync<T>(work: () => T): T {
    const savepoint = `level_${this.#depth}`;
    this.#rows(`SAVEPOINT ${savepoint}`, []);
    this.#depth += 1;
    try {
      return work();
    } catch (error) {
      this.#rows(`ROLLBACK TO ${savepoint}`, []);
      throw error;
    } finally {
      this.#rows(`RELEASE ${savepoint}`, []);
      this.#depth -= 1;
    }
  }

  async getAlarm(): Promise<number | null> {
    return this.#alarm;
  }

  async setAlarm(at: number): Promise<void> {
    this.#alarm = at;
    this.#onAlarm(at);
  }

  /** Takes the alarm out if it still stands at this time: then the object is to be run. */
  takeAlarm(at: number): boolean {
    if (this.#alarm !== at) return false;
    this.#alarm = null;
    return true;
  }

  close(): void {
    this.#prepared.clear();
    this.#db.close();
  }

  /** As in an object, a query without values may hold several statements. */
  #rows(query: string, values: BoundValue[]): Record<string, SqlValue>[] {
    const known = this.#prepared.get(query);
    if (known === undefined && values.length === 0 && SEVERAL.test(query)) {
      this.#db.exec(query);
      return [];
    }
    const statement = known ?? this.#db.prepare(query);
    if (known === undefined) this.#prepared.set(query, statement);
    return statement.all(...values.map(bound)).map((row) => (isPlain(row) ? row : readable(row)));
  }
}

const SEVERAL = /;\s*\S/u;

function bound(value: BoundValue): Uint8Array | string | number | null {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

type RawRow = ReturnType<StatementSync["all"]>[number];

function isPlain(row: RawRow): row is Record<string, string | number | null> {
  for (const column in row)
    if (typeof row[column] === "bigint" || row[column] instanceof Uint8Array) return false;
  return true;
}

/** A row as an object gets it: blobs are ArrayBuffers. */
function readable(row: RawRow): Record<string, SqlValue> {
  const read: Record<string, SqlValue> = {};
  for (const [column, value] of Object.entries(row)) {
    if (typeof value === "bigint") throw new Error(`Column ${column} holds a number beyond 2^53.`);
    read[column] = value instanceof Uint8Array ? bufferOf(value) : value;
  }
  return read;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return buffer;
  return Uint8Array.from(bytes).buffer;
}

export interface LocalInboxesOptions {
  context: () => Context;
  /** Runs something after so many milliseconds: a timer, or a test clock's. */
  after: (ms: number, run: () => void) => void;
  /** The file of an inbox; all are in memory where absent. */
  pathOf?: (name: string) => string;
}

interface Opened {
  inbox: Inbox;
  storage: LocalStorage;
}

/** All inboxes of a hub, by name, as its context reaches them; each is opened at its first call and run by its alarm. */
export class LocalInboxes {
  readonly #options: LocalInboxesOptions;
  readonly #opened = new Map<string, Opened>();

  constructor(options: LocalInboxesOptions) {
    this.#options = options;
  }

  /** For `Context.inboxOf`. */
  readonly of = (connection_id: string, lane: number): InboxCalls => {
    const name = inboxName({ connection_id, lane });
    const inbox = () => this.#open(name).inbox;
    return {
      accept: async (version, document) => inbox().accept(version, document),
      setVersion: async (version) => inbox().setVersion(version),
      remove: async () => inbox().remove(),
      readAgain: async (documents) => inbox().readAgain(documents),
      upkeep: async () => {
        const report = await inbox().upkeep();
        if (report.finished) this.#forget(name);
        return report;
      },
      report: async () => inbox().report(),
      describeAll: async (keys) => inbox().describeAll(keys),
      load: async (key) => inbox().load(key),
      list: async (query) => inbox().list(query),
      idsAfter: async (key, limit) => inbox().idsAfter(key, limit),
      hours: async (since) => inbox().hours(since),
    };
  };

  /** Runs an inbox as its alarm does. */
  async alarm(name: string): Promise<void> {
    await this.#open(name).inbox.alarm();
  }

  /** The inboxes that were opened. */
  names(): string[] {
    return [...this.#opened.keys()];
  }

  close(): void {
    for (const name of this.names()) this.#forget(name);
  }

  #open(name: string): Opened {
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const { context, after, pathOf } = this.#options;
    const storage = new LocalStorage({
      path: pathOf?.(name),
      // Inboxes set their alarm by the real clock, whatever clock the hub has.
      alarm: (at) => after(Math.max(0, at - Date.now()), () => this.#ring(name, storage, at)),
    });
    const opened = { storage, inbox: new Inbox(storage, readInboxName(name), context) };
    this.#opened.set(name, opened);
    return opened;
  }

  #ring(name: string, storage: LocalStorage, at: number): void {
    const opened = this.#opened.get(name);
    if (opened?.storage === storage && storage.takeAlarm(at)) void opened.inbox.alarm();
  }

  #forget(name: string): void {
    this.#opened.get(name)?.storage.close();
    this.#opened.delete(name);
  }
}
