import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import type { MetricPoint } from "../observe/metrics.ts";
import { readFlow } from "../storage/flow-counts.ts";
import { Customer } from "./testing.ts";

/** What left a customer's object is in the operator's counts: all of it, once, and not more often than once a minute. */

const MINUTE = 60_000;
/** A clock that only the test moves. */
const clock = { at: Date.now() };
let receiver: Receiver;
let points: MetricPoint[] = [];

beforeEach(async () => {
  points = [];
  clock.at += 2 * 60 * MINUTE;
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
  await env.DB.prepare("DELETE FROM flow_counts").run();
});

async function aCustomer(): Promise<Customer> {
  const customer = new Customer();
  await customer.steer({ now: () => clock.at, metrics: { write: (more) => void points.push(...more) } });
  await customer.subscribe();
  return customer;
}

const out = async () => (await readFlow(env.DB, clock.at)).hour.out.webhook;
const rows = async () =>
  (await env.DB.prepare("SELECT at, total, events, failed FROM flow_counts ORDER BY at").all()).results;

it("tells what was delivered and what failed, with the events, in the minute in which it left", async () => {
  const customer = await aCustomer();
  await customer.tell(["a", "b", "c"]);
  await customer.wake();
  expect(await out()).toMatchObject({ total: 1, events: 3, failed: 0, dead: 0 });
  expect(points).toMatchObject([
    { kind: "out", way: "webhook", subject: customer.tenant_id, total: 1, events: 3 },
  ]);
  receiver.answer = () => new Response("", { status: 400 });
  clock.at += 2 * MINUTE;
  await customer.tell(["d"]);
  await customer.wake();
  expect(await out()).toMatchObject({ total: 1, events: 3, failed: 1 });
  expect(await customer.stub.rate(clock.at - MINUTE)).toEqual({ attempts: 1, failed: 1 });
  expect(await customer.stub.rate(clock.at - 5 * MINUTE)).toEqual({ attempts: 2, failed: 1 });
});

it("tells once a minute at most: the rest when the minute is over, and then nothing more", async () => {
  const customer = await aCustomer();
  for (const shipment of ["a", "b", "c"]) {
    await customer.tell([shipment]);
    await customer.wake();
    clock.at += 1000;
  }
  expect((await out()).total).toBe(1);
  // The alarm that stands in case a run is cut off finds out when the rest is due.
  await customer.alarm();
  expect((await out()).total).toBe(1);
  expect((await customer.stub.status()).next_alarm_at).toBeGreaterThan(clock.at);
  clock.at += MINUTE;
  await customer.alarm();
  expect(await out()).toMatchObject({ total: 3, events: 3 });
  const told = await rows();
  clock.at += 5 * MINUTE;
  await customer.alarm();
  expect(await rows()).toEqual(told);
  expect((await customer.stub.status()).next_alarm_at).toBeNull();
});

it("tells later, and once, what could not be told, also after a crash", async () => {
  const customer = await aCustomer();
  await customer.tell(["a"]);
  await env.DB.prepare("ALTER TABLE flow_counts RENAME TO elsewhere").run();
  await customer.wake();
  await env.DB.prepare("ALTER TABLE elsewhere RENAME TO flow_counts").run();
  expect(receiver.received).toHaveLength(1);
  expect(await out()).toMatchObject({ total: 0 });
  await customer.crash();
  await customer.steer();
  clock.at += 2 * MINUTE;
  await customer.wake();
  expect(await out()).toMatchObject({ total: 1, events: 1 });
});

it("an object that never sent anything has nothing to tell", async () => {
  const customer = new Customer();
  expect(await customer.stub.rate(0)).toEqual({ attempts: 0, failed: 0 });
});
