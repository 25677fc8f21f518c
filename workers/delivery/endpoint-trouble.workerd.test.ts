import { beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
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
      expect(receiver.received.at(-1).told).toEqual([{ shipment: customer.shipmentId("s0"), sequence: 1 }]);
    }
    expect(await customer.rows("SELECT sum(intervals_used) AS used FROM messages")).toEqual(used);
    // The feed keeps what came during the outage.
    expect((await customer.stub.status()).lines[0].waiting).toBe(12);
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
    const warned = (await customer.stub.status()).lines[0];
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
    expect(await customer.stub.resume(id)).toEqual({ kind: "resumed", state: "active" });
    await customer.quiet();
    for (let step = 0; step < 8; step++) {
      clock.at += 12_000;
      await customer.alarm();
    }
    const arrived = receiver.received.slice(sent).flatMap((one) => one.told.map(({ shipment }) => shipment));
    expect(arrived.toSorted()).toEqual([...many, "late"].map((name) => customer.shipmentId(name)).toSorted());
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
