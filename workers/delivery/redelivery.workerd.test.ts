import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { present } from "../testing/present.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { redeliverWindow } from "./redelivery-window.ts";
import { Customer, until } from "./testing.ts";

/** Sending again what is kept and what is not, and going on from another place of the feed. */

let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});

const DAY = 86_400_000;

async function steered() {
  const clock = { at: Date.now(), now: () => clock.at };
  const customer = new Customer({ now: clock.now });
  await customer.steer();
  /** Who is resumed starts slowly: a message a few seconds. */
  const slowly = async (messages = 1) => {
    for (let sent = 0; sent < messages; sent++) {
      clock.at += 30_000;
      await customer.alarm();
    }
  };
  return { clock, customer, slowly };
}

/** What came from the `from`th message on, as `a1`. */
const came = (from = 0) =>
  receiver.received
    .slice(from)
    .flatMap((one) => one.told.map(({ shipment, sequence }) => `${shipment.slice(-1)}${sequence}`));

const eventIds = (body: string): string[] =>
  JSON.parse(body).map((element: { event: { id: string } }) => element.event.id);

describe("a window that is no longer kept", () => {
  it("is made anew from the feed: new webhook-ids, the same events", async () => {
    const { clock, customer } = await steered();
    await customer.subscribe({ max_batch: 2 });
    await customer.tell(["a", "b", "a", "c"]);
    await customer.wake();
    clock.at += 91 * DAY;
    await customer.wake();
    expect(await customer.rows("SELECT * FROM messages")).toEqual([]);
    expect(await customer.rows("SELECT * FROM message_shipments")).toEqual([]);
    expect(await customer.rows("SELECT * FROM bodies")).toEqual([]);
    const before = receiver.received.length;
    const window = { since_position: 0, until_position: 4 };
    expect(await customer.stub.redeliver(window)).toEqual({
      kind: "queued",
      messages: 2,
      rebuilt: 2,
      next_position: null,
    });
    await customer.quiet();
    expect(came(before).toSorted()).toEqual(["a1", "a2", "b1", "c1"]);
    expect(came(before).filter((one) => one.startsWith("a"))).toEqual(["a1", "a2"]);
    const [old, again] = [receiver.received.slice(0, before), receiver.received.slice(before)];
    expect(again.flatMap((one) => eventIds(one.body)).toSorted()).toEqual(
      old.flatMap((one) => eventIds(one.body)).toSorted(),
    );
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(receiver.received.length);
    // Now they are kept: a second call sends the same messages, and makes none.
    expect(await customer.stub.redeliver(window)).toMatchObject({ messages: 2, rebuilt: 0 });
    await customer.quiet();
    expect(new Set(receiver.received.slice(before).map((one) => one.id)).size).toBe(2);
  });

  it("in parts: what is kept goes as it was, the rest in between, each shipment in order", async () => {
    const { customer } = await steered();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a", "a", "b", "a", "a", "a"]);
    await customer.wake();
    const first = new Map(receiver.received.map((one) => [one.body, one.id]));
    await runInDurableObject(customer.stub, (_object, { storage }) => {
      // The second and the fourth of a, and that of b.
      storage.sql.exec("DELETE FROM bodies WHERE piece / 64 IN (2, 4, 6)");
    });
    const before = receiver.received.length;
    expect(await customer.stub.redeliver({ since_position: 0, until_position: 6 })).toMatchObject({
      messages: 6,
      rebuilt: 3,
    });
    await customer.quiet();
    const again = receiver.received.slice(before);
    expect(came(before).filter((one) => one.startsWith("a"))).toEqual(["a1", "a2", "a3", "a4", "a5"]);
    expect(came(before)).toContain("b1");
    const sameIds = again.filter((one) => first.get(one.body) === one.id);
    expect(sameIds.flatMap((one) => one.told.map(({ sequence }) => sequence))).toEqual([1, 3, 5]);
  });

  it("waits for what is under way of its shipments, and comes before what waits", async () => {
    const { customer } = await steered();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a", "a"]);
    await customer.wake();
    await runInDurableObject(customer.stub, (_object, { storage }) => {
      storage.sql.exec("DELETE FROM bodies");
    });
    const held = Promise.withResolvers<Response>();
    receiver.answer = () => held.promise;
    await customer.tell(["a", "a"]);
    await customer.stub.wake();
    await until(() => receiver.received.length === 3);
    expect(await customer.stub.redeliver({ since_position: 0, until_position: 2 })).toMatchObject({
      rebuilt: 2,
    });
    receiver.answer = () => new Response("ok");
    held.resolve(new Response("ok"));
    await customer.quiet();
    expect(receiver.mostInFlight).toBe(1);
    expect(came(2)).toEqual(["a3", "a1", "a2", "a4"]);
  });

  it("is only what the subscription was ever told of, under its filter", async () => {
    const { customer } = await steered();
    await customer.tell(["a"]);
    const id = await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a"], { milestone: "delivery" });
    await customer.tell(["a"]);
    await customer.wake();
    await customer.change(id, "paused = 1");
    await customer.stub.refresh();
    await customer.tell(["a"]);
    await customer.wake();
    await runInDurableObject(customer.stub, (_object, { storage }) => {
      storage.sql.exec("DELETE FROM bodies");
    });
    await customer.change(
      id,
      "paused = 0, settings = json_set(settings, '$.milestones', json(?))",
      '["in_transit"]',
    );
    receiver.answer = () => new Response("", { status: 500 });
    const sent = await customer.stub.redeliver({ since_position: 0, until_position: 4, subscription_id: id });
    expect(sent).toMatchObject({ messages: 1, rebuilt: 1 });
    expect(
      await customer.stub.redeliver({ since_position: 0, until_position: 4, subscription_id: "sub_no" }),
    ).toEqual({
      kind: "unknown",
    });
  });

  it("longer than a call may read goes on from where the call ended", async () => {
    const { customer } = await steered();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a", "b", "a", "b", "a"]);
    await customer.wake();
    await runInDurableObject(customer.stub, (_object, { storage }) => {
      storage.sql.exec("DELETE FROM bodies");
    });
    const before = receiver.received.length;
    const limits = { entries: 2, bytes: 1_000_000, entries_a_reading: 2 };
    let calls = 0;
    for (let since_position: number | null = 0; since_position !== null; calls++) {
      const window = { since_position, until_position: 5 };
      since_position = await runInDurableObject(customer.stub, async (object) => {
        const dispatcher: Dispatcher = Reflect.get(object, "dispatcher");
        const result = await redeliverWindow(await dispatcher.parts(), window, limits);
        return result.kind === "queued" ? result.next_position : null;
      });
      await customer.wake();
    }
    expect(calls).toBe(3);
    expect(came(before).toSorted()).toEqual(["a1", "a2", "a3", "b1", "b2"]);
  });

  it("a file that is no longer kept is not sent under another name", async () => {
    const { customer } = await steered();
    const id = await customer.subscribeFiles();
    await customer.tell(["a"]);
    await customer.wake();
    await runInDurableObject(customer.stub, (_object, { storage }) => {
      storage.sql.exec("DELETE FROM bodies");
    });
    const window = { since_position: 0, until_position: 1, subscription_id: id };
    expect(await customer.stub.redeliver(window)).toMatchObject({ messages: 0, rebuilt: 0 });
  });
});

