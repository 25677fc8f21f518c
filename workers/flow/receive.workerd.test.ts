import { beforeEach, describe, expect, it } from "vitest";
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
import { loadDocument } from "./documents.ts";
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
    expect((await documentsOf(stage, stage.connection)).map((d) => d.state)).toEqual(["done"]);
  });

  it("refuses what it can't verify and keeps nothing of it", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED]));
    expect((await push(stage, stage.connection, body, "another secret")).status).toBe(401);
    expect((await push(stage, stage.connection, body, SECRET, time.now - 3_600_000)).status).toBe(401);
    expect(await documentsOf(stage, stage.connection)).toEqual([]);
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
    const [kept] = await documentsOf(stage, stage.connection);
    expect(kept?.state).toBe("unreadable");
    expect(kept?.remarks).toMatchObject([{ kind: "unreadable" }]);
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

  it("stores a body that is larger than a row may be, and returns it byte for byte", async () => {
    const stage = await webhookStage();
    const scans = Array.from({ length: 300 }, (_, n) => ({
      code: "IN_TRANSIT",
      time: new Date(Date.parse("2026-03-01T00:00:00Z") + n * 60_000).toISOString(),
      text: "é".repeat(4000),
    }));
    const body = JSON.stringify(news(stage.number, scans));
    const bytes = new TextEncoder().encode(body);
    expect(bytes.length).toBeGreaterThan(2_000_000);
    expect((await push(stage, stage.connection, body)).status).toBe(202);
    const [row] = await documentsOf(stage, stage.connection);
    const document = await loadDocument(stage.ctx, row?.id ?? "");
    expect(document?.body).toEqual(bytes);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.sequence)).toEqual(scans.map((_, n) => n + 1));
    expect((await documentsOf(stage, stage.connection)).map((d) => d.state)).toEqual(["done"]);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});
