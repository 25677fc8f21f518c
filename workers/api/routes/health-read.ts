import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "../../context.ts";
import { parseTenant, tenantOf } from "../../domain/tenant.ts";
import type { ConnectionHealth } from "../../durable/connection-pace.ts";
import { type ConnectionHour, latestHours } from "../../flow/documents.ts";
import type { CheckHour } from "../../observe/check-statistics.ts";
import { listAccounts } from "../../storage/accounts.ts";
import { findConnection, type ListedConnection, listConnections } from "../../storage/connections.ts";
import { type LastNews, lastNews, type SlotsHealth, slotsHealth } from "../../storage/health.ts";
import { lastEvents, tenantsHealth } from "../../storage/health-accounts.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { askEach } from "../ask-each.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { Problem } from "../problem.ts";
import { answers, isoOrNull, isoTime } from "../schemas/common.ts";
import { HealthAnswer, HealthQuery, HistoryAnswer, HistoryQuery } from "../schemas/health.ts";

const route = createRoute({
  method: "get",
  path: "/admin/health",
  tags: ["Operator"],
  summary: "How each carrier and each account goes",
  request: { query: HealthQuery },
  responses: { 200: answers("Last success, lag and error rate.", HealthAnswer) },
});

const HOUR_MS = 3_600_000;

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { limit, cursor, accounts_cursor } = c.req.valid("query");
  const { ctx } = c.var;
  const now = ctx.now();
  const [found, accounts, documents] = await Promise.all([
    listConnections(ctx.control, pageAfter(cursor), limit + 1),
    listAccounts(ctx.control, pageAfter(accounts_cursor), limit + 1),
    latestHours(ctx, now - HOUR_MS),
  ]);
  const carriers = carriersHealth(documents, now);
  return c.json(
    {
      connections: await connectionsHealth(ctx, found.slice(0, limit), now),
      carriers,
      accounts: await accountsHealth(
        ctx,
        accounts.slice(0, limit).map(({ account_number }) => account_number),
        now,
      ),
      next_cursor: nextAfter(found, limit, ({ id }) => id),
      next_accounts_cursor: nextAfter(accounts, limit, ({ account_number }) => account_number),
    },
    200,
  );
};

/** By carrier and way, in their order. */
function carriersHealth(hours: readonly ConnectionHour[], now: number) {
  const groups = Map.groupBy(hours, ({ carrier_id, way }) => `${carrier_id} ${way}`);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const sum = (of: (hour: ConnectionHour) => number) => own.reduce((total, hour) => total + of(hour), 0);
      const documents = sum((hour) => hour.documents);
      const unreadable = sum((hour) => hour.unreadable);
      const waiting = own.flatMap(({ oldest_waiting_at }) => oldest_waiting_at ?? []);
      return [
        {
          carrier_id: first.carrier_id,
          source: first.way,
          documents,
          unreadable,
          waiting: sum((hour) => hour.waiting),
          error_rate: documents === 0 ? 0 : unreadable / documents,
          last_received_at: isoTime(Math.max(...own.map((hour) => hour.last_received_at))),
          lag_s: lag(now, waiting.length === 0 ? null : Math.min(...waiting)),
        },
      ];
    });
}

async function connectionsHealth(ctx: Context, page: readonly ListedConnection[], now: number) {
  const ids = page.map(({ id }) => id);
  const [slots, news, told] = await Promise.all([
    slotsHealth(ctx.control, ids),
    lastNews(ctx.control, ids),
    askEach(ids, (id) => ctx.checksOf(id).health(now)),
  ]);
  return page.map((connection, at) => connectionHealth(connection, slots, news, told[at] ?? null, now));
}

const WAYS = ["webhook", "sftp", "poll"] as const;

