import { createRequire } from "node:module";
import { join } from "node:path";
import { endpointOf } from "./plan.ts";
import { posterOf, readSettings, sayReady, untilReleased, waitAfter } from "./sender.ts";

/**
 * BullMQ's workers: a queue a customer, concurrency 1, which is the order that its documentation offers without groups
 * (groups and batches are of the Pro edition). One event a POST: a worker with a processor. Several: its page "Manually
 * processing jobs", each job fetched and completed by itself.
 */
interface Job {
  id: string;
  data: { element: string };
  moveToCompleted(value: string, token: string, fetchNext: boolean): Promise<unknown>;
  moveToFailed(error: Error, token: string, fetchNext: boolean): Promise<unknown>;
}
interface Worker {
  on(event: "error", listener: (error: Error) => void): void;
  getNextJob(token: string, options?: { block: boolean }): Promise<Job | undefined>;
  startStalledCheckTimer(): Promise<void>;
}
interface BullMq {
  Worker: new (queue: string, processor: ((job: Job) => Promise<void>) | null, options: object) => Worker;
}

const settings = readSettings();
const require = createRequire(join(settings.home, "package.json"));
const { Worker }: BullMq = require("bullmq");
const post = posterOf(settings);
const options = {
  connection: { host: "127.0.0.1", port: settings.port, maxRetriesPerRequest: null },
  concurrency: 1,
  settings: { backoffStrategy: (failures: number) => waitAfter(failures, settings.time_scale) },
};

function open(queue: string, processor: ((job: Job) => Promise<void>) | null): Worker {
  const worker = new Worker(queue, processor, options);
  worker.on("error", (error) => process.stderr.write(`${error.message}\n`));
  return worker;
}

function messageOf(queue: string, jobs: readonly Job[]): string {
  return `msg_${queue}_${jobs.map(({ id }) => id).join("-")}`.slice(0, 200);
}

async function inBatches(customer: number): Promise<never> {
  const queue = endpointOf(customer);
  const worker = open(queue, null);
  await worker.startStalledCheckTimer();
  for (let round = 0; ; round++) {
    const token = `${process.pid}-${round}`;
    const jobs: Job[] = [];
    const first = await worker.getNextJob(token);
    if (first !== undefined) jobs.push(first);
    while (first !== undefined && jobs.length < settings.max_batch) {
      const next = await worker.getNextJob(token, { block: false });
      if (next === undefined) break;
      jobs.push(next);
    }
    if (jobs.length === 0) continue;
    const taken = await post(
      customer,
      messageOf(queue, jobs),
      jobs.map(({ data }) => data.element),
    );
    await Promise.all(
      jobs.map((job) =>
        taken
          ? job.moveToCompleted("", token, false)
          : job.moveToFailed(new Error("The receiver did not take it."), token, false),
      ),
    );
  }
}

function oneByOne(customer: number): void {
  const queue = endpointOf(customer);
  open(queue, async (job) => {
    if (!(await post(customer, messageOf(queue, [job]), [job.data.element])))
      throw new Error("The receiver did not take it.");
  });
}

const released = untilReleased(settings);
sayReady();
await released;
for (const customer of settings.destinations.keys()) {
  if (settings.max_batch === 1) oneByOne(customer);
  else
    inBatches(customer).catch((cause: unknown) => {
      process.stderr.write(`${String(cause)}\n`);
      process.exit(1);
    });
}
