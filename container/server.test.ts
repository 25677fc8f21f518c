import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { startLine } from "./testing/line.ts";
import { type Caller, callerOf, eventually, TOKEN } from "./testing/service.ts";
import { startEmbedded } from "./testing/ssh-peer.ts";

interface Run {
  child: ChildProcess;
  caller: Caller;
  log: string[];
  exit: Promise<number | null>;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function start(environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, "server.ts")], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  return child;
}

const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));

async function ready(environment: Record<string, string> = {}): Promise<Run> {
  const child = start({
    SFTP_CONTAINER_TOKEN: TOKEN,
    HOST: "127.0.0.1",
    PORT: "0",
    ALLOW_PRIVATE_DESTINATIONS: "true",
    ...environment,
  });
  const log: string[] = [];
  if (child.stderr === null || child.stdout === null) throw new Error("no pipes");
  createInterface(child.stderr).on("line", (line) => log.push(line));
  const exit = exitOf(child);
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout !== null) createInterface(child.stdout).once("line", resolve);
    void exit.then(() => reject(new Error(log.join("\n"))));
  });
  const told: unknown = JSON.parse(line);
  expect(told).toEqual({ ready: true, port: expect.any(Number) });
  const port = told !== null && typeof told === "object" && "port" in told ? told.port : 0;
  return { child, caller: callerOf(`http://127.0.0.1:${port}`), log, exit };
}

describe("the process", () => {
  it("says when it is ready, works, and ends on SIGTERM with its sessions closed", async () => {
    const peer = await startEmbedded();
    const { child, caller, log, exit } = await ready();
    const session = await caller.session(peer);
    const bytes = randomBytes(100_000);
    expect((await caller.call("PUT", `/sessions/${session}/file?path=f`, bytes)).status).toBe(201);
    expect(await readFile(join(peer.root, "f"))).toEqual(bytes);
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    const events = log.map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: "private_destinations.allowed" });
    expect(events).toContainEqual(expect.objectContaining({ event: "session.closed", reason: "shutdown" }));
    expect(events.at(-1)).toMatchObject({ event: "server.stopped" });
    await peer.close();
  });

  it("lets the transfer in hand end before it ends, and takes nothing new", async () => {
    const peer = await startEmbedded();
    const { child, caller, log, exit } = await ready();
    const session = await caller.session(peer);
    const path = `/sessions/${session}/file?path=f`;
    const call = request(caller.url + path, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-length": 200_000 },
    });
    const status = new Promise((resolve) =>
      call.once("response", (response) => resolve(response.resume().statusCode)),
    );
    call.write(Buffer.alloc(100_000, 1));
    await eventually(() =>
      readFile(join(peer.root, ".f.part")).then(
        ({ length }) => length > 0,
        () => false,
      ),
    );
    child.kill("SIGTERM");
    await eventually(() => log.some((line) => line.includes("server.stopping")));
    call.end(Buffer.alloc(100_000, 2));
    expect(await status).toBe(201);
    expect(await exit).toBe(0);
    expect(await readFile(join(peer.root, "f"))).toHaveLength(200_000);
    await expect(fetch(`${caller.url}/healthz`)).rejects.toThrow();
    await peer.close();
  });

  it("does not wait for ever for a transfer that hangs", async () => {
    const peer = await startEmbedded();
    const line = await startLine(peer.port);
    const { child, caller, exit } = await ready({ SHUTDOWN_TIMEOUT_MS: "300" });
    await writeFile(join(peer.root, "f"), randomBytes(5_000_000));
    const session = await caller.session({ ...peer, port: line.port });
    const held = line.holdAfterReceiving(100_000);
    const read = caller.call("GET", `/sessions/${session}/file?path=f`).catch(() => "broken");
    await held;
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
    expect(await read).toBe("broken");
    await line.close();
    await peer.close();
  });

  it.each([
    [{}, "SFTP_CONTAINER_TOKEN"],
    [{ SFTP_CONTAINER_TOKEN: "short" }, "SFTP_CONTAINER_TOKEN"],
    [{ SFTP_CONTAINER_TOKEN: TOKEN, PORT: "http" }, "PORT"],
    [{ SFTP_CONTAINER_TOKEN: TOKEN, ALLOW_PRIVATE_DESTINATIONS: "yes" }, "ALLOW_PRIVATE_DESTINATIONS"],
  ])("does not start with the settings %j, and says why", async (environment, variable) => {
    const child = start({ ...environment });
    let said = "";
    child.stderr?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
    expect(await exitOf(child)).toBe(1);
    await eventually(() => said !== "");
    expect(said).toContain(variable);
    expect(said).not.toContain(TOKEN);
  });

  it("takes no more memory for a large file than for a small one", async () => {
    const peer = await startEmbedded();
    const { child, caller } = await ready();
    const memoryMb = async () => {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    };
    const session = await caller.session(peer);
    const file = (name: string) => `/sessions/${session}/file?path=${name}`;
    await caller.call("PUT", file("small"), Buffer.alloc(1024 * 1024, 1));
    await caller.call("GET", file("small"));
    const before = await memoryMb();
    const size = 160 * 1024 * 1024;
    let left = size;
    const body = new ReadableStream({
      pull: (controller) => {
        const bytes = new Uint8Array(Math.min(left, 256 * 1024));
        left -= bytes.length;
        controller.enqueue(bytes);
        if (left === 0) controller.close();
      },
    });
    expect((await caller.call("PUT", file("large"), body)).body).toMatchObject({ size });
    const response = await fetch(caller.url + file("large"), {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    let got = 0;
    for await (const bytes of response.body ?? []) got += bytes.length;
    expect(got).toBe(size);
    expect((await memoryMb()) - before).toBeLessThan(120);
    await peer.close();
  }, 120_000);
});
