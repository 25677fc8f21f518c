import { beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { verifyWebhook } from "../domain/signing/verify-webhook.ts";
import { present } from "../testing/present.ts";
import { Customer, OLD_SECRET, SECRET, until } from "./testing.ts";

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

describe("news to a webhook", () => {
  it("go out in one message, signed, in the feed's order", async () => {
    const customer = new Customer();
    await customer.subscribe();
    await customer.tell(["a", "b", "a"]);
    await customer.wake();
    const [only, ...others] = receiver.received;
    const first = present(only);
    expect(others).toEqual([]);
    expect(first.told).toEqual(
      [
        { name: "a", sequence: 1 },
        { name: "b", sequence: 1 },
        { name: "a", sequence: 2 },
      ].map(({ name, sequence }) => ({ shipment: customer.shipmentId(name), sequence })),
    );
    expect(first.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Gluey-Webhooks/1",
      "accept-encoding": "identity",
    });
    const { id, signature } = first;
    const verified = await verifyWebhook({
      id,
      signature,
      timestamp: String(first.timestamp),
      body: new TextEncoder().encode(first.body),
      secrets: [SECRET],
      now_s: Date.now() / 1000,
    });
    expect(verified).toEqual({ ok: true, by: "v1" });
    expect(id).toMatch(/^msg_[0-9a-z]{26}$/);
    const { data } = await customer.stub.deliveries({ limit: 10 });
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      state: "delivered",
      status: 200,
      answer: "ok",
      attempt: 1,
      message_id: id,
      events: 3,
    });
  });

  it("are sent once, however often the object is woken and its alarm runs", async () => {
    const customer = new Customer();
    await customer.subscribe();
    await customer.tell(["a", "b"]);
    await Promise.all([customer.stub.wake(), customer.stub.wake(), customer.stub.wake()]);
    await customer.quiet();
    await customer.wake();
    await customer.alarm();
    await customer.alarm();
    expect(receiver.received).toHaveLength(1);
    expect((await customer.stub.status()).next_alarm_at).toBeNull();
  });

  it("after several at once wait a moment for those that follow, so that they share a message", async () => {
    const moment = Promise.withResolvers<void>();
    const customer = new Customer({ wait: () => moment.promise });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a", "b"]);
    await customer.stub.wake();
    await until(() => receiver.received.length === 1);
    for (const shipment of ["c", "d"]) {
      await customer.tell([shipment]);
      await customer.stub.wake();
    }
    moment.resolve();
    await customer.quiet();
    expect(receiver.received.map(({ told }) => told.length)).toEqual([2, 2]);
  });

  it("one at a time leave at once", async () => {
    const customer = new Customer({ wait: () => new Promise(() => {}) });
    await customer.steer();
    await customer.subscribe();
    for (const shipment of ["a", "b", "c"]) {
      await customer.tell([shipment]);
      await customer.wake();
    }
    expect(receiver.received.map(({ told }) => told.length)).toEqual([1, 1, 1]);
  });
});