describe("resuming from a place of the feed", () => {
  it("before what was sent: all of it comes again, as new messages with the same events", async () => {
    const { customer, slowly } = await steered();
    const id = await customer.subscribe({ first_time_in_status: true });
    await customer.tell(["a", "a"], { status: "in_transit" });
    await customer.tell(["a"], { status: "delivered" });
    await customer.wake();
    expect(came()).toEqual(["a1", "a3"]);
    expect(await customer.stub.resume(id, 0)).toEqual({ kind: "resumed", state: "active", position: 0 });
    await slowly();
    // What enters a status is the same at every reading.
    expect(came(1)).toEqual(["a1", "a3"]);
    expect(present(receiver.received[1]).id).not.toBe(present(receiver.received[0]).id);
    expect(present(receiver.received[1]).body).toBe(present(receiver.received[0]).body);
    expect(await customer.stub.resume(id, 1)).toMatchObject({ position: 1 });
    await slowly();
    expect(came(2)).toEqual(["a3"]);
  });

  it("behind what waits: it is passed over, and what comes after it is sent", async () => {
    const { customer, slowly } = await steered();
    const id = await customer.subscribe({ max_batch: 1 });
    receiver.answer = () => new Response("", { status: 404 });
    await customer.tell(["a", "b", "a", "b"]);
    await customer.wake();
    const before = receiver.received.length;
    receiver.answer = () => new Response("ok");
    await customer.stub.resume(id, 3);
    await slowly(2);
    expect(came(before)).toEqual(["b2"]);
    const [line] = (await customer.stub.status()).lines;
    expect(line).toMatchObject({ waiting: 0, waiting_bytes: 0, dead: 0, position: 4 });
    const states = await customer.rows<{ state: string }>("SELECT state FROM messages ORDER BY ord");
    expect(states.map((row) => row.state)).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
      "cancelled",
      "delivered",
    ]);
  });

  it("ends a line's pause, outage or 410", async () => {
    const { customer, slowly } = await steered();
    const id = await customer.subscribe();
    receiver.answer = () => new Response("", { status: 410 });
    await customer.tell(["a"]);
    await customer.wake();
    expect((await customer.stub.status()).lines[0]).toMatchObject({ state: "gone", dead: 1 });
    receiver.answer = () => new Response("ok");
    expect(await customer.stub.resume(id, 0)).toMatchObject({ state: "active" });
    await slowly();
    expect(came(1)).toEqual(["a1"]);
  });

  it("what is under way ends by itself, and no shipment is in flight twice", async () => {
    const { customer, slowly } = await steered();
    const id = await customer.subscribe({ max_batch: 1 });
    const held = Promise.withResolvers<Response>();
    receiver.answer = () => held.promise;
    await customer.tell(["a", "a"]);
    await customer.stub.wake();
    await until(() => receiver.received.length === 1);
    await customer.stub.resume(id, 0);
    receiver.answer = () => new Response("ok");
    held.resolve(new Response("", { status: 500 }));
    await slowly(4);
    expect(receiver.mostInFlight).toBe(1);
    expect(new Set(came())).toEqual(new Set(["a1", "a2"]));
  });

  it("never before the subscription's start, and of no other", async () => {
    const { customer } = await steered();
    await customer.tell(["a", "a"]);
    const id = await customer.subscribe();
    expect(await customer.stub.resume(id, 1)).toEqual({ kind: "before_start", start_position: 2 });
    expect(await customer.stub.resume("sub_none", 5)).toEqual({ kind: "unknown" });
    expect(await customer.stub.resume(id, 2)).toMatchObject({ kind: "resumed" });
    expect(receiver.received).toEqual([]);
  });
});

