import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { z } from "zod";
import { sandboxNumber } from "../../../workers/carriers/sandbox/numbers.ts";
import { databasesOf } from "../../databases.ts";
import { operatorAt } from "../../operator.ts";
import { nextFreePort } from "../../ports.ts";
import { openState } from "../../state.ts";
import { type Child, sleep, startReady, wrangler } from "../delivery/children.ts";

/** A state filled by the public API alone, and then the two Workers on it that are compared. */

const root = join(import.meta.dirname, "..", "..", "..");
const FILLING_HOST = join(root, "dev", "campaign", "workerd-host.ts");
const FIRST_PORT = 30_100;
const ACCOUNT = "bench";
const TAKEN_WITHIN_MS = 120_000;
const MINUTE_MS = 60_000;

/** As many as one call may ask for. */
export const ASKED = 100;
/** Of whom nobody asks: the tables hold more than what is read. */
const OTHERS = 400;
/** The life of a parcel, which is also what a carrier pushes at once. */
const LIFE = ["CREATED", "PICKED_UP", "ARRIVED", "DEPARTED", "OUT_FOR_DELIVERY", "DELIVERED"];
export const EVENTS_A_SHIPMENT = LIFE.length;
const SHIPMENTS_A_PUSH = 10;

/** The limit for a key is asked at every call, and far away: a bench is one customer who asks a lot. */
const KEY_RATE = { type: "ratelimit", namespace_id: "1001", simple: { limit: 1_000_000_000, period: 60 } };

export interface Stage {
  gluey_port: number;
  bare_port: number;
  /** The processes in which both Workers are. */
  child: Child;
  key: string;
  ids: readonly string[];
  /** What a carrier pushes: about one parcel, all of its life. */
  push: string;
  webhook_path: string;
  /** The header that proves a push, as of now. */
  proofOf(body: string): Record<string, string>;
}

const Bindings = z.object({
  compatibilityDate: z.string(),
  d1Databases: z.object({ DB: z.object({ id: z.string() }) }),
  ratelimits: z.looseObject({}),
});
const Registered = z.object({ data: z.array(z.object({ shipment: z.object({ id: z.string() }) })) });
const Tracked = z.array(z.object({ tracking_data: z.object({ events: z.array(z.unknown()) }) }));

/** Builds the Worker, fills a state in `home`, and starts both Workers on it. */
export async function setStage(home: string, inspector_port?: number): Promise<Stage> {
  const bundle = join(home, "bundle");
  const state = openState(join(home, "state"));
  await Promise.all([
    wrangler(["deploy", "--dry-run", "--containers-rollout=none", "--outdir", bundle]),
    migrate(state.persistence),
  ]);
  const [port, gluey_port, bare_port] = await freePorts();
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  const { admin_token, credentials_keys, signing_key, container_token } = state.secrets;
  const settings = {
    bundle,
    worker: workerOptions,
    persistence: join(state.persistence, "v3"),
    port,
    variables: {
      ADMIN_TOKEN: admin_token,
      CREDENTIALS_KEYS: credentials_keys,
      SIGNING_KEY: signing_key,
      SFTP_CONTAINER_TOKEN: container_token,
    },
  };
  const ticks = { tick_ms: MINUTE_MS, first_tick_ms: MINUTE_MS };
  const filling = await startReady(FILLING_HOST, home, { ...settings, ...ticks }, root);
  const filled = await fill(`http://127.0.0.1:${port}`, admin_token);
  await filling.child.end();
  const { compatibilityDate, d1Databases, ratelimits } = Bindings.parse(workerOptions);
  const { child } = await startReady(
    join(import.meta.dirname, "host.ts"),
    home,
    {
      ...settings,
      worker: { ...workerOptions, queueConsumers: {}, ratelimits: { ...ratelimits, KEY_RATE } },
      compatibility_date: compatibilityDate,
      database_id: d1Databases.DB.id,
      gluey_port,
      bare_port,
      inspector_port,
    },
    root,
  );
  return { ...filled, gluey_port, bare_port, child };
}

