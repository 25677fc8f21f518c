import type { Context } from "../context.ts";
import { type CryptographicKey, signingKeyOf } from "../domain/signing/webhook-keys.ts";
import { parseTenant, type Tenant } from "../domain/tenant.ts";
import { writeTrackingFile } from "../domain/tracking-file/index.ts";
import { log, reasonOf } from "../flow/log.ts";
import { type Calls, metered } from "../flow/metered.ts";
import { Answers } from "./answers.ts";
import { attempt } from "./attempts.ts";
import { BacklogNotice } from "./backlog-notice.ts";
import { Clock } from "./clock.ts";
import { FlowReport } from "./flow-report.ts";
import { takeNews } from "./intake.ts";
import { earliestOf, type Line } from "./line.ts";
import { LineBook } from "./line-book.ts";
import { Outbox } from "./outbox.ts";
import type { DeliveryParts } from "./parts.ts";
import { Pruning } from "./pruning.ts";

/** The platform opens at most six connections for an object and enforces it nowhere else (delivery contract C8). */
const CONNECTIONS = 6;
/**
 * A run ends after this, well below the fifteen minutes of an alarm, or after so many calls, far from what Cloudflare
 * allows one invocation; and is set again.
 */
const RUN_MS = 3 * 60_000;
const RUN_CALLS = { database: 250, all: 1000 };
/** What is due so soon is waited for; anything later is left to the alarm. */
const LINGER_MS = 300;
const FAULT_WAIT_MS = 5000;
/** After a reading of the feed that found several events the next waits so long, so that messages are fuller. At a gentle pace nothing waits. */
const READ_APART_MS = 120;
const READ_APART_FROM = 2;

/** The work of a customer's object: takes news, keeps order, sends, and says when it wants to be called next. */
export class Dispatcher {
  readonly book: LineBook;
  readonly outbox: Outbox;
  readonly tenant: Tenant;
  private readonly storage: DurableObjectStorage;
  private readonly context: () => Context;
  private readonly notice: BacklogNotice;
  private readonly report: FlowReport;
  private readonly clock: Clock;
  private readonly pruning: Pruning;
  private readonly answers = new Answers();
  private readonly flights = new Set<Promise<void>>();
  private reading: Promise<void> | null = null;
  private signing: { from: string; key: CryptographicKey } | null = null;
  /** There may be news, or other subscriptions. */
  private stale = true;
  private holdReadingUntil = 0;
  /** Until the feed may be read again: see `READ_APART_MS`. */
  private apart: Promise<void> | null = null;
  /** What is in memory may differ from what is durable: ends the run and reads all of it again. */
  private broken = false;
  private woken = Promise.withResolvers<void>();
  private turn = 0;
  /** What the run has asked of others. */
  private calls: Readonly<Calls> = { database: 0, all: 0 };

  constructor(storage: DurableObjectStorage, tenant_id: string, context: () => Context) {
    this.storage = storage;
    this.tenant = parseTenant(tenant_id);
    this.context = context;
    this.outbox = new Outbox(storage.sql);
    this.book = new LineBook(storage, this.outbox, this.tenant.id);
    this.notice = new BacklogNotice(this.outbox);
    this.report = new FlowReport(this.outbox, storage.sql, context().now());
    this.clock = new Clock(this.outbox);
    this.pruning = new Pruning(this.outbox, storage.sql, undefined, context().kept.attempts_ms);
    this.load();
  }

  get lines(): Map<string, Line> {
    return this.book.lines;
  }

  /** Memory from what is durable. What an earlier instance had under way is sent again at once. */
  private load(): void {
    const cut = this.storage.transactionSync(() => this.outbox.recoverInFlight(this.context().now()));
    if (cut > 0) log("delivery.recovered", { tenant_id: this.tenant.id, in_flight: cut });
    this.book.load(this.context().now());
    this.stale = true;
    this.broken = false;
  }

  /** There may be new events. A run under way reads again. */
  wake(): void {
    this.stale = true;
    this.woken.resolve();
  }

  /** When there is something to do without being woken; null where nothing is. */
  nextAt(): number | null {
    const { now, timeScale } = this.context();
    const at = now();
    this.clock.watch(at, this.lines.values());
    return this.dueAt(at, timeScale);
  }

  async parts(): Promise<DeliveryParts> {
    const ctx = this.context();
    if (ctx.signingKey !== null && this.signing?.from !== ctx.signingKey) {
      this.signing = { from: ctx.signingKey, key: await signingKeyOf(ctx.signingKey) };
    }
    const { storage, tenant, outbox, lines, clock } = this;
    return {
      ctx,
      tenant,
      storage,
      outbox,
      lines,
      signingKey: ctx.signingKey === null ? null : (this.signing?.key ?? null),
      timestamp_s: () => clock.timestamp(ctx.now()),
      serialise: (element) => this.serialise(element),
      writeFile: (input) => this.writeFile(input),
    };
  }

