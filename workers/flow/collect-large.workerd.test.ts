import { beforeEach, describe, expect, it } from "vitest";
import type { Carrier } from "../carriers/carrier.ts";
import { dhlFreight } from "../carriers/dhl_freight/index.ts";
import { sandbox } from "../carriers/sandbox/index.ts";
import type { Context } from "../context.ts";
import { SftpFault } from "../outside/sftp.ts";
import { readFeed } from "../storage/feed.ts";
import { openConnection } from "../storage/open-connection.ts";
import { Inboxes } from "../testing/inboxes.ts";
import {
  Folder,
  HeldQueue,
  recording,
  seedAccount,
  seedConnection,
  seedShipment,
  tableScans,
  testContext,
  testEnv,
  watchedEnv,
} from "../testing/seed.ts";
import { documentsOf as documentsOfConnection, news, PICKED } from "../testing/stage.ts";
import { runCheck } from "./check.ts";
import { type CollectLimits, collectFiles } from "./collect.ts";
import { CheckMessage } from "./messages.ts";
import { enqueueChecks } from "./tick.ts";

const MINUTE = 60_000;
const MEGABYTE = 1024 * 1024;
let clock = Date.parse("2026-03-14T10:00:00Z");
let account = 0;
const statements = new Set<string>();

interface Stage {
  ctx: Context;
  account: string;
  connection: string;
  folder: Folder;
  checks: HeldQueue;
  inboxes: Inboxes;
}

