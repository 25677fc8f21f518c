import { describe, expect, it } from "vitest";
import { dhlFreight } from "../carriers/dhl_freight/index.ts";
import type { Context, InboxCalls } from "../context.ts";
import type { SftpSession } from "../outside/sftp.ts";
import { readFeed } from "../storage/feed.ts";
import { openConnection } from "../storage/open-connection.ts";
import { Inboxes } from "../testing/inboxes.ts";
import {
  Folder,
  HeldQueue,
  seedAccount,
  seedConnection,
  seedShipment,
  testContext,
} from "../testing/seed.ts";
import { type CollectLimits, collectFiles } from "./collect.ts";

/**
 * A run over a folder dies at its n-th call to anything outside (the server, D1, an inbox), once before the call had its
 * effect and once after it; for every n there is. The next runs are healthy. Whatever n: each event is told once, and the
 * folder looks as if nothing had happened.
 */

const LIMITS: CollectLimits = {
  file_max: 3_000,
  whole_max: 3_000,
  large: { range: 1_500, run: 4_000, sizes: { piece: 1_000, message: 2_000 } },
};

const MINUTE = 60_000;
let clock = Date.parse("2026-05-04T10:00:00Z");
let count = 0;

/** Dies at one call, and from then on answers nothing any more. */
class Mortal {
  calls = 0;
  dead = false;
  readonly #at: number;
  readonly #afterwards: boolean;
  constructor(at: number, afterwards: boolean) {
    this.#at = at;
    this.#afterwards = afterwards;
  }
  async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.dead) throw new Error("dead");
    const last = this.calls++ === this.#at;
    this.dead = last;
    if (last && !this.#afterwards) throw new Error("dies");
    const answer = await call();
    if (last) throw new Error("dies");
    return answer;
  }

  database(db: D1Database): D1Database {
    const real = new WeakMap<object, D1PreparedStatement>();
    const statement = (inner: D1PreparedStatement): D1PreparedStatement => {
      const outer = new Proxy(inner, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          if (name === "bind") return (...values: unknown[]) => statement(target.bind(...values));
          return (...given: unknown[]) => this.pass(async () => value.apply(target, given));
        },
      });
      real.set(outer, inner);
      return outer;
    };
    return new Proxy(db, {
      get: (target, name) => {
        if (name === "prepare") return (sql: string) => statement(target.prepare(sql));
        if (name === "batch")
          return (all: D1PreparedStatement[]) =>
            this.pass(() => target.batch(all.map((one) => real.get(one) ?? one)));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  inbox(inner: InboxCalls): InboxCalls {
    return {
      ...inner,
      accept: (...given) => this.pass(() => inner.accept(...given)),
      describeAll: (...given) => this.pass(() => inner.describeAll(...given)),
    };
  }

  session(inner: SftpSession): SftpSession {
    return {
      list: (...given) => this.pass(() => inner.list(...given)),
      read: (...given) => this.pass(() => inner.read(...given)),
      write: (...given) => this.pass(() => inner.write(...given)),
      move: (...given) => this.pass(() => inner.move(...given)),
      remove: (...given) => this.pass(() => inner.remove(...given)),
      close: () => inner.close(),
    };
  }
}

const status = (ref: number, number: string) =>
  `UNH+${ref}+IFTSTA:D:01B:UN'BGM+77+${number}+9'DTM+137:202605041000:203'CNI+1+${number}'STS+1+24+501'DTM+7:202605040912:203'UNT+7+${ref}'`;
const interchange = (numbers: readonly string[]) =>
  `UNA:+.? 'UNB+UNOC:3+DHL+ME+260504:1000+77'${numbers.map((number, n) => status(n + 1, number)).join("")}UNZ+${numbers.length}+77'`;

type After = "move" | "delete" | "leave";

async function aStage(after: After) {
  count += 1;
  const checks = new HeldQueue();
  const folder = new Folder();
  const queues = { checks, slowChecks: checks, fileChecks: checks };
  const inboxes = new Inboxes(() => ctx);
  const ctx: Context = testContext({ queues, inboxOf: inboxes.of, now: () => clock, sftp: folder });
  const name = `crash-${count}`;
  await seedAccount(ctx, name);
  const { id } = await seedConnection(ctx, {
    carrier_id: "dhl_freight",
    account_numbers: [name],
    ways: {
      sftp: {
        host: "files.example",
        port: 22,
        username: "u",
        host_key_sha256: "x".repeat(43),
        directory: "out",
        after,
        done_directory: "done",
        failed_directory: "failed",
      },
    },
    credentials: { sftp_password: "p" },
  });
  const numbers = Array.from({ length: 40 }, (_, n) => String(800_000_000 + count * 100 + n));
  const followed = [numbers[0] ?? "", numbers[20] ?? "", numbers[39] ?? ""];
  for (const carrier_tracking_id of followed)
    await seedShipment(ctx, name, { carrier_id: "dhl_freight", carrier_tracking_id });
  return { ctx, name, id, folder, inboxes, numbers, followed };
}

interface What {
  after: After;
  /** Puts files there; returns which of the followed numbers they tell of. */
  files: (stage: Awaited<ReturnType<typeof aStage>>) => string[];
  /** What the folder holds in the end. */
  end: string[];
}

/** Whether the run came to the call that it was to die at. */
async function dyingAt(n: number, afterwards: boolean, { after, files, end }: What): Promise<boolean> {
  const stage = await aStage(after);
  const told = files(stage);
  const mortal = new Mortal(n, afterwards);
  const { ctx } = stage;
  const dying: Context = {
    ...ctx,
    control: mortal.database(ctx.control),
    inboxOf: (connection_id, lane) => mortal.inbox(ctx.inboxOf(connection_id, lane)),
    sftp: {
      run: (target, work) => stage.folder.run(target, (session) => work(mortal.session(session))),
    },
  };
  // Three healthy minutes over a folder that looks as it should: nothing more comes of them.
  let settled = 0;
  for (let minute = 0; minute < 14 && settled < 3; minute++) {
    clock += MINUTE;
    const connection = await openConnection(ctx.control, ctx.vault, stage.id);
    if (connection?.ways.sftp === undefined) throw new Error("The connection has no folder.");
    const run = collectFiles(mortal.dead ? ctx : dying, dhlFreight, connection, connection.ways.sftp, LIMITS);
    const dead = await run.then(
      () => false,
      () => true,
    );
    expect(dead && !mortal.dead).toBe(false);
    await stage.inboxes.settle();
    settled = String([...stage.folder.files.keys()].sort()) === String(end) ? settled + 1 : 0;
  }
  const feed = await readFeed(ctx.shardFor(stage.name), `${stage.name}.test`, 0, 1000);
  const place = `call ${n}, ${afterwards ? "after" : "before"} its effect`;
  expect(feed.map(({ element }) => element?.carrier_tracking_id).sort(), place).toEqual(told);
  expect([...stage.folder.files.keys()].sort(), place).toEqual(end);
  return mortal.dead;
}

describe("a run that dies at any call, and the next that is healthy", { timeout: 240_000 }, () => {
  const small: What["files"] = ({ folder, numbers, followed }) => {
    folder.put("out/a.edi", interchange(numbers.slice(0, 2)));
    return followed.slice(0, 1);
  };
  const large: What["files"] = ({ folder, numbers, followed }) => {
    folder.put("out/big.edi", interchange(numbers));
    return followed;
  };
  const cut: What["files"] = ({ folder, numbers }) => {
    folder.put("out/cut.edi", interchange(numbers.slice(0, 2)).slice(0, 60));
    return [];
  };
  it.each<[string, What]>([
    ["a file, moved", { after: "move", files: small, end: ["out/done/a.edi"] }],
    ["a file, deleted", { after: "delete", files: small, end: [] }],
    ["a file, left", { after: "leave", files: small, end: ["out/a.edi"] }],
    [
      "a file that stays cut",
      { after: "move", files: cut, end: ["out/failed/cut.edi", "out/failed/cut.edi.error.txt"] },
    ],
    ["a large file, moved", { after: "move", files: large, end: ["out/done/big.edi"] }],
  ])("%s: told once, put away once", async (_what, what) => {
    for (const afterwards of [false, true]) {
      let n = 0;
      while (await dyingAt(n, afterwards, what)) n += 1;
      // It really came past the calls that there are: list, known, read, hash, acceptance, mark, move.
      expect(n).toBeGreaterThan(6);
    }
  });
});
