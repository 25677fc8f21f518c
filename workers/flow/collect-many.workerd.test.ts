import { beforeEach, describe, expect, it } from "vitest";
import { sandbox } from "../carriers/sandbox/index.ts";
import type { Context } from "../context.ts";
import { SftpFault, type SftpSession } from "../outside/sftp.ts";
import { markFiles } from "../storage/files.ts";
import { openConnection } from "../storage/open-connection.ts";
import { type Folder, recording } from "../testing/seed.ts";
import {
  aLaterHour,
  documentsOf,
  MINUTES,
  news,
  OUT,
  PICKED,
  scansSoFar,
  settle,
  sftpStage,
  slotsOf,
  tickAfter,
  time,
  told,
} from "../testing/stage.ts";
import { collectFiles } from "./collect.ts";

beforeEach(aLaterHour);

type Stage = Awaited<ReturnType<typeof sftpStage>>;
type After = "move" | "delete" | "leave";

/** One run over the folder, with the product's own limits; its events are left where they are. */
async function aRun(stage: Stage, after: After = "move", ctx: Context = stage.ctx) {
  time.now += MINUTES;
  const connection = await openConnection(ctx.control, ctx.vault, stage.connection);
  if (connection?.ways.sftp === undefined) throw new Error("The connection has no folder.");
  return collectFiles(ctx, sandbox, connection, { ...connection.ways.sftp, after });
}

/** The stage with a session whose calls a test changes. */
function withSession(stage: Stage, change: (session: SftpSession) => Partial<SftpSession>): Context {
  const run: Folder["run"] = (target, work) =>
    stage.folder.run(target, (session) => work({ ...session, ...change(session) }));
  return { ...stage.ctx, sftp: { run } };
}

/** How many statements reach D1 while `work` runs. */
async function statementsOf(stage: Stage, work: (ctx: Context) => Promise<unknown>): Promise<number> {
  const seen = new Statements();
  await work({ ...stage.ctx, control: recording(stage.ctx.control, seen) });
  return seen.count;
}

/** The same statement twice counts twice. */
class Statements extends Set<string> {
  count = 0;
  override add(sql: string): this {
    this.count += 1;
    return super.add(sql);
  }
}

const aFile = (stage: Stage, n: number) =>
  JSON.stringify(news(`${stage.number}-${n}`, [PICKED], { file: n }));
const fileName = (n: number) => `out/f${String(n).padStart(6, "0")}.json`;

