import { createMessageBatch, runInDurableObject } from "cloudflare:test";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { testClient } from "../api/test-client.ts";
import { Receiver } from "../channels/webhook/receiver.ts";
import type { Context } from "../context.ts";
import { Dispatcher } from "../delivery/dispatcher.ts";
import { Customer, until } from "../delivery/testing.ts";
import { consume } from "../flow/consume.ts";
import { enqueueChecks } from "../flow/tick.ts";
import { Inbox } from "../inbox/inbox.ts";
import { inboxName, readInboxName } from "../inbox/name.ts";
import { createKey } from "../storage/api-keys.ts";
import { present } from "../testing/present.ts";
import {
  answered,
  answering,
  Folder,
  HeldQueue,
  seedAccount,
  seedConnection,
  seedShipment,
  testContext,
  testEnv,
  watchedEnv,
} from "../testing/seed.ts";
import { MINUTES, news, OUT, PICKED, push, SECRET, time } from "../testing/stage.ts";
import committed from "./committed.json";
import { Meter } from "./meter.ts";
import { type Cost, NO_COST } from "./prices.ts";

/**
 * What each thing costs, in what Cloudflare bills, measured on the real D1 and Durable Objects of workerd. The same at
 * every run, so a figure above the committed one is a change that somebody made: `npm run cost` prints the table, and
 * `npm run cost -- --update` commits to another.
 */

/** Checks that a consumer takes in one batch. */
const BATCH = 10;
/** Documents that a run finds waiting under load. */
const DOCUMENTS = 20;

class MeteredQueue extends HeldQueue {
  constructor(meter: Meter) {
    super();
    const { send, sendBatch } = this;
    this.send = (body) => {
      meter.sent([body]);
      return send(body);
    };
    this.sendBatch = (messages) => {
      const all = [...messages];
      meter.sent(all.map(({ body }) => body));
      return sendBatch(all);
    };
  }
}

interface Metered {
  ctx: Context;
  meter: Meter;
  account: string;
  tenant: string;
  inboxes: MeteredInboxes;
  /** Delivers what waits, in batches as the platform would make them, until nothing is left. */
  settle(): Promise<void>;
}

/** The real inboxes, their storage counted; a run waits until it is let go, so that it finds what a busy minute would bring. */
class MeteredInboxes {
  readonly #meter: Meter;
  readonly #context: () => Context;
  readonly #open = new Map<string, { settle(): void; inbox: Inbox }>();
  #held = Promise.withResolvers<void>();

  constructor(meter: Meter, context: () => Context) {
    this.#meter = meter;
    this.#context = context;
  }

  readonly of: Context["inboxOf"] = (connection_id, lane) => {
    const name = inboxName({ connection_id, lane });
    const call = async <T>(ask: (inbox: Inbox) => T | Promise<T>): Promise<T> => {
      this.#meter.cost.object_requests += 1;
      return this.#within(name, ask);
    };
    return {
      accept: (version, document) => call((inbox) => inbox.accept(version, document)),
      setVersion: (version) => call((inbox) => inbox.setVersion(version)),
      remove: () => call((inbox) => inbox.remove()),
      readAgain: (documents) => call((inbox) => inbox.readAgain(documents)),
      upkeep: () => call((inbox) => inbox.upkeep()),
      report: () => call((inbox) => inbox.report()),
      describeAll: (keys) => call((inbox) => inbox.describeAll(keys)),
      load: (key) => call((inbox) => inbox.load(key)),
      list: (query) => call((inbox) => inbox.list(query)),
      idsAfter: (key, limit) => call((inbox) => inbox.idsAfter(key, limit)),
      hours: (since) => call((inbox) => inbox.hours(since)),
    };
  };

