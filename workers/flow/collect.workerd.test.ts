import { beforeEach, describe, expect, it } from "vitest";
import type { Acceptance } from "../inbox/views.ts";
import { SftpFault } from "../outside/sftp.ts";
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
  statements,
  tickAfter,
  time,
  told,
} from "../testing/stage.ts";
import { runCheck } from "./check.ts";
import { CheckMessage } from "./messages.ts";
import { enqueueChecks } from "./tick.ts";

beforeEach(aLaterHour);

describe("1b sFTP", () => {
  it("fetches, posts, and only then moves the file away", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    time.now += MINUTES;
    await enqueueChecks(stage.ctx);
    for (const message of stage.checks.take()) await runCheck(stage.ctx, CheckMessage.parse(message));
    expect([...stage.folder.files.keys()]).toEqual(["out/a.json"]);
    await settle(stage);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    await tickAfter(stage, MINUTES);
    expect([...stage.folder.files.keys()]).toEqual(["out/done/a.json"]);
  });

  it("a file put in the place of the one that was read is read itself, not moved away unread", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    await tickAfter(stage, MINUTES);
    // Between the listing of the next minute and its move.
    stage.folder.beforeMove = () =>
      stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED, OUT])), 9);
    await tickAfter(stage, MINUTES);
    expect([...stage.folder.files.keys()]).toEqual(["out/a.json"]);
    for (let minute = 0; minute < 4; minute++) await tickAfter(stage, 3 * MINUTES);
    expect((await told(stage)).length).toBe(2);
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
    expect((await documentsOf(stage, stage.connection)).length).toBe(2);
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

describe("a file that can't be stored, for a reason on our side", () => {
  const reset = async (): Promise<Acceptance> => {
    throw new Error("Durable Object storage operation exceeded timeout which caused object to be reset.");
  };
  it.each<[string, () => Promise<Acceptance>, RegExp]>([
    ["the inboxes are full", async () => ({ kind: "full" }), /inboxes are full/u],
    ["the inbox is reset", reset, /inbox can't be reached/u],
  ])("stays in its folder and is fetched again soon: %s", async (_reason, accept, says) => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    stage.ctx.inboxOf = (...name) => ({ ...stage.inboxes.of(...name), accept });
    for (let minute = 0; minute < 8; minute++) await tickAfter(stage, MINUTES);
    expect([...stage.folder.files.keys()]).toEqual(["out/a.json"]);
    expect(await documentsOf(stage, stage.connection)).toEqual([]);
    const [slot] = await slotsOf(stage.connection);
    expect(slot).toMatchObject({ failures: 0, last_error: expect.stringMatching(says) });
    expect((slot?.due_at ?? 0) - time.now).toBeLessThanOrEqual(15_000);

    stage.ctx.inboxOf = stage.inboxes.of;
    await tickAfter(stage, MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    expect((await slotsOf(stage.connection))[0]).toMatchObject({ failures: 0, last_error: null });
    await tickAfter(stage, MINUTES);
    expect([...stage.folder.files.keys()]).toEqual(["out/done/a.json"]);
  });

  it("is fetched again where the control database went away between its acceptance and its row", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    const control = failingAt(stage.ctx.control, "INTO files");
    await tickAfter({ ...stage, ctx: { ...stage.ctx, control } }, MINUTES);
    expect((await documentsOf(stage, stage.connection)).length).toBe(1);
    const [slot] = await slotsOf(stage.connection);
    expect(slot).toMatchObject({ failures: 0 });
    expect((slot?.due_at ?? 0) - time.now).toBeLessThanOrEqual(15_000);
    for (let minute = 0; minute < 3; minute++) await tickAfter(stage, MINUTES);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
    expect([...stage.folder.files.keys()]).toEqual(["out/done/a.json"]);
  });

  it("is fetched by the message's next delivery where the control database is away altogether", async () => {
    const stage = await sftpStage();
    stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])));
    time.now += MINUTES;
    await enqueueChecks(stage.ctx);
    const message = CheckMessage.parse(stage.checks.take()[0]);
    const control = failingAt(stage.ctx.control, "");
    await expect(runCheck({ ...stage.ctx, control }, message)).rejects.toThrow("Network connection lost");
    await runCheck(stage.ctx, message);
    await settle(stage);
    expect(await told(stage)).toEqual([[1, "accepted"]]);
  });
});

it("a file whose own data can't be stored is named, and the others are read", async () => {
  const stage = await sftpStage();
  stage.folder.put("out/a.json", JSON.stringify(news(stage.number, [PICKED])), 1);
  stage.folder.put("out/b.json", JSON.stringify(news(stage.number, [PICKED, OUT])), 2);
  const { of } = stage.inboxes;
  stage.ctx.inboxOf = (...name) => ({
    ...of(...name),
    accept: async (version, document) => {
      if (document.file_name === "out/a.json") throw new Error("string or blob too big: SQLITE_TOOBIG");
      return of(...name).accept(version, document);
    },
  });
  for (let minute = 0; minute < 3; minute++) await tickAfter(stage, MINUTES);
  expect([...stage.folder.files.keys()].sort()).toEqual(["out/a.json", "out/done/b.json"]);
  const [slot] = await slotsOf(stage.connection);
  expect(slot?.last_error).toMatch(/^out\/a\.json: string or blob too big/u);
});

it("no statement of these steps reads a whole table", async () => {
  expect(statements.size).toBeGreaterThan(10);
  expect(await scansSoFar()).toEqual({});
});

/** A database that is away for statements with these words. */
function failingAt(db: D1Database, words: string): D1Database {
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "prepare") return value.bind(target);
      return (sql: string) => {
        if (sql.includes(words)) throw new Error("D1_ERROR: Network connection lost.");
        return target.prepare(sql);
      };
    },
  });
}
