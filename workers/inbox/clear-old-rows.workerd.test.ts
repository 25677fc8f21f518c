import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { loadDocument } from "../flow/documents.ts";
import { notifyLanes, visitLanes } from "../flow/lanes.ts";
import { readAgain } from "../flow/read-again.ts";
import { deleteConnection } from "../storage/connections.ts";
import { appends, Databases, forever } from "../testing/databases.ts";
import { seedShipment, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  documentsOf,
  MINUTES,
  news,
  OUT,
  PICKED,
  push,
  scansSoFar,
  settle,
  statements,
  time,
  told,
  webhookStage,
} from "../testing/stage.ts";
import { inboxName } from "./name.ts";

beforeEach(aLaterHour);

const HOUR = 60 * MINUTES;
const DAY = 24 * HOUR;

type Stage = Awaited<ReturnType<typeof webhookStage>>;

function bucket(): R2Bucket {
  const { ARCHIVE } = testEnv();
  if (ARCHIVE === undefined) throw new Error("The tests' configuration lacks ARCHIVE.");
  return ARCHIVE;
}

/** A bucket of which single methods are replaced. */
function bucketWith(methods: Partial<R2Bucket>): R2Bucket {
  return new Proxy(bucket(), {
    get: (target, name) => {
      const own: unknown = Reflect.get(methods, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const upkeep = ({ ctx, connection }: Stage) => ctx.inboxOf(connection, 0).upkeep();

/** Rows of the stage's inbox that a query counts. */
const countOf = ({ inboxes, connection }: Stage, query: string) =>
  runInDurableObject(
    inboxes.stub(inboxName({ connection_id: connection, lane: 0 })),
    (_inbox, state) => state.storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${query}`).one().n,
  );
const bodiesHere = async (stage: Stage) =>
  (await countOf(stage, "documents WHERE body IS NOT NULL")) +
  (await countOf(stage, "(SELECT DISTINCT key FROM pieces)"));
const objectsOf = async ({ connection }: Stage) =>
  (await bucket().list({ prefix: `documents/${connection}/` })).objects.map(({ key }) => key);

const bodyOf = async (stage: Stage, id: string) =>
  new TextDecoder().decode((await loadDocument(stage.ctx, id))?.body);

/** A stage whose inbox has processed these bodies, in this order. */
async function processed(bodies: (number: string) => string[], stage?: Stage) {
  const ready = stage ?? (await webhookStage());
  const sent = bodies(ready.number);
  for (const body of sent) expect((await push(ready, ready.connection, body)).status).toBe(202);
  await settle(ready);
  const ids = (await documentsOf(ready, ready.connection)).map(({ id }) => id);
  return { ...ready, sent, ids };
}
const one = (number: string) => [JSON.stringify(news(number, [PICKED]))];

describe("bodies of documents", () => {
  it("are in R2 an hour after they came, byte for byte, large ones too, and not before", async () => {
    const stage = await processed((number) => [
      JSON.stringify(news(number, [PICKED])),
      JSON.stringify({ ...news(number, [OUT]), padding: "ö".repeat(1_100_000) }),
      JSON.stringify(news("nobody's", [OUT])),
    ]);
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(3);
    time.now += 2 * HOUR;
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(0);
    for (const [at, id] of stage.ids.entries()) expect(await bodyOf(stage, id)).toBe(stage.sent[at]);
  });

  it("are read from R2 when their document is read again", async () => {
    const stage = await processed(() => [JSON.stringify(news("SBX-later", [PICKED]))]);
    time.now += 2 * HOUR;
    await upkeep(stage);
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-later" });
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
    expect(await documentsOf(stage, stage.connection)).toMatchObject([{ state: "done" }]);
  });

  it("stay while their document waits, and where no bucket is bound", async () => {
    const stage = await webhookStage();
    stage.inboxes.hold();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    time.now += 2 * HOUR;
    await upkeep(stage);
    expect(await bodiesHere(stage), "not processed yet").toBe(1);
    await settle(stage);
    const { archive } = stage.ctx;
    stage.ctx.archive = null;
    await upkeep(stage);
    expect(await bodiesHere(stage), "no bucket").toBe(1);
    stage.ctx.archive = archive;
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(0);
  });

  it("of documents that waited for a database are archived once it is back", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    const recover = databases.fail(appends);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 1;
    await push(stage, stage.connection, JSON.stringify(news("nobody's", [PICKED])));
    await settle(stage);
    time.now += 2 * HOUR;
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(1);
    recover();
    await settle(stage);
    expect((await told(stage)).length).toBe(1);
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(0);
  });

  it("are archived after all where R2 failed, or the inbox was cut off after it wrote there, into one object", async () => {
    const stage = await processed(one);
    time.now += 2 * HOUR;
    const { archive } = stage.ctx;
    stage.ctx.archive = bucketWith({ put: () => Promise.reject(new Error("R2 is not available.")) });
    expect(await upkeep(stage)).toMatchObject({ waiting: 0 });
    expect(await bodyOf(stage, stage.ids[0] ?? "")).toBe(stage.sent[0]);
    stage.ctx.archive = bucketWith({
      put: async (key: string, value: Uint8Array) => {
        await bucket().put(key, value);
        return forever();
      },
    });
    const cutOff = upkeep(stage).catch(() => null);
    await expect.poll(() => objectsOf(stage)).toHaveLength(1);
    await stage.inboxes.crash();
    await cutOff;
    expect(await bodiesHere(stage)).toBe(1);
    stage.ctx.archive = archive;
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(0);
    expect(await objectsOf(stage)).toHaveLength(1);
    expect(await bodyOf(stage, stage.ids[0] ?? "")).toBe(stage.sent[0]);
  });

  it("are what they were where an inbox that was cut off still writes an object of other documents", async () => {
    const stage = await processed((number) =>
      ["a", "b", "c"].map((padding) => JSON.stringify({ ...news(number, [PICKED]), padding })),
    );
    time.now += 2 * HOUR;
    const { archive } = stage.ctx;
    const late: [key: string, value: Uint8Array][] = [];
    stage.ctx.archive = bucketWith({
      put: (key: string, value: Uint8Array) => {
        late.push([key, value]);
        return forever();
      },
    });
    const cutOff = upkeep(stage).catch(() => null);
    await expect.poll(() => late).toHaveLength(1);
    await stage.inboxes.crash();
    await cutOff;
    stage.ctx.archive = archive;
    // The second one waits by now, and so is not chosen again.
    const recover = fails(stage);
    await readAgain(stage.ctx, [stage.ids[1] ?? ""], true);
    await settle(stage);
    await upkeep(stage);
    for (const [key, value] of late) await bucket().put(key, value);
    recover();
    time.now += MINUTES;
    await settle(stage);
    await upkeep(stage);
    expect(await bodiesHere(stage)).toBe(0);
    for (const [at, id] of stage.ids.entries()) expect(await bodyOf(stage, id)).toBe(stage.sent[at]);
  });

  it("that R2 can't give now are waited for; a document whose body is lost is set aside", async () => {
    const stage = await processed(one);
    time.now += 2 * HOUR;
    await upkeep(stage);
    const { archive } = stage.ctx;
    stage.ctx.archive = bucketWith({ get: () => Promise.reject(new Error("R2 is not available.")) });
    await readAgain(stage.ctx, stage.ids, true);
    await settle(stage);
    expect(await documentsOf(stage, stage.connection)).toMatchObject([{ state: "accepted" }]);
    stage.ctx.archive = archive;
    time.now += MINUTES;
    await settle(stage);
    expect(await documentsOf(stage, stage.connection)).toMatchObject([{ state: "done" }]);
    await bucket().delete(await objectsOf(stage));
    await readAgain(stage.ctx, stage.ids, true);
    await settle(stage);
    const [lost] = await documentsOf(stage, stage.connection);
    expect(lost).toMatchObject({ state: "unreadable" });
    expect(lost?.remarks[0]?.detail).toContain("the body is lost");
  });
});

describe("documents", () => {
  it("go after the time of the configuration with their bodies, and what was delivered of them stays", async () => {
    const stage = await processed((number) => [...one(number), JSON.stringify(news("nobody's", [OUT]))]);
    time.now += 2 * HOUR;
    await upkeep(stage);
    time.now += 29 * DAY;
    await upkeep(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(2);
    time.now += 2 * DAY;
    stage.ctx.kept = { ...stage.ctx.kept, documents_ms: 40 * DAY };
    await upkeep(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(2);
    stage.ctx.kept = { ...stage.ctx.kept, documents_ms: 30 * DAY };
    await upkeep(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(0);
    expect(await objectsOf(stage)).toEqual([]);
    const left = stage.ctx.control.prepare(
      "SELECT document_id FROM untracked WHERE connection_id = ?1 AND carrier_number = ?2",
    );
    expect((await left.bind(stage.connection, "nobody's").all()).results).toEqual([]);
    expect((await told(stage)).length).toBe(1);
  });

  it("go after 30 days also where they were set aside, and stay for as long as they wait", async () => {
    const databases = new Databases();
    const stage = await webhookStage(databases.ports);
    await push(stage, stage.connection, '{"something":"else"}');
    await settle(stage);
    databases.fail(appends);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 31 * DAY;
    await upkeep(stage);
    expect(await documentsOf(stage, stage.connection)).toMatchObject([{ state: "accepted" }]);
  });

  it("stay where a database can't be reached, until it is", async () => {
    const databases = new Databases();
    const stage = await processed(one, await webhookStage(databases.ports));
    time.now += 31 * DAY;
    const recover = databases.fail(({ sql }) => sql.includes("DELETE FROM untracked"));
    expect(await upkeep(stage)).toMatchObject({ waiting: 0, finished: false });
    expect(await countOf(stage, "documents")).toBe(1);
    recover();
    await upkeep(stage);
    expect(await countOf(stage, "documents")).toBe(0);
  });

  it("are the last that an inbox of a deleted connection stores: then its lane goes, and nothing is left", async () => {
    const stage = await processed(one);
    time.now += 2 * HOUR;
    await upkeep(stage);
    await deleteConnection(stage.ctx.control, stage.connection);
    await notifyLanes(stage.ctx, stage.connection);
    const lanes = async () =>
      (
        await stage.ctx.control
          .prepare("SELECT lane FROM lanes WHERE connection_id = ?1")
          .bind(stage.connection)
          .all()
      ).results.length;
    await visitLanes(stage.ctx);
    expect(await lanes()).toBe(1);
    time.now += 31 * DAY;
    await visitLanes(stage.ctx);
    expect(await lanes()).toBe(0);
    expect(await objectsOf(stage)).toEqual([]);
    const inbox = stage.inboxes.stub(inboxName({ connection_id: stage.connection, lane: 0 }));
    const alarm = await runInDurableObject(inbox, (_inbox, state) => state.storage.getAlarm());
    expect(alarm).toBeNull();
    expect((await inbox.report()).last_received_at).toBeNull();
    // Nobody would ever visit it again: it takes nothing any more, not even what we fetched ourselves.
    const document = {
      ...{ carrier_id: "sandbox", source: "poll" as const, body: new Uint8Array(2), content_type: null },
      ...{ received_at: time.now, http_status: 200, asked: [], file_name: null },
    };
    expect(await stage.ctx.inboxOf(stage.connection, 0).accept(null, document)).toEqual({ kind: "removed" });
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});

/** The stage's databases refuse events until the returned function is called. */
function fails(stage: Stage): () => void {
  const { placements } = stage.ctx;
  const databases = new Databases();
  databases.fail(({ database, sql }) => database === "SHARD_1" && sql.includes("s.timeline_version"));
  stage.ctx.placements = databases.ports.placements;
  return () => {
    stage.ctx.placements = placements;
  };
}
