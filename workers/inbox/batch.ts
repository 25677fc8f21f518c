import type { Carrier, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carriers/carrier.ts";
import { inFollowedForm } from "../carriers/detection.ts";
import { readInPortions } from "../carriers/portions.ts";
import { findCarrier } from "../carriers/registry.ts";
import { type RuleTable, withRules } from "../carriers/rules.ts";
import type { Context } from "../context.ts";
import { documentId } from "../domain/document-id.ts";
import { type Appended, append, type Counts, type TenantPost } from "../flow/append.ts";
import { autoRegister } from "../flow/auto-register.ts";
import { followUp } from "../flow/follow-up.ts";
import { numbersOf, postsOf } from "../flow/harmonize.ts";
import { log, reasonOf } from "../flow/log.ts";
import type { Tally } from "../observe/tally.ts";
import { BodyLost, loadArchived } from "../storage/archive.ts";
import { contentHash } from "../storage/content-hash.ts";
import { addedRules, type Follower, keepUntracked, lookUp } from "../storage/directory.ts";
import type { InboxStore, Part, Postponed, StoredRow } from "./store.ts";

/**
 * Step 2 and 3 for many documents: harmonized one after the other, looked up and appended together, a slice at a time.
 * Nothing is noted as done before it is appended and its customers are woken or noted to be; so a batch that ends
 * anywhere is processed again from the last document that was noted, and finds what it wrote.
 */

/** A document to process. */
export interface Work {
  key: string;
  size: number;
  reread: boolean;
}

/** A slice is appended when it holds so many events, or bytes of documents. */
const SLICE_EVENTS = 1000;
const SLICE_BYTES = 1_000_000;
/** Documents whose rows are read together, the bodies of small ones with them: at most 64 KB each. */
const ROWS_AT_ONCE = 32;
/** A larger document is processed alone, and noted before it is begun. */
export const HEAVY_BYTES = 256 * 1024;
/** A destination that failed so often in a row is down. */
const DOWN_AFTER_TRIES = 3;
/** Objects that are woken at a time: the platform opens six connections for an object. */
const WOKEN_AT_ONCE = 6;

/** The operator changed a mapping since the rules were read: what was read by them is read again. */
export class RulesChanged extends Error {}

/** The invocation makes no more calls: the next one goes on with the document where this one stopped. */
export class Paused extends Error {}

/** What an earlier invocation processed of a document is not what is read now, by newer code or rules: it is processed from its beginning. */
export class ReadOtherwise extends Error {}

/** A carrier's rules as an inbox holds them, with what tells whether they are still the operator's. */
export interface HeldRules {
  table: RuleTable;
  version: string;
}

export interface BatchPorts {
  ctx: Context;
  store: InboxStore;
  tally: Tally;
  connection_id: string;
  lane: number;
  /** By carrier. */
  rules: Map<string, HeldRules>;
  /** Repeated after a fault or a restart: what follows an append is done for every shipment, changed or not. */
  repeated: boolean;
  /** This invocation has made so many calls that what is left is for the next one. */
  isSpent(): boolean;
  /** Keeps how far a document has come, before `Paused` is thrown. */
  pause(part: Part): void;
  counted(tries: Appended["tries"]): void;
}

/** A large document's slices so far, and a digest of all that is in them. */
interface Progress {
  slices: number;
  digest: string;
  /** What an earlier invocation processed of it. */
  before: Part | null;
}

/** What became of a document so far. */
interface Fate {
  work: Work;
  row: StoredRow;
  /** Where it was read with its row; null while it is not needed. */
  body: Uint8Array | null;
  remarks: Remark[];
  /** Anything of it could be read. */
  readable: boolean;
  fault: string | null;
  waiting: Set<string>;
  newsworthy: boolean;
  /** Null for a document that is processed in one invocation. */
  progress: Progress | null;
}

interface Entry {
  fate: Fate;
  carrier: Carrier;
  shipments: HarmonizedShipment[];
}

/** Ends up where a batch's documents are noted: see `InboxStore.pass`. */
export interface Noted {
  unreadable: Map<string, Remark[]>;
  remarks: Map<string, Remark[]>;
  postponed: Postponed[];
}

export class Batch {
  readonly #ports: BatchPorts;
  readonly #note: (last: string, noted: Noted) => void;
  /** Documents that are read to their end, and not noted yet. */
  #ended: Fate[] = [];
  #slice: Entry[] = [];
  #events = 0;
  #bytes = 0;

  /** `note` writes down what became of all documents up to `last`. */
  constructor(ports: BatchPorts, note: (last: string, noted: Noted) => void) {
    this.#ports = ports;
    this.#note = note;
  }

  /**
   * Processes documents in order, and leaves the last ones to the next invocation where this one makes too many calls.
   * Throws trouble of the control database; what was noted by then stays.
   */
  async process(work: readonly Work[]): Promise<void> {
    for (let at = 0; at === 0 || (at < work.length && !this.#ports.isSpent()); at += ROWS_AT_ONCE)
      await this.#processSome(work.slice(at, at + ROWS_AT_ONCE));
    await this.#flush();
  }

  async #processSome(work: readonly Work[]): Promise<void> {
    const works = new Map(work.map((one) => [one.key, one]));
    for (const { row, body } of this.#ports.store.rows([...works.keys()])) {
      const one = works.get(row.key);
      if (one === undefined) continue;
      const fate: Fate = {
        work: one,
        row,
        body,
        remarks: [],
        readable: false,
        fault: null,
        waiting: new Set(),
        newsworthy: false,
        progress:
          row.size > HEAVY_BYTES ? { slices: 0, digest: "", before: this.#ports.store.part(row.key) } : null,
      };
      await this.#read(fate);
      fate.body = null;
      this.#ended.push(fate);
      if (this.#events >= SLICE_EVENTS || this.#bytes >= SLICE_BYTES) await this.#flush();
      if (this.#ports.isSpent()) return;
    }
  }

  async #read(fate: Fate): Promise<void> {
    const { row } = fate;
    const carrier = findCarrier(row.carrier_id);
    if (carrier === null) {
      fate.fault = `No carrier "${row.carrier_id}" is built in any more.`;
      return;
    }
    const document = await this.#documentOf(fate);
    if (document === null) return;
    const { table } = await this.#rulesFor(carrier);
    const portions = readInPortions(carrier, document, table);
    for (;;) {
      const read = nextOf(portions, fate);
      if (read === null) return;
      this.#bytes += Math.min(row.size, HEAVY_BYTES);
      await this.#take(fate, carrier, read);
      // Between two portions others have their turn: a push that comes meanwhile is accepted.
      if (row.size > HEAVY_BYTES) await this.#ports.ctx.wait(0);
    }
  }

  /** A portion of short lines holds many more events than a slice: it is appended in several. */
  async #take(fate: Fate, carrier: Carrier, { shipments, remarks }: Harmonized): Promise<void> {
    keepRemarks(fate.remarks, remarks);
    if (shipments.length > 0) fate.readable = true;
    let part: HarmonizedShipment[] = [];
    const entry = () => {
      this.#slice.push({ fate, carrier, shipments: part });
      part = [];
    };
    for (const shipment of shipments) {
      part.push(inFollowedForm(carrier, shipment));
      this.#events += shipment.events.length;
      if (this.#events < SLICE_EVENTS) continue;
      entry();
      await this.#endSlice(fate);
    }
    entry();
  }

  /**
   * A full slice within a document. One of a large document that an earlier invocation processed is passed over; and
   * after each, this invocation may stop.
   */
  async #endSlice(fate: Fate): Promise<void> {
    const { progress, work } = fate;
    if (progress === null) return this.#flush();
    const { before } = progress;
    const content = JSON.stringify([progress.digest, this.#slice.map(({ shipments }) => shipments)]);
    progress.digest = await contentHash(new TextEncoder().encode(content));
    progress.slices += 1;
    if (before === null || progress.slices > before.slices) {
      await this.#flush();
      if (!this.#ports.isSpent()) return;
      const { slices, digest } = progress;
      const { waiting, fault, newsworthy } = fate;
      this.#ports.pause({ key: work.key, slices, digest, waiting: [...waiting], fault, newsworthy });
      throw new Paused(`${slices} slices are processed.`);
    }
    this.#empty();
    if (progress.slices < before.slices) return;
    if (progress.digest !== before.digest) {
      this.#ports.store.forgetParts([work.key]);
      throw new ReadOtherwise(`The first ${before.slices} slices are not what they were.`);
    }
    for (const destination of before.waiting) fate.waiting.add(destination);
    fate.fault = before.fault;
    fate.newsworthy = before.newsworthy;
  }

  /** The document with its body. Where that is archived and the archive can't be read, the document waits for it. */
  async #documentOf(fate: Fate): Promise<RawDocument | null> {
    const { row } = fate;
    const { source, content_type, received_at, http_status, asked, file_name, headers } = row;
    const rest = { source, content_type, received_at, http_status, asked, file_name, headers };
    if (row.archive === null)
      return { ...rest, body: fate.body ?? this.#ports.store.body(row.key, row.size) };
    try {
      return { ...rest, body: await loadArchived(this.#ports.ctx.archive, row.archive) };
    } catch (error) {
      if (error instanceof BodyLost) fate.fault = reasonOf(error);
      else fate.waiting.add(ARCHIVE);
      log("document.not_loaded", { document_id: this.#idOf(fate), why: reasonOf(error) });
      return null;
    }
  }

  async #rulesFor(carrier: Carrier): Promise<HeldRules> {
    const held = this.#ports.rules.get(carrier.id);
    if (held !== undefined) return held;
    const { rules, version } = await addedRules(this.#ports.ctx.control, carrier.id);
    const fresh = { table: withRules(carrier.rules, rules), version };
    this.#ports.rules.set(carrier.id, fresh);
    return fresh;
  }

  #idOf({ work: { key } }: Fate): string {
    const { connection_id, lane } = this.#ports;
    return documentId({ connection_id, lane, key });
  }

  // --- a slice -------------------------------------------------------------------------------------------------

  async #flush(): Promise<void> {
    const slice = this.#slice;
    this.#empty();
    if (slice.some(({ shipments }) => shipments.length > 0)) await this.#append(slice);
    const last = this.#ended.at(-1);
    if (last === undefined) return;
    this.#note(last.work.key, this.#noted());
    this.#ended = [];
  }

  #empty(): void {
    this.#slice = [];
    this.#events = 0;
    this.#bytes = 0;
  }

  async #append(slice: readonly Entry[]): Promise<void> {
    const { ctx, repeated, tally } = this.#ports;
    const followers = await this.#followers(slice);
    const posts = slice.flatMap(({ fate, shipments }) =>
      postsOf(
        { id: this.#idOf(fate), source: fate.row.source, reread: fate.work.reread },
        shipments,
        followers,
      ),
    );
    if (posts.length === 0) return;
    const appended = await append(ctx, posts, this.#down());
    this.#ports.counted(appended.tries);
    const fates = new Map(slice.map(({ fate }) => [this.#idOf(fate), fate]));
    for (const [id, destinations] of appended.waiting)
      for (const destination of destinations) fates.get(id)?.waiting.add(destination);
    for (const [id, fault] of appended.faults) {
      const fate = fates.get(id);
      if (fate !== undefined) fate.fault = fault;
    }
    for (const id of appended.newsworthy) {
      const fate = fates.get(id);
      if (fate !== undefined) fate.newsworthy = true;
    }
    for (const [way, counts] of appended.counts) tally.add({ kind: "in", way, at: ctx.now(), ...counts });
    const written = posts.filter(({ post }) => !appended.unwritten.has(post.shipment_id));
    const unfinished = await followUp(ctx, written, repeated ? null : appended.changed);
    for (const { post } of written) {
      const destination = unfinished.get(post.shipment_id);
      if (destination !== undefined) fates.get(post.document_id)?.waiting.add(destination);
    }
    await this.#wake(posts, followers, appended);
    this.#logSlice(slice, posts, appended);
  }

  /** A database that failed several times in a row is not asked for every batch: others would wait for its errors. */
  #down(): Set<string> {
    const now = this.#ports.ctx.now();
    const down = this.#ports.store
      .destinations()
      .filter(({ next_at, tries }) => next_at > now && tries >= DOWN_AFTER_TRIES);
    return new Set(down.map(({ name }) => name));
  }

  /** One line for all documents of a slice: lines are billed. */
  #logSlice(slice: readonly Entry[], posts: readonly TenantPost[], { counts }: Appended): void {
    const { connection_id, lane } = this.#ports;
    const ids = [...new Set(slice.map(({ fate }) => this.#idOf(fate)))];
    const sum = (of: (counts: Counts) => number) =>
      [...counts.values()].reduce((total, one) => total + of(one), 0);
    log("documents.processed", {
      connection_id,
      lane,
      documents: ids.length,
      document_id: ids[0],
      last_document_id: ids.length > 1 ? ids.at(-1) : undefined,
      shipments: new Set(posts.map(({ post }) => post.shipment_id)).size,
      events: sum((one) => one.events),
      duplicates: sum((one) => one.duplicates),
      unmapped: sum((one) => one.unmapped),
    });
  }

  /** Who follows the numbers of a slice. Numbers that nobody follows are noted for whoever registers them, or registered here. */
  async #followers(slice: readonly Entry[]): Promise<Follower[]> {
    const { ctx, connection_id, rules } = this.#ports;
    const carrier = slice[0]?.carrier;
    if (carrier === undefined) return [];
    const numbers = [...new Set(slice.flatMap(({ shipments }) => shipments.flatMap(numbersOf)))];
    const found = await lookUp(ctx.control, connection_id, carrier.id, numbers);
    if (found.rules_version !== rules.get(carrier.id)?.version) {
      rules.clear();
      throw new RulesChanged(`The mappings of ${carrier.id} changed.`);
    }
    const known = new Set(found.followers.map((follower) => follower.carrier_number));
    const unknown = slice.flatMap((entry) =>
      entry.fate.row.source === "poll"
        ? []
        : entry.shipments
            .filter((shipment) => !numbersOf(shipment).some((number) => known.has(number)))
            .map((shipment) => ({ entry, shipment })),
    );
    if (unknown.length === 0) return found.followers;
    const registered = await autoRegister(
      ctx,
      carrier,
      connection_id,
      unknown.map(({ shipment }) => shipment),
    );
    if (!registered)
      await keepUntracked(
        ctx.control,
        connection_id,
        unknown.flatMap(({ entry, shipment }) =>
          numbersOf(shipment).map((number) => ({ number, document_id: this.#idOf(entry.fate) })),
        ),
      );
    // Again, after the note is there: whoever registered in between found no note, and must be found here instead.
    return (await lookUp(ctx.control, connection_id, carrier.id, numbers)).followers;
  }

  /** Customers' objects are only woken: they read the feed themselves. One that can't be woken now is noted, and keeps no document open. */
  async #wake(
    posts: readonly TenantPost[],
    followers: readonly Follower[],
    { changed }: Appended,
  ): Promise<void> {
    const { ctx, repeated } = this.#ports;
    const touched = new Set((repeated ? posts : changed).map(({ tenant_id }) => tenant_id));
    const subscribed = new Set(followers.filter((one) => one.subscribed).map(({ tenant_id }) => tenant_id));
    const others = [...touched].filter((tenant_id) => !subscribed.has(tenant_id));
    // A subscription that was made since the look-up starts at a position from before these events.
    for (const tenant_id of others.length === 0 ? [] : await subscribedOf(ctx, others))
      subscribed.add(tenant_id);
    const woken = [...touched].filter((tenant_id) => subscribed.has(tenant_id));
    for (let at = 0; at < woken.length; at += WOKEN_AT_ONCE)
      await Promise.all(woken.slice(at, at + WOKEN_AT_ONCE).map((tenant_id) => this.#wakeOne(tenant_id)));
  }

  async #wakeOne(tenant_id: string): Promise<void> {
    const { ctx, store } = this.#ports;
    try {
      await ctx.deliveryOf(tenant_id).wake();
    } catch (error) {
      store.keepWake(tenant_id, 0, ctx.now());
      log("wake.failed", { tenant_id, why: reasonOf(error) });
    }
  }

  // --- what became of the documents ------------------------------------------------------------------------------

  #noted(): Noted {
    const { ctx, tally, connection_id } = this.#ports;
    const noted: Noted = { unreadable: new Map(), remarks: new Map(), postponed: [] };
    for (const fate of this.#ended) {
      const { work, row, remarks, waiting } = fate;
      const { key, reread } = work;
      const unreadable =
        fate.fault !== null || (!fate.readable && remarks.some((remark) => remark.kind === "unreadable"));
      if (fate.fault !== null)
        noted.unreadable.set(key, [{ kind: "unreadable", detail: fate.fault, at: null }, ...remarks]);
      else if (unreadable) noted.unreadable.set(key, remarks);
      else if (remarks.length > 0) noted.remarks.set(key, remarks);
      if (fate.fault !== null) log("document.set_aside", { document_id: this.#idOf(fate), why: fate.fault });
      for (const destination of waiting) noted.postponed.push({ destination, key, reread });
      if (fate.newsworthy) tally.news({ connection_id, way: row.source, at: row.received_at });
      if (waiting.size > 0 || reread) continue;
      const { carrier_id, source: way } = row;
      tally.add({ kind: "in", way, at: ctx.now(), total: 1, failed: unreadable ? 1 : 0, carrier_id });
    }
    return noted;
  }
}

/** Documents whose bodies can't be fetched from R2 wait for it. */
export const ARCHIVE = "archive";

/** Remarks that are held of a document; fewer of them are stored. A large one may have one for each event. */
const REMARKS_HELD = 200;

/** Whether anything is unreadable decides what becomes of the document, so the first such remark is held in any case. */
function keepRemarks(held: Remark[], remarks: readonly Remark[]): void {
  let decided = held.some(({ kind }) => kind === "unreadable");
  for (const remark of remarks) {
    const decides = !decided && remark.kind === "unreadable";
    if (held.length < REMARKS_HELD || decides) held.push(remark);
    decided ||= decides;
  }
}

/** The next portion, or null at the end. A reader that throws ends its document: it would throw again. */
function nextOf(portions: Iterator<Harmonized>, fate: Fate): Harmonized | null {
  try {
    const next = portions.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    fate.fault = `Reading it failed: ${reasonOf(error)}`;
    return null;
  }
}

async function subscribedOf(ctx: Context, tenant_ids: readonly string[]): Promise<string[]> {
  const { results } = await ctx.control
    .prepare(
      "SELECT DISTINCT s.tenant_id FROM json_each(?1) AS w CROSS JOIN subscriptions s ON s.tenant_id = w.value",
    )
    .bind(JSON.stringify(tenant_ids))
    .all<{ tenant_id: string }>();
  return results.map((row) => row.tenant_id);
}
