import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { SftpFault } from "../outside/sftp.ts";
import { PIECE_BYTES } from "../storage/documents.ts";
import { readFeed } from "../storage/feed.ts";
import { unfollowStatements } from "../storage/follow.ts";
import {
  answered,
  answering,
  Folder,
  HeldQueue,
  recording,
  seedAccount,
  seedConnection,
  seedShipment,
  tableScans,
  testContext,
  testEnv,
} from "../testing/seed.ts";
import { runCheck } from "./check.ts";
import { harmonizeDocument } from "./harmonize.ts";
import { CheckMessage, DocumentMessage, PostMessage } from "./messages.ts";
import { applyPost } from "./post.ts";
import { receivePush } from "./receive.ts";
import { applyMapping, tryMapping } from "./remap.ts";
import { retire } from "./retire.ts";
import { sweepBacklogs, sweepDocuments } from "./sweep.ts";
import { enqueueChecks } from "./tick.ts";

const SECRET = "sandbox-webhook-secret";
let clock = Date.parse("2026-03-14T10:00:00Z");
let account = 0;
/** Every statement that the steps below prepared. */
const statements = new Set<string>();

interface Stage {
  ctx: Context;
  account: string;
  tenant: string;
  documents: HeldQueue;
  checks: HeldQueue;
  events: HeldQueue;
}

/** A fresh account with queues that the test empties itself. */
async function aStage(overrides: Partial<Context> = {}): Promise<Stage> {
  account += 1;
  const [documents, checks, events] = [new HeldQueue(), new HeldQueue(), new HeldQueue()];
  const db = recording(testEnv().DB, statements);
  const ctx = testContext({
    queues: { documents, checks, events },
    now: () => clock,
    control: db,
    shardFor: () => db,
    ...overrides,
  });
  const name = `flow-${account}`;
  await seedAccount(ctx, name);
  return { ctx, account: name, tenant: `${name}.test`, documents, checks, events };
}

/** Delivers what waits on the queues, in the order of the steps, until nothing is left. */
async function settle({ ctx, documents, events, checks }: Stage): Promise<void> {
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

const news = (number: string, scans: Scan[], more: object = {}) => ({
  tracking: [{ tracking_number: number, events: scans, ...more }],
});

async function push(
  stage: Stage,
  connection: string,
  body: string,
  secret = SECRET,
  at = clock,
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

const feed = async ({ ctx, account: name, tenant }: Stage) =>
  (await readFeed(ctx.shardFor(name), tenant, 0, 1000)).map((entry) => entry.element);
const told = async (stage: Stage) =>
  (await feed(stage)).map((element) => [element?.sequence, element?.event.status]);
const documentsOf = async (connection: string) =>
  (
    await testEnv()
      .DB.prepare("SELECT id, state, remarks FROM documents WHERE connection_id = ?1 ORDER BY id")
      .bind(connection)
      .all<{ id: string; state: string; remarks: string | null }>()
  ).results;

async function webhookStage(
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

const PICKED = { code: "PICKED_UP", time: "2026-03-14T08:00:00+00:00" };
const OUT = { code: "OUT_FOR_DELIVERY", time: "2026-03-14T09:00:00+00:00" };
const DONE = { code: "DELIVERED", time: "2026-03-14T09:30:00+00:00" };

// Storage is shared by a file's tests: what earlier ones still had due is not this one's business.
beforeEach(async () => {
  clock += 3_600_000;
  await testContext().control.prepare("DELETE FROM check_slots").run();
});

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
    expect((await push(stage, stage.connection, body, SECRET, clock - 3_600_000)).status).toBe(401);
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
    clock += 120_000;
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent.length).toBeGreaterThan(0);
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
    clock += 120_000;
    await sweepDocuments(stage.ctx);
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent).toEqual([]);
  });

  it("a post that was lost is made again, because the document is not done before it is in the timeline", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    stage.events.take();
    clock += 16 * MINUTES;
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
    clock += 120_000;
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
    const row = await testEnv()
      .DB.prepare("SELECT count FROM unmapped WHERE code = 'NEVER_HEARD_OF'")
      .first<{ count: number }>();
    expect(row?.count).toBe(1);
  });
});

