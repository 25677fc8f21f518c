import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { documentPlace } from "../domain/document-id.ts";
import { notifyLanes, visitLanes } from "../flow/lanes.ts";
import { handOverLeft, readAgain } from "../flow/read-again.ts";
import { applyMapping } from "../flow/remap.ts";
import { createAccount } from "../storage/accounts.ts";
import { deleteConnection, findConnection, putConnection } from "../storage/connections.ts";
import { readFeed } from "../storage/feed.ts";
import { growLanes } from "../storage/lanes.ts";
import { enter } from "../storage/residency.ts";
import { appends, type DatabaseCall, Databases, forever, lookUps } from "../testing/databases.ts";
import { seedConnection, seedShipment, shardDb, testContext, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  aStage,
  documentsOf,
  feed,
  MINUTES,
  news,
  OUT,
  PICKED,
  push,
  SECRET,
  type Stage,
  scansSoFar,
  settle,
  statements,
  time,
  webhookStage,
} from "../testing/stage.ts";
import { inboxName } from "./name.ts";
import type { NewDocument } from "./views.ts";

beforeEach(aLaterHour);
afterEach(() => vi.restoreAllMocks());

type Pushed = Stage & { connection: string; number: string };

const documentOf = (content: object): NewDocument => ({
  carrier_id: "sandbox",
  source: "webhook",
  body: new TextEncoder().encode(JSON.stringify(content)),
  content_type: "application/json",
  received_at: time.now,
  http_status: null,
  asked: [],
  file_name: null,
});

const inboxOf = ({ ctx, connection }: Pick<Pushed, "ctx" | "connection">) => ctx.inboxOf(connection, 0);
const numbersOf = async (stage: Stage) =>
  (await feed(stage)).map((element) => element?.carrier_tracking_id).sort();
const sequencesOf = async (stage: Stage) => (await feed(stage)).map((element) => element?.sequence);
const statesOf = async (stage: Pushed) =>
  (await documentsOf(stage, stage.connection)).map(({ state }) => state);
const mentions =
  (text: string) =>
  ({ values }: DatabaseCall): boolean =>
    values.some((value) => String(value).includes(text));

/** Settles again and again, as the time passes that a failed attempt is waited for. */
async function settleInTime(stage: Stage): Promise<void> {
  for (let tries = 0; tries < 4; tries++) {
    await settle(stage);
    time.now += 2 * MINUTES;
  }
  await settle(stage);
}

/** Customers' objects of which a test sees that they are woken. */
class Customers {
  readonly woken: string[] = [];
  failing = false;
  readonly deliveryOf: Context["deliveryOf"] = (tenant_id) =>
    new Proxy(testContext().deliveryOf(tenant_id), {
      get: (object, name) => {
        if (name !== "wake") return Reflect.get(object, name);
        return async () => {
          if (this.failing) throw new Error("Network connection lost.");
          this.woken.push(tenant_id);
        };
      },
    });
}

async function subscribe({ account, tenant }: Stage): Promise<void> {
  await testEnv()
    .DB.prepare(
      `INSERT INTO subscriptions (id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at)
       VALUES (?1, ?2, ?3, 'webhook', '{}', x'00', 'k1', 0, 0, 0, 0)`,
    )
    .bind(`sub_${account}`, tenant, account)
    .run();
}

const register = (stage: Stage, carrier_tracking_id: string) =>
  seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id });

