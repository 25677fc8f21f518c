import { beforeEach, describe, expect, it } from "vitest";
import { archiveStep } from "../storage/archiving.ts";
import { loadDocument } from "../storage/documents.ts";
import { readFeed } from "../storage/feed.ts";
import { seedShipment, shardDb, testEnv } from "../testing/seed.ts";
import {
  aLaterHour,
  documentsOf,
  feed,
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
import { archiveDocuments } from "./archive.ts";
import { harmonizeDocument } from "./harmonize.ts";
import { DocumentMessage, PostMessage } from "./messages.ts";
import { applyPost } from "./post.ts";
import { retireDocuments, retireFiles, retireShipments } from "./retire.ts";
import { acceptAgain } from "./sweep.ts";

beforeEach(aLaterHour);

const DAY = 86_400_000;
const HOUR = 3_600_000;

function bucket(): R2Bucket {
  const { ARCHIVE } = testEnv();
  if (ARCHIVE === undefined) throw new Error("The tests' configuration lacks ARCHIVE.");
  return ARCHIVE;
}

/** Rows that a query counts. */
const countOf = async (db: D1Database, sql: string, ...values: unknown[]) =>
  (
    await db
      .prepare(`SELECT count(*) AS n FROM ${sql}`)
      .bind(...values)
      .first<{ n: number }>()
  )?.n;

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("bodies of documents", () => {
  it("lie in R2 an hour after they were read, word for word, large ones too", async () => {
    const stage = await webhookStage();
    const large = JSON.stringify({ ...news(stage.number, [OUT]), padding: "ö".repeat(700_000) });
    const bodies = [
      JSON.stringify(news(stage.number, [PICKED])),
      large,
      JSON.stringify(news("nobody's", [OUT])),
    ];
    for (const body of bodies) await push(stage, stage.connection, body);
    await settle(stage);
    await archiveDocuments(stage.ctx);
    const rows = await documentsOf(stage.connection);
    const inD1 = () =>
      countOf(testEnv().DB, "documents WHERE connection_id = ?1 AND body IS NOT NULL", stage.connection);
    expect(await inD1(), "too early").toBe(2);

    time.now += 2 * HOUR;
    await archiveDocuments(stage.ctx);
    expect(await inD1()).toBe(0);
    expect(await countOf(testEnv().DB, "document_pieces")).toBe(0);
    for (const [at, { id }] of rows.entries()) {
      const found = await loadDocument(testEnv().DB, stage.ctx.archive, id);
      expect(bodies, String(at)).toContain(text(found?.body));
    }
  });

  it("are read again from R2 when an operator asks", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    const [row] = await documentsOf(stage.connection);
    await settle(stage);
    time.now += 2 * HOUR;
    await archiveDocuments(stage.ctx);
    const id = row?.id ?? "";
    await acceptAgain(testEnv().DB, [id], true);
    await stage.documents.send({ document_id: id });
    await settle(stage);
    expect(await documentsOf(stage.connection)).toMatchObject([{ id, state: "done" }]);
    expect((await told(stage)).length).toBe(1);
  });

  it("stay in D1 while they wait, and where no bucket is bound", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    time.now += 2 * HOUR;
    await archiveDocuments(stage.ctx);
    const there = () =>
      countOf(testEnv().DB, "documents WHERE connection_id = ?1 AND archive IS NULL", stage.connection);
    expect(await there(), "not read yet").toBe(1);
    await settle(stage);
    await stage.ctx.control.prepare("DELETE FROM sweeps WHERE name = 'archive'").run();
    await archiveDocuments({ ...stage.ctx, archive: null });
    expect(await there(), "no bucket").toBe(1);
    await archiveDocuments(stage.ctx);
    expect(await there()).toBe(0);
  });

  it("a crash after the object was written and before the rows: the next tick writes it again", async () => {
    const stage = await webhookStage();
    const body = JSON.stringify(news(stage.number, [PICKED]));
    await push(stage, stage.connection, body);
    await settle(stage);
    time.now += 2 * HOUR;
    const { control } = stage.ctx;
    const broken = new Proxy(control, {
      get: (target, name) => {
        if (name === "batch") return () => Promise.reject(new Error("Network connection lost."));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await expect(archiveDocuments({ ...stage.ctx, control: broken })).rejects.toThrow("lost");
    const [row] = await documentsOf(stage.connection);
    expect(text((await loadDocument(control, stage.ctx.archive, row?.id ?? ""))?.body)).toBe(body);
    await archiveDocuments(stage.ctx);
    expect(
      await countOf(testEnv().DB, "documents WHERE connection_id = ?1 AND body IS NULL", stage.connection),
    ).toBe(1);
    expect(text((await loadDocument(control, stage.ctx.archive, row?.id ?? ""))?.body)).toBe(body);
  });

  it("stay what they are where two ticks choose otherwise among the same documents", async () => {
    const stage = await webhookStage();
    const bodies = [PICKED, OUT, PICKED].map((scan, at) =>
      JSON.stringify({ ...news(stage.number, [scan]), padding: String(at).repeat(10 + at) }),
    );
    for (const body of bodies) {
      await push(stage, stage.connection, body);
      time.now += 1;
    }
    await settle(stage);
    const ids = (await documentsOf(stage.connection)).map(({ id }) => id);
    const middle = ids[1] ?? "";
    time.now += 2 * HOUR;
    const step = (archive: R2Bucket) =>
      archiveStep(testEnv().DB, archive, `${ids[0]?.slice(0, -1)}`, `${ids[2]}z`);
    // While the slower one writes its object, the middle one is set back, and another tick puts the others away.
    const slow = new Proxy(bucket(), {
      get: (target, name) => {
        if (name !== "put") return Reflect.get(target, name).bind(target);
        return async (key: string, value: Uint8Array) => {
          await acceptAgain(testEnv().DB, [middle], true);
          await step(bucket());
          return target.put(key, value);
        };
      },
    });
    await step(slow);
    for (const [at, id] of ids.entries())
      expect(text((await loadDocument(testEnv().DB, bucket(), id))?.body)).toBe(bodies[at]);
  });

  it("go with their documents after the time of the configuration, and not before", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 2 * HOUR;
    await archiveDocuments(stage.ctx);
    time.now += 29 * DAY;
    await retireDocuments(stage.ctx);
    expect((await documentsOf(stage.connection)).length).toBe(1);
    time.now += 2 * DAY;
    await retireDocuments({ ...stage.ctx, kept: { ...stage.ctx.kept, documents_ms: 40 * DAY } });
    expect((await documentsOf(stage.connection)).length).toBe(1);
    await retireDocuments(stage.ctx);
    expect((await documentsOf(stage.connection)).length).toBe(0);
    expect((await bucket().list()).objects).toEqual([]);
    // What was told of it stays.
    expect((await told(stage)).length).toBe(1);
  });
});

describe("shipments", () => {
  /** A shipment more of the stage's account, heard of now: the feed goes on from it. */
  async function andAnother(stage: Awaited<ReturnType<typeof webhookStage>>): Promise<string> {
    const carrier_tracking_id = `${stage.number}-later`;
    const id = await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id });
    await push(
      stage,
      stage.connection,
      JSON.stringify(news(carrier_tracking_id, [{ code: "PICKED_UP", time: now() }])),
    );
    await settle(stage);
    return id;
  }
  const now = () => new Date(time.now).toISOString().replace(/\.\d+Z$/u, "+00:00");
  const rowsOf = async (table: string, shipment: string, db = shardDb()) =>
    countOf(db, `${table} WHERE ${table === "shipments" ? "id" : "shipment_id"} = ?1`, shipment);

  it("go with all that is theirs two years after the last news; those still heard of stay", async () => {
    const stage = await webhookStage();
    await push(
      stage,
      stage.connection,
      JSON.stringify(news(stage.number, [PICKED], { parcel_number: `${stage.number}-1` })),
    );
    await settle(stage);
    time.now += 729 * DAY;
    const later = await andAnother(stage);
    await retireShipments(stage.ctx);
    expect(await rowsOf("shipments", stage.shipment), "too early").toBe(1);

    time.now += 4 * DAY;
    // Page by page, round and round: twice is a whole round here.
    for (let tick = 0; tick < 2; tick++) await retireShipments(stage.ctx);
    for (const table of ["shipments", "parcels", "events", "shipment_numbers"])
      expect(await rowsOf(table, stage.shipment), table).toBe(0);
    expect(await rowsOf("followers", stage.shipment, testEnv().DB)).toBe(0);
    expect(await rowsOf("followers", later, testEnv().DB)).toBeGreaterThan(0);
    expect((await feed(stage)).map((element) => element?.shipment_id)).toEqual([later]);
  });

  it("the one with the newest event stays, so that the feed's positions go on and nobody misses what comes", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    const positions = async () =>
      (await readFeed(stage.ctx.shardFor(stage.account), stage.tenant, 0, 10)).map((entry) => entry.position);
    expect(await positions()).toEqual([1]);
    time.now += 800 * DAY;
    for (let tick = 0; tick < 2; tick++) await retireShipments(stage.ctx);
    await andAnother(stage);
    expect(await positions()).toEqual([1, 2]);
    for (let tick = 0; tick < 2; tick++) await retireShipments(stage.ctx);
    expect(await positions()).toEqual([2]);
  });

  it("one that broke off in the middle goes on", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED, OUT])));
    await settle(stage);
    time.now += 800 * DAY;
    await andAnother(stage);
    let writes = 0;
    const breaking = {
      ...stage.ctx,
      shardFor: (account_number: string) => {
        const shard = stage.ctx.shardFor(account_number);
        const write: typeof shard.write = (touched, statements) => {
          if (account_number === stage.account) writes += 1;
          if (writes === 3) throw new Error("Network connection lost.");
          return shard.write(touched, statements);
        };
        return { ...shard, write };
      },
    };
    await expect(retireShipments(breaking)).rejects.toThrow("lost");
    expect(await rowsOf("events", stage.shipment)).toBe(0);
    expect(await rowsOf("shipments", stage.shipment)).toBe(1);
    await retireShipments(stage.ctx);
    expect(await rowsOf("shipments", stage.shipment)).toBe(0);
  });

  it("one whose number is registered again as it is about to go stays, or is followed by a new one", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 800 * DAY;
    await andAnother(stage);
    const again = () =>
      seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: stage.number });
    /** Registers at the retirement's n-th write for this account. */
    const registeringAt = (nth: number) => {
      const ids: string[] = [];
      let writes = 0;
      const ctx = {
        ...stage.ctx,
        shardFor: (account_number: string) => {
          const shard = stage.ctx.shardFor(account_number);
          const write: typeof shard.write = async (touched, statements) => {
            if (account_number === stage.account && ++writes === nth) ids.push(await again());
            return shard.write(touched, statements);
          };
          return { ...shard, write };
        },
      };
      return { ctx, ids };
    };
    const before = registeringAt(1);
    await retireShipments(before.ctx);
    expect(before.ids).toEqual([stage.shipment]);
    expect(await rowsOf("shipments", stage.shipment)).toBe(1);
    expect(await rowsOf("followers", stage.shipment, testEnv().DB)).toBeGreaterThan(0);

    time.now += 800 * DAY;
    await andAnother(stage);
    const after = registeringAt(2);
    for (let tick = 0; tick < 2; tick++) await retireShipments(after.ctx);
    const [fresh = ""] = after.ids;
    expect(fresh).not.toBe(stage.shipment);
    expect(await rowsOf("shipments", stage.shipment)).toBe(0);
    expect(await rowsOf("shipments", fresh)).toBe(1);
    expect(await rowsOf("followers", fresh, testEnv().DB)).toBeGreaterThan(0);
    expect(await rowsOf("shipment_numbers", fresh)).toBe(1);
  });

  it("one that is told something while it goes leaves nothing behind", async () => {
    const stage = await webhookStage();
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [PICKED])));
    await settle(stage);
    time.now += 800 * DAY;
    await andAnother(stage);
    await push(stage, stage.connection, JSON.stringify(news(stage.number, [OUT])));
    for (const hint of stage.documents.take())
      await harmonizeDocument(stage.ctx, DocumentMessage.parse(hint).document_id);
    const [late] = stage.events.take().map((message) => PostMessage.parse(message));
    let writes = 0;
    const interrupted = {
      ...stage.ctx,
      shardFor: (account_number: string) => {
        const shard = stage.ctx.shardFor(account_number);
        const write: typeof shard.write = async (touched, statements) => {
          if (account_number === stage.account) writes += 1;
          // Its events are gone by now, and it is not.
          if (writes === 3 && late !== undefined) await applyPost(stage.ctx, late);
          return shard.write(touched, statements);
        };
        return { ...shard, write };
      },
    };
    await retireShipments(interrupted);
    expect(writes).toBe(3);
    for (const table of ["shipments", "parcels", "events", "shipment_numbers"])
      expect(await rowsOf(table, stage.shipment), table).toBe(0);
  });
});

it("what is remembered of files goes after 400 days, page by page", async () => {
  const { ctx } = await webhookStage();
  const insert = ctx.control.prepare(
    "INSERT INTO files (connection_id, path, size, mtime_ms, state, updated_at) VALUES ('con_a', ?1, 1, 1, 'done', ?2)",
  );
  await ctx.control.batch(
    Array.from({ length: 450 }, (_, at) =>
      insert.bind(`file-${String(at).padStart(3, "0")}`, time.now - (at % 2 === 0 ? 401 : 1) * DAY),
    ),
  );
  for (let tick = 0; tick < 3; tick++) await retireFiles(ctx);
  expect(await countOf(testEnv().DB, "files")).toBe(225);
  for (let tick = 0; tick < 3; tick++) await retireFiles(ctx);
  expect(await countOf(testEnv().DB, "files")).toBe(225);
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(20);
  expect(await scansSoFar()).toEqual({});
});
