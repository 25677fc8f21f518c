import { bodyOf, type GlueyOptions, Transport } from "./transport.ts";
import type {
  BatchResult,
  Branding,
  CreatedWebhookSubscription,
  Delivery,
  NewBranding,
  NewSftpSubscription,
  NewShipment,
  NewWebhookSubscription,
  Page,
  ReceiverProbe,
  Redelivery,
  SftpSubscription,
  Shipment,
  ShipmentEvent,
  Standing,
  TrackAnswer,
  TrackedShipment,
  TrackQuestion,
  WebhookSubscription,
} from "./types.ts";

export { GlueyProblem } from "./problem.ts";
export type { GlueyOptions } from "./transport.ts";
export type * from "./types.ts";

export interface PageQuestion {
  limit?: number;
  cursor?: string;
}

/**
 * The customer's side of Gluey Tracking. Every method throws GlueyProblem when a call is refused. Creations carry an
 * idempotency key of their own unless you give one, so a repeated try creates nothing twice.
 */
export class GlueyClient {
  readonly #transport: Transport;

  constructor(options: GlueyOptions) {
    this.#transport = new Transport(options);
  }

  /** Puts a shipment under tracking; the one already tracked under that number is answered again. */
  createShipment(shipment: NewShipment, idempotency_key: string = crypto.randomUUID()): Promise<Shipment> {
    return this.#transport.json({ method: "POST", path: "/shipments", body: shipment, idempotency_key });
  }