async function aStage(carrier_id = "dhl_freight"): Promise<Stage> {
  account += 1;
  const checks = new HeldQueue();
  const folder = new Folder();
  const inboxes = new Inboxes(() => ctx);
  const ctx: Context = testContext(
    {
      queues: { checks, slowChecks: checks, fileChecks: checks },
      inboxOf: inboxes.of,
      now: () => clock,
      sftp: folder,
    },
    watchedEnv((db) => recording(db, statements)),
  );
  const name = `large-${account}`;
  await seedAccount(ctx, name);
  const { id } = await seedConnection(ctx, {
    carrier_id,
    account_numbers: [name],
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
  return { ctx, account: name, connection: id, folder, checks, inboxes };
}

/** Registers one number in so many and the last one; returns those. */
async function follow(stage: Stage, numbers: readonly string[], oneIn = 12): Promise<string[]> {
  const followed = numbers.filter((_, n) => n % oneIn === 0 || n === numbers.length - 1);
  for (const carrier_tracking_id of followed)
    await seedShipment(stage.ctx, stage.account, { carrier_id: "dhl_freight", carrier_tracking_id });
  return followed;
}

/** One minute with the product's own limits. */
async function aMinute(stage: Stage): Promise<void> {
  clock += MINUTE;
  await enqueueChecks(stage.ctx);
  for (const message of stage.checks.take()) await runCheck(stage.ctx, CheckMessage.parse(message));
  await stage.inboxes.settle();
}

const SMALL: CollectLimits = {
  file_max: 5_000,
  whole_max: 8_000,
  large: { range: 2_000, run: 6_000, sizes: { piece: 1_500, message: 3_000 } },
};

/** One listing with limits that a small file exceeds. */
async function aListing(
  stage: Stage,
  limits = SMALL,
  carrier: Carrier = dhlFreight,
): ReturnType<typeof collectFiles> {
  clock += MINUTE;
  const connection = await openConnection(stage.ctx.control, stage.ctx.vault, stage.connection);
  if (connection?.ways.sftp === undefined) throw new Error("The connection has no folder.");
  const end = await collectFiles(stage.ctx, carrier, connection, connection.ways.sftp, limits);
  await stage.inboxes.settle();
  return end;
}

const names = ({ folder }: Stage) => [...folder.files.keys()].sort();
const written = ({ folder }: Stage, name: string) => new TextDecoder().decode(folder.files.get(name)?.bytes);
const told = async (stage: Stage) =>
  (await readFeed(stage.ctx.shardFor(stage.account), `${stage.account}.test`, 0, 1000)).map(({ element }) => [
    element?.carrier_tracking_id,
    element?.sequence,
    element?.event.status,
  ]);

const documentsOf = async (stage: Stage) =>
  (await documentsOfConnection(stage, stage.connection)).map(({ state, size, file_name }) => ({
    state,
    size,
    name: file_name,
  }));

const filesOf = async ({ connection }: Stage) =>
  (
    await testEnv()
      .DB.prepare("SELECT path, size, state, sha256 FROM files WHERE connection_id = ?1 ORDER BY mtime_ms")
      .bind(connection)
      .all<{ path: string; size: number; state: string; sha256: string | null }>()
  ).results;

async function sha256Of(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const leftOver = async ({ connection }: Stage) =>
  (
    await testEnv()
      .DB.prepare(
        "SELECT (SELECT count(*) FROM file_pieces WHERE connection_id = ?1) + (SELECT count(*) FROM file_progress WHERE connection_id = ?1) AS rows",
      )
      .bind(connection)
      .first<{ rows: number }>()
  )?.rows;

const status = (ref: number, number: string, more = "") =>
  `UNH+${ref}+IFTSTA:D:01B:UN'BGM+77+${number}+9'DTM+137:202603141000:203'CNI+1+${number}'STS+1+24+501'DTM+7:202603140912:203'${more}UNT+${more === "" ? 7 : 8}+${ref}'`;
const invoice = (ref: number, bytes: number) =>
  `UNH+${ref}+INVOIC:D:01B:UN'FTX+AAI+++${"x".repeat(bytes)}'UNT+3+${ref}'`;
const interchange = (messages: readonly string[]) =>
  `UNA:+.? 'UNB+UNOC:3+DHL+ME+260314:1000+77'${messages.join("")}UNZ+${messages.length}+77'`;

/** Statuses of the numbers, each among other messages of so many bytes. */
function file(numbers: readonly string[], bytesBetween: number, more = ""): string {
  let ref = 0;
  const messages = numbers.flatMap((number) => {
    const filling = Array.from({ length: Math.ceil(bytesBetween / 100_000) }, () => {
      ref += 1;
      return invoice(ref, Math.min(bytesBetween, 100_000));
    });
    ref += 1;
    return [...filling, status(ref, number, more)];
  });
  return interchange(messages);
}

const numbersOf = (count: number) =>
  Array.from({ length: count }, (_, n) => String(700_000_000 + account * 1000 + n));

beforeEach(async () => {
  clock += 3_600_000;
  await testContext().control.prepare("DELETE FROM check_slots").run();
});

describe("a file of 34 MB", () => {
  it("is read in ranges, resumes after a crash, and tells each event once", { timeout: 60_000 }, async () => {
    const stage = await aStage();
    const numbers = numbersOf(4);
    await follow(stage, numbers, 1);
    const text = file(numbers, 8.5 * MEGABYTE);
    expect(text.length).toBeGreaterThan(34 * MEGABYTE);
    stage.folder.put("out/big.edi", text);
    await aMinute(stage);
    expect(stage.folder.ranges).toEqual([]);

    stage.folder.failing = { call: "read", fault: new SftpFault("unreachable", "cut"), after: 4 };
    await aMinute(stage);
    expect(stage.folder.ranges.length).toBe(4);
    expect(await filesOf(stage)).toMatchObject([{ state: "reading", sha256: null }]);

    // Only the pieces that tell anything are kept: one in eight megabytes here.
    expect((await documentsOf(stage)).length).toBe(1);
    for (let minute = 0; minute < 5; minute++) await aMinute(stage);
    expect(names(stage)).toEqual(["out/done/big.edi"]);
    const resumed = stage.folder.ranges[4]?.offset ?? 0;
    expect(resumed).toBeGreaterThan(15 * MEGABYTE);
    expect(resumed).toBeLessThanOrEqual(16 * MEGABYTE);
    for (const { length } of stage.folder.ranges) expect(length).toBeLessThanOrEqual(4 * MEGABYTE);
    const asked = stage.folder.ranges.reduce((sum, { length }) => sum + length, 0);
    expect(asked).toBeLessThan(text.length + 2 * MEGABYTE);

    const documents = await documentsOf(stage);
    expect(documents.length).toBe(4);
    expect(new Set(documents.map(({ name }) => name)).size).toBe(4);
    for (const { size, name, state } of documents) {
      expect(size).toBeLessThanOrEqual(900_000);
      expect(name).toMatch(/^out\/big\.edi#\d+$/);
      expect(state).toBe("done");
    }
    expect(await filesOf(stage)).toEqual([
      {
        path: "out/big.edi",
        size: text.length,
        state: "moved",
        sha256: await sha256Of(text),
      },
    ]);
    expect(await leftOver(stage)).toBe(0);
    expect(await told(stage)).toEqual(numbers.map((number) => [number, 1, "out_for_delivery"]));
  });
});

describe("the product's own limits", { timeout: 60_000 }, () => {
  it("read a file that can't be cut whole up to 10 MiB, and refuse a larger one", async () => {
    const stage = await aStage("sandbox");
    await seedShipment(stage.ctx, stage.account, {
      carrier_id: "sandbox",
      carrier_tracking_id: "SBX-limits",
    });
    /** One JSON document, by shipments with a long note each. */
    const aDocument = (bytes: number) => {
      const note = "x".repeat(20_000);
      const others = Array.from({ length: Math.floor(bytes / 20_150) }, (_, n) =>
        news(`SBX-other-${n}`, [PICKED], { note }).tracking.at(0),
      );
      return JSON.stringify({ tracking: [...others, ...news("SBX-limits", [PICKED]).tracking] });
    };
    stage.folder.put("out/a-small.json", aDocument(3.9 * MEGABYTE), 1);
    stage.folder.put("out/b-held.json", aDocument(9.9 * MEGABYTE), 2);
    stage.folder.put("out/c-too-large.json", aDocument(10.1 * MEGABYTE), 3);
    for (let minute = 0; minute < 4; minute++) await aMinute(stage);
    expect(names(stage)).toEqual([
      "out/done/a-small.json",
      "out/done/b-held.json",
      "out/failed/c-too-large.json",
      "out/failed/c-too-large.json.error.txt",
    ]);
    expect(written(stage, "out/failed/c-too-large.json.error.txt")).toMatch(
      /^The file holds \d+ bytes, and a file that can't be cut may hold 10485760\. A single JSON document .*Send it as several files/u,
    );
    expect((await documentsOf(stage)).map(({ name }) => name)).toEqual([
      "out/a-small.json",
      "out/b-held.json",
    ]);
    expect(await told(stage)).toEqual([["SBX-limits", 1, "accepted"]]);
  });

  it("cut a file of more than 4 MiB, and no smaller one", async () => {
    const stage = await aStage();
    const [small = "", large = ""] = await follow(stage, numbersOf(2), 1);
    stage.folder.put("out/small.edi", file([small], 4.1 * 1_000_000), 1);
    stage.folder.put("out/large.edi", file([large], 4.2 * MEGABYTE), 2);
    for (let minute = 0; minute < 4; minute++) await aMinute(stage);
    expect(names(stage)).toEqual(["out/done/large.edi", "out/done/small.edi"]);
    expect(new Set(stage.folder.ranges.map(({ path }) => path))).toEqual(new Set(["out/large.edi"]));
    expect(await told(stage)).toEqual([
      [small, 1, "out_for_delivery"],
      [large, 1, "out_for_delivery"],
    ]);
  });
});

describe("a large file", { timeout: 30_000 }, () => {
  it("is read a bounded part a run, whatever other files do, and moved when the last piece is done", async () => {
    const stage = await aStage();
    const numbers = numbersOf(100);
    await follow(stage, numbers.slice(0, 2), 1);
    const text = file(numbers, 0);
    stage.folder.put("out/a-big.edi", text);
    stage.folder.put("out/small.edi", file([numbers[1] ?? ""], 0), 5);
    const runs: number[] = [];
    for (let listing = 0; names(stage).includes("out/a-big.edi") && listing < 20; listing++) {
      const before = stage.folder.ranges.length;
      await aListing(stage);
      runs.push(stage.folder.ranges.slice(before).reduce((sum, { length }) => sum + length, 0));
    }
    for (const bytes of runs) expect(bytes).toBeLessThanOrEqual(6_000);
    // Seen, read in runs, put away.
    expect(runs.length).toBeGreaterThan(Math.ceil(text.length / 6_000));
    expect(names(stage)).toEqual(["out/done/a-big.edi", "out/done/small.edi"]);
    expect((await told(stage)).map(([number]) => number).sort()).toEqual(numbers.slice(0, 2));
  });

  it("waits for its pieces before it is moved", async () => {
    const stage = await aStage();
    const numbers = numbersOf(60);
    await follow(stage, numbers.slice(0, 1));
    stage.folder.put("out/big.edi", file(numbers, 0));
    stage.inboxes.hold();
    const connection = await openConnection(stage.ctx.control, stage.ctx.vault, stage.connection);
    if (connection?.ways.sftp === undefined) throw new Error("The connection has no folder.");
    for (let listing = 0; listing < 6; listing++)
      await collectFiles(stage.ctx, dhlFreight, connection, connection.ways.sftp, SMALL);
    expect(await filesOf(stage)).toMatchObject([{ state: "kept" }]);
    expect(names(stage)).toEqual(["out/big.edi"]);
    await stage.inboxes.settle();
    await aListing(stage);
    expect(names(stage)).toEqual(["out/done/big.edi"]);
  });

  it("repeats the pieces that a crash left without a checkpoint, and nothing is told twice", async () => {
    const stage = await aStage();
    const numbers = numbersOf(40);
    const followed = await follow(stage, numbers);
    const text = file(numbers, 0);
    stage.folder.put("out/big.edi", text);
    await aListing(stage);
    // The first statement of a checkpoint fails: its pieces are kept by then.
    const control = new Proxy(stage.ctx.control, {
      get(target, name) {
        if (name === "batch") return () => Promise.reject(new Error("D1 is away."));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await expect(aListing({ ...stage, ctx: { ...stage.ctx, control } })).rejects.toThrow("D1 is away.");
    const orphans = (await documentsOf(stage)).length;
    expect(orphans).toBeGreaterThan(0);
    for (let listing = 0; listing < 8; listing++) await aListing(stage);
    expect(names(stage)).toEqual(["out/done/big.edi"]);
    const documents = await documentsOf(stage);
    expect(documents.length).toBe(new Set(documents.map(({ name }) => name)).size + orphans);
    expect((await told(stage)).map(([number]) => number).sort()).toEqual(followed);
  });

  it("that changes midway starts anew under its new size and time", async () => {
    const stage = await aStage();
    const numbers = numbersOf(60);
    const followed = await follow(stage, numbers);
    stage.folder.put("out/big.edi", file(numbers.slice(0, 50), 0), 1);
    await aListing(stage);
    await aListing(stage);
    expect(await filesOf(stage)).toMatchObject([{ state: "reading" }]);
    const text = file(numbers, 0);
    stage.folder.put("out/big.edi", text, 2);
    for (let listing = 0; listing < 8; listing++) await aListing(stage);
    expect(names(stage)).toEqual(["out/done/big.edi"]);
    expect(await filesOf(stage)).toEqual([
      {
        path: "out/big.edi",
        size: text.length,
        state: "moved",
        sha256: await sha256Of(text),
      },
    ]);
    expect((await told(stage)).map(([number]) => number).sort()).toEqual(followed);
    expect(await leftOver(stage)).toBe(0);
  });

  it("that became shorter while it is read is left for the next listing", async () => {
    const stage = await aStage();
    const numbers = numbersOf(60);
    await follow(stage, numbers);
    stage.folder.put("out/big.edi", file(numbers, 0), 1);
    await aListing(stage);
    await aListing(stage);
    const short = new TextEncoder().encode(file(numbers.slice(0, 3), 0));
    const { folder } = stage;
    const shrinking: Stage = {
      ...stage,
      ctx: {
        ...stage.ctx,
        sftp: {
          run: (target, work) =>
            folder.run(target, async (session) =>
              work({
                ...session,
                list: async (directory, limit) => {
                  const listing = await session.list(directory, limit);
                  folder.put("out/big.edi", short, 2);
                  return listing;
                },
              }),
            ),
        },
      },
    };
    expect(await aListing(shrinking)).toEqual({ kind: "done" });
    for (let listing = 0; listing < 4; listing++) await aListing(stage);
    expect(names(stage)).toEqual(["out/done/big.edi"]);
  });

  it("that stays cut goes to failed/ once its events are told", async () => {
    const stage = await aStage();
    const numbers = numbersOf(60);
    const followed = await follow(stage, numbers);
    const text = file(numbers, 0);
    stage.folder.put("out/big.edi", text.slice(0, -200));
    for (let listing = 0; listing < 8; listing++) await aListing(stage);
    expect(names(stage)).toEqual(["out/failed/big.edi", "out/failed/big.edi.error.txt"]);
    expect(written(stage, "out/failed/big.edi.error.txt")).toMatch(
      /Piece \d+, which begins at byte \d+:\n.*The file ends/su,
    );
    expect((await told(stage)).map(([number]) => number).sort()).toEqual(followed.slice(0, -1));
    expect(await leftOver(stage)).toBe(0);
  });

  it("with one message too long tells the others, and where the one was", async () => {
    const stage = await aStage();
    const numbers = numbersOf(20);
    const followed = await follow(stage, numbers);
    const messages = numbers.map((number, n) => status(n + 1, number));
    const long = status(21, numbers[0] ?? "", `FTX+AAI+++${"x".repeat(450)}'`.repeat(20));
    const text = interchange([...messages.slice(0, 10), long, ...messages.slice(10)]);
    stage.folder.put("out/big.edi", text);
    for (let listing = 0; listing < 8; listing++) await aListing(stage);
    expect(names(stage)).toEqual(["out/failed/big.edi", "out/failed/big.edi.error.txt"]);
    expect(written(stage, "out/failed/big.edi.error.txt")).toBe(
      `At byte ${text.indexOf(long)}: A message of ${long.length} bytes: at most 3000 are read. Send it in several.\n`,
    );
    expect((await told(stage)).map(([number]) => number).sort()).toEqual(followed);
  });

  it.each([
    ["one JSON document", `{"events": [\n${"1,\n".repeat(5_000)}1]}`, /single JSON document/],
    ["one XML document", `<?xml version="1.0"?>\n<a>${"<b/>".repeat(5_000)}</a>`, /single XML document/],
  ])("that can't be cut and is too large to be held is refused: %s", async (_name, text, why) => {
    const stage = await aStage();
    stage.folder.put("out/big.txt", text);
    for (let listing = 0; listing < 3; listing++) await aListing(stage);
    expect(names(stage)).toEqual(["out/failed/big.txt", "out/failed/big.txt.error.txt"]);
    const error = written(stage, "out/failed/big.txt.error.txt");
    expect(error).toMatch(why);
    expect(error).toContain(`holds ${text.length} bytes, and a file that can't be cut may hold 8000`);
    expect(await documentsOf(stage)).toEqual([]);
  });

  it("that can't be cut is read whole where it can be held: one document, moved once that is done", async () => {
    const stage = await aStage("sandbox");
    await seedShipment(stage.ctx, stage.account, { carrier_id: "sandbox", carrier_tracking_id: "SBX-whole" });
    const text = JSON.stringify({ ...news("SBX-whole", [PICKED]), filler: "x".repeat(6_000) });
    stage.folder.put("out/big.json", text);
    await aListing(stage, SMALL, sandbox);
    expect(await documentsOf(stage)).toEqual([]);
    stage.inboxes.hold();
    const connection = await openConnection(stage.ctx.control, stage.ctx.vault, stage.connection);
    if (connection?.ways.sftp === undefined) throw new Error("The connection has no folder.");
    for (let listing = 0; listing < 2; listing++)
      await collectFiles(stage.ctx, sandbox, connection, connection.ways.sftp, SMALL);
    expect(await documentsOf(stage)).toEqual([
      { state: "accepted", size: text.length, name: "out/big.json" },
    ]);
    expect(names(stage)).toEqual(["out/big.json"]);
    await stage.inboxes.settle();
    await aListing(stage, SMALL, sandbox);
    expect(names(stage)).toEqual(["out/done/big.json"]);
    expect(await told(stage)).toEqual([["SBX-whole", 1, "accepted"]]);
  });

  it("that can't be cut and can't be read goes to failed/, with the reason", async () => {
    const stage = await aStage("sandbox");
    stage.folder.put("out/big.json", JSON.stringify({ unlike: "x".repeat(6_000) }));
    for (let listing = 0; listing < 4; listing++) await aListing(stage, SMALL, sandbox);
    expect(names(stage)).toEqual(["out/failed/big.json", "out/failed/big.json.error.txt"]);
    expect((await documentsOf(stage)).map(({ state }) => state)).toEqual(["unreadable"]);
  });

  it("with a piece whose reader throws tells the others, and says so", async () => {
    const stage = await aStage();
    const numbers = numbersOf(40);
    const followed = await follow(stage, numbers);
    const spoilt = numbers[6] ?? "";
    const failing: Carrier = {
      ...dhlFreight,
      harmonize: (document, context) => {
        if (new TextDecoder().decode(document.body).includes(spoilt))
          throw new TypeError("A reader that expects something else.");
        return dhlFreight.harmonize(document, context);
      },
    };
    stage.folder.put("out/big.edi", file(numbers, 0));
    for (let listing = 0; listing < 6; listing++) await aListing(stage, SMALL, failing);
    expect(names(stage)).toEqual(["out/failed/big.edi", "out/failed/big.edi.error.txt"]);
    expect(written(stage, "out/failed/big.edi.error.txt")).toMatch(
      /begins at byte \d+:\nReading it failed: A reader that expects something else\./u,
    );
    expect((await told(stage)).map(([number]) => number).sort()).toEqual(followed);
  });

  it("of which nothing can be read is given up early", async () => {
    const stage = await aStage();
    stage.folder.put("out/big.txt", "prose that nobody can read, line for line\n".repeat(5_000));
    const wide = { ...SMALL, large: { ...SMALL.large, run: 1_000_000 } };
    for (let listing = 0; listing < 3; listing++) await aListing(stage, wide);
    expect(names(stage)).toEqual(["out/failed/big.txt", "out/failed/big.txt.error.txt"]);
    expect(written(stage, "out/failed/big.txt.error.txt")).toMatch(
      /None of its first 2\d pieces can be read/,
    );
    expect((await documentsOf(stage)).length).toBeLessThanOrEqual(20);
    expect(stage.folder.ranges.length).toBeLessThan(25);
  });
});

describe("cost", () => {
  it("no statement reads a whole table", async () => {
    expect([...statements].filter((sql) => /file_(pieces|progress)/.test(sql)).length).toBeGreaterThan(6);
    const scans: Record<string, string[]> = {};
    for (const sql of statements) {
      const found = await tableScans(testEnv().DB, sql);
      if (found.length > 0) scans[sql] = found;
    }
    expect(scans).toEqual({});
  });
});
