import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { parseTenant } from "../../domain/tenant.ts";
import { type ListedConnection, listConnections } from "../../storage/connections.ts";
import { documentsHealth, listBacklogs, type SlotsHealth, slotsHealth } from "../../storage/health.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { answers, isoOrNull, isoTime, PageQuery, Time } from "../schemas/common.ts";

const HealthAnswer = z
  .object({
    connections: z
      .array(
        z.object({
          connection_id: z.string(),
          carrier_id: z.string(),
          paused: z.boolean(),
          checks: z.array(
            z.object({
              way: z.enum(["poll", "sftp"]),
              slots: z.number().int(),
              failing: z.number().int().describe("Slots whose last check failed."),
              last_success_at: Time.nullable(),
              last_check_at: Time.nullable(),
              lag_s: z.number().describe("How long the oldest check has been due."),
              last_error: z.string().nullable(),
            }),
          ),
        }),
      )
      .describe("A page of connections; next_cursor goes on."),
    carriers: z
      .array(
        z.object({
          carrier_id: z.string(),
          source: z.enum(["webhook", "sftp", "poll"]),
          documents: z.number().int(),
          waiting: z.number().int(),
          unreadable: z.number().int().describe("GET /admin/documents shows them."),
          error_rate: z.number().describe("Unreadable of all, 0 to 1."),
          last_received_at: Time,
          lag_s: z.number().describe("How long the oldest document has waited to be harmonized."),
        }),
      )
      .describe("What came in during the last hour, of the latest 10,000 documents."),
    accounts: z
      .array(
        z.object({
          account_number: z.string(),
          mode: z.enum(["live", "test"]),
          waiting: z.number().int(),
          dead: z.number().int(),
          lag_s: z.number().describe("How long news have waited to be delivered."),
        }),
      )
      .describe("Accounts with undelivered news, the first 100."),
    next_cursor: z.string().nullable(),
  })
  .openapi("Health");

const route = createRoute({
  method: "get",
  path: "/admin/health",
  tags: ["Operator"],
  summary: "How each carrier and each account goes",
  request: { query: PageQuery },
  responses: { 200: answers("Last success, lag and error rate.", HealthAnswer) },
});

const HOUR_MS = 3_600_000;
const ACCOUNTS_MAX = 100;

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const { ctx } = c.var;
  const now = ctx.now();
  const found = await listConnections(ctx.control, pageAfter(cursor), limit + 1);
  const page = found.slice(0, limit);
  const [slots, documents, backlogs] = await Promise.all([
    slotsHealth(
      ctx.control,
      page.map(({ id }) => id),
    ),
    documentsHealth(ctx.control, now - HOUR_MS),
    listBacklogs(ctx.control, "", ACCOUNTS_MAX),
  ]);
  const carriers = documents.map(({ oldest_waiting_at, last_received_at, ...row }) => ({
    ...row,
    error_rate: row.documents === 0 ? 0 : row.unreadable / row.documents,
    last_received_at: isoTime(last_received_at),
    lag_s: lag(now, oldest_waiting_at),
  }));
  const accounts = backlogs.map(({ tenant_id, since, waiting, dead }) => {
    const { account_number, mode } = parseTenant(tenant_id);
    return { account_number, mode, waiting, dead, lag_s: waiting === 0 ? 0 : lag(now, since) };
  });
  const connections = page.map((connection) => connectionHealth(connection, slots, now));
  return c.json(
    { connections, carriers, accounts, next_cursor: nextAfter(found, limit, ({ id }) => id) },
    200,
  );
};

function connectionHealth(
  { id, carrier_id, paused }: ListedConnection,
  slots: readonly SlotsHealth[],
  now: number,
) {
  const own = slots.filter(({ connection_id }) => connection_id === id);
  const checks = own.map((row) => ({
    way: row.way,
    slots: row.slots,
    failing: row.failing,
    last_success_at: isoOrNull(row.last_ok_at),
    last_check_at: isoOrNull(row.last_done_at),
    lag_s: lag(now, row.oldest_due_at),
    last_error: row.last_error,
  }));
  return { connection_id: id, carrier_id, paused, checks };
}

const lag = (now: number, since: number | null) =>
  since === null ? 0 : Math.max(0, Math.round((now - since) / 1000));

export const healthRead = (api: Api) => api.openapi(route, handler);
