import type { Context } from "../../context.ts";
import {
  type Flow,
  type FlowBucket,
  type FlowCounts,
  HOUR_MS,
  MINUTE_MS,
  readFlow,
  readFlowSeries,
} from "../../storage/flow-counts.ts";
import { Bars } from "../pieces/bars.tsx";
import { type Column, FlowPicture, type Station } from "../pieces/flow-picture.tsx";
import { address } from "../pieces/form.tsx";
import { Rows } from "../pieces/rows.tsx";
import { count, lasting, plural, When } from "../pieces/when.tsx";
import { chip, PERIODS, type Period, ticksOf } from "./flow-period.ts";

/** The whole system's flow, for the operator. */

export async function operatorFlow(ctx: Context, period: Period) {
  const now = ctx.now();
  const size = period === "day" ? "hour" : "minute";
  const step = size === "hour" ? HOUR_MS : MINUTE_MS;
  const buckets = size === "hour" ? 24 : 60;
  const since = (Math.floor(now / step) - buckets + 1) * step;
  const [flow, series] = await Promise.all([
    readFlow(ctx.control, now),
    readFlowSeries(ctx.control, { size, since, until: now + 1 }),
  ]);
  const over = { since, step, buckets, now };
  return (
    <>
      <div class="card">
        <FlowPicture
          columns={columnsOf(flow, period)}
          label={`What passed through within the last ${period}`}
        />
      </div>
      <div class="two">
        <div class="card">
          <h2>Came in, documents {size === "hour" ? "an hour" : "a minute"}</h2>
          {barsOf("Documents that came in", series, "in", over, [
            ["webhook", "Webhook", "info"],
            ["sftp", "sFTP", "hold"],
            ["poll", "API", "ok"],
          ])}
        </div>
        <div class="card">
          <h2>Went out, deliveries {size === "hour" ? "an hour" : "a minute"}</h2>
          {barsOf("Deliveries that went out", series, "out", over, [
            ["webhook", "Webhook", "info"],
            ["sftp", "sFTP", "hold"],
          ])}
        </div>
      </div>
      <Numbers flow={flow} />
      <p class="soft small">
        As of <When at={now} now={now} /> UTC.
      </p>
    </>
  );
}

interface Over {
  since: number;
  step: number;
  buckets: number;
  now: number;
}

type Tone = "info" | "hold" | "ok";

/** Totals by way, and what failed of all of them on top. */
function barsOf(
  title: string,
  rows: readonly FlowBucket[],
  kind: FlowBucket["kind"],
  { since, step, buckets }: Over,
  ways: readonly (readonly [way: string, name: string, tone: Tone])[],
) {
  const of = (value: (row: FlowBucket) => number, fits: (row: FlowBucket) => boolean) => {
    const values = Array.from({ length: buckets }, () => 0);
    for (const row of rows) {
      const at = Math.floor((row.at - since) / step);
      if (row.kind === kind && fits(row) && at >= 0 && at < buckets)
        values[at] = (values[at] ?? 0) + value(row);
    }
    return values;
  };
  const named = new Set<string>(ways.map(([way]) => way));
  const series = [
    ...ways.map(([way, name, tone]) => ({
      name,
      tone,
      values: of(
        (row) => row.total,
        (row) => row.way === way,
      ),
    })),
    {
      name: "Failed",
      tone: "bad" as const,
      values: of(
        (row) => row.failed,
        (row) => named.has(row.way),
      ),
    },
  ];
  return <Bars title={title} series={series} ticks={ticksOf(since, step, buckets)} />;
}

const DOCUMENTS = "/console/documents";

const DELIVERIES = "/console/deliveries";

