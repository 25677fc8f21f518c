import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { CarrierInbox } from "../durable/carrier-inbox.ts";
import { handOverLeft } from "../flow/read-again.ts";
import { readFeed } from "../storage/feed.ts";
import { enter } from "../storage/residency.ts";
import { type Call, contextSeen } from "../testing/calls.ts";
import { Inboxes } from "../testing/inboxes.ts";
import { lay } from "../testing/lay.ts";
import {
  HeldQueue,
  seedAccount,
  seedConnection,
  seedShipment,
  shardDb,
  testContext,
  testEnv,
} from "../testing/seed.ts";
import { MINUTES, news, OUT, PICKED, push, SECRET, type Stage, settle, time } from "../testing/stage.ts";
import { inboxName } from "./name.ts";

/**
 * Trouble of the infrastructure never counts against a document or a customer: at every call between the acceptance of
 * a document and the wake-up of its customers, before the call took effect and after it. The calls are those that a run
 * without trouble makes, so that a call which is added later is covered by itself.
 */

const WHENS = ["before", "after"] as const;
type When = (typeof WHENS)[number];

/** What the call fails with. Null: it succeeds, and an account is on the move for a while. */
const TROUBLES: Record<string, string | null> = {
  "an overloaded database": "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
  "a lost connection": "Network connection lost.",
  "a reset storage": "D1_ERROR: Internal error in D1 DB storage caused object to be reset.",
  "a deployment": "Durable Object reset because its code was updated.",
  "too many subrequests": "Too many subrequests.",
  "an account on the move": null,
};

/** Trouble at the call with this number, see `TROUBLES`. */
interface Trouble {
  at: number;
  when: When;
  message: string | null;
}

/** What is the same in each play, whatever happened in it. */
interface Result {
  calls: string[];
  /** The call that trouble was wanted at was made. */
  troubled: boolean;
  events: Record<string, string[]>;
  positions: Record<string, number[]>;
  sequences: number[];
  documents: string[];
  waiting: Record<string, number>;
  followers: string[];
  checks: string[];
  /** Tenants who were not woken after the last of their events was added. */
  asleep: string[];
}

let plays = 0;

/** Accounts in two databases with a connection in common; their carrier's calls, the processing and the wake-ups are seen. */
class Play {
  readonly #accounts: Record<"SHARD_1" | "SHARD_2", string>;
  readonly #trouble: Trouble | null;
  readonly #stage: Stage;
  readonly #calls: string[] = [];
  /** In the order in which they took effect: a database that got events, or a tenant that was woken. */
  readonly #effects: string[] = [];
  #watching = false;
  #troubled = false;
  #connection = "";

