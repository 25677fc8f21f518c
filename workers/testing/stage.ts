import type { Context } from "../context.ts";
import { runCheck } from "../flow/check.ts";
import { listDocuments } from "../flow/documents.ts";
import { CheckMessage } from "../flow/messages.ts";
import { receivePush } from "../flow/receive.ts";
import { enqueueChecks } from "../flow/tick.ts";
import { readFeed } from "../storage/feed.ts";
import { unfollowStatements } from "../storage/follow.ts";
import { Inboxes, releaseAll } from "./inboxes.ts";
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
  checks: HeldQueue;
  inboxes: Inboxes;
}

/** A fresh account with queues that the test empties itself. */
export async function aStage(overrides: Partial<Context> = {}): Promise<Stage> {
  account += 1;
  const checks = new HeldQueue();
  const inboxes = new Inboxes(() => ctx);
  const ctx: Context = testContext(
    // Checks that are slow have a queue of their own; here all of them share one.
    {
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf: inboxes.of,
      now: () => time.now,
      ...overrides,
    },
    watchedEnv((db) => recording(db, statements)),
  );
  const name = `flow-${account}`;
  await seedAccount(ctx, name);
  return { ctx, account: name, tenant: `${name}.test`, checks, inboxes };
}

/** Delivers what waits on the queue of checks, and lets the inboxes run, until nothing is left that is due. */
export async function settle({ ctx, checks, inboxes }: Stage): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const due = checks.take();
    for (const message of due) await runCheck(ctx, CheckMessage.parse(message));
    if (!(await inboxes.settle()) && due.length === 0) return;
  }
  throw new Error("The queue of checks does not run empty.");
}

interface Scan {
  code: string;
  time: string;
}

export const news = (number: string, scans: Scan[], more: object = {}) => ({
  tracking: [{ tracking_number: number, events: scans, ...more }],
});

export async function push(
  stage: Pick<Stage, "ctx">,
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
/** A connection's documents, the oldest first. */
export const documentsOf = async (stage: Pick<Stage, "ctx">, connection: string) => {
  const query = { state: null, source: null, since: 0, before: null, limit: 1000 };
  const { documents } = await listDocuments(stage.ctx, query);
  return documents.filter(({ connection_id }) => connection_id === connection).reverse();
};

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

export async function pollStage(answer: Parameters<typeof answering>[0], overrides: Partial<Context> = {}) {
  const stage = await aStage({ http: answering(answer), ...overrides });
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
  releaseAll();
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