describe("a message that fails", () => {
  it("is repeated by the schedule with its id and its bytes, and a fresh timestamp", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a"]);
    receiver.answer = (_request, index) =>
      new Response(index < 2 ? "no\u0007" : "yes", { status: index < 2 ? 400 : 200 });
    await customer.wake();
    expect(receiver.received).toHaveLength(1);
    const failed = present((await customer.stub.deliveries({ limit: 1 })).data[0]);
    expect(failed).toMatchObject({ state: "failed", status: 400, answer: "no\\u0007", attempt: 1 });
    expect(failed.next_attempt_at).toBeGreaterThanOrEqual(clock.at + 10_000);
    expect(failed.next_attempt_at).toBeLessThanOrEqual(clock.at + 11_000);
    clock.at += 9_500;
    await customer.alarm();
    expect(receiver.received).toHaveLength(1);
    clock.at += 1_500;
    await customer.alarm();
    clock.at += 33_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1);
    expect(new Set(receiver.received.map((one) => one.body)).size).toBe(1);
    expect(present(receiver.received[2]).timestamp).toBeGreaterThan(present(receiver.received[0]).timestamp);
    const { data } = await customer.stub.deliveries({ limit: 10 });
    expect(data.map((one) => [one.attempt, one.state])).toEqual([
      [3, "delivered"],
      [2, "failed"],
      [1, "failed"],
    ]);
  });

  it("is split once, one message a shipment, and then holds back only its own", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a", "b", "a", "c"]);
    const bad = customer.shipmentId("a");
    receiver.answer = (request) =>
      new Response(null, { status: request.told.some((one) => one.shipment === bad) ? 500 : 204 });
    await customer.wake();
    expect(receiver.received).toHaveLength(1);
    await customer.tell(["a", "d"]);
    await customer.wake();
    // The news of a wait for the first of a; d goes out at once.
    expect(receiver.told.slice(4)).toEqual([`${customer.shipmentId("d")} 1`]);
    clock.at += 11_000;
    await customer.alarm();
    const parts = receiver.received.slice(2);
    expect(
      parts.map((one) => one.told.map(({ shipment, sequence }) => `${shipment.slice(-1)}${sequence}`).join()),
    ).toEqual(["a1,a2", "b1", "c1"]);
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(5);
    // The parts are the whole's bytes.
    expect(present(receiver.received[0]).body).toContain(present(parts[1]).body.slice(1, -1));
    receiver.answer = () => new Response("");
    clock.at += 33_000;
    await customer.alarm();
    const last = receiver.received.slice(5).map((one) => one.told.map((t) => t.sequence));
    expect(last).toEqual([[1, 2], [3]]);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ waiting: 0, dead: 0 });
  });

  it("what came meanwhile follows in one message where it arrives, and in one a shipment where it does not", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    const names = () =>
      receiver.received.map((one) =>
        one.told.map(({ shipment, sequence }) => `${shipment.slice(-1)}${sequence}`).join(),
      );
    const waiting = async () => (await customer.stub.status()).lines[0]?.waiting;
    const answered = [Promise.withResolvers<Response>(), Promise.withResolvers<Response>()] as const;
    receiver.answer = (_request, index) => answered[index === 0 ? 0 : 1].promise;
    await customer.tell(["a", "b"]);
    await customer.stub.wake();
    await until(() => receiver.received.length === 1);
    await customer.tell(["b", "a", "c"]);
    await customer.stub.wake();
    // c leaves at once; a and b wait for what is under way, and for nothing else.
    await until(() => receiver.received.length === 2);
    answered[0].resolve(new Response("ok"));
    await until(() => receiver.received.length === 3);
    expect(names()).toEqual(["a1,b1", "c1", "b2,a2"]);

    await customer.tell(["a", "b"]);
    await customer.stub.wake();
    await until(async () => (await waiting()) === 3);
    const bad = customer.shipmentId("a");
    receiver.answer = (request) =>
      new Response(null, { status: request.told.some((one) => one.shipment === bad) ? 500 : 204 });
    answered[1].resolve(new Response(null, { status: 500 }));
    await customer.quiet();
    clock.at += 11_000;
    await customer.alarm();
    // a fails again and holds back its own; b does not wait for it.
    expect(names().slice(3)).toEqual(expect.arrayContaining(["c1", "b2", "a2", "b3"]));
    expect(names()).not.toContain("a3");
    receiver.answer = () => new Response("ok");
    clock.at += 33_000;
    await customer.alarm();
    expect(names().slice(-2)).toEqual(["a2", "a3"]);
    expect(await waiting()).toBe(0);
  });

  it("dies after the last retry, can be read, redelivered and dropped", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a"]);
    receiver.answer = () => new Response("never", { status: 404 });
    await customer.wake();
    for (const ms of [10e3, 30e3, 60e3, 300e3, 600e3, 1800e3, 3600e3, 10800e3, 21600e3, 43200e3, 86400e3]) {
      clock.at += ms * 1.1 + 1;
      await customer.alarm();
    }
    expect(receiver.received).toHaveLength(12);
    const { data: dead } = await customer.stub.deadLetters({ limit: 10 });
    expect(dead).toMatchObject([{ attempts: 12, reason: "never", events: 1 }]);
    expect((await customer.stub.deliveries({ limit: 10, state: "dead" })).data).toHaveLength(1);
    // Nothing waits, but the operator can find it.
    const row = await customer.ctx.control
      .prepare("SELECT waiting, dead FROM backlogs WHERE tenant_id = ?")
      .bind(customer.tenant_id)
      .first();
    expect(row).toEqual({ waiting: 0, dead: 1 });
    receiver.answer = () => new Response("");
    expect(await customer.stub.redeliver({ delivery_id: present(present(dead[0]).delivery_id) })).toEqual({
      kind: "queued",
      messages: 1,
      rebuilt: 0,
      next_position: null,
    });
    await customer.quiet();
    expect(receiver.received).toHaveLength(13);
    expect(present(receiver.received[12]).id).toBe(present(receiver.received[0]).id);
    expect(present(receiver.received[12]).body).toBe(present(receiver.received[0]).body);
    expect((await customer.stub.deadLetters({ limit: 10 })).data).toEqual([]);
    const after = await customer.ctx.control
      .prepare("SELECT * FROM backlogs WHERE tenant_id = ?")
      .bind(customer.tenant_id)
      .first();
    expect(after).toBeNull();
  });

  it("waits as long as Retry-After asks, and no probe comes before", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a"]);
    receiver.answer = () => new Response("", { status: 429, headers: { "retry-after": "3600" } });
    await customer.wake();
    clock.at += 3_590_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(1);
    clock.at += 10_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(2);
  });
});

