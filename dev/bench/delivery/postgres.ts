import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { nextFreePort } from "../../ports.ts";
import { type Child, environment, killTree, startChild, startSender, until } from "./children.ts";
import { type BenchEvent, type Contestant, type Engaged, type Run, tellToBegin } from "./contestant.ts";

/** The hand-written outbox on PostgreSQL: the server, the table, and whoever writes into it. The worker: postgres-sender.ts. */

interface Pool {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  on(event: "error", listener: () => void): void;
  end(): Promise<void>;
}

const FIRST_PORT = 29_600;
const START_WITHIN_MS = 20_000;
const ROWS_AT_ONCE = 500;

const SCHEMA = `
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer integer NOT NULL, shipment text NOT NULL, body text NOT NULL,
  attempts integer NOT NULL DEFAULT 0, next_at timestamptz NOT NULL DEFAULT now(), delivered_at timestamptz
);
CREATE INDEX outbox_line ON outbox (customer, id) WHERE delivered_at IS NULL;
CREATE INDEX outbox_shipment ON outbox (shipment, id) WHERE delivered_at IS NULL;`;

/** Where Debian keeps the newest server's programs; null where there is none. */
export function postgresPrograms(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return (
    versions
      .map((version) => join(root, version, "bin"))
      .find((folder) => existsSync(join(folder, "initdb"))) ?? null
  );
}

/** PostgreSQL refuses to run as root: then it runs as its own user. */
function asItsUser(command: string, args: readonly string[]): [command: string, args: string[]] {
  if (process.getuid?.() !== 0) return [command, [...args]];
  return ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", command, ...args]];
}

export function postgres(home: string, programs: string): Contestant {
  const version = execFileSync(join(programs, "postgres"), ["--version"], { encoding: "utf8" }).trim();
  return {
    name: "PostgreSQL outbox",
    made_of: `${version.replace(/^postgres \(PostgreSQL\) /u, "PostgreSQL ")}, hand-written worker on pg, Node ${process.versions.node}`,
    durable:
      "`fsync = on`, `synchronous_commit = on`: WAL on disk before an event counts as accepted, and before a delivery counts as done. The request leaves without a trace of its own: a row is locked, not written, while it is under way.",
    order:
      "Strict a shipment: a worker claims shipments by their first undelivered event (`FOR UPDATE SKIP LOCKED`), and takes of those what fits.",
    engage: (run) => engage(home, programs, run),
  };
}

async function engage(home: string, programs: string, run: Run): Promise<Engaged> {
  const data = join(run.directory, "data");
  mkdirSync(data);
  if (process.getuid?.() === 0) {
    chmodSync(run.directory, 0o755);
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" })),
    );
    chownSync(data, uid ?? 0, gid ?? 0);
  }
  const [initdb, args] = asItsUser(join(programs, "initdb"), ["-D", data, "-U", "bench", "-A", "trust"]);
  execFileSync(initdb, args, { cwd: "/", stdio: "ignore" });
  const port = await nextFreePort(FIRST_PORT);
  const require = createRequire(join(home, "package.json"));
  const { Pool }: { Pool: new (options: object) => Pool } = require("pg");
  const pool = new Pool({ host: "127.0.0.1", port, user: "bench", database: "postgres", max: 10 });
  pool.on("error", () => {});
  let server: Child | null = null;
  let worker: Child | null = null;
  const startServer = async () => {
    const on = ["fsync=on", "synchronous_commit=on", "max_connections=100", "listen_addresses=127.0.0.1"];
    const [command, given] = asItsUser(join(programs, "postgres"), [
      ...["-D", data, "-p", String(port), "-k", data],
      ...on.flatMap((setting) => ["-c", setting]),
    ]);
    // What a killed server leaves behind may take a moment to go.
    await until(
      async () => {
        server = startChild({ name: "postgres", command, args: given, cwd: "/", env: environment() });
        await up(pool, server);
      },
      20,
      START_WITHIN_MS,
    );
  };
  const startWorker = async (held: boolean) => {
    const { destinations, signing_key, max_batch, time_scale } = run;
    const settings = { home, port, destinations, signing_key, max_batch, time_scale, held, own_port: 0 };
    worker = await startSender("postgres-sender.ts", run.directory, settings);
  };
  await startServer();
  await pool.query(SCHEMA);
  for (let at = 0; at < run.backlog; at += ROWS_AT_ONCE)
    await insert(pool, run.events.slice(at, Math.min(run.backlog, at + ROWS_AT_ONCE)));
  await pool.query("VACUUM ANALYZE outbox");
  await startWorker(true);
  return {
    release: async () => {
      if (worker !== null) tellToBegin(worker);
    },
    accept: (events) => insert(pool, events),
    processes: () => [server, worker].filter((one) => one !== null),
    kill: async () => {
      await Promise.all([server, worker].map((one) => (one === null ? null : killTree(one))));
    },
    restart: async () => {
      await startServer();
      await startWorker(false);
    },
    close: async () => {
      await worker?.end();
      await pool.end();
      await server?.end();
    },
  };
}

/** Until it answers; throws as soon as it has ended. */
async function up(pool: Pool, server: Child): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  await until(
    async () => {
      if (!ended) await pool.query("SELECT 1");
    },
    10,
    START_WITHIN_MS,
  );
  if (ended) throw new Error(`PostgreSQL did not start: ${server.said.join("\n")}`);
}

async function insert(pool: Pool, events: readonly BenchEvent[]): Promise<void> {
  await pool.query(
    `WITH added AS (
       INSERT INTO outbox (customer, shipment, body) SELECT * FROM unnest($1::int[], $2::text[], $3::text[]) RETURNING customer)
     SELECT pg_notify('outbox', customer::text) FROM (SELECT DISTINCT customer FROM added) AS told`,
    [
      events.map(({ fact }) => fact.customer),
      events.map(({ shipment_id }) => shipment_id),
      events.map(({ element }) => element),
    ],
  );
}
