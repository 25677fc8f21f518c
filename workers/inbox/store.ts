import { z } from "zod";
import type { Remark } from "../carriers/carrier.ts";
import { documentPlace, keyAfter, keyAt } from "../domain/document-id.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import { INBOX_SCHEMA } from "./schema.ts";
import type { DocumentState, DocumentsHour, DocumentsQuery, InboxReport, NewDocument } from "./views.ts";

/** An inbox's rows: every statement on its SQLite stands here. Nothing waits: each call is done when it returns. */

type SqlValue = ArrayBuffer | string | number | null;

/** What the inbox needs of an object's storage; `DurableObjectStorage` has it. */
export interface InboxStorage {
  readonly sql: {
    /** Bytes are copied out of a view before it returns. */
    exec(query: string, ...values: (SqlValue | Uint8Array)[]): { toArray(): Record<string, SqlValue>[] };
    readonly databaseSize: number;
  };
  transactionSync<T>(work: () => T): T;
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

/** A row may hold 2 MB in an object, its other columns included. */
export const PIECE_BYTES = 1_900_000;
/** A larger body lies in pieces, so that a later change of its row does not write it again. */
const INLINE_BYTES = 64 * 1024;

const Facts = z.object({
  http_status: z.number().nullable(),
  asked: z.array(z.string()),
  file_name: z.string().nullable(),
  headers: z.record(z.string(), z.string()).optional(),
});

const Remarks = z.array(
  z.object({
    kind: z.enum([
      "unreadable",
      "unknown_code",
      "tolerated",
      "not_found",
      "carrier_error",
      "time_unknown",
      "incomplete",
      "skipped",
    ]),
    detail: z.string(),
    at: z.string().nullable(),
  }),
);

const STATES = ["accepted", "postponed", "unreadable"] as const;

const Row = z.object({
  key: z.string(),
  carrier_id: z.string(),
  source: z.enum(SOURCES),
  state: z.enum(STATES),
  size: z.number(),
  content_type: z.string().nullable(),
  facts: z.string(),
  received_at: z.number(),
  remarks: z.string().nullable(),
  archive: z.string().nullable(),
});

const COLUMNS = "key, carrier_id, source, state, size, content_type, facts, received_at, remarks, archive";

/** A document without its body, as the inbox stores it. */
export interface StoredRow {
  key: string;
  carrier_id: string;
  source: (typeof SOURCES)[number];
  state: DocumentState;
  size: number;
  content_type: string | null;
  http_status: number | null;
  asked: string[];
  file_name: string | null;
  headers?: Record<string, string>;
  received_at: number;
  remarks: Remark[];
  archive: string | null;
}

/** What a batch did, written in one transaction. */
export interface Progress {
  /** All documents up to this key have been processed. */
  mark: string;
  /** Set aside, with the reasons. */
  unreadable: ReadonlyMap<string, readonly Remark[]>;
  /** Worth telling the operator or the carrier, though the document was read. */
  remarks: ReadonlyMap<string, readonly Remark[]>;
  /** What could not be written yet, by destination. */
  postponed: readonly Postponed[];
  /** JSON of counts that are not in the control database yet. */
  counts: string;
}

export interface Postponed {
  destination: string;
  key: string;
  reread: boolean;
}

export interface Destination {
  name: string;
  next_at: number;
  tries: number;
}

export interface Wake {
  tenant_id: string;
  tries: number;
}

/** Remarks stored with a document, and how long one may be. */
const REMARKS_MAX = 50;
const REMARK_LENGTH = 300;
/** Waiting documents are counted up to this many. */
const COUNTED_MAX = 10_000;
/** Documents that a list looks at for one page. */
const SCANNED_MAX = 2000;

/** How far a document has come that takes more than one invocation. */
const Part = z.object({
  key: z.string(),
  /** So many slices have been processed; the digest is of all that is in them. */
  slices: z.number(),
  digest: z.string(),
  waiting: z.array(z.string()),
  fault: z.string().nullable(),
  newsworthy: z.boolean(),
});
export type Part = z.infer<typeof Part>;

const Mark = z.object({ mark: z.string(), counts: z.string() });
/** Documents that were begun and did not end, and how often. */
const Begun = z.record(z.string(), z.number());
const Starts = z.object({ head: z.string(), count: z.number() });

export class InboxStore {
  readonly #storage: InboxStorage;
  #last: string;
  #mark: string;
  #counts: string;

