import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { inboxName } from "../inbox/name.ts";
import { pendingRereads } from "../storage/rereads.ts";
import { appends, Databases, lookUps } from "../testing/databases.ts";
import {
  recording,
  seedConnection,
  seedShipment,
  shardDb,
  testContext,
  watchedEnv,
} from "../testing/seed.ts";
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
  scansSoFar,
  settle,
  statements,
  time,
  told,
  webhookStage,
} from "../testing/stage.ts";
import { visitLanes } from "./lanes.ts";
import { handOverLeft, readAgain } from "./read-again.ts";
import { retireAnswers, retireFiles, retireShipments } from "./retire.ts";
import { sweepBacklogs } from "./sweep.ts";

beforeEach(aLaterHour);

describe("nothing is lost, and nothing is delivered twice", () => {
  it("the same push twice, and a document that is read again, change nothing", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED, OUT]));
    await push(stage, stage.connection, body);
    await settle(stage);
    await push(stage, stage.connection, body);
    await settle(stage);
    const ids = (await documentsOf(stage, stage.connection)).map(({ id }) => id);
    expect(ids).toHaveLength(2);
    for (const reread of [false, true]) {
      await readAgain(stage.ctx, ids, reread);
      await settle(stage);
    }
    expect((await told(stage)).length).toBe(2);
    expect((await documentsOf(stage, stage.connection)).map(({ state }) => state)).toEqual(["done", "done"]);
  });

  it("an inbox that is cut off right after its acceptance processes the document when its alarm fires", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await stage.inboxes.crash();
    const alarm = await runInDurableObject(inboxOf(stage), (_inbox, state) => state.storage.getAlarm());
    expect(alarm).not.toBeNull();
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
  });

  it("an inbox that lost its alarm is started by the tick's visit", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await stage.inboxes.crash();
    await runInDurableObject(inboxOf(stage), (_inbox, state) => state.storage.deleteAlarm());
    stage.inboxes.release();
    await visitLanes(stage.ctx);
    await expect.poll(() => told(stage)).toEqual([[1, "accepted"]]);
  });

  it("a document is not done before it is in the timeline, and waits while its database can't be reached", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const recover = databases.fail(({ database }) => database === "SHARD_1");
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    const state = async () => (await documentsOf(stage, stage.connection)).map((document) => document.state);
    expect(await state()).toEqual(["accepted"]);
    time.now += 16 * MINUTES;
    await settle(stage);
    expect(await state()).toEqual(["accepted"]);
    recover();
    time.now += 2 * MINUTES;
    await settle(stage);
    expect(await state()).toEqual(["done"]);
    expect((await told(stage)).length).toBe(1);
  });

  it("a document that is to be read again while it is being processed is processed once more", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const asked = databases.count(lookUps);
    const append = databases.hold(appends);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await append.reached();
    const [document] = await documentsOf(stage, stage.connection);
    await readAgain(stage.ctx, [document?.id ?? ""], true);
    append.resume();
    await settle(stage);
    expect(asked).toHaveLength(2);
    expect((await documentsOf(stage, stage.connection)).map(({ state }) => state)).toEqual(["done"]);
    expect((await told(stage)).length).toBe(1);
  });

  it("a document of several pieces survives a crash right after its acceptance", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    const body = JSON.stringify({ ...news(stage.number, [PICKED]), padding: "x".repeat(2_500_000) });
    expect((await push(stage, stage.connection, body)).status).toBe(202);
    await stage.inboxes.crash();
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
  });

  it("several lanes with events of one shipment give one timeline without gaps", async () => {
    const stage = await webhookStage();
    await stage.ctx.control
      .prepare(
        `INSERT INTO lanes (connection_id, lane, removed, created_at, waiting, unreadable, last_received_at)
         SELECT ?1, value, 0, 0, 0, 0, 0 FROM json_each('[1,2,3]')`,
      )
      .bind(stage.connection)
      .run();
    const scans = Array.from({ length: 24 }, (_, n) => ({
      code: "IN_TRANSIT",
      time: new Date(Date.parse("2026-03-10T00:00:00Z") + n * 60_000).toISOString(),
    }));
    stage.inboxes.hold();
    for (const scan of scans) await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan])));
    const lanes = new Set((await documentsOf(stage, stage.connection)).map(({ id }) => id.split("_").at(-1)));
    expect(lanes.size).toBeGreaterThan(1);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.sequence)).toEqual(scans.map((_, n) => n + 1));
  });

  it("a number that nobody follows is stored, and its events are delivered when it is registered", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news("SBX-early", [PICKED])));
    await settle(stage);
    expect(await told(stage)).toEqual([]);
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-early" });
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id)).toEqual(["SBX-early"]);
  });

  it("where the inbox can't be reached as a number is registered, the tick hands the document over", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news("SBX-early", [PICKED])));
    await settle(stage);
    const inboxOf = (connection_id: string, lane: number) => ({
      ...stage.inboxes.of(connection_id, lane),
      readAgain: () => Promise.reject(new Error("Network connection lost.")),
    });
    await seedShipment({ ...stage.ctx, inboxOf }, stage.account, {
      carrier_id: "sandbox",
      carrier_tracking_id: "SBX-early",
    });
    await settle(stage);
    expect(await told(stage)).toEqual([]);
    await handOverLeft(stage.ctx);
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
    expect(await pendingRereads(stage.ctx.control, 10)).toEqual([]);
  });

  it("a connection of one account with auto_register registers the numbers that its carrier mentions", async () => {
    const stage = await aStage();
    const { id } = await seedConnection(stage.ctx, {
      carrier_id: "sandbox",
      account_numbers: [stage.account],
      ways: { webhook: {} },
      credentials: { webhook_secret: SECRET },
      auto_register: true,
    });
    await push(stage, id, JSON.stringify(news("SBX-auto", [PICKED])));
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id)).toEqual(["SBX-auto"]);
  });

  it("a parcel first seen at the carrier becomes one, and is followed by its own number", async () => {
    const stage = await webhookStage();
    const parcel = `${stage.number}-P1`;
    await push(
      stage,
      stage.connection,
      JSON.stringify(news(parcel, [PICKED], { shipment_number: stage.number, parcel_number: parcel })),
    );
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.parcel?.carrier_tracking_id)).toEqual([parcel]);
    await push(stage, stage.connection, JSON.stringify(news(parcel, [OUT], { parcel_number: parcel })));
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.parcel?.carrier_tracking_id)).toEqual([parcel, parcel]);
  });

  it("an unknown code is delivered as unmapped, is counted once, and changes no status", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(
      news(stage.number, [PICKED, { code: "NEVER_HEARD_OF", time: "2026-03-14T09:10:00+00:00" }]),
    );
    await push(stage, stage.connection, body);
    await push(stage, stage.connection, body);
    await settle(stage);
    expect((await feed(stage)).map((e) => [e?.event.codes.gluey.code, e?.shipment_status])).toEqual([
      ["collected", "accepted"],
      ["unmapped", "accepted"],
    ]);
    const row = await shardDb()
      .prepare("SELECT count FROM unmapped WHERE code = 'NEVER_HEARD_OF'")
      .first<{ count: number }>();
    expect(row?.count).toBe(1);
  });
});

it("no statement of these steps, or of the tick's, reads a whole table", async () => {
  const ctx = testContext(
    {},
    watchedEnv((db) => recording(db, statements)),
  );
  for (const part of [sweepBacklogs, visitLanes, handOverLeft, retireAnswers, retireShipments, retireFiles])
    await part(ctx);
  expect(statements.size).toBeGreaterThan(20);
  expect(await scansSoFar()).toEqual({});
});

function inboxOf({ connection, inboxes }: Awaited<ReturnType<typeof webhookStage>>) {
  return inboxes.stub(inboxName({ connection_id: connection, lane: 0 }));
}
