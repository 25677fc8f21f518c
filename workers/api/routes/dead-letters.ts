import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { ACCOUNT_NUMBER, type Tenant, tenantOf } from "../../domain/tenant.ts";
import { tenantsWithDeadLetters } from "../../storage/health.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { readTextCursor, writeTextCursor } from "../paging.ts";
import { invalid, unknown } from "../problem.ts";
import { redeliver } from "../redeliver.ts";
import { answers, CursorText, Limit } from "../schemas/common.ts";
import {
  DeadLetterAnswer,
  deadLetterAnswer,
  RedeliveryAnswer,
  SetAsideAnswer,
  setAsideAnswer,
} from "../schemas/delivery.ts";

const tags = ["Operator"];
/** Objects that one page asks. */
const TENANTS_A_PAGE = 20;

const Mode = z.enum(["live", "test"]);

const list = createRoute({
  method: "get",
  path: "/admin/dead-letters",
  tags,
  summary: "List what was given up",
  description: "Messages and files after their last retry, kept 90 days, and events that were set aside.",
  request: {
    query: z.object({
      limit: Limit,
      cursor: CursorText.max(1000).optional(),
      account_number: z.string().optional().describe("Only this account's."),
      mode: Mode.optional().describe("With account_number: live or test; live where it is left out."),
    }),
  },
  responses: {
    200: answers(
      "A page of dead letters.",
      z
        .object({
          data: z.array(DeadLetterAnswer),
          set_aside: z
            .array(SetAsideAnswer)
            .describe(
              "Events that could not be built; their shipments went on. An account's come behind its dead letters, under the same cursor.",
            ),
          next_cursor: z.string().nullable(),
        })
        .openapi("DeadLetters"),
    ),
  },
});

/** Where a page ended: within a tenant's list, or after a tenant. */
const Place = z.object({ tenant_id: z.string(), inside: z.string().nullable() });

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor, account_number, mode = "live" } = c.req.valid("query");
  const { ctx } = c.var;
  const place = cursor === undefined ? { tenant_id: "", inside: null } : readTextCursor(cursor, Place);
  const data: z.infer<typeof DeadLetterAnswer>[] = [];
  const set_aside: z.infer<typeof SetAsideAnswer>[] = [];
  const later = await tenantsWithDeadLetters(ctx.control, place.tenant_id, TENANTS_A_PAGE);
  const begun = place.inside === null ? [] : [place.tenant_id];
  const tenants = account_number === undefined ? [...begun, ...later] : [tenantOf(account_number, mode).id];
  for (const tenant_id of tenants) {
    const inside = tenant_id === place.tenant_id && place.inside !== null ? { cursor: place.inside } : {};
    const found = await ctx
      .deliveryOf(tenant_id)
      .deadLetters({ ...inside, limit: limit - data.length - set_aside.length });
    const whose = tenantIn(tenant_id);
    data.push(...found.data.map((row) => deadLetterAnswer(row, whose)));
    set_aside.push(...found.set_aside.map((row) => setAsideAnswer(row, whose)));
    if (found.next_cursor !== null || data.length + set_aside.length >= limit) {
      const end: z.infer<typeof Place> = { tenant_id, inside: found.next_cursor };
      const more =
        found.next_cursor !== null || (account_number === undefined && tenant_id !== tenants.at(-1));
      return c.json(
        { data, set_aside, next_cursor: more ? writeTextCursor(JSON.stringify(end)) : null },
        200,
      );
    }
  }
  const last = later.length === TENANTS_A_PAGE && account_number === undefined ? later.at(-1) : undefined;
  const next_cursor =
    last === undefined ? null : writeTextCursor(JSON.stringify({ tenant_id: last, inside: null }));
  return c.json({ data, set_aside, next_cursor }, 200);
};

function tenantIn(tenant_id: string): Tenant {
  const dot = tenant_id.lastIndexOf(".");
  return tenantOf(tenant_id.slice(0, dot), tenant_id.endsWith(".test") ? "test" : "live");
}

const letterPath = z.object({ id: z.string().max(80).describe("The message_id of a dead letter.") });
const whoseQuery = z.object({
  account_number: z.string().describe("Whose it is."),
  mode: Mode.default("live"),
});

const retry = createRoute({
  method: "post",
  path: "/admin/dead-letters/{id}/retry",
  tags,
  summary: "Send a dead letter again",
  request: { params: letterPath, query: whoseQuery },
  responses: { 202: answers("It is sent again.", RedeliveryAnswer) },
});

const handleRetry: RouteHandler<typeof retry, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const tenant_id = namedTenant(c.req.valid("query"));
  return c.json(await redeliver(c.var.ctx, tenant_id, { message_id: id }, { noun: "dead letter", id }), 202);
};

const drop = createRoute({
  method: "delete",
  path: "/admin/dead-letters/{id}",
  tags,
  summary: "Drop a dead letter for good",
  request: { params: letterPath, query: whoseQuery },
  responses: { 204: { description: "Dropped." } },
});

const handleDrop: RouteHandler<typeof drop, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const { dropped } = await c.var.ctx
    .deliveryOf(namedTenant(c.req.valid("query")))
    .dropDeadLetters({ message_id: id });
  if (dropped === 0) throw unknown("dead letter", id);
  return c.body(null, 204);
};

/** Only a name that an account may have: any other would make an object of its own. */
function namedTenant({ account_number, mode }: z.infer<typeof whoseQuery>): string {
  if (!ACCOUNT_NUMBER.test(account_number))
    throw invalid("account_number", "account_number is no account's number.");
  return tenantOf(account_number, mode).id;
}

export const deadLetters = (api: Api) =>
  api.openapi(list, handleList).openapi(retry, handleRetry).openapi(drop, handleDrop);