  constructor(storage: InboxStorage) {
    this.#storage = storage;
    storage.sql.exec(INBOX_SCHEMA);
    const { mark, counts } = this.#progress();
    this.#mark = mark;
    this.#counts = counts;
    const last = this.#text("SELECT max(key) AS value FROM documents");
    this.#last = last === null || last < mark ? mark : last;
  }

  #progress(): z.infer<typeof Mark> {
    const progress = this.fact("progress");
    return progress === null ? { mark: "", counts: "" } : Mark.parse(JSON.parse(progress));
  }

  get storedBytes(): number {
    return this.#storage.sql.databaseSize;
  }

  /** Every document up to this key has been processed. */
  get mark(): string {
    return this.#mark;
  }

  /** JSON of counts that were written with the mark and are not in the control database yet. */
  get counts(): string {
    return this.#counts;
  }

  transaction<T>(work: () => T): T {
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      // Rolled back: what is in memory must say the same.
      const { mark, counts } = this.#progress();
      this.#mark = mark;
      this.#counts = counts;
      throw error;
    }
  }

  // --- facts ---------------------------------------------------------------------------------------------------

  fact(name: string): string | null {
    return this.#text("SELECT value FROM facts WHERE name = ?", name);
  }

  setFact(name: string, value: string | null): void {
    if (value === null) this.#exec("DELETE FROM facts WHERE name = ?", name);
    else
      this.#exec(
        "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
      );
  }

  #begun(): z.infer<typeof Begun> {
    const json = this.fact("begun");
    return json === null ? {} : Begun.parse(JSON.parse(json));
  }

  /** How often a document was begun and did not end. */
  kills(key: string): number {
    return this.#begun()[key] ?? 0;
  }

  /** Before a step that may end the process: written durably, so that the next instance knows. */
  begin(key: string): void {
    this.setFact("begun", JSON.stringify({ ...this.#begun(), [key]: this.kills(key) + 1 }));
  }

  /** These ended, however that went. */
  ended(keys: readonly string[]): void {
    const begun = Object.entries(this.#begun());
    const left = begun.filter(([key]) => !keys.includes(key));
    if (left.length === begun.length) return;
    this.setFact("begun", left.length === 0 ? null : JSON.stringify(Object.fromEntries(left)));
  }

  /** How far a document has come; null where it is to be processed from its beginning. */
  part(key: string): Part | null {
    const json = this.fact(`part ${key}`);
    return json === null ? null : Part.parse(JSON.parse(json));
  }

  keepPart(part: Part): void {
    this.setFact(`part ${part.key}`, JSON.stringify(part));
  }

  forgetParts(keys: readonly string[]): void {
    const names = JSON.stringify(keys.map((key) => `part ${key}`));
    this.#exec("DELETE FROM facts WHERE name IN (SELECT value FROM json_each(?))", names);
  }

  /** How often an instance started with the same document at the head of those that wait, this start included. */
  countStart(kind: "fresh" | "postponed"): number {
    const head =
      kind === "fresh" ? this.fresh(1)[0]?.key : this.#text("SELECT min(key) AS value FROM postponed");
    if (head === undefined || head === null) return 0;
    const json = this.fact(`starts ${kind}`);
    const before = json === null ? null : Starts.parse(JSON.parse(json));
    // One that was begun by itself has come to the head because those before it are done.
    const count = before?.head === head || this.kills(head) > 0 ? (before?.count ?? 0) + 1 : 1;
    this.setFact(`starts ${kind}`, JSON.stringify({ head, count }));
    return count;
  }

  // --- acceptance ----------------------------------------------------------------------------------------------

  /** Stores a document and returns its key. */
  add(document: NewDocument, now: number): string {
    const key = keyAfter(this.#last, now);
    const { body, http_status, asked, file_name, headers } = document;
    const inline = body.length <= INLINE_BYTES;
    for (let piece = 0; !inline && piece * PIECE_BYTES < body.length; piece++)
      this.#exec(
        "INSERT INTO pieces (key, piece, body) VALUES (?, ?, ?)",
        key,
        piece,
        body.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES),
      );
    this.#exec(
      `INSERT INTO documents (key, carrier_id, source, state, size, content_type, facts, received_at, body)
       VALUES (?, ?, ?, 'accepted', ?, ?, ?, ?, ?)`,
      key,
      document.carrier_id,
      document.source,
      body.length,
      document.content_type,
      JSON.stringify({ http_status, asked, file_name, headers }),
      document.received_at,
      inline ? body : null,
    );
    this.#last = key;
    return key;
  }

  // --- processing ----------------------------------------------------------------------------------------------

  /** The next documents that have never been processed, in the order of acceptance. */
  fresh(limit: number): { key: string; size: number }[] {
    return this.#rows(
      "SELECT key, size FROM documents WHERE key > ? AND state = 'accepted' ORDER BY key LIMIT ?",
      this.#mark,
      limit,
    ).map((row) => z.object({ key: z.string(), size: z.number() }).parse(row));
  }

  /** A document without its body; null where there is none. */
  row(key: string): StoredRow | null {
    const [raw] = this.#rows(`SELECT ${COLUMNS} FROM documents WHERE key = ?`, key);
    return raw === undefined ? null : this.#stored(raw);
  }

  /** Some documents, in the order of their keys, each with its body where that is in its row. */
  rows(keys: readonly string[]): { row: StoredRow; body: Uint8Array | null }[] {
    return this.#rows(
      `SELECT ${COLUMNS}, body FROM documents WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key`,
      JSON.stringify(keys),
    ).map(({ body, ...raw }) => ({
      row: this.#stored(raw),
      body: body instanceof ArrayBuffer ? new Uint8Array(body) : null,
    }));
  }

  /** A body that is stored here; empty where it is archived. */
  body(key: string, size: number): Uint8Array {
    const [row] = this.#rows("SELECT body FROM documents WHERE key = ?", key);
    if (row?.body instanceof ArrayBuffer) return new Uint8Array(row.body);
    const whole = new Uint8Array(size);
    for (let piece = 0, at = 0; at < size; piece++) {
      const [part] = this.#rows("SELECT body FROM pieces WHERE key = ? AND piece = ?", key, piece);
      if (!(part?.body instanceof ArrayBuffer))
        throw new RangeError(`Document ${key}: piece ${piece} is missing.`);
      whole.set(new Uint8Array(part.body), at);
      at += part.body.byteLength;
    }
    return whole;
  }

  /** Notes what a batch of fresh documents did. */
  pass(progress: Progress): void {
    this.transaction(() => {
      this.#note(progress);
      this.#mark = progress.mark;
      this.#counts = progress.counts;
      this.setFact("progress", JSON.stringify({ mark: progress.mark, counts: progress.counts }));
    });
  }

  /** Notes what a batch of a destination's documents did; `keys` are all that were processed. */
  passDestination(name: string, keys: readonly string[], progress: Omit<Progress, "mark">): void {
    this.transaction(() => {
      const json = JSON.stringify(keys);
      this.#exec(
        "DELETE FROM postponed WHERE destination = ? AND key IN (SELECT value FROM json_each(?))",
        name,
        json,
      );
      // Whatever became of them this time stands in the notes below.
      this.#exec(
        `UPDATE documents SET state = 'accepted', remarks = NULL WHERE state <> 'accepted' AND key IN (SELECT value FROM json_each(?))
         AND NOT EXISTS (SELECT 1 FROM destinations n CROSS JOIN postponed p ON p.destination = n.name AND p.key = documents.key)`,
        json,
      );
      this.#note(progress);
      this.#archiveLater(keys);
      // Without any that is still here, it would be due for ever.
      if (keys.length === 0) this.#exec("DELETE FROM postponed WHERE destination = ?", name);
      if (!this.hasPostponed(name)) this.#exec("DELETE FROM destinations WHERE name = ?", name);
      this.keepCounts(progress.counts);
    });
  }

  /** What waited here while its neighbours were archived is archived by itself. */
  #archiveLater(keys: readonly string[]): void {
    const first = this.#text(
      "SELECT min(key) AS value FROM documents WHERE key IN (SELECT value FROM json_each(?)) AND archive IS NULL",
      JSON.stringify(keys),
    );
    if (first !== null && first <= (this.fact("archived") ?? ""))
      this.setFact("archived", first.slice(0, -1));
  }

  #note({ unreadable, remarks, postponed }: Omit<Progress, "mark" | "counts">): void {
    for (const [key, of] of remarks)
      this.#exec("UPDATE documents SET remarks = ? WHERE key = ?", remarksJson(of), key);
    for (const [key, of] of unreadable)
      this.#exec(
        "UPDATE documents SET state = 'unreadable', remarks = ? WHERE key = ?",
        remarksJson(of),
        key,
      );
    for (const { destination, key, reread } of postponed) {
      this.#exec(
        `INSERT INTO postponed (destination, key, reread) VALUES (?, ?, ?)
         ON CONFLICT (destination, key) DO UPDATE SET reread = max(reread, excluded.reread)`,
        destination,
        key,
        reread ? 1 : 0,
      );
      this.#exec("UPDATE documents SET state = 'postponed' WHERE key = ? AND state <> 'postponed'", key);
    }
  }

  /** Counts that are still to be written to the control database; written only where that differs. */
  keepCounts(counts: string): void {
    if (counts === this.#counts) return;
    this.#counts = counts;
    this.setFact("progress", JSON.stringify({ mark: this.#mark, counts }));
  }

  // --- what waits for something --------------------------------------------------------------------------------

  destinations(): Destination[] {
    return this.#rows("SELECT name, next_at, tries FROM destinations ORDER BY next_at").map((row) =>
      z.object({ name: z.string(), next_at: z.number(), tries: z.number() }).parse(row),
    );
  }

  setDestination({ name, next_at, tries }: Destination, why: string): void {
    this.#exec(
      `INSERT INTO destinations (name, next_at, tries, why) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at, tries = excluded.tries, why = excluded.why`,
      name,
      next_at,
      tries,
      why,
    );
  }

  /** The next documents that wait for a destination, the oldest first. */
  postponed(destination: string, limit: number): { key: string; size: number; reread: boolean }[] {
    return this.#rows(
      `SELECT p.key, d.size, p.reread FROM postponed p JOIN documents d ON d.key = p.key
       WHERE p.destination = ? ORDER BY p.key LIMIT ?`,
      destination,
      limit,
    ).map((row) => {
      const { reread, ...rest } = z
        .object({ key: z.string(), size: z.number(), reread: z.number() })
        .parse(row);
      return { ...rest, reread: reread === 1 };
    });
  }

  hasPostponed(destination: string): boolean {
    return this.#rows("SELECT 1 AS one FROM postponed WHERE destination = ? LIMIT 1", destination).length > 0;
  }

  /** Has documents read again; keys that are not here (any more) are passed over. */
  readAgain(destination: string, documents: readonly { key: string; reread: boolean }[]): void {
    this.transaction(() => {
      for (const { key, reread } of documents) {
        const row = this.row(key);
        // One that was never processed will be anyway, under the rules of that moment; unless it is processed in part.
        const begun = this.part(key) !== null;
        if (row === null || (row.state === "accepted" && key > this.#mark && !begun)) continue;
        if (begun) this.forgetParts([key]);
        this.#note({ unreadable: new Map(), remarks: new Map(), postponed: [{ destination, key, reread }] });
      }
    });
  }

  dueWakes(now: number, limit: number): Wake[] {
    return this.#rows("SELECT tenant_id, tries FROM wakes WHERE next_at <= ? LIMIT ?", now, limit).map(
      (row) => z.object({ tenant_id: z.string(), tries: z.number() }).parse(row),
    );
  }

  keepWake(tenant_id: string, tries: number, next_at: number): void {
    this.#exec(
      `INSERT INTO wakes (tenant_id, next_at, tries) VALUES (?, ?, ?)
       ON CONFLICT (tenant_id) DO UPDATE SET next_at = excluded.next_at, tries = excluded.tries`,
      tenant_id,
      next_at,
      tries,
    );
  }

  forgetWake(tenant_id: string): void {
    this.#exec("DELETE FROM wakes WHERE tenant_id = ?", tenant_id);
  }

  nextWakeAt(): number | null {
    return this.#number("SELECT min(next_at) AS value FROM wakes");
  }

  // --- questions -----------------------------------------------------------------------------------------------

  report(): Omit<InboxReport, "appends" | "conflicts" | "finished"> {
    const [fresh] = this.#rows(
      `SELECT count(*) AS n, min(received_at) AS oldest FROM
         (SELECT received_at FROM documents WHERE key > ? AND state = 'accepted' ORDER BY key LIMIT ${COUNTED_MAX})`,
      this.#mark,
    );
    const [later] = this.#rows(
      `SELECT count(*) AS n, min(received_at) AS oldest FROM
         (SELECT DISTINCT d.key, d.received_at FROM postponed p JOIN documents d ON d.key = p.key LIMIT ${COUNTED_MAX})`,
    );
    const shape = z.object({ n: z.number(), oldest: z.number().nullable() });
    const [a, b] = [shape.parse(fresh), shape.parse(later)];
    return {
      waiting: a.n + b.n,
      oldest_due_at: a.oldest,
      oldest_waiting_at: least(a.oldest, b.oldest),
      last_received_at: this.#number("SELECT received_at AS value FROM documents ORDER BY key DESC LIMIT 1"),
      unreadable:
        this.#number(
          `SELECT count(*) AS value FROM (SELECT 1 FROM documents WHERE state = 'unreadable' LIMIT ${COUNTED_MAX})`,
        ) ?? 0,
      stored_bytes: this.storedBytes,
    };
  }

  /**
   * Documents by a query, the newest first, and the key to go on before; null at the end. A page looks at a bounded
   * number of rows, so where only one source is asked for it may be short, or empty, and go on.
   */
  list(
    { state, source, since, before, limit }: DocumentsQuery,
    isBefore: (key: string) => boolean,
  ): { rows: StoredRow[]; next: string | null } {
    const upto = before === null ? "~" : (documentPlace(before)?.key ?? "~");
    // Every row fits where any source will do, except one that stands at `before` itself.
    const most = source === null ? limit + 2 : SCANNED_MAX;
    const found = this.#newest(state, keyAt(since), upto, most);
    const fitting = found.filter((row) => isBefore(row.key) && (source === null || row.source === source));
    const rows = fitting.slice(0, limit);
    const more = found.length === most ? found.at(-1)?.key : undefined;
    return { rows, next: (fitting.length > limit ? rows.at(-1)?.key : more) ?? null };
  }

  /** Rows up to a key, the newest first. The state stands in the text: a partial index serves only what says its condition. */
  #newest(state: DocumentsQuery["state"], from: string, upto: string, most: number): StoredRow[] {
    const rows = (condition: string, first: string) =>
      this.#rows(
        `SELECT ${COLUMNS} FROM documents WHERE key >= ? AND key <= ? ${condition} ORDER BY key DESC LIMIT ?`,
        first,
        upto,
        most,
      ).map((row) => this.#stored(row));
    if (state === null) return rows("", from);
    if (state === "unreadable") return rows("AND state = 'unreadable'", from);
    // Those that were never processed stand after the mark; before it only what is postponed still waits.
    const waiting = [
      ...rows("AND state = 'accepted'", `${this.#mark}!`),
      ...rows("AND state = 'postponed'", ""),
    ];
    return waiting.sort((a, b) => (a.key < b.key ? 1 : -1)).slice(0, most);
  }

  /** Keys of a carrier's documents after one of them, the oldest first. */
  keysAfter(key: string, limit: number): string[] {
    return this.#rows("SELECT key FROM documents WHERE key > ? ORDER BY key LIMIT ?", key, limit).map((row) =>
      String(row.key),
    );
  }

  /** What came in since a time, hour by hour; of the latest ten thousand documents. */
  hours(since: number): DocumentsHour[] {
    const shape = z.object({
      hour: z.number(),
      way: z.enum(SOURCES),
      carrier_id: z.string(),
      documents: z.number(),
      unreadable: z.number(),
      waiting: z.number(),
      oldest_waiting_at: z.number().nullable(),
      last_received_at: z.number(),
    });
    return this.#rows(
      `SELECT received_at - received_at % 3600000 AS hour, source AS way, max(carrier_id) AS carrier_id, count(*) AS documents,
              sum(state = 'unreadable') AS unreadable, sum(waits) AS waiting, min(CASE WHEN waits THEN received_at END) AS oldest_waiting_at,
              max(received_at) AS last_received_at
       FROM (SELECT received_at, source, carrier_id, state, state = 'postponed' OR (state = 'accepted' AND key > ?) AS waits
             FROM documents WHERE key >= ? ORDER BY key DESC LIMIT ${COUNTED_MAX})
       GROUP BY 1, 2 ORDER BY 1, 2`,
      this.#mark,
      keyAt(since),
    ).map((row) => shape.parse(row));
  }

  // --- archive and retention -----------------------------------------------------------------------------------

  /** The next processed documents whose bodies are still here, from `after` up to `before`. */
  toArchive(after: string, before: string, limit: number): { key: string; size: number; goes: boolean }[] {
    const until = before < this.#mark ? before : this.#mark;
    return this.#rows(
      `SELECT key, size, state = 'accepted' AND archive IS NULL AND size > 0 AS goes FROM documents
       WHERE key > ? AND key <= ? ORDER BY key LIMIT ?`,
      after,
      until,
      limit,
    ).map((row) => {
      const { goes, ...rest } = z.object({ key: z.string(), size: z.number(), goes: z.number() }).parse(row);
      return { ...rest, goes: goes === 1 };
    });
  }

  /** The bodies are in R2: drops them here. `places` says where each is. */
  archived(object: string, places: readonly (readonly [key: string, place: string])[], upto: string): void {
    this.transaction(() => {
      const [last] = places.at(-1) ?? [];
      if (last !== undefined) {
        const json = JSON.stringify(places);
        this.#exec(
          `UPDATE documents SET body = NULL, archive = (SELECT value ->> 1 FROM json_each(?1) WHERE value ->> 0 = documents.key)
           WHERE key IN (SELECT value ->> 0 FROM json_each(?1))`,
          json,
        );
        this.#exec("DELETE FROM pieces WHERE key IN (SELECT value ->> 0 FROM json_each(?))", json);
        this.#exec("INSERT OR REPLACE INTO archives (last_key, object) VALUES (?, ?)", last, object);
      }
      this.setFact("archived", upto);
    });
  }

  /** The oldest documents from before a key. Those that still wait for something are kept until it is settled. */
  olderThan(before: string, limit: number): string[] {
    return this.#rows(
      "SELECT key FROM documents WHERE key < ? AND key <= ? AND state <> 'postponed' ORDER BY key LIMIT ?",
      before,
      this.#mark,
      limit,
    ).map((row) => String(row.key));
  }

  forget(keys: readonly string[]): void {
    const json = JSON.stringify(keys);
    this.transaction(() => {
      for (const table of ["pieces", "postponed", "documents"])
        this.#exec(`DELETE FROM ${table} WHERE key IN (SELECT value FROM json_each(?))`, json);
    });
  }

  archivesBefore(key: string, limit: number): { last_key: string; object: string }[] {
    return this.#rows("SELECT last_key, object FROM archives WHERE last_key < ? LIMIT ?", key, limit).map(
      (row) => z.object({ last_key: z.string(), object: z.string() }).parse(row),
    );
  }

  forgetArchives(last_keys: readonly string[]): void {
    this.#exec(
      "DELETE FROM archives WHERE last_key IN (SELECT value FROM json_each(?))",
      JSON.stringify(last_keys),
    );
  }

  /** Nothing is stored here or in R2, and nobody is still to be woken. */
  get isEmpty(): boolean {
    return ["documents", "archives", "wakes"].every(
      (table) => this.#rows(`SELECT 1 AS one FROM ${table} LIMIT 1`).length === 0,
    );
  }

  #stored(raw: Record<string, SqlValue>): StoredRow {
    const { facts, remarks, state, ...row } = Row.parse(raw);
    return {
      ...row,
      ...Facts.parse(JSON.parse(facts)),
      remarks: remarks === null ? [] : Remarks.parse(JSON.parse(remarks)),
      state:
        state === "unreadable"
          ? "unreadable"
          : state === "accepted" && row.key <= this.#mark
            ? "done"
            : "accepted",
    };
  }

  #exec(sql: string, ...values: (SqlValue | Uint8Array)[]): void {
    this.#storage.sql.exec(sql, ...values);
  }

  #rows(sql: string, ...values: SqlValue[]): Record<string, SqlValue>[] {
    return this.#storage.sql.exec(sql, ...values).toArray();
  }

  #text(sql: string, ...values: SqlValue[]): string | null {
    const value = this.#rows(sql, ...values)[0]?.value;
    return typeof value === "string" ? value : null;
  }

  #number(sql: string, ...values: SqlValue[]): number | null {
    const value = this.#rows(sql, ...values)[0]?.value;
    return typeof value === "number" ? value : null;
  }
}

function remarksJson(remarks: readonly Remark[]): string | null {
  if (remarks.length === 0) return null;
  return JSON.stringify(
    remarks.slice(0, REMARKS_MAX).map((one) => ({ ...one, detail: one.detail.slice(0, REMARK_LENGTH) })),
  );
}

function least(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
