import type { Cost } from "./count.ts";
import type { Figures, Measured, Paced, Rate } from "./figures.ts";
import { LOADS } from "./measure.ts";
import { ACCOUNTS } from "./news.ts";
import type { IsolateProfile } from "./profile.ts";
import { missedBy, PACE_TARGETS, RATE_TARGETS, SHARE_TARGET } from "./targets.ts";

/** What was measured, as a page. Pure. */

const whole = (value: number) => Math.round(value).toLocaleString("en");
const percent = (value: number) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;
const ms = (value: number | null) => (value === null ? "–" : whole(value));
const few = (value: number) => value.toFixed(value < 0.1 && value > 0 ? 2 : 1);

/** The page; `before`: the figures that were kept before the redesign. */
export function pageOf(figures: Figures, before: Figures | null): string {
  const missed = missedBy(figures);
  const verdict =
    missed.length === 0
      ? "Every required figure is reached."
      : `Required figures that are missed:\n\n${missed.map((one) => `- ${one}`).join("\n")}`;
  return `# The pipeline beside a bare one

Made by \`npm run bench -- pipeline\`; not edited by hand. From a carrier's push to the customer's endpoint. ${circumstancesOf(figures)}

${verdict}

${tablesOf(figures)}

${lanesOf(figures)}

## What the databases do for an event

${costsOf(figures.costs)}

## Where the time goes

${figures.profiles.map(({ title, isolates }) => profileOf(title, isolates)).join("\n\n")}

## How it is measured

- Each pipeline is in a workerd of its own, behind a socket that workerd itself listens on; while one has its turn, the other is idle. The sender and the receiver are processes of their own on loopback. One thread of workerd runs everything of a pipeline: the door, the objects, the database and the requests to the customers.
- ${ACCOUNTS} accounts with one webhook subscription each, of up to 20 events a POST; with the shipments spread evenly over them. The carrier is the sandbox, with one connection for all accounts. It walks round the shipments, so that every event is new, and a push of fifty tells of fifty shipments of all accounts.
- The receiver answers 204 at once, verifies nothing and notes when each event came. Events a second count from the first push to the last arrival. An event is out of order if a later one of its shipment, by \`sequence\`, came before it.
- At a pace, one event is pushed at every interval whatever became of those before. The time is from the first byte of the push to the arrival of the request that holds the event, whole. A pipeline that is three seconds behind its pace does not keep up: the turn is broken off, and the times are those of what came until five seconds later.
- The cron trigger fires once a minute.
- The bare pipeline (\`dev/bench/pipeline/worker/bare.ts\`) does the least that is as durable: it verifies the push's signature, commits the document in one Durable Object before it answers, takes up to 200 documents in an alarm's run, inserts their events into D1 in one batch, and posts them, up to 20 events a POST and one POST after the other for each account, before it forgets the documents. Its elements have the length of Gluey's. It has no shipments, no dedupe, no timeline, no attempts and no signatures of its own.
- Counts and profiles are taken in turns of their own, for both slow down what they look at. \`npm run cost\` says what each thing costs in rows and dollars.

## Before the redesign

${before === null ? "Nothing was kept: `npm run bench -- pipeline --save-as-before` does." : `Kept on ${before.day}. ${circumstancesOf(before)}\n\n${tablesOf(before)}\n\n${costsOf(before.costs)}`}
`;
}

function circumstancesOf({ node, machine, populations, load, steal }: Figures): string {
  const rounds = populations.map((one) => `${one.rounds} with ${whole(one.shipments)} shipments`).join(", ");
  const noise =
    load > 0.5 || steal > 2 ? ": others were at work on it, so only the ratios say something" : "";
  return `Node ${node}, ${machine}, medians of the rounds in which the two take turns (${rounds}). The machine's load was ${load.toFixed(1)} when it began, and ${steal.toFixed(1)} % of its processors' time went to other machines${noise}.`;
}

function tablesOf({ populations }: Figures): string {
  return [
    "| | Shipments | Gluey | Bare | Gluey's share | Required / aim |",
    "|---|---|---|---|---|---|",
    ...populations.flatMap((one) => LOADS.map((load) => rateRow(one, load))),
    ...populations.flatMap((one) => one.paces.map((pace) => paceRow(one, pace))),
    "",
    "| | Shipments | Events a POST | Processor, ms an event | Accepted after, p50, p99, ms | At the endpoint after, p50, ms | Lost | Out of order |",
    "|---|---|---|---|---|---|---|---|",
    ...populations.flatMap((one) =>
      LOADS.flatMap(({ name, title }) => [
        detailRow(`Gluey, ${title}`, one, one[name].gluey),
        detailRow(`Bare, ${title}`, one, one[name].bare),
      ]),
    ),
  ].join("\n");
}