describe("numbers and their shipments", () => {
  const end = async (stage: Stage & { number: string }, days_ago: number) =>
    testEnv()
      .DB.prepare("UPDATE shipments SET ended_at = ?2 WHERE tenant_id = ?1")
      .bind(stage.tenant, clock - days_ago * 86_400_000)
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
    const later = { code: "PICKED_UP", time: new Date(clock + 3_600_000).toISOString() };
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
    const row = await testEnv()
      .DB.prepare("SELECT eta, pieces FROM shipments WHERE id = ?1")
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
    clock += 120_000;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await feed(stage)).map((e) => e?.carrier_tracking_id).sort()).toEqual(
      [stage.number, "SBX-late"].sort(),
    );
    expect((await documentsOf(stage.connection)).map((d) => d.state)).toEqual(["done"]);
  });

  it("a run that is still posting is left alone by the sweep, and made again when it died", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await harmonizeDocument(stage.ctx, DocumentMessage.parse(stage.documents.take()[0]).document_id);
    stage.events.take();
    clock += 120_000;
    await sweepDocuments(stage.ctx);
    expect(stage.documents.sent).toEqual([]);
    clock += 15 * MINUTES;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
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
    clock += 3_600_000;
    await expect(applyPost(stage.ctx, post)).rejects.toThrow(/not there/);
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await documentsOf(stage.connection)).map((d) => d.state)).toEqual(["done"]);
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-half" });
    clock += 120_000;
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
      .DB.prepare("SELECT count(*) AS n FROM checks WHERE connection_id = ?1")
      .bind(stage.connection)
      .first<{ n: number }>();
    expect(checks?.n).toBe(0);
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
    await stopShipment(stage.ctx, stage, first?.shipment_id ?? "");
    await push(stage, id, JSON.stringify(news("SBX-stop", [PICKED, OUT])));
    await settle(stage);
    expect((await feed(stage)).length).toBe(1);
  });
});

/** What `DELETE /shipments/{id}` does to the rows. */
async function stopShipment(ctx: Context, stage: Stage, id: string): Promise<void> {
  await ctx
    .shardFor(stage.account)
    .prepare("UPDATE shipments SET tracking_state = 'stopped' WHERE id = ?1")
    .bind(id)
    .run();
  await ctx.control.batch(unfollowStatements(ctx.control, [id]));
}

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
    clock += 120_000;
    await sweepDocuments(stage.ctx);
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
    clock += 120_000;
    await sweepDocuments(stage.ctx);
    await settle(stage);
    expect((await feed(stage)).length).toBe(3);
  });
});

