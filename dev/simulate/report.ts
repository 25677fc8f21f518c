import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Counted, quantile } from "./measures.ts";
import { busiest, type Outcome } from "./outcome.ts";
import type { RowsPerCheck } from "./rows.ts";
import { missedIn, T0 } from "./run.ts";

/** What a simulation found, as a table, and whether it holds. */

export interface Found {
  shipments: number;
  hours: number;
  /** In how many parts side by side it was made. */
  parts: number;
  outcome: Outcome;
  rows: RowsPerCheck | null;
  wall_s: number;
  cpu_s: number;
}

/** A line of the table; `holds` is null for a measure that passes and fails nothing. */
export interface Line {
  name: string;
  value: string;
  holds: boolean | null;
}

const LATE_MOST_S = 60;
const READ_MOST = 2;
const WRITTEN_MOST = 0.1;

export function lines({ shipments, hours, parts, outcome, rows, wall_s, cpu_s }: Found): Line[] {
  const sum = { second: 0, day: 0, retry_after: 0 };
  let calls = 0;
  for (const judged of outcome.judged.values()) {
    calls += judged.calls;
    sum.second += judged.broken.second;
    sum.day += judged.broken.day;
    sum.retry_after += judged.broken.retry_after;
  }
  const broken = sum.second + sum.day + sum.retry_after;
  const busy = busiest(outcome.minutes, missedIn(hours), T0);
  const shown = (value: number) => value.toLocaleString("en");
  const measure = (name: string, value: string): Line => ({ name, value, holds: null });
  return [
    measure(
      "shipments, hours",
      `${shown(shipments)}, ${hours} (${shown(outcome.registered)} registered meanwhile)`,
    ),
    ...(parts === 1
      ? []
      : [measure("made in parts, each with its connections, database and tick", shown(parts))]),
    measure("checks due", shown(outcome.due)),
    { name: "checks done", value: shown(outcome.done), holds: outcome.done >= outcome.due * 0.999 },
    measure("calls to carriers", shown(calls)),
    measure("checks with news", `${shown(outcome.with_news)} in ${shown(outcome.documents)} documents`),
    measure("late, faults and all: p50, p95, p99", late(outcome.late.all)),
    {
      name: `late after recovery: p50, p95, p99 (p99 under ${LATE_MOST_S} s)`,
      value: late(outcome.late.recovered),
      holds: outcome.late.recovered.total > 0 && quantile(outcome.late.recovered, 0.99) < LATE_MOST_S,
    },
    {
      name: "rate limits broken: a second, a day, Retry-After",
      value: `${sum.second}, ${sum.day}, ${sum.retry_after}`,
      holds: broken === 0,
    },
    {
      name: "slots worked on twice at once",
      value: shown(outcome.claimed_twice),
      holds: outcome.claimed_twice === 0,
    },
    { name: "numbers forgotten", value: shown(outcome.forgotten), holds: outcome.forgotten === 0 },
    measure("messages lost with their consumer", shown(outcome.lost)),
    measure(
      "checks a minute: usual, busiest, catching up the missed hour",
      [busy.usual, busy.checks, busy.catching_up].map(shown).join(", "),
    ),
    measure("slots at the end", shown(outcome.slots)),
    measure(
      "statements: all, in the busiest minute",
      [outcome.statements.reduce((sum, each) => sum + each, 0), Math.max(...outcome.statements)]
        .map(shown)
        .join(", "),
    ),
    ...(rows === null ? [] : rowLines(rows)),
    measure(
      "peak memory of the process, its carriers and database included",
      `${shown(Math.round(outcome.peak_rss / 1e6))} MB`,
    ),
    measure("wall time, processor time", `${Math.round(wall_s)} s, ${Math.round(cpu_s)} s`),
    {
      name: "what threw",
      value: outcome.failed?.split("\n")[0] ?? "nothing",
      holds: outcome.failed === null,
    },
  ];
}

function rowLines({ checks, schedule, all }: RowsPerCheck): Line[] {
  const per = ({ read, written }: { read: number; written: number }) =>
    `${read.toFixed(2)}, ${written.toFixed(3)}`;
  return [
    {
      name: `rows read, written a check for the schedule, by workerd's D1 over ${checks.toLocaleString("en")} checks (at most ${READ_MOST}, ${WRITTEN_MOST})`,
      value: per(schedule),
      holds: schedule.read <= READ_MOST && schedule.written <= WRITTEN_MOST,
    },
    { name: "the same with all that news and new shipments cost", value: per(all), holds: null },
  ];
}

function late(seconds: Counted): string {
  return [0.5, 0.95, 0.99].map((part) => `${quantile(seconds, part)} s`).join(", ");
}

export function markdown(found: readonly Line[]): string {
  const word = (holds: boolean | null) => (holds === null ? "" : holds ? "holds" : "does not hold");
  return [
    "| measure | value | |",
    "|---|---|---|",
    ...found.map((line) => `| ${line.name} | ${line.value} | ${word(line.holds)} |`),
  ].join("\n");
}

const document = join(import.meta.dirname, "../../docs/checks.md");

/** Puts a text between a document's marks `<!-- NAME -->` and `<!-- /NAME -->`. */
export function write(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const before = readFileSync(document, "utf8");
  const [head, rest] = before.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`docs/checks.md lacks its marks "${name}".`);
  writeFileSync(document, `${head}${begin}\n${text}\n${end}${tail}`);
}
