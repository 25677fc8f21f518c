import { DurableObject } from "cloudflare:workers";
import { type Context, createContext } from "../context.ts";
import { Dispatcher } from "../delivery/dispatcher.ts";
import { type DeliveryRate, deliveryRate } from "../delivery/flow-report.ts";
import { deadLettersPage, deliveriesPage, lineStatuses } from "../delivery/listing.ts";
import { dropDead, redeliver } from "../delivery/redelivery.ts";
import { redeliverWindow } from "../delivery/redelivery-window.ts";
import { sendTest } from "../delivery/test-delivery.ts";
import type {
  DeadLettersPage,
  DeadLettersQuery,
  DeliveriesQuery,
  DeliveryRow,
  DeliveryStatus,
  DropDeadResult,
  FileRow,
  FilesQuery,
  LineStateRow,
  Page,
  RedeliverRequest,
  RedeliverResult,
  ResumeResult,
  TestResult,
} from "../delivery/views.ts";
import type { Env } from "../env.ts";
import { inOneLine, log, reasonOf } from "../flow/log.ts";

/**
 * How far ahead a run's first statement sets the alarm: after a crash the object goes on by itself within this time.
 * While the run lasts, the platform starts no second one.
 */
const LEASE_MS = 3000;
const FAULT_WAIT_MS = 5000;
const ALARM_LOST_AFTER_MS = 60_000;
const PROBED_EVERY_MS = 60_000;

/**
 * A customer's deliveries (one object a tenant): it is only woken, reads the tenant's feed itself from each
 * subscription's own position, and is driven by its alarm. Messages, positions and the alarm change in one transaction.
 */
export class CustomerDelivery extends DurableObject<Env> {
  private made: Context | null = null;
  private dispatcher: Dispatcher | null = null;
  private running = false;
  /** Undefined: not known to this instance. */
  private armedAt: number | null | undefined;

  /** Made once, and replaced as a whole where a test needs another clock or channel. */
  protected context(): Context {
    this.made ??= createContext(this.env);
    return this.made;
  }

  /**
   * There may be new events in the feed. The alarm is set when this returns, so that they are delivered even if the run
   * that it starts is cut off; calling it twice changes nothing.
   */
  async wake(): Promise<void> {
    this.work().wake();
    // A run under way reads again, and its lease stands.
    if (this.running) return;
    this.lease();
    void this.run();
  }

  /**
   * Wakes the object where its alarm is lost or long past, and does nothing else, so that a sweep can ask thousands.
   * Says whether it had to.
   */
  async lookAfter(): Promise<boolean> {
    if (this.running) return false;
    const at = await this.ctx.storage.getAlarm();
    if (at !== null && at > Date.now() - ALARM_LOST_AFTER_MS) return false;
    await this.wake();
    return true;
  }

  /** The tenant's subscriptions changed: created, changed, paused, deleted, secret rotated. */
  async refresh(): Promise<void> {
    this.work().book.changed();
    await this.wake();
  }

  async status(): Promise<DeliveryStatus> {
    const work = await this.current();
    const { now, timeScale } = this.context();
    const next_alarm_at = await this.ctx.storage.getAlarm();
    return {
      tenant_id: work.tenant.id,
      next_alarm_at,
      lines: lineStatuses(work.outbox, work.lines.values(), now(), timeScale),
    };
  }

  /** How the attempts since a time went. */
  async rate(since: number): Promise<DeliveryRate> {
    // With its tables, whoever asks first.
    this.work();
    return deliveryRate(this.ctx.storage.sql, since);
  }

  /** How a line's state changed, newest first. */
  async lineStates(subscription_id: string): Promise<LineStateRow[]> {
    return this.work().outbox.states.of(subscription_id);
  }

  /** Attempts, newest first. */
  async deliveries(query: DeliveriesQuery): Promise<Page<DeliveryRow>> {
    return deliveriesPage(this.work().outbox, query);
  }

  /** The manifest of the files by sFTP, newest first. */
  async files(query: FilesQuery): Promise<Page<FileRow>> {
    return this.work().outbox.files.page(query);
  }

  /** Sends messages again, with the same `webhook-id` and bytes, in their shipment's line; those of a window that are no longer kept are made anew. */
  async redeliver(request: RedeliverRequest): Promise<RedeliverResult> {
    const work = await this.current();
    const now = this.context().now();
    const result =
      "since_position" in request
        ? await redeliverWindow(await work.parts(), request)
        : this.ctx.storage.transactionSync(() => redeliver(work.outbox, work.lines, request, now));
    await this.wake();
    return result;
  }

