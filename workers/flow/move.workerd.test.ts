import { describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import type { Env } from "../env.ts";
import { readFeed } from "../storage/feed.ts";
import { beginMove, cancelMove, findMove, takeMove } from "../storage/moves.ts";
import { Placements } from "../storage/placement.ts";
import { AccountMoving } from "../storage/residency.ts";
import { endShipments, forgetShipments, shipmentsBetween } from "../storage/retention.ts";
import { type DatabaseCall, hooked } from "../testing/databases.ts";
import { Resident } from "../testing/resident.ts";
import { recording, shardDb, tableScans, testContext, testEnv, watchedEnv } from "../testing/seed.ts";
import { moveAccounts, moveOn } from "./move.ts";

/** Moving an account to another shard while it is in use: nothing is lost, nothing is doubled, wherever it breaks. */

const statements = new Set<string>();
/** Of its own isolate: what it knows of places is its own, and may be old. */
const isolate = (watch: (db: D1Database) => D1Database = (db) => recording(db, statements)): Context =>
  testContext({}, watchedEnv(watch));

const EMPTY = { shipments: [], shipment_numbers: [], parcels: [], events: [], move_marks: [] };

async function aResident(ctx = isolate()): Promise<Resident> {
  const resident = await Resident.begin(ctx);
  for (const _ of [1, 2, 3]) await resident.register();
  await resident.tell(0);
  await resident.tell(1, { parcel: true });
  await resident.tell(0);
  return resident;
}

const begin = async (ctx: Context, { account_number }: Resident, to = "SHARD_2") =>
  expect(await beginMove(ctx.control, account_number, to, ctx.now())).not.toBeNull();

async function finish(ctx: Context, { account_number }: Resident): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    // What a broken turn left held is taken over once its lease has ended.
    const later = { ...ctx, now: () => Date.now() + turn * 120_000 };
    const move = await moveOn(later, account_number);
    if (move?.step === "done" || move?.step === "cancelled") return;
  }
  throw new Error(`The move does not end: ${JSON.stringify(await findMove(ctx.control, account_number))}`);
}

/** Every shipment and event there is, once, by a context that never heard of the account. */
async function expectWhole(resident: Resident, name: "SHARD_1" | "SHARD_2" = "SHARD_2"): Promise<void> {
  const other = name === "SHARD_1" ? "SHARD_2" : "SHARD_1";
  const [here, left] = [await resident.rowsIn(name), await resident.rowsIn(other)];
  expect(left).toEqual(EMPTY);
  expect(here.move_marks).toEqual([]);
  expect(here.shipments).toHaveLength(resident.shipments.length);
  const feed = await readFeed(isolate().shardFor(resident.account_number), resident.tenant_id, 0, 10_000);
  expect(feed.map((entry) => entry.position)).toEqual(feed.map((_, at) => at + 1));
  for (const { id, told, number } of resident.shipments) {
    const own = feed.filter((entry) => entry.shipment_id === id);
    expect(own.map((entry) => entry.sequence)).toEqual(Array.from({ length: told }, (_, at) => at + 1));
    expect(here.shipment_numbers?.filter((row) => row.includes(`"${number}"`))).toHaveLength(1);
  }
  expect(feed).toHaveLength(resident.shipments.reduce((sum, { told }) => sum + told, 0));
}

/**
 * Bindings of a worker that is held up at its call of that number to a database, and does it after `meanwhile` and goes
 * on; or that `stumbles` there: the call is done, its answer is lost, and the worker goes on.
 */
function troubled(
  at: number,
  meanwhile: (() => Promise<void>) | "stumbles",
): { bindings: Env; calls: () => number } {
  let calls = 0;
  const call = async (_call: DatabaseCall, work: () => Promise<unknown>): Promise<unknown> => {
    const mine = calls++;
    if (mine === at && meanwhile !== "stumbles") await meanwhile();
    const result = await work();
    if (mine === at && meanwhile === "stumbles") throw new Error("the answer is lost");
    return result;
  };
  return { bindings: watchedEnv((db) => hooked(db, call)), calls: () => calls };
}

