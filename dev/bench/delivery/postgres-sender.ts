import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { CONNECTIONS } from "./contestant.ts";
import { posterOf, readSettings, sayReady, untilReleased, waitAfter } from "./sender.ts";

/**
 * A PostgreSQL outbox's worker, as one would write it: claims shipments by their first undelivered event with FOR UPDATE
 * SKIP LOCKED, so that none is in flight twice, holds the locks while it posts (a worker that dies lets go of them
 * at once), and is woken by LISTEN. Three posts a customer at once.
 */
interface Client {
  query<R>(query: string | { name: string; text: string; values: unknown[] }): Promise<{ rows: R[] }>;
  release(): void;
  on(event: "notification", listener: (message: { payload?: string }) => void): void;
}
interface Postgres {
  Pool: new (options: object) => { connect(): Promise<Client> };
}
interface Row {
  id: string;
  body: string;
  attempts: number;
}

const settings = readSettings();
const require = createRequire(join(settings.home, "package.json"));
const { Pool }: Postgres = require("pg");
const pool = new Pool({
  host: "127.0.0.1",
  port: settings.port,
  user: "bench",
  database: "postgres",
  max: settings.destinations.length * CONNECTIONS + 1,
});
const post = posterOf(settings);

/** A notification can be missed, and a retry comes due: an idle line looks by itself. */
const LOOK_EVERY_MS = 1000;

/** The first undelivered event of a shipment stands for all of it; as many more of those shipments as there is room for come along. */
const CLAIM = `
  WITH heads AS (
    SELECT o.shipment FROM outbox o
    WHERE o.customer = $1 AND o.delivered_at IS NULL AND o.next_at <= now()
      AND NOT EXISTS (
        SELECT 1 FROM outbox e WHERE e.shipment = o.shipment AND e.id < o.id AND e.delivered_at IS NULL)
    ORDER BY o.id LIMIT $2 FOR UPDATE OF o SKIP LOCKED)
  SELECT e.id, e.body, e.attempts FROM heads JOIN outbox e USING (shipment)
  WHERE e.delivered_at IS NULL ORDER BY e.id LIMIT $2`;
const DELIVERED = "UPDATE outbox SET delivered_at = now(), attempts = attempts + 1 WHERE id = ANY($1)";
const FAILED =
  "UPDATE outbox SET attempts = attempts + 1, next_at = now() + $2 * interval '1 ms' WHERE id = ANY($1)";

/** Those of a customer that sleep, longest first. */
const sleeping = settings.destinations.map((): (() => void)[] => []);

function wake(customer: number): void {
  sleeping[customer]?.shift()?.();
}

function sleep(customer: number): Promise<void> {
  return new Promise((resolve) => {
    const up = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      const line = sleeping[customer] ?? [];
      line.splice(line.indexOf(up), 1);
      resolve();
    }, LOOK_EVERY_MS);
    sleeping[customer]?.push(up);
  });
}

/** One batch, start to end; false where there was none. */
async function step(customer: number, client: Client): Promise<boolean> {
  await client.query("BEGIN");
  const { rows } = await client.query<Row>({
    name: "claim",
    text: CLAIM,
    values: [customer, settings.max_batch],
  });
  if (rows.length === 0) {
    await client.query("COMMIT");
    return false;
  }
  // There may be more than one can carry.
  wake(customer);
  const ids = rows.map(({ id }) => id);
  const message = `msg_${createHash("sha256").update(ids.join(" ")).digest("base64url")}`;
  const taken = await post(
    customer,
    message,
    rows.map(({ body }) => body),
  );
  if (taken) await client.query({ name: "delivered", text: DELIVERED, values: [ids] });
  else {
    const wait_ms = waitAfter(Math.max(...rows.map(({ attempts }) => attempts)) + 1, settings.time_scale);
    await client.query({ name: "failed", text: FAILED, values: [ids, wait_ms] });
    setTimeout(() => wake(customer), wait_ms + 1);
  }
  await client.query("COMMIT");
  return true;
}

async function line(customer: number): Promise<never> {
  const client = await pool.connect();
  for (;;) if (!(await step(customer, client))) await sleep(customer);
}

const listener = await pool.connect();
listener.on("notification", ({ payload }) => wake(Number(payload)));
await listener.query("LISTEN outbox");
const released = untilReleased(settings);
sayReady();
await released;
await Promise.all(
  settings.destinations.flatMap((_, customer) => Array.from({ length: CONNECTIONS }, () => line(customer))),
);
