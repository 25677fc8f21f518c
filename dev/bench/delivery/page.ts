import { cpus } from "node:os";
import type { Drain, Faulty, Kills, Latency } from "./measure.ts";

/** What was measured, as a page and as a verdict. Pure. */

export interface Sizes {
  rounds: number;
  large: number;
  small: number;
  latency_s: number;
  kills: readonly number[];
  fault_share: number;
  time_scale: number;
}

export interface Row {
  name: string;
  made_of: string;
  durable: string;
  order: string;
  /** Why it takes no part; all figures are empty then. */
  missing: string | null;
  batched: Drain[];
  single: Drain[];
  latency: Latency[];
  faults: Faulty | null;
  kills: Kills | null;
  /** A sentence for each measurement that broke off. */
  failed: string[];
}

export const MAX_BATCH = 20;
export const PER_SECOND = 100;
/** The drain rate that is wanted, against the hand-written outbox. */
const OF_THE_OUTBOX = 0.8;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

const rate = (drains: readonly Drain[]) => median(drains.map((one) => one.events_per_second));
const ordered = ({ verdict }: { verdict: Drain["verdict"] }) => verdict.out_of_order + verdict.overlaps;

function violations(row: Row): number {
  const runs = [...row.batched, ...row.single, ...row.latency, row.faults, row.kills];
  return runs.reduce((sum, run) => sum + (run === null ? 0 : ordered(run)), 0);
}

function duplicates(row: Row): number {
  return row.kills?.recoveries.reduce((sum, one) => sum + one.duplicates, 0) ?? Number.NaN;
}

function recovered(row: Row): number {
  return median(row.kills?.recoveries.map(({ all_ms }) => all_ms ?? Infinity) ?? []);
}

/** A sentence for each part of the aim that does not hold; empty: all holds. */
export function shortOfAim(rows: readonly Row[]): string[] {
  const [gluey, ...all] = rows;
  const failed = rows.flatMap((row) => row.failed);
  if (gluey === undefined || gluey.kills === null || gluey.faults === null)
    return [...failed, "Gluey was not measured in all."];
  const others = all.filter(({ missing }) => missing === null);
  const missed = [...failed];
  missed.push(
    ...all.flatMap(({ name, missing }) =>
      missing === null ? [] : [`${name} took no part, so nothing is shown against it: ${missing}`],
    ),
  );
  for (const row of others) {
    const { name } = row;
    if (violations(gluey) > violations(row))
      missed.push(`Order: Gluey has ${violations(gluey)} violations, ${name} ${violations(row)}.`);
    if (duplicates(gluey) > duplicates(row))
      missed.push(
        `Duplicates: after the kills ${duplicates(gluey)} acknowledged events came again from Gluey, ${duplicates(row)} from ${name}.`,
      );
    if (recovered(gluey) > recovered(row))
      missed.push(
        `Recovery: Gluey has back what was under way after ${s(recovered(gluey))}, ${name} after ${s(recovered(row))}.`,
      );
  }
  const lost = gluey.faults.lost + gluey.kills.lost;
  if (lost > 0) missed.push(`Loss: ${lost} of Gluey's events did not come.`);
  for (const [what, of] of [
    [`${MAX_BATCH} events a POST`, (row: Row) => rate(row.batched)],
    ["one event a POST", (row: Row) => rate(row.single)],
  ] as const) {
    for (const row of others) {
      const wanted = row.name === "PostgreSQL outbox" ? OF_THE_OUTBOX : row.name === "Restate" ? 1 : 0;
      if (of(gluey) < wanted * of(row))
        missed.push(
          `Drain, ${what}: Gluey ${whole(of(gluey))} events/s, ${row.name} ${whole(of(row))}; wanted are ${whole(wanted * of(row))}.`,
        );
    }
  }
  return missed;
}

const whole = (value: number) => (Number.isFinite(value) ? Math.round(value).toLocaleString("en") : "–");
const s = (ms: number) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : "never");

