import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processorTime, sleep } from "./children.ts";
import type { BenchEvent, Contestant, Engaged, Run } from "./contestant.ts";
import type { Prepared } from "./gluey.ts";
import { judge, type Recovery, recoveryOf, type Verdict } from "./judge.ts";
import { endpointOf } from "./plan.ts";
import type { Receiver } from "./receiver.ts";
import type { Behaviour } from "./records.ts";

/** The measurements: each engages a contestant on a store of its own, has it send, and asks the receiver what came. */

export interface Bench {
  prepared: Prepared;
  receiver: Receiver;
  seed: number;
}

const LOOK_EVERY_MS = 50;
/** What comes twice may still be on its way. */
const LATE_MS = 1500;

interface Given {
  backlog: number;
  max_batch: number;
  time_scale?: number;
  fault_share?: number;
  answer_after_ms?: number;
}

/** Engages, measures, and clears away, whatever happens. */
async function during<T>(
  bench: Bench,
  contestant: Contestant,
  given: Given,
  work: (engaged: Engaged) => Promise<T>,
): Promise<T> {
  const { prepared, receiver, seed } = bench;
  const directory = mkdtempSync(join(tmpdir(), "gluey-bench-"));
  // A server that runs as another user finds its own directory below.
  chmodSync(directory, 0o711);
  const { destinations, events, signing_key } = prepared;
  const { backlog, max_batch, time_scale = 1, fault_share = 0, answer_after_ms = 0 } = given;
  const run: Run = {
    directory: join(directory, "run"),
    ...{ backlog, max_batch, time_scale, events, destinations, signing_key },
  };
  mkdirSync(run.directory);
  const behaviour: Behaviour = {
    secrets: Object.fromEntries(destinations.map(({ secret }, index) => [endpointOf(index), secret])),
    public_keys: [prepared.public_key],
    ...{ fault_share, seed, answer_after_ms },
  };
  try {
    const engaged = await contestant.engage(run);
    try {
      await receiver.begin(behaviour);
      return await work(engaged);
    } finally {
      await engaged.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Until the receiver acknowledged so many different events; false when the time is up before. */
async function untilAcknowledged(receiver: Receiver, wanted: number, within_ms: number): Promise<boolean> {
  const give_up = Date.now() + within_ms;
  while ((await receiver.count()) < wanted) {
    if (Date.now() > give_up) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

export interface Drain {
  /** From the first request to the last acknowledgement. */
  events_per_second: number;
  /** Processor time of sender and store together. */
  ms_an_event: number;
  requests: number;
  verdict: Verdict;
}

const DRAINED_WITHIN_MS = 90_000;

/** A backlog of `events` leaves as fast as it can. */
export function drain(
  bench: Bench,
  contestant: Contestant,
  events: number,
  max_batch: number,
): Promise<Drain> {
  return during(bench, contestant, { backlog: events, max_batch }, async (engaged) => {
    const before = processorTime(engaged.processes());
    await engaged.release();
    const done = await untilAcknowledged(bench.receiver, events, DRAINED_WITHIN_MS);
    const took_s = processorTime(engaged.processes()) - before;
    const received = await bench.receiver.received();
    const verdict = judge(received);
    const last = received.reduce((latest, line) => Math.max(latest, line.acknowledged_at ?? 0), 0);
    const first = received.reduce((least, line) => Math.min(least, line.at), Infinity);
    if (!done) console.error(`${contestant.name}: only ${verdict.events} of ${events} events came.`);
    const seconds = Math.max(1, last - first) / 1000;
    const events_per_second = verdict.events / seconds;
    const ms_an_event = (took_s * 1000) / verdict.events;
    return { events_per_second, ms_an_event, requests: received.length, verdict };
  });
}

export interface Latency {
  p50: number;
  p99: number;
  events: number;
  verdict: Verdict;
}

/** Events accepted at a steady pace, a few at once: how long each takes from there to the receiver. Milliseconds. */
export function latency(
  bench: Bench,
  contestant: Contestant,
  seconds: number,
  per_second: number,
  max_batch: number,
): Promise<Latency> {
  return during(bench, contestant, { backlog: 0, max_batch }, async (engaged) => {
    await engaged.release();
    await sleep(1000);
    const events = bench.prepared.events.slice(0, seconds * per_second);
    const accepted = await acceptAll(engaged, events, per_second);
    await untilAcknowledged(bench.receiver, events.length, 60_000);
    const received = await bench.receiver.received();
    const taken: number[] = [];
    const seen = new Set<string>();
    for (const line of received.toSorted((a, b) => a.at - b.at)) {
      for (const [shipment, sequence] of line.events) {
        const key = `${shipment} ${sequence}`;
        const at = accepted.get(key);
        if (at === undefined || seen.has(key)) continue;
        seen.add(key);
        taken.push(Math.max(0, line.at - at));
      }
    }
    taken.sort((a, b) => a - b);
    const at = (share: number) =>
      taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? Infinity;
    return { p50: at(0.5), p99: at(0.99), events: taken.length, verdict: judge(received) };
  });
}

/** As many come at once, all of one customer: what a carrier tells is seldom one event. */
const TOLD_AT_ONCE = 5;

/** When each was accepted, by shipment and sequence. A customer's events wait for each other, so that all agree on their order. */
async function acceptAll(
  engaged: Engaged,
  events: readonly BenchEvent[],
  per_second: number,
): Promise<Map<string, number>> {
  const accepted = new Map<string, number>();
  const lines = [...Map.groupBy(events, ({ fact }) => fact.customer).values()];
  const began = Date.now();
  const tell = async (mine: readonly BenchEvent[], customer: number) => {
    for (let at = 0; at < mine.length; at += TOLD_AT_ONCE) {
      const some = mine.slice(at, at + TOLD_AT_ONCE);
      const due = began + ((at * lines.length + customer * TOLD_AT_ONCE) * 1000) / per_second;
      if (due > Date.now()) await sleep(due - Date.now());
      await engaged.accept(some);
      const now = Date.now();
      for (const { shipment_id, sequence } of some) accepted.set(`${shipment_id} ${sequence}`, now);
    }
  };
  await Promise.all(lines.map(tell));
  return accepted;
}

export interface Faulty {
  seconds: number;
  lost: number;
  verdict: Verdict;
}

/** A backlog leaves to receivers that fail at a share of the requests, by the seed. */
export function faults(
  bench: Bench,
  contestant: Contestant,
  events: number,
  max_batch: number,
  fault_share: number,
  time_scale: number,
): Promise<Faulty> {
  return during(
    bench,
    contestant,
    { backlog: events, max_batch, fault_share, time_scale },
    async (engaged) => {
      const began = Date.now();
      await engaged.release();
      await untilAcknowledged(bench.receiver, events, DRAINED_WITHIN_MS);
      const seconds = (Date.now() - began) / 1000;
      await sleep(LATE_MS);
      const verdict = judge(await bench.receiver.received());
      return { seconds, lost: events - verdict.events, verdict };
    },
  );
}

export interface Kills {
  /** `up_ms`: until what was killed ran again, before it did anything. */
  recoveries: (Recovery & { up_ms: number })[];
  lost: number;
  verdict: Verdict;
}

const ANSWER_AFTER_MS = 30;

/** A backlog leaves, and at each of the shares everything but the receiver is killed and started again. */
export function kills(
  bench: Bench,
  contestant: Contestant,
  events: number,
  max_batch: number,
  shares: readonly number[],
): Promise<Kills> {
  const given = { backlog: events, max_batch, answer_after_ms: ANSWER_AFTER_MS };
  return during(bench, contestant, given, async (engaged) => {
    const cuts: { killed_at: number; spawned_at: number; up_ms: number }[] = [];
    await engaged.release();
    for (const share of shares) {
      await untilAcknowledged(bench.receiver, Math.floor(events * share), DRAINED_WITHIN_MS);
      const killed_at = Date.now();
      await engaged.kill();
      const spawned_at = Date.now();
      await engaged.restart();
      cuts.push({ killed_at, spawned_at, up_ms: Date.now() - spawned_at });
    }
    await untilAcknowledged(bench.receiver, events, DRAINED_WITHIN_MS);
    await sleep(LATE_MS);
    const received = await bench.receiver.received();
    const verdict = judge(received);
    const recoveries = cuts.map((cut, index) => {
      const until = cuts[index + 1]?.killed_at ?? Number.POSITIVE_INFINITY;
      return { ...recoveryOf(received, cut, until), up_ms: cut.up_ms };
    });
    return { recoveries, lost: events - verdict.events, verdict };
  });
}