function connectionHealth(
  { id, carrier_id, paused, ways }: ListedConnection,
  slots: readonly SlotsHealth[],
  news: readonly LastNews[],
  told: ConnectionHealth | null,
  now: number,
) {
  const checks = slots
    .filter(({ connection_id }) => connection_id === id)
    .map((row) => {
      const counted = told?.ways.find(({ way }) => way === row.way);
      const last_ok = Math.max(row.last_ok_at ?? 0, counted?.last_ok_at ?? 0);
      return {
        way: row.way,
        slots: row.slots,
        failing: row.failing,
        last_success_at: isoOrNull(last_ok === 0 ? null : last_ok),
        last_check_at: isoOrNull(row.last_done_at),
        lag_s: lag(now, row.oldest_due_at),
        last_error: row.last_error,
        ...countsOf(counted),
      };
    });
  return {
    connection_id: id,
    carrier_id,
    paused,
    breaker: told?.breaker ?? null,
    failures_in_a_row: told?.failures_in_a_row ?? null,
    blocked_until: isoOrNull(told?.blocked_until ?? null),
    news: WAYS.filter((way) => ways[way] !== undefined).map((way) => {
      const last = news.find((row) => row.connection_id === id && row.way === way)?.last_new_at ?? null;
      return { way, silent_since: isoOrNull(last), silent_s: last === null ? null : lag(now, last) };
    }),
    checks,
  };
}

function countsOf(counted: CheckHour | undefined) {
  const { calls = 0, numbers = 0, failed = 0, lag_p50_ms = null, lag_p95_ms = null } = counted ?? {};
  return {
    calls,
    numbers,
    success_rate: calls === 0 ? null : (calls - failed) / calls,
    lag_p50_ms,
    lag_p95_ms,
  };
}

/** Both sides of each account, where there is anything on them; the live one in any case. */
async function accountsHealth(ctx: Context, account_numbers: readonly string[], now: number) {
  const sides = account_numbers.flatMap((number) => [tenantOf(number, "live"), tenantOf(number, "test")]);
  const [tenants, last] = await Promise.all([
    tenantsHealth(
      ctx.control,
      sides.map(({ id }) => id),
    ),
    askEach(account_numbers, (number) =>
      lastEvents(ctx.shardFor(number), [tenantOf(number, "live").id, tenantOf(number, "test").id]),
    ),
  ]);
  const newest = new Map(last.flatMap((events) => [...(events ?? [])]));
  const rates = await askEach(tenants, async ({ tenant_id, subscribes }) =>
    subscribes ? ctx.deliveryOf(tenant_id).rate(now - HOUR_MS) : null,
  );
  return tenants.flatMap((row, at) => {
    const { account_number, mode } = parseTenant(row.tenant_id);
    const last_event_at = newest.get(row.tenant_id) ?? null;
    const empty = row.since === null && !row.subscribes && last_event_at === null;
    if (mode === "test" && empty) return [];
    const rate = rates[at] ?? null;
    const waiting = row.waiting ?? 0;
    const error_rate = rate === null || rate.attempts === 0 ? null : rate.failed / rate.attempts;
    return [
      {
        account_number,
        mode,
        last_event_at: isoOrNull(last_event_at),
        waiting,
        dead: row.dead ?? 0,
        lag_s: waiting === 0 ? 0 : lag(now, row.since),
        deliveries: rate === null ? null : { attempts: rate.attempts, failed: rate.failed, error_rate },
      },
    ];
  });
}

const history = createRoute({
  method: "get",
  path: "/admin/connections/{id}/history",
  tags: ["Operator"],
  summary: "How a connection's checks went, hour by hour",
  request: {
    params: z.object({ id: z.string().max(80).describe("con_…") }),
    query: HistoryQuery,
  },
  responses: { 200: answers("Calls, successes and lag of each hour.", HistoryAnswer) },
});

const handleHistory: RouteHandler<typeof history, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { id } = c.req.valid("param");
  const { hours } = c.req.valid("query");
  if ((await findConnection(ctx.control, id)) === null)
    throw new Problem(404, `There is no connection ${id.slice(0, 80)}.`);
  const now = ctx.now();
  const since = now - (now % HOUR_MS) - (hours - 1) * HOUR_MS;
  const told = await ctx.checksOf(id).history(since, now);
  const data = told.map((row) => ({
    way: row.way,
    hour: isoTime(row.hour),
    failed: row.failed,
    ...countsOf(row),
  }));
  return c.json({ connection_id: id, since: isoTime(since), data }, 200);
};

const lag = (now: number, since: number | null) =>
  since === null ? 0 : Math.max(0, Math.round((now - since) / 1000));

export const healthRead = (api: Api) => api.openapi(route, handler).openapi(history, handleHistory);