describe("an acceptance", () => {
  const versionOf = async (stage: Pushed) =>
    (await findConnection(stage.ctx.control, stage.connection))?.updated_at ?? 0;

  it("asks the primary for the connection's version once, where the lane was never told", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const version = await versionOf(stage);
    const reads = databases.count(({ sql }) => sql.startsWith("SELECT updated_at FROM connections"));
    const document = documentOf(news(stage.number, [PICKED]));
    for (let sent = 0; sent < 3; sent++) {
      expect((await inboxOf(stage).accept(version, document)).kind).toBe("accepted");
      await stage.inboxes.crash();
    }
    expect(reads).toHaveLength(1);
  });

  it("is refused where the document was verified by an older version than the connection has", async () => {
    const stage = await webhookStage();
    const version = await versionOf(stage);
    const document = documentOf(news(stage.number, [PICKED]));
    expect(await inboxOf(stage).accept(version - 1, document)).toEqual({ kind: "outdated" });
    expect((await inboxOf(stage).accept(version, document)).kind).toBe("accepted");
    const before = await findConnection(stage.ctx.control, stage.connection);
    if (before !== null) await putConnection(stage.ctx.control, before, null);
    await notifyLanes(stage.ctx, stage.connection);
    expect(await inboxOf(stage).accept(version, document)).toEqual({ kind: "outdated" });
    await settle(stage);
    expect(await statesOf(stage)).toEqual(["done"]);
  });

  it("by a newer version than the inbox knows makes it refuse the older one, also after a restart", async () => {
    const stage = await webhookStage();
    const version = await versionOf(stage);
    const document = documentOf(news(stage.number, [PICKED]));
    const inbox = inboxOf(stage);
    await inbox.setVersion(version);
    expect((await inbox.accept(version + 1, document)).kind).toBe("accepted");
    await inbox.setVersion(version);
    expect(await inbox.accept(version, document)).toEqual({ kind: "outdated" });
    await stage.inboxes.crash();
    expect(await inboxOf(stage).accept(version, document)).toEqual({ kind: "outdated" });
  });

  it("is refused once the connection is deleted; what waits by then is still processed", async () => {
    const stage = await webhookStage();
    const document = documentOf(news(stage.number, [PICKED]));
    stage.inboxes.hold();
    expect((await inboxOf(stage).accept(null, document)).kind).toBe("accepted");
    await inboxOf(stage).remove();
    for (const version of [await versionOf(stage), null])
      expect(await inboxOf(stage).accept(version, document)).toEqual({ kind: "removed" });
    await stage.inboxes.crash();
    expect(await inboxOf(stage).accept(null, document)).toEqual({ kind: "removed" });
    await settle(stage);
    expect(await numbersOf(stage)).toEqual([stage.number]);
  });

  it("is refused where the connection does not exist, and fails where that can't be known", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const document = documentOf(news(stage.number, [PICKED]));
    for (const version of [1, null])
      expect(await stage.ctx.inboxOf("con_none", 0).accept(version, document)).toEqual({ kind: "removed" });
    databases.fail(({ sql }) => sql.startsWith("SELECT updated_at FROM connections"));
    await expect(inboxOf(stage).accept(1, document)).rejects.toThrow("Network connection lost");
    expect(await inboxOf(stage).report()).toMatchObject({ waiting: 0, last_received_at: null });
  });

  it("is refused while the inbox is full, and the carrier is asked to send again later", async () => {
    const stage = await webhookStage({ inboxMaxBytes: 400_000 });
    const body = JSON.stringify({ ...news(stage.number, [PICKED]), padding: "x".repeat(100_000) });
    const answers: Response[] = [];
    for (let sent = 0; sent < 5; sent++) answers.push(await push(stage, stage.connection, body));
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.length - refused.length).toBeGreaterThan(1);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) expect(headers.get("retry-after")).toBe("30");
    await settle(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(answers.length - refused.length);
    // Once the bodies are archived there is room again.
    time.now += 120 * MINUTES;
    await inboxOf(stage).upkeep();
    expect((await push(stage, stage.connection, body)).status).toBe(202);
  });

  it("goes to another lane where one is full", async () => {
    const stage = await webhookStage({ inboxMaxBytes: 400_000 });
    await growLanes(stage.ctx.control, stage.connection, 2, time.now);
    await notifyLanes(stage.ctx, stage.connection);
    const filling = documentOf({ padding: "x".repeat(150_000) });
    while ((await inboxOf(stage).accept(null, filling)).kind === "accepted");
    for (let sent = 0; sent < 8; sent++)
      expect((await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])))).status).toBe(
        202,
      );
    const lanes = (await documentsOf(stage, stage.connection))
      .filter(({ size }) => size < 1000)
      .map(({ id }) => documentPlace(id)?.lane);
    expect(new Set(lanes)).toContain(1);
    expect(lanes).toHaveLength(8);
  });
});

