import { z } from "zod";
import { factKey } from "./plan.ts";
import type { CarriedEvent } from "./records.ts";

/** The calls a customer makes, as a stranger would write them from the public contract: no code of the sender's. */

const TIMEOUT_MS = 60_000;
const TRIES = 5;
const PER_PAGE = 100;

export interface Customer {
  account_number: string;
  key: string;
}

const Element = z.object({
  shipment_id: z.string(),
  carrier_tracking_id: z.string(),
  sequence: z.number(),
  event: z.object({
    id: z.string(),
    event_time: z.object({ carrier_utc: z.string().nullable() }),
    codes: z.object({
      gluey: z.object({ milestone: z.string() }),
      carrier: z.object({ code: z.string().nullable() }),
    }),
  }),
});
export type Element = z.infer<typeof Element>;
export const Elements = z.array(Element);

/** What the records keep of an element. */
export function carriedBy({ shipment_id, carrier_tracking_id, sequence, event }: Element): CarriedEvent {
  const fact = factKey(carrier_tracking_id, event.codes.carrier.code, event.event_time.carrier_utc);
  return { shipment: shipment_id, sequence, event: event.id, fact };
}

const FeedPage = z.object({ data: Elements, next_cursor: z.string() });
const Created = z.object({ id: z.string(), secret: z.string().optional() });
const Standing = z.object({ data: z.array(z.object({ id: z.string(), state: z.string() })) });
const Rotated = z.object({ secret: z.string() });
const Batch = z.object({ data: z.array(z.object({ status: z.number() })) });
const Attempts = z.object({
  data: z.array(z.object({ id: z.string(), subscription_id: z.string(), message_id: z.string() })),
  next_cursor: z.string().nullable(),
});
export const DeadLetter = z.object({
  message_id: z.string(),
  subscription_id: z.string(),
  died_at: z.string(),
  shipments: z.array(
    z.object({ shipment_id: z.string(), first_sequence: z.number(), last_sequence: z.number() }),
  ),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
const DeadLetters = z.object({
  data: z.array(DeadLetter),
  set_aside: z.array(z.unknown()),
  next_cursor: z.string().nullable(),
});
const Lanes = z.object({ lanes: z.array(z.object({ lane: z.number() })) });
const Keys = z.object({ keys: z.array(z.object({ x: z.string(), crv: z.literal("Ed25519") })) });

export function apiAt(url: string, admin_token: string) {
  const call = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await answer.text();
      if (answer.ok) return text === "" ? null : JSON.parse(text);
      if (attempt >= TRIES || (answer.status !== 429 && answer.status !== 503))
        throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
      await new Promise((resolve) =>
        setTimeout(resolve, 1000 * Number(answer.headers.get("retry-after") ?? 1)),
      );
    }
  };
  const as = ({ key }: Customer) => ({ "x-key": key });
  const subscriptions = (customer: Customer, way: "webhooks" | "sftp") =>
    `/accounts/${customer.account_number}/${way}/tracking/subscriptions`;
  return {
    register: async (customer: Customer, numbers: readonly string[]) => {
      for (let at = 0; at < numbers.length; at += 500) {
        const shipments = numbers
          .slice(at, at + 500)
          .map((carrier_tracking_id) => ({ carrier_id: "sandbox", carrier_tracking_id }));
        const { data } = Batch.parse(await call("POST", "/shipments/batch", as(customer), { shipments }));
        const refused = data.find((one) => one.status >= 300);
        if (refused !== undefined) throw new Error(`A shipment was refused: ${JSON.stringify(refused)}`);
      }
    },
    subscribe: async (customer: Customer, way: "webhooks" | "sftp", settings: object) =>
      Created.parse(await call("POST", subscriptions(customer, way), as(customer), settings)),
    change: (customer: Customer, id: string, change: object) =>
      call("PATCH", `${subscriptions(customer, "webhooks")}/${id}`, as(customer), change),
    /** How the account's webhook subscriptions stand. */
    standing: async (customer: Customer) =>
      Standing.parse(await call("GET", subscriptions(customer, "webhooks"), as(customer))).data,
    unsubscribe: (customer: Customer, id: string) =>
      call("DELETE", `${subscriptions(customer, "webhooks")}/${id}`, as(customer)),
    rotate: async (customer: Customer, id: string) =>
      Rotated.parse(await call("POST", `${subscriptions(customer, "webhooks")}/${id}/rotate`, as(customer)))
        .secret,
    /** What came into the feed after a cursor, and the next cursor. */
    feed: async (
      customer: Customer,
      after: string | null,
    ): Promise<{ elements: Element[]; cursor: string | null }> => {
      const elements: Element[] = [];
      for (let cursor = after; ; ) {
        const query = new URLSearchParams({ limit: String(PER_PAGE) });
        if (cursor !== null) query.set("after", cursor);
        const page = FeedPage.parse(
          await call("GET", `/accounts/${customer.account_number}/events?${query}`, as(customer)),
        );
        elements.push(...page.data);
        cursor = page.next_cursor;
        if (page.data.length < PER_PAGE) return { elements, cursor };
      }
    },
    /** Attempts that left and whose end nobody saw. */
    unknownAttempts: async (customer: Customer) => {
      const found: z.infer<typeof Attempts>["data"] = [];
      for (let cursor: string | null = null; ; ) {
        const query = new URLSearchParams({ limit: String(PER_PAGE), state: "unknown" });
        if (cursor !== null) query.set("cursor", cursor);
        const page = Attempts.parse(
          await call("GET", `/accounts/${customer.account_number}/deliveries?${query}`, as(customer)),
        );
        found.push(...page.data);
        cursor = page.next_cursor;
        if (cursor === null) return found;
      }
    },
    deadLetters: async (account_number: string) => {
      const data: DeadLetter[] = [];
      let set_aside = 0;
      for (let cursor: string | null = null; ; ) {
        const query = new URLSearchParams({ limit: String(PER_PAGE), account_number, mode: "test" });
        if (cursor !== null) query.set("cursor", cursor);
        const page = DeadLetters.parse(
          await call("GET", `/admin/dead-letters?${query}`, { authorization: `Bearer ${admin_token}` }),
        );
        data.push(...page.data);
        set_aside += page.set_aside.length;
        cursor = page.next_cursor;
        if (cursor === null) return { data, set_aside };
      }
    },
    /** The operator doubles the inboxes of a connection. */
    doubleLanes: async (connection_id: string) => {
      const path = `/admin/connections/${connection_id}/lanes`;
      const operator = { authorization: `Bearer ${admin_token}` };
      const { lanes } = Lanes.parse(await call("GET", path, operator));
      await call("PUT", path, operator, { lanes: lanes.length * 2 });
    },
    /** Base64url of each Ed25519 key that signs. */
    publicKeys: async () =>
      Keys.parse(await call("GET", "/.well-known/webhook-keys.json", {})).keys.map(({ x }) => x),
  };
}
export type Api = ReturnType<typeof apiAt>;

/** The operator's call for a document's body. */
export function apiOfDocuments(url: string, admin_token: string): (id: string) => Promise<Uint8Array> {
  return async (id) => {
    const answer = await fetch(`${url}/admin/documents/${id}/body`, {
      headers: { authorization: `Bearer ${admin_token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`The body of ${id} answered ${answer.status}: ${await answer.text()}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
}