describe("an account is moved", () => {
  it("with all it has, to the same positions, sequences and ids; what is left behind is nothing", async () => {
    const ctx = isolate();
    const resident = await aResident(ctx);
    await resident.stop(2);
    const before = await resident.rowsIn("SHARD_1");
    await begin(ctx, resident);
    await finish(ctx, resident);
    expect(await resident.rowsIn("SHARD_2")).toEqual(before);
    expect(before.events).toHaveLength(3);
    await expectWhole(resident);
    // And it goes on there, by a context that knew the old place.
    await resident.tell(0);
    await resident.register();
    await expectWhole(resident);
  });

  it("there and back, and to the control database", async () => {
    const ctx = isolate();
    const resident = await aResident(ctx);
    for (const to of ["SHARD_2", "DB", "SHARD_1"]) {
      await begin(ctx, resident, to);
      await finish(ctx, resident);
      await resident.tell(0);
    }
    await expectWhole(resident, "SHARD_1");
    expect(await resident.rowsIn("DB")).toEqual(EMPTY);
  });

  it("by the tick alone", async () => {
    const ctx = isolate();
    const resident = await aResident(ctx);
    await begin(ctx, resident);
    await moveAccounts(ctx);
    await expectWhole(resident);
  });

  it("not to where it lives, nor while it is under way, nor where there is none", async () => {
    const ctx = isolate();
    const resident = await aResident(ctx);
    expect(await beginMove(ctx.control, resident.account_number, "SHARD_1", 0)).toBeNull();
    expect(await beginMove(ctx.control, "nobody", "SHARD_2", 0)).toBeNull();
    await begin(ctx, resident);
    expect(await beginMove(ctx.control, resident.account_number, "DB", 0)).toBeNull();
    await finish(ctx, resident);
  });

  it("in many pages, and with events larger than a chunk", async () => {
    const ctx = isolate();
    const resident = await aResident(ctx);
    for (let more = 0; more < 60; more++) await resident.register();
    for (const at of [5, 6, 7]) await resident.tell(at, { text: "long ".repeat(90_000) });
    await begin(ctx, resident);
    let page = 0;
    // A turn whose time is up after each page.
    for (let turn = 0; turn < 40; turn++) {
      const move = await moveOn({ ...ctx, now: () => page++ * 61_000 }, resident.account_number, 1);
      if (move?.step === "done") break;
      if (move?.step === "copy") await resident.tell(turn % 60);
    }
    await expectWhole(resident);
    expect((await findMove(ctx.control, resident.account_number))?.copied).toBeGreaterThan(60);
  });
});

