import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { consume } from "../flow/consume.ts";
import { readFlow } from "../storage/flow-counts.ts";
import type { HeldQueue } from "../testing/seed.ts";
import { news, OUT, PICKED, push, type Stage, time, webhookStage } from "../testing/stage.ts";
import type { MetricPoint } from "./metrics.ts";
import { Tally } from "./tally.ts";

/** What the consumers count and say of a batch: real documents through the real steps, a batch a queue. */

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

/** Delivers what waits on a queue as one batch; returns how many are to come again. */
async function deliver(stage: Stage, queue: HeldQueue, name: string): Promise<number> {
  const now = new Date(time.now);
  const batch = createMessageBatch(
    name,
    queue.take().map((body, at) => ({ id: `${name}-${at}`, timestamp: now, attempts: 1, body })),
  );
  await consume(stage.ctx, batch);
  const { retryMessages } = await getQueueResult(batch, createExecutionContext());
  return retryMessages.length;
}

async function through(stage: Stage): Promise<void> {
  await deliver(stage, stage.documents, "gluey-documents");
  await deliver(stage, stage.events, "gluey-events");
}

const flowIn = async (way: "webhook" | "sftp" | "poll") => (await readFlow(env.DB, time.now)).minute.in[way];
const NONE = { total: 0, events: 0, duplicates: 0, unmapped: 0, failed: 0, dead: 0 };

it("counts a batch of documents once, when they are in the timelines, and in one line", async () => {
  const stage = await aStage();
  const bodies = [PICKED, OUT, { code: "NEVER_HEARD_OF", time: "2026-03-14T09:10:00+00:00" }];
  for (const scan of bodies) await push(stage, stage.connection, JSON.stringify(news(stage.number, [scan])));
  await deliver(stage, stage.documents, "gluey-documents");
  expect(await flowIn("webhook")).toEqual(NONE);
  lines = [];
  await deliver(stage, stage.events, "gluey-events");
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 3, events: 3, unmapped: 1 });
  expect(points).toMatchObject([{ kind: "in", way: "webhook", carrier_id: "sandbox", total: 3, events: 3 }]);
  expect(lines).toMatchObject([
    {
      event: "batch.done",
      queue: "gluey-events",
      count: 3,
      things: [1, 2, 3].map(() => ({ event: "timeline.posted", shipment_id: stage.shipment, events: 1 })),
    },
  ]);
  const { rows } = await countRows();
  expect(rows).toBe(1);
});

it("counts the same news again as a document without events, and by another way as duplicates", async () => {
  const stage = await aStage();
  const told = JSON.stringify(news(stage.number, [PICKED, OUT]));
  await push(stage, stage.connection, told);
  await through(stage);
  const before = await lastNew(stage.connection);
  time.now += 5 * 60_000;
  await push(stage, stage.connection, told);
  await through(stage);
  expect(await flowIn("webhook")).toEqual({ ...NONE, total: 1 });
  // Nothing new: the carrier is as silent as before.
  expect(await lastNew(stage.connection)).toEqual(before);
  expect(before).toMatchObject({ way: "webhook", last_new_at: time.now - 5 * 60_000 });
});

it("counts what can't be read as failed, and what nobody follows as a document", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify({ unlike: "anything" }));
  await push(stage, stage.connection, JSON.stringify(news("SBX-NOBODY", [PICKED])));
  await through(stage);
  expect(await flowIn("webhook")).toMatchObject({ total: 2, events: 0, failed: 1 });
});

it("a message that fails is asked for again, counted for the alert, and says which document it is about", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
  const broken = {
    ...stage,
    ctx: {
      ...stage.ctx,
      queues: {
        ...stage.ctx.queues,
        events: Object.assign(Object.create(stage.events), {
          send: async () => {
            throw new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long.");
          },
        }),
      },
    },
  };
  expect(await deliver(broken, stage.documents, "gluey-documents")).toBe(1);
  expect(points).toEqual([
    { kind: "fault", way: "queue", subject: "gluey-documents", total: 1, failed: 1 },
    { kind: "fault", way: "d1", subject: "gluey-documents", failed: 1 },
  ]);
  expect(lines.find(({ event }) => event === "message.failed")).toMatchObject({
    level: "warn",
    queue: "gluey-documents",
    document_id: expect.stringMatching(/^doc_/),
  });
});

it("goes on where counts can't be written", async () => {
  const stage = await aStage();
  await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
  await env.DB.prepare("ALTER TABLE flow_counts RENAME TO elsewhere").run();
  await through(stage);
  await env.DB.prepare("ALTER TABLE elsewhere RENAME TO flow_counts").run();
  expect(lines.map(({ event }) => event)).toContain("counts.not_kept");
  const states = await env.DB.prepare("SELECT state FROM documents WHERE connection_id = ?1")
    .bind(stage.connection)
    .all();
  expect(states.results).toEqual([{ state: "done" }]);
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
