import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver } from "../channels/webhook/receiver.ts";
import { outgoingHttp } from "../outside/http.ts";
import { present } from "../testing/present.ts";
import { Customer, SECRET, until } from "./testing.ts";

/** What breaks on our side: crashes, poison, clocks, databases. */

let receiver: Receiver;

beforeEach(() => {
  receiver = new Receiver();
  vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
});
// Never restored: what an object of an earlier test still has to send must not leave the machine.

function stoppedClock(at = Date.now()) {
  const clock = { at, now: () => clock.at };
  return clock;
}

describe("a crash", () => {
  it("in the middle of an attempt: the message goes again by itself, same id, same bytes, and the first is told as unknown", async () => {
    const customer = new Customer();
    await customer.subscribe();
    await customer.tell(["a", "b"]);
    receiver.answer = (_request, index) => (index === 0 ? new Promise(() => {}) : new Response(""));
    await customer.stub.wake();
    await until(() => receiver.received.length === 1);
    const during = await customer.stub.deliveries({ limit: 10 });
    expect(during.data.map((one) => one.state)).toEqual(["sending"]);
    await customer.crash();
    // Nobody calls: the lease does.
    await until(() => receiver.received.length === 2);
    await customer.quiet();
    const first = present(receiver.received[0]);
    const second = present(receiver.received[1]);
    expect(second.id).toBe(first.id);
    expect(second.body).toBe(first.body);
    expect(receiver.received).toHaveLength(2);
    const { data } = await customer.stub.deliveries({ limit: 10 });
    expect(data.map((one) => one.state)).toEqual(["delivered", "unknown"]);
  });

  it("repeats at most what was in flight", async () => {
    const customer = new Customer();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(["a", "b", "c", "d", "e", "a", "b"]);
    let cut = false;
    receiver.answer = (_request, index) => (index >= 2 && !cut ? new Promise(() => {}) : new Response(""));
    await customer.stub.wake();
    await until(() => receiver.received.length === 5);
    cut = true;
    await customer.crash();
    await customer.stub.wake();
    await until(() => new Set(receiver.told).size === 7);
    await customer.quiet();
    expect(receiver.received).toHaveLength(7 + 3);
    expect(present((await customer.stub.status()).lines[0]).waiting).toBe(0);
  });

  it("of the run: an alarm that fails leaves the next one set", async () => {
    const customer = new Customer();
    await customer.subscribe();
    await customer.tell(["a"]);
    const failing = {
      ...customer.ctx,
      get now(): never {
        throw new Error("broken on purpose");
      },
    };
    await runInDurableObject(customer.stub, async (object, state) => {
      const context = Reflect.get(object, "context");
      Reflect.set(object, "context", () => failing);
      for (let time = 0; time < 8; time++) {
        await object.alarm();
        expect(await state.storage.getAlarm()).toBeGreaterThan(Date.now());
      }
      Reflect.set(object, "context", context);
    });
    await customer.alarm();
    expect(receiver.received).toHaveLength(1);
  });
});