describe("while an account is moved", () => {
  it("what is registered, added and stopped meanwhile is there in the end, whenever it happens", {
    timeout: 120_000,
  }, async () => {
    let seed = 20260314;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let run = 0; run < 8; run++) {
      const resident = await aResident();
      const open: Promise<void>[] = [];
      const use = async () => {
        const at = random(resident.shipments.length);
        const what = random(8);
        const work =
          what === 0
            ? resident.register()
            : what === 1 && at > 1
              ? resident.stop(at)
              : resident.tell(at, { parcel: what === 2 });
        open.push(work);
        await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 200))]);
      };
      const mover = isolate((db) =>
        hooked(db, async (_call, work) => {
          if (open.length < 40 && random(3) === 0) await use();
          return work();
        }),
      );
      await begin(mover, resident);
      await finish(mover, resident);
      await Promise.all(open);
      await expectWhole(resident);
    }
  });

  it("a reader of the feed loses nothing and reads nothing twice", async () => {
    const resident = await aResident();
    const reader = isolate().shardFor(resident.account_number);
    const read: number[] = [];
    const readOn = async () => {
      const entries = await readFeed(reader, resident.tenant_id, read.at(-1) ?? 0, 2);
      for (const { position } of entries) read.push(position);
      return entries.length;
    };
    let calls = 0;
    const mover = isolate((db) =>
      hooked(db, async (_call, work) => {
        if (calls++ % 3 === 0)
          await Promise.race([readOn(), new Promise((resolve) => setTimeout(resolve, 30))]);
        return work();
      }),
    );
    for (let more = 0; more < 12; more++) await resident.tell(more % 3);
    await begin(mover, resident);
    await finish(mover, resident);
    await resident.tell(0);
    while ((await readOn()) > 0);
    expect([...new Set(read)].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));
  });

  it("writes wait for the switch and no longer: where it does not come, they fail and can be repeated, and reads are answered", async () => {
    const resident = await aResident();
    const ctx = isolate();
    await ctx.shardFor(resident.account_number).prepare("SELECT 1").first();
    const shard = testEnv().SHARD_1;
    const put = "INSERT INTO residency (account_number, state, claim, since) VALUES (?1, 'leaving', 1, 0)";
    await shard?.prepare(put).bind(resident.account_number).run();
    expect(await readFeed(ctx.shardFor(resident.account_number), resident.tenant_id, 0, 10)).toHaveLength(3);
    const write = ctx.shardFor(resident.account_number);
    const touch = write
      .prepare("UPDATE shipments SET updated_at = 1 WHERE tenant_id = ?1")
      .bind(resident.tenant_id);
    await expect(write.write([["shp_x", ""]], [touch])).rejects.toThrow(AccountMoving);
    await shard?.prepare("UPDATE residency SET state = 'home'").run();
    expect(await write.write([["shp_x", ""]], [touch])).toHaveLength(1);
  });

  it("no shipment is retired: it is moved as a whole, and retired where it lives then", async () => {
    const resident = await aResident();
    const { id } = resident.shipments[2] ?? { id: "" };
    const page = await shipmentsBetween(shardDb(), id.slice(0, -1), `${id}~`, 1);
    expect(page).toHaveLength(1);
    const ended: number[] = [];
    const forgotten: unknown[] = [];
    const mover = isolate((db) =>
      hooked(db, async (_call, work) => {
        const move = await findMove(testEnv().DB, resident.account_number);
        if (move?.step === "catch_up" && ended.length === 0) {
          ended.push((await endShipments(shardDb(), page, Date.now() + 1000)).length);
          forgotten.push(await forgetShipments(shardDb(), page, 100).catch((error: unknown) => error));
        }
        return work();
      }),
    );
    await begin(mover, resident);
    await finish(mover, resident);
    expect(ended).toEqual([0]);
    expect(String(forgotten[0])).toContain("is being moved");
    await expectWhole(resident);
    const target = mover.placements.placeOf("SHARD_2").database;
    expect(await endShipments(target, page, Date.now() + 1000)).toHaveLength(1);
    await forgetShipments(target, page, 100);
    resident.shipments.splice(2, 1);
    await expectWhole(resident);
  });

  it("an isolate that knows the old place is sent to the new one, and never answers that nothing is there", async () => {
    const resident = await aResident();
    const old = isolate();
    const shard = old.shardFor(resident.account_number);
    expect(await readFeed(shard, resident.tenant_id, 0, 10)).toHaveLength(3);
    const ctx = isolate();
    await begin(ctx, resident);
    await finish(ctx, resident);
    expect(await resident.rowsIn("SHARD_1")).toEqual(EMPTY);
    expect(await readFeed(shard, resident.tenant_id, 0, 10)).toHaveLength(3);
  });

  it("a shard's binding that is missing is an error that names it, and nothing is answered from another database", async () => {
    const resident = await aResident();
    const env = testEnv();
    const one = new Placements(env.DB, new Map([["DB", env.DB]]));
    await expect(one.of(resident.account_number, true)).rejects.toThrow(/No database is bound as SHARD_1/);
    const alone = testContext({}, { ...env, SHARD_1: undefined, SHARD_2: undefined });
    const feed = readFeed(alone.shardFor(resident.account_number), resident.tenant_id, 0, 10);
    await expect(feed).rejects.toThrow(/No database is bound as SHARD_1/);
  });
});

