import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { databasesOf } from "../databases.ts";
import { nextFreePort } from "../ports.ts";
import { type Running, start } from "../processes.ts";
import { quarantineAt } from "../stack.ts";
import { openState, type State } from "../state.ts";
import { inboxesIn, type StoredInbox } from "./inboxes.ts";

/**
 * The Worker in workerd and the sFTP container's server, each in a process group of its own that can be killed and
 * started again on the same state. No proxy between them and whoever calls.
 */
export interface Gluey {
  url: string;
  admin_token: string;
  /** SIGKILL for workerd and all around it; the sFTP container's server as well where asked. */
  kill(withContainer: boolean): Promise<void>;
  /** Starts again what was killed. Resolves when workerd listens, without asking it anything. */
  start(): Promise<{ spawned_at: number; up_at: number }>;
  /** Resolves when the next tick begins. */
  nextTick(): Promise<void>;
  /** What the inboxes have on the disk. Only while the Worker is down. */
  inboxes(): StoredInbox[];
  /** Ends the Worker in peace and starts another script on the same state. */
  deploy(): Promise<{ down_at: number; spawned_at: number; up_at: number }>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");
const WRANGLER = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
const FIRST_PORT = 29_000;
const READY_WITHIN_MS = 60_000;
const MINUTE_MS = 60_000;
/** Ticks are not squeezed as far as the rest: time is squeezed and the machine is not. */
const SHORTEST_TICK_MS = 5_000;
/** What comes within this after a start comes from the Durable Objects' own alarms, and from no tick. */
const FIRST_TICK_MS = 6_000;

async function migrate({ persistence }: State): Promise<void> {
  for (const binding of databasesOf(join(root, "wrangler.toml")))
    await wrangler(["d1", "migrations", "apply", binding, "--local", "--persist-to", persistence]);
}

/** Bundles the Worker twice (two scripts that do the same), migrates the database and starts. */
export async function startGluey(
  directory: string,
  time_scale: number,
  inbox_max_bytes: number,
): Promise<Gluey> {
  const state = openState(directory);
  const log = createWriteStream(join(directory, "gluey.log"));
  const onLine = (part: string) => (line: string) => void log.write(`[${part}] ${line}\n`);
  const scripts = ["script-1", "script-2"].map((name) => join(directory, name));
  const [first = "", second = ""] = scripts;
  await Promise.all([
    wrangler(["deploy", "--dry-run", "--containers-rollout=none", "--outdir", first]),
    migrate(state),
  ]);
  // The same Worker as other text; needed at the first deploy and not before.
  const changed = wrangler([
    "deploy",
    "--dry-run",
    "--containers-rollout=none",
    "--minify",
    "--outdir",
    second,
  ]);
  changed.catch(() => {});

  const port = await nextFreePort(FIRST_PORT + Math.floor(Math.random() * 500));
  const container_port = await nextFreePort(port + 1);
  const settings = join(directory, "workerd-host.json");
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  let ticked: PromiseWithResolvers<void> | null = null;
  const hear = (line: string) => {
    if (!line.startsWith('{"tick":')) return onLine("worker")(line);
    ticked?.resolve();
    ticked = null;
  };
  let script = first;
  let worker: Running | null = null;
  let container: Running | null = null;

  const startContainer = async () => {
    const ready = Promise.withResolvers<void>();
    container = start({
      name: "container",
      command: process.execPath,
      args: [join(root, "container", "server.ts")],
      cwd: directory,
      env: {
        ...environment(),
        SFTP_CONTAINER_TOKEN: state.secrets.container_token,
        HOST: "127.0.0.1",
        PORT: String(container_port),
        ALLOW_PRIVATE_DESTINATIONS: "true",
        SHUTDOWN_TIMEOUT_MS: "1000",
        ...quarantineAt(time_scale),
      },
      onLine: readyOr(onLine("container"), () => ready.resolve()),
    });
    await inTime(ready.promise, "The sFTP container's server");
  };
  const startWorker = async () => {
    writeFileSync(
      settings,
      JSON.stringify({
        bundle: script,
        worker: workerOptions,
        persistence: join(state.persistence, "v3"),
        port,
        variables: {
          ...variablesOf(state, container_port, time_scale),
          INBOX_MAX_BYTES: String(inbox_max_bytes),
        },
        tick_ms: Math.max(SHORTEST_TICK_MS, MINUTE_MS * time_scale),
        first_tick_ms: FIRST_TICK_MS,
      }),
      { mode: 0o600 },
    );
    const ready = Promise.withResolvers<void>();
    const spawned_at = Date.now();
    worker = start({
      name: "worker",
      command: process.execPath,
      args: [join(import.meta.dirname, "workerd-host.ts"), settings],
      cwd: root,
      env: environment(),
      onLine: readyOr(hear, () => ready.resolve()),
    });
    await inTime(ready.promise, "workerd");
    return { spawned_at, up_at: Date.now() };
  };
  const gluey: Gluey = {
    url: `http://127.0.0.1:${port}`,
    admin_token: state.secrets.admin_token,
    kill: async (withContainer) => {
      await Promise.all([worker?.kill(), withContainer ? container?.kill() : null]);
      if (withContainer) container = null;
    },
    start: async () => {
      if (container === null) await startContainer();
      return startWorker();
    },
    nextTick: () => {
      ticked ??= Promise.withResolvers<void>();
      return inTime(ticked.promise, "A tick");
    },
    inboxes: () => inboxesIn(join(state.persistence, "v3", "do", "gluey-tracking-CarrierInbox")),
    deploy: async () => {
      await changed;
      script = script === first ? second : first;
      const down_at = Date.now();
      await worker?.end();
      return { down_at, ...(await startWorker()) };
    },
    stop: async () => {
      await Promise.all([worker?.end(), container?.end()]);
      log.end();
    },
  };
  try {
    await gluey.start();
    return gluey;
  } catch (cause) {
    await gluey.stop();
    throw cause;
  }
}

function readyOr(onLine: (line: string) => void, onReady: () => void): (line: string) => void {
  return (line) => {
    if (line.startsWith('{"ready":true')) onReady();
    else onLine(line);
  };
}

/** Only what a child needs: no token of this shell travels into a log or a Worker. */
function environment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "USER"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(kept),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    NO_COLOR: "1",
    CI: "1",
  };
}

function variablesOf(state: State, container_port: number, time_scale: number): Record<string, string> {
  return {
    ADMIN_TOKEN: state.secrets.admin_token,
    CREDENTIALS_KEYS: state.secrets.credentials_keys,
    SIGNING_KEY: state.secrets.signing_key,
    SFTP_CONTAINER_TOKEN: state.secrets.container_token,
    SFTP_CONTAINER_URL: `http://127.0.0.1:${container_port}`,
    ALLOW_PRIVATE_DESTINATIONS: "true",
    TIME_SCALE: String(time_scale),
  };
}

async function wrangler(args: readonly string[]): Promise<void> {
  const said: string[] = [];
  const run = start({
    name: "wrangler",
    command: process.execPath,
    args: [WRANGLER, ...args],
    cwd: root,
    env: environment(),
    onLine: (line) => void said.push(line),
  });
  const code = await run.exited;
  await run.end();
  if (code !== 0) throw new Error(`wrangler ${args.join(" ")} failed:\n${said.slice(-20).join("\n")}`);
}

async function inTime(work: Promise<void>, what: string): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(
        new Error(
          `${what}: not there within ${READY_WITHIN_MS / 1000} s; gluey.log in the state directory says more.`,
        ),
      ),
    READY_WITHIN_MS,
  );
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
