import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Running, type Start, start } from "../../processes.ts";
import type { SenderSettings } from "./contestant.ts";

/** Starting and killing what a contestant is made of. */

const root = join(import.meta.dirname, "..", "..", "..");
const WRANGLER = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const READY_WITHIN_MS = 60_000;

export interface Child extends Running {
  /** What it said last, for an error. */
  said: readonly string[];
}

/** Starts a process that says nothing we need; its last lines are kept for an error. */
export function startChild(given: Omit<Start, "onLine"> & { onLine?: Start["onLine"] }): Child {
  const said: string[] = [];
  const running = start({
    ...given,
    onLine: (line) => {
      said.push(line);
      if (said.length > 50) said.shift();
      given.onLine?.(line);
    },
  });
  return { ...running, said };
}

/** Starts a Node process of this folder with its settings in a file, and waits for `{"ready":true…}`; that line is returned too. */
export async function startReady(
  file: string,
  directory: string,
  settings: object,
  cwd: string = directory,
): Promise<{ child: Child; ready: string }> {
  const path = join(directory, `${basename(file, ".ts")}.json`);
  writeFileSync(path, JSON.stringify(settings), { mode: 0o600 });
  const ready = Promise.withResolvers<string>();
  const child = startChild({
    name: file,
    command: process.execPath,
    args: [resolve(import.meta.dirname, file), path],
    cwd,
    env: environment(),
    onLine: (line) => {
      if (line.startsWith('{"ready":true')) ready.resolve(line);
      else if (process.env.BENCH_VERBOSE !== undefined) console.error(`[${file}] ${line}`);
    },
  });
  return { child, ready: await inTime(ready.promise, child) };
}

export async function startSender(file: string, directory: string, settings: SenderSettings): Promise<Child> {
  return (await startReady(file, directory, settings)).child;
}

/** Runs wrangler in this repository, without the network; throws what it said where it fails. */
export async function wrangler(args: readonly string[]): Promise<void> {
  const run = startChild({
    name: "wrangler",
    command: process.execPath,
    args: [WRANGLER, ...args],
    cwd: root,
    env: {
      ...environment(),
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      WRANGLER_WRITE_LOGS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  const code = await run.exited;
  if (code !== 0) throw new Error(`wrangler ${args.join(" ")} failed:\n${run.said.slice(-20).join("\n")}`);
}

/** Only what a child needs: no token of this shell travels into it. */
export function environment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "USER"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  // Code is compiled once, so that a restart is not mostly that.
  const compiled = { NODE_COMPILE_CACHE: join(root, ".state", "bench", "compiled") };
  // A line a delivery would be work that others do not do.
  const quiet = { NO_COLOR: "1", CI: "1", NODE_ENV: "production", RESTATE_LOGGING: "WARN" };
  return { ...Object.fromEntries(kept), ...compiled, ...quiet };
}

async function inTime<T>(work: Promise<T>, child: Child): Promise<T> {
  const late = Promise.withResolvers<never>();
  const fail = (why: string) => late.reject(new Error(`${child.name} ${why}: ${child.said.join("\n")}`));
  const timer = setTimeout(() => fail(`was not ready within ${READY_WITHIN_MS / 1000} s`), READY_WITHIN_MS);
  void child.exited.then((code) => fail(`ended (${code}) before it was ready`));
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries until it does not throw. */
export async function until<T>(work: () => Promise<T>, every_ms: number, within_ms: number): Promise<T> {
  const give_up = Date.now() + within_ms;
  for (;;) {
    try {
      return await work();
    } catch (cause) {
      if (Date.now() > give_up) throw cause;
      await sleep(every_ms);
    }
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** SIGKILL for a process and all below it, also those that left its group. */
export async function killTree(running: Running): Promise<void> {
  const below = descendants(running.pid);
  await running.kill();
  for (const pid of below) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  }
}

/** Processor time that processes and all below them took until now, seconds; what has ended and was waited for is counted. */
export function processorTime(running: readonly Running[]): number {
  const pids = new Set(running.flatMap(({ pid }) => [pid, ...descendants(pid)]));
  let ticks = 0;
  for (const pid of pids) for (const at of [13, 14, 15, 16]) ticks += Number(statOf(pid)[at - 2] ?? 0);
  return ticks / TICKS_A_SECOND;
}

/** Linux: USER_HZ. */
const TICKS_A_SECOND = 100;

function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/u.test(name)) continue;
    const parent = Number(statOf(Number(name))[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  return walk(parents, pid);
}

/** The fields of proc(5) from the state on; none where the process is gone. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function walk(parents: ReadonlyMap<number, number[]>, pid: number): number[] {
  return (parents.get(pid) ?? []).flatMap((child) => [child, ...walk(parents, child)]);
}
