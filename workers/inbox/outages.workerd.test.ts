import { beforeEach, describe, expect, it } from "vitest";
import { readFeed } from "../storage/feed.ts";
import { Databases } from "../testing/databases.ts";
import { seedAccount, seedConnection, seedShipment, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  aStage,
  documentsOf,
  MINUTES,
  news,
  PICKED,
  push,
  SECRET,
  type Stage,
  settle,
  time,
} from "../testing/stage.ts";

/** A part of the infrastructure that is down for two hours, while carriers go on sending. */

beforeEach(aLaterHour);

const OUTAGE_MS = 120 * MINUTES;
const EVERY_MS = 5 * MINUTES;
/** Within this time after an outage nothing waits any more. */
const CAUGHT_UP_MS = 15 * MINUTES;

type Two = Stage & { connection: string; accounts: { SHARD_1: string; SHARD_2: string } };

/** Two accounts in two databases, with a connection in common. */
async function twoAccounts(databases: Databases, overrides: Parameters<typeof aStage>[0] = {}): Promise<Two> {
  const stage = await aStage({ ...databases.ports, ...overrides });
  const accounts = { SHARD_1: stage.account, SHARD_2: `${stage.account}-other` };
  await seedAccount(stage.ctx, accounts.SHARD_2);
  await testEnv()
    .DB.prepare("UPDATE accounts SET shard = 'SHARD_2' WHERE account_number = ?1")
    .bind(accounts.SHARD_2)
    .run();
  const { id } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: Object.values(accounts),
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
  for (const account of Object.values(accounts))
    await seedShipment(stage.ctx, account, { carrier_id: "sandbox", carrier_tracking_id: `SBX-${account}` });
  return { ...stage, connection: id, accounts };
}

const numberOf = (account: string) => `SBX-${account}`;
/** Each an hour after the one before: scans of the same code at nearly the same time count as one. */
let scans = 0;
const scan = () => ({
  code: "IN_TRANSIT",
  time: new Date(Date.parse("2026-01-01T00:00:00Z") + ++scans * 60 * MINUTES).toISOString(),
});
const send = async (stage: Two, content: object) =>
  expect((await push(stage, stage.connection, JSON.stringify(content))).status).toBe(202);

/** The sequences of an account's one shipment. */
const sequencesOf = async (stage: Two, shard: "SHARD_1" | "SHARD_2") => {
  const account = stage.accounts[shard];
  const db = testEnv()[shard];
  if (db === undefined) throw new Error(`The tests' configuration lacks ${shard}.`);
  return (await readFeed(db, `${account}.test`, 0, 1000)).map(({ sequence }) => sequence);
};
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const statesOf = async (stage: Two) => [
  ...new Set((await documentsOf(stage, stage.connection)).map(({ state }) => state)),
];
const report = (stage: Two) => stage.ctx.inboxOf(stage.connection, 0).report();

/** Lets time pass, a minute at a time. */
async function settleFor(stage: Stage, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += MINUTES) {
    await settle(stage);
    time.now += MINUTES;
  }
  await settle(stage);
}

/** A document every five minutes for as long as an outage lasts; `after` is called once each is due to be processed. */
async function duringOutage(
  stage: Two,
  send: () => Promise<void>,
  after: (sent: number) => Promise<void>,
): Promise<number> {
  let sent = 0;
  for (let passed = 0; passed < OUTAGE_MS; passed += EVERY_MS) {
    await send();
    sent += 1;
    await settle(stage);
    await after(sent);
    await settleFor(stage, EVERY_MS);
  }
  return sent;
}