  /** Up to 1,000 at once; one result each, in order. */
  async createShipments(
    shipments: readonly NewShipment[],
    idempotency_key: string = crypto.randomUUID(),
  ): Promise<BatchResult[]> {
    const { data } = await this.#transport.json<{ data: BatchResult[] }>({
      method: "POST",
      path: "/shipments/batch",
      body: { shipments },
      idempotency_key,
    });
    return data;
  }

  getShipment(id: string): Promise<Shipment> {
    return this.#transport.json({ method: "GET", path: `/shipments/${encodeURIComponent(id)}` });
  }

  listShipments(
    question: PageQuestion & { status?: string; carrier_id?: string; updated_since?: string } = {},
  ): Promise<Page<Shipment>> {
    return this.#transport.json({ method: "GET", path: "/shipments", query: { ...question } });
  }

  /** Stops tracking. */
  async deleteShipment(id: string): Promise<void> {
    await this.#transport.send({
      method: "DELETE",
      path: `/shipments/${encodeURIComponent(id)}`,
      repeatable: true,
    });
  }

  trackShipment(id: string): Promise<TrackedShipment> {
    return this.#transport.json({ method: "GET", path: `/shipments/${encodeURIComponent(id)}/track` });
  }

  /** Up to 100 shipments in one call. With `since` only what is new, and an empty list when nothing is. */
  async track(question: TrackQuestion): Promise<TrackAnswer> {
    const answer = await this.#transport.send({
      method: "POST",
      path: "/track",
      body: question,
      repeatable: true,
    });
    return {
      shipments: answer.status === 204 ? [] : await bodyOf(answer),
      next_cursor: answer.headers.get("x-next-cursor"),
      last_updated: answer.headers.get("x-last-updated"),
    };
  }

  /** A page of the account's feed: the events as pushed, in the same order. */
  events(
    account_number: string,
    question: { after?: string; limit?: number } = {},
  ): Promise<Page<ShipmentEvent>> {
    return this.#transport.json({
      method: "GET",
      path: `${accountPath(account_number)}/events`,
      query: { ...question },
    });
  }

  createWebhookSubscription(
    account_number: string,
    subscription: NewWebhookSubscription,
    idempotency_key: string = crypto.randomUUID(),
  ): Promise<CreatedWebhookSubscription> {
    const path = subscriptionsPath(account_number, "webhooks");
    return this.#transport.json({ method: "POST", path, body: subscription, idempotency_key });
  }

  createSftpSubscription(
    account_number: string,
    subscription: NewSftpSubscription,
    idempotency_key: string = crypto.randomUUID(),
  ): Promise<SftpSubscription> {
    const path = subscriptionsPath(account_number, "sftp");
    return this.#transport.json({ method: "POST", path, body: subscription, idempotency_key });
  }

  subscriptions<W extends Way>(
    account_number: string,
    way: W,
    question: PageQuestion = {},
  ): Promise<Page<SubscriptionBy[W]>> {
    const path = subscriptionsPath(account_number, way);
    return this.#transport.json({ method: "GET", path, query: { ...question } });
  }

  getSubscription<W extends Way>(account_number: string, way: W, id: string): Promise<SubscriptionBy[W]> {
    return this.#transport.json({ method: "GET", path: subscriptionPath(account_number, way, id) });
  }

  /** Changes what is named; `paused: false` resumes where it stopped. */
  updateSubscription<W extends Way>(
    account_number: string,
    way: W,
    id: string,
    change: ChangeBy[W],
  ): Promise<SubscriptionBy[W]> {
    const path = subscriptionPath(account_number, way, id);
    return this.#transport.json({ method: "PATCH", path, body: change, repeatable: true });
  }

  /** What it still had to send is cancelled. */
  async deleteSubscription(account_number: string, way: Way, id: string): Promise<void> {
    const path = subscriptionPath(account_number, way, id);
    await this.#transport.send({ method: "DELETE", path, repeatable: true });
  }

  /** Sends a made-up event, or lists the folder, now; says what came back. */
  testSubscription(
    account_number: string,
    way: Way,
    id: string,
  ): Promise<{
    state: "delivered" | "failed";
    status: number | null;
    latency_ms: number | null;
    answer: string | null;
  }> {
    return this.#transport.json({
      method: "POST",
      path: `${subscriptionPath(account_number, way, id)}/test`,
    });
  }

  /** Ends a pause, an outage or 410. With `after`, a cursor or a time, everything behind that place is sent (again). */
  resumeSubscription(
    account_number: string,
    way: Way,
    id: string,
    from: { after?: string } = {},
    idempotency_key: string = crypto.randomUUID(),
  ): Promise<{ id: string; state: Standing["state"]; after: string }> {
    const path = `${subscriptionPath(account_number, way, id)}/resume`;
    return this.#transport.json({ method: "POST", path, body: from, idempotency_key });
  }

  /** Does your receiver verify signatures, refuse old ones, take duplicates, answer in time? Once a minute. */
  probeSubscription(account_number: string, id: string): Promise<ReceiverProbe> {
    const path = `${subscriptionPath(account_number, "webhooks", id)}/probe`;
    return this.#transport.json({ method: "POST", path });
  }

  /** A new secret; the old one is valid for another 24 h. */
  rotateSecret(
    account_number: string,
    id: string,
  ): Promise<{ id: string; secret: string; previous_secret_valid_until: string }> {
    const path = `${subscriptionPath(account_number, "webhooks", id)}/rotate`;
    return this.#transport.json({ method: "POST", path });
  }

  /** Gluey's public keys, for `verifyWebhook`: `whpk_…`. */
  async webhookKeys(): Promise<string[]> {
    const { keys } = await this.#transport.json<{ keys: { whpk: string }[] }>({
      method: "GET",
      path: "/.well-known/webhook-keys.json",
    });
    return keys.map(({ whpk }) => whpk);
  }

  getBranding(account_number: string): Promise<Branding> {
    return this.#transport.json({ method: "GET", path: `${accountPath(account_number)}/branding` });
  }

  /** All of it at once: what is left out is as it comes again. */
  setBranding(account_number: string, branding: NewBranding): Promise<Branding> {
    const path = `${accountPath(account_number)}/branding`;
    return this.#transport.json({ method: "PUT", path, body: branding, repeatable: true });
  }

  /** Every attempt, newest first. */
  deliveries(
    account_number: string,
    question: PageQuestion & {
      subscription_id?: string;
      shipment_id?: string;
      state?: Delivery["state"];
    } = {},
  ): Promise<Page<Delivery>> {
    const path = `${accountPath(account_number)}/deliveries`;
    return this.#transport.json({ method: "GET", path, query: { ...question } });
  }

  /** Sends one delivery again. */
  redeliver(account_number: string, id: string): Promise<Redelivery> {
    const path = `${accountPath(account_number)}/deliveries/${encodeURIComponent(id)}/redeliver`;
    return this.#transport.json({ method: "POST", path, repeatable: true });
  }

  /** Sends a stretch of the feed again: both ends are cursors, or times in ISO 8601. With a `next_cursor`, call again with it as `since`. */
  redeliverWindow(
    account_number: string,
    window: { since: string; until?: string; subscription_id?: string },
    idempotency_key: string = crypto.randomUUID(),
  ): Promise<Redelivery> {
    const path = `${accountPath(account_number)}/redeliver`;
    return this.#transport.json({ method: "POST", path, body: window, idempotency_key });
  }
}

/** The ways out that a customer subscribes to, as the paths name them. */
export type Way = "webhooks" | "sftp";

export interface SubscriptionBy {
  webhooks: WebhookSubscription;
  sftp: SftpSubscription;
}

export interface ChangeBy {
  webhooks: Partial<NewWebhookSubscription> & { paused?: boolean };
  sftp: Partial<Omit<NewSftpSubscription, "host" | "port" | "format">> & { paused?: boolean };
}

function accountPath(account_number: string): string {
  return `/accounts/${encodeURIComponent(account_number)}`;
}

function subscriptionsPath(account_number: string, way: Way): string {
  return `${accountPath(account_number)}/${way}/tracking/subscriptions`;
}

function subscriptionPath(account_number: string, way: Way, id: string): string {
  return `${subscriptionsPath(account_number, way)}/${encodeURIComponent(id)}`;
}
