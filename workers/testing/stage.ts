import type { Context } from "../context.ts";
import { runCheck } from "../flow/check.ts";
import { harmonizeDocument } from "../flow/harmonize.ts";
import { CheckMessage, DocumentMessage, PostMessage } from "../flow/messages.ts";
import { applyPost } from "../flow/post.ts";
import { receivePush } from "../flow/receive.ts";
import { enqueueChecks } from "../flow/tick.ts";
import { readFeed } from "../storage/feed.ts";
import { unfollowStatements } from "../storage/follow.ts";
import {
  answering,
  Folder,
  HeldQueue,
  recording,
  seedAccount,
  seedConnection,
  seedShipment,
  shardDb,
  tableScans,
  testContext,
  testEnv,
  watchedEnv,
} from "./seed.ts";

/** A stage for the steps of the flow: one account, a sandbox connection by one way in, queues that the test empties, a clock that it moves. */

export const SECRET = "sandbox-webhook-secret";
/** The clock of every stage; a test moves it. */
const BEGIN = Date.parse("2026-03-14T10:00:00Z");
export const time = { now: BEGIN };
let account = 0;
/** Every statement that the steps below prepared. */
export const statements = new Set<string>();

/** As at the beginning: what one file of tests left here is no other's. */
export function clearStage(): void {
  time.now = BEGIN;
  statements.clear();
}

export interface Stage {
  ctx: Context;
  account: string;
  tenant: string;
  documents: HeldQueue;
  checks: HeldQueue;
  events: HeldQueue;
}

/** A fresh account with queues that the test empties itself. */
export async function aStage(overrides: Partial<Context> = {}): Promise<Stage> {
  account += 1;
  const [documents, checks, events] = [new HeldQueue(), new HeldQueue(), new HeldQueue()];
  const ctx = testContext(
    // Lanes keep what is slow from the rest; here all of them are one queue.
    {
      queues: { documents, checks, slowChecks: checks, fileChecks: checks, events },
      now: () => time.now,
      ...overrides,
    },
    watchedEnv((db) => recording(db, statements)),
  );
  const name = `flow-${account}`;
  await seedAccount(ctx, name);
  return { ctx, account: name, tenant: `${name}.test`, documents, checks, events };
}

/** Delivers what waits on the queues, in the order of the steps, until nothing is left. */
export async function settle({ ctx, documents, events, checks }: Stage): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const due = [...checks.take().map((m) => () => runCheck(ctx, CheckMessage.parse(m)))];
    due.push(
      ...documents.take().map((m) => () => harmonizeDocument(ctx, DocumentMessage.parse(m).document_id)),
    );
    due.push(...events.take().map((m) => () => applyPost(ctx, PostMessage.parse(m))));
    if (due.length === 0) return;
    for (const step of due) await step();
  }
  throw new Error("The queues do not run empty.");
}

interface Scan {
  code: string;
  time: string;
}

export const news = (number: string, scans: Scan[], more: object = {}) => ({
  tracking: [{ tracking_number: number, events: scans, ...more }],
});

export async function push(
  stage: Stage,
  connection: string,
  body: string,
  secret = SECRET,
  at = time.now,
): Promise<Response> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const seconds = Math.floor(at / 1000);
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${seconds}.${body}`));
  const hex = [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return receivePush(
    stage.ctx,
    "sandbox",
    connection,
    new Request(`https://hub.example/carriers/sandbox/webhook/${connection}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-sandbox-signature": `t=${seconds},v1=${hex}` },
      body,
    }),
  );
}

export const feed = async ({ ctx, account: name, tenant }: Stage) =>
  (await readFeed(ctx.shardFor(name), tenant, 0, 1000)).map((entry) => entry.element);
export const told = async (stage: Stage) =>
  (await feed(stage)).map((element) => [element?.sequence, element?.event.status]);
export const documentsOf = async (connection: string) =>
  (
    await testEnv()
      .DB.prepare("SELECT id, state, remarks FROM documents WHERE connection_id = ?1 ORDER BY id")
      .bind(connection)
      .all<{ id: string; state: string; remarks: string | null }>()
  ).results;

export async function webhookStage(
  overrides: Partial<Context> = {},
): Promise<Stage & { connection: string; shipment: string; number: string }> {
  const stage = await aStage(overrides);
  const { id } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account],
    ways: { webhook: {} },
    credentials: { webhook_secret: SECRET },
  });
  const number = `SBX-${stage.account}`;
  const shipment = await seedShipment(stage.ctx, stage.account, {
    carrier_id: "sandbox",
    carrier_tracking_id: number,
  });
  return { ...stage, connection: id, shipment, number };
}

export const PICKED = { code: "PICKED_UP", time: "2026-03-14T08:00:00+00:00" };
export const OUT = { code: "OUT_FOR_DELIVERY", time: "2026-03-14T09:00:00+00:00" };
export const DONE = { code: "DELIVERED", time: "2026-03-14T09:30:00+00:00" };

export const MINUTES = 60_000;

/** What `DELETE /shipments/{id}` does to the rows. */
export async function stopShipment(ctx: Context, id: string): Promise<void> {
  await shardDb().prepare("UPDATE shipments SET tracking_state = 'stopped' WHERE id = ?1").bind(id).run();
  await ctx.control.batch(unfollowStatements(ctx.control, [id]));
}

export async function pollStage(answer: Parameters<typeof answering>[0]) {
  const stage = await aStage({ http: answering(answer) });
  const { id } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account],
    ways: { poll: { base_url: "http://127.0.0.1:1/" } },
    credentials: { api_key: "key" },
  });
  const number = `SBX-${stage.account}`;
  await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: number });
  return { ...stage, connection: id, number };
}

export const slotsOf = async (connection: string) =>
  (
    await testEnv()
      .DB.prepare(
        "SELECT interval_s, due_at, failures, last_error FROM check_slots WHERE connection_id = ?1 ORDER BY interval_s",
      )
      .bind(connection)
      .all<{ interval_s: number; due_at: number; failures: number; last_error: string | null }>()
  ).results;

export async function tickAfter(stage: Stage, ms: number): Promise<void> {
  time.now += ms;
  await enqueueChecks(stage.ctx);
  await settle(stage);
}

export async function sftpStage() {
  const folder = new Folder();
  const stage = await aStage({ sftp: folder });
  const { id } = await seedConnection(stage.ctx, {
    carrier_id: "sandbox",
    account_numbers: [stage.account],
    ways: {
      sftp: {
        host: "files.example",
        port: 22,
        username: "u",
        host_key_sha256: "x".repeat(43),
        directory: "out",
        after: "move",
        done_directory: "done",
        failed_directory: "failed",
      },
    },
    credentials: { sftp_password: "p" },
  });
  const number = `SBX-${stage.account}`;
  await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: number });
  return { ...stage, connection: id, number, folder };
}

/** Storage is shared by a file's tests: what earlier ones still had due is not the next one's business. */
export async function aLaterHour(): Promise<void> {
  time.now += 60 * MINUTES;
  await testEnv().DB.prepare("DELETE FROM check_slots").run();
}

/** Which of the statements prepared so far read a whole table, with the steps of their plans. None should. */
export async function scansSoFar(): Promise<Record<string, string[]>> {
  const scans: Record<string, string[]> = {};
  for (const sql of statements) {
    const found = await tableScans(testEnv().DB, sql);
    if (found.length > 0) scans[sql] = found;
  }
  return scans;
}
