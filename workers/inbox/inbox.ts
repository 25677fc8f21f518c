import type { Remark } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import { documentId } from "../domain/document-id.ts";
import { AGAIN } from "../flow/append.ts";
import { log, reasonOf } from "../flow/log.ts";
import { type Calls, metered } from "../flow/metered.ts";
import { isOwnFault } from "../observe/database-fault.ts";
import { Tally } from "../observe/tally.ts";
import { loadArchived } from "../storage/archive.ts";
import {
  Batch,
  type BatchPorts,
  HEAVY_BYTES,
  type HeldRules,
  type Noted,
  Paused,
  ReadOtherwise,
  RulesChanged,
  type Work,
} from "./batch.ts";
import { clearOldRows } from "./clear-old-rows.ts";
import type { InboxName } from "./name.ts";
import { type InboxStorage, InboxStore, type StoredRow } from "./store.ts";
import type {
  Acceptance,
  DocumentRow,
  DocumentsHour,
  DocumentsQuery,
  InboxReport,
  NewDocument,
  Reread,
  StoredDocument,
} from "./views.ts";

/**
 * One lane of a connection: stores what the carrier sent, which is the acceptance, and takes it into the timelines, many
 * documents at a time. At most one run is under way; it is started by an acceptance or by the alarm.
 */

/** A run that was cut off is taken up by the alarm within this time. */
const LEASE_MS = 5000;
/**
 * A run hands over to the alarm after so long, or so many calls, at the end of a slice: a slice takes ten or twenty calls
 * to databases and wakes up to a thousand customers, and an invocation may make a bounded number of calls.
 */
const RUN_MS = 20_000;
const RUN_CALLS = { database: 250, all: 900 };
/** Documents that a batch takes, and their bytes. */
const BATCH_DOCUMENTS = 200;
const BATCH_BYTES = 4_000_000;
/** After a batch of so many documents the next waits a moment, so that it is full too. Never at a gentle pace. */
const LINGER_FROM = 12;
const LINGER_MS = 40;
/** A document whose processing was cut off so often is set aside. */
const KILLS_MAX = 3;
/** Starts with the same document at the head, after which each document is noted before it is begun. */
const STARTS_MAX = 3;
const SUSPECTS = 50;
/** The first wait after trouble; it doubles up to the second. */
const BACKOFF_MS = 250;
const BACKOFF_MAX_MS = 60_000;
const WAKES_AT_ONCE = 6;

/** Documents that were never processed, and those that wait for a destination. */
const KINDS = ["fresh", "postponed"] as const;
type Kind = (typeof KINDS)[number];

export class Inbox {
  readonly #name: InboxName;
  readonly #storage: InboxStorage;
  readonly #context: () => Context;
  readonly #store: InboxStore;
  readonly #tally = new Tally();
  readonly #rules = new Map<string, HeldRules>();
  #running: Promise<void> | null = null;
  /** When the alarm is set to, by the inbox's clock. Undefined: not known to this instance. */
  #armedAt: number | undefined;
  /**
   * Documents up to this key may be in the timelines already, without what follows an append: a run that took them was
   * cut off, or failed.
   */
  #repeatedTo: string;
  /** So many documents are noted one by one before they are begun: one of them ended earlier instances. */
  readonly #suspects: Record<Kind, number>;
  /** Documents that are being processed, and those of them that were asked for again meanwhile, perhaps too late. */
  #inFlight: ReadonlySet<string> = new Set();
  readonly #askedInFlight = new Map<string, boolean>();
  #clearing: Promise<void> | null = null;
  #failures = 0;
  #retryAt = 0;
  /** After an error of its own, documents are processed one by one until the one at fault is found. */
  #alone = 0;
  /** Which documents have the first turn of an invocation. */
  #first: Kind = "fresh";
  readonly #tries = { appends: 0, conflicts: 0 };
  /** The connection's newest version that this lane knows; null before it was given one. */
  #version: number | null;
  #removed: boolean;