describe("a shard that is down for two hours", () => {
  it("keeps only its own tenants' events waiting; all of them are there soon after", async () => {
    const databases = new Databases();
    const stage = await twoAccounts(databases);
    const recover = databases.fail(
      ({ database }) => database === "SHARD_1",
      "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
    );
    const [mine, others] = [numberOf(stage.accounts.SHARD_1), numberOf(stage.accounts.SHARD_2)];
    const sent = await duringOutage(
      stage,
      async () => {
        await send(stage, news(mine, [scan()]));
        await send(stage, news(others, [scan()]));
        time.now += 1000;
        // One document about shipments of both.
        await send(stage, {
          tracking: [...news(mine, [scan()]).tracking, ...news(others, [scan()]).tracking],
        });
      },
      async (times) => {
        expect(await sequencesOf(stage, "SHARD_2"), "as they come").toEqual(upTo(2 * times));
        expect(await report(stage)).toMatchObject({ waiting: 2 * times, unreadable: 0 });
      },
    );
    expect(await sequencesOf(stage, "SHARD_1")).toEqual([]);
    recover();
    await settleFor(stage, CAUGHT_UP_MS);
    expect(await sequencesOf(stage, "SHARD_1")).toEqual(upTo(2 * sent));
    expect(await sequencesOf(stage, "SHARD_2")).toEqual(upTo(2 * sent));
    expect(await statesOf(stage)).toEqual(["done"]);
    expect(await report(stage)).toMatchObject({ waiting: 0, unreadable: 0, oldest_waiting_at: null });
  });

  it("is tried again about once a minute, and not for every document", async () => {
    const databases = new Databases();
    const stage = await twoAccounts(databases);
    const recover = databases.fail(({ database }) => database === "SHARD_1");
    const calls: number[] = [];
    const asked = databases.count(({ database }) => database === "SHARD_1");
    const [mine, others] = [numberOf(stage.accounts.SHARD_1), numberOf(stage.accounts.SHARD_2)];
    for (let document = 0; document < 60; document++) {
      time.now += 1000;
      await send(stage, news(mine, [scan()]));
      await send(stage, news(others, [scan()]));
      await settle(stage);
      calls.push(asked.length);
    }
    expect(await sequencesOf(stage, "SHARD_2")).toEqual(upTo(60));
    // The first tries follow each other quickly: after 0.25, 0.5, 1, 2, 4, 8, 16 and 32 seconds, give or take a quarter.
    expect(asked.length).toBeLessThan(15);
    recover();
    await settleFor(stage, CAUGHT_UP_MS);
    expect(await sequencesOf(stage, "SHARD_1")).toEqual(upTo(60));
  });

  it("and a backlog of thousands is gone fifteen minutes after it is back", async () => {
    const databases = new Databases();
    const stage = await twoAccounts(databases);
    const recover = databases.fail(({ database }) => database === "SHARD_1");
    const mine = numberOf(stage.accounts.SHARD_1);
    stage.inboxes.hold();
    const { accept } = stage.ctx.inboxOf(stage.connection, 0);
    for (let at = 0; at < 2000; at++) {
      time.now += 1000;
      const body = new TextEncoder().encode(JSON.stringify(news(mine, at % 4 === 0 ? [scan()] : [])));
      await accept(null, {
        ...{ carrier_id: "sandbox", source: "webhook", body, content_type: "application/json" },
        ...{ received_at: time.now, http_status: null, asked: [], file_name: null },
      });
    }
    await settle(stage);
    expect((await report(stage)).waiting).toBeGreaterThanOrEqual(500);
    time.now += OUTAGE_MS;
    await settle(stage);
    recover();
    await settleFor(stage, CAUGHT_UP_MS);
    expect(await sequencesOf(stage, "SHARD_1")).toEqual(upTo(500));
    expect(await report(stage)).toMatchObject({ waiting: 0, unreadable: 0 });
  });
});

