import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { Customer, until } from "../delivery/testing.ts";
import { verifyWebhook } from "../domain/signing/verify-webhook.ts";
import { publicWebhookKeys } from "../domain/signing/webhook-keys.ts";
import { anAccount, fieldOf, listOf, problemOf, testClient, textOf } from "./test-client.ts";

/** The API on top of deliveries that are really made: subscribed by it, told through the feed, seen and repeated by it. */

const client = testClient();
let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

/** A customer with one subscription made by the API. */
async function subscribed(settings: Record<string, unknown> = {}) {
  const customer = new Customer();
  const account = customer.tenant_id.split(".")[0] ?? "";
  const { test: key } = await anAccount(client, account);
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    client.send(method, `/accounts/${account}${path}`, { key, body, headers });
  const hooks = "/webhooks/tracking/subscriptions";
  const made = await call("POST", hooks, { endpoint: receiver.endpoint, max_batch: 1, ...settings });
  const [id, secret] = [textOf(made.body, "id"), textOf(made.body, "secret")];
  return { customer, account, key, call, id, secret, hook: `${hooks}/${id}` };
}

/** Events of three shipments that are all dead letters, and a receiver that is back. */
async function dead() {
  const all = await subscribed();
  receiver.answer = () => new Response(null, { status: 410 });
  await all.customer.tell(["a", "b", "c"]);
  await all.customer.wake();
  receiver.answer = () => new Response("taken");
  return all;
}

const letters = async (account: string) => {
  const { body } = await client.operator("GET", `/admin/dead-letters?account_number=${account}&mode=test`);
  return listOf(body, "data");
};

describe("dead letters", () => {
  it("are listed to the operator, of one account and of all, with a cursor that goes on", async () => {
    const { account, id } = await dead();
    const data = await letters(account);
    expect(data).toHaveLength(3);
    expect(data[0]).toMatchObject({ account_number: account, mode: "test", subscription_id: id, events: 1 });
    const told: string[] = [];
    let cursor = "";
    do {
      const { body } = await client.operator("GET", `/admin/dead-letters?limit=2${cursor}`);
      told.push(...listOf(body, "data").map((letter) => textOf(letter, "message_id")));
      const next = fieldOf(body, "next_cursor");
      cursor = typeof next === "string" ? `&cursor=${next}` : "";
    } while (cursor !== "");
    for (const letter of data)
      expect(told.filter((one) => one === textOf(letter, "message_id"))).toHaveLength(1);
  });

  it("one is sent again, one is dropped, and neither can be twice", async () => {
    const { account, call, hook, key } = await dead();
    const [first, second, third] = (await letters(account)).map((letter) => textOf(letter, "message_id"));
    const at = (id: string | undefined, verb = "") =>
      `/admin/dead-letters/${id}${verb}?account_number=${account}&mode=test`;
    expect((await call("PATCH", hook, { paused: false })).body).toMatchObject({ state: "active", dead: 3 });
    const before = receiver.received.length;
    const retried = await client.operator("POST", at(first, "/retry"));
    expect([retried.status, retried.body]).toEqual([202, { messages: 1, rebuilt: 0, next_cursor: null }]);
    await until(async () => fieldOf((await call("GET", hook)).body, "waiting") === 0);
    expect(receiver.received.slice(before).map((one) => one.id)).toEqual([first]);
    expect((await client.operator("DELETE", at(second))).status).toBe(204);
    problemOf(await client.operator("DELETE", at(second)), 404);
    problemOf(await client.operator("DELETE", at(first)), 404);
    problemOf(await client.operator("POST", at(second, "/retry")), 404);
    expect((await letters(account)).map((letter) => textOf(letter, "message_id"))).toEqual([third]);
    expect((await call("GET", hook)).body).toMatchObject({ dead: 1, waiting: 0 });
    // Of no other account, and nobody but the operator.
    problemOf(await client.operator("POST", `/admin/dead-letters/${third}/retry?account_number=nobody`), 404);
    problemOf(await client.send("GET", "/admin/dead-letters", { key }), 401);
  });
});