describe("a crash", () => {
  /** Three documents, one of them with a parcel that nobody has registered. */
  const contents = (number: string) => [
    news(number, [PICKED]),
    news(`${number}-P`, [OUT], { shipment_number: number, parcel_number: `${number}-P` }),
    news(number, [PICKED, { code: "IN_TRANSIT", time: "2026-03-14T08:30:00+00:00" }]),
  ];

  const points: Record<string, [match: (call: DatabaseCall) => boolean, when: "before" | "after"]> = {
    "before the followers are looked up": [lookUps, "before"],
    "after the followers were looked up": [lookUps, "after"],
    "before the events are added": [appends, "before"],
    "after the events were added": [appends, "after"],
    "before the new parcel is followed": [({ sql }) => sql.includes("INSERT INTO followers"), "before"],
    "after the new parcel was followed": [({ sql }) => sql.includes("INSERT INTO followers"), "after"],
    "before the checks get another interval": [({ sql }) => sql.includes("checks"), "before"],
  };
  for (const [point, [match, when]] of Object.entries(points))
    it(`${point} loses nothing, doubles nothing, and the customer is woken`, async () => {
      const [databases, customers] = [new Databases(), new Customers()];
      const stage = await webhookStage({ ...databases.ports, deliveryOf: customers.deliveryOf });
      await subscribe(stage);
      const held = databases.hold(match, when);
      for (const content of contents(stage.number))
        expect((await inboxOf(stage).accept(null, documentOf(content))).kind).toBe("accepted");
      await held.reached();
      await stage.inboxes.crash();
      customers.woken.length = 0;
      await settle(stage);
      expect(await sequencesOf(stage)).toEqual([1, 2, 3]);
      expect(customers.woken).toContain(stage.tenant);
      expect(await statesOf(stage)).toEqual(["done", "done", "done"]);
      await inboxOf(stage).accept(null, documentOf(news(`${stage.number}-P`, [PICKED])));
      await settle(stage);
      expect((await feed(stage)).at(-1)?.parcel?.carrier_tracking_id).toBe(`${stage.number}-P`);
    });

  it("while the customer is woken has it woken again", async () => {
    const customers = new Customers();
    let stuck = true;
    const deliveryOf: Context["deliveryOf"] = (tenant_id) =>
      new Proxy(customers.deliveryOf(tenant_id), {
        get: (object, name) => {
          if (name !== "wake" || !stuck) return Reflect.get(object, name);
          return forever;
        },
      });
    const stage = await webhookStage({ deliveryOf });
    await subscribe(stage);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await expect.poll(() => sequencesOf(stage)).toEqual([1]);
    expect(await statesOf(stage)).toEqual(["accepted"]);
    stuck = false;
    await stage.inboxes.crash();
    await settle(stage);
    expect(customers.woken).toEqual([stage.tenant]);
    expect(await sequencesOf(stage)).toEqual([1]);
  });

  it("after a batch was added to the timelines: what follows is done for each document, also where they are processed one by one", async () => {
    const [databases, customers] = [new Databases(), new Customers()];
    const stage = await webhookStage({ ...databases.ports, deliveryOf: customers.deliveryOf });
    await subscribe(stage);
    stage.inboxes.hold();
    const parcels = [1, 2, 3].map((n) => `${stage.number}-P${n}`);
    for (const parcel_number of parcels) {
      const content = news(parcel_number, [PICKED], { shipment_number: stage.number, parcel_number });
      await inboxOf(stage).accept(null, documentOf(content));
    }
    // The batch fails by an error of its own after its events are added, so that its documents are tried one by one.
    const recover = databases.fail(
      ({ sql }) => sql.includes("p.value ->> 'instead_of'"),
      "D1_ERROR: UNIQUE constraint failed: SQLITE_CONSTRAINT",
    );
    const added = databases.hold(appends, "after");
    stage.inboxes.release();
    await added.reached();
    const next = databases.hold(lookUps);
    added.resume();
    await next.reached();
    recover();
    next.resume();
    await settle(stage);
    expect(await statesOf(stage)).toEqual(["done", "done", "done"]);
    const { results } = await testEnv()
      .DB.prepare("SELECT carrier_number FROM followers WHERE tenant_id = ?1 AND parcel_id <> '' ORDER BY 1")
      .bind(stage.tenant)
      .all<{ carrier_number: string }>();
    expect(results.map((row) => row.carrier_number)).toEqual(parcels);
  });
});

