import { beforeEach, describe, expect, it } from "vitest";
import { keepDocument, type NewDocument } from "../storage/documents.ts";
import { recording, seedConnection, seedShipment, shardDb, testContext, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  aStage,
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
import { archiveDocuments } from "./archive.ts";
import { harmonizeDocument } from "./harmonize.ts";
import { DocumentMessage, PostMessage } from "./messages.ts";
import { applyPost } from "./post.ts";
import { retireDocuments, retireFiles, retireShipments } from "./retire.ts";
import { acceptAgain, sweepBacklogs, sweepDocuments } from "./sweep.ts";

beforeEach(aLaterHour);

describe("nothing is lost, nothing told twice", () => {
  it("the same push twice, any message twice: nothing changes", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED, OUT]));
    await push(stage, stage.connection, body);
    const [hint] = stage.documents.take();
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(hint).document_id);
    const posts = stage.events.take().map((m) => PostMessage.parse(m));
    for (const post of [...posts, ...posts]) await applyPost(stage.ctx, post);
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(hint).document_id);
    await push(stage, stage.connection, body);
    await settle(stage);
    expect((await told(stage)).length).toBe(2);
  });

  it("a hint that was lost is made again by the sweep, and only while it is needed", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    stage.documents.take();
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent).toEqual([]);
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent.length).toBeGreaterThan(0);
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent).toEqual([]);
  });

  it("a post that was lost is made again, because the document is not done before it is in the timeline", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    stage.events.take();
    time.now += 16 * MINUTES;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
  });

  it("a document that is set back while a sweep passes it is found by the next", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    const [hint] = stage.documents.take();
    const { document_id } = DocumentMessage.parse(hint);
    await harmonizeDocument(stage.ctx, document_id);
    await settle(stage);
    time.now += 120_000;
    // The sweep has looked, found nothing, and is about to write down how far it came.
    const control = new Proxy(stage.ctx.control, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        if (name !== "prepare") return value.bind(target);
        return (sql: string) => {
          const statement = target.prepare(sql);
          if (!sql.includes("INTO sweeps")) return statement;
          const bind = statement.bind.bind(statement);
          statement.bind = (...values: unknown[]) => {
            const bound = bind(...values);
            const run = bound.run.bind(bound);
            bound.run = async <T>() => {
              await acceptAgain(target, [document_id], true);
              return run<T>();
            };
            return bound;
          };
          return statement;
        };
      },
    });
    await sweepDocuments({ ...stage.ctx, control });
    expect(stage.documents.take()).toEqual([]);
    await sweepDocuments(stage.ctx);
    expect(stage.documents.take()).toContainEqual({ document_id });
  });

  it("a large document whose pieces took so long that sweeps passed its id is found by the next", async () => {
    const stage = await webhookStage();
    const slow = new Proxy(stage.ctx.control, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== "prepare") return typeof value === "function" ? value.bind(target) : value;
        return (sql: string) => {
          if (sql.startsWith("INSERT INTO document_pieces")) time.now += 90_000;
          return target.prepare(sql);
        };
      },
    });
    const document: NewDocument = {
      id: stage.ctx.newId("doc"),
      connection_id: stage.connection,
      carrier_id: "sandbox",
      source: "webhook",
      body: new TextEncoder().encode(
        JSON.stringify({ ...news(stage.number, [PICKED]), padding: "x".repeat(1_500_000) }),
      ),
      content_type: null,
      received_at: time.now,
      http_status: null,
      asked: [],
      file_name: null,
    };
    const sweepBetween = new Proxy(slow, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== "batch") return typeof value === "function" ? value.bind(target) : value;
        return async (statements: D1PreparedStatement[]) => {
          await sweepDocuments(stage.ctx);
          return target.batch(statements);
        };
      },
    });
    await keepDocument(sweepBetween, document);
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
  });

  it("two posts at once about one shipment give one timeline without gaps", async () => {
    const stage = await webhookStage();
    const scans = Array.from({ length: 12 }, (_, n) => ({
      code: "IN_TRANSIT",
      time: new Date(Date.parse("2026-03-10T00:00:00Z") + n * 60_000).toISOString(),
    }));
    for (const scan of scans) await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan])));
    for (const hint of stage.documents.take())
      await harmonizeDocument(stage.ctx, DocumentMessage.parse(hint).document_id);
    const posts = stage.events.take().map((m) => PostMessage.parse(m));
    let open = posts;
    while (open.length > 0) {
      const ends = await Promise.allSettled(open.map((post) => applyPost(stage.ctx, post)));
      open = open.filter((_, n) => ends[n]?.status === "rejected");
    }
    expect((await feed(stage)).map((e) => e?.sequence)).toEqual(scans.map((_, n) => n + 1));
  });

  it("a number nobody follows is kept and taken up when it is registered", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news("SBX-early", [PICKED])));
    await settle(stage);
    expect(await told(stage)).toEqual([]);
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-early" });
    time.now += 120_000;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id)).toEqual(["SBX-early"]);
  });

  it("a connection of one account with auto_register registers what it speaks of", async () => {
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

  it("an unknown code is kept, counted once and moves nothing", async () => {
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

it("no statement of these steps, the sweeps and the retirement among them, reads a whole table", async () => {
  const ctx = testContext({ control: recording(testEnv().DB, statements) });
  await sweepBacklogs(ctx);
  for (const part of [archiveDocuments, retireDocuments, retireShipments, retireFiles]) await part(ctx);
  expect(statements.size).toBeGreaterThan(20);
  expect(await scansSoFar()).toEqual({});
});
