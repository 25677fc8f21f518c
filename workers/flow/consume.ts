import { z } from "zod";
import type { Context } from "../context.ts";
import { isBusy } from "../observe/database-fault.ts";
import type { MetricPoint } from "../observe/metrics.ts";
import { runCheck } from "./check.ts";
import { inOneLine, log, reasonOf } from "./log.ts";
import { CheckMessage } from "./messages.ts";

/** The only place that acknowledges a queue's message or asks for another try. */

/** A step for one kind of message: the shape it must have, and what is done with it. */
interface Step<T> {
  shape: z.ZodType<T>;
  run(ctx: Context, message: T): Promise<void>;
}

function step<T>(shape: z.ZodType<T>, run: Step<T>["run"]): (ctx: Context, body: unknown) => Promise<void> {
  return async (ctx, body) => {
    const message = shape.safeParse(body);
    // Every message can be made again from a row, so one that is not ours to read is dropped, and said.
    if (!message.success) return log("message.dropped", { why: reasonOf(message.error) });
    await run(ctx, message.data);
  };
}

const STEPS = new Map([["checks", step(CheckMessage, runCheck)]]);

/** Seconds before another try, by how often it was tried. */
function waitBefore(attempts: number): number {
  return Math.min(600, 5 * 2 ** Math.min(attempts, 7));
}

const Ids = z.object({ connection_id: z.string().optional() });

/** What a message is about, whichever it is. */
function idsIn(body: unknown): z.infer<typeof Ids> {
  const read = Ids.safeParse(body);
  return read.success ? read.data : {};
}

/** Queues are told apart by the end of their name (`gluey-checks`, `gluey-checks-slow-staging`): names belong to wrangler.toml. */
function stepFor(queue: string): ((ctx: Context, body: unknown) => Promise<void>) | undefined {
  return queue
    .split("-")
    .map((word) => STEPS.get(word))
    .find((found) => found !== undefined);
}

export async function consume(ctx: Context, batch: MessageBatch): Promise<void> {
  const run = stepFor(batch.queue);
  if (run === undefined) throw new Error(`No step reads the queue "${batch.queue}".`);
  let failed = 0;
  let overloaded = 0;
  const one = async (message: Message): Promise<void> => {
    try {
      await run(ctx, message.body);
      message.ack();
    } catch (error) {
      failed += 1;
      if (isBusy(error)) overloaded += 1;
      log("message.failed", { ...idsIn(message.body), attempts: message.attempts, why: reasonOf(error) });
      message.retry({ delaySeconds: Math.ceil(waitBefore(message.attempts) * ctx.timeScale) });
    }
  };
  // A platform call opens at most six connections at once, and an isolate has 128 MB: two messages at a time leave room
  // for their own calls, and for two answers of the largest size.
  await inOneLine({ queue: batch.queue }, async () => {
    for (let at = 0; at < batch.messages.length; at += 2) {
      await Promise.all(batch.messages.slice(at, at + 2).map(one));
    }
  });
  const faults: MetricPoint[] = [
    { kind: "fault", way: "queue", subject: batch.queue, total: batch.messages.length, failed },
    { kind: "fault", way: "d1", subject: batch.queue, failed: overloaded },
  ];
  ctx.metrics.write(faults.filter((fault) => fault.failed !== 0));
  await ctx.tally.write(ctx.control, ctx.metrics, ctx.now());
}
