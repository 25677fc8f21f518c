import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { nextFreePort } from "../../ports.ts";
import { type Child, environment, startChild, startSender, until } from "./children.ts";
import { type BenchEvent, type Contestant, type Engaged, type Run, tellToBegin } from "./contestant.ts";

/** Restate: its server and the calls to it. The services: restate-sender.ts. */

const FIRST_PORT = 29_800;
const START_WITHIN_MS = 60_000;
const CALLS_AT_ONCE = 32;

const agent = new Agent({ keepAlive: true, maxSockets: CALLS_AT_ONCE });

export function restate(home: string, program: string, version: string, sdk: string): Contestant {
  return {
    name: "Restate",
    made_of: `restate-server ${version}, @restatedev/restate-sdk ${sdk}, Node ${process.versions.node}`,
    durable:
      "Its defaults: the log server's RocksDB with its WAL synced (`rocksdb-disable-wal-fsync = false`) before a call is accepted, and before a step's result counts.",
    order:
      "Strict: a virtual object does one thing after the other, and what fails keeps its line waiting. One a shipment where a POST holds one event; one a customer, with the batcher of its examples, where a POST holds several: then nothing of a customer passes what fails.",
    engage: (run) => engage(home, program, run),
  };
}

async function engage(home: string, program: string, run: Run): Promise<Engaged> {
  const ports = { ingress: 0, admin: 0, node: 0, own: 0 };
  let next = FIRST_PORT;
  for (const name of ["ingress", "admin", "node", "own"] as const) {
    ports[name] = await nextFreePort(next);
    next = ports[name] + 1;
  }
  const configuration = join(run.directory, "restate.toml");
  writeFileSync(
    configuration,
    [
      'node-name = "bench"',
      `base-dir = "${join(run.directory, "data")}"`,
      `bind-address = "127.0.0.1:${ports.node}"`,
      `advertised-address = "http://127.0.0.1:${ports.node}"`,
      "disable-telemetry = true",
      'log-filter = "warn"',
      "[ingress]",
      `bind-address = "127.0.0.1:${ports.ingress}"`,
      "[admin]",
      `bind-address = "127.0.0.1:${ports.admin}"`,
      "disable-web-ui = true",
      "",
    ].join("\n"),
  );
  let server: Child | null = null;
  let worker: Child | null = null;
  const startServer = () => {
    server = startChild({
      name: "restate-server",
      command: program,
      args: ["--config-file", configuration],
      cwd: run.directory,
      env: environment(),
    });
  };
  const startWorker = async (held: boolean) => {
    const { destinations, signing_key, max_batch, time_scale } = run;
    const settings = {
      home,
      port: 0,
      destinations,
      signing_key,
      max_batch,
      time_scale,
      held,
      own_port: ports.own,
    };
    worker = await startSender("restate-sender.ts", run.directory, settings);
  };
  startServer();
  await startWorker(true);
  await until(
    () => call(ports.admin, "/deployments", { uri: `http://127.0.0.1:${ports.own}` }),
    100,
    START_WITHIN_MS,
  );
  // A line of its own for every object: what one object is told, it is told in order.
  const path = ({ fact, shipment_id }: BenchEvent) =>
    run.max_batch === 1 ? `/shipment/${shipment_id}/tell/send` : `/batcher/${fact.customer}/tell/send`;
  const accept = async (event: BenchEvent) => {
    const { fact, element } = event;
    await call(ports.ingress, path(event), { customer: fact.customer, element });
  };
  const lines = [...Map.groupBy(run.events.slice(0, run.backlog), path).values()];
  let line = 0;
  await Promise.all(
    Array.from({ length: CALLS_AT_ONCE }, async () => {
      for (let mine = lines[line++]; mine !== undefined; mine = lines[line++])
        for (const event of mine) await until(() => accept(event), 100, START_WITHIN_MS);
    }),
  );
  return {
    release: async () => {
      if (worker !== null) tellToBegin(worker);
    },
    accept: async (events) => {
      for (const event of events) await accept(event);
    },
    processes: () => [server, worker].filter((one) => one !== null),
    kill: async () => {
      await Promise.all([server?.kill(), worker?.kill()]);
    },
    restart: async () => {
      startServer();
      await startWorker(false);
    },
    close: async () => {
      await worker?.kill();
      await server?.kill();
    },
  };
}

function call(port: number, path: string, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const out = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        agent,
        headers: { "content-type": "application/json" },
      },
      (answer) => {
        answer.resume();
        answer.once("end", () => {
          const status = answer.statusCode ?? 0;
          if (status >= 200 && status <= 299) resolve();
          else reject(new Error(`Restate answered ${status} to ${path}.`));
        });
      },
    );
    out.once("error", reject);
    out.end(JSON.stringify(body));
  });
}