describe("poison", () => {
  it("a stored event that can't be read is set aside and shown; its shipment and the others go on", async () => {
    const customer = new Customer();
    await customer.subscribe();
    await customer.tell(["a", "b"]);
    await customer.tell(["a"], { body: '{"not": "an event"}' });
    await customer.tell(["a", "b"]);
    await customer.wake();
    expect(receiver.told.filter((one) => one.includes("testa"))).toEqual(
      [1, 3].map((n) => `${customer.shipmentId("a")} ${n}`),
    );
    expect(receiver.told).toHaveLength(4);
    const { set_aside } = await customer.stub.deadLetters({ limit: 10 });
    expect(set_aside).toMatchObject([{ shipment_id: customer.shipmentId("a"), sequence: 2 }]);
    const [line] = (await customer.stub.status()).lines;
    expect(line).toMatchObject({ set_aside: 1, warnings: [{ code: "event_set_aside" }] });
  });

  it("an event whose building throws is tried three times, then set aside", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a", "b", "c"]);
    let tries = 0;
    const poisoned = customer.shipmentId("b");
    await runInDurableObject(customer.stub, (object) => {
      const work = Reflect.get(object, "work").call(object);
      const serialise = work.serialise.bind(work);
      work.serialise = (element: { shipment_id: string }) => {
        if (element.shipment_id !== poisoned) return serialise(element);
        tries += 1;
        throw new Error("can't be told");
      };
    });
    await customer.wake();
    for (let time = 0; time < 4; time++) {
      clock.at += 6000;
      await customer.alarm();
    }
    expect(tries).toBe(3);
    expect(receiver.told).toEqual([`${customer.shipmentId("a")} 1`, `${customer.shipmentId("c")} 1`]);
    expect((await customer.stub.deadLetters({ limit: 10 })).set_aside).toHaveLength(1);
  });

  it("a subscription that can't be opened stops itself and no other", async () => {
    const customer = new Customer();
    const broken = await customer.subscribe();
    await customer.subscribe();
    await customer.change(broken, "settings = ?", '{"way": "pigeon"}');
    await customer.tell(["a"]);
    await customer.wake();
    expect(receiver.received).toHaveLength(1);
    const status = await customer.stub.status();
    expect(status.lines.find((line) => line.subscription_id === broken)?.warnings).toMatchObject([
      { code: "internal" },
    ]);
  });

  it("an event longer than a body is set aside", async () => {
    const customer = new Customer();
    await customer.subscribe();
    await customer.tell(["a"], { text: "x".repeat(1024 * 1024) });
    await customer.tell(["b"]);
    await customer.wake();
    expect(receiver.told).toEqual([`${customer.shipmentId("b")} 1`]);
    expect(present((await customer.stub.status()).lines[0]).set_aside).toBe(1);
  });
});

describe("our own faults", () => {
  it("a resolver that fails costs the endpoint no interval and no breaker", async () => {
    const clock = stoppedClock();
    const customer = new Customer({
      now: clock.now,
      http: outgoingHttp({
        allowPrivate: false,
        resolver: async () => ({ kind: "failed", detail: "The resolver did not answer." }),
      }),
    });
    await customer.steer();
    await customer.subscribe({ endpoint: "https://hooks.example.com/in" });
    await customer.tell(["a", "b"]);
    await customer.wake();
    for (let time = 0; time < 3; time++) {
      clock.at += 5 * 60_000;
      await customer.alarm();
    }
    expect(receiver.received).toEqual([]);
    expect(await customer.rows("SELECT intervals_used, attempts, state FROM messages")).toEqual([
      { intervals_used: 0, attempts: 4, state: "waiting" },
    ]);
    expect((await customer.stub.status()).lines[0]).toMatchObject({ failures_in_a_row: 0, state: "active" });
  });

  it.each([
    ["a call that Cloudflare refuses", new Error("Too many subrequests.")],
    ["a call that can't be made", new TypeError("Invalid header value.")],
  ])("%s costs the endpoint no interval and no breaker, and is made again", async (_name, error) => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ max_batch: 1 });
    let refused = 0;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (...call) => {
      if (receiver.received.length < 2) return receiver.fetch(...call);
      refused += 1;
      throw error;
    });
    await customer.tell(["a", "b", "c", "d", "e"]);
    await customer.wake();
    for (let time = 0; time < 3; time++) {
      clock.at += 6 * 60_000;
      await customer.alarm();
    }
    expect(refused).toBeGreaterThanOrEqual(3);
    expect(await customer.rows("SELECT DISTINCT intervals_used, state FROM messages ORDER BY state")).toEqual(
      [
        { intervals_used: 0, state: "delivered" },
        { intervals_used: 0, state: "waiting" },
      ],
    );
    expect((await customer.stub.status()).lines[0]).toMatchObject({ failures_in_a_row: 0, state: "active" });
    vi.spyOn(globalThis, "fetch").mockImplementation(receiver.fetch);
    clock.at += 6 * 60_000;
    await customer.alarm();
    expect(new Set(receiver.told).size).toBe(5);
    expect(receiver.received).toHaveLength(5);
  });

  it("an address that may not be called is refused before every attempt, and says so", async () => {
    const customer = new Customer({
      http: outgoingHttp({
        allowPrivate: false,
        resolver: async () => ({ kind: "resolved", addresses: ["10.0.0.1"], aliases: [] }),
      }),
    });
    await customer.steer();
    await customer.subscribe({ endpoint: "https://hooks.example.com/in" });
    await customer.tell(["a"]);
    await customer.wake();
    expect(receiver.received).toEqual([]);
    expect((await customer.stub.deliveries({ limit: 1 })).data[0]).toMatchObject({
      state: "failed",
      status: null,
      answer: "The host name leads to an address that is not of the public internet.",
    });
  });

  it("a control database that does not answer delays, and nothing is lost", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.subscribe();
    await customer.tell(["a"]);
    const down = new Proxy(customer.ctx.control, {
      get() {
        throw new Error("the database is down");
      },
    });
    await customer.steer({ control: down });
    await customer.wake();
    expect(receiver.received).toEqual([]);
    await customer.steer({ control: customer.ctx.control });
    clock.at += 6000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(1);
  });
});

