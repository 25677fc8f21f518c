import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { databasesOf } from "./databases.ts";
import { isFree, nextFreePort } from "./ports.ts";
import { type Running, start } from "./processes.ts";
import {
  claimState,
  isMigrated,
  migrationsIn,
  openState,
  releaseState,
  type State,
  setMigrated,
  writeVariables,
} from "./state.ts";

/**
 * The whole of Gluey Tracking on this machine: the sFTP container's server as a Node process, the Worker with D1, Queues
 * and Durable Objects in workerd (`wrangler dev`), and the cron trigger, which nothing fires locally but us.
 */
export interface Stack {
  url: string;
  admin_token: string;
  container_url: string;
  state: string;
  time_scale: number;
  /** Resolves with a sentence when a part ended that nobody asked to. */
  failed: Promise<string>;
  /** Fires the cron trigger once, as Cloudflare does every minute. Resolves when its work is done. */
  tick(): Promise<void>;
  /** SIGKILL for workerd and all around it, as a power cut would. */
  crash(): Promise<void>;
  /** Starts the Worker again on the same state and port. */
  restart(): Promise<void>;
  /** Ends every process that was started. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** A directory that keeps the databases and the secrets between runs. */
  state: string;
  /** Taken as it is, and an error when it is not free; from 8787 on the next free one where absent. */
  port?: number;
  /** Multiplies every interval, the cron trigger's minute included. */
  time_scale?: number;
  /** False where a test fires the cron trigger itself. */
  ticks?: boolean;
  /** Further settings of the container's server. */
  container?: Readonly<Record<string, string>>;
  onLine?(part: string, line: string): void;
}

const root = join(import.meta.dirname, "..");
const WRANGLER = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const DEFAULT_PORT = 8787;
const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 50;
const MINUTE_MS = 60_000;
/** Below this the ticks of a small machine do nothing but tick. */
const SHORTEST_TICK_MS = 500;
const TICK_TIMEOUT_MS = 120_000;

/** Starts the stack; resolves when `/healthz` answers. What was started is ended when anything fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const state = openState(options.state);
  const log = logOf(state, options);
  const time_scale = options.time_scale ?? 1;
  const running: Running[] = [];
  const claim = () =>
    claimState(
      state,
      running.map(({ pid }) => pid),
    );
  const failure = Promise.withResolvers<string>();
  let ending = false;
  const watch = (part: Running) => {
    void part.exited.then((code) => {
      if (!ending && running.includes(part))
        failure.resolve(`The ${part.name} ended by itself (exit code ${code}).`);
    });
  };
  const begin = (part: Running): Running => {
    running.push(part);
    claim();
    watch(part);
    return part;
  };
  const forget = (part: Running) => running.splice(running.indexOf(part), 1);
  const stop = async () => {
    ending = true;
    await Promise.all(running.splice(0).map((part) => part.end()));
    releaseState(state);
  };

  try {
    const port = await portFor(options.port);
    const url = `http://127.0.0.1:${port}`;
    const [container_url] = await Promise.all([
      startContainer(state, options, log, begin, failure.promise),
      migrate(state, log),
    ]);
    const variables = writeVariables(state, variablesOf(state, container_url, time_scale));
    const startWorker = async () => {
      const worker = begin(workerOf(state, port, variables, log));
      await untilHealthy(url, failure.promise);
      return worker;
    };
    let worker = await startWorker();

    const tick = async () => {
      const answer = await fetch(`${url}/cdn-cgi/local/scheduled`, {
        signal: AbortSignal.timeout(TICK_TIMEOUT_MS),
      });
      if (!answer.ok)
        throw new Error(`The cron trigger answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
      await answer.body?.cancel();
    };
    if (options.ticks !== false) {
      keepTicking(tick, Math.max(SHORTEST_TICK_MS, MINUTE_MS * time_scale), () => ending, log);
    }
    return {
      url,
      admin_token: state.secrets.admin_token,
      container_url,
      state: state.directory,
      time_scale,
      failed: failure.promise,
      tick,
      stop,
      crash: async () => {
        forget(worker);
        await worker.kill();
      },
      restart: async () => {
        worker = await startWorker();
      },
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

type Log = (part: string, line: string) => void;

/** Every part's lines go to `stack.log` in the state directory, and to whoever asked for them. */
function logOf(state: State, options: StackOptions): Log {
  const path = join(state.directory, "stack.log");
  writeFileSync(path, "", { mode: 0o600 });
  return (part, line) => {
    appendFileSync(path, `[${part}] ${line}\n`);
    options.onLine?.(part, line);
  };
}

async function portFor(wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return nextFreePort(DEFAULT_PORT);
  if (wanted === 0) return nextFreePort(20_000 + Math.floor(Math.random() * 20_000));
  if (await isFree(wanted)) return wanted;
  throw new Error(`Port ${wanted} is taken; name another one with --port.`);
}

