import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { ACCOUNT_NUMBER, type Tenant, tenantOf } from "../../domain/tenant.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { deadLettersPage } from "../dead-letters-page.ts";
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

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor, account_number, mode = "live" } = c.req.valid("query");
  const tenant = account_number === undefined ? null : namedTenant({ account_number, mode });
  const page = await deadLettersPage(c.var.ctx, { limit, cursor, tenant });
  const data = page.dead.map(({ row, whose }) => deadLetterAnswer(row, whose));
  const set_aside = page.set_aside.map(({ row, whose }) => setAsideAnswer(row, whose));
  return c.json({ data, set_aside, next_cursor: page.next_cursor }, 200);
};

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
  const { id: tenant_id } = namedTenant(c.req.valid("query"));
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
    .deliveryOf(namedTenant(c.req.valid("query")).id)
    .dropDeadLetters({ message_id: id });
  if (dropped === 0) throw unknown("dead letter", id);
  return c.body(null, 204);
};

/** Only a name that an account may have: any other would make an object of its own. */
function namedTenant({ account_number, mode }: z.infer<typeof whoseQuery>): Tenant {
  if (!ACCOUNT_NUMBER.test(account_number))
    throw invalid("account_number", "account_number is no account's number.");
  return tenantOf(account_number, mode);
}

export const deadLetters = (api: Api) =>
  api.openapi(list, handleList).openapi(retry, handleRetry).openapi(drop, handleDrop);
