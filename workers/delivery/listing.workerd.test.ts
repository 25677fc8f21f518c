import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { recording, tableScans, testContext, testEnv, watchedEnv } from "../testing/seed.ts";
import type { AttemptFilter } from "./attempt-log.ts";
import { Outbox } from "./outbox.ts";
import { Customer } from "./testing.ts";

/** What a customer's object shows of itself, page by page, and that it reads no more of it than it shows. */

let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

/** Two subscriptions, of which one takes the news of a alone. */
async function delivered() {
  const clock = { at: Date.now(), now: () => clock.at };
  const customer = new Customer({ now: clock.now });
  await customer.steer();
  const whole = await customer.subscribe({ endpoint: `${receiver.endpoint}/whole`, max_batch: 1 });
  const half = await customer.subscribe({ endpoint: `${receiver.endpoint}/half`, max_batch: 1 });
  const b = customer.shipmentId("b");
  receiver.answer = (request) =>
    new Response(null, {
      status: request.url.endsWith("/half") && request.told[0]?.shipment === b ? 404 : 200,
    });
  await customer.tell(["a", "b", "a", "c"]);
  await customer.wake();
  return { clock, customer, whole, half };
}

it("attempts by subscription, state and shipment, alone and together", async () => {
  const { customer, whole, half } = await delivered();
  const [a, b] = [customer.shipmentId("a"), customer.shipmentId("b")];
  const count = async (filter: AttemptFilter) =>
    (await customer.stub.deliveries({ limit: 100, ...filter })).data.length;
  expect(await count({})).toBe(8);
  expect(await count({ subscription_id: whole })).toBe(4);
  expect(await count({ shipment_id: a })).toBe(4);
  expect(await count({ shipment_id: b })).toBe(2);
  expect(await count({ shipment_id: "shp_none" })).toBe(0);
  expect(await count({ state: "failed" })).toBe(1);
  expect(await count({ state: "delivered" })).toBe(7);
  expect(await count({ state: "failed", subscription_id: whole })).toBe(0);
  expect(await count({ state: "delivered", subscription_id: half })).toBe(3);
  expect(await count({ state: "failed", shipment_id: b, subscription_id: half })).toBe(1);
  expect(await count({ state: "delivered", shipment_id: b, subscription_id: half })).toBe(0);
});

