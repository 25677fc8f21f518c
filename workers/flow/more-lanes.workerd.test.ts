import { beforeEach, describe, expect, it } from "vitest";
import { documentPlace } from "../domain/document-id.ts";
import { aLaterHour, documentsOf, news, PICKED, push, settle, time, webhookStage } from "../testing/stage.ts";
import { visitLanes } from "./lanes.ts";

beforeEach(aLaterHour);

describe("a connection whose inbox can't keep up", () => {
  it("gets twice as many lanes after a minute, and an isolate that remembers the connection uses them", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED]));
    stage.inboxes.hold();
    expect((await push(stage, stage.connection, body)).status).toBe(202);
    time.now += 2000;
    await visitLanes(stage.ctx);
    time.now += 61_000;
    await visitLanes(stage.ctx);
    for (let sent = 0; sent < 30; sent++)
      expect((await push(stage, stage.connection, body)).status).toBe(202);
    await settle(stage);
    const documents = await documentsOf(stage, stage.connection);
    expect(new Set(documents.map(({ id }) => documentPlace(id)?.lane))).toEqual(new Set([0, 1]));
    expect(documents.every(({ state }) => state === "done")).toBe(true);
  });
});