/** Only what a child needs: no token of this shell travels into a log or a Worker. */
function environment(state: State): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "USER"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(kept),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false",
    // Stacks side by side must not find each other's Durable Objects by name.
    WRANGLER_REGISTRY_PATH: join(state.directory, "registry"),
    // Otherwise the start waits for an answer from the network.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    NO_COLOR: "1",
    CI: "1",
  };
}

/** How long the container leaves a host alone that fails, in squeezed time. */
export function quarantineAt(time_scale: number): Record<string, string> {
  const scaled = (ms: number) => String(Math.max(1, Math.round(ms * time_scale)));
  return { QUARANTINE_FIRST_MS: scaled(30_000), QUARANTINE_MOST_MS: scaled(900_000) };
}

function variablesOf(state: State, container_url: string, time_scale: number): Record<string, string> {
  return {
    ADMIN_TOKEN: state.secrets.admin_token,
    CREDENTIALS_KEYS: state.secrets.credentials_keys,
    SIGNING_KEY: state.secrets.signing_key,
    SFTP_CONTAINER_TOKEN: state.secrets.container_token,
    SFTP_CONTAINER_URL: container_url,
    ALLOW_PRIVATE_DESTINATIONS: "true",
    TIME_SCALE: String(time_scale),
  };
}

async function startContainer(
  state: State,
  options: StackOptions,
  log: Log,
  begin: (part: Running) => Running,
  failed: Promise<string>,
): Promise<string> {
  const ready = Promise.withResolvers<number>();
  begin(
    start({
      name: "container",
      command: process.execPath,
      args: [join(root, "container", "server.ts")],
      cwd: state.directory,
      env: {
        ...environment(state),
        SFTP_CONTAINER_TOKEN: state.secrets.container_token,
        HOST: "127.0.0.1",
        PORT: "0",
        ALLOW_PRIVATE_DESTINATIONS: "true",
        SHUTDOWN_TIMEOUT_MS: "2000",
        ...quarantineAt(options.time_scale ?? 1),
        ...options.container,
      },
      onLine: (line) => {
        const port = /^\{"ready":true,"port":(\d+)\}$/u.exec(line)?.[1];
        if (port !== undefined) ready.resolve(Number(port));
        log("container", line);
      },
    }),
  );
  const port = await orFailed(ready.promise, failed, "The container's server is not ready.");
  return `http://127.0.0.1:${port}`;
}

async function migrate(state: State, log: Log): Promise<void> {
  const word = migrationsIn(join(root, "migrations"), join(root, "wrangler.toml"));
  if (isMigrated(state, word)) return;
  // One after the other: they share the directory.
  for (const binding of databasesOf(join(root, "wrangler.toml"))) await migrateOne(state, binding, log);
  setMigrated(state, word);
}

async function migrateOne(state: State, binding: string, log: Log): Promise<void> {
  const said: string[] = [];
  const migration = start({
    name: "migration",
    command: process.execPath,
    args: [WRANGLER, "d1", "migrations", "apply", binding, "--local", "--persist-to", state.persistence],
    cwd: root,
    env: environment(state),
    onLine: (line) => {
      said.push(line);
      log("migrations", line);
    },
  });
  const code = await migration.exited;
  await migration.end();
  if (code !== 0)
    throw new Error(`The migrations of ${binding} could not be applied:\n${said.slice(-20).join("\n")}`);
}

function workerOf(state: State, port: number, variables: string, log: Log): Running {
  mkdirSync(state.persistence, { recursive: true });
  return start({
    name: "worker",
    command: process.execPath,
    args: [
      ...[WRANGLER, "dev", "--local", "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"],
      ...["--persist-to", state.persistence, "--env-file", variables, "--show-interactive-dev-session=false"],
    ],
    cwd: root,
    env: environment(state),
    onLine: (line) => log("worker", line),
  });
}

async function untilHealthy(url: string, failed: Promise<string>): Promise<void> {
  const over = new AbortController();
  const healthy = async () => {
    while (!over.signal.aborted) {
      const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  };
  await orFailed(healthy(), failed, "The Worker does not answer at /healthz.").finally(() => over.abort());
}

async function orFailed<T>(work: Promise<T>, failed: Promise<string>, late: string): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      timeout.reject(
        new Error(`${late} Waited ${READY_WITHIN_MS / 1000} s; stack.log in the state directory says more.`),
      ),
    READY_WITHIN_MS,
  );
  const fail = async (): Promise<never> => {
    throw new Error(`${await failed} stack.log in the state directory says more.`);
  };
  try {
    return await Promise.race([work, fail(), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** One tick after the other: where one takes longer than the interval, the next is left out, as nothing would be gained. */
function keepTicking(tick: () => Promise<void>, everyMs: number, over: () => boolean, log: Log): void {
  const next = () => {
    setTimeout(async () => {
      if (over()) return;
      await tick().catch((cause: unknown) => {
        if (!over()) log("cron", String(cause));
      });
      next();
    }, everyMs).unref();
  };
  next();
}