function rateRow(measured: Measured, { name, title }: (typeof LOADS)[number]): string {
  const { gluey, bare } = measured[name];
  const { required, aim } = RATE_TARGETS[name];
  const share = percent(gluey.per_second / bare.per_second);
  const wanted = `${whole(required)} / ${whole(aim)}, and ≥ ${percent(SHARE_TARGET)}`;
  return `| Events/s, ${title} | ${whole(measured.shipments)} | ${whole(gluey.per_second)} | ${whole(bare.per_second)} | ${share} | ${wanted} |`;
}

function paceRow({ shipments }: Measured, { gluey, bare }: Measured["paces"][number]): string {
  const target = PACE_TARGETS.get(gluey.per_second);
  const wanted = target === undefined ? "" : `${target.p50_ms}, ${target.p99_ms}`;
  return `| At ${gluey.per_second} events/s: p50, p99, ms | ${whole(shipments)} | ${timesOf(gluey)} | ${timesOf(bare)} | | ${wanted} |`;
}

function timesOf({ keeps_up, p50_ms, p99_ms, lost, out_of_order }: Paced): string {
  const faults = lost + out_of_order === 0 ? "" : `; lost ${lost}, out of order ${out_of_order}`;
  return `${keeps_up ? "" : "does not keep up: "}${ms(p50_ms)}, ${ms(p99_ms)}${faults}`;
}

function detailRow(title: string, { shipments }: Measured, rate: Rate): string {
  const accepted = `${ms(rate.accepted_p50_ms)}, ${ms(rate.accepted_p99_ms)}`;
  return `| ${title} | ${whole(shipments)} | ${few(rate.events_a_post)} | ${rate.processor_ms.toFixed(2)} | ${accepted} | ${ms(rate.through_p50_ms)} | ${rate.lost} of ${whole(rate.events)} | ${rate.out_of_order} |`;
}

function lanesOf({ lanes, conflicts }: Figures): string {
  const line = `Conflicts of a thousand appends, without lanes: ${conflicts === null ? "–" : few(conflicts)}.`;
  if (lanes.length === 0) return `Lanes: –. ${line}`;
  return [
    "| Lanes | Events/s, 1 a push | Events/s, 50 a push | Conflicts of 1,000 appends |",
    "|---|---|---|---|",
    ...lanes.map((row) => {
      const told = row.conflicts === null ? "–" : few(row.conflicts);
      return `| ${row.lanes} | ${whole(row.single)} | ${whole(row.fifty)} | ${told} |`;
    }),
    "",
    line,
  ].join("\n");
}

function costsOf(costs: readonly Cost[]): string {
  if (costs.length === 0) return "Not counted in this run.";
  return [
    "From the acceptance to the end of the delivery, an event.",
    "",
    "| | D1 round trips | D1 statements | D1 rows read | D1 rows written | Rows written in objects |",
    "|---|---|---|---|---|---|",
    ...costs.map(({ title, round_trips, statements, rows_read, rows_written, object_rows_written }) => {
      const objects = Object.entries(object_rows_written).map(([name, rows]) => `${few(rows)} (${name})`);
      return `| ${title} | ${few(round_trips)} | ${few(statements)} | ${few(rows_read)} | ${few(rows_written)} | ${objects.join(", ")} |`;
    }),
  ].join("\n");
}

function profileOf(title: string, isolates: readonly IsolateProfile[]): string {
  const shares = isolates.map(
    ({ name, idle, program, gc }) =>
      `| \`${name}\` | ${percent(1 - idle)} | ${percent(idle)} | ${percent(program)} | ${percent(gc)} |`,
  );
  const tables = isolates.map(({ name, top }) =>
    [
      `| \`${name}\`: function | Share of its busy time |`,
      "|---|---|",
      ...top.map(
        (one) => `| \`${one.name}\`${one.where === "" ? "" : ` ${one.where}`} | ${percent(one.share)} |`,
      ),
    ].join("\n"),
  );
  return [
    `### ${title}`,
    "",
    "| Isolate | Busy | Idle, or another isolate | Native (program) | Garbage |",
    "|---|---|---|---|---|",
    ...shares,
    "",
    tables.join("\n\n"),
  ].join("\n");
}
