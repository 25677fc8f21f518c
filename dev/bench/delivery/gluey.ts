import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { type Api, apiAt } from "../../campaign/api.ts";
import { operatorAt } from "../../operator.ts";
import { nextFreePort } from "../../ports.ts";
import { openState } from "../../state.ts";
import { type Child, startReady, wrangler } from "./children.ts";
import type { BenchEvent, Contestant, Destination, Engaged, Run } from "./contestant.ts";
import { type InFeed, type Known, push, untilInFeed } from "./gluey-news.ts";
import { CUSTOMERS, endpointOf, type Fact } from "./plan.ts";

/**
 * Gluey itself: the whole Worker, bundled as it is deployed, in workerd by Miniflare's own socket, on a state that was
 * filled once by the public API alone and is copied for every run.
 */

const root = join(import.meta.dirname, "..", "..", "..");
const HOST = join(root, "dev", "campaign", "workerd-host.ts");
const FIRST_PORT = 29_500;
/** As on Cloudflare; the first late, so that nothing but the objects' own alarms helps a killed one up. */
const TICK = { tick_ms: 60_000, first_tick_ms: 20_000 };
const FACTS_A_PUSH = 50;

/** A directory of state in which so many events lie in the feeds, and every subscription is paused. */
interface Template {
  directory: string;
  backlog: number;
}

/** What the templates share. */
export interface Prepared {
  contestant: Contestant;
  events: readonly BenchEvent[];
  destinations: readonly Destination[];
  signing_key: string;
  /** Base64url, as the receiver is told. */
  public_key: string;
}

/** Fills the templates, one for each number of events (ascending), with what carriers tell; `receiver`: where endpoints begin. */
export async function prepareGluey(
  home: string,
  facts: readonly Fact[],
  backlogs: readonly number[],
  receiver: string,
): Promise<Prepared> {
  const bundle = join(home, "bundle");
  await wrangler(["deploy", "--dry-run", "--containers-rollout=none", "--outdir", bundle]);
  const directory = join(home, "gluey");
  const state = openState(directory);
  await wrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state.persistence]);
  const templates: Template[] = [];
  const keep = (backlog: number) => {
    const copy = `${directory}-${backlog}`;
    cpSync(directory, copy, { recursive: true });
    templates.push({ directory: copy, backlog });
  };
  let stack = await startStack(bundle, directory, directory, 1);
  const { known, destinations } = await setUp(stack, facts, receiver);
  let told = 0;
  const told_by_feed = new Map<string, InFeed>();
  for (const backlog of backlogs) {
    for (; told < backlog; told += FACTS_A_PUSH)
      await push(stack.url, known, facts.slice(told, Math.min(backlog, told + FACTS_A_PUSH)));
    told = backlog;
    await untilInFeed(stack.url, known, told_by_feed, backlog);
    await stack.child.end();
    keep(backlog);
    if (backlog !== backlogs.at(-1)) stack = await startStack(bundle, directory, directory, 1);
  }
  // In the order in which Gluey took them: two documents that come at once may change places.
  const lines = Map.groupBy(told_by_feed.values(), ({ number }) => number);
  for (const line of lines.values()) line.sort((a, b) => b.sequence - a.sequence);
  const events = facts.slice(0, told).map((fact) => {
    const next = lines.get(fact.number)?.pop();
    if (next === undefined) throw new Error(`${fact.number} ${fact.code} is in no feed.`);
    return { fact, ...next };
  });
  const { signing_key } = state.secrets;
  const der = createPrivateKey({ key: Buffer.from(signing_key, "base64"), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(der).export({ format: "jwk" });
  const contestant: Contestant = {
    name: "Gluey",
    made_of: `this repository in workerd, by Miniflare's direct socket, Node ${process.versions.node}`,
    durable:
      "D1 and the Durable Object's SQLite: committed and synced before an event counts as accepted, before a request leaves (its attempt is written first), and before a delivery counts as done.",
    order:
      "Strict a shipment; different shipments never wait for each other. Three connections an endpoint, six a customer.",
    engage: (run) => engage(bundle, templates, known, run),
  };
  return { contestant, events, destinations, signing_key, public_key: x };
}

interface Stack {
  url: string;
  api: Api;
  admin_token: string;
  child: Child;
}

async function startStack(
  bundle: string,
  directory: string,
  settings_directory: string,
  time_scale: number,
): Promise<Stack> {
  const state = openState(directory);
  const port = await nextFreePort(FIRST_PORT);
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  const { admin_token, credentials_keys, signing_key, container_token } = state.secrets;
  const { child } = await startReady(
    HOST,
    settings_directory,
    {
      bundle,
      worker: workerOptions,
      persistence: join(state.persistence, "v3"),
      port,
      variables: {
        ADMIN_TOKEN: admin_token,
        CREDENTIALS_KEYS: credentials_keys,
        SIGNING_KEY: signing_key,
        SFTP_CONTAINER_TOKEN: container_token,
        SFTP_CONTAINER_URL: "http://127.0.0.1:9",
        ALLOW_PRIVATE_DESTINATIONS: "true",
        TIME_SCALE: String(time_scale),
      },
      ...TICK,
    },
    root,
  );
  const url = `http://127.0.0.1:${port}`;
  return { url, api: apiAt(url, admin_token), admin_token, child };
}

async function setUp(
  stack: Stack,
  facts: readonly Fact[],
  receiver: string,
): Promise<{ known: Known; destinations: Destination[] }> {
  const operator = operatorAt(stack);
  const customers: Known["customers"][number][] = [];
  const destinations: Destination[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    const account_number = `bench-${endpointOf(index)}`;
    await operator.createAccount(account_number, "bench");
    customers.push({
      account_number,
      key: await operator.createKey(account_number, "test"),
      subscription_id: "",
    });
  }
  const secret = randomBytes(18).toString("base64url");
  const { webhook_url } = await operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: customers.map(({ account_number }) => account_number),
    ways: { webhook: {} },
    credentials: { webhook_secret: secret },
  });
  for (const [index, customer] of customers.entries()) {
    const url = `${receiver}/hooks/${endpointOf(index)}`;
    const created = await stack.api.subscribe(customer, "webhooks", { endpoint: url, max_batch: 20 });
    customer.subscription_id = created.id;
    await stack.api.change(customer, created.id, { paused: true });
    destinations.push({ url, secret: created.secret ?? "" });
    const numbers = new Set(facts.filter((fact) => fact.customer === index).map(({ number }) => number));
    await stack.api.register(customer, [...numbers]);
  }
  const path = new URL(webhook_url ?? "").pathname;
  return { known: { customers, carrier: { path, secret } }, destinations };
}

