import { beforeEach, describe, expect, it } from "vitest";
import { appends, Databases, lookUps } from "../testing/databases.ts";
import { answered, seedAccount, seedConnection, seedShipment, shardDb, testEnv } from "../testing/seed.ts";
import type { Stage } from "../testing/stage.ts";
import {
  aLaterHour,
  aStage,
  DONE,
  documentsOf,
  feed,
  MINUTES,
  news,
  OUT,
  PICKED,
  pollStage,
  push,
  SECRET,
  scansSoFar,
  settle,
  statements,
  stopShipment,
  tickAfter,
  time,
  told,
  webhookStage,
} from "../testing/stage.ts";
import { visitLanes } from "./lanes.ts";
import { readAgain } from "./read-again.ts";

beforeEach(aLaterHour);

describe("numbers and their shipments", () => {
  const statesOf = async (stage: Stage & { connection: string }) =>
    (await documentsOf(stage, stage.connection)).map(({ state }) => state);
  const end = async (stage: Stage & { number: string }, days_ago: number) =>
    shardDb()
      .prepare("UPDATE shipments SET ended_at = ?2 WHERE tenant_id = ?1")
      .bind(stage.tenant, time.now - days_ago * 86_400_000)
      .run();

  it("a number used again is the new shipment's alone, and events from before its start do not join it", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED, DONE])));
    await settle(stage);
    await end(stage, 91);
    const second = await seedShipment(stage.ctx, stage.account, {
      carrier_id: "sandbox",
      carrier_tracking_id: stage.number,
    });
    expect(second).not.toBe(stage.shipment);
    const before = (await feed(stage)).length;
    const later = { code: "PICKED_UP", time: new Date(time.now + 3_600_000).toISOString() };
    await push(
      stage,
      stage.connection,
      JSON.stringify(
        news(stage.number, [PICKED], {
          parcel_number: "OLD-PARCEL",
          shipment_number: stage.number,
          eta: "2026-03-15",
        }),
      ),
    );
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [later])));
    await settle(stage);
    expect((await feed(stage)).slice(before).map((e) => [e?.shipment_id, e?.event.status])).toEqual([
      [second, "accepted"],
    ]);
    const row = await shardDb()
      .prepare("SELECT eta, pieces FROM shipments WHERE id = ?1")
      .bind(second)
      .first();
    expect(row).toEqual({ eta: null, pieces: '{"total":1,"accepted":1}' });
  });

  it("a number that is registered while its document is being added to a timeline gets its events too", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const append = databases.hold(appends);
    await push(
      stage,
      stage.connection,
      JSON.stringify({
        tracking: [...news(stage.number, [PICKED]).tracking, ...news("SBX-late", [PICKED]).tracking],
      }),
    );
    await append.reached();
    // Its followers were looked up before that.
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-late" });
    append.resume();
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id).sort()).toEqual(
      [stage.number, "SBX-late"].sort(),
    );
    expect(await statesOf(stage)).toEqual(["done"]);
  });

  it("a number that two documents mention and that is registered while they are read again gets the events of both", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    for (const scan of [PICKED, OUT]) {
      const { tracking } = news("SBX-late", [scan]);
      const both = [...news(stage.number, [scan]).tracking, ...tracking];
      await push(stage, stage.connection, JSON.stringify({ tracking: both }));
    }
    await settle(stage);
    const ids = (await documentsOf(stage, stage.connection)).map(({ id }) => id);
    const followUp = databases.hold(lookUps, "after");
    await readAgain(stage.ctx, ids, false);
    await followUp.reached();
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-late" });
    followUp.resume();
    await settle(stage);
    expect((await feed(stage)).filter((e) => e?.carrier_tracking_id === "SBX-late")).toHaveLength(2);
    expect(await statesOf(stage)).toEqual(["done", "done"]);
  });

  it("600 events of one document are added in several rounds: a run cut off between two leaves no gap and no duplicate", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const scans = Array.from({ length: 600 }, (_, at) => ({
      code: "IN_TRANSIT",
      time: new Date(Date.parse("2026-03-01T00:00:00Z") + at * MINUTES)
        .toISOString()
        .replace(/\.\d+Z$/u, "+00:00"),
    }));
    const first = databases.hold(appends, "after");
    await push(stage, stage.connection, JSON.stringify(news(stage.number, scans)));
    await first.reached();
    expect((await told(stage)).length).toBeLessThan(600);
    const second = databases.hold(appends);
    first.resume();
    await second.reached();
    await stage.inboxes.crash();
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.sequence)).toEqual(scans.map((_, at) => at + 1));
    expect(await statesOf(stage)).toEqual(["done"]);
  });

  it("a document that takes long is processed by one run, however often the tick visits", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const calls = databases.count(appends);
    const append = databases.hold(appends);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await append.reached();
    for (const minutes of [1, 2, 15]) {
      time.now += minutes * MINUTES;
      await visitLanes(stage.ctx);
    }
    append.resume();
    await settle(stage);
    expect(calls).toHaveLength(1);
    expect((await told(stage)).length).toBe(1);
  });

  it("a document whose events a database refuses is set aside with the reason, and holds up no other", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const shipment = await seedShipment(stage.ctx, stage.account, {
      carrier_id: "sandbox",
      carrier_tracking_id: "SBX-refused",
    });
    databases.fail(
      (call) => appends(call) && call.values.some((value) => String(value).includes(shipment)),
      "D1_ERROR: CHECK constraint failed: SQLITE_CONSTRAINT",
    );
    stage.inboxes.hold();
    for (const number of ["SBX-refused", stage.number])
      await push(stage, stage.connection, JSON.stringify(news(number, [PICKED])));
    await settle(stage);
    const [refused, other] = await documentsOf(stage, stage.connection);
    expect(refused).toMatchObject({ state: "unreadable", remarks: [{ kind: "unreadable" }] });
    expect(refused?.remarks[0]?.detail).toContain("CHECK constraint failed");
    expect(other).toMatchObject({ state: "done", remarks: [] });
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id)).toEqual([stage.number]);
  });

  it("a document of a shipment whose registration is under way waits for it; one whose registration died follows nobody", async () => {
    const stage = await webhookStage();
    await testEnv()
      .DB.prepare(
        "INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at) VALUES (?1, 'SBX-half', ?2, '', ?3, 0)",
      )
      .bind(stage.connection, stage.ctx.newId("shp"), stage.tenant)
      .run();
    await push(stage, stage.connection, JSON.stringify(news("SBX-half", [PICKED])));
    for (const minutes of [0, 1, 5]) {
      time.now += minutes * MINUTES;
      await settle(stage);
      expect(await statesOf(stage)).toEqual(["accepted"]);
    }
    for (const minutes of [60, 1]) {
      time.now += minutes * MINUTES;
      await settle(stage);
    }
    expect(await statesOf(stage)).toEqual(["done"]);
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-half" });
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id)).toEqual(["SBX-half"]);
  });

  it("a connection feeds only the accounts it names today", async () => {
    const stage = await webhookStage();
    await testEnv()
      .DB.prepare("DELETE FROM connection_accounts WHERE connection_id = ?1")
      .bind(stage.connection)
      .run();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    expect(await told(stage)).toEqual([]);
  });

  it("is found whether the carrier prints it with blanks or without", async () => {
    const stage = await webhookStage();
    const number = "SBX0000000000018";
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: number });
    await push(stage, stage.connection, JSON.stringify(news("sbx 0000 0000 0001 8", [PICKED])));
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id)).toEqual([number]);
  });

  it("is asked for until every shipment that follows a number has ended", async () => {
    const scans = [PICKED];
    const stage = await pollStage((request) =>
      answered(200, JSON.stringify(news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), scans))),
    );
    const other = `${stage.account}-b`;
    await seedAccount(stage.ctx, other);
    await testEnv()
      .DB.prepare(
        "INSERT INTO connection_accounts (account_number, carrier_id, connection_id) VALUES (?1, 'sandbox', ?2)",
      )
      .bind(other, stage.connection)
      .run();
    await seedShipment(stage.ctx, other, { carrier_id: "sandbox", carrier_tracking_id: stage.number });
    scans.push(DONE);
    await tickAfter(stage, 16 * MINUTES);
    expect((await told(stage)).at(-1)?.[1]).toBe("delivered");
    const checks = await testEnv()
      .DB.prepare("SELECT status, interval_s FROM checks WHERE connection_id = ?1")
      .bind(stage.connection)
      .all();
    // What is left is the last look of a day later.
    expect(checks.results).toEqual([{ status: "delivered", interval_s: 86_400 }]);
  });

  it("stays stopped, whatever a connection with auto_register says later", async () => {
    const stage = await aStage();
    const { id } = await seedConnection(stage.ctx, {
      carrier_id: "sandbox",
      account_numbers: [stage.account],
      ways: { webhook: {} },
      credentials: { webhook_secret: SECRET },
      auto_register: true,
    });
    await push(stage, id, JSON.stringify(news("SBX-stop", [PICKED])));
    await settle(stage);
    const [first] = await feed(stage);
    await stopShipment(stage.ctx, first?.shipment_id ?? "");
    await push(stage, id, JSON.stringify(news("SBX-stop", [PICKED, OUT])));
    await settle(stage);
    expect((await feed(stage)).length).toBe(1);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});
