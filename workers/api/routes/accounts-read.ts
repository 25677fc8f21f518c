import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { findAccount, listAccounts } from "../../storage/accounts.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { Problem } from "../problem.ts";
import { accountPath, answers, PageQuery, pageOf } from "../schemas/common.ts";
import { AccountAnswer, accountAnswer } from "../schemas/operator.ts";

const list = createRoute({
  method: "get",
  path: "/admin/accounts",
  tags: ["Operator"],
  summary: "List accounts",
  request: { query: PageQuery },
  responses: { 200: answers("Accounts by number.", pageOf(AccountAnswer)) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const accounts = await listAccounts(c.var.ctx.control, pageAfter(cursor), limit + 1);
  const page = accounts.slice(0, limit);
  const next_cursor = nextAfter(accounts, limit, (account) => account.account_number);
  return c.json({ data: page.map(accountAnswer), next_cursor }, 200);
};

const read = createRoute({
  method: "get",
  path: "/admin/accounts/{account_number}",
  tags: ["Operator"],
  summary: "Read an account",
  request: { params: accountPath },
  responses: { 200: answers("The account.", AccountAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) => {
  const { account_number } = c.req.valid("param");
  return c.json(accountAnswer(await requireAccount(c.var.ctx.control, account_number)), 200);
};

/** The account, or 404. */
export async function requireAccount(control: D1Database, account_number: string) {
  const account = await findAccount(control, account_number);
  if (account === null) throw new Problem(404, `There is no account ${account_number.slice(0, 40)}.`);
  return account;
}

export const accountsRead = (api: Api) => api.openapi(list, handleList).openapi(read, handleRead);