async function pollStage(answer: Parameters<typeof answering>[0]) {
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

const slotsOf = async (connection: string) =>
  (
    await testEnv()
      .DB.prepare(
        "SELECT interval_s, due_at, failures, last_error FROM check_slots WHERE connection_id = ?1 ORDER BY interval_s",
      )
      .bind(connection)
      .all<{ interval_s: number; due_at: number; failures: number; last_error: string | null }>()
  ).results;

async function tickAfter(stage: Stage, ms: number): Promise<void> {
  clock += ms;
  await enqueueChecks(stage.ctx);
  await settle(stage);
}

const MINUTES = 60_000;

describe("1c poll", () => {
  it("asks for what is due, and the same answer again is no news and no write beyond the schedule", async () => {
    let asked = 0;
    const stage = await pollStage((request) => {
      asked += 1;
      expect(request.headers.authorization).toBe("Bearer key");
      return answered(
        200,
        JSON.stringify({
          asked_at: asked,
          ...news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), [PICKED]),
        }),
      );
    });
    await tickAfter(stage, 15 * MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    await tickAfter(stage, 16 * MINUTES);
    expect(asked).toBe(2);
    expect((await documentsOf(stage.connection)).length).toBe(1);
  });

  it("claims nothing twice, and claims again what died", async () => {
    const stage = await pollStage(() => answered(200, JSON.stringify({ tracking: [] })));
    clock += 15 * MINUTES;
    await Promise.all([enqueueChecks(stage.ctx), enqueueChecks(stage.ctx)]);
    expect(stage.checks.take().length).toBe(1);
    clock += 11 * MINUTES;
    await enqueueChecks(stage.ctx);
    const again = stage.checks.take();
    expect(again.length).toBe(1);
  });

  it("asks more often once it is out for delivery, and not at all after the end", async () => {
    const scans = [PICKED, OUT];
    const stage = await pollStage((request) =>
      answered(200, JSON.stringify(news(decodeURIComponent(request.url.split("numbers=")[1] ?? ""), scans))),
    );
    await tickAfter(stage, 15 * MINUTES);
    const numbers = () =>
      testEnv()
        .DB.prepare("SELECT interval_s FROM checks WHERE connection_id = ?1")
        .bind(stage.connection)
        .all<{ interval_s: number }>();
    expect((await numbers()).results).toEqual([{ interval_s: 300 }]);
    scans.push(DONE);
    await tickAfter(stage, 6 * MINUTES);
    expect((await told(stage)).at(-1)).toEqual([3, "delivered"]);
    expect((await numbers()).results).toEqual([]);
  });

  it.each([
    ["429 with Retry-After", answered(429, "", { "retry-after": "1800" }), 30 * MINUTES, /less often/],
    ["500", answered(500, "oops"), MINUTES, /HTTP 500/],
    [
      "HTML under 200",
      answered(200, "<!doctype html><html><body>down</body></html>"),
      MINUTES,
      /can't be read/,
    ],
    ["an empty body", answered(200, ""), MINUTES, /can't be read/],
    ["401", answered(401, "{}"), MINUTES, /credentials/],
    ["a redirect", answered(302, "", { location: "http://10.0.0.1/" }), MINUTES, /redirect/],
    ["a time-out", { kind: "timed_out", took_ms: 30_000 } as const, MINUTES, /in time/],
  ])("waits after %s, and says why", async (_name, result, atLeast, why) => {
    const stage = await pollStage(() => result);
    await tickAfter(stage, 15 * MINUTES);
    const [slot] = await slotsOf(stage.connection);
    expect(slot?.failures).toBe(1);
    expect(slot?.last_error).toMatch(why);
    expect((slot?.due_at ?? 0) - clock).toBeGreaterThanOrEqual(atLeast);
    expect(await told(stage)).toEqual([]);
  });
});

describe("a carrier's pace", () => {
  it("goes on behind the last number asked once its turn comes, so that none is always left out", async () => {
    const asked: string[] = [];
    const stage = await pollStage((request) => {
      asked.push(...decodeURIComponent(request.url.split("numbers=")[1] ?? "").split(","));
      return answered(200, JSON.stringify({ tracking: [] }));
    });
    // One call each time it is due: the turn after it is minutes away.
    let turns = 0;
    const oneCall: Context = {
      ...stage.ctx,
      paceOf: () => ({
        take: async () =>
          turns++ % 2 === 0
            ? { kind: "go", at: clock, failing: false }
            : { kind: "wait", not_before: clock + MINUTES, failing: false },
        ended: async () => {},
      }),
    };
    const numbers = Array.from({ length: 150 }, (_, n) => `SBX-many-${String(n).padStart(3, "0")}`);
    const db = testEnv().DB;
    await db.batch([
      db.prepare("DELETE FROM checks WHERE connection_id = ?1").bind(stage.connection),
      ...numbers.map((number) =>
        db
          .prepare(
            `INSERT INTO checks (connection_id, carrier_number, interval_s, slot, status, changed_at)
             SELECT ?1, ?2, interval_s, slot, 'in_transit', ?3 FROM check_slots WHERE connection_id = ?1`,
          )
          .bind(stage.connection, number, clock),
      ),
    ]);
    for (let round = 0; round < 3; round++) await tickAfter({ ...stage, ctx: oneCall }, 15 * MINUTES);
    expect(asked).toEqual(numbers);
  });

  it("one object holds the rate for every poller", async () => {
    const pace = testContext().paceOf("con_rate");
    const turns = await Promise.all(
      Array.from({ length: 5 }, () => pace.take({ per_second: 2, per_day: 4 }, clock, 10_000, 60_000)),
    );
    expect(turns.map((turn) => (turn.kind === "go" ? turn.at - clock : turn.kind))).toEqual([
      0,
      500,
      1000,
      1500,
      "wait",
    ]);
  });
});

async function sftpStage() {
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

describe("1b sFTP", () => {
  it("fetches, posts, and only then moves the file away", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    clock += MINUTES;
    await enqueueChecks(stage.ctx);
    for (const message of stage.checks.take()) await runCheck(stage.ctx, CheckMessage.parse(message));
    expect([...stage.folder.files.keys()]).toEqual(["out/a.json"]);
    await settle(stage);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    await tickAfter(stage, MINUTES);
    expect([...stage.folder.files.keys()]).toEqual(["out/done/a.json"]);
  });

  it("leaves files with temporary names, of other kinds, and ones that still grow", async () => {
    const stage = await sftpStage();
    const whole = JSON.stringify(news(stage.number, [PICKED]));
    for (const name of [".a.json", "b.json.tmp", "c.json.filepart", "readme.md"])
      stage.folder.put(`out/${name}`, whole);
    stage.folder.put("out/d.json", whole.slice(0, 30), 1);
    await tickAfter(stage, MINUTES);
    stage.folder.put("out/d.json", whole, 2);
    await tickAfter(stage, MINUTES);
    await tickAfter(stage, MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    expect([...stage.folder.files.keys()].sort()).toEqual([
      "out/.a.json",
      "out/b.json.tmp",
      "out/c.json.filepart",
      "out/done/d.json",
      "out/readme.md",
    ]);
  });

  it("puts a file that stays cut into failed/, with the reason beside it", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])).slice(0, 30));
    for (let minute = 0; minute < 4; minute++) await tickAfter(stage, MINUTES);
    expect([...stage.folder.files.keys()].sort()).toEqual([
      "out/failed/a.json",
      "out/failed/a.json.error.txt",
    ]);
  });

  it("posts nothing for the same file under another name, and reads a changed one", async () => {
    const stage = await sftpStage();
    const whole = JSON.stringify(news(stage.number, [PICKED]));
    stage.folder.put("out/a.json", whole);
    await tickAfter(stage, MINUTES);
    stage.folder.put("out/b.json", whole, 5);
    stage.folder.put("out/c.json", JSON.stringify(news(stage.number, [PICKED, OUT])), 6);
    for (let minute = 0; minute < 3; minute++) await tickAfter(stage, MINUTES);
    expect((await told(stage)).length).toBe(2);
    expect((await documentsOf(stage.connection)).length).toBe(2);
    expect([...stage.folder.files.keys()].sort()).toEqual([
      "out/done/a.json",
      "out/done/b.json",
      "out/done/c.json",
    ]);
  });

  it("a crash after the file was read, after it was posted, or while it moves: it is told once and moved once", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    stage.folder.failing = { call: "read", fault: new SftpFault("unreachable", "cut") };
    await tickAfter(stage, MINUTES);
    await tickAfter(stage, 3 * MINUTES);
    stage.folder.failing = { call: "move", fault: new SftpFault("timeout", "cut") };
    await tickAfter(stage, MINUTES);
    await tickAfter(stage, 3 * MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    expect([...stage.folder.files.keys()]).toEqual(["out/done/a.json"]);
  });

  it.each([
    ["auth_failed", "The server refuses the key."],
    ["host_key_mismatch", "The host's key has changed."],
    ["timeout", "The server did not answer in time."],
  ] as const)("says what is wrong when the server fails with %s, and tries again", async (kind, detail) => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    stage.folder.failing = { call: "run", fault: new SftpFault(kind, detail) };
    await tickAfter(stage, MINUTES);
    const [slot] = await slotsOf(stage.connection);
    expect(slot?.last_error).toContain(detail);
    await tickAfter(stage, 3 * MINUTES);
    expect((await told(stage)).length).toBe(1);
  });
});

describe("cost", () => {
  it("no statement of the flow reads a whole table", async () => {
    const ctx = testContext({ control: recording(testEnv().DB, statements) });
    await sweepBacklogs(ctx);
    await retire(ctx);
    expect(statements.size).toBeGreaterThan(25);
    const scans: Record<string, string[]> = {};
    for (const sql of statements) {
      const found = await tableScans(testEnv().DB, sql);
      if (found.length > 0) scans[sql] = found;
    }
    expect(scans).toEqual({});
  });

  it("a slot that holds no number any more is given up", async () => {
    const stage = await pollStage(() => answered(200, JSON.stringify({ tracking: [] })));
    await testEnv().DB.prepare("DELETE FROM checks WHERE connection_id = ?1").bind(stage.connection).run();
    await tickAfter(stage, 15 * MINUTES);
    expect(await slotsOf(stage.connection)).toEqual([]);
  });
});