describe("a document that ends its instance", () => {
  /** Lets the inbox run, and cuts it off at each call that matches. Returns how often that was. */
  async function killAt(stage: Stage, databases: Databases, match: (call: DatabaseCall) => boolean) {
    for (let kills = 0; kills < 20; kills++) {
      const held = databases.hold(match);
      let settled = false;
      const run = settle(stage)
        .catch(() => undefined)
        .then(() => {
          settled = true;
        });
      while (!settled && !held.isReached()) await new Promise((resolve) => setTimeout(resolve, 2));
      if (!held.isReached()) {
        held.resume();
        return kills;
      }
      await stage.inboxes.crash();
      await run;
    }
    throw new Error("It is never set aside.");
  }

  it("three times while it is processed alone is set aside; its neighbours are processed", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    await register(stage, "SBX-before");
    await register(stage, "SBX-killer");
    stage.inboxes.hold();
    for (const number of ["SBX-before", "SBX-killer", stage.number])
      await inboxOf(stage).accept(null, documentOf(news(number, [PICKED])));
    const kills = await killAt(stage, databases, (call) => lookUps(call) && mentions("SBX-killer")(call));
    // Some of them in a batch with others, before it is known which one it is.
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(await statesOf(stage)).toEqual(["done", "unreadable", "done"]);
    expect((await documentsOf(stage, stage.connection))[1]?.remarks[0]?.detail).toContain("cut off 3 times");
    expect(await numbersOf(stage)).toEqual(["SBX-before", stage.number]);
  });

  it("and is large is set aside after three times, and can be read again", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    await register(stage, "SBX-large");
    stage.inboxes.hold();
    const large = { ...news("SBX-large", [PICKED]), padding: "x".repeat(300_000) };
    for (const content of [large, news(stage.number, [PICKED])])
      await inboxOf(stage).accept(null, documentOf(content));
    expect(await killAt(stage, databases, (call) => lookUps(call) && mentions("SBX-large")(call))).toBe(3);
    expect(await statesOf(stage)).toEqual(["unreadable", "done"]);
    const [document] = await documentsOf(stage, stage.connection);
    await readAgain(stage.ctx, [document?.id ?? ""], true);
    await settle(stage);
    expect(await statesOf(stage)).toEqual(["done", "done"]);
    expect(await numbersOf(stage)).toEqual(["SBX-large", stage.number].sort());
  });

  it("as it is read again is set aside too, and documents that come meanwhile are processed", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    for (const number of ["SBX-killer", "SBX-other"])
      await inboxOf(stage).accept(null, documentOf(news(number, [PICKED])));
    await settle(stage);
    stage.inboxes.hold();
    const [killer = ""] = await Promise.all([register(stage, "SBX-killer"), register(stage, "SBX-other")]);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    const kills = await killAt(stage, databases, (call) => appends(call) && mentions(killer)(call));
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(await statesOf(stage)).toEqual(["unreadable", "done", "done"]);
    expect(await numbersOf(stage)).toEqual(["SBX-other", stage.number].sort());
  });

  it("is not suspected where the instance only restarts often", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    for (let restart = 0; restart < 8; restart++) {
      await stage.inboxes.crash();
      await inboxOf(stage).report();
    }
    await settle(stage);
    expect(await statesOf(stage)).toEqual(["done"]);
  });
});

