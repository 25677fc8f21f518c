import type { Context } from "../context.ts";
import { pausedAt } from "../domain/breaker.ts";
import { log, reasonOf } from "../flow/log.ts";
import { NEW_LINE } from "./health.ts";
import { Line } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Under load the subscriptions are read no more often; whoever changes one says so, see `changed`. */
const FRESH_MS = 1000;

/** Which lines there are, and how they begin, stop, go on and end: the wishes of the customer, and what is durable of them. */
export class LineBook {
  readonly lines = new Map<string, Line>();
  private readonly storage: DurableObjectStorage;
  private readonly outbox: Outbox;
  private readonly tenant_id: string;
  private readonly subscriptions = new Subscriptions();
  /** The readings of the subscriptions by the order they were asked for, and the latest that was taken over. */
  private asked = 0;
  private applied = 0;
  /** When the subscriptions were last read, and whether they are known to have changed since. */
  private readAt = 0;
  private isOld = true;

  constructor(storage: DurableObjectStorage, outbox: Outbox, tenant_id: string) {
    this.storage = storage;
    this.outbox = outbox;
    this.tenant_id = tenant_id;
  }

  /** From what is durable. A message whose row can't be read is dead, and stops no other. */
  load(now: number): void {
    const known = new Map(this.lines);
    this.lines.clear();
    for (const { subscription_id, position, health } of this.outbox.lines()) {
      const before = known.get(subscription_id);
      const line = new Line(subscription_id, before?.way ?? "webhook", position, health);
      line.subscription = before?.subscription ?? null;
      this.lines.set(subscription_id, line);
    }
    for (const row of this.outbox.outstanding()) {
      try {
        this.lines.get(row.subscription_id)?.hold(row);
      } catch (error) {
        this.outbox.setState(row.ord, "dead", now, "Its row can't be read.");
        log("message.unreadable", { message: row.id, why: reasonOf(error) });
      }
    }
  }

  /** A subscription was created, changed or deleted: the next reading is from the database. */
  changed(): void {
    this.isOld = true;
  }

  /** There may be new events for every line. The subscriptions are read again unless that was done just now. */
  async readAgain(ctx: Context): Promise<void> {
    const age = ctx.now() - this.readAt;
    if (this.isOld || age < 0 || age >= FRESH_MS * ctx.timeScale) return this.read(ctx);
    for (const line of this.lines.values()) line.behind = true;
  }

  /** The lines as the control database wants them: new ones begin, deleted ones end. */
  async read(ctx: Context): Promise<void> {
    const asked = ++this.asked;
    this.isOld = false;
    const readAt = ctx.now();
    const found = await this.subscriptions.read(ctx, this.tenant_id);
    // Calls read beside a run: what an older reading found would revive a deleted line, or end a new one.
    if (asked < this.applied) return;
    this.applied = asked;
    this.readAt = readAt;
    const ids = new Set(found.map((one) => one.id));
    for (const id of [...this.lines.keys()]) if (!ids.has(id)) this.end(id, ctx.now());
    for (const one of found) {
      const opened = one.kind === "opened" ? one.subscription : null;
      const way = opened?.way ?? (one.kind === "unusable" ? one.way : "webhook");
      const known = this.lines.get(one.id);
      const position = one.kind === "opened" ? one.subscription.start_position : one.start_position;
      const line = known?.way === way ? known : this.begin(one.id, way, known?.position ?? position);
      line.subscription = opened;
      line.unusable = one.kind === "unusable" ? one.detail : null;
      line.behind = true;
      const pin = opened?.way === "sftp" ? opened.settings.host_key_sha256 : null;
      if (line.health.state === "stopped_host_key" && pin !== null && pin !== line.health.refused_pin)
        this.resume(line, ctx.now());
    }
  }

  /** A line that is new, or (read from storage without knowing its way) known by its id. */
  private begin(id: string, way: "webhook" | "sftp", position: number): Line {
    const known = this.lines.get(id);
    const line = new Line(id, way, position, known?.health ?? NEW_LINE);
    if (known === undefined) this.outbox.saveLine(id, position, line.health);
    else for (const row of known.rows.values()) line.hold(row);
    this.lines.set(id, line);
    return line;
  }

  private end(id: string, now: number): void {
    this.storage.transactionSync(() => {
      this.outbox.cancel(id, now, "The subscription was deleted.");
      this.outbox.removeLine(id);
    });
    this.lines.delete(id);
  }

  resume(line: Line, now: number): void {
    line.resume(now);
    this.storage.transactionSync(() => {
      this.outbox.hasten(line.id, now);
      this.outbox.saveLine(line.id, line.position, line.health);
    });
  }

  /** Sets a line to a position of the feed. What is under way ends by itself; what waits is made anew, if it lies after it. */
  goTo(line: Line, position: number, now: number): void {
    this.storage.transactionSync(() => {
      this.outbox.endWaiting(
        line.id,
        "cancelled",
        now,
        "The subscription was resumed from another position.",
      );
      this.outbox.saveLine(line.id, position, line.health);
    });
    for (const row of [...line.rows.values()])
      if (this.outbox.message(row.ord)?.state === "cancelled") line.release(row);
    line.position = position;
    line.holdIntakeUntil = 0;
    line.behind = true;
  }

  /** After five days without one success the account has to say when to go on. */
  pauseIfDue(line: Line, now: number, scale: number): void {
    const at = pausedAt(line.health.breaker, scale);
    if (at === null || at > now || line.health.state !== "active" || line.order.inFlight > 0) return;
    line.health = { ...line.health, state: "paused" };
    line.note(
      "paused_after_5_days",
      now,
      "No delivery succeeded for five days. What waits is kept; resume the subscription.",
    );
    this.outbox.saveLine(line.id, line.position, line.health);
    log("endpoint.paused", { subscription: line.id, waiting: line.order.size });
  }
}