describe("a move that breaks", () => {
  /** Breaks a move at every call there is, a few side by side. */
  const everywhere = async (breakAt: (at: number) => Promise<boolean>): Promise<void> => {
    let at = 0;
    for (let broke = true; broke; at += 8) {
      const broken = await Promise.all(Array.from({ length: 8 }, (_, more) => breakAt(at + more)));
      broke = broken.every((one) => one);
    }
    expect(at).toBeGreaterThan(30);
  };
  const aSmallResident = async (): Promise<Resident> => {
    const resident = await Resident.begin(isolate());
    await resident.register();
    await resident.tell(0, { parcel: true });
    await begin(isolate(), resident);
    return resident;
  };
  /** By those who still know the account where it was. */
  const useAndFinish = async (resident: Resident): Promise<void> => {
    const use = Promise.all([resident.tell(0), resident.register()]);
    await finish(isolate(), resident);
    await use;
    await expectWhole(resident);
  };

  it("at any call is continued by the next worker; the one before may continue late, and changes nothing more", {
    timeout: 300_000,
  }, async () => {
    await everywhere(async (at) => {
      const resident = await aSmallResident();
      const { bindings, calls } = troubled(at, async () => {
        await useAndFinish(resident);
        await resident.tell(0);
      });
      await moveOn(testContext({}, bindings), resident.account_number).catch(() => null);
      await expectWhole(resident);
      return calls() > at;
    });
  });

  it("at any call, where only the answer is lost, is completed", { timeout: 300_000 }, async () => {
    await everywhere(async (at) => {
      const resident = await aSmallResident();
      const { bindings, calls } = troubled(at, "stumbles");
      await moveOn(testContext({}, bindings), resident.account_number).catch(() => null);
      await useAndFinish(resident);
      return calls() > at;
    });
  });

  it("holds the row for one at a time", async () => {
    const ctx = isolate();
    const resident = await aResident(ctx);
    await begin(ctx, resident);
    const now = Date.now();
    const taken = await Promise.all(
      [1, 2, 3].map(() => takeMove(ctx.control, resident.account_number, now, 60_000)),
    );
    expect(taken.filter((move) => move !== null)).toHaveLength(1);
    await finish(ctx, resident);
  });

  it("because the two sides do not agree begins again, and is cancelled in the end; the account stays usable", async () => {
    const resident = await aResident();
    const spoil = isolate((db) =>
      hooked(db, async (_call, work) => {
        const { account_number } = resident;
        const move = await findMove(testEnv().DB, account_number);
        if (move?.step === "freeze")
          await testEnv()
            .SHARD_2?.prepare("DELETE FROM shipment_numbers WHERE tenant_id = ?1")
            .bind(resident.tenant_id)
            .run();
        return work();
      }),
    );
    await begin(spoil, resident);
    await finish(spoil, resident);
    const move = await findMove(spoil.control, resident.account_number);
    expect([move?.step, move?.rounds]).toEqual(["cancelled", 3]);
    expect(move?.note).toContain("SHARD_2 has");
    await resident.tell(0);
    await expectWhole(resident, "SHARD_1");
  });

  it("is cancelled before the switch, at any step; after it, no more", async () => {
    const ctx = isolate();
    for (const at of ["clear", "copy", "catch_up", "freeze"]) {
      const resident = await aResident(ctx);
      await begin(ctx, resident);
      const until = isolate((db) =>
        hooked(db, async (_call, work) => {
          if ((await findMove(testEnv().DB, resident.account_number))?.step === at)
            await cancelMove(testEnv().DB, resident.account_number, 0);
          return work();
        }),
      );
      await moveOn(until, resident.account_number);
      await finish(ctx, resident);
      expect((await findMove(ctx.control, resident.account_number))?.step).toBe("cancelled");
      await resident.tell(0);
      await expectWhole(resident, "SHARD_1");
      await begin(ctx, resident);
      await finish(ctx, resident);
      expect(await cancelMove(ctx.control, resident.account_number, 0)).toBeNull();
      await expectWhole(resident);
    }
  });
});

it("no statement of a move reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(40);
  const scans: Record<string, string[]> = {};
  for (const sql of statements) {
    const found = await tableScans(testEnv().DB, sql);
    if (found.length > 0) scans[sql] = found;
  }
  expect(scans).toEqual({});
});
