import type { Context } from "../../context.ts";
import type { ConnectionHealth } from "../../durable/connection-pace.ts";
import type { CheckHour } from "../../observe/check-statistics.ts";
import type { ListedConnection } from "../../storage/connections.ts";
import { HOUR_MS } from "../../storage/flow-counts.ts";
import { type LastNews, lastNews, type SlotsHealth, slotsHealth } from "../../storage/health.ts";
import type { Tone } from "../pieces/badge.tsx";
import { plural } from "../pieces/when.tsx";

/** How connections stand: their health, their checks hour by hour, their last news. */

export const DAY_HOURS = 24;

export const WAY_NAMES = { webhook: "Webhook", sftp: "sFTP", poll: "API" } as const;

export type Way = keyof typeof WAY_NAMES;

const WAYS: readonly Way[] = ["webhook", "sftp", "poll"];

export const waysOf = ({ ways }: ListedConnection): Way[] => WAYS.filter((way) => ways[way] !== undefined);

export interface Standing {
  connection: ListedConnection;
  health: ConnectionHealth;
  history: CheckHour[];
  slots: SlotsHealth[];
  news: LastNews[];
}

export async function standingOf(
  ctx: Context,
  connections: readonly ListedConnection[],
  hours: number,
): Promise<Standing[]> {
  const now = ctx.now();
  const ids = connections.map(({ id }) => id);
  const [slots, news, checks] = await Promise.all([
    slotsHealth(ctx.control, ids),
    lastNews(ctx.control, ids),
    Promise.all(
      ids.map((id) => {
        const checks = ctx.checksOf(id);
        return Promise.all([checks.health(now), checks.history(startOf(now, hours), now)]);
      }),
    ),
  ]);
  return connections.flatMap((connection, at) => {
    const [health, history] = checks[at] ?? [];
    if (health === undefined || history === undefined) return [];
    const own = <Row extends { connection_id: string }>(rows: readonly Row[]) =>
      rows.filter(({ connection_id }) => connection_id === connection.id);
    return [{ connection, health, history, slots: own(slots), news: own(news) }];
  });
}

/** The beginning of the first of so many hours, the running one the last. */
export const startOf = (now: number, hours: number): number => now - (now % HOUR_MS) - (hours - 1) * HOUR_MS;

/** In one word, the worst first. */
export function wordOf({ connection, health, slots }: Standing): { word: string; tone: Tone } {
  if (connection.paused) return { word: "paused", tone: "warn" };
  if (health.breaker === "open") return { word: "failing", tone: "bad" };
  const failing = slots.reduce((all, one) => all + one.failing, 0);
  if (failing > 0) return { word: `${plural(failing, "slot")} failing`, tone: "bad" };
  if (health.breaker === "waiting") return { word: "asked to wait", tone: "warn" };
  return { word: "well", tone: "ok" };
}

export function lagOf({ slots, connection }: Standing, now: number): number | null {
  if (connection.paused) return null;
  const oldest = Math.min(...slots.map(({ oldest_due_at }) => oldest_due_at));
  return Number.isFinite(oldest) ? Math.max(0, now - oldest) : null;
}

export const newest = ({ news }: Standing): number | null =>
  news.length === 0 ? null : Math.max(...news.map(({ last_new_at }) => last_new_at));

export function hourly(
  history: readonly CheckHour[],
  now: number,
  hours: number,
): { good: number; bad: number }[] {
  const since = startOf(now, hours);
  const bars = Array.from({ length: hours }, () => ({ good: 0, bad: 0 }));
  for (const { hour, calls, failed } of history) {
    const bar = bars[Math.floor((hour - since) / HOUR_MS)];
    if (bar === undefined) continue;
    bar.good += Math.max(0, calls - failed);
    bar.bad += failed;
  }
  return bars;
}