  constructor(trouble: Trouble | null) {
    plays += 1;
    this.#trouble = trouble;
    this.#accounts = { SHARD_1: `fault-${plays}-a`, SHARD_2: `fault-${plays}-b` };
    const checks = new HeldQueue();
    const inboxes = new Inboxes(() => ctx);
    const ctx = contextSeen((call, work) => this.#call(call, work), {
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf: inboxes.of,
      deliveryOf: (tenant_id) =>
        new Proxy(testContext().deliveryOf(tenant_id), {
          get: (object, name) =>
            name === "wake"
              ? async () => void this.#effects.push(`woken ${tenant_id}`)
              : Reflect.get(object, name),
        }),
      now: () => time.now,
    });
    this.#stage = {
      ctx,
      account: this.#accounts.SHARD_1,
      tenant: `${this.#accounts.SHARD_1}.test`,
      checks,
      inboxes,
    };
  }

  async #call(call: Call, work: () => Promise<unknown>): Promise<unknown> {
    if (!this.#watching) return work();
    const { at, when, message } = this.#trouble ?? { at: -1, when: "before", message: null };
    const begins = this.#calls.push(call.name) - 1 === at;
    if (begins) this.#troubled = true;
    if (begins && when === "before") await this.#begin(message);
    const result = await work();
    if (call.sql?.includes("INSERT INTO events")) this.#effects.push(`added ${call.name.split(" ")[0]}`);
    if (begins && when === "after") await this.#begin(message);
    return result;
  }

  async #begin(message: string | null): Promise<void> {
    if (message !== null) throw new Error(message);
    await this.#put("leaving", ["home"]);
  }

  async #put(state: "home" | "leaving", from: readonly ("home" | "leaving")[]): Promise<void> {
    await enter(shardDb(), this.#accounts.SHARD_1, 1, { state, from, now: time.now });
  }

  async run(): Promise<Result> {
    const { ctx, inboxes } = this.#stage;
    const number = (name: string) => `SBX-${plays}-${name}`;
    await this.#setUp(number);
    this.#watching = true;
    inboxes.hold();
    for (const content of [
      news(number("a"), [PICKED]),
      news(number("b"), [PICKED]),
      news(number("parcel"), [PICKED], { shipment_number: number("a"), parcel_number: number("parcel") }),
      news(number("a"), [OUT]),
      news(number("later"), [PICKED]),
    ])
      await again(async () => {
        const { status } = await push(this.#stage, this.#connection, JSON.stringify(content));
        if (status !== 202) throw new Error(`It was answered with ${status}.`);
      });
    await this.#settle();
    await again(() =>
      seedShipment(ctx, this.#accounts.SHARD_2, {
        carrier_id: "sandbox",
        carrier_tracking_id: number("later"),
      }),
    );
    await this.#settle();
    this.#watching = false;
    return this.#result();
  }

  /** By a context of its own: where the accounts live is not known to the one that is tested. */
  async #setUp(number: (name: string) => string): Promise<void> {
    const ctx = testContext({ now: () => time.now });
    for (const [shard, account_number] of Object.entries(this.#accounts)) {
      await seedAccount(ctx, account_number);
      await ctx.control.batch([
        ctx.control
          .prepare("UPDATE accounts SET shard = ?2 WHERE account_number = ?1")
          .bind(account_number, shard),
        ctx.control
          .prepare(
            `INSERT INTO subscriptions (id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at)
             VALUES ('sub_' || ?1, ?1 || '.test', ?1, 'webhook', '{}', x'00', 'k1', 0, 0, 0, 0)`,
          )
          .bind(account_number),
      ]);
    }
    await this.#put("home", []);
    const { id } = await seedConnection(ctx, {
      carrier_id: "sandbox",
      account_numbers: Object.values(this.#accounts),
      ways: { webhook: {}, poll: { base_url: "http://127.0.0.1:1/" } },
      credentials: { webhook_secret: SECRET, api_key: "key" },
    });
    this.#connection = id;
    for (const [account, name] of [
      [this.#accounts.SHARD_1, "a"],
      [this.#accounts.SHARD_2, "b"],
    ] as const)
      await seedShipment(ctx, account, { carrier_id: "sandbox", carrier_tracking_id: number(name) });
  }

  /** Processes what is due, and lets the time pass that a failed attempt is waited for, until nothing waits. */
  async #settle(): Promise<void> {
    for (let tries = 0; tries < 8; tries++) {
      await settle(this.#stage);
      const { rereads, ...waiting } = await this.#waiting();
      if (rereads > 0) await handOverLeft(this.#stage.ctx).catch(() => undefined);
      else if (Object.values(waiting).every((count) => count === 0)) return;
      time.now += 2 * MINUTES;
      await this.#put("home", ["home", "leaving"]);
    }
  }

  #inbox(): DurableObjectStub<CarrierInbox> {
    return this.#stage.inboxes.stub(inboxName({ connection_id: this.#connection, lane: 0 }));
  }

  async #waiting(): Promise<{ rereads: number } & Record<string, number>> {
    const inbox = this.#inbox();
    const inside = await runInDurableObject(inbox, (_object, { storage }) =>
      ["postponed", "destinations", "wakes"].map((table) => [
        table,
        storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
      ]),
    );
    const rereads = await testEnv().DB.prepare("SELECT count(*) AS n FROM rereads").first<{ n: number }>();
    const { waiting } = await inbox.report();
    return { ...Object.fromEntries(inside), documents: waiting, rereads: rereads?.n ?? 0 };
  }

  async #result(): Promise<Result> {
    const { ctx } = this.#stage;
    const feeds = await Promise.all(
      Object.entries(this.#accounts).map(async ([shard, account]) => {
        const entries = await readFeed(ctx.shardFor(account), `${account}.test`, 0, 100);
        return { shard, entries };
      }),
    );
    const query = { state: null, source: null, since: 0, before: null, limit: 100 };
    const { documents } = await this.#inbox().list(query);
    const named = (text: string) => text.replaceAll(`SBX-${plays}-`, "");
    const shown = (entries: (typeof feeds)[number]["entries"]) =>
      entries.map(({ element }) =>
        named(
          `${[element?.carrier_tracking_id, element?.parcel?.carrier_tracking_id].filter((one) => one).join("/")} ${element?.event.status}`,
        ),
      );
    const elements = feeds.flatMap(({ entries }) => entries.map(({ element }) => element));
    const sequences = Map.groupBy(elements, (element) => element?.shipment_id);
    const rows = async (sql: string) =>
      (await testEnv().DB.prepare(sql).bind(this.#connection).all<{ row: string }>()).results.map(({ row }) =>
        named(row),
      );
    return {
      calls: this.#calls,
      troubled: this.#troubled,
      events: Object.fromEntries(feeds.map(({ shard, entries }) => [shard, shown(entries).sort()])),
      positions: Object.fromEntries(
        feeds.map(({ shard, entries }) => [shard, entries.map(({ position }) => position)]),
      ),
      sequences: [...sequences.values()].flatMap((of) => of.map((element) => element?.sequence ?? 0)).sort(),
      documents: [...new Set(documents.map(({ state }) => state))],
      waiting: await this.#waiting(),
      followers: await rows(
        "SELECT carrier_number || CASE WHEN parcel_id <> '' THEN ' as a parcel' ELSE '' END AS row FROM followers WHERE connection_id = ?1 ORDER BY 1",
      ),
      checks: await rows(
        "SELECT carrier_number || ' ' || status AS row FROM checks WHERE connection_id = ?1 ORDER BY 1",
      ),
      asleep: Object.entries(this.#accounts)
        .filter(
          ([shard, account]) =>
            this.#effects.lastIndexOf(`woken ${account}.test`) < this.#effects.lastIndexOf(`added ${shard}`),
        )
        .map(([shard]) => shard),
    };
  }
}

/** As carriers and customers do with what was not answered well. */
async function again(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return void (await work());
    } catch (error) {
      if (tries === 4) throw error;
      time.now += 1000;
    }
  }
}