describe("deliveries", () => {
  it("are listed with what came back, by subscription, state and shipment", async () => {
    const { customer, call, id } = await subscribed();
    const b = customer.shipmentId("b");
    receiver.answer = ({ told }) => new Response("words", { status: told[0]?.shipment === b ? 400 : 200 });
    await customer.tell(["a", "b"]);
    await customer.wake();
    const { body } = await call("GET", `/deliveries?subscription_id=${id}`);
    const seen = listOf(body, "data").map((row) => `${fieldOf(row, "state")} ${fieldOf(row, "status")}`);
    expect(seen.toSorted()).toEqual(["delivered 200", "failed 400"]);
    const only = await call("GET", `/deliveries?state=failed&shipment_id=${b}`);
    expect(listOf(only.body, "data")).toMatchObject([{ answer: "words", attempt: 1, events: 1 }]);
    const none = await call("GET", `/deliveries?state=failed&shipment_id=${customer.shipmentId("a")}`);
    expect(listOf(none.body, "data")).toEqual([]);
  });

  it("one is sent again with its id and bytes, and not while it is under way", async () => {
    const { customer, call, account } = await subscribed();
    await customer.tell(["a"]);
    await customer.wake();
    const [row] = listOf((await call("GET", "/deliveries")).body, "data");
    const path = `/deliveries/${textOf(row, "id")}/redeliver`;
    receiver.answer = () => new Response(null, { status: 404 });
    expect((await call("POST", path)).status).toBe(202);
    await customer.quiet();
    const [first, again] = receiver.received;
    expect([again?.id, again?.body]).toEqual([first?.id, first?.body]);
    expect(problemOf(await call("POST", path), 409)).toContain("still being delivered");
    const other = await anAccount(client, `${account}-other`);
    const theirs = `/accounts/${account}-other${path}`;
    problemOf(await client.send("POST", theirs, { key: other.test }), 404);
  });

  it("a stretch is sent again by cursors of the feed, once for each Idempotency-Key", async () => {
    const { customer, call } = await subscribed();
    await customer.tell(["a", "b", "a"]);
    await customer.wake();
    const page = await call("GET", "/events?limit=1");
    const window = { since: textOf(page.body, "next_cursor") };
    const key = { "idempotency-key": crypto.randomUUID() };
    const sent = await call("POST", "/redeliver", window, key);
    expect([sent.status, sent.body]).toEqual([202, { messages: 2, rebuilt: 0, next_cursor: null }]);
    await customer.quiet();
    expect((await call("POST", "/redeliver", window, key)).body).toEqual(sent.body);
    await customer.quiet();
    expect(receiver.received).toHaveLength(5);
    const unknown = await call("POST", "/redeliver", { ...window, subscription_id: "sub_none" });
    problemOf(unknown, 404);
  });

  it("whose bytes are gone say how they are made anew", async () => {
    const { customer, call } = await subscribed();
    await customer.tell(["a"]);
    await customer.wake();
    await customer.rows("DELETE FROM bodies RETURNING piece");
    const [row] = listOf((await call("GET", "/deliveries")).body, "data");
    expect(problemOf(await call("POST", `/deliveries/${textOf(row, "id")}/redeliver`), 409)).toContain(
      "first_cursor",
    );
    const window = { since: textOf(row, "first_cursor"), until: textOf(row, "last_cursor") };
    expect((await call("POST", "/redeliver", window)).body).toMatchObject({ messages: 1, rebuilt: 1 });
    await customer.quiet();
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
    expect(receiver.received[1]?.id).not.toBe(receiver.received[0]?.id);
  });
});

describe("resuming", () => {
  it("goes on where it stopped, or from a cursor or a time, also out of a pause", async () => {
    const { customer, call, hook } = await subscribed();
    await customer.tell(["a", "b"]);
    await customer.wake();
    await call("PATCH", hook, { paused: true });
    await customer.tell(["a", "b"]);
    const feed = await call("GET", "/events?limit=3");
    const after = textOf(feed.body, "next_cursor");
    const resumed = await call("POST", `${hook}/resume`, { after });
    expect([resumed.status, resumed.body]).toMatchObject([200, { state: "active", after }]);
    expect((await call("GET", hook)).body).toMatchObject({ paused: false, state: "active" });
    // Who is resumed starts slowly.
    await until(() => receiver.received.length === 3);
    expect(receiver.told.slice(2)).toEqual([`${customer.shipmentId("b")} 2`]);
    expect((await call("POST", `${hook}/resume`)).body).toMatchObject({ state: "active" });
    const from = await call("POST", `${hook}/resume`, { after: "1970-01-01T00:00:00Z" });
    expect(from.status).toBe(200);
    await until(() => receiver.received.length === 4);
    expect(receiver.told[3]).toBe(`${customer.shipmentId("a")} 1`);
  });

  it("refuses what is no place, lies beyond the feed or before the start", async () => {
    const { customer, call, account, key } = await subscribed();
    await customer.tell(["a", "b"]);
    const made = await client.send("POST", `/accounts/${account}/webhooks/tracking/subscriptions`, {
      key,
      body: { endpoint: receiver.endpoint },
    });
    const path = `/webhooks/tracking/subscriptions/${textOf(made.body, "id")}/resume`;
    expect(problemOf(await call("POST", path, { after: "now" }), 422)).toContain("after must be a cursor");
    expect(problemOf(await call("POST", path, { after: btoa("7").replaceAll("=", "") }), 422)).toContain(
      "beyond",
    );
    const page = await call("GET", "/events?limit=1");
    const early = await call("POST", path, { after: textOf(page.body, "next_cursor") });
    const earliest = /The earliest is (\w+)\./.exec(problemOf(early, 422))?.[1];
    expect((await call("POST", path, { after: earliest })).status).toBe(200);
    problemOf(await call("POST", "/webhooks/tracking/subscriptions/sub_none/resume", {}), 404);
  });
});

