import { beforeEach, describe, expect, it } from "vitest";
import {
  aLaterHour,
  feed,
  news,
  OUT,
  PICKED,
  push,
  scansSoFar,
  settle,
  statements,
  time,
  webhookStage,
} from "../testing/stage.ts";
import { applyMapping, tryMapping, withdrawMapping } from "./remap.ts";

beforeEach(aLaterHour);

describe("an operator maps a code", () => {
  const mapping = {
    carrier_id: "sandbox",
    code: "TELEPORTED",
    sub_code: "",
    service: "",
    text_pattern: "",
    path: "delivery/delivered",
    reason: null,
  };

  it("sees what would change, applies it, and customers get the corrected event as a further one", async () => {
    const stage = await webhookStage();
    const strange = { code: "TELEPORTED", time: "2026-03-14T09:20:00+00:00" };
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED, strange])));
    await settle(stage);
    const dry = await tryMapping(stage.ctx, mapping, null);
    expect(dry.changes).toMatchObject([
      { carrier_tracking_id: stage.number, from: "other/unmapped", to: "delivery/delivered" },
    ]);
    expect((await feed(stage)).length).toBe(2);
    expect((await applyMapping(stage.ctx, mapping, null)).documents).toBe(1);
    await settle(stage);
    const after = await feed(stage);
    expect(after.map((e) => [e?.sequence, e?.event.status, e?.shipment_status])).toEqual([
      [1, "accepted", "accepted"],
      [2, "notice", "accepted"],
      [3, "delivered", "delivered"],
    ]);
    expect(after[2]?.event.replaces).toBe(after[1]?.event.id);
    expect(after[2]?.event.rule.id).toMatch(/^map_/);
    expect((await tryMapping(stage.ctx, mapping, null)).events).toBe(0);
    await settle(stage);
    expect((await feed(stage)).length).toBe(3);
  });

  it("has the carrier's documents since a time read again, and once more when the mapping is withdrawn", async () => {
    const stage = await webhookStage();
    const since = time.now;
    const scans = [PICKED, { ...OUT, code: "BEAMED_UP" }, { ...OUT, code: "BEAMED_UP" }];
    for (const scan of scans) await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan])));
    await settle(stage);
    const change = { ...mapping, code: "BEAMED_UP" };
    const { documents, mapping: stored } = await applyMapping(stage.ctx, change, since);
    expect(documents).toBe(3);
    await settle(stage);
    const after = await feed(stage);
    expect(after.map((e) => e?.event.status)).toEqual(["accepted", "notice", "delivered"]);
    expect((await withdrawMapping(stage.ctx, stored.id, since))?.documents).toBe(3);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.event.status)).toEqual([
      "accepted",
      "notice",
      "delivered",
      "notice",
    ]);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});
