import { z } from "zod";
import { sleep } from "../delivery/children.ts";
import type { Contestant } from "./measure.ts";
import type { Push } from "./news.ts";
import type { Receiver } from "./receiver.ts";
import { sendClosed } from "./sender.ts";

/** What an event costs the databases, from its acceptance to its delivery: turns that are counted and not timed. */

const Counted = z.object({
  d1_queries: z.number(),
  statements: z.number(),
  d1_rows_read: z.number(),
  d1_rows_written: z.number(),
  /** By class of Durable Object. */
  object_rows_written: z.record(z.string(), z.number()),
});

export const Cost = z.object({
  title: z.string(),
  events: z.number(),
  /** All of these an event. */
  round_trips: z.number(),
  statements: z.number(),
  rows_read: z.number(),
  rows_written: z.number(),
  object_rows_written: z.record(z.string(), z.number()),
});
export type Cost = z.infer<typeof Cost>;

const LONE = 20;
const LOADED = 400;
const SENDERS = 16;
const WITHIN_MS = 30_000;
/** After the last arrival something may still be written down. */
const SETTLED_AFTER_MS = 700;

/** Counts lone events, events under load, and the lone ones once more: `contestant` runs with its databases counted. */
export async function countCosts(contestant: Contestant, receiver: Receiver): Promise<Cost[]> {
  const { door } = contestant.pipeline;
  const take = async (): Promise<z.infer<typeof Counted>> => {
    await sleep(SETTLED_AFTER_MS);
    return Counted.parse(await (await fetch(`http://127.0.0.1:${door.port}/bench/meter`)).json());
  };
  const costs: Cost[] = [];
  const count = async (title: string, events: number, work: () => Promise<void>) => {
    await take();
    await work();
    const { d1_queries, statements, d1_rows_read, d1_rows_written, object_rows_written } = await take();
    costs.push({
      title,
      events,
      round_trips: d1_queries / events,
      statements: statements / events,
      rows_read: d1_rows_read / events,
      rows_written: d1_rows_written / events,
      object_rows_written: Object.fromEntries(
        Object.entries(object_rows_written).map(([name, rows]) => [name, rows / events]),
      ),
    });
  };
  const oneByOne = async (pushes: readonly Push[], arrives: boolean) => {
    for (const [index, push] of pushes.entries()) {
      await sendClosed(door.port, [push], 1);
      if (arrives) await receiver.until(index + 1, WITHIN_MS);
      // So that nothing of one event's work helps the next one.
      await sleep(50);
    }
  };
  const warm = contestant.news.pushes("warm-", SENDERS, 1, door);
  await receiver.begin("warm-");
  await oneByOne(warm, true);
  const lone = contestant.news.pushes("lone-", LONE, 1, door);
  await receiver.begin("lone-");
  await count("a lone event", LONE, () => oneByOne(lone, true));
  const loaded = contestant.news.pushes("loaded-", LOADED, 1, door);
  await receiver.begin("loaded-");
  await count(`under load, ${SENDERS} senders`, LOADED, async () => {
    await sendClosed(door.port, loaded, SENDERS);
    await receiver.until(LOADED, WITHIN_MS);
  });
  await count("a duplicate, alone", LONE, () => oneByOne(lone, false));
  return costs;
}