/** What the API asks of the customer's object, in order, and what the control database then said. */
function watched() {
  const asked: { call: string; rows: { updated_at: number; paused: number }[] }[] = [];
  const { deliveryOf } = client.ctx;
  const watching = testClient({
    deliveryOf: (tenant_id) =>
      new Proxy(deliveryOf(tenant_id), {
        get: (stub, name) => {
          const value: unknown = Reflect.get(stub, name);
          if (typeof value !== "function" || name === "status") return value;
          return async (...given: unknown[]) => {
            const { results } = await client.ctx.control
              .prepare("SELECT updated_at, paused FROM subscriptions WHERE tenant_id = ?1")
              .bind(tenant_id)
              .all<{ updated_at: number; paused: number }>();
            asked.push({ call: String(name), rows: results });
            return Reflect.apply(value, stub, given);
          };
        },
      }),
  });
  return { asked, watching };
}

describe("the customer's object", () => {
  let key = "";
  beforeAll(async () => {
    key = (await anAccount(client, "watched")).test;
  });

  it("is told of each change after it is written, with a later updated_at each time", async () => {
    const { asked, watching } = watched();
    const hooks = "/accounts/watched/webhooks/tracking/subscriptions";
    const call = (method: string, path: string, body?: unknown) =>
      watching.send(method, `${hooks}${path}`, { key, body });
    const id = textOf((await call("POST", "", { endpoint: receiver.endpoint })).body, "id");
    await call("PATCH", `/${id}`, { max_batch: 2 });
    await call("PATCH", `/${id}`, { carriers: ["ups"] });
    await call("POST", `/${id}/rotate`);
    await call("PATCH", `/${id}`, { paused: true });
    await call("PATCH", `/${id}`, { paused: false });
    await call("DELETE", `/${id}`);
    expect(asked.map((one) => one.call)).toEqual([
      "refresh",
      "refresh",
      "refresh",
      "refresh",
      "refresh",
      "refresh",
      "resume",
      "drop",
    ]);
    const stamps = asked.slice(0, 6).map((one) => one.rows[0]?.updated_at ?? 0);
    for (const [at, stamp] of stamps.entries()) expect(stamp).toBeGreaterThan(stamps[at - 1] ?? 0);
    expect(asked.slice(4, 7).map((one) => one.rows[0]?.paused)).toEqual([1, 0, 0]);
    // The row is gone before the object hears of it.
    expect(asked.at(-1)).toEqual({ call: "drop", rows: [] });
  });
});

describe("signatures", () => {
  it("are verified with the keys that are served, and with both secrets while one rotates", async () => {
    const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
    if (!("privateKey" in pair)) throw new Error("A pair of keys was asked for.");
    const pkcs8 = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
    if (!(pkcs8 instanceof ArrayBuffer)) throw new Error("PKCS#8 is bytes.");
    const signingKey = btoa(String.fromCharCode(...new Uint8Array(pkcs8)));
    const keyed = testClient({ signingKey });
    const served = await keyed.send("GET", "/.well-known/webhook-keys.json");
    expect(served.body).toEqual(await publicWebhookKeys(signingKey));
    expect((await client.send("GET", "/.well-known/webhook-keys.json")).body).toEqual({ keys: [] });

    const { customer, call, hook, secret } = await subscribed();
    await customer.steer({ signingKey });
    const rotated = textOf((await call("POST", `${hook}/rotate`)).body, "secret");
    await customer.tell(["a"]);
    await customer.wake();
    const [message] = receiver.received;
    if (message === undefined) throw new Error("One message came.");
    const { id, signature, timestamp } = message;
    const body = new TextEncoder().encode(message.body);
    const asked = { id, signature, timestamp: `${timestamp}`, body, now_s: timestamp };
    for (const one of [secret, rotated])
      expect(await verifyWebhook({ ...asked, secrets: [one] })).toEqual({ ok: true, by: "v1" });
    const publicKeys = listOf(served.body, "keys").map((one) => textOf(one, "whpk"));
    expect(await verifyWebhook({ ...asked, publicKeys })).toEqual({ ok: true, by: "v1a" });
  });
});