describe("a fault", () => {
  it("of a reader sets aside only its document", async () => {
    const stage = await webhookStage();
    const sandbox = findCarrier("sandbox");
    if (sandbox === null) throw new Error("The sandbox carrier is not built in.");
    const { harmonize } = sandbox;
    vi.spyOn(sandbox, "harmonize").mockImplementation((document, context) => {
      if (new TextDecoder().decode(document.body).includes("SBX-bad")) throw new Error("no such field");
      return harmonize(document, context);
    });
    stage.inboxes.hold();
    for (const number of ["SBX-bad", stage.number])
      await inboxOf(stage).accept(null, documentOf(news(number, [PICKED])));
    await settle(stage);
    const documents = await documentsOf(stage, stage.connection);
    expect(documents.map(({ state }) => state)).toEqual(["unreadable", "done"]);
    expect(documents[0]?.remarks).toEqual([
      { kind: "unreadable", detail: "Reading it failed: no such field", at: null },
    ]);
    expect(await numbersOf(stage)).toEqual([stage.number]);
  });

  it("of a carrier that is not built in any more sets its documents aside", async () => {
    const stage = await webhookStage();
    await inboxOf(stage).accept(null, { ...documentOf({}), carrier_id: "bankrupt" });
    await settle(stage);
    const [document] = await documentsOf(stage, stage.connection);
    expect(document).toMatchObject({ state: "unreadable" });
    expect(document?.remarks[0]?.detail).toContain("bankrupt");
  });

  it("of the control database makes the inbox wait, longer each time, and counts against no document", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const recover = databases.fail(lookUps);
    const calls = databases.count(lookUps);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    for (let tries = 0; tries < 30; tries++) {
      await settle(stage);
      time.now += 10_000;
    }
    const tried = calls.length;
    expect(tried).toBeLessThan(16);
    expect(await statesOf(stage)).toEqual(["accepted"]);
    recover();
    time.now += 2 * MINUTES;
    await settle(stage);
    expect(await statesOf(stage)).toEqual(["done"]);
    expect(await sequencesOf(stage)).toEqual([1]);
  });

  it("of one database makes only its accounts wait", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const other = `${stage.account}-2`;
    const account = { account_number: other, name: other, created_at: time.now };
    await createAccount(stage.ctx.control, account, "SHARD_2");
    const { id: connection } = await seedConnection(stage.ctx, {
      carrier_id: "sandbox",
      account_numbers: [other, stage.account],
      ways: { webhook: {} },
      credentials: { webhook_secret: SECRET },
    });
    const both = { ...stage, connection };
    for (const name of [other, stage.account])
      await seedShipment(stage.ctx, name, { carrier_id: "sandbox", carrier_tracking_id: "SBX-both" });
    const recover = databases.fail(({ database }) => database === "SHARD_2");
    await inboxOf(both).accept(null, documentOf(news("SBX-both", [PICKED])));
    await settleInTime(stage);
    expect(await numbersOf(stage)).toEqual(["SBX-both"]);
    expect(await statesOf(both)).toEqual(["accepted"]);
    const eventsOfOther = async () =>
      (await readFeed(stage.ctx.shardFor(other), `${other}.test`, 0, 10)).map(({ sequence }) => sequence);
    recover();
    await settleInTime(stage);
    expect(await eventsOfOther()).toEqual([1]);
    expect(await numbersOf(stage)).toEqual(["SBX-both"]);
    expect(await statesOf(both)).toEqual(["done"]);
  });

  it("that left a document's wait without its document is ended, and holds up no other", async () => {
    const stage = await webhookStage();
    await inboxOf(stage).report();
    await runInDurableObject(
      stage.inboxes.stub(inboxName({ connection_id: stage.connection, lane: 0 })),
      (_inbox, state) => {
        const { sql } = state.storage;
        sql.exec("INSERT INTO postponed (destination, key, reread) VALUES ('shard SHARD_9', 'gone', 0)");
        sql.exec("INSERT INTO destinations (name, next_at, tries, why) VALUES ('shard SHARD_9', 0, 1, '')");
      },
    );
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await settle(stage);
    expect(await statesOf(stage)).toEqual(["done"]);
    expect(await sequencesOf(stage)).toEqual([1]);
  });

  it("that hides whether the events were added adds them once, and the customer is woken", async () => {
    const [databases, customers] = [new Databases(), new Customers()];
    const stage = await webhookStage({ ...databases.ports, deliveryOf: customers.deliveryOf });
    await subscribe(stage);
    databases.loseAnswer(appends);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await settleInTime(stage);
    expect(await sequencesOf(stage)).toEqual([1]);
    expect(customers.woken).toContain(stage.tenant);
    expect(await statesOf(stage)).toEqual(["done"]);
  });

  it("is none where an account is between two databases: its documents wait, and others don't", async () => {
    const stage = await webhookStage();
    const moving = `${stage.account}-2`;
    const account = { account_number: moving, name: moving, created_at: time.now };
    await createAccount(stage.ctx.control, account, "SHARD_1");
    const { id: connection } = await seedConnection(stage.ctx, {
      carrier_id: "sandbox",
      account_numbers: [moving, stage.account],
      ways: { webhook: {} },
      credentials: { webhook_secret: SECRET },
    });
    const both = { ...stage, connection };
    await seedShipment(stage.ctx, moving, { carrier_id: "sandbox", carrier_tracking_id: "SBX-moving" });
    await register(stage, "SBX-home");
    await enter(shardDb(), moving, 1, { state: "leaving", from: ["home"], now: time.now });
    for (const number of ["SBX-moving", "SBX-home"])
      await inboxOf(both).accept(null, documentOf(news(number, [PICKED])));
    await settleInTime(stage);
    expect(await statesOf(both)).toEqual(["accepted", "done"]);
    await enter(shardDb(), moving, 2, { state: "home", from: ["leaving"], now: time.now });
    await settleInTime(stage);
    expect(await statesOf(both)).toEqual(["done", "done"]);
    const events = await readFeed(stage.ctx.shardFor(moving), `${moving}.test`, 0, 10);
    expect(events.map(({ sequence }) => sequence)).toEqual([1]);
  });
});

