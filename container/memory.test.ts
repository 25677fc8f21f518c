import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type Caller, callerOf, TOKEN } from "./testing/service.ts";
import { hasOpenSsh, startEmbedded, startOpenSsh } from "./testing/ssh-peer.ts";

const SESSIONS = 100;
const MB = 1024 * 1024;
/** More than what fits into all buffers between a server's disk and a caller that does not read. */
const FILE_BYTES = 6 * MB;
/** What is alive for a session that is held up in the middle of a file: half a megabyte asked for, twice over. */
const LIVE_MB_PER_SESSION = 2;
/** The instance has a gibibyte. */
const RESIDENT_MB = 700;

/** Says at a signal what is alive after a collection. */
const TELLING = `process.on("SIGUSR2", () => {
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stdout.write(JSON.stringify({ live: heapUsed + external, rss }) + "\\n");
})`;

interface Memory {
  live: number;
  rss: number;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

/** The service as a process of its own, so that its memory is its own. */
async function startProcess(): Promise<{ caller: Caller; memory: () => Promise<Memory> }> {
  const telling = `data:text/javascript,${encodeURIComponent(TELLING)}`;
  const server = join(import.meta.dirname, "server.ts");
  const child = spawn(process.execPath, ["--expose-gc", "--import", telling, server], {
    env: {
      PATH: process.env.PATH,
      SFTP_CONTAINER_TOKEN: TOKEN,
      HOST: "127.0.0.1",
      PORT: "0",
      ALLOW_PRIVATE_DESTINATIONS: "true",
      MAX_SESSIONS: String(SESSIONS),
      MAX_SESSIONS_PER_HOST: String(SESSIONS),
      SESSION_IDLE_MS: "600000",
      OPERATION_TIMEOUT_MS: "300000",
      CONNECT_TIMEOUT_MS: "120000",
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  running.push(child);
  const lines = createInterface(child.stdout);
  const line = async () => {
    const [text] = await once(lines, "line");
    return z.record(z.string(), z.unknown()).parse(JSON.parse(String(text)));
  };
  const { port } = await line();
  return {
    caller: callerOf(`http://127.0.0.1:${port}`),
    memory: async () => {
      child.kill("SIGUSR2");
      const { live, rss } = await line();
      return { live: Number(live) / MB, rss: Number(rss) / MB };
    },
  };
}

/** An answer that has begun and of which nothing is read. */
function begun({ url }: Caller, session: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) =>
    request(`${url}/sessions/${session}/file?path=f`, { headers: { authorization: `Bearer ${TOKEN}` } })
      .once("response", (response) => resolve(response.pause()))
      .once("error", reject)
      .end(),
  );
}

async function lengthOf(response: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const bytes of response) length += bytes.length;
  return length;
}

it(`streams to ${SESSIONS} sessions in bounded memory, the second time as the first`, async () => {
  const peer = await (hasOpenSsh ? startOpenSsh() : startEmbedded());
  onTestFinished(() => peer.close());
  const file = await open(join(peer.root, "f"), "w");
  await file.truncate(FILE_BYTES);
  await file.close();
  const { caller, memory } = await startProcess();
  const ids: string[] = [];
  while (ids.length < SESSIONS)
    ids.push(...(await Promise.all(Array.from({ length: 10 }, () => caller.session(peer)))));
  expect((await caller.call("GET", "/healthz")).body?.sessions).toBe(SESSIONS);
  const idle = await memory();

  /** All of them in the middle of a file at once; the most that is alive until no more comes. */
  const round = async () => {
    const answers = await Promise.all(ids.map((id) => begun(caller, id)));
    const most: Memory = { live: 0, rss: 0 };
    for (let before = -1; before < most.live; ) {
      before = most.live;
      for (let look = 0; look < 3; look++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const { live, rss } = await memory();
        most.live = Math.max(most.live, live);
        most.rss = Math.max(most.rss, rss);
      }
    }
    return { answers, most };
  };
  const first = await round();
  // Read to the end, all at once: whole files, whatever was held up.
  expect(new Set(await Promise.all(first.answers.map(lengthOf)))).toEqual(new Set([FILE_BYTES]));
  const second = await round();
  expect(first.most.live - idle.live).toBeLessThan(SESSIONS * LIVE_MB_PER_SESSION);
  // What a session has carried is no longer there for the next file.
  expect(second.most.live - first.most.live).toBeLessThan(SESSIONS * 0.3);
  expect(Math.max(first.most.rss, second.most.rss)).toBeLessThan(RESIDENT_MB);
  for (const answer of second.answers) answer.destroy();
}, 300_000);