describe("many files in one folder", { timeout: 120_000 }, () => {
  it("10,000, of which 250 are new: a hundred a run, the oldest first, none forgotten, few statements", async () => {
    const stage = await sftpStage();
    const old = Array.from({ length: 9_750 }, (_, n) => ({ path: fileName(n), size: 2, mtime_ms: n }));
    for (const { path, mtime_ms } of old) stage.folder.put(path, "{}", mtime_ms);
    await markFiles(
      stage.ctx.control,
      stage.connection,
      old.map((file) => ({ file, state: "moved" })),
      time.now,
    );
    // Two statements know of all of them; the others are the connection's own.
    expect(await statementsOf(stage, (ctx) => aRun(stage, "leave", ctx))).toBeLessThan(6);
    for (let n = 9_750; n < 10_000; n++) stage.folder.put(fileName(n), aFile(stage, n), n);
    const ends: string[] = [];
    const reads: number[] = [];
    for (let run = 0; run < 3; run++) {
      const before = stage.folder.reads;
      const statements = await statementsOf(stage, async (ctx) => {
        ends.push((await aRun(stage, "leave", ctx)).kind);
      });
      reads.push(stage.folder.reads - before);
      expect(statements).toBeLessThan(3 * 100 + 10);
      if (run === 0) expect(await namesKept(stage)).toEqual(rangeOf(9_750, 9_850).map(fileName));
    }
    expect(reads).toEqual([100, 100, 50]);
    // What is left over is gone on with at once.
    expect(ends).toEqual(["more", "more", "done"]);
    expect(await namesKept(stage)).toEqual(rangeOf(9_750, 10_000).map(fileName));
  });

  it("are gone on with in the same minute, by one claim", async () => {
    const stage = await sftpStage();
    for (let n = 0; n < 130; n++) stage.folder.put(fileName(n), aFile(stage, n), n);
    await tickAfter(stage, MINUTES);
    expect((await documentsOf(stage, stage.connection)).length).toBe(130);
    const [slot] = await slotsOf(stage.connection);
    expect(slot).toMatchObject({ failures: 0, last_error: null });
  });

  it("more than one listing tells, of which the oldest are none of ours: the others are found behind them", async () => {
    const stage = await sftpStage();
    for (let n = 0; n < 20_050; n++) stage.folder.put(`out/other-${n}.pdf`, "x", n);
    stage.folder.put("out/a.json", aFile(stage, 1), 30_000);
    await aRun(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(1);
  });

  it("puts away a bounded number a run, and all of them in the end", async () => {
    const stage = await sftpStage();
    for (let n = 0; n < 230; n++) stage.folder.put(fileName(n), aFile(stage, n), n);
    for (let run = 0; run < 3; run++) await aRun(stage);
    await settle(stage);
    const left = () => [...stage.folder.files.keys()].filter((path) => !path.startsWith("out/done/")).length;
    const statements = await statementsOf(stage, (ctx) => aRun(stage, "move", ctx));
    expect(left()).toBe(30);
    expect(statements).toBeLessThan(8);
    await aRun(stage);
    expect(left()).toBe(0);
  });

  it("a name that was written over a thousand times costs no more than one", async () => {
    const stage = await sftpStage();
    const versions = Array.from({ length: 1_000 }, (_, n) => ({ path: "out/a.json", size: 5, mtime_ms: n }));
    await markFiles(
      stage.ctx.control,
      stage.connection,
      versions.map((file) => ({ file, state: "moved" })),
      time.now,
    );
    stage.folder.put("out/a.json", aFile(stage, 1), 5_000);
    await aRun(stage, "leave");
    expect((await documentsOf(stage, stage.connection)).length).toBe(1);
  });
});

describe("one file that fails", () => {
  it("and takes the session with it each time does not stand before the others", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])), 1);
    stage.folder.put("out/b.json", JSON.stringify(news(stage.number, [PICKED, OUT])), 2);
    const ctx = withSession(stage, (session) => ({
      read: async (path, ...more) => {
        if (path === "out/a.json") throw new SftpFault("timeout", "Cannot read out/a.json: too late.");
        return session.read(path, ...more);
      },
    }));
    expect(await aRun(stage, "move", ctx)).toMatchObject({
      kind: "failed",
      error: expect.stringContaining("out/a.json"),
    });
    expect(await documentsOf(stage, stage.connection)).toEqual([]);
    expect((await aRun(stage, "move", ctx)).kind).toBe("failed");
    expect((await documentsOf(stage, stage.connection)).length).toBe(1);
    // Once it can be read, it is.
    await aRun(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(2);
  });

  it("by breaking off midway is read again, and the others meanwhile", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])), 1);
    stage.folder.put("out/b.json", JSON.stringify(news(stage.number, [PICKED, OUT])), 2);
    const ctx = withSession(stage, (session) => ({
      read: async (path, ...more) =>
        path === "out/b.json"
          ? session.read(path, ...more)
          : new ReadableStream({
              start: (controller) => {
                controller.enqueue(new Uint8Array(10));
                controller.error(new Error("Network connection lost."));
              },
            }),
    }));
    expect(await aRun(stage, "move", ctx)).toMatchObject({
      kind: "done",
      error: expect.stringContaining("broke off"),
    });
    expect((await documentsOf(stage, stage.connection)).length).toBe(1);
    await aRun(stage);
    expect((await documentsOf(stage, stage.connection)).length).toBe(2);
  });

  it("because its name is not UTF-8 is told, and costs the folder nothing of its pace", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/Gr\uFFFD\uFFFDe.json", "{}", 1);
    stage.folder.put("out/b.json", JSON.stringify(news(stage.number, [PICKED])), 2);
    stage.ctx.sftp = withSession(stage, (session) => ({
      read: async (path, ...more) => {
        if (path.includes("\uFFFD")) throw new SftpFault("not_found", "The file's name is not UTF-8.");
        return session.read(path, ...more);
      },
    })).sftp;
    await tickAfter(stage, MINUTES);
    await tickAfter(stage, MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    const [slot] = await slotsOf(stage.connection);
    expect(slot?.last_error).toContain("not UTF-8");
    // Looked into every minute as before.
    expect((slot?.due_at ?? 0) - time.now).toBeLessThanOrEqual(MINUTES);
  });

  it("because it is gone since it was listed is none", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", "{}", 1);
    const ctx = withSession(stage, (session) => ({
      list: async (...given) => {
        const listing = await session.list(...given);
        stage.folder.files.clear();
        return listing;
      },
    }));
    expect(await aRun(stage, "move", ctx)).toEqual({ kind: "done" });
  });
});

describe("when the session can't be had", () => {
  it.each([
    ["busy", 5_000],
    ["session_unknown", null],
    ["container_unreachable", null],
  ] as const)("for a reason of ours (%s), it is tried again soon and nobody failed", async (kind, wait) => {
    const stage = await sftpStage();
    stage.folder.failing = { call: "run", fault: new SftpFault(kind, "Not now.", wait) };
    const end = await aRun(stage);
    expect(end).toMatchObject({ kind: "later", not_before: time.now + (wait ?? 15_000) });
  });

  it("because the host is in quarantine, the check waits at least as long and says so", async () => {
    const stage = await sftpStage();
    const why = "files.example port 22 failed 4 times in a row and is left alone for a while.";
    stage.folder.failing = { call: "run", fault: new SftpFault("quarantined", why, 7 * MINUTES) };
    await tickAfter(stage, MINUTES);
    const [slot] = await slotsOf(stage.connection);
    expect(slot?.last_error).toContain(why);
    expect((slot?.due_at ?? 0) - time.now).toBeGreaterThanOrEqual(7 * MINUTES);
  });
});

it("no statement of these steps reads a whole table", async () => {
  expect(await scansSoFar()).toEqual({});
});

const rangeOf = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

async function namesKept(stage: Stage): Promise<string[]> {
  const documents = await documentsOf(stage, stage.connection);
  return documents.map(({ file_name }) => file_name ?? "").sort();
}