export function pageOf(rows: readonly Row[], sizes: Sizes, limits: string): string {
  const missed = shortOfAim(rows);
  return `# Delivery: throughput, latency, order and recovery

Made by \`npm run bench -- delivery\`; not edited by hand. Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${sizes.rounds} round${sizes.rounds === 1 ? "" : "s"}, medians; the contestants take turns.

${missed.length === 0 ? "The aim holds: first in order, duplicates and recovery, ahead of Restate and within 20 % of the PostgreSQL outbox in drain rate." : `The aim is not reached:\n\n${missed.map((one) => `- ${one}`).join("\n")}`}

${tableOf(rows)}

- Drain: a backlog of ${whole(sizes.large)} events (${MAX_BATCH} a POST) or ${whole(sizes.small)} (one a POST) of 20 customers, events a second from the first request to the last acknowledgement. Processor time is that of the sender and its store together.
- Latency: ${PER_SECOND} events a second for ${sizes.latency_s} s, five of a customer at once, each from its acceptance to its receipt, up to ${MAX_BATCH} a POST. For Gluey acceptance is the carrier's push: its signature, the storing and reading of the document, the dedupe and the timeline are in the figure, which the others do not have.
- Order: events that came before an earlier one of their shipment was acknowledged, and requests of a shipment while another one was open: in all runs. "Under faults" is the run with a receiver that fails at ${Math.round(sizes.fault_share * 100)} % of ${whole(sizes.small)} events' requests by a seeded plan: 500, 503, closed and reset connections, and some that never answer. Waits between attempts are Gluey's schedule times ${sizes.time_scale} for all.
- Kills: while ${whole(sizes.small)} events leave one by one to a receiver that takes 30 ms, everything but the receiver (the sender, and its store where it is a process of its own) gets SIGKILL ${sizes.kills.length === 1 ? "once" : `${sizes.kills.length} times`} and is started again at once. Duplicates are events that had been acknowledged and came again; what was open at the kill has to come again and is not counted. The last three lines count from the start of the processes: until they are up, until the first request, and until all that was open had been acknowledged.

## What takes part

${rows.map(aboutOf).join("\n\n")}

## The same for all

One receiver in a process of its own, over HTTP on loopback, which verifies \`v1\` (HMAC-SHA256) and \`v1a\` (Ed25519) of every request. The same elements: Gluey makes them from what the sandbox carrier pushed, and the others are given those bytes. Three connections an endpoint where a contestant can have several, ten seconds for a POST. Stores and senders run on this machine, beside the receiver. Gluey writes down more than the others: the attempt before it leaves and how it ended, for every request, kept for 90 days, in what these figures include.

## What limits Gluey now

${limits}
`;
}

function tableOf(rows: readonly Row[]): string {
  const columns: [string, (row: Row) => string][] = [
    [`Drain, ${MAX_BATCH} a POST, events/s`, (row) => whole(rate(row.batched))],
    [
      "Events a POST",
      (row) => median(row.batched.map((one) => one.verdict.events / one.requests)).toFixed(1),
    ],
    ["Drain, one a POST, events/s", (row) => whole(rate(row.single))],
    [
      `Processor time, ${MAX_BATCH} a POST, ms an event`,
      (row) => median(row.batched.map(({ ms_an_event }) => ms_an_event)).toFixed(2),
    ],
    [
      "Processor time, one a POST, ms an event",
      (row) => median(row.single.map(({ ms_an_event }) => ms_an_event)).toFixed(2),
    ],
    ["p50, ms", (row) => whole(median(row.latency.map(({ p50 }) => p50)))],
    ["p99, ms", (row) => whole(median(row.latency.map(({ p99 }) => p99)))],
    ["Out of order under faults", (row) => whole(row.faults === null ? Number.NaN : ordered(row.faults))],
    ["Out of order in all", (row) => whole(violations(row))],
    ["Lost", (row) => whole((row.faults?.lost ?? Number.NaN) + (row.kills?.lost ?? Number.NaN))],
    [
      "Open at the kills",
      (row) => whole(row.kills?.recoveries.reduce((sum, one) => sum + one.open, 0) ?? Number.NaN),
    ],
    ["Duplicates after them", (row) => whole(duplicates(row))],
    ["Processes up again", (row) => s(median(row.kills?.recoveries.map(({ up_ms }) => up_ms) ?? []))],
    [
      "First request again",
      (row) => s(median(row.kills?.recoveries.map(({ first_ms }) => first_ms ?? Infinity) ?? [])),
    ],
    ["All that was open", (row) => s(recovered(row))],
  ];
  const lines = columns.map(
    ([title, of]) =>
      `| ${title} | ${rows.map((row) => (row.missing === null ? of(row) : "–")).join(" | ")} |`,
  );
  return [
    `| | ${rows.map(({ name }) => name).join(" | ")} |`,
    `|---|${rows.map(() => "---|").join("")}`,
    ...lines,
  ].join("\n");
}

function aboutOf({ name, made_of, durable, order, missing }: Row): string {
  if (missing !== null) return `**${name}** takes no part: ${missing}`;
  return `**${name}**: ${made_of}. Durable: ${durable} Order: ${order}`;
}