describe("a window of many messages", () => {
  /** Messages of one event each that were delivered, with or without their bytes, as rows. */
  function delivered(customer: Customer, subscription_id: string, count: number, kept: boolean) {
    return runInDurableObject(customer.stub, (_object, { storage: { sql } }) => {
      const numbers =
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)";
      sql.exec(
        `${numbers} INSERT INTO messages (ord, id, subscription_id, place, state, first_position, last_position, events,
           shipments, size, attempts, intervals_used, next_at, not_before, created_at, ended_at)
         SELECT n, 'msg_' || n, ?2, n, 'delivered', n, n, 1,
           '[{"shipment_id":"shp_' || n || '","first_sequence":1,"last_sequence":1}]', 2, 1, 0, 0, 0, ?3, ?3 FROM numbers`,
        count,
        subscription_id,
        Date.now(),
      );
      if (kept)
        sql.exec(`${numbers} INSERT INTO bodies (piece, body) SELECT n * 64, x'5b5d' FROM numbers`, count);
    });
  }

  it("is sent as far as there is room, and the answer says where it goes on", async () => {
    const { customer } = await steered();
    const id = await customer.subscribe({ paused: true });
    await customer.stub.status();
    await delivered(customer, id, 5000, true);
    const first = await customer.stub.redeliver({ since_position: 0, until_position: 5000 });
    expect(first).toEqual({ kind: "queued", messages: 2000, rebuilt: 0, next_position: 2000 });
    const full = await customer.stub.redeliver({ since_position: 2000, until_position: 5000 });
    expect(full).toEqual({ kind: "queued", messages: 0, rebuilt: 0, next_position: 2000 });
    await customer.quiet();
    expect((await customer.stub.status()).lines[0]).toMatchObject({ waiting: 2000 });
  });

  it("is looked at in pieces, whatever is to be sent of it", async () => {
    const { customer } = await steered();
    const ids = [await customer.subscribe({ paused: true }), await customer.subscribe({ paused: true })];
    await customer.stub.status();
    await delivered(customer, present(ids[0]), 5000, false);
    const ends: (number | null)[] = [];
    for (let since = 0; ends.length < 20; ) {
      const window = { since_position: since, until_position: 5000 };
      const result = await customer.stub.redeliver(window);
      if (result.kind !== "queued") throw new Error("The window is known.");
      expect(result.messages).toBe(0);
      ends.push(result.next_position);
      if (result.next_position === null) break;
      since = result.next_position;
    }
    expect(ends).toEqual([1000, 2000, 3000, 4000, null]);
  });
});
