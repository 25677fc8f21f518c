import { beforeEach, describe, expect, it } from "vitest";
import { notifyLanes } from "../flow/lanes.ts";
import { readFeed } from "../storage/feed.ts";
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
  settle,
  time,
} from "../testing/stage.ts";

beforeEach(aLaterHour);

/** One connection for two accounts, each with a shipment. */
async function twoAccounts() {
  const stage = await aStage();
  const other = `${stage.account}-other`;
  await seedAccount(stage.ctx, other);
  const { id: connection } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account, other],
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
  for (const account of [stage.account, other])
    await seedShipment(stage.ctx, account, { carrier_id: "sandbox", carrier_tracking_id: `N-${account}` });
  const eventsOf = async (account: string) =>
    (await readFeed(stage.ctx.shardFor(account), `${account}.test`, 0, 100)).length;
  return { stage, connection, other, eventsOf };
}

/** Where the control database says that an account lives. */
async function place(account: string, shard: string): Promise<void> {
  await testEnv()
    .DB.prepare("UPDATE accounts SET shard = ?2 WHERE account_number = ?1")
    .bind(account, shard)
    .run();
}

describe("an account whose database is not bound", () => {
  it("delays nobody else on the same connection, and gets its events once the database is bound", async () => {
    const { stage, connection, other, eventsOf } = await twoAccounts();
    await place(other, "SHARD_9");
    await stage.ctx.placements.of(other, true).catch(() => null);
    for (const account of [other, stage.account])
      await push(stage, connection, JSON.stringify(news(`N-${account}`, [PICKED])));
    await settle(stage);
    expect(await eventsOf(stage.account)).toBe(1);
    expect((await documentsOf(stage, connection)).map(({ state }) => state)).toEqual(["accepted", "done"]);

    await place(other, "SHARD_1");
    await stage.ctx.placements.of(other, true);
    time.now += 5 * MINUTES;
    await settle(stage);
    expect(await eventsOf(other)).toBe(1);
    expect((await documentsOf(stage, connection)).map(({ state }) => state)).toEqual(["done", "done"]);
  });
});

describe("an inbox that does not answer", () => {
  it("does not hold up the change of its connection: the tick informs it later", async () => {
    const { stage, connection } = await twoAccounts();
    const silent = { ...stage.ctx.inboxOf(connection, 0), setVersion: () => new Promise<never>(() => {}) };
    const hurried = { ...stage.ctx, wait: async () => {}, inboxOf: () => silent };
    expect(await notifyLanes(hurried, connection)).toBe(false);
    expect(await notifyLanes(stage.ctx, connection)).toBe(true);
  });
});