describe("the clock", () => {
  it("set back by an hour: timestamps do not follow, and nothing waits an hour longer", async () => {
    const clock = stoppedClock(Date.now() + 60 * 60_000);
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe();
    await customer.tell(["a"]);
    receiver.answer = (_request, index) => new Response(null, { status: index === 0 ? 500 : 200 });
    await customer.wake();
    clock.at -= 60 * 60_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(1);
    clock.at += 12_000;
    await customer.alarm();
    expect(receiver.received).toHaveLength(2);
    expect(present(receiver.received[1]).timestamp).toBeGreaterThanOrEqual(
      present(receiver.received[0]).timestamp,
    );
  });
});

describe("a backlog", () => {
  it("that lasts is told to the sweep, and taken back when it is gone", async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ max_batch: 1 });
    const told = () =>
      customer.ctx.control
        .prepare("SELECT waiting, dead FROM backlogs WHERE tenant_id = ?")
        .bind(customer.tenant_id)
        .first();
    await customer.tell(["a", "b"]);
    receiver.answer = () => new Response(null, { status: 500 });
    await customer.wake();
    expect(await told()).toBeNull();
    for (const ms of [11_000, 33_000, 66_000]) {
      clock.at += ms;
      await customer.alarm();
    }
    expect(await told()).toEqual({ waiting: 2, dead: 0 });
    receiver.answer = () => new Response(null);
    for (let step = 0; step < 8; step++) {
      clock.at += 60_000;
      await customer.alarm();
    }
    expect(await told()).toBeNull();
  });

  it("is bounded: the rest waits in the feed", { timeout: 60_000 }, async () => {
    const clock = stoppedClock();
    const customer = new Customer({ now: clock.now });
    await customer.steer();
    await customer.subscribe({ max_batch: 1 });
    await customer.tell(["x"]);
    receiver.answer = () => new Response(null, { status: 400 });
    await customer.wake();
    // All of one shipment: each message waits for the first.
    for (let part = 0; part < 5; part++) await customer.tell(Array.from({ length: 500 }, () => "x"));
    await customer.wake();
    const line = present((await customer.stub.status()).lines[0]);
    expect(line.waiting).toBeGreaterThanOrEqual(2000);
    expect(line.waiting).toBeLessThan(2300);
    expect(line.position).toBeLessThan(2400);
    expect(line.warnings).toMatchObject([{ code: "backlog_full" }]);
  });
});

it("no secret and no endpoint is in what the object logs, lists or stores", async () => {
  const said: string[] = [];
  for (const way of ["log", "warn", "error", "info"] as const)
    vi.spyOn(console, way).mockImplementation((...words) => void said.push(words.join(" ")));
  const customer = new Customer();
  const id = await customer.subscribe();
  await customer.tell(["a"]);
  receiver.answer = () => new Response("", { status: 500 });
  await customer.wake();
  await customer.stub.sendTest(id);
  const shown = JSON.stringify([
    await customer.stub.deliveries({ limit: 10 }),
    await customer.stub.status(),
    await customer.stub.deadLetters({ limit: 10 }),
    await customer.rows("SELECT * FROM lines"),
    await customer.rows("SELECT * FROM messages"),
    await customer.rows("SELECT * FROM attempts"),
    await customer.rows("SELECT * FROM meta"),
  ]);
  const raw = atob(SECRET.slice(6));
  expect(said.length).toBeGreaterThan(0);
  for (const text of [shown, ...said]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(SECRET.slice(6));
    expect(text).not.toContain(raw);
    expect(text).not.toContain(receiver.endpoint);
  }
});