describe("a mapping", () => {
  const mapping = {
    ...{ carrier_id: "sandbox", sub_code: "", service: "", text_pattern: "", reason: null },
    path: "delivery/delivered",
  };

  it("that is changed after a document was read and before its followers are looked up is used for it", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const held = databases.hold(lookUps);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [{ ...OUT, code: "BEAMED" }])));
    await held.reached();
    await applyMapping(stage.ctx, { ...mapping, code: "BEAMED" }, null);
    held.resume();
    await settle(stage);
    expect((await feed(stage)).map((element) => element?.event.status)).toEqual(["delivered"]);
  });

  it("is used for the next document though the inbox has read the carrier's rules before", async () => {
    const stage = await webhookStage();
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await settle(stage);
    await applyMapping(stage.ctx, { ...mapping, code: "LANDED" }, null);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [{ ...OUT, code: "LANDED" }])));
    await settle(stage);
    expect((await feed(stage)).map((element) => element?.event.status)).toEqual(["accepted", "delivered"]);
  });
});

describe("a customer's object", () => {
  it("that can't be woken is woken later, also after a crash, and keeps no document open", async () => {
    const customers = new Customers();
    const stage = await webhookStage({ deliveryOf: customers.deliveryOf });
    await subscribe(stage);
    customers.failing = true;
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await settleInTime(stage);
    expect(await statesOf(stage)).toEqual(["done"]);
    await stage.inboxes.crash();
    customers.failing = false;
    time.now += 2 * MINUTES;
    await settle(stage);
    expect(customers.woken).toEqual([stage.tenant]);
    await settleInTime(stage);
    expect(customers.woken).toHaveLength(1);
  });

  it("is not woken where its tenant has no subscription, and once for many documents", async () => {
    const customers = new Customers();
    const stage = await webhookStage({ deliveryOf: customers.deliveryOf });
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await settle(stage);
    expect(customers.woken).toEqual([]);
    await subscribe(stage);
    stage.inboxes.hold();
    for (const minute of ["10", "20", "30"])
      await inboxOf(stage).accept(
        null,
        documentOf(news(stage.number, [{ code: "IN_TRANSIT", time: `2026-03-14T08:${minute}:00+00:00` }])),
      );
    await settle(stage);
    expect(customers.woken).toEqual([stage.tenant]);
  });

  it("is woken for a subscription that was made after the followers were looked up", async () => {
    const [databases, customers] = [new Databases(), new Customers()];
    const stage = await webhookStage({ ...databases.ports, deliveryOf: customers.deliveryOf });
    const held = databases.hold(appends);
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await held.reached();
    await subscribe(stage);
    held.resume();
    await settle(stage);
    expect(customers.woken).toEqual([stage.tenant]);
  });
});

