import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { apiAt } from "../../campaign/api.ts";
import { databasesOf } from "../../databases.ts";
import { operatorAt } from "../../operator.ts";
import { nextFreePort } from "../../ports.ts";
import { openState } from "../../state.ts";
import { type Child, startReady, wrangler } from "../delivery/children.ts";
import type { HostSettings } from "./host.ts";
import { ACCOUNTS, type Door, endpointOf } from "./news.ts";

/** The two pipelines, each in a workerd of its own; Gluey's state is filled by the public API alone. */

const root = join(import.meta.dirname, "..", "..", "..");
const HOST = join(import.meta.dirname, "host.ts");
const FIRST_PORT = 30_700;
const TICK_MS = 60_000;
const MAX_BATCH = 20;

/** One who takes turns. */
export interface Pipeline {
  name: string;
  door: Door;
  child: Child;
}

export interface Gluey extends Pipeline {
  connection_id: string;
  inspector_port: number;
  admin_token: string;
}

export interface Bundles {
  plain: string;
  /** With its databases counted; null where nothing is counted. */
  metered: string | null;
}

const Bindings = z.object({
  compatibilityDate: z.string(),
  compatibilityFlags: z.array(z.string()),
  ratelimits: z.looseObject({}),
});

/** The limit for a key is asked at every call, and far away: filling a state is one customer who registers a lot. */
const KEY_RATE = { type: "ratelimit", namespace_id: "1001", simple: { limit: 1_000_000_000, period: 60 } };

/** Bundles the Worker as it is deployed, and, to count, once more with a meter around its databases. */
export async function bundle(home: string, counts: boolean): Promise<Bundles> {
  const build = async (name: string, entry: string, file: string) => {
    const outdir = join(home, name);
    await wrangler(["deploy", entry, "--dry-run", "--containers-rollout=none", "--outdir", outdir]);
    return join(outdir, file);
  };
  return {
    plain: await build("bundle", "workers/index.ts", "index.js"),
    metered: counts
      ? await build("bundle-metered", "dev/bench/pipeline/worker/metered.ts", "metered.js")
      : null,
  };
}

/** A state with accounts, subscriptions and shipments, and who may be started on it. */
export interface Population {
  start(script: string, ticks: boolean): Promise<Gluey>;
}

/** Fills a state with the shipments; the account of the n-th number is n modulo the accounts. */
export async function populate(
  home: string,
  name: string,
  { plain }: Bundles,
  numbers: readonly string[],
  receiver: string,
): Promise<Population> {
  const state = openState(join(home, name));
  for (const binding of databasesOf(join(root, "wrangler.toml")))
    await wrangler(["d1", "migrations", "apply", binding, "--local", "--persist-to", state.persistence]);
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  const { ratelimits } = Bindings.parse(workerOptions);
  const { admin_token, credentials_keys, signing_key, container_token } = state.secrets;
  const startOn = (script: string, ticks: boolean) =>
    startHost(home, {
      script,
      worker: { ...workerOptions, name: "gluey-tracking", ratelimits: { ...ratelimits, KEY_RATE } },
      variables: {
        ADMIN_TOKEN: admin_token,
        CREDENTIALS_KEYS: credentials_keys,
        SIGNING_KEY: signing_key,
        SFTP_CONTAINER_TOKEN: container_token,
        SFTP_CONTAINER_URL: "http://127.0.0.1:9",
        ALLOW_PRIVATE_DESTINATIONS: "true",
      },
      persistence: join(state.persistence, "v3"),
      tick_ms: ticks ? TICK_MS : null,
    });
  const { child, ports } = await startOn(plain, false);
  const filled = await fill(`http://127.0.0.1:${ports.direct_port}`, admin_token, numbers, receiver);
  await child.end();
  return {
    start: async (script, ticks) => {
      const { child, ports } = await startOn(script, ticks);
      const { connection_id, path, secret } = filled;
      const door = { port: ports.direct_port, path, secret };
      const { inspector_port } = ports;
      return { name: "Gluey", child, door, connection_id, inspector_port, admin_token };
    },
  };
}

async function fill(url: string, admin_token: string, numbers: readonly string[], receiver: string) {
  const operator = operatorAt({ url, admin_token });
  const api = apiAt(url, admin_token);
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `bench-${endpointOf(index)}`);
  for (const account of accounts) await operator.createAccount(account, "Bench");
  const secret = randomBytes(18).toString("base64url");
  const { id, webhook_url } = await operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: accounts,
    ways: { webhook: {} },
    credentials: { webhook_secret: secret },
  });
  for (const [index, account_number] of accounts.entries()) {
    const customer = { account_number, key: await operator.createKey(account_number, "test") };
    const endpoint = `${receiver}/hooks/${endpointOf(index)}`;
    await api.subscribe(customer, "webhooks", { endpoint, max_batch: MAX_BATCH });
    await api.register(
      customer,
      numbers.filter((_, at) => at % ACCOUNTS === index),
    );
  }
  return { connection_id: id, path: new URL(webhook_url ?? "").pathname, secret };
}

/** Starts the bare pipeline on an empty state. */
export async function startBare(home: string, receiver: string): Promise<Pipeline> {
  const persistence = join(home, "bare");
  mkdirSync(persistence, { recursive: true });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  const { compatibilityDate, compatibilityFlags } = Bindings.parse(workerOptions);
  const secret = randomBytes(18).toString("base64url");
  const { child, ports } = await startHost(home, {
    script: join(import.meta.dirname, "worker", "bare.ts"),
    worker: {
      name: "bare",
      compatibilityDate,
      compatibilityFlags,
      d1Databases: { DB: { id: "bare" } },
      durableObjects: { INBOX: { className: "Inbox", useSQLite: true } },
    },
    variables: { SECRET: secret, RECEIVER: receiver, TENANTS: String(ACCOUNTS) },
    persistence,
    tick_ms: null,
  });
  return { name: "Bare", child, door: { port: ports.direct_port, path: "/", secret } };
}

type Ports = Pick<HostSettings, "port" | "direct_port" | "inspector_port">;

async function startHost(
  home: string,
  settings: Omit<HostSettings, keyof Ports>,
): Promise<{ child: Child; ports: Ports }> {
  const port = await nextFreePort(FIRST_PORT + Math.floor(Math.random() * 500));
  const direct_port = await nextFreePort(port + 1);
  const ports = { port, direct_port, inspector_port: await nextFreePort(direct_port + 1) };
  const { child } = await startReady(HOST, home, { ...settings, ...ports }, root);
  return { child, ports };
}