describe("a control database that is down for two hours", () => {
  it("has documents accepted and waiting; all are processed soon after", async () => {
    const databases = new Databases();
    const stage = await twoAccounts(databases);
    const [mine, others] = [numberOf(stage.accounts.SHARD_1), numberOf(stage.accounts.SHARD_2)];
    await send(stage, news(mine, [PICKED]));
    await settle(stage);
    const tries = databases.count(({ database }) => database === "DB");
    const recover = databases.fail(({ database }) => database === "DB");
    const sent = await duringOutage(
      stage,
      async () => {
        await send(stage, news(mine, [scan()]));
        await send(stage, news(others, [scan()]));
        await send(stage, news("nobody's", [scan()]));
      },
      async (times) => {
        expect(await report(stage)).toMatchObject({ waiting: 3 * times, unreadable: 0 });
      },
    );
    // A look-up a minute, not one for every document and every call of its way.
    expect(tries.length).toBeLessThan(2 * (OUTAGE_MS / MINUTES));
    recover();
    await settleFor(stage, CAUGHT_UP_MS);
    expect(await sequencesOf(stage, "SHARD_1")).toEqual(upTo(sent + 1));
    expect(await sequencesOf(stage, "SHARD_2")).toEqual(upTo(sent));
    expect(await statesOf(stage)).toEqual(["done"]);
    expect(await report(stage)).toMatchObject({ waiting: 0, unreadable: 0 });
  });
});

describe("R2 that is down for two hours", () => {
  /** The bucket of the bindings; every call fails while `down`. */
  class Bucket {
    down = false;
    calls = 0;
    readonly bucket: R2Bucket;

    constructor() {
      const { ARCHIVE } = testEnv();
      if (ARCHIVE === undefined) throw new Error("The tests' configuration lacks ARCHIVE.");
      this.bucket = new Proxy(ARCHIVE, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => {
            this.calls += 1;
            if (this.down)
              return Promise.reject(
                new Error("put: We encountered an internal error. Please try again. (10001)"),
              );
            return Reflect.apply(value, target, given);
          };
        },
      });
    }
  }
  const upkeep = (stage: Two) => stage.ctx.inboxOf(stage.connection, 0).upkeep();

  it("while bodies are archived: they stay in the inbox, are read there, and are archived after it", async () => {
    const archive = new Bucket();
    const stage = await twoAccounts(new Databases(), { archive: archive.bucket });
    const mine = numberOf(stage.accounts.SHARD_1);
    await send(stage, news(mine, [PICKED]));
    await settle(stage);
    archive.down = true;
    time.now += 61 * MINUTES;
    for (let passed = 0; passed < OUTAGE_MS; passed += EVERY_MS) {
      time.now += EVERY_MS;
      await send(stage, news(mine, [scan()]));
      await settle(stage);
      expect(await upkeep(stage)).toMatchObject({ waiting: 0, unreadable: 0 });
    }
    const documents = await documentsOf(stage, stage.connection);
    const keys = documents.map(({ id }) => id.split("_")[1] ?? "");
    const bodies = () =>
      Promise.all(
        keys.map(async (key) => (await stage.ctx.inboxOf(stage.connection, 0).load(key))?.body.length),
      );
    const before = await bodies();
    expect(before).toEqual(documents.map(({ size }) => size));
    archive.down = false;
    time.now += 61 * MINUTES;
    await upkeep(stage);
    archive.calls = 0;
    expect(await bodies()).toEqual(before);
    expect(archive.calls, "read from R2").toBe(keys.length);
  });

  it("while an archived document is read again: it waits, nothing else does, and it is read after it", async () => {
    const archive = new Bucket();
    const stage = await twoAccounts(new Databases(), { archive: archive.bucket });
    const others = numberOf(stage.accounts.SHARD_2);
    await send(stage, news("SBX-later", [PICKED]));
    await settle(stage);
    time.now += 61 * MINUTES;
    await upkeep(stage);
    archive.down = true;
    await seedShipment(stage.ctx, stage.accounts.SHARD_1, {
      carrier_id: "sandbox",
      carrier_tracking_id: "SBX-later",
    });
    await duringOutage(
      stage,
      () => send(stage, news(others, [scan()])),
      async (times) => {
        expect(await sequencesOf(stage, "SHARD_2"), "as they come").toEqual(upTo(times));
        expect(await report(stage)).toMatchObject({ waiting: 1, unreadable: 0 });
      },
    );
    archive.down = false;
    await settleFor(stage, 2 * MINUTES);
    expect(await sequencesOf(stage, "SHARD_1")).toEqual([1]);
    expect(await statesOf(stage)).toEqual(["done"]);
  });
});
