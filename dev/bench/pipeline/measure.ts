import { processorTime } from "../delivery/children.ts";
import { monotonicMs } from "./clock.ts";
import { appendsOf } from "./hooks.ts";
import type { News } from "./news.ts";
import type { Receiver } from "./receiver.ts";
import { type Sent, sendClosed, sendPaced } from "./sender.ts";
import type { Gluey, Pipeline } from "./stage.ts";

/** The turns: one pipeline has new events pushed to it and is followed until they are with the customers. */

/** What a pipeline is pushed in a turn of throughput. */
export interface Load {
  name: "single" | "fifty";
  title: string;
  events_a_push: number;
  senders: number;
  /** Bounds of the events in a turn. */
  least: number;
  most: number;
}

export const LOADS: readonly Load[] = [
  {
    name: "single",
    title: "1 event a push, 16 senders",
    events_a_push: 1,
    senders: 16,
    least: 200,
    most: 4000,
  },
  {
    name: "fifty",
    title: "50 events a push, 8 senders",
    events_a_push: 50,
    senders: 8,
    least: 400,
    most: 10_000,
  },
];

/** A pipeline, and what there is to tell it. */
export interface Contestant {
  pipeline: Pipeline;
  news: News;
}

export interface Throughput {
  /** From the first push to the last arrival. */
  per_second: number;
  events: number;
  lost: number;
  out_of_order: number;
  events_a_post: number;
  /** Processor time of workerd. */
  processor_ms: number;
  accepted_p50_ms: number;
  accepted_p99_ms: number;
  /** First byte of the push to the arrival, with all that waits before it. */
  through_p50_ms: number;
}

export interface Latency {
  per_second: number;
  /** False where it was so far behind that the turn was broken off. */
  keeps_up: boolean;
  /** Of the events that came. */
  p50_ms: number;
  p99_ms: number;
  events: number;
  lost: number;
  out_of_order: number;
}

/** A turn may take so long altogether. */
const TURN_WITHIN_MS = 45_000;
/** So far behind its pace a pipeline does not keep up. */
const BEHIND_S = 3;
const LOOK_EVERY_MS = 100;
/** A pace's last events have so long to come. */
const PACED_WITHIN_MS = 5_000;

let turns = 0;
/** No name begins with another one. */
const nextTurn = () => `t${++turns}-`;

/** The value below which a share of the values lies. */
export function at(share: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Pushes so many events as fast as they are accepted, and waits until all have arrived. */
export async function throughput(
  { pipeline, news }: Contestant,
  receiver: Receiver,
  { events_a_push, senders }: Load,
  wanted: number,
): Promise<Throughput> {
  const turn = nextTurn();
  const { door, child } = pipeline;
  const pushes = news.pushes(turn, Math.ceil(wanted / events_a_push), events_a_push, door);
  const events = pushes.length * events_a_push;
  await receiver.begin(turn);
  const processor_s = processorTime([child]);
  const begun = monotonicMs();
  const sent = await sendClosed(door.port, pushes, senders);
  await receiver.until(events, TURN_WITHIN_MS - (monotonicMs() - begun));
  const spent_s = processorTime([child]) - processor_s;
  const { arrivals, out_of_order, requests } = await receiver.seen();
  const last = arrivals.reduce((latest, [, arrived]) => Math.max(latest, arrived), begun);
  return {
    per_second: (1000 * arrivals.length) / (last - begun),
    events,
    lost: events - arrivals.length,
    out_of_order,
    events_a_post: arrivals.length / requests,
    processor_ms: (1000 * spent_s) / arrivals.length,
    accepted_p50_ms: at(0.5, sent.answers),
    accepted_p99_ms: at(0.99, sent.answers),
    through_p50_ms: at(0.5, timesOf(sent, arrivals)),
  };
}

/** Pushes one event at every interval for so long, whatever becomes of them; breaks off where the pipeline falls behind. */
export async function latency(
  { pipeline, news }: Contestant,
  receiver: Receiver,
  per_second: number,
  seconds: number,
): Promise<Latency> {
  const turn = nextTurn();
  const { door } = pipeline;
  const pushes = news.pushes(turn, per_second * seconds, 1, door);
  await receiver.begin(turn);
  const begun = monotonicMs();
  let arrived = 0;
  let looking = true;
  const looks = (async () => {
    while (looking) arrived = await receiver.until(Number.POSITIVE_INFINITY, LOOK_EVERY_MS);
  })();
  const isBehind = () => ((monotonicMs() - begun) * per_second) / 1000 - arrived > BEHIND_S * per_second;
  const sent = await sendPaced(door.port, pushes, per_second, isBehind);
  looking = false;
  await looks;
  await receiver.until(sent.at.size, PACED_WITHIN_MS);
  const in_time = await receiver.seen();
  const keeps_up = sent.at.size === pushes.length && in_time.count === pushes.length;
  // The next turn must not wait for these.
  await receiver.until(sent.at.size, TURN_WITHIN_MS);
  const { arrivals, out_of_order } = await receiver.seen();
  const times = timesOf(sent, in_time.arrivals);
  const lost = sent.at.size - arrivals.length;
  const events = sent.at.size;
  return {
    per_second,
    keeps_up,
    p50_ms: at(0.5, times),
    p99_ms: at(0.99, times),
    events,
    lost,
    out_of_order,
  };
}

function timesOf({ at }: Sent, arrivals: readonly (readonly [string, number])[]): number[] {
  return arrivals.flatMap(([id, arrived]) => {
    const begun = at.get(id);
    return begun === undefined ? [] : [arrived - begun];
  });
}

/** Conflicts for each thousand appends of some work; null where the product does not count them. */
export async function conflictsOf(stage: Gluey, work: () => Promise<void>): Promise<number | null> {
  const before = await appendsOf(stage);
  await work();
  const after = await appendsOf(stage);
  if (before === null || after === null) return null;
  return (1000 * (after.conflicts - before.conflicts)) / (after.appends - before.appends);
}
