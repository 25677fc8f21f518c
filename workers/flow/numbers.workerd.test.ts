import { beforeEach, describe, expect, it } from "vitest";
import {
  answered,
  seedAccount,
  seedConnection,
  seedShipment,
  shardDb,
  testContext,
  testEnv,
} from "../testing/seed.ts";
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
import { harmonizeDocument } from "./harmonize.ts";
import { DocumentMessage, PostMessage } from "./messages.ts";
import { applyPost } from "./post.ts";
import { acceptAgain, sweepDocuments } from "./sweep.ts";

beforeEach(aLaterHour);

describe("numbers and their shipments", () => {
  const end = async (stage: Stage & { number: string }, days_ago: number) =>
    shardDb()
      .prepare("UPDATE shipments SET ended_at = ?2 WHERE tenant_id = ?1")
      .bind(stage.tenant, time.now - days_ago * 86_400_000)
      .run();

  it("a number used again is the new shipment's alone, and news from before its start does not join it", async () => {
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

  it("a document whose earlier news is asked for while it is being read is read once more", async () => {
    const stage = await webhookStage();
    await push(
      stage,
      stage.connection,
      JSON.stringify({
        tracking: [...news(stage.number, [PICKED]).tracking, ...news("SBX-late", [PICKED]).tracking],
      }),
    );
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    // Registered after the document's followers were read, before its post is in the timeline.
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-late" });
    await settle(stage);
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id).sort()).toEqual(
      [stage.number, "SBX-late"].sort(),
    );
    expect((await documentsOf(stage.connection)).map((d) => d.state)).toEqual(["done"]);
  });

  it("a run of many posts that is still posting is left alone by the sweep, and made again when it died", async () => {
    const stage = await webhookStage();
    const scans = Array.from({ length: 600 }, (_, at) => ({
      code: "IN_TRANSIT",
      time: new Date(Date.parse("2026-03-01T00:00:00Z") + at * MINUTES)
        .toISOString()
        .replace(/\.\d+Z$/u, "+00:00"),
    }));
    await push(stage, stage.connection, JSON.stringify(news(stage.number, scans)));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    expect(stage.events.take().length).toBeGreaterThan(1);
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent).toEqual([]);
    time.now += 15 * MINUTES;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await told(stage)).length).toBe(600);
  });

  it("a document whose only post is under way is enqueued again once, not every minute", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    const [post] = stage.events.take();
    const swept = async (minutes: number) => {
      time.now += minutes * MINUTES;
      await sweepDocuments(stage.ctx);
      return stage.documents.take().length;
    };
    expect([await swept(2), await swept(1), await swept(1)]).toEqual([1, 0, 0]);
    expect(await swept(15)).toBe(1);
    // The first post comes after all: it finishes the document, and what was enqueued beside it finds nothing to do.
    await applyPost(stage.ctx, PostMessage.parse(post));
    expect(await swept(20)).toBe(0);
    expect((await told(stage)).length).toBe(1);
  });

  it("a post under way does not finish a document that is to be read again since", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    const { document_id } = DocumentMessage.parse(stage.documents.take()[0]);
    await harmonizeDocument(stage.ctx, document_id);
    const [post] = stage.events.take();
    await acceptAgain(stage.ctx.control, [document_id], false);
    await applyPost(stage.ctx, PostMessage.parse(post));
    const state = async () => (await documentsOf(stage.connection)).map((row) => row.state);
    expect(await state()).toEqual(["accepted"]);
    await harmonizeDocument(stage.ctx, document_id);
    await settle(stage);
    expect(await state()).toEqual(["done"]);
  });

  it("a post that fails every time is given up after a while, with its reason, and holds up no other document", async () => {
    const broken = {
      ...testContext(),
      deliveryOf: () => {
        throw new Error("the object is broken");
      },
    };
    const stage = await webhookStage({ deliveryOf: broken.deliveryOf });
    await testEnv()
      .DB.prepare(
        `INSERT INTO subscriptions (id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at)
         VALUES (?1, ?2, ?3, 'webhook', '{}', x'00', 'k1', 0, 0, 0, 0)`,
      )
      .bind(`sub_${stage.account}`, stage.tenant, stage.account)
      .run();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    const post = PostMessage.parse(stage.events.take()[0]);
    for (let attempt = 0; attempt < 12; attempt++) await applyPost(stage.ctx, post).catch(() => {});
    const [document] = await documentsOf(stage.connection);
    expect(document?.state).toBe("unreadable");
    expect(document?.remarks).toContain("the object is broken");
  });

  it("news for a shipment whose registration is under way waits for it; one that died is taken out of the directory", async () => {
    const stage = await webhookStage();
    const follow = (id: string) =>
      testEnv()
        .DB.prepare(
          "INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at) VALUES (?1, 'SBX-half', ?2, '', ?3, 0)",
        )
        .bind(stage.connection, id, stage.tenant)
        .run();
    const young = stage.ctx.newId("shp");
    await follow(young);
    await push(stage, stage.connection, JSON.stringify(news("SBX-half", [PICKED])));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    const post = PostMessage.parse(stage.events.take()[0]);
    await expect(applyPost(stage.ctx, post)).rejects.toThrow(/not there/);
    time.now += 3_600_000;
    await expect(applyPost(stage.ctx, post)).rejects.toThrow(/not there/);
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await documentsOf(stage.connection)).map((d) => d.state)).toEqual(["done"]);
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-half" });
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
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

  it("stays stopped, whatever a connection with auto_register goes on telling", async () => {
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
