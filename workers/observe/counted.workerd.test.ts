import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { consume } from "../flow/consume.ts";
import { visitLanes } from "../flow/lanes.ts";
import { CheckMessage } from "../flow/messages.ts";
import { readAgain } from "../flow/read-again.ts";
import { readFlow } from "../storage/flow-counts.ts";
import {
  documentsOf,
  news,
  OUT,
  PICKED,
  push,
  type Stage,
  settle,
  time,
  webhookStage,
} from "../testing/stage.ts";
import type { MetricPoint } from "./metrics.ts";
import { Tally } from "./tally.ts";

/** What the inboxes and the consumers count: real documents through the real steps. */

let lines: Record<string, unknown>[] = [];
let points: MetricPoint[] = [];

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM flow_counts").run();
  lines = [];
  points = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});

const aStage = () =>
  webhookStage({ tally: new Tally(), metrics: { write: (more) => void points.push(...more) } });

/** The tick's visit, by which an inbox writes its counts. */
async function visit(stage: Stage): Promise<void> {
  await visitLanes(stage.ctx);
}

const flowIn = async (way: "webhook" | "sftp" | "poll") => (await readFlow(env.DB, time.now)).minute.in[way];
const NONE = { total: 0, events: 0, duplicates: 0, unmapped: 0, failed: 0, dead: 0 };
const THREE = [PICKED, OUT, { code: "NEVER_HEARD_OF", time: "2026-03-14T09:10:00+00:00" }];

it("counts documents once they are in the timelines, in one row a minute and way", async () => {
  const stage = await aStage();
  stage.inboxes.hold();
  for (const scan of THREE) await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan])));
  await visit(stage);
  expect(await flowIn("webhook")).toEqual(NONE);
  await settle(stage);
  await visit(stage);
  await visit(stage);
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 3, events: 3, unmapped: 1 });
  const total = points.reduce((sum, { kind, total: of = 0 }) => sum + (kind === "in" ? of : 0), 0);
  const events = points.reduce((sum, { kind, events: of = 0 }) => sum + (kind === "in" ? of : 0), 0);
  expect([total, events]).toEqual([3, 3]);
  expect(points).toContainEqual(
    expect.objectContaining({ kind: "in", way: "webhook", carrier_id: "sandbox", total: 3 }),
  );
  const { rows } = await countRows();
  expect(rows).toBe(1);
});

it("counts once what a crash interrupts, before it is processed or before its counts are written", async () => {
  const stage = await aStage();
  stage.inboxes.hold();
  for (const scan of THREE) await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan])));
  await stage.inboxes.crash();
  await settle(stage);
  await stage.inboxes.crash();
  await visit(stage);
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 3, events: 3, unmapped: 1 });
  await stage.inboxes.crash();
  await visit(stage);
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 3, events: 3, unmapped: 1 });
});

it("counts the same news again as a document without events, and by another way as duplicates", async () => {
  const stage = await aStage();
  const body = JSON.stringify(news(stage.number, [PICKED, OUT]));
  await push(stage, stage.connection, body);
  await settle(stage);
  await visit(stage);
  const before = await lastNew(stage.connection);
  time.now += 5 * 60_000;
  await push(stage, stage.connection, body);
  await settle(stage);
  await visit(stage);
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 1 });
  // Nothing new: the carrier is as silent as before.
  expect(await lastNew(stage.connection)).toEqual(before);
  expect(before).toMatchObject({ way: "webhook", last_new_at: time.now - 5 * 60_000 });
});

it("counts what can't be read as failed, and what nobody follows as a document", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify({ unlike: "anything" }));
  await push(stage, stage.connection, JSON.stringify(news("SBX-NOBODY", [PICKED])));
  await settle(stage);
  await visit(stage);
  expect(await flowIn("webhook")).toMatchObject({ total: 2, events: 0, failed: 1 });
});

it("counts no document again that is read again", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify({ unlike: "anything" }));
  await settle(stage);
  const [document] = await documentsOf(stage, stage.connection);
  await readAgain(stage.ctx, [document?.id ?? ""], true);
  await settle(stage);
  await visit(stage);
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 1, failed: 1 });
});

it("a message that fails is asked for again, counted for the alert, and says which connection it is about", async () => {
  const stage = await aStage();
  const message = {
    ...{ connection_id: stage.connection, way: "poll", interval_s: 900, slot: 0, claim: "c".repeat(16) },
    ...{ after: null, seen: 0, begun_at: null, turn_at: 0, slow: false },
  };
  expect(CheckMessage.safeParse(message).success).toBe(true);
  const control = new Proxy(stage.ctx.control, {
    get: () => () => {
      throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
    },
  });
  const now = new Date(time.now);
  const batch = createMessageBatch("gluey-checks", [{ id: "1", timestamp: now, attempts: 1, body: message }]);
  await consume({ ...stage.ctx, control }, batch);
  const { retryMessages } = await getQueueResult(batch, createExecutionContext());
  expect(retryMessages).toHaveLength(1);
  expect(points).toEqual([
    { kind: "fault", way: "queue", subject: "gluey-checks", total: 1, failed: 1 },
    { kind: "fault", way: "d1", subject: "gluey-checks", failed: 1 },
  ]);
  expect(lines.find(({ event }) => event === "message.failed")).toMatchObject({
    level: "warn",
    queue: "gluey-checks",
    connection_id: stage.connection,
  });
});

it("goes on where counts can't be written", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
  await env.DB.prepare("ALTER TABLE flow_counts RENAME TO elsewhere").run();
  await settle(stage);
  await visit(stage);
  await env.DB.prepare("ALTER TABLE elsewhere RENAME TO flow_counts").run();
  expect(lines.map(({ event }) => event)).toContain("counts.not_kept");
  expect((await documentsOf(stage, stage.connection)).map(({ state }) => state)).toEqual(["done"]);
});

it("nothing on the way of a carrier's webhook", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
  expect(stage.ctx.tally.isEmpty).toBe(true);
});

async function countRows(): Promise<{ rows: number }> {
  const row = await env.DB.prepare("SELECT count(*) AS rows FROM flow_counts").first<{ rows: number }>();
  return { rows: row?.rows ?? 0 };
}

const lastNew = (connection: string) =>
  env.DB.prepare("SELECT way, last_new_at FROM connection_news WHERE connection_id = ?1")
    .bind(connection)
    .first();
