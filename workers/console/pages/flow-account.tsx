import type { Context } from "../../context.ts";
import type { DeliveryRow } from "../../delivery/views.ts";
import type { Tenant } from "../../domain/tenant.ts";
import { cameIn, shipmentsByStatus } from "../../storage/account-flow.ts";
import { HOUR_MS, MINUTE_MS } from "../../storage/flow-counts.ts";
import { endpointsOf, latestAttempts } from "../attempts.ts";
import { inWords, toneOfStatus } from "../pieces/badge.tsx";
import { Bars, Legend } from "../pieces/bars.tsx";
import { type Column, FlowPicture, type Station } from "../pieces/flow-picture.tsx";
import { address } from "../pieces/form.tsx";
import { count, plural, When } from "../pieces/when.tsx";
import { chip, type Period, ticksOf } from "./flow-period.ts";

/** An account's own flow: its events, its shipments, its deliveries. */

const LASTING: Readonly<Record<Period, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: 24 * HOUR_MS };
/** Attempts that are looked at; beyond, the numbers say "more". */
const ATTEMPTS_MAX = 1000;
const DELIVERIES = "/console/deliveries";

export async function accountFlow(ctx: Context, tenant: Tenant, period: Period) {
  const now = ctx.now();
  const since = now - LASTING[period];
  const shard = ctx.shardFor(tenant.account_number);
  const [inside, standing, endpoints, out] = await Promise.all([
    cameIn(shard, tenant.id, since),
    shipmentsByStatus(shard, tenant.id),
    endpointsOf(ctx, tenant.id),
    latestAttempts(
      ctx,
      tenant.id,
      {},
      { most: ATTEMPTS_MAX, since: period === "minute" ? now - HOUR_MS : since },
    ),
  ]);
  const lines = endpoints.flatMap(({ line }) => line ?? []);
  const waiting = lines.reduce((all, line) => all + line.waiting, 0);
  const dead = lines.reduce((all, line) => all + line.dead, 0);
  const shipments = standing.reduce((all, one) => all + one.shipments, 0);
  const lately = (at: number | null) => at !== null && at > now - MINUTE_MS;
  const into = (name: string, way: "webhook" | "sftp" | "poll"): Station => ({
    name,
    number: inside.ways[way].events,
    more: inside.more,
    unit: "events",
    soft: "",
    href: "/console/shipments",
    chips: chip(inside.ways[way].unmapped, "unmapped", "quiet", "/console/shipments"),
    lively: lately(inside.ways[way].last_at),
  });
  const outBy = (name: string, file: boolean): Station => {
    const own = out.attempts.filter((one) => (one.file_name !== null) === file && one.started_at >= since);
    const good = own.filter(({ state }) => state === "delivered");
    return {
      name,
      number: good.length,
      more: out.more,
      unit: file ? "files" : "delivered",
      soft: `${count(good.reduce((all, one) => all + one.events, 0))} events`,
      href: DELIVERIES,
      chips: [
        ...chip(
          own.filter(({ state }) => state === "failed").length,
          "failed",
          "warn",
          address(DELIVERIES, { state: "failed" }),
        ),
        ...chip(
          own.filter(({ state }) => state === "dead").length,
          "given up",
          "bad",
          `${DELIVERIES}/dead-letters`,
        ),
      ],
      lively: lately(own[0]?.started_at ?? null),
    };
  };
  const events = Object.values(inside.ways).reduce((all, way) => all + way.events, 0);
  const columns: Column[] = [
    { title: "Carriers", stations: [into("Webhook", "webhook"), into("sFTP", "sftp"), into("API", "poll")] },
    {
      title: "Your shipments",
      stations: [
        {
          name: "Shipments",
          number: shipments,
          more: standing.some(({ more }) => more),
          unit: "shipments",
          soft: `${count(events)} new events`,
          href: "/console/shipments",
          chips: [],
          lively: Object.values(inside.ways).some((way) => lately(way.last_at)),
        },
      ],
    },
    {
      title: "Deliveries",
      stations: [
        {
          name: "Waiting to go out",
          number: waiting,
          unit: "messages",
          soft: plural(endpoints.length, "endpoint"),
          href: `${DELIVERIES}/endpoints`,
          chips: chip(dead, "dead letters", "bad", `${DELIVERIES}/dead-letters`),
          lively: lately(out.attempts[0]?.started_at ?? null),
        },
      ],
    },
    { title: "You", stations: [outBy("Webhook", false), outBy("sFTP", true)] },
  ];
  return (
    <>
      <div class="card">
        <FlowPicture columns={columns} label={`What passed through within the last ${period}`} />
      </div>
      <div class="two">
        <div class="card">
          <h2>Where your shipments are</h2>
          <Standing of={standing} all={shipments} />
        </div>
        <div class="card">
          <h2>Deliveries to you</h2>
          {attemptBars(out.attempts, period, now)}
        </div>
      </div>
      <p class="soft small">
        As of <When at={now} now={now} /> UTC.
      </p>
    </>
  );
}

function Standing({ of, all }: { of: Awaited<ReturnType<typeof shipmentsByStatus>>; all: number }) {
  if (all === 0) return <p class="empty">No shipment is tracked yet.</p>;
  const parts = of.map((one) => ({
    ...one,
    tone: toneOfStatus(one.status),
    words: `${inWords(one.status)} ${count(one.shipments)}${one.more ? "+" : ""}`,
  }));
  let x = 0;
  return (
    <>
      <svg
        class="plot strip"
        viewBox="0 0 600 22"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Shipments by status: ${parts.map(({ words }) => words).join(", ")}.`}
      >
        {parts.map(({ shipments, tone }) => {
          const width = (600 * shipments) / all;
          const from = x;
          x += width;
          return (
            <rect class={`p-${tone}`} x={from} y={0} width={Math.max(1, width - 2)} height={22} rx={3} />
          );
        })}
      </svg>
      <Legend of={parts.map(({ words, tone }) => ({ name: words, tone }))} />
    </>
  );
}

function attemptBars(attempts: readonly DeliveryRow[], period: Period, now: number) {
  const step = period === "day" ? HOUR_MS : MINUTE_MS;
  const buckets = period === "day" ? 24 : 60;
  const since = (Math.floor(now / step) - buckets + 1) * step;
  const of = (fits: (row: DeliveryRow) => boolean) => {
    const values = Array.from({ length: buckets }, () => 0);
    for (const row of attempts) {
      const at = Math.floor((row.started_at - since) / step);
      if (fits(row) && at >= 0 && at < buckets) values[at] = (values[at] ?? 0) + 1;
    }
    return values;
  };
  return (
    <Bars
      title="Attempts to deliver"
      series={[
        { name: "Delivered", tone: "ok", values: of(({ state }) => state === "delivered") },
        {
          name: "Failed, to be tried again",
          tone: "warn",
          values: of(({ state }) => state !== "delivered" && state !== "dead"),
        },
        { name: "Given up", tone: "bad", values: of(({ state }) => state === "dead") },
      ]}
      ticks={ticksOf(since, step, buckets)}
    />
  );
}
