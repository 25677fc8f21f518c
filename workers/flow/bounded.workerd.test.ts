import { createMessageBatch, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { Customer } from "../delivery/testing.ts";
import type { Ways } from "../domain/connection.ts";
import { documentId, keyAt } from "../domain/document-id.ts";
import type { CarrierInbox } from "../durable/carrier-inbox.ts";
import { inboxName } from "../inbox/name.ts";
import { noteForgetting } from "../storage/follow.ts";
import { growLanes } from "../storage/lanes.ts";
import { beginMove, findMove } from "../storage/moves.ts";
import { type Call, contextSeen } from "../testing/calls.ts";
import { Inboxes, InboxStandIn } from "../testing/inboxes.ts";
import {
  answered,
  answering,
  Folder,
  HeldQueue,
  seedAccount,
  seedConnection,
  seedShipment,
  shardDb,
  testContext,
  testEnv,
} from "../testing/seed.ts";
import { aLaterHour, MINUTES, SECRET, time } from "../testing/stage.ts";
import { consume } from "./consume.ts";
import { notifyLanes } from "./lanes.ts";
import { handOverLeft, readAgain } from "./read-again.ts";
import { applyMapping } from "./remap.ts";
import { enqueueChecks, tick } from "./tick.ts";

/** However much waits: an invocation makes a bounded number of calls, and the next ones do what is left. */

beforeEach(aLaterHour);

/** Cloudflare's own limits are 1,000 queries and 10,000 subrequests an invocation. */
const DATABASE_CALLS = 500;
const CALLS = 2000;

/** Counts the calls of one invocation after the other. */
class Meter {
  readonly calls: Call[] = [];

  readonly hook = async (call: Call, work: () => Promise<unknown>): Promise<unknown> => {
    this.calls.push(call);
    return work();
  };

  /** One invocation; fails where it makes too many calls. Returns how many it made. */
  async invocation<T>(work: () => Promise<T>): Promise<{ database: number; all: number; result: T }> {
    this.calls.length = 0;
    const result = await work();
    const database = this.calls.filter(({ kind }) => kind === "database").length;
    const all = this.calls.length;
    const most = Map.groupBy(this.calls, ({ name }) => name);
    const counts = JSON.stringify(Object.fromEntries([...most].map(([name, of]) => [name, of.length])));
    expect(database, `calls to databases: ${counts}`).toBeLessThanOrEqual(DATABASE_CALLS);
    expect(all, `calls: ${counts}`).toBeLessThanOrEqual(CALLS);
    return { database, all, result };
  }
}

const all = (sql: string, ...values: unknown[]) =>
  testEnv()
    .DB.prepare(sql)
    .bind(...values)
    .run();
const countIn = async (db: D1Database, sql: string) =>
  (await db.prepare(`SELECT count(*) AS n FROM ${sql}`).first<{ n: number }>())?.n ?? 0;
const count = (sql: string) => countIn(testEnv().DB, sql);

/** Rows with `n` from 1. */
const NUMBERED = (rows: number) =>
  `WITH RECURSIVE numbered(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbered WHERE n < ${rows})`;

/** Shipments of an account in a shard, each with so many events and a number of its own. */
async function shipments(
  db: D1Database,
  account: string,
  { rows, events, at }: { rows: number; events: number; at: number },
): Promise<void> {
  const id = `'shp_' || printf('%010d', n)`;
  await db.batch([
    db
      .prepare(
        `${NUMBERED(rows)} INSERT INTO shipments (id, tenant_id, account_number, carrier_id, carrier_tracking_id, registration, status, health,
           action_required_by, tracking_state, pieces, last_sequence, timeline_version, updated_position, created_at, updated_at)
         SELECT ${id} || ?1, ?1 || '.test', ?1, 'sandbox', 'SBX-' || n, '{"uuid_ref":null,"tracking_level":"shipment","meta_data":[]}', 'accepted',
           'on_track', 'none', 'active', '{"total":1}', ${events}, 1, n, ?2, ?2 FROM numbered`,
      )
      .bind(account, at),
    db
      .prepare(
        `${NUMBERED(rows)} INSERT INTO shipment_numbers (tenant_id, carrier_id, carrier_number, shipment_id)
         SELECT ?1 || '.test', 'sandbox', 'SBX-' || n, ${id} || ?1 FROM numbered`,
      )
      .bind(account),
    db
      .prepare(
        `${NUMBERED(rows * events)} INSERT INTO events (shipment_id, event_id, tenant_id, sequence, position, parcel_number, precision, code_path, status,
           withdrawn, source, shipment_status, health, action_required_by, document_id, created_at, body)
         SELECT 'shp_' || printf('%010d', (n - 1) / ${events} + 1) || ?1, 'evt_' || n, ?1 || '.test', (n - 1) % ${events} + 1, n, '', 'second',
           'accepted/collected', 'accepted', 0, 'webhook', 'accepted', 'on_track', 'none', 'doc_1', ?2, printf('%.400c', 'x') FROM numbered`,
      )
      .bind(account, at),
  ]);
}

const HOUR = 60 * MINUTES;
const DAY = 24 * HOUR;

describe("a tick", () => {
  it("with everything waiting at once, and the next ones, until all of it is done", {
    timeout: 120_000,
  }, async () => {
    const meter = new Meter();
    const asked = new Set<string>();
    const visited = new Set<string>();
    const handed = new Set<string>();
    const checks = new HeldQueue();
    /** Lanes of these connections can't keep up. */
    const isBehind = (connection_id: string) => connection_id < "con_00021";
    const inboxOf: Context["inboxOf"] = (connection_id, lane) => {
      const inbox = new InboxStandIn({
        report: {
          ...{ waiting: 5, oldest_waiting_at: 1, last_received_at: 1, unreadable: 0, stored_bytes: 0 },
          ...{ oldest_due_at: isBehind(connection_id) ? 1 : null, appends: 0, conflicts: 0, finished: false },
        },
      });
      return {
        ...inbox,
        upkeep: async () => {
          visited.add(`${connection_id}/${lane}`);
          return inbox.upkeep();
        },
        readAgain: async (documents) => {
          for (const { key } of documents) handed.add(`${key} ${connection_id} ${lane}`);
        },
      };
    };
    const ctx = contextSeen(meter.hook, {
      now: () => time.now,
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf,
      deliveryOf: (tenant_id) =>
        new Proxy(testContext().deliveryOf(tenant_id), {
          get: (object, name) =>
            name === "lookAfter" ? async () => void asked.add(tenant_id) : Reflect.get(object, name),
        }),
    });
    // 1,500 lanes of 300 connections, all of which have something to be told.
    await all(
      `${NUMBERED(300)} INSERT INTO connections (id, carrier_id, ways, auto_register, paused, created_at, updated_at)
       SELECT 'con_' || printf('%05d', n), 'sandbox', '{}', 0, 0, 1, 1 FROM numbered`,
    );
    await all(
      `${NUMBERED(1500)} INSERT INTO lanes (connection_id, lane, pending_version, removed, created_at, waiting, unreadable, last_received_at)
       SELECT 'con_' || printf('%05d', (n - 1) / 5 + 1), (n - 1) % 5, 1, 0, 1, 0, 0, 0 FROM numbered`,
    );
    await all(
      `${NUMBERED(3000)} INSERT INTO backlogs SELECT 'account-' || printf('%05d', n) || '.live', 1, 1, 0 FROM numbered`,
    );
    await all(
      `${NUMBERED(5000)} INSERT INTO rereads (document_id, reread, created_at)
       SELECT 'doc_' || printf('%016d', n) || '_' || printf('%05d', n % 1000) || '_' || (n % 3), 1, 1 FROM numbered`,
    );
    // 20,000 followers of accounts that their connections do not name any more.
    for (const connection of ["con_00100", "con_00101", "con_00102", "con_00103", "con_00104", "con_00105"]) {
      await all(
        `${NUMBERED(20_000 / 5)} INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at)
         SELECT ?1, 'SBX-' || n, 'shp_' || n, '', 'gone.test', 1 FROM numbered`,
        connection,
      );
      await noteForgetting(ctx.control, connection, null).run();
    }
    await all(
      `${NUMBERED(20_000)} INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures, slow)
       SELECT 'con_' || printf('%05d', n % 300), 'poll', 300, n, ?1, 0, n % 2 FROM numbered`,
      time.now,
    );
    await seedAccount(ctx, "old");
    await shipments(shardDb(), "old", { rows: 4000, events: 24, at: time.now - 900 * DAY });
    for (const name of ["moving-1", "moving-2", "moving-3"]) {
      await seedAccount(ctx, name);
      await shipments(shardDb(), name, { rows: 1500, events: 4, at: time.now });
      expect(await beginMove(ctx.control, name, "SHARD_2", time.now)).not.toBeNull();
    }
    const left = async () => ({
      pending_version: await count("lanes WHERE pending_version IS NOT NULL"),
      behind: await count(
        "(SELECT 1 FROM lanes WHERE connection_id < 'con_00021' GROUP BY connection_id HAVING count(*) < 10)",
      ),
      rereads: await count("rereads"),
      followers: await count("followers"),
      checks: await count(`check_slots WHERE claim IS NULL`),
      // All but the one with the newest event.
      shipments: await countIn(shardDb(), "shipments WHERE account_number = 'old'"),
      moving: await count("moves WHERE step <> 'done'"),
      not_asked: 3000 - asked.size,
      not_visited: 1500 - [...visited].filter((name) => Number(name.split("/")[1]) < 5).length,
    });
    const done = {
      pending_version: 0,
      behind: 0,
      rereads: 0,
      followers: 0,
      checks: 0,
      shipments: 1,
      moving: 0,
      not_asked: 0,
      not_visited: 0,
    };
    let ticks = 0;
    for (; ticks < 60 && JSON.stringify(await left()) !== JSON.stringify(done); ticks++) {
      await meter.invocation(() => tick(ctx));
      if (ticks === 0) expect(checks.sent).toHaveLength(20_000);
      time.now += MINUTES;
    }
    expect(await left()).toEqual(done);
    expect(handed.size).toBe(5000);
    expect(await findMove(ctx.control, "moving-1")).toMatchObject({ step: "done" });
    expect(await countIn(testEnv().SHARD_2 ?? shardDb(), "events WHERE tenant_id LIKE 'moving-%'")).toBe(
      18_000,
    );
  });
});

/** An inbox whose connection feeds so many accounts, in two databases, each with a subscription. */
class Filled {
  readonly meter = new Meter();
  readonly inboxes: Inboxes;
  readonly ctx: Context;
  connection = "";

  constructor() {
    const checks = new HeldQueue();
    this.inboxes = new Inboxes(() => this.ctx);
    this.ctx = contextSeen(this.meter.hook, {
      now: () => time.now,
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf: this.inboxes.of,
      deliveryOf: (tenant_id) =>
        new Proxy(testContext().deliveryOf(tenant_id), {
          get: (object, name) => (name === "wake" ? async () => undefined : Reflect.get(object, name)),
        }),
    });
  }

  static async with({
    accounts,
    shipments: number,
  }: {
    accounts: number;
    shipments: number;
  }): Promise<Filled> {
    const filled = new Filled();
    const { ctx } = filled;
    const { id } = await seedConnection(ctx, {
      carrier_id: "sandbox",
      account_numbers: [],
      ways: { webhook: {} },
      credentials: { webhook_secret: SECRET },
    });
    filled.connection = id;
    const name = (n: string) => `'${id}-' || (${n} % ${accounts})`;
    const shard = `CASE WHEN n % 2 THEN 'SHARD_1' ELSE 'SHARD_2' END`;
    const numbered = NUMBERED(Math.max(accounts, number));
    const run = (db: D1Database, into: string, select: string) =>
      db.prepare(`${numbered} INSERT INTO ${into} SELECT ${select}`).run();
    await run(
      ctx.control,
      "accounts (account_number, name, shard, created_at)",
      `${name("n")}, 'x', ${shard}, 1 FROM numbered WHERE n <= ${accounts}`,
    );
    await run(
      ctx.control,
      "connection_accounts (account_number, carrier_id, connection_id)",
      `${name("n")}, 'sandbox', '${id}' FROM numbered WHERE n <= ${accounts}`,
    );
    await run(
      ctx.control,
      "subscriptions (id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at)",
      `'sub_' || ${name("n")}, ${name("n")} || '.test', ${name("n")}, 'webhook', '{}', x'00', 'k1', 0, 0, 0, 0 FROM numbered WHERE n <= ${accounts}`,
    );
    const shipment = `'shp_' || printf('%010d', n) || '${id}'`;
    await run(
      ctx.control,
      "followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at)",
      `'${id}', 'SBX-' || n, ${shipment}, '', ${name("n")} || '.test', 1 FROM numbered WHERE n <= ${number}`,
    );
    for (const [odd, binding] of [
      [1, "SHARD_1"],
      [0, "SHARD_2"],
    ] as const) {
      const db = testEnv()[binding];
      if (db === undefined) throw new Error(`The tests' configuration lacks ${binding}.`);
      await run(
        db,
        `shipments (id, tenant_id, account_number, carrier_id, carrier_tracking_id, registration, status, health,
           action_required_by, tracking_state, pieces, last_sequence, timeline_version, updated_position, created_at, updated_at)`,
        `${shipment}, ${name("n")} || '.test', ${name("n")}, 'sandbox', 'SBX-' || n, '{"uuid_ref":null,"tracking_level":"shipment","meta_data":[]}',
           'registered', 'on_track', 'none', 'active', '{"total":1}', 0, 0, 0, 1, 1 FROM numbered WHERE n <= ${number} AND n % 2 = ${odd}`,
      );
    }
    return filled;
  }

  get stub(): DurableObjectStub<CarrierInbox> {
    return this.inboxes.stub(inboxName({ connection_id: this.connection, lane: 0 }));
  }

  /** Puts documents into the inbox's rows, `body` an expression of the row's number \`n\`; what is in its memory is read again. */
  async documents(
    rows: number,
    at: number,
    { body, archive = "NULL", processed }: { body: string; archive?: string; processed: boolean },
  ): Promise<void> {
    await this.ctx.inboxOf(this.connection, 0).report();
    await runInDurableObject(this.stub, (_object, { storage }) => {
      const key = `'${keyAt(at).slice(0, 10)}' || printf('%06d', n)`;
      storage.sql.exec(
        `${NUMBERED(rows)} INSERT INTO documents (key, carrier_id, source, state, size, content_type, facts, received_at, archive, body)
         SELECT ${key}, 'sandbox', 'webhook', 'accepted', length(${body}), 'application/json', '{"http_status":null,"asked":[],"file_name":null}', ${at},
           ${archive}, CAST(${body} AS BLOB) FROM numbered`,
      );
      const mark = `${keyAt(at).slice(0, 10)}${String(rows).padStart(6, "0")}`;
      if (processed)
        storage.sql.exec("INSERT INTO facts VALUES ('progress', ?)", JSON.stringify({ mark, counts: "" }));
    });
    await this.inboxes.crash();
  }

  rows(query: string): Promise<number> {
    return runInDurableObject(
      this.stub,
      (_object, { storage }) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${query}`).one().n,
    );
  }

  /** Has the inbox accept a document, which it begins with its next alarm. */
  async accept(tracking: object[]): Promise<void> {
    const body = new TextEncoder().encode(JSON.stringify({ tracking }));
    this.inboxes.hold();
    const answer = await this.ctx.inboxOf(this.connection, 0).accept(null, {
      ...{ carrier_id: "sandbox", source: "webhook", body, content_type: "application/json" },
      ...{ received_at: time.now, http_status: null, asked: [], file_name: null },
    });
    expect(answer.kind).toBe("accepted");
    this.inboxes.release();
  }

  /** Alarms until nothing waits; returns how many. */
  async alarms(most: number): Promise<number> {
    let alarms = 0;
    for (; alarms < most && (await this.stub.report()).waiting > 0; alarms++) await this.alarm();
    expect(await this.stub.report()).toMatchObject({ waiting: 0, unreadable: 0 });
    return alarms;
  }

  /** Events in each database. */
  async events(): Promise<number[]> {
    const { SHARD_1 = shardDb(), SHARD_2 = shardDb() } = testEnv();
    const of = (db: D1Database) => countIn(db, `events WHERE tenant_id LIKE '${this.connection}-%'`);
    return Promise.all([of(SHARD_1), of(SHARD_2)]);
  }

  /** One alarm; the next one does not fire before the test wants it. */
  async alarm(): Promise<{ database: number; all: number }> {
    // Steers a new instance.
    await this.ctx.inboxOf(this.connection, 0).report();
    return this.meter.invocation(() =>
      runInDurableObject(this.stub, async (object, { storage }) => {
        await object.alarm();
        await storage.deleteAlarm();
      }),
    );
  }
}

describe("an inbox", () => {
  it("archives ten thousand documents", async () => {
    const filled = await Filled.with({ accounts: 1, shipments: 1 });
    await filled.documents(10_000, time.now - 2 * HOUR, { body: `'{"tracking":[]}' || n`, processed: true });
    let visits = 0;
    for (; visits < 20 && (await filled.rows("documents WHERE archive IS NULL")) > 0; visits++)
      await filled.meter.invocation(() => filled.ctx.inboxOf(filled.connection, 0).upkeep());
    expect(await filled.rows("documents WHERE archive IS NULL")).toBe(0);
  });

  it("retires a hundred thousand documents and their objects in R2", async () => {
    const filled = await Filled.with({ accounts: 1, shipments: 1 });
    await filled.documents(100_000, time.now - 31 * DAY, {
      body: "''",
      archive: "'documents/none#0+1'",
      processed: true,
    });
    await runInDurableObject(filled.stub, (_object, { storage }) =>
      storage.sql.exec(
        `INSERT INTO archives SELECT key, 'documents/' || key FROM documents WHERE key LIKE '%00'`,
      ),
    );
    let visits = 0;
    for (; visits < 40 && (await filled.rows("documents")) + (await filled.rows("archives")) > 0; visits++)
      await filled.meter.invocation(() => filled.ctx.inboxOf(filled.connection, 0).upkeep());
    expect([await filled.rows("documents"), await filled.rows("archives")]).toEqual([0, 0]);
  });

  it("processes ten thousand waiting documents of five hundred customers", { timeout: 120_000 }, async () => {
    const filled = await Filled.with({ accounts: 500, shipments: 2000 });
    const scan = `strftime('%Y-%m-%dT%H:00:00Z', 1700000000 + n * 7200, 'unixepoch')`;
    await filled.documents(10_000, time.now - MINUTES, {
      body: `'{"tracking":[{"tracking_number":"SBX-' || (n % 2000 + 1) || '","events":[{"code":"IN_TRANSIT","time":"' || ${scan} || '"}]}]}'`,
      processed: false,
    });
    await filled.alarms(20);
    expect(await filled.events()).toEqual([5000, 5000]);
  });

  it("processes a document of 10 MB with 50,000 events", { timeout: 120_000 }, async () => {
    const filled = await Filled.with({ accounts: 500, shipments: 4000 });
    const tracking = Array.from({ length: 5000 }, (_, at) => {
      const number = `SBX-${at + 1}`;
      const events = Array.from({ length: 10 }, (_, event) => ({
        code: event % 2 === 0 ? "IN_TRANSIT" : "OUT_FOR_DELIVERY",
        time: new Date(Date.parse("2026-01-01T00:00:00Z") + event * 2 * HOUR).toISOString(),
        text: "x".repeat(100),
      }));
      // New parcels of followed shipments; the last thousand are followed by nobody.
      return {
        tracking_number: `${number}-P`,
        shipment_number: number,
        parcel_number: `${number}-P`,
        events,
      };
    });
    await filled.accept(tracking);
    expect(await filled.alarms(20)).toBeGreaterThan(1);
    expect(await filled.events()).toEqual([20_000, 20_000]);
  });
});

describe("a document that takes several invocations", () => {
  const OUT = "OUT_FOR_DELIVERY";
  /** About one shipment each of a thousand customers, three times: a slice wakes so many that its invocation ends. */
  const trackingOf = (codes: Record<number, string> = {}) =>
    Array.from({ length: 3000 }, (_, at) => ({
      tracking_number: `SBX-${at + 1}`,
      events: [{ code: codes[at] ?? OUT, time: "2026-03-14T08:00:00Z", text: "x".repeat(100) }],
    }));
  const threeThousand = () => Filled.with({ accounts: 1000, shipments: 3000 });
  const statusesOf = async ({ connection }: Filled, number: string) => {
    const { SHARD_1 = shardDb(), SHARD_2 = shardDb() } = testEnv();
    const of = (db: D1Database) =>
      db
        .prepare(
          "SELECT e.status FROM shipments s JOIN events e ON e.shipment_id = s.id WHERE s.carrier_tracking_id = ?1 AND s.tenant_id LIKE ?2 ORDER BY e.sequence",
        )
        .bind(number, `${connection}-%`)
        .all<{ status: string }>();
    return (await Promise.all([of(SHARD_1), of(SHARD_2)])).flatMap(({ results }) =>
      results.map(({ status }) => status),
    );
  };

  it("goes on where the last one stopped, also after a crash, and every event is there once", async () => {
    const filled = await threeThousand();
    await filled.accept(trackingOf());
    await filled.alarm();
    expect(await filled.events()).toEqual([500, 500]);
    await filled.inboxes.crash();
    const appends: string[] = [];
    await filled.alarm();
    appends.push(
      ...filled.meter.calls.filter(({ sql }) => sql?.includes("INSERT INTO events")).map(({ name }) => name),
    );
    expect(appends.length, "one slice in two databases").toBe(2);
    expect(await filled.events()).toEqual([1000, 1000]);
    await filled.alarms(5);
    expect(await filled.events()).toEqual([1500, 1500]);
    expect(await filled.rows("facts WHERE name LIKE 'part %'")).toBe(0);
  });

  it("tells whoever registered one of its first numbers meanwhile", async () => {
    const filled = await threeThousand();
    const tracking = trackingOf();
    await filled.accept(
      tracking.map((one, at) => (at === 5 ? { ...one, tracking_number: "SBX-meanwhile" } : one)),
    );
    await filled.alarm();
    const { results } = await testEnv()
      .DB.prepare("SELECT account_number FROM connection_accounts WHERE connection_id = ?1 LIMIT 1")
      .bind(filled.connection)
      .all<{ account_number: string }>();
    await seedShipment(filled.ctx, results[0]?.account_number ?? "", {
      carrier_id: "sandbox",
      carrier_tracking_id: "SBX-meanwhile",
    });
    await filled.alarms(10);
    expect(await statusesOf(filled, "SBX-meanwhile")).toEqual(["out_for_delivery"]);
    expect((await filled.events()).reduce((a, b) => a + b)).toBe(3000);
  });

  it("is processed from its beginning where its carrier's codes were mapped meanwhile", async () => {
    const filled = await threeThousand();
    await filled.accept(trackingOf({ 5: "SENT_BY_DRONE" }));
    await filled.alarm();
    const mapping = {
      carrier_id: "sandbox",
      code: "SENT_BY_DRONE",
      sub_code: "",
      service: "",
      text_pattern: "",
    };
    await applyMapping(filled.ctx, { ...mapping, path: "delivery/delivered", reason: null }, null);
    await filled.alarms(10);
    expect((await statusesOf(filled, "SBX-6")).at(-1)).toBe("delivered");
    expect((await filled.events()).reduce((a, b) => a + b)).toBe(3001);
  });
});

describe("a queue's batch", () => {
  /** Both messages of a batch are checks of a connection of their own. */
  async function twoConnections(ctx: Context, ways: Ways): Promise<string[]> {
    const ids: string[] = [];
    for (let connection = 0; connection < 2; connection++) {
      const credentials = { sftp_password: "p", api_key: "key" };
      const { id } = await seedConnection(ctx, {
        carrier_id: "sandbox",
        account_numbers: [],
        ways,
        credentials,
      });
      ids.push(id);
    }
    return ids;
  }
  /** Batches of two until no check is due; fails where they do not end. */
  async function consumeAll(meter: Meter, ctx: Context, checks: HeldQueue): Promise<void> {
    for (let batches = 0; batches < 60; batches++) {
      await enqueueChecks(ctx);
      const due = checks.take();
      if (due.length === 0) return;
      const messages = due.map((body, at) => ({ id: String(at), timestamp: new Date(), attempts: 1, body }));
      for (let at = 0; at < due.length; at += 2)
        await meter.invocation(() =>
          consume(ctx, createMessageBatch("gluey-checks", messages.slice(at, at + 2))),
        );
    }
    throw new Error("The checks do not end.");
  }
  /** Accepts every document, and has processed it by the next look. */
  const inboxOf: Context["inboxOf"] = (connection_id, lane) => {
    let accepted = 0;
    return {
      ...new InboxStandIn({}),
      accept: async () => ({
        kind: "accepted",
        id: documentId({ connection_id, lane, key: keyAt(time.now + accepted++) }),
      }),
      describeAll: async () => [],
    };
  };

  it("reads two folders of five hundred files each", async () => {
    const [meter, checks, folder] = [new Meter(), new HeldQueue(), new Folder()];
    for (let file = 0; file < 500; file++)
      folder.put(`out/${file}.json`, JSON.stringify({ tracking: [], file }), file);
    const ctx = contextSeen(meter.hook, {
      now: () => time.now,
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf,
      sftp: folder,
    });
    const host = {
      host: "files.example",
      port: 22,
      username: "u",
      host_key_sha256: "x".repeat(43),
      directory: "out",
    };
    await twoConnections(ctx, {
      sftp: { ...host, after: "move", done_directory: "done", failed_directory: "failed" },
    });
    await consumeAll(meter, ctx, checks);
    expect(await count("files WHERE state IN ('kept', 'moved')")).toBe(1000);
  });

  it("asks carriers for five thousand numbers each, all of which have changed", async () => {
    const [meter, checks] = [new Meter(), new HeldQueue()];
    const asked = new Set<string>();
    const ctx = contextSeen(meter.hook, {
      now: () => time.now,
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf,
      http: answering(({ url }) => {
        const numbers = (new URL(url).searchParams.get("numbers") ?? "").split(",");
        for (const number of numbers) asked.add(number);
        const events = [{ code: "IN_TRANSIT", time: "2026-03-14T08:00:00Z" }];
        return answered(
          200,
          JSON.stringify({ tracking: numbers.map((tracking_number) => ({ tracking_number, events })) }),
        );
      }),
    });
    for (const id of await twoConnections(ctx, { poll: { base_url: "http://127.0.0.1:1/" } })) {
      await all(
        `${NUMBERED(5000)} INSERT INTO checks (connection_id, carrier_number, interval_s, slot, answer_hash, status, changed_at)
         SELECT ?1, ?1 || n, 300, 0, NULL, 'registered', 1 FROM numbered`,
        id,
      );
      await all(
        "INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures) VALUES (?1, 'poll', 300, 0, ?2, 0)",
        id,
        time.now,
      );
    }
    await consumeAll(meter, ctx, checks);
    expect(asked.size).toBe(10_000);
  });
});

describe("a request", () => {
  it("that changes a connection tells all of its lanes", async () => {
    const meter = new Meter();
    const notified = new Set<number>();
    const ctx = contextSeen(meter.hook, {
      inboxOf: (_connection, lane) => ({
        ...new InboxStandIn({}),
        setVersion: async () => void notified.add(lane),
      }),
    });
    const { id } = await seedConnection(ctx, {
      carrier_id: "sandbox",
      account_numbers: [],
      ways: { webhook: {} },
      credentials: {},
    });
    await growLanes(ctx.control, id, 64, time.now);
    const { database } = await meter.invocation(() => notifyLanes(ctx, id));
    expect(notified.size).toBe(64);
    expect(database).toBeLessThanOrEqual(2);
  });

  it("that has twenty thousand documents read again hands over some, and the ticks the others", async () => {
    const meter = new Meter();
    const handed = new Set<string>();
    const ctx = contextSeen(meter.hook, {
      inboxOf: (connection_id, lane) => ({
        ...new InboxStandIn({}),
        readAgain: async (documents) => {
          for (const { key } of documents) handed.add(documentId({ connection_id, lane, key }));
        },
      }),
    });
    const ids = Array.from({ length: 20_000 }, (_, at) =>
      documentId({ connection_id: `con_${at % 500}`, lane: at % 3, key: keyAt(time.now + at) }),
    );
    await meter.invocation(() => readAgain(ctx, ids, true));
    expect(handed.size).toBeGreaterThan(0);
    for (let ticks = 0; ticks < 200 && (await count("rereads")) > 0; ticks++)
      await meter.invocation(() => handOverLeft(ctx));
    expect(handed.size).toBe(20_000);
  });
});

describe("a customer's object", () => {
  it("sends twenty thousand messages", { timeout: 120_000 }, async () => {
    const meter = new Meter();
    const received = new Set<string>();
    const ctx = contextSeen(meter.hook, {
      http: {
        send: async ({ headers }) => {
          received.add(headers["webhook-id"] ?? "");
          return answered(200, "");
        },
        check: async () => null,
      },
    });
    const customer = new Customer();
    await customer.subscribe({ max_batch: 1, endpoint: "https://receiver.example/" });
    await customer.tell(["first"]);
    for (const [table, id, columns] of [
      [
        "shipments",
        "id",
        `tenant_id, account_number, carrier_id, carrier_tracking_id, registration, status, health, action_required_by, tracking_state, pieces,
         last_sequence, timeline_version, updated_position, created_at, updated_at`,
      ],
      [
        "events",
        "position, shipment_id",
        `event_id, tenant_id, sequence, parcel_number, precision, code_path, status, withdrawn, source, shipment_status, health,
         action_required_by, document_id, created_at, body`,
      ],
    ])
      await shardDb()
        .prepare(
          `${NUMBERED(19_999)} INSERT INTO ${table} (${id}, ${columns})
           SELECT ${id === "id" ? "" : "position + n, "} ${table === "events" ? "shipment_id" : "id"} || '-' || n, ${columns} FROM ${table} CROSS JOIN numbered
           WHERE tenant_id = ?1`,
        )
        .bind(customer.tenant_id)
        .run();
    for (let alarms = 0; alarms < 40 && received.size < 20_000; alarms++) {
      const before = received.size;
      const { result: next } = await meter.invocation(() =>
        runInDurableObject(customer.stub, async (object, { storage }) => {
          Reflect.set(object, "context", () => ctx);
          await object.alarm();
          const alarm = await storage.getAlarm();
          // The next one does not fire before the test wants it.
          await storage.deleteAlarm();
          return alarm;
        }),
      );
      expect(received.size - before).toBeLessThanOrEqual(1000);
      if (received.size < 20_000) expect(next).toBeLessThanOrEqual(Date.now());
    }
    expect(received.size).toBe(20_000);
  });
});
