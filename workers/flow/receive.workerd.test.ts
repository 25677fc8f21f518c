import { beforeEach, describe, expect, it } from "vitest";
import { PIECE_BYTES } from "../storage/documents.ts";
import { testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  documentsOf,
  feed,
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
import { harmonizeDocument } from "./harmonize.ts";
import { DocumentMessage } from "./messages.ts";
import { receivePush } from "./receive.ts";

beforeEach(aLaterHour);

describe("1a webhook", () => {
  it("accepts a signed push, and its events reach the feed once, in order", async () => {
    const stage = await webhookStage();
    const answer = await push(stage, stage.connection, JSON.stringify(news(stage.number, [OUT, PICKED])));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ accepted: true });
    await settle(stage);
    expect(await told(stage)).toEqual([
      [1, "accepted"],
      [2, "out_for_delivery"],
    ]);
    expect((await documentsOf(stage.connection)).map((d) => d.state)).toEqual(["done"]);
  });

  it("refuses what it can't verify and keeps nothing of it", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED]));
    expect((await push(stage, stage.connection, body, "another secret")).status).toBe(401);
    expect((await push(stage, stage.connection, body, SECRET, time.now - 3_600_000)).status).toBe(401);
    expect(await documentsOf(stage.connection)).toEqual([]);
  });

  it("knows no other carrier's or unknown connection", async () => {
    const stage = await webhookStage();
    expect((await push(stage, "con_unknown", "{}")).status).toBe(404);
  });

  it("says 422 to what is neither JSON nor XML, keeps what it can't read, and shows it", async () => {
    const stage = await webhookStage();
    expect((await push(stage, stage.connection, "not json")).status).toBe(422);
    expect((await push(stage, stage.connection, '{"something":"else"}')).status).toBe(202);
    await settle(stage);
    const [kept] = await documentsOf(stage.connection);
    expect(kept?.state).toBe("unreadable");
    expect(kept?.remarks).toContain("unreadable");
  });

  it("refuses a body over 10 MiB before reading it", async () => {
    const stage = await webhookStage();
    const request = new Request("https://hub.example/x", {
      method: "POST",
      headers: { "content-length": "11000000" },
      body: "{}",
    });
    expect((await receivePush(stage.ctx, "sandbox", stage.connection, request)).status).toBe(413);
  });

  it("carries a body over a queue message's size whole, in pieces that D1 takes", {
    timeout: 30_000,
  }, async () => {
    const stage = await webhookStage();
    const scans = Array.from({ length: 150 }, (_, n) => ({
      code: "IN_TRANSIT",
      time: new Date(Date.parse("2026-03-01T00:00:00Z") + n * 60_000).toISOString(),
      text: "é".repeat(4000),
    }));
    const body = JSON.stringify(news(stage.number, scans));
    expect(new TextEncoder().encode(body).length).toBeGreaterThan(PIECE_BYTES);
    expect((await push(stage, stage.connection, body)).status).toBe(202);
    const { results } = await testEnv()
      .DB.prepare("SELECT length(body) AS bytes FROM document_pieces")
      .all<{ bytes: number }>();
    expect(results.length).toBeGreaterThan(1);
    for (const { bytes } of results) expect(bytes).toBeLessThanOrEqual(PIECE_BYTES);
    const hints = stage.documents.take();
    for (const hint of hints) await harmonizeDocument(stage.ctx, DocumentMessage.parse(hint).document_id);
    for (const message of stage.events.sent)
      expect(new TextEncoder().encode(JSON.stringify(message)).length).toBeLessThan(128_000);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.sequence)).toEqual(scans.map((_, n) => n + 1));
    expect((await documentsOf(stage.connection)).map((d) => d.state)).toEqual(["done"]);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});
