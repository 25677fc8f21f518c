import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { FILE_STATES } from "../../delivery/views.ts";
import { parseTenant } from "../../domain/tenant.ts";
import { tenantsWithAcknowledgements } from "../../storage/subscriptions.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { readTextCursor, writeTextCursor } from "../paging.ts";
import { accountPath, answers, CursorText, Limit, PageQuery, pageOf } from "../schemas/common.ts";
import { FileAnswer, fileAnswer, WhoseFileAnswer } from "../schemas/tracking-file.ts";

/** The manifest: an account's files by sFTP, and for the operator those that were refused or never answered. */

const list = createRoute({
  method: "get",
  path: "/accounts/{account_number}/sftp/tracking/files",
  tags: ["sFTP subscriptions"],
  summary: "List the files by sFTP",
  description: "The manifest, newest first: what each file carries, and what became of it.",
  request: {
    params: accountPath,
    query: PageQuery.extend({
      subscription_id: z.string().max(80).optional(),
      state: z.enum(FILE_STATES).optional(),
    }),
  },
  responses: { 200: answers("A page of files.", pageOf(FileAnswer)) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { ctx, caller } = c.var;
  const { data, next_cursor } = await ctx.deliveryOf(caller.tenant.id).files(c.req.valid("query"));
  return c.json({ data: data.map(fileAnswer), next_cursor }, 200);
};

/** Objects that one page asks. */
const TENANTS_A_PAGE = 20;

const trouble = createRoute({
  method: "get",
  path: "/admin/files",
  tags: ["Operator"],
  summary: "List files that were refused, or never acknowledged",
  description: "Of all accounts that agreed on acknowledgements, account by account, each newest first.",
  request: {
    query: z.object({
      limit: Limit,
      cursor: CursorText.max(1000).optional(),
      state: z.enum(["rejected", "silent"]).default("rejected"),
    }),
  },
  responses: { 200: answers("A page of files.", pageOf(WhoseFileAnswer)) },
});

/** Where a page ended: within a tenant's list, or after a tenant. */
const Place = z.object({ tenant_id: z.string(), inside: z.string().nullable() });

const handleTrouble: RouteHandler<typeof trouble, ApiEnv> = async (c) => {
  const { limit, cursor, state } = c.req.valid("query");
  const { ctx } = c.var;
  const place = cursor === undefined ? { tenant_id: "", inside: null } : readTextCursor(cursor, Place);
  const later = await tenantsWithAcknowledgements(ctx.control, place.tenant_id, TENANTS_A_PAGE);
  const tenants = place.inside === null ? later : [place.tenant_id, ...later];
  const data: z.infer<typeof WhoseFileAnswer>[] = [];
  for (const tenant_id of tenants) {
    const inside = tenant_id === place.tenant_id && place.inside !== null ? { cursor: place.inside } : {};
    const found = await ctx.deliveryOf(tenant_id).files({ ...inside, state, limit: limit - data.length });
    const { account_number, mode } = parseTenant(tenant_id);
    data.push(...found.data.map((row) => ({ ...fileAnswer(row), account_number, mode })));
    if (found.next_cursor === null && data.length < limit) continue;
    const more =
      found.next_cursor !== null || tenant_id !== tenants.at(-1) || later.length === TENANTS_A_PAGE;
    const end: z.infer<typeof Place> = { tenant_id, inside: found.next_cursor };
    return c.json({ data, next_cursor: more ? writeTextCursor(JSON.stringify(end)) : null }, 200);
  }
  const last = later.length === TENANTS_A_PAGE ? later.at(-1) : undefined;
  const next_cursor =
    last === undefined ? null : writeTextCursor(JSON.stringify({ tenant_id: last, inside: null }));
  return c.json({ data, next_cursor }, 200);
};

export const trackingFiles = (api: Api) => api.openapi(list, handleList).openapi(trouble, handleTrouble);