describe("a report", () => {
  it("says what waits, since when, and what was set aside", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const empty = await inboxOf(stage).report();
    expect(empty).toMatchObject({ waiting: 0, oldest_due_at: null, oldest_waiting_at: null, unreadable: 0 });
    expect(empty).toMatchObject({ last_received_at: null, finished: false });
    stage.inboxes.hold();
    const began = time.now;
    for (const content of [news(stage.number, [PICKED]), { something: "else" }]) {
      await inboxOf(stage).accept(null, documentOf(content));
      time.now += 1000;
    }
    const waiting = await inboxOf(stage).report();
    expect(waiting).toMatchObject({ waiting: 2, oldest_due_at: began, oldest_waiting_at: began });
    expect(waiting).toMatchObject({ last_received_at: began + 1000, unreadable: 0 });
    expect(waiting.stored_bytes).toBeGreaterThan(0);
    databases.fail(appends);
    await settle(stage);
    // What waits for a database is no backlog of the inbox's.
    expect(await inboxOf(stage).report()).toMatchObject({
      ...{ waiting: 1, oldest_due_at: null, oldest_waiting_at: began, unreadable: 1 },
    });
  });

  it("is written for its lane by the tick, which then visits lanes with a backlog first", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await inboxOf(stage).accept(null, documentOf({ something: "else" }));
    const lane = () =>
      stage.ctx.control
        .prepare("SELECT waiting, oldest_waiting_at, unreadable FROM lanes WHERE connection_id = ?1")
        .bind(stage.connection)
        .first();
    await visitLanes(stage.ctx);
    expect(await lane()).toEqual({ waiting: 2, oldest_waiting_at: time.now, unreadable: 0 });
    await settle(stage);
    await visitLanes(stage.ctx);
    expect(await lane()).toEqual({ waiting: 0, oldest_waiting_at: null, unreadable: 1 });
  });

  it("carries the counts of documents to the control database once, though the inbox was cut off before", async () => {
    const stage = await webhookStage();
    const documents = async () =>
      (
        await testEnv()
          .DB.prepare(
            "SELECT sum(total) AS n FROM flow_counts WHERE kind = 'in' AND way = 'webhook' AND at >= ?1",
          )
          .bind(time.now - (time.now % MINUTES))
          .first<{ n: number | null }>()
      )?.n ?? 0;
    const before = await documents();
    for (const scan of [PICKED, OUT])
      await inboxOf(stage).accept(null, documentOf(news(stage.number, [scan])));
    await settle(stage);
    await stage.inboxes.crash();
    await inboxOf(stage).upkeep();
    await stage.inboxes.crash();
    await inboxOf(stage).upkeep();
    expect((await documents()) - before).toBe(2);
  });
});

describe("lanes", () => {
  const lanesOf = async ({ ctx, connection }: Pushed) =>
    (
      await ctx.control
        .prepare("SELECT count(*) AS n FROM lanes WHERE connection_id = ?1")
        .bind(connection)
        .first<{ n: number }>()
    )?.n;
  const visit = async (stage: Pushed, minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      time.now += MINUTES;
      await visitLanes(stage.ctx);
    }
  };

  it("double while one is behind for a minute, again and again, and not once it has caught up", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await visit(stage, 2);
    expect(await lanesOf(stage)).toBe(2);
    await visit(stage, 2);
    expect(await lanesOf(stage)).toBe(4);
    await settle(stage);
    await visit(stage, 4);
    expect(await lanesOf(stage)).toBe(4);
  });

  it("are not added for documents that wait for a database, nor for a deleted connection", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    databases.fail(({ database }) => database === "SHARD_1");
    await inboxOf(stage).accept(null, documentOf(news(stage.number, [PICKED])));
    await settle(stage);
    for (let minute = 0; minute < 4; minute++) {
      await visit(stage, 1);
      await settle(stage);
    }
    expect(await lanesOf(stage)).toBe(1);
    const gone = await webhookStage();
    gone.inboxes.hold();
    await inboxOf(gone).accept(null, documentOf(news(gone.number, [PICKED])));
    await deleteConnection(gone.ctx.control, gone.connection);
    await visit(gone, 4);
    expect(await lanesOf(gone)).toBe(1);
  });

  it("are told the connection's new version by the tick, where they could not be reached at its change", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED]));
    expect((await push(stage, stage.connection, body)).status).toBe(202);
    const before = await findConnection(stage.ctx.control, stage.connection);
    if (before === null) throw new Error("The connection is gone.");
    const sealed = await stage.ctx.vault.seal(stage.connection, { webhook_secret: "another-secret" });
    await putConnection(stage.ctx.control, before, sealed);
    const unreachable = {
      ...inboxOf(stage),
      setVersion: () => Promise.reject(new Error("Network connection lost.")),
    };
    expect(await notifyLanes({ ...stage.ctx, inboxOf: () => unreachable }, stage.connection)).toBe(false);
    await visitLanes(stage.ctx);
    expect((await push(stage, stage.connection, body)).status).toBe(401);
    expect((await push(stage, stage.connection, body, "another-secret")).status).toBe(202);
  });
});

