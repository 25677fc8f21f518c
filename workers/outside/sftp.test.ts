import { describe, expect, it } from "vitest";
import { SftpFault, type SftpTarget, sftpOver } from "./sftp.ts";

const target: SftpTarget = {
  host: "files.carrier.example",
  port: 22,
  username: "u",
  password: "p",
  private_key: null,
  passphrase: null,
  host_key_sha256: "k".repeat(43),
};

interface Call {
  host: string;
  what: string;
}

/** The container, as far as `answers` goes: by method and path, without the query. */
function containerWith(answers: Record<string, () => Response>): {
  sftp: ReturnType<typeof sftpOver>;
  calls: Call[];
} {
  const calls: Call[] = [];
  const all: Record<string, () => Response> = {
    "POST /sessions": () => Response.json({ session_id: "s-1" }, { status: 201 }),
    "DELETE /sessions/s-1": () => new Response(null, { status: 204 }),
    ...answers,
  };
  const sftp = sftpOver(async (host, path, init) => {
    const what = `${init.method} ${path.split("?")[0]}`;
    calls.push({ host, what });
    const answer = all[what];
    if (answer === undefined) throw new Error(`Nobody answers ${what}.`);
    return answer();
  }, "a-token-of-the-container");
  return { sftp, calls };
}

async function faultOf(work: Promise<unknown>): Promise<SftpFault> {
  const fault = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(fault instanceof SftpFault)) throw new Error(`No fault: ${String(fault)}`);
  return fault;
}

describe("a run", () => {
  it("keeps one session, every call of it to the instance of its host, and closes it", async () => {
    const { sftp, calls } = containerWith({
      "GET /sessions/s-1/files": () => Response.json({ files: [], directories: [], truncated: false }),
      "POST /sessions/s-1/move": () => Response.json({}),
    });
    await sftp.run(target, async (session) => {
      await session.list("out", 10);
      await session.move("a", "b");
    });
    expect(calls.map(({ what }) => what)).toEqual([
      "POST /sessions",
      "GET /sessions/s-1/files",
      "POST /sessions/s-1/move",
      "DELETE /sessions/s-1",
    ]);
    expect(new Set(calls.map(({ host }) => host))).toEqual(new Set([target.host]));
  });

  it("closes its session when the work fails, and the work's own fault counts", async () => {
    const { sftp, calls } = containerWith({
      "GET /sessions/s-1/files": () =>
        Response.json({ kind: "timeout", detail: "Too late." }, { status: 504 }),
      "DELETE /sessions/s-1": () => new Response("gone wrong", { status: 500 }),
    });
    expect(await faultOf(sftp.run(target, (session) => session.list("out", 10)))).toMatchObject({
      kind: "timeout",
    });
    expect(calls.at(-1)?.what).toBe("DELETE /sessions/s-1");
  });

  it("hears when a host is in quarantine, and for how long", async () => {
    const { sftp, calls } = containerWith({
      "POST /sessions": () =>
        Response.json(
          { kind: "quarantined", detail: "It failed 3 times in a row.", retry_at: "2026-03-14T10:02:00Z" },
          { status: 503, headers: { "retry-after": "120" } },
        ),
    });
    expect(await faultOf(sftp.run(target, async () => {}))).toMatchObject({
      kind: "quarantined",
      retry_after_ms: 120_000,
    });
    expect(calls).toHaveLength(1);
  });

  it.each([null, "soon", "-5", "1.5"])("makes no wait of a Retry-After that says %j", async (header) => {
    const { sftp } = containerWith({
      "POST /sessions": () =>
        Response.json(
          { kind: "busy", detail: "All sessions are in use." },
          { status: 503, headers: header === null ? {} : { "retry-after": header } },
        ),
    });
    expect((await faultOf(sftp.run(target, async () => {}))).retry_after_ms).toBe(null);
  });
});

describe("reading", () => {
  const file = (size: string, mtime: string) =>
    containerWith({
      "GET /sessions/s-1/file": () =>
        new Response("1234", { headers: { "x-file-size": size, "x-file-mtime-ms": mtime } }),
    });
  const listed = { size: 4, mtime_ms: 1_000 };
  const readIt = (sftp: ReturnType<typeof sftpOver>) =>
    sftp.run(target, async (session) =>
      new Response(await session.read("f", { offset: 0, length: 4 }, listed)).text(),
    );

  it("gives the part of the file that was listed", async () => {
    expect(await readIt(file("4", "1000").sftp)).toBe("1234");
  });

  it.each([
    ["another size", "5", "1000"],
    ["another time", "4", "2000"],
  ])("gives nothing of a file that has %s by now", async (_what, size, mtime) => {
    expect(await faultOf(readIt(file(size, mtime).sftp))).toMatchObject({ kind: "conflict" });
  });
});