function columnsOf(flow: Flow, period: Period): Column[] {
  const { in: ins, out: outs, check } = flow[period];
  const last = flow.minute;
  const events = sum(Object.values(ins), "events");
  const { waiting } = flow;
  const within = { within: period };
  const into = (name: string, way: "webhook" | "sftp" | "poll"): Station => ({
    name,
    number: ins[way].total,
    unit: "documents",
    soft: `${count(ins[way].events)} events`,
    href: address(DOCUMENTS, { way, ...within }),
    chips: [
      ...chip(ins[way].failed, "unreadable", "bad", address(DOCUMENTS, { state: "unreadable" })),
      ...(way === "webhook" ? [] : chip(check[way].failed, "checks failed", "warn", "/console/carriers")),
    ],
    lively: last.in[way].total > 0,
  });
  const out = (name: string, way: "webhook" | "sftp" | "track", unit: string): Station => ({
    name,
    number: outs[way].total,
    unit,
    soft: `${count(outs[way].events)} events`,
    href: DELIVERIES,
    chips: [
      ...chip(outs[way].failed, "failed", "warn", DELIVERIES),
      ...chip(outs[way].dead, "given up", "bad", `${DELIVERIES}/dead-letters`),
    ],
    lively: last.out[way].total > 0,
  });
  return [
    { title: "Carriers", stations: [into("Webhook", "webhook"), into("sFTP", "sftp"), into("API", "poll")] },
    {
      title: "Event Service",
      stations: [
        {
          name: "Documents",
          number: sum(Object.values(ins), "total"),
          unit: "kept",
          soft: "",
          href: address(DOCUMENTS, within),
          chips: [
            ...chip(
              waiting.documents.count,
              "waiting",
              "warn",
              address(DOCUMENTS, { state: "accepted" }),
              waiting.documents.more,
            ),
            ...chip(waiting.checks.count, "checks due", "quiet", "/console/carriers", waiting.checks.more),
          ],
          lively: sum(Object.values(last.in), "total") > 0,
        },
      ],
    },
    {
      title: "Gluey AI",
      stations: [
        {
          name: "Timelines",
          number: events,
          unit: "events",
          soft: `${count(sum(Object.values(ins), "duplicates"))} told before`,
          href: address(DOCUMENTS, within),
          chips: chip(sum(Object.values(ins), "unmapped"), "unmapped", "warn", "/console/unmapped"),
          lively: sum(Object.values(last.in), "events") > 0,
        },
      ],
    },
    {
      title: "Customers",
      stations: [
        {
          name: "Waiting to go out",
          number: waiting.customers.messages,
          unit: "messages",
          soft: plural(waiting.customers.count, "customer"),
          href: DELIVERIES,
          chips: chip(waiting.dead_letters.messages, "dead letters", "bad", `${DELIVERIES}/dead-letters`),
          lively: sum(Object.values(last.out), "total") > 0,
        },
      ],
    },
    {
      title: "Shippers",
      stations: [
        out("Webhook", "webhook", "delivered"),
        out("sFTP", "sftp", "files"),
        out("API", "track", "reads"),
      ],
    },
  ];
}

function sum(rows: readonly FlowCounts[], what: keyof FlowCounts): number {
  return rows.reduce((all, row) => all + row[what], 0);
}

interface Line {
  name: string;
  href: string;
  of(period: Flow[Period]): FlowCounts;
}

const LINES: readonly Line[] = [
  { name: "In by webhook", href: address(DOCUMENTS, { way: "webhook" }), of: (period) => period.in.webhook },
  { name: "In by sFTP", href: address(DOCUMENTS, { way: "sftp" }), of: (period) => period.in.sftp },
  { name: "In by API", href: address(DOCUMENTS, { way: "poll" }), of: (period) => period.in.poll },
  { name: "Checks of APIs", href: "/console/carriers", of: (period) => period.check.poll },
  { name: "Checks of folders", href: "/console/carriers", of: (period) => period.check.sftp },
  { name: "Out by webhook", href: DELIVERIES, of: (period) => period.out.webhook },
  { name: "Out by sFTP", href: DELIVERIES, of: (period) => period.out.sftp },
  { name: "Read by API", href: DELIVERIES, of: (period) => period.out.track },
];

function Numbers({ flow }: { flow: Flow }) {
  const { waiting } = flow;
  const cell = (counts: FlowCounts) => (
    <>
      {count(counts.total)}{" "}
      {counts.failed + counts.dead > 0 ? (
        <span class="badge bad">{`${count(counts.failed + counts.dead)} failed`}</span>
      ) : null}
    </>
  );
  return (
    <>
      <Rows
        caption="In numbers"
        columns={[
          { title: "Way", cell: (line: Line) => <a href={line.href}>{line.name}</a> },
          ...PERIODS.map((period) => ({
            title: `Last ${period}`,
            num: true,
            cell: (line: Line) => cell(line.of(flow[period])),
          })),
          { title: "Events, last day", num: true, cell: (line: Line) => count(line.of(flow.day).events) },
        ]}
        rows={LINES}
        empty=""
      />
      <div class="card">
        <h2>What waits</h2>
        <dl class="facts">
          <dt>Documents to be read</dt>
          <dd>
            <a href={address(DOCUMENTS, { state: "accepted" })}>
              {count(waiting.documents.count)}
              {waiting.documents.more ? "+" : ""}
            </a>
            {sinceWords(waiting.documents.since, flow.at)}
          </dd>
          <dt>Checks that are due</dt>
          <dd>
            <a href="/console/carriers">
              {count(waiting.checks.count)}
              {waiting.checks.more ? "+" : ""}
            </a>
            {sinceWords(waiting.checks.since, flow.at)}
          </dd>
          <dt>Messages to customers</dt>
          <dd>
            <a href={DELIVERIES}>{count(waiting.customers.messages)}</a> of{" "}
            {plural(waiting.customers.count, "customer")}
            {sinceWords(waiting.customers.since, flow.at)}
          </dd>
          <dt>Dead letters</dt>
          <dd>
            <a href={`${DELIVERIES}/dead-letters`}>{count(waiting.dead_letters.messages)}</a> of{" "}
            {plural(waiting.dead_letters.count, "customer")}
          </dd>
        </dl>
      </div>
    </>
  );
}

function sinceWords(since: number | null, now: number): string {
  return since === null || since > now ? "" : `, the oldest for ${lasting(now - since)}`;
}