  #within<T>(name: string, ask: (inbox: Inbox) => T | Promise<T>): Promise<T> {
    return runInDurableObject(testEnv().CARRIER_INBOX.getByName(name), async (_object, state) => {
      const known = this.#open.get(name) ?? this.#make(name, state.storage);
      this.#open.set(name, known);
      const answer = await ask(known.inbox);
      known.settle();
      return answer;
    });
  }

  #make(name: string, real: DurableObjectStorage): { settle(): void; inbox: Inbox } {
    const { storage, settle } = this.#meter.storage(real);
    const context = () => ({
      ...this.#context(),
      wait: async (ms: number) => {
        if (ms === 0) await this.#held.promise;
      },
    });
    const inbox = new Inbox(storage, readInboxName(name), context);
    // What an instance reads when it begins is paid once, not for each event.
    const rows = { ...this.#meter.cost };
    settle();
    Object.assign(this.#meter.cost, rows);
    return { inbox, settle };
  }

  /** Lets the runs that wait go, until nothing is left. */
  async settle(): Promise<void> {
    this.#held.resolve();
    for (const name of this.#open.keys()) await this.#within(name, (inbox) => inbox.run());
    this.#held = Promise.withResolvers();
  }
}

let accounts = 0;

async function aMeteredAccount(overrides: Partial<Context> = {}): Promise<Metered> {
  const meter = new Meter();
  const queue = () => new MeteredQueue(meter);
  const queues = { checks: queue(), slowChecks: queue(), fileChecks: queue() };
  const inboxes = new MeteredInboxes(meter, () => ctx);
  const plain = testContext();
  // The stub's own class has private parts: a proxy of the stub is counted, and calls the object itself.
  const counting = <T extends object>(stub: T): T =>
    new Proxy(stub, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...values: unknown[]) => {
          meter.cost.object_requests += 1;
          return Reflect.apply(value, target, values);
        };
      },
    });
  const ctx: Context = testContext(
    {
      queues,
      inboxOf: inboxes.of,
      now: () => time.now,
      deliveryOf: (tenant_id) => counting(plain.deliveryOf(tenant_id)),
      paceOf: (connection_id) => {
        const pace = plain.paceOf(connection_id);
        const counted =
          <A extends unknown[], R>(call: (...values: A) => R) =>
          (...values: A): R => {
            meter.cost.object_requests += 1;
            return call(...values);
          };
        return {
          take: counted((...values: Parameters<typeof pace.take>) => pace.take(...values)),
          blocked: counted((...values: Parameters<typeof pace.blocked>) => pace.blocked(...values)),
          ended: counted((...values: Parameters<typeof pace.ended>) => pace.ended(...values)),
        };
      },
      ...overrides,
    },
    watchedEnv((db) => meter.database(db)),
  );
  const account = `cost-${++accounts}`;
  await seedAccount(ctx, account);
  const settle = async () => {
    for (let round = 0; round < 20; round++) {
      let delivered = 0;
      for (const [name, held] of Object.entries({
        "gluey-checks": queues.checks,
        "gluey-checks-files": queues.fileChecks,
      })) {
        const bodies = held.take();
        delivered += bodies.length;
        for (let at = 0; at < bodies.length; at += BATCH) {
          const messages = bodies
            .slice(at, at + BATCH)
            .map((body, index) => ({ id: `${index}`, timestamp: new Date(time.now), attempts: 1, body }));
          await consume(ctx, createMessageBatch(name, messages));
        }
      }
      await inboxes.settle();
      if (delivered === 0) return;
    }
    throw new Error("The queues do not run empty.");
  };
  return { ctx, meter, account, tenant: `${account}.test`, inboxes, settle };
}

/** The cost of one, where `meter` counted `count` of them. */
function each({ cost }: Meter, count: number): Cost {
  const share: Cost = { ...NO_COST, ...cost };
  for (const name of keysOf(share)) share[name] = Math.round((share[name] / count) * 1000) / 1000;
  return share;
}

function keysOf(cost: Cost): (keyof Cost)[] {
  return Object.keys(NO_COST).filter((name): name is keyof Cost => name in cost);
}

const measured: Record<string, Cost> = {};
const limits: Readonly<Record<string, Partial<Cost>>> = committed;

/** A statement more or less in a hundred, by where in a minute the clock stands, is no change: two in a hundred are let pass. */
function keep(name: string, cost: Cost): void {
  measured[name] = cost;
  const limit = limits[name];
  expect.soft(limit, `${name} has no committed cost: npm run cost -- --update`).toBeDefined();
  const above = keysOf(cost)
    .filter((what) => cost[what] > (limit?.[what] ?? 0) * 1.02 + 0.02)
    .map((what) => `${what}: ${cost[what]}, committed ${limit?.[what] ?? 0}`);
  expect.soft(above, `${name} costs more than committed`).toEqual([]);
}

beforeAll(() => {
  vi.spyOn(globalThis, "fetch").mockImplementation(new Receiver().fetch);
});
// Read by dev/cost.ts.
afterAll(() => console.log(`COST ${JSON.stringify(measured)}`));

async function shipments(of: Metered, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, at) => `SBX-${of.account}-${at}`);
  for (const carrier_tracking_id of numbers)
    await seedShipment(of.ctx, of.account, { carrier_id: "sandbox", carrier_tracking_id });
  return numbers;
}