await lay();
const { calls, ...clean } = await new Play(null).run();

it("without trouble everything is delivered once, followed, checked, and woken", () => {
  expect(clean).toEqual({
    troubled: false,
    events: {
      SHARD_1: ["a accepted", "a out_for_delivery", "a/parcel accepted"],
      SHARD_2: ["b accepted", "later accepted"],
    },
    positions: { SHARD_1: [1, 2, 3], SHARD_2: [1, 2] },
    sequences: [1, 1, 1, 2, 3],
    documents: ["done"],
    waiting: { documents: 0, postponed: 0, destinations: 0, wakes: 0, rereads: 0 },
    followers: ["a", "b", "later", "parcel as a parcel"],
    checks: ["a out_for_delivery", "b accepted", "later accepted"],
    asleep: [],
  });
  for (const part of [
    "DB FROM connection_accounts",
    "inbox.accept",
    "DB JOIN accounts",
    "SHARD_1 INSERT INTO move_marks",
    "DB INSERT INTO followers",
    "inbox.readAgain",
    "delivery.wake",
  ])
    expect(
      calls.some((name) => name.startsWith(part)),
      part,
    ).toBe(true);
});

describe.each(Object.entries(TROUBLES))("%s", (_name, message) => {
  it.each(calls.flatMap((name, at) => WHENS.map((when) => ({ when, name, number: at + 1, at }))))(
    "$when call $number, $name, changes nothing in the end",
    async ({ at, when }) => {
      const { calls: _, ...result } = await new Play({ at, when, message }).run();
      expect(result).toEqual({ ...clean, troubled: true });
    },
  );
});