async function freePorts(): Promise<[number, number, number]> {
  const first = await nextFreePort(FIRST_PORT + Math.floor(Math.random() * 500));
  const second = await nextFreePort(first + 1);
  return [first, second, await nextFreePort(second + 1)];
}

async function fill(url: string, admin_token: string): Promise<Omit<Stage, `${string}_port` | "child">> {
  const operator = operatorAt({ url, admin_token });
  await operator.createAccount(ACCOUNT, "Bench");
  const key = await operator.createKey(ACCOUNT, "test");
  const secret = randomBytes(18).toString("base64url");
  const { webhook_url } = await operator.createConnection({
    carrier_id: "sandbox",
    account_numbers: [ACCOUNT],
    ways: { webhook: {} },
    credentials: { webhook_secret: secret },
  });
  const webhook_path = new URL(webhook_url ?? "").pathname;
  const proofOf = (body: string) => {
    const at_s = Math.floor(Date.now() / 1000);
    const mac = createHmac("sha256", secret).update(`${at_s}.${body}`).digest("hex");
    return { "x-sandbox-signature": `t=${at_s},v1=${mac}` };
  };
  const post = async (path: string, body: string, headers: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const numbers = Array.from({ length: ASKED + OTHERS }, (_, index) => sandboxNumber(index));
  const shipments = numbers.map((carrier_tracking_id, index) => ({
    carrier_id: "sandbox",
    carrier_tracking_id,
    uuid_ref: `order-${10_000 + index}`,
    meta_data: [{ key: "warehouse", value: "Malmö" }],
  }));
  const { data } = Registered.parse(
    await post("/shipments/batch", JSON.stringify({ shipments }), { "x-key": key }),
  );
  for (let at = 0; at < numbers.length; at += SHIPMENTS_A_PUSH) {
    const body = newsOf(numbers.slice(at, at + SHIPMENTS_A_PUSH));
    await post(webhook_path, body, proofOf(body));
  }
  const ids = data.map(({ shipment }) => shipment.id);
  const give_up = Date.now() + TAKEN_WITHIN_MS;
  // Those who were told of last come last; all have to be there, or the Workers would be asked while it goes on.
  for (let at = 0; at < ids.length; ) {
    const asked = ids.slice(at, at + ASKED);
    const told = Tracked.parse(await post("/track", JSON.stringify({ ids: asked }), { "x-key": key }));
    if (told.every(({ tracking_data }) => tracking_data.events.length === EVENTS_A_SHIPMENT)) at += ASKED;
    else if (Date.now() < give_up) await sleep(250);
    else throw new Error(`After ${TAKEN_WITHIN_MS / 1000} s not all events are in the timelines.`);
  }
  return { key, ids: ids.slice(0, ASKED), push: newsOf(numbers.slice(0, 1)), webhook_path, proofOf };
}

function newsOf(numbers: readonly string[]): string {
  const start = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 48 * 60 * MINUTE_MS;
  const events = LIFE.map((code, step) => ({
    code,
    time: new Date(start + step * 300 * MINUTE_MS).toISOString().replace(".000Z", "+00:00"),
    text: "As the scanner sent it",
    place: { name: "Terminal Malmö", city: "Malmö", postal_code: "211 20", country: "SE" },
  }));
  return JSON.stringify({ tracking: numbers.map((tracking_number) => ({ tracking_number, events })) });
}

async function migrate(persistence: string): Promise<void> {
  for (const binding of databasesOf(join(root, "wrangler.toml")))
    await wrangler(["d1", "migrations", "apply", binding, "--local", "--persist-to", persistence]);
  // The bare Worker's, and nobody else's.
  const sql = "CREATE TABLE bare_pushes (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID";
  await wrangler(["d1", "execute", "DB", "--local", "--persist-to", persistence, "--command", sql]);
}