it("each filter pages on to the end, newest first, without a row twice", async () => {
  const { customer, half } = await delivered();
  const filters: AttemptFilter[] = [
    {},
    { subscription_id: half },
    { shipment_id: customer.shipmentId("a") },
    { state: "delivered" },
  ];
  for (const filter of filters) {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await customer.stub.deliveries({ limit: 3, ...filter, ...(cursor ? { cursor } : {}) });
      ids.push(...page.data.map((row) => row.id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    const all = await customer.stub.deliveries({ limit: 100, ...filter });
    expect(ids).toEqual(all.data.map((row) => row.id));
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(ids.length).toBeGreaterThan(3);
  }
});

it("the parts of a message that was split are found by their shipments", async () => {
  const clock = { at: Date.now(), now: () => clock.at };
  const customer = new Customer({ now: clock.now });
  await customer.steer();
  await customer.subscribe();
  receiver.answer = (_request, index) => new Response(null, { status: index === 0 ? 404 : 200 });
  await customer.tell(["a", "b"]);
  await customer.wake();
  clock.at += 12_000;
  await customer.alarm();
  const { data } = await customer.stub.deliveries({ limit: 10, shipment_id: customer.shipmentId("a") });
  expect(data.map((row) => [row.state, row.events])).toEqual([
    ["delivered", 1],
    ["failed", 2],
  ]);
});

it("dead letters, then the events that were set aside, under one cursor", async () => {
  const { customer, whole, half } = await delivered();
  await runInDurableObject(customer.stub, (_object, { storage }) => {
    storage.sql.exec("UPDATE messages SET state = 'dead', ended_at = 1");
    const outbox = new Outbox(storage.sql);
    for (const subscription_id of [whole, half])
      for (const position of [11, 2, 7])
        outbox.aside.add({
          subscription_id,
          position,
          shipment_id: "shp_x",
          sequence: 1,
          at: 1,
          reason: "bad",
        });
    // Tried, and not set aside.
    outbox.aside.count({
      subscription_id: half,
      position: 9,
      shipment_id: "shp_x",
      sequence: 1,
      at: 1,
      reason: "bad",
    });
  });
  for (const limit of [1, 2, 3, 4, 8, 100]) {
    const told: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await customer.stub.deadLetters({ limit, ...(cursor ? { cursor } : {}) });
      expect(page.data.length + page.set_aside.length).toBeLessThanOrEqual(limit);
      told.push(...page.data.map((row) => row.message_id));
      told.push(...page.set_aside.map((row) => `${row.subscription_id} ${row.position}`));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(told).toHaveLength(14);
    expect(new Set(told).size).toBe(14);
    expect(told.slice(8)).toEqual(
      [whole, half].toSorted().flatMap((id) => [2, 7, 11].map((at) => `${id} ${at}`)),
    );
  }
  const own = await customer.stub.deadLetters({ limit: 100, subscription_id: half });
  expect([own.data.length, own.set_aside.length]).toEqual([4, 3]);
});

it("an event set aside is told to the operator's list, without any dead letter", async () => {
  const customer = new Customer();
  await customer.subscribe();
  await customer.tell(["a"], { body: "{}" });
  await customer.wake();
  const row = await customer.ctx.control
    .prepare("SELECT waiting, dead FROM backlogs WHERE tenant_id = ?")
    .bind(customer.tenant_id)
    .first();
  expect(row).toEqual({ waiting: 0, dead: 1 });
});

it("no list and no search reads a table as a whole", async () => {
  const { customer, whole } = await delivered();
  const plans = await runInDurableObject(customer.stub, (_object, { storage }) => {
    const seen = new Set<string>();
    const sql = new Proxy(storage.sql, {
      get: (target, name) =>
        name === "exec"
          ? (query: string, ...values: SqlStorageValue[]) => {
              if (/^\s*SELECT/i.test(query)) seen.add(query);
              return target.exec(query, ...values);
            }
          : Reflect.get(target, name),
    });
    const outbox = new Outbox(sql);
    seen.clear();
    const [subscription_id, shipment_id] = [whole, customer.shipmentId("a")];
    for (const state of [undefined, "failed", "delivered"] as const)
      for (const filter of [{}, { subscription_id }, { shipment_id }, { subscription_id, shipment_id }])
        outbox.attempts.page("~", 3, { ...filter, state });
    outbox.search.ofStretch(whole, 0, 3);
    outbox.search.ofShipment(whole, shipment_id);
    outbox.messageById("msg_none");
    outbox.dead(9, 3, whole);
    outbox.aside.page({ subscription_id: "", position: 0 }, 3, undefined);
    return [...seen].map((query) => {
      const parameters = query.match(/\?\d+/g)?.map((one) => Number(one.slice(1))) ?? [];
      const count = parameters.length > 0 ? Math.max(...parameters) : (query.match(/\?/g)?.length ?? 0);
      const steps = storage.sql
        .exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...Array.from({ length: count }, () => null))
        .toArray();
      return { query, steps: steps.map((step) => step.detail) };
    });
  });
  expect(plans.length).toBeGreaterThan(12);
  const scans = plans.filter(({ steps }) =>
    steps.some((step) => /^SCAN /.test(step) && !/messages_dead/.test(step)),
  );
  expect(scans).toEqual([]);
});

it("nor does an object of the databases, whatever is filtered, sent again or resumed", async () => {
  const statements = new Set<string>();
  const bindings = watchedEnv((db) => recording(db, statements));
  const { control, shardFor } = testContext({}, bindings);
  const customer = new Customer({ control, shardFor });
  await customer.steer();
  const id = await customer.subscribe({ first_time_in_status: true });
  await customer.tell(["a"]);
  await customer.wake();
  await customer.rows("DELETE FROM bodies RETURNING piece");
  expect(await customer.stub.redeliver({ since_position: 0, until_position: 1 })).toMatchObject({
    rebuilt: 1,
  });
  await customer.stub.resume(id, 0);
  await customer.quiet();
  expect([...statements].filter((sql) => sql.includes("b.shipment_status"))).toHaveLength(1);
  for (const sql of statements) expect(await tableScans(testEnv().DB, sql), sql).toEqual([]);
});
