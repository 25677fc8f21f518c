import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { listKeys, revokeKey } from "../../storage/api-keys.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { unknown } from "../problem.ts";
import { accountPath, answers, PageQuery, pageOf } from "../schemas/common.ts";
import { KeyAnswer, keyAnswer } from "../schemas/operator.ts";
import { requireAccount } from "./accounts-read.ts";

const list = createRoute({
  method: "get",
  path: "/admin/accounts/{account_number}/keys",
  tags: ["Operator"],
  summary: "List an account's keys",
  request: { params: accountPath, query: PageQuery },
  responses: {
    200: answers("Keys in the order of their making; never the keys themselves.", pageOf(KeyAnswer)),
  },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { account_number } = c.req.valid("param");
  const { limit, cursor } = c.req.valid("query");
  await requireAccount(c.var.ctx.control, account_number);
  const keys = await listKeys(c.var.ctx.control, account_number, pageAfter(cursor), limit + 1);
  const data = keys.slice(0, limit).map((key) => keyAnswer(account_number, key));
  return c.json({ data, next_cursor: nextAfter(keys, limit, ({ id }) => id) }, 200);
};

const revoke = createRoute({
  method: "delete",
  path: "/admin/accounts/{account_number}/keys/{id}",
  tags: ["Operator"],
  summary: "Revoke a key",
  request: { params: accountPath.extend({ id: z.string().max(80).describe("key_…") }) },
  responses: { 204: { description: "The key opens nothing any more." } },
});

const handleRevoke: RouteHandler<typeof revoke, ApiEnv> = async (c) => {
  const { account_number, id } = c.req.valid("param");
  const { ctx } = c.var;
  if (!(await revokeKey(ctx.control, account_number, id, ctx.now()))) throw unknown("key", id);
  return c.body(null, 204);
};

export const keysRead = (api: Api) => api.openapi(list, handleList).openapi(revoke, handleRevoke);
