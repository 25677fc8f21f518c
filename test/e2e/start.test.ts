import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { operatorAt } from "../../dev/operator.ts";
import { nextFreePort } from "../../dev/ports.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "gluey-start-"));
const state = join(folder, "state");

const Ready = z.strictObject({
  ready: z.literal(true),
  url: z.url(),
  admin_token: z.string().min(12),
  container_url: z.url(),
});

interface Started {
  child: ChildProcess;
  ready: z.infer<typeof Ready>;
  /** Everything it wrote to stdout. */
  stdout(): string;
}

let running: ChildProcess | null = null;
afterEach(async () => {
  if (running?.exitCode === null) {
    running.kill("SIGTERM");
    await once(running, "exit");
  }
  running = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startUp(port: number): Promise<Started> {
  const child = spawn(
    process.execPath,
    [join(root, "dev", "start.ts"), "--port", String(port), "--state", state, "--json"],
    { cwd: root, stdio: ["ignore", "pipe", "ignore"] },
  );
  running = child;
  let stdout = "";
  const ready = await new Promise<z.infer<typeof Ready>>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`It ended with ${code}.`)));
    child.stdout?.on("data", (piece: Buffer) => {
      stdout += piece.toString();
      if (stdout.includes("\n")) resolve(Ready.parse(JSON.parse(stdout.split("\n")[0] ?? "")));
    });
  });
  return { child, ready, stdout: () => stdout };
}

async function endWith(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  child.kill(signal);
  const [code] = await once(child, "exit");
  return code;
}

function processesOf(word: string): string[] {
  return execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(word));
}

describe("npm start", () => {
  it("says in one line where it is, keeps its state, and ends all that it started", async () => {
    const port = await nextFreePort(18_900);
    const first = await startUp(port);
    expect(first.ready.url).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(`${first.ready.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${first.ready.container_url}/healthz`)).ok).toBe(true);
    await operatorAt(first.ready).createAccount("kept", "Kept between runs");
    expect(await endWith(first.child, "SIGTERM")).toBe(0);
    expect(processesOf(state)).toEqual([]);

    const second = await startUp(port);
    expect(second.ready.admin_token).toBe(first.ready.admin_token);
    await expect(operatorAt(second.ready).createAccount("kept", "Again")).rejects.toThrow("409");

    await expect(startUpAgain(port + 1)).resolves.toContain("Another stack");
    expect(second.stdout().trimEnd().split("\n")).toHaveLength(1);
    expect(await endWith(second.child, "SIGINT")).toBe(0);
    expect(processesOf(state)).toEqual([]);
  });

  it("ends what an earlier start, killed itself, could not end", async () => {
    const port = await nextFreePort(18_900);
    const killed = await startUp(port);
    await endWith(killed.child, "SIGKILL");
    const orphans = processesOf(state);
    expect(orphans).not.toEqual([]);
    const next = await startUp(port);
    expect(processesOf(state).filter((line) => orphans.includes(line))).toEqual([]);
    expect(await endWith(next.child, "SIGTERM")).toBe(0);
    expect(processesOf(state)).toEqual([]);
  });
});

/** A second stack on the same directory; what it says before it gives up. */
async function startUpAgain(port: number): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(root, "dev", "start.ts"), "--port", String(port), "--state", state],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let stderr = "";
  child.stderr?.on("data", (piece: Buffer) => {
    stderr += piece.toString();
  });
  const [code] = await once(child, "exit");
  expect(code).toBe(1);
  return stderr;
}
