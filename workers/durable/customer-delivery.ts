import { DurableObject } from "cloudflare:workers";
import type {
  DeadLettersPage,
  DeadLettersQuery,
  DeliveriesQuery,
  DeliveryRow,
  DeliveryStatus,
  DropDeadResult,
  Page,
  RedeliverRequest,
  RedeliverResult,
  ResumeResult,
  TestResult,
} from "../delivery/views.ts";
import type { Env } from "../env.ts";

/**
 * A customer's deliveries (one object a tenant): it is only woken, reads the tenant's feed itself from each
 * subscription's own position, and is driven by its alarm. Messages, positions and the alarm change in one transaction.
 */
export class CustomerDelivery extends DurableObject<Env> {
  /** There may be news in the feed. Durable when it returns; calling it twice changes nothing. */
  async wake(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now());
  }

  /** The tenant's subscriptions changed: created, changed, paused, deleted, secret rotated. */
  async refresh(): Promise<void> {
    await this.wake();
  }

  async status(): Promise<DeliveryStatus> {
    throw new Error("not yet");
  }

  /** Attempts, newest first. */
  async deliveries(_query: DeliveriesQuery): Promise<Page<DeliveryRow>> {
    throw new Error("not yet");
  }

  /** Sends messages again, with the same `webhook-id` and bytes, in their shipment's line. */
  async redeliver(_request: RedeliverRequest): Promise<RedeliverResult> {
    throw new Error("not yet");
  }

  /** Ends `paused` (ours), `gone` and `stopped_host_key`; goes on where the line stopped. */
  async resume(_subscription_id: string): Promise<ResumeResult> {
    throw new Error("not yet");
  }

  /** What was given up, newest first, and events that were set aside. */
  async deadLetters(_query: DeadLettersQuery): Promise<DeadLettersPage> {
    throw new Error("not yet");
  }

  /** Forgets a dead letter for good, or all of a subscription. */
  async dropDeadLetters(
    _which: { message_id: string } | { subscription_id: string },
  ): Promise<DropDeadResult> {
    throw new Error("not yet");
  }

  /** Sends one made-up event now, outside of the line and its breaker, or signs in at the sFTP server and lists the directory. */
  async sendTest(_subscription_id: string): Promise<TestResult> {
    throw new Error("not yet");
  }

  /** The customer deleted a subscription: what it still had to send is cancelled. */
  async drop(_subscription_id: string): Promise<void> {
    throw new Error("not yet");
  }

  override async alarm(): Promise<void> {}
}