  /**
   * Ends `paused` (ours), `gone` and `stopped_host_key`; goes on where the line stopped, or with what comes after a
   * position of the feed: what waits then is cancelled, and what lies after it is taken (again).
   */
  async resume(subscription_id: string, after?: number): Promise<ResumeResult> {
    const work = await this.current();
    const line = work.lines.get(subscription_id);
    if (line === undefined) return { kind: "unknown" };
    const start_position = line.subscription?.start_position ?? 0;
    if (after !== undefined && after < start_position) return { kind: "before_start", start_position };
    const now = this.context().now();
    if (after !== undefined) work.book.goTo(line, after, now);
    work.book.resume(line, now);
    await this.wake();
    return {
      kind: "resumed",
      state: line.subscription?.paused ? "paused" : "active",
      position: line.position,
    };
  }

  /** What was given up, newest first, and events that were set aside. */
  async deadLetters(query: DeadLettersQuery): Promise<DeadLettersPage> {
    return deadLettersPage(this.work().outbox, query);
  }

  /** Forgets a dead letter for good, or all of a subscription. */
  async dropDeadLetters(
    which: { message_id: string } | { subscription_id: string },
  ): Promise<DropDeadResult> {
    const { outbox } = this.work();
    const result = this.ctx.storage.transactionSync(() => dropDead(outbox, which, this.context().now()));
    await this.wake();
    return result;
  }

  /** Sends one made-up event now, outside of the line and its breaker, or signs in at the sFTP server and lists the directory. */
  async sendTest(subscription_id: string): Promise<TestResult> {
    const work = await this.current();
    return sendTest(await work.parts(), subscription_id);
  }

  /** Leave to probe a subscription's receiver: once a minute. Else how long to wait, in milliseconds. */
  async mayProbe(subscription_id: string): Promise<{ wait_ms: number }> {
    const { outbox } = this.work();
    const { now, timeScale } = this.context();
    const last = Number(outbox.fact(`probed ${subscription_id}`) ?? 0);
    const wait_ms = last + PROBED_EVERY_MS * timeScale - now();
    // A time to come was written by a clock that was set back since.
    if (wait_ms > 0 && last <= now()) return { wait_ms };
    outbox.setFact(`probed ${subscription_id}`, String(now()));
    return { wait_ms: 0 };
  }

  /** The customer deleted a subscription (its row is gone already): what it still had to send is cancelled. */
  async drop(_subscription_id: string): Promise<void> {
    await this.current();
    await this.wake();
  }

  /** Never throws: the platform repeats an alarm that throws a few times and then never again. */
  override async alarm(): Promise<void> {
    this.armedAt = null;
    const next = this.running ? "now" : this.next();
    // The lease of a run that ended well: nothing is left to do.
    if (next === null) return;
    if (next !== "now") return this.arm(next);
    this.lease();
    if (this.running) this.work().wake();
    else await this.run();
  }

  /** When there is something to do; null where nothing is. An instance that does not know, or fails to find out, does its run. */
  private next(): number | "now" | null {
    try {
      const due = this.dispatcher === null ? 0 : this.dispatcher.nextAt();
      return due !== null && due <= this.context().now() ? "now" : due;
    } catch {
      return "now";
    }
  }

  private async run(): Promise<void> {
    this.running = true;
    try {
      // A run sends many messages: what it did is one line, or a few.
      const due = await inOneLine({}, () => this.work().run());
      if (due !== null) this.arm(due);
    } catch (error) {
      log("delivery.run_failed", { tenant_id: this.ctx.id.name, why: reasonOf(error) });
      this.arm(Date.now() + FAULT_WAIT_MS);
    } finally {
      this.running = false;
    }
  }

  /** The alarm within the lease, whatever comes; one that is set for then stays. */
  private lease(): void {
    this.arm(Date.now() + LEASE_MS);
  }

  /** Sets the alarm, unless one is set for before: that one finds out when the next is due. */
  private arm(at: number): void {
    const { armedAt } = this;
    const stands = armedAt !== undefined && armedAt !== null && armedAt <= at;
    if (stands && armedAt > Date.now() - ALARM_LOST_AFTER_MS) return;
    this.armedAt = at;
    // Not awaited: written with whatever this turn writes; nothing leaves the object before it is durable.
    void this.ctx.storage.setAlarm(at);
  }

  private work(): Dispatcher {
    this.dispatcher ??= new Dispatcher(this.ctx.storage, this.tenantId(), () => this.context());
    return this.dispatcher;
  }

  /** With the lines as the control database has them now. */
  private async current(): Promise<Dispatcher> {
    const work = this.work();
    await work.book.read(this.context());
    return work;
  }

  /** The object's name is its tenant. Kept, because the platform does not promise the name where an alarm begins an instance. */
  private tenantId(): string {
    const { kv } = this.ctx.storage;
    const name = this.ctx.id.name ?? kv.get<string>("tenant_id");
    if (name === undefined)
      throw new Error("A CustomerDelivery is reached by its tenant's id: getByName(tenant_id).");
    if (kv.get<string>("tenant_id") !== name) kv.put("tenant_id", name);
    return name;
  }
}
