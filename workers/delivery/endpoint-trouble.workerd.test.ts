import { beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { outgoingHttp } from "../outside/http.ts";
import { present } from "../testing/present.ts";
import { Customer, until } from "./testing.ts";

const MINUTE = 60_000;
let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});
// Never restored: what an object of an earlier test still has to send must not leave the machine.

/** A clock that only the test moves. */
function stoppedClock(at = Date.now()) {
  const clock = { at, now: () => clock.at };
  return clock;
}

describe("an endpoint in trouble", () => {
  /** Shipments enough to fail ten times. */
  const many = Array.from({ length: 12 }, (_, index) => `s${index}`);

  it("opens its breaker after ten failures in a row, is probed each minute, and drains in order from the first success", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(many);
    receiver.answer = () => new Response("", { status: 503 });
    await customer.wake();
    const failed = receiver.received.length;
    expect(failed).toBeGreaterThanOrEqual(10);
    expect(failed).toBeLessThanOrEqual(12);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "failing" });
    const used = await customer.rows("SELECT sum(intervals_used) AS used FROM messages");
    await customer.tell(many);
    await customer.wake();
    clock.at += 59_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(failed);
    for (let probe = 1; probe <= 3; probe++) {
      clock.at += 60_000;
      await customer.alarm();
      expect(receiver.received).toHaveLength(failed + probe);
      expect(present(receiver.received.at(-1)).told).toEqual([
        { shipment: customer.shipmentId("s0"), sequence: 1 },
      ]);
    }
    expect(await customer.rows("SELECT sum(intervals_used) AS used FROM messages")).toEqual(used);
    // The feed keeps what came during the outage.
    expect(present((await customer.stub.status()).lines[0]).waiting).toBe(12);
    receiver.answer = () => new Response("");
    clock.at += 60_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(failed + 4);
    for (let step = 0; step < 8; step++) {
      clock.at += 12_000;
      await customer.alarm();
    }
    const arrived = receiver.received.slice(failed + 3).flatMap((one) => one.told);
    for (const name of many) {
      expect(
        arrived.filter((one) => one.shipment === customer.shipmentId(name)).map((one) => one.sequence),
      ).toEqual([1, 2]);
    }
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      state: "active",
      failures_in_a_row: 0,
      warnings: [],
    });
  });

  it("is not held down by a message that it refuses once it is back: that one uses up its schedule, the others arrive", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(many);
    receiver.answer = () => new Response("", { status: 503 });
    await customer.wake();
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "failing" });
    const sent = receiver.received.length;
    const poison = customer.shipmentId("s0");
    receiver.answer = (request) =>
      new Response("", { status: request.told[0]?.shipment === poison ? 400 : 200 });
    for (let step = 0; step < 8; step++) {
      clock.at += 60_000;
      await customer.alarm();
    }
    const arrived = new Set(
      receiver.received.slice(sent).flatMap((one) => one.told.map((told) => told.shipment)),
    );
    expect(arrived).toEqual(new Set(many.map((name) => customer.shipmentId(name))));
    const [line] = (await customer.stub.status()).lines;
    expect(line).toMatchObject({ state: "active", waiting: 1 });
    // One by each answer of its own after the outage, besides the one that its first failure took.
    const refusals = receiver.received
      .slice(sent)
      .filter((one) => present(one.told[0]).shipment === poison).length;
    const [row] = await customer.rows("SELECT intervals_used FROM messages WHERE state = 'waiting'");
    expect(row).toEqual({ intervals_used: 1 + refusals });
    for (let step = 0; step < 12; step++) {
      clock.at += 25 * 60 * MINUTE;
      await customer.tell([`later${step}`]);
      await customer.alarm();
    }
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "active", waiting: 0, dead: 1 });
  });

  it("that refuses one message and fails at another costs neither more than its own schedule", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(many);
    receiver.answer = () => new Response("", { status: 503 });
    await customer.wake();
    const refused = customer.shipmentId("s0");
    receiver.answer = (request) =>
      new Response("", { status: request.told[0]?.shipment === refused ? 400 : 503 });
    for (let minute = 0; minute < 30; minute++) {
      clock.at += MINUTE;
      await customer.alarm();
    }
    // 10 s, 30 s, 1, 5, 10 and 30 minutes.
    const rows = await customer.rows<{ used: number }>("SELECT max(intervals_used) AS used FROM messages");
    expect(rows[0]?.used).toBeLessThanOrEqual(6);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ waiting: many.length, dead: 0 });
  });

  it("is paused after five days, told of before, and goes on where it stopped when resumed", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    const id = await customer.subscribe({ max_batch: 1 });
    await customer.tell(many);
    receiver.answer = () => new Response("", { status: 500 });
    await customer.wake();
    clock.at += 3 * 24 * 60 * MINUTE;
    await customer.alarm();
    const warned = present((await customer.stub.status()).lines[0]);
    expect(warned.warnings.map((one) => one.code)).toEqual(["failing_1h", "failing_24h", "failing_72h"]);
    clock.at += 2 * 24 * 60 * MINUTE;
    await customer.alarm();
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      state: "paused",
      paused_by: "gluey",
      dead: 0,
    });
    const sent = receiver.received.length;
    await customer.tell(["late"]);
    await customer.wake();
    expect(receiver.received).toHaveLength(sent);
    receiver.answer = () => new Response("");
    expect(await customer.stub.resume(id)).toMatchObject({ kind: "resumed", state: "active" });
    await customer.quiet();
    for (let step = 0; step < 8; step++) {
      clock.at += 12_000;
      await customer.alarm();
    }
    const arrived = receiver.received.slice(sent).flatMap((one) => one.told.map(({ shipment }) => shipment));
    expect(arrived.toSorted()).toEqual([...many, "late"].map((name) => customer.shipmentId(name)).toSorted());
  });

  it("whose name servers fail is in trouble, and told so; a resolver of ours that fails costs it nothing", async () => {
    const clock = stoppedClock();
    const dns = { answer: () => new Response("", { status: 500 }) };
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) =>
      String(input).startsWith("https://cloudflare-dns.com/") ? dns.answer() : receiver.fetch(input, init),
    );
    const customer = new Customer({ now: clock.now, http: outgoingHttp({ allowPrivate: false }) });
    await customer.steer();
    await customer.subscribe({ endpoint: "https://hooks.example.com/in" });
    await customer.tell(["a"]);
    await customer.wake();
    const [line] = (await customer.stub.status()).lines;
    expect(line).toMatchObject({ waiting: 1, failing_since: null, failures_in_a_row: 0 });
    dns.answer = () => Response.json({ Status: 2 });
    clock.at += 10 * MINUTE;
    await customer.alarm();
    const failing = (await customer.stub.status()).lines[0];
    expect(failing).toMatchObject({ waiting: 1, failing_since: clock.at, failures_in_a_row: 1 });
    const [attempt] = (await customer.stub.deliveries({ limit: 1 })).data;
    expect(attempt).toMatchObject({ state: "failed", answer: "The host name has no address." });
    expect(receiver.received).toHaveLength(0);
  });

  it("that says 410 gets nothing more; its backlog is dead, what comes later waits until it is resumed", async () => {
    const customer = new Customer();
    const id = await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a", "a", "a", "b", "b"]);
    receiver.answer = () => new Response("", { status: 410 });
    await customer.wake();
    expect(receiver.received.length).toBeLessThanOrEqual(3);
    const sent = receiver.received.length;
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "gone", waiting: 0, dead: 5 });
    await customer.tell(["c"]);
    await customer.wake();
    expect(receiver.received).toHaveLength(sent);
    receiver.answer = () => new Response("");
    await customer.stub.resume(id);
    await until(() => receiver.received.length > sent);
    await customer.quiet();
    expect(receiver.told.slice(sent)).toEqual([`${customer.shipmentId("c")} 1`]);
  });

  it("hangs without hurting its sibling or taking more than its share", async () => {
    const customer = new Customer();
    await customer.subscribe({ max_batch: 1, endpoint: `${receiver.endpoint}/hangs` });
    await customer.subscribe({ max_batch: 1, endpoint: `${receiver.endpoint}/works` });
    await customer.tell(many);
    const hanging = Promise.withResolvers();
    receiver.answer = async (request) => {
      if (request.url.endsWith("hangs")) await hanging.promise;
      return new Response("");
    };
    await customer.stub.wake();
    await until(() => receiver.received.filter((one) => one.url.endsWith("works")).length === many.length);
    expect(receiver.received.filter((one) => one.url.endsWith("hangs"))).toHaveLength(3);
    hanging.resolve(null);
    await customer.quiet();
    expect(receiver.mostInFlight).toBeLessThanOrEqual(6);
    expect(receiver.received).toHaveLength(2 * many.length);
  });
});