describe("a new event", () => {
  const sandbox = (of: Metered, ways: Parameters<typeof seedConnection>[1]["ways"]) =>
    seedConnection(of.ctx, {
      carrier_id: "sandbox",
      account_numbers: [of.account],
      ways,
      credentials: { webhook_secret: SECRET, api_key: "key", sftp_password: "p" },
    });

  it.each([
    ["alone", 1],
    [`${DOCUMENTS} documents a run`, DOCUMENTS],
  ])("by webhook, and the same push again, %s", async (words, together) => {
    const of = await aMeteredAccount();
    const connection = await sandbox(of, { webhook: {} });
    const numbers = await shipments(of, DOCUMENTS);
    const pushAll = async (code: { code: string; time: string }) => {
      for (const [at, number] of numbers.entries()) {
        of.meter.cost.worker_requests += 1;
        const answer = await push(of, connection.id, JSON.stringify(news(number, [code])));
        expect(answer.status).toBe(202);
        if ((at + 1) % together === 0) await of.settle();
      }
    };
    await pushAll(PICKED);
    time.now += 2 * MINUTES;
    of.meter.reset();
    await pushAll(OUT);
    keep(`new event by webhook, ${words}`, each(of.meter, DOCUMENTS));
    of.meter.reset();
    await pushAll(OUT);
    keep(`duplicate by webhook, ${words}`, each(of.meter, DOCUMENTS));
  });

  it("by a file of a hundred", async () => {
    const folder = new Folder();
    const of = await aMeteredAccount({ sftp: folder });
    await sandbox(of, {
      sftp: {
        host: "files.example",
        port: 22,
        username: "u",
        host_key_sha256: "x".repeat(43),
        directory: "out",
        after: "move",
        done_directory: "done",
        failed_directory: "failed",
      },
    });
    const numbers = await shipments(of, 100);
    const file = (scan: { code: string; time: string }) =>
      JSON.stringify({ tracking: numbers.map((number) => ({ tracking_number: number, events: [scan] })) });
    const collect = async (name: string, scan: { code: string; time: string }) => {
      folder.put(`out/${name}.json`, file(scan), time.now);
      for (let tick = 0; tick < 3; tick++) {
        await enqueueChecks(of.ctx);
        await of.settle();
        time.now += MINUTES;
      }
    };
    await collect("first", PICKED);
    of.meter.reset();
    await collect("second", OUT);
    keep("new event by sFTP, 100 a file", each(of.meter, 100));
  });

  it("by poll, and a poll whose answer is what it was", async () => {
    let scans = [PICKED];
    const { control, newId } = testContext();
    // The folders of the scenario before are looked into every minute, too.
    await control.prepare("DELETE FROM check_slots").run();
    const of = await aMeteredAccount({
      // When its slots are due follows from a connection's id: a drawn one would have other turns in the same minutes.
      newId: (prefix) => (prefix === "con" ? "con_asked" : newId(prefix)),
      http: answering((request) => {
        const asked = new URL(request.url).searchParams.get("numbers")?.split(",") ?? [];
        return answered(
          200,
          JSON.stringify({ tracking: asked.flatMap((number) => news(number, scans).tracking) }),
        );
      }),
    });
    await sandbox(of, { poll: { base_url: "http://127.0.0.1:1/" } });
    await shipments(of, 200);
    const polls = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        await enqueueChecks(of.ctx);
        await of.settle();
        time.now += MINUTES;
      }
    };
    await polls(20);
    scans = [PICKED, OUT];
    of.meter.reset();
    await polls(20);
    keep("new event by poll, 50 numbers a call", each(of.meter, 200));
    // Out for delivery: asked every five minutes, four times in twenty.
    of.meter.reset();
    await polls(20);
    keep("unchanged poll of a number", each(of.meter, 800));
  });
});

it("a batch of 100 tracked", async () => {
  const of = await aMeteredAccount();
  const connection = await seedConnection(of.ctx, {
    carrier_id: "sandbox",
    account_numbers: [of.account],
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
  const numbers = await shipments(of, 100);
  for (const number of numbers.slice(0, 20))
    await push(of, connection.id, JSON.stringify(news(number, [PICKED, OUT])));
  await of.settle();
  const { ctx } = of;
  const client = testClient({ ...ctx });
  const key = await aKey(ctx, of.account);
  of.meter.reset();
  of.meter.cost.worker_requests += 1;
  const body = {
    shipments: numbers.map((carrier_tracking_id) => ({ carrier_id: "sandbox", carrier_tracking_id })),
  };
  expect((await client.send("POST", "/track", { key, body })).status).toBe(200);
  keep("batch of 100 tracked", each(of.meter, 1));
});

async function aKey(ctx: Context, account_number: string): Promise<string> {
  const random = crypto.getRandomValues(new Uint8Array(20));
  const made = await createKey(ctx.control, {
    id: ctx.newId("key"),
    account_number,
    mode: "test",
    random,
    now: ctx.now(),
    claim: null,
  });
  return present(made).key;
}

describe("events delivered", () => {
  it.each([
    ["to nobody", 0],
    ["to one subscription", 1],
    ["to three subscriptions", 3],
  ])("%s, twenty a message", async (words, subscriptions) => {
    const customer = new Customer();
    for (let at = 0; at < subscriptions; at++) await customer.subscribe();
    await customer.tell(Array.from({ length: 20 }, (_, at) => `s${at}`));
    await customer.wake();
    const meter = new Meter();
    const context = testContext(
      {},
      watchedEnv((db) => meter.database(db)),
    );
    await customer.tell(Array.from({ length: 20 }, (_, at) => `s${at}`));
    await runInDurableObject(customer.stub, async (object, state) => {
      const { storage, settle } = meter.storage(state.storage);
      Reflect.set(object, "context", () => context);
      Reflect.set(object, "dispatcher", new Dispatcher(storage, customer.tenant_id, () => context));
      // What an instance reads when it begins is paid once, not for each event.
      settle();
      meter.reset();
      // A wake, and the alarm of its lease.
      meter.cost.object_requests += 2;
      meter.cost.object_rows_written += 1;
      await object.wake();
      await until(() => Reflect.get(object, "running") === false);
      await object.alarm();
      settle();
    });
    keep(`delivered ${words}, 20 a message`, each(meter, 20));
  });
});
