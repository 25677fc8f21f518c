import { DurableObject } from "cloudflare:workers";
import { type Context, createContext } from "../context.ts";
import type { Env } from "../env.ts";
import { Inbox } from "../inbox/inbox.ts";
import { type InboxName, readInboxName } from "../inbox/name.ts";
import type {
  Acceptance,
  DocumentRow,
  DocumentsHour,
  DocumentsQuery,
  InboxReport,
  NewDocument,
  Reread,
  StoredDocument,
} from "../inbox/views.ts";

/** A lane of a connection, by the name `CONNECTION/LANE`: a thin face of `Inbox`, which see. */
export class CarrierInbox extends DurableObject<Env> {
  private made: Context | null = null;
  private inbox: Inbox | null = null;

  /** Made once, and replaced as a whole where a test needs another clock or database. */
  protected context(): Context {
    this.made ??= createContext(this.env);
    return this.made;
  }

  private open(): Inbox {
    this.inbox ??= new Inbox(this.ctx.storage, this.name(), () => this.context());
    return this.inbox;
  }

  /** Kept, because the platform does not promise the name where an alarm begins an instance. */
  private name(): InboxName {
    const { kv } = this.ctx.storage;
    const name = this.ctx.id.name ?? kv.get<string>("name");
    if (name === undefined)
      throw new Error("A CarrierInbox is reached by its name: getByName(CONNECTION/LANE).");
    if (kv.get<string>("name") !== name) kv.put("name", name);
    return readInboxName(name);
  }

  /** Stores a document: once this says `accepted`, it can't be lost. See `Inbox.accept`. */
  async accept(version: number | null, document: NewDocument): Promise<Acceptance> {
    return this.open().accept(version, document);
  }

  /** The connection's version from now on: a push that was verified by an older one is refused. */
  async setVersion(version: number): Promise<void> {
    this.open().setVersion(version);
  }

  /** The connection was deleted. */
  async remove(): Promise<void> {
    this.open().remove();
  }

  async readAgain(documents: readonly Reread[]): Promise<void> {
    this.open().readAgain(documents);
  }

  /** Called by the tick. An inbox that is empty and whose connection is gone stores nothing any more. */
  async upkeep(): Promise<InboxReport> {
    const report = await this.open().upkeep();
    if (!report.finished) return report;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    this.inbox = null;
    return report;
  }

  async report(): Promise<InboxReport> {
    return this.open().report();
  }

  async describeAll(keys: readonly string[]): Promise<DocumentRow[]> {
    return this.open().describeAll(keys);
  }

  async load(key: string): Promise<StoredDocument | null> {
    return this.open().load(key);
  }

  async list(query: DocumentsQuery): Promise<{ documents: DocumentRow[]; next: string | null }> {
    return this.open().list(query);
  }

  async idsAfter(key: string, limit: number): Promise<string[]> {
    return this.open().idsAfter(key, limit);
  }

  async hours(since: number): Promise<DocumentsHour[]> {
    return this.open().hours(since);
  }

  override async alarm(): Promise<void> {
    await this.open().alarm();
  }
}
