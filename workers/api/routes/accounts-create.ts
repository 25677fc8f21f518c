import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { createAccount, findAccount } from "../../storage/accounts.ts";
import { placeForNew } from "../../storage/placement.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { creationOf, idempotent } from "../idempotency.ts";
import { Problem } from "../problem.ts";
import { answers, takes } from "../schemas/common.ts";
import { AccountAnswer, AccountInput, accountAnswer } from "../schemas/operator.ts";

const route = createRoute({
  method: "post",
  path: "/admin/accounts",
  tags: ["Operator"],
  summary: "Create an account",
  middleware: [idempotent] as const,
  request: takes(AccountInput),
  responses: { 201: answers("The account.", AccountAnswer) },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { at, claim } = await creationOf(c, "acc");
  const account = { ...c.req.valid("json"), created_at: at };
  const shard = await placeForNew(ctx.placements, ctx.newAccountShards);
  if (!(await createAccount(ctx.control, account, shard))) {
    const there = await findAccount(ctx.control, account.account_number);
    // Made at the very time of this request's first try, under the same name: by that try.
    const ours = claim !== null && there?.created_at === at && there.name === account.name;
    if (!ours)
      throw new Problem(409, `Account ${account.account_number} is there already. Take another number.`);
  }
  return c.json(accountAnswer(account), 201);
};

export const accountsCreate = (api: Api) => api.openapi(route, handler);