/** What may happen while documents come in. */
type Step =
  | { kind: "push"; event: number; lane: number; shipment: number }
  | { kind: "crash" }
  | { kind: "tick" }
  | { kind: "read_again"; document: number; reread: boolean }
  | { kind: "outage"; of: "control" | "shard"; ms: number }
  | { kind: "lost_answer" }
  | { kind: "pause"; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("push" as const),
      event: fc.nat(11),
      lane: fc.nat(3),
      shipment: fc.nat(1),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("crash" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tick" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("read_again" as const),
      document: fc.nat(20),
      reread: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("outage" as const),
      of: fc.constantFrom("control" as const, "shard" as const),
      ms: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lost_answer" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pause" as const), ms: fc.nat(12) }) },
);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("whatever happens in whatever order", () => {
  it("each event is in the feed exactly once, and sequences and positions have no gaps", {
    timeout: 240_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { maxLength: 24 }),
        async (lanes, steps) => {
          const [databases, customers] = [new Databases(), new Customers()];
          // The tick would visit those of all runs.
          await testEnv().DB.prepare("DELETE FROM lanes").run();
          const stage = await aStage({ ...databases.ports, deliveryOf: customers.deliveryOf });
          const { id: connection } = await seedConnection(stage.ctx, {
            carrier_id: "sandbox",
            account_numbers: [stage.account],
            ways: { webhook: {} },
            credentials: { webhook_secret: SECRET },
          });
          await growLanes(stage.ctx.control, connection, lanes, time.now);
          await subscribe(stage);
          const numbers = [0, 1].map((shipment) => `SBX-${stage.account}-${shipment}`);
          await register(stage, numbers[0] ?? "");
          const expected = new Set<string>();
          const ids: string[] = [];
          for (const one of steps) {
            if (one.kind === "push") {
              const at = new Date(Date.parse("2026-03-10T00:00:00Z") + one.event * MINUTES).toISOString();
              const number = numbers[one.shipment] ?? "";
              const content = news(number, [{ code: "IN_TRANSIT", time: at }]);
              const answer = await stage.ctx
                .inboxOf(connection, one.lane % lanes)
                .accept(null, documentOf(content))
                .catch(() => null);
              if (answer?.kind !== "accepted") continue;
              ids.push(answer.id);
              expected.add(`${number} ${at.slice(0, 19)}`);
            } else if (one.kind === "crash") await stage.inboxes.crash();
            else if (one.kind === "tick") {
              time.now += MINUTES;
              await visitLanes(stage.ctx).catch(() => undefined);
            } else if (one.kind === "read_again") {
              const id = ids[one.document % Math.max(1, ids.length)];
              if (id !== undefined) await readAgain(stage.ctx, [id], one.reread).catch(() => undefined);
            } else if (one.kind === "outage") {
              const recover = databases.fail(
                ({ database }) => (database === "DB") === (one.of === "control"),
              );
              await pause(one.ms);
              recover();
            } else if (one.kind === "lost_answer") databases.loseAnswer(appends);
            else await pause(one.ms);
          }
          // The second number is registered while all this is under way.
          await register(stage, numbers[1] ?? "");
          await handOverLeft(stage.ctx);
          await settleInTime(stage);
          const events = await readFeed(stage.ctx.shardFor(stage.account), stage.tenant, 0, 1000);
          expect(
            events
              .map(
                ({ element }) =>
                  `${element?.carrier_tracking_id} ${element?.event.event_time.carrier_utc?.slice(0, 19)}`,
              )
              .sort(),
          ).toEqual([...expected].sort());
          expect(events.map(({ position }) => position)).toEqual(events.map((_, at) => at + 1));
          for (const own of Map.groupBy(events, ({ shipment_id }) => shipment_id).values())
            expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, at) => at + 1));
          expect(new Set(await statesOf({ ...stage, connection, number: "" }))).toEqual(
            new Set(ids.length === 0 ? [] : ["done"]),
          );
          if (expected.size > 0) expect(customers.woken).toContain(stage.tenant);
        },
      ),
      { numRuns: 30 },
    );
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(20);
  expect(await scansSoFar()).toEqual({});
});
