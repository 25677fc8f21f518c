import { beforeEach, describe, expect, it } from "vitest";
import { readFeed } from "../storage/feed.ts";
import { appends, Databases } from "../testing/databases.ts";
import { seedAccount, seedConnection, seedShipment, shardDb } from "../testing/seed.ts";
import {
  aLaterHour,
  aStage,
  DONE,
  documentsOf,
  feed,
  MINUTES,
  news,
  push,
  SECRET,
  settle,
  time,
} from "../testing/stage.ts";

/** Events that say more than one append may hold are added in several, and all of them arrive. */

beforeEach(aLaterHour);

const SIGNATURE = "n".repeat(200_000);

async function followedByTwo() {
  const databases = new Databases();
  const stage = await aStage(databases.ports);
  const other = `${stage.account}-other`;
  await seedAccount(stage.ctx, other);
  const { id: connection } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account, other],
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
  const [shipment, parcel] = [`SBX-${stage.account}`, `SBX-${stage.account}-P1`];
  await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: shipment });
  const scans = [{ ...DONE, signed_by: SIGNATURE }];
  const body = JSON.stringify(news(parcel, scans, { shipment_number: shipment, parcel_number: parcel }));
  const eventsOf = async (account: string) =>
    (await readFeed(stage.ctx.shardFor(account), `${account}.test`, 0, 100)).length;
  return { ...stage, databases, other, parcel, connection, body, eventsOf };
}

describe("an event with a signature of 200,000 characters", () => {
  it("is stored with all of it, and delivered once", async () => {
    const stage = await followedByTwo();
    await push(stage, stage.connection, stage.body);
    await push(stage, stage.connection, stage.body);
    await settle(stage);
    expect(await stage.eventsOf(stage.account)).toBe(1);
    const row = await shardDb()
      .prepare("SELECT body FROM events WHERE tenant_id = ?1")
      .bind(stage.tenant)
      .first<{ body: string }>();
    expect(row?.body).toContain(SIGNATURE);
  });

  it("reaches also an account that began to follow after a run that was cut off", async () => {
    const stage = await followedByTwo();
    const append = stage.databases.hold(appends);
    await push(stage, stage.connection, stage.body);
    await append.reached();
    await stage.inboxes.crash();
    await seedShipment(stage.ctx, stage.other, {
      carrier_id: "sandbox",
      carrier_tracking_id: stage.parcel,
    });
    await settle(stage);
    expect([await stage.eventsOf(stage.account), await stage.eventsOf(stage.other)]).toEqual([1, 1]);
  });
});

it("events of 5 MB in one document are added in several transactions, in order and once, also where one of them fails", async () => {
  const stage = await followedByTwo();
  const number = `SBX-${stage.account}`;
  const scans = Array.from({ length: 50 }, (_, n) => ({
    code: "DELIVERED",
    time: new Date(Date.parse("2026-03-10T00:00:00Z") + n * MINUTES).toISOString(),
    signed_by: `${n} ${"n".repeat(100_000)}`,
  }));
  const calls = stage.databases.count(appends);
  await push(stage, stage.connection, JSON.stringify(news(number, scans)));
  await expect.poll(() => calls.length).toBeGreaterThan(1);
  stage.databases.loseAnswer(appends);
  await settle(stage);
  time.now += MINUTES;
  await settle(stage);
  expect((await feed(stage)).map((element) => element?.sequence)).toEqual(scans.map((_, n) => n + 1));
  const state = (await documentsOf(stage, stage.connection)).map((document) => document.state);
  expect(state).toEqual(["done"]);
});