  constructor(storage: InboxStorage, name: InboxName, context: () => Context) {
    this.#storage = storage;
    this.#name = name;
    this.#context = context;
    this.#store = new InboxStore(storage);
    this.#tally.restore(this.#store.counts);
    const suspectsOf = (kind: Kind) => (this.#store.countStart(kind) > STARTS_MAX ? SUSPECTS : 0);
    this.#suspects = { fresh: suspectsOf("fresh"), postponed: suspectsOf("postponed") };
    // An earlier instance took no more than a batch of them.
    this.#repeatedTo = this.#store.fresh(BATCH_DOCUMENTS).at(-1)?.key ?? "";
    const version = this.#store.fact("version");
    this.#version = version === null ? null : Number(version);
    this.#removed = this.#store.fact("removed") !== null;
  }

  // --- the way in ------------------------------------------------------------------------------------------------

  /**
   * Stores a document. `version` is the connection's, by which the caller verified the document: an older one than the
   * inbox knows is refused. Null where nothing had to be verified, for a file or an answer that was asked for.
   */
  async accept(version: number | null, document: NewDocument): Promise<Acceptance> {
    if (this.#removed) return { kind: "removed" };
    // Asked also where nothing had to be verified: nobody would ever visit the lane of a connection that is gone.
    const known = this.#version ?? (await this.#askVersion());
    if (known === null || this.#removed) return { kind: "removed" };
    if (version !== null) {
      if (version < known) return { kind: "outdated" };
      this.setVersion(version);
    }
    if (this.#store.storedBytes + document.body.length > this.#context().inboxMaxBytes)
      return { kind: "full" };
    // In one transaction with the alarm: whatever ends this instance, the document is taken up.
    const key = this.#store.transaction(() => this.#store.add(document, this.#context().now()));
    this.#arm(this.#context().now() + LEASE_MS);
    this.start();
    return { kind: "accepted", id: documentId({ ...this.#name, key }) };
  }

  /** The connection's version from now on. An older one changes nothing. */
  setVersion(version: number): void {
    if (this.#version !== null && this.#version >= version) return;
    this.#version = version;
    this.#store.setFact("version", String(version));
  }

  /** The connection was deleted: nothing more is accepted, and what waits is processed. */
  remove(): void {
    this.#removed = true;
    this.#store.setFact("removed", "1");
  }

  /** A lane that was never given a version reads it once, from the primary. Null: the connection does not exist. */
  async #askVersion(): Promise<number | null> {
    const row = await this.#context()
      .control.prepare("SELECT updated_at FROM connections WHERE id = ?1")
      .bind(this.#name.connection_id)
      .first<{ updated_at: number }>();
    if (row !== null) this.setVersion(row.updated_at);
    return this.#version;
  }

  /** Has documents read again, as soon as their turn comes. */
  readAgain(documents: readonly Reread[]): void {
    for (const { key, reread } of documents)
      if (this.#inFlight.has(key))
        this.#askedInFlight.set(key, reread || this.#askedInFlight.get(key) === true);
    this.#putAgain(documents);
    // By rules that are the operator's now.
    this.#rules.clear();
    this.#arm(this.#context().now() + LEASE_MS);
    this.start();
  }

  #putAgain(documents: readonly Reread[]): void {
    this.#store.readAgain(AGAIN, documents);
    this.#store.setDestination({ name: AGAIN, next_at: this.#context().now(), tries: 0 }, "");
  }

  // --- runs ------------------------------------------------------------------------------------------------------

  /** Starts a run where none is under way. */
  start(): void {
    this.run().catch((error: unknown) =>
      log("inbox.failed", { connection_id: this.#name.connection_id, why: reasonOf(error) }),
    );
  }

  /** Processes what is due, or joins the run that does. Never throws. */
  run(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** For the object's alarm. Never throws: the platform gives an alarm up that fails six times. */
  async alarm(): Promise<void> {
    this.#armedAt = undefined;
    if (this.#hasWork()) this.#arm(this.#context().now() + LEASE_MS);
    await this.run();
  }

  async #work(): Promise<void> {
    // An acceptance that starts a run does not wait for it, and those that come at the same moment are processed with it.
    await this.#context().wait(0);
    const begun = Date.now();
    const run = new Run(this.#context());
    try {
      for (;;) {
        const size = await this.#step(run);
        if (size === null) break;
        if (Date.now() - begun > RUN_MS || run.isSpent()) {
          this.#arm(this.#context().now());
          return;
        }
        if (size >= LINGER_FROM) await this.#context().wait(LINGER_MS * this.#context().timeScale);
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#armNext();
  }

  /** One batch. Returns how many documents it held; null where nothing is due. */
  async #step(run: Run): Promise<number | null> {
    const { ctx } = run;
    if (this.#retryAt > ctx.now()) return null;
    let [worked, size] = [false, 0];
    for (const kind of this.#first === "fresh" ? KINDS : KINDS.toReversed()) {
      if (kind === "fresh") {
        size = await this.#processFresh(run);
        worked ||= size > 0;
      } else worked = (await this.#processDestination(run)) || worked;
      if (!run.isSpent()) continue;
      // The other has its turn with the next invocation.
      this.#first = kind === "fresh" ? "postponed" : "fresh";
      return size;
    }
    worked = (await this.#wakeAgain(run)) || worked;
    return worked ? size : null;
  }

  /** Returns how many documents there were. */
  async #processFresh(run: Run): Promise<number> {
    const fresh = this.#store.fresh(BATCH_DOCUMENTS);
    const work = this.#together(
      "fresh",
      fresh.map((one) => ({ ...one, reread: false })),
    );
    await this.#process("fresh", work, run, (mark, noted) =>
      this.#store.pass({ mark, ...noted, counts: this.#tally.pending() }),
    );
    return fresh.length;
  }

  /** The next documents that are processed together: those that are large, or suspected, stand alone. */
  #together(kind: Kind, documents: readonly Work[]): Work[] {
    const [first] = documents;
    if (first === undefined) return [];
    if (this.#suspects[kind] > 0 || this.#alone > 0 || first.size > HEAVY_BYTES) return [first];
    let bytes = 0;
    const end = documents.findIndex((one) => {
      bytes += one.size;
      return one.size > HEAVY_BYTES || bytes > BATCH_BYTES;
    });
    return documents.slice(0, end < 0 ? documents.length : Math.max(1, end));
  }

  async #process(
    kind: Kind,
    work: readonly Work[],
    run: Run,
    note: (last: string, noted: Noted) => void,
  ): Promise<void> {
    const [first, last] = [work[0], work.at(-1)];
    if (first === undefined || last === undefined) return;
    const noted = (upto: string, of: Noted) => {
      const keys = work.map(({ key }) => key).filter((key) => key <= upto);
      this.#store.transaction(() => {
        note(upto, of);
        this.#postpone(of);
        this.#store.ended(keys);
        this.#store.forgetParts(keys);
        this.#putAskedInFlight(keys);
      });
    };
    const careful = work.length === 1 && (first.size > HEAVY_BYTES || this.#suspects[kind] > 0);
    if (careful && !this.#mayBegin(first, noted)) return;
    this.#inFlight = new Set(work.map(({ key }) => key));
    const repeated = kind === "postponed" || first.key <= this.#repeatedTo;
    try {
      await new Batch(this.#ports(run, repeated), noted).process(work);
      this.#failures = 0;
      this.#alone = Math.max(0, this.#alone - work.length);
      this.#suspects[kind] = Math.max(0, this.#suspects[kind] - work.length);
    } catch (error) {
      this.#store.ended([first.key]);
      if (error instanceof Paused) return;
      if (kind === "fresh" && last.key > this.#repeatedTo) this.#repeatedTo = last.key;
      if (error instanceof RulesChanged || error instanceof ReadOtherwise) return;
      if (!isOwnFault(error)) throw error;
      log("batch.failed", { connection_id: this.#name.connection_id, why: reasonOf(error) });
      if (work.length > 1) this.#alone = work.length;
      else noted(first.key, setAside(first.key, `It can't be processed: ${reasonOf(error)}`));
    } finally {
      this.#inFlight = new Set();
      this.#askedInFlight.clear();
    }
  }

  /** Documents that were asked for again while they were processed: who follows them was perhaps read before that. */
  #putAskedInFlight(keys: readonly string[]): void {
    const documents = keys.flatMap((key) => {
      const reread = this.#askedInFlight.get(key);
      return reread === undefined ? [] : [{ key, reread }];
    });
    if (documents.length > 0) this.#putAgain(documents);
  }

  /** Notes that a document is begun, unless that ended too many instances: then it is set aside. */
  #mayBegin({ key }: Work, noted: (last: string, of: Noted) => void): boolean {
    const kills = this.#store.kills(key);
    if (kills < KILLS_MAX) {
      this.#store.begin(key);
      return true;
    }
    log("document.set_aside", { document_id: this.#idOf(key), why: `processing it ended ${kills} times` });
    noted(
      key,
      setAside(
        key,
        `Processing it was cut off ${kills} times, most likely because it needs too much memory.`,
      ),
    );
    return false;
  }

  #ports(run: Run, repeated: boolean): BatchPorts {
    return {
      ...this.#name,
      ctx: run.ctx,
      store: this.#store,
      tally: this.#tally,
      rules: this.#rules,
      repeated,
      isSpent: () => run.isSpent(),
      pause: (part) => {
        // Who follows the slices that are processed was read before somebody asked for the document.
        if (!this.#askedInFlight.has(part.key)) this.#store.keepPart(part);
      },
      counted: ({ appends, conflicts }) => {
        this.#tries.appends += appends;
        this.#tries.conflicts += conflicts;
      },
    };
  }

  /** Documents whose destination is due are processed again: all of them, for what was written before is found there. */
  async #processDestination(run: Run): Promise<boolean> {
    const { ctx } = run;
    const due = this.#store.destinations().find(({ next_at }) => next_at <= ctx.now());
    if (due === undefined) return false;
    const work = this.#together("postponed", this.#store.postponed(due.name, BATCH_DOCUMENTS));
    if (work.length === 0) {
      this.#store.passDestination(due.name, [], { ...NOTHING_NOTED, counts: this.#tally.pending() });
      return true;
    }
    await this.#process("postponed", work, run, (last, noted) => {
      const keys = work.map(({ key }) => key).filter((key) => key <= last);
      this.#store.passDestination(due.name, keys, { ...noted, counts: this.#tally.pending() });
    });
    return true;
  }

  /** A destination of documents that could not be written: tried again after a while that grows. */
  #postpone({ postponed }: Noted): void {
    const ctx = this.#context();
    const known = new Map(this.#store.destinations().map((one) => [one.name, one]));
    for (const name of new Set(postponed.map(({ destination }) => destination))) {
      const before = known.get(name);
      // One that waits for its turn already is tried at that time.
      if (before !== undefined && before.next_at > ctx.now()) continue;
      const tries = (before?.tries ?? 0) + 1;
      const next_at = ctx.now() + backoffMs(tries) * ctx.timeScale;
      this.#store.setDestination({ name, next_at, tries }, "");
      // Neither a shipment that loses its races nor an account on the move is a fault.
      if (name !== AGAIN && !name.startsWith("account "))
        ctx.metrics.write([{ kind: "fault", way: "d1", subject: name, failed: 1 }]);
      log("destination.waits", { connection_id: this.#name.connection_id, destination: name, tries });
    }
  }

  async #wakeAgain({ ctx }: Run): Promise<boolean> {
    const due = this.#store.dueWakes(ctx.now(), WAKES_AT_ONCE);
    await Promise.all(
      due.map(async ({ tenant_id, tries }) => {
        try {
          await ctx.deliveryOf(tenant_id).wake();
          this.#store.forgetWake(tenant_id);
        } catch (error) {
          const next_at = ctx.now() + backoffMs(tries + 1) * ctx.timeScale;
          this.#store.keepWake(tenant_id, tries + 1, next_at);
          log("wake.failed", { tenant_id, why: reasonOf(error) });
        }
      }),
    );
    return due.length > 0;
  }

  /** Trouble of the infrastructure: nothing counts against a document, and all is tried again later. */
  #failed(error: unknown): void {
    this.#failures += 1;
    const { now, timeScale, metrics } = this.#context();
    this.#retryAt = now() + backoffMs(this.#failures) * timeScale;
    metrics.write([{ kind: "fault", way: "d1", subject: "control", failed: 1 }]);
    log("inbox.waits", { ...this.#name, failures: this.#failures, why: reasonOf(error) });
  }

  #hasWork(): boolean {
    return (
      this.#store.fresh(1).length > 0 ||
      this.#store.destinations().length > 0 ||
      this.#store.nextWakeAt() !== null
    );
  }

  #armNext(): void {
    const times = [
      ...(this.#store.fresh(1).length > 0 ? [this.#retryAt] : []),
      ...this.#store.destinations().map(({ next_at }) => Math.max(next_at, this.#retryAt)),
    ];
    const wake = this.#store.nextWakeAt();
    if (wake !== null) times.push(Math.max(wake, this.#retryAt));
    if (times.length > 0) this.#arm(Math.min(...times));
  }

  /** Sets the alarm, unless one is set for before. */
  #arm(at: number): void {
    const { now } = this.#context();
    if (this.#armedAt !== undefined && this.#armedAt <= at && this.#armedAt > now() - LEASE_MS) return;
    this.#armedAt = at;
    // Not awaited: written with whatever this turn writes, and nothing leaves the object before it is durable.
    void this.#storage.setAlarm(Date.now() + Math.max(0, at - now()));
  }

  // --- upkeep and questions --------------------------------------------------------------------------------------

  /** Once in a while, by the tick: takes up what a lost alarm left, moves and forgets old documents, writes counts, and reports. */
  async upkeep(): Promise<InboxReport> {
    const ctx = this.#context();
    if (this.#hasWork() && this.#running === null) {
      const alarm = await this.#storage.getAlarm();
      if (alarm === null || alarm < Date.now() - LEASE_MS) {
        this.#armedAt = undefined;
        this.start();
      }
    }
    // One at a time: two would choose the same documents.
    this.#clearing ??= clearOldRows(ctx, this.#store, this.#name).finally(() => {
      this.#clearing = null;
    });
    await this.#clearing;
    await this.#tally.write(ctx.control, ctx.metrics, ctx.now());
    this.#store.keepCounts(this.#tally.pending());
    return this.report();
  }

  report(): InboxReport {
    const finished = this.#removed && this.#store.isEmpty;
    return { ...this.#store.report(), ...this.#tries, finished };
  }

  /** A document without its body; null where there is none. */
  describe(key: string): DocumentRow | null {
    const row = this.#store.row(key);
    return row === null ? null : this.#shown(row);
  }

  /** The same for several; those that are not here are left out. */
  describeAll(keys: readonly string[]): DocumentRow[] {
    return keys.flatMap((key) => this.describe(key) ?? []);
  }

  /** A document with its body; null where there is none. Throws where the archive can't be read. */
  async load(key: string): Promise<StoredDocument | null> {
    const row = this.#store.row(key);
    if (row === null) return null;
    const body =
      row.archive === null
        ? this.#store.body(key, row.size)
        : await loadArchived(this.#context().archive, row.archive);
    const { http_status, asked, headers } = row;
    return { ...this.#shown(row), http_status, asked, headers, body, reread: false };
  }

  list(query: DocumentsQuery): { documents: DocumentRow[]; next: string | null } {
    const before = query.before;
    const { rows, next } = this.#store.list(query, (key) => before === null || this.#idOf(key) < before);
    return { documents: rows.map((row) => this.#shown(row)), next: next === null ? null : this.#idOf(next) };
  }

  /** Ids of documents after a key, the oldest first. */
  idsAfter(key: string, limit: number): string[] {
    return this.#store.keysAfter(key, limit).map((one) => this.#idOf(one));
  }

  hours(since: number): DocumentsHour[] {
    return this.#store.hours(since);
  }

  #shown(row: StoredRow): DocumentRow {
    const { state, carrier_id, source, received_at, size, content_type, file_name, remarks } = row;
    const { connection_id } = this.#name;
    return {
      id: this.#idOf(row.key),
      ...{ state, carrier_id, connection_id, source, received_at, size, content_type, file_name, remarks },
    };
  }

  #idOf(key: string): string {
    return documentId({ ...this.#name, key });
  }
}

/** One run, and what it has asked of others. */
class Run {
  readonly ctx: Context;
  readonly #calls: Readonly<Calls>;

  constructor(ctx: Context) {
    const { ctx: counted, calls } = metered(ctx);
    this.ctx = counted;
    this.#calls = calls;
  }

  /** What is left is for the next invocation. */
  isSpent(): boolean {
    return this.#calls.database >= RUN_CALLS.database || this.#calls.all >= RUN_CALLS.all;
  }
}

const NOTHING_NOTED: Noted = { unreadable: new Map(), remarks: new Map(), postponed: [] };

function setAside(key: string, detail: string): Noted {
  const remark: Remark = { kind: "unreadable", detail, at: null };
  return { ...NOTHING_NOTED, unreadable: new Map([[key, [remark]]]) };
}

function backoffMs(tries: number): number {
  const most = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** Math.min(tries - 1, 10));
  return most * (0.75 + Math.random() / 2);
}