async function engage(
  bundle: string,
  templates: readonly Template[],
  known: Known,
  run: Run,
): Promise<Engaged> {
  const template = templates.find(({ backlog }) => backlog === run.backlog);
  if (template === undefined) throw new Error(`There is no state with ${run.backlog} events.`);
  const directory = join(run.directory, "state");
  mkdirSync(directory);
  cpSync(template.directory, directory, { recursive: true });
  unpause(join(directory, "worker", "v3", "d1", "miniflare-D1DatabaseObject"));
  const start = () => startStack(bundle, directory, run.directory, run.time_scale);
  let stack = await start();
  return {
    release: async () => {
      // Any change wakes the customer's object.
      const change = { max_batch: run.max_batch };
      await Promise.all(known.customers.map((one) => stack.api.change(one, one.subscription_id, change)));
    },
    accept: (events) =>
      push(
        stack.url,
        known,
        events.map(({ fact }) => fact),
      ),
    processes: () => [stack.child],
    kill: () => stack.child.kill(),
    restart: async () => {
      stack = await start();
    },
    close: () => stack.child.end(),
  };
}

/**
 * In the database itself: whoever resumes a line by the API says that a receiver is back, and it starts slowly (delivery
 * contract C7: one message a second at first). The others start at once, and so does a line that was never stopped.
 */
function unpause(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".sqlite") || name === "metadata.sqlite") continue;
    const database = new DatabaseSync(join(folder, name));
    const here = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'subscriptions'").get();
    if (here !== undefined) database.exec("UPDATE subscriptions SET paused = 0");
    database.close();
  }
}
