import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { nextFreePort } from "../../ports.ts";
import { type Child, environment, startChild, startSender, until } from "./children.ts";
import { type Contestant, type Engaged, type Run, tellToBegin } from "./contestant.ts";
import { endpointOf } from "./plan.ts";

/** BullMQ on Redis: the server and the queues. The workers: bullmq-sender.ts. */

interface Queue {
  addBulk(jobs: readonly { name: string; data: object; opts: object }[]): Promise<unknown>;
  on(event: "error", listener: () => void): void;
  close(): Promise<void>;
}

const FIRST_PORT = 29_700;
const START_WITHIN_MS = 20_000;
const JOBS_AT_ONCE = 250;
/** Never given up within a run. */
const JOB = { attempts: 1000, backoff: { type: "custom" }, removeOnComplete: true };

export function bullmq(home: string, version: string): Contestant {
  const redis = /v=(\S+)/u.exec(execFileSync("redis-server", ["--version"], { encoding: "utf8" }))?.[1];
  return {
    name: "BullMQ",
    made_of: `BullMQ ${version}, Redis ${redis ?? ""}, Node ${process.versions.node}`,
    durable:
      "`appendonly yes`, `appendfsync always`: every write is on disk before Redis answers it, so before an event counts as accepted and before a job counts as completed. The documentation itself recommends `everysec`.",
    order:
      'Groups, and so order a shipment with parallel work, are of the Pro edition. A queue a customer with concurrency 1 keeps order until the first failure: a job that waits for its retry is overtaken by the next. Batches are Pro as well; here up to max_batch jobs are fetched by hand ("Manually processing jobs").',
    engage: (run) => engage(home, run),
  };
}

async function engage(home: string, run: Run): Promise<Engaged> {
  const port = await nextFreePort(FIRST_PORT);
  let server: Child | null = null;
  let worker: Child | null = null;
  const startServer = async () => {
    const on = ["--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction", "--save ''"];
    server = startChild({
      name: "redis",
      command: "redis-server",
      args: [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", run.directory],
        ...on.flatMap((setting) => setting.replace("''", "").split(" ")),
      ],
      cwd: run.directory,
      env: environment(),
    });
    await until(
      async () => {
        const said = execFileSync("redis-cli", ["-p", String(port), "ping"], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        });
        if (said.trim() !== "PONG") throw new Error(`Redis did not start: ${said}`);
      },
      10,
      START_WITHIN_MS,
    );
  };
  const startWorker = async (held: boolean) => {
    const { destinations, signing_key, max_batch, time_scale } = run;
    const settings = { home, port, destinations, signing_key, max_batch, time_scale, held, own_port: 0 };
    worker = await startSender("bullmq-sender.ts", run.directory, settings);
  };
  await startServer();
  const require = createRequire(join(home, "package.json"));
  const { Queue }: { Queue: new (name: string, options: object) => Queue } = require("bullmq");
  const queues = run.destinations.map((_, customer) => {
    const queue = new Queue(endpointOf(customer), { connection: { host: "127.0.0.1", port } });
    queue.on("error", () => {});
    return queue;
  });
  const held = run.events.slice(0, run.backlog);
  for (const [customer, queue] of queues.entries()) {
    const jobs = held.filter(({ fact }) => fact.customer === customer).map(({ element }) => jobOf(element));
    for (let at = 0; at < jobs.length; at += JOBS_AT_ONCE)
      await queue.addBulk(jobs.slice(at, at + JOBS_AT_ONCE));
  }
  await startWorker(true);
  return {
    release: async () => {
      if (worker !== null) tellToBegin(worker);
    },
    accept: async (events) => {
      const [first] = events;
      if (first === undefined) return;
      await queues[first.fact.customer]?.addBulk(events.map(({ element }) => jobOf(element)));
    },
    processes: () => [server, worker].filter((one) => one !== null),
    kill: async () => {
      await Promise.all([server?.kill(), worker?.kill()]);
    },
    restart: async () => {
      await startServer();
      await startWorker(false);
    },
    close: async () => {
      await worker?.kill();
      await Promise.all(queues.map((queue) => queue.close()));
      await server?.end();
    },
  };
}

function jobOf(element: string) {
  return { name: "event", data: { element }, opts: JOB };
}