  serialise(element: object): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(element));
  }

  writeFile: typeof writeTrackingFile = (input) => writeTrackingFile(input);

  /** Works until nothing is due, or time is up. Says when to be called again; null: only when woken. */
  async run(): Promise<number | null> {
    const started = Date.now();
    const { ctx, calls } = metered(this.context());
    this.calls = calls;
    const parts = { ...(await this.parts()), ctx };
    this.stale = true;
    for (;;) {
      await this.work(parts, started);
      if (this.broken) {
        this.load();
        return parts.ctx.now() + FAULT_WAIT_MS;
      }
      const now = parts.ctx.now();
      const due = this.dueAt(now, parts.ctx.timeScale);
      await this.notice.tell(parts, due);
      this.clock.keep(now);
      // No await from here to the alarm: a wake-up comes before, and is seen, or after, and sets its own.
      if (!this.stale || parts.ctx.now() < this.holdReadingUntil || this.isOver(started)) break;
    }
    const now = parts.ctx.now();
    return this.isOver(started) ? now : this.dueAt(now, parts.ctx.timeScale);
  }

  private isOver(started: number): boolean {
    return Date.now() - started > RUN_MS || this.isSpent();
  }

  private isSpent(): boolean {
    return this.calls.database >= RUN_CALLS.database || this.calls.all >= RUN_CALLS.all;
  }

  private async work(parts: DeliveryParts, started: number): Promise<void> {
    const { timeScale } = parts.ctx;
    for (let lingered = false; ; ) {
      const now = parts.ctx.now();
      this.clock.watch(now, this.lines.values());
      for (const line of this.lines.values()) {
        this.book.pauseIfDue(line, now, timeScale);
        this.outbox.states.note(line, now);
      }
      const over = this.isOver(started) || this.broken;
      if (!over) {
        this.read(parts, now);
        this.launch(parts, now);
        this.pruning.step(now);
      }
      // A short wait for fuller messages is part of the run.
      const busy = this.flights.size > 0 || this.reading !== null || (this.stale && this.apart !== null);
      const due = this.dueAt(now, timeScale);
      if (!busy && (over || lingered || due === null || due <= now || due > now + LINGER_MS)) return;
      lingered = !busy;
      await this.something(due === null || due <= now ? null : due - now);
    }
  }

  private read(parts: DeliveryParts, now: number): void {
    if (this.reading !== null || now < this.holdReadingUntil) return;
    const wanting = [...this.lines.values()].some((line) => line.wantsNews(now, parts.ctx.timeScale));
    // A line that knows of more in the feed waits for nobody.
    if (!wanting && (!this.stale || this.apart !== null)) return;
    this.reading = this.readAll(parts).finally(() => {
      this.reading = null;
    });
  }

  private async readAll(parts: DeliveryParts): Promise<void> {
    try {
      if (this.stale) {
        this.stale = false;
        await this.book.readAgain(parts.ctx);
      }
      if ((await takeNews(parts)) >= READ_APART_FROM) this.readApart(parts.ctx);
    } catch (error) {
      this.stale = true;
      this.holdReadingUntil = parts.ctx.now() + FAULT_WAIT_MS * parts.ctx.timeScale;
      log("subscriptions.not_read", { tenant_id: this.tenant.id, why: reasonOf(error) });
    }
  }

  private readApart({ wait, timeScale }: Context): void {
    this.apart = wait(READ_APART_MS * timeScale).finally(() => {
      this.apart = null;
    });
  }

  /** One message a line in turn, so that none takes all connections while another waits. */
  private launch(parts: DeliveryParts, now: number): void {
    const lines = [...this.lines.values()];
    for (const line of lines) {
      const due = this.answers.dueAt(parts, line, now, parts.ctx.timeScale);
      if (due !== null && due <= now && this.flights.size < CONNECTIONS)
        this.fly(this.answers.check(parts, line));
    }
    for (let idle = 0; idle < lines.length && this.flights.size < CONNECTIONS && !this.isSpent(); ) {
      const line = lines[this.turn++ % lines.length];
      const row = line?.next(now, parts.ctx.timeScale) ?? null;
      if (line === undefined || row === null) {
        idle++;
        continue;
      }
      idle = 0;
      this.report.began(now);
      this.fly(attempt(parts, line, row));
    }
    if (this.report.isDue(now, parts.ctx.timeScale, this.flights.size)) this.fly(this.report.tell(parts));
  }

  private fly(attempted: Promise<void>): void {
    const flight = attempted
      .catch((error: unknown) => {
        this.broken = true;
        log("delivery.broken", { tenant_id: this.tenant.id, why: reasonOf(error) });
      })
      .finally(() => this.flights.delete(flight));
    this.flights.add(flight);
  }

  /** Until a message came back, news was taken, somebody woke us, or `ms` passed. */
  private async something(ms: number | null): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = ms === null ? null : setTimeout(() => late.resolve(), Math.ceil(ms));
    this.woken = Promise.withResolvers<void>();
    const reading = [this.reading, this.apart].filter((one) => one !== null);
    await Promise.race([...this.flights, ...reading, this.woken.promise, late.promise]);
    if (timer !== null) clearTimeout(timer);
  }

  /** When there will be something to do without being woken. */
  private dueAt(now: number, scale: number): number | null {
    const lines = [...this.lines.values()];
    const due = earliestOf([
      ...lines.flatMap((line) => [line.dueAt(now, scale), this.answers.dueAt(this, line, now, scale)]),
      this.pruning.dueAt(),
      this.report.dueAt(scale),
    ]);
    if (this.stale) return Math.max(this.holdReadingUntil, now);
    return due;
  }
}