describe("a customer's wishes", () => {
  it("a pause keeps the news, and they go on where they stopped", async () => {
    const customer = new Customer();
    const id = await customer.subscribe();
    await customer.tell(["a"]);
    await customer.wake();
    await customer.change(id, "paused = 1");
    await customer.stub.refresh();
    await customer.tell(["a", "a"]);
    await customer.wake();
    expect(receiver.received).toHaveLength(1);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "paused", paused_by: "customer" });
    await customer.change(id, "paused = 0");
    await customer.stub.refresh();
    await customer.quiet();
    expect(receiver.told).toEqual([1, 2, 3].map((sequence) => `${customer.shipmentId("a")} ${sequence}`));
  });

  it("a secret that rotates signs twice, and the old one no longer than a day", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ previous: OLD_SECRET });
    await customer.tell(["a"]);
    await customer.wake();
    clock.at += 61_000;
    await customer.tell(["a"]);
    await customer.wake();
    const both = present(receiver.received[0]);
    const one = present(receiver.received[1]);
    expect(both.signature.split(" ")).toHaveLength(2);
    expect(one.signature.split(" ")).toHaveLength(1);
    for (const secret of [SECRET, OLD_SECRET]) {
      const { id, signature, timestamp } = both;
      const body = new TextEncoder().encode(both.body);
      expect(
        await verifyWebhook({
          id,
          signature,
          timestamp: `${timestamp}`,
          body,
          secrets: [secret],
          now_s: timestamp,
        }),
      ).toMatchObject({ ok: true });
    }
  });

  it("a filter lets its milestones through, and the sequence shows the gap", async () => {
    const customer = new Customer();
    await customer.subscribe({ milestones: ["delivery"] });
    await customer.tell(["a"], { milestone: "in_transit" });
    await customer.tell(["a"], { milestone: "delivery" });
    await customer.wake();
    expect(receiver.told).toEqual([`${customer.shipmentId("a")} 2`]);
  });

  it("a filter by carrier, and one by a status entered for the first time, whatever the others want", async () => {
    const customer = new Customer();
    await customer.subscribe({ endpoint: `${receiver.endpoint}/first`, first_time_in_status: true });
    await customer.subscribe({
      endpoint: `${receiver.endpoint}/both`,
      carriers: ["ups"],
      first_time_in_status: true,
    });
    await customer.subscribe({ endpoint: `${receiver.endpoint}/all` });
    const statuses = ["registered", "in_transit", "in_transit", "exception", "in_transit", "delivered"];
    for (const status of statuses) {
      await customer.tell(["a"], { status, carrier: "sandbox" });
      await customer.tell(["b"], { status, carrier: "ups" });
    }
    await customer.wake();
    const toldAt = (path: string) =>
      receiver.received
        .filter((one) => one.url.endsWith(path))
        .flatMap((one) => one.told.map(({ shipment, sequence }) => `${shipment.slice(-1)}${sequence}`));
    expect(toldAt("/first")).toEqual(["a2", "b2", "a4", "b4", "a6", "b6"]);
    expect(toldAt("/both")).toEqual(["b2", "b4", "b6"]);
    expect(toldAt("/all")).toHaveLength(12);
  });

  it("a window is sent again with the ids and bytes it had, in order", async () => {
    const customer = new Customer();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a", "a", "b", "a"]);
    await customer.wake();
    expect(await customer.stub.redeliver({ since_position: 1, until_position: 4 })).toMatchObject({
      kind: "queued",
      messages: 3,
    });
    await customer.quiet();
    const again = receiver.received.slice(4);
    const before = new Map(receiver.received.slice(0, 4).map((one) => [one.id, one.body]));
    expect(again).toHaveLength(3);
    for (const one of again) expect(before.get(one.id)).toBe(one.body);
    const ofA = again.flatMap((one) => one.told).filter((one) => one.shipment === customer.shipmentId("a"));
    expect(ofA.map((one) => one.sequence)).toEqual([2, 3]);
  });

  it("a deleted subscription gets nothing more, and another goes on", async () => {
    const customer = new Customer();
    const id = await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a"]);
    receiver.answer = () => new Response("", { status: 400 });
    await customer.wake();
    await customer.ctx.control.prepare("DELETE FROM subscriptions WHERE id = ?").bind(id).run();
    await customer.stub.drop(id);
    await customer.quiet();
    // The alarm that stands in case a run is cut off finds nothing to do.
    await customer.alarm();
    const status = await customer.stub.status();
    expect(status.lines).toEqual([]);
    expect(status.next_alarm_at).toBeNull();
    expect(await customer.rows("SELECT state FROM messages")).toEqual([{ state: "cancelled" }]);
  });

  it("a test is sent at once, marked as one, and counts for nothing", async () => {
    const customer = new Customer();
    const id = await customer.subscribe();
    receiver.answer = () => new Response("who are you?", { status: 401 });
    expect(await customer.stub.sendTest(id)).toMatchObject({
      state: "failed",
      status: 401,
      answer: "who are you?",
    });
    expect(JSON.parse(present(receiver.received[0]).body)[0].test).toBe(true);
    await customer.quiet();
    expect(receiver.received).toHaveLength(1);
    expect((await customer.stub.status()).lines[0]).toMatchObject({
      failures_in_a_row: 0,
      failing_since: null,
      waiting: 0,
    });
    expect(await customer.stub.sendTest("sub_unknown")).toMatchObject({ state: "unknown_subscription" });
  });
});
