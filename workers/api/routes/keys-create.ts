import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { createKey } from "../../storage/api-keys.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { creationOf, idempotent, stillAtWork } from "../idempotency.ts";
import { accountPath, answers, takes } from "../schemas/common.ts";
import { KeyInput, keyAnswer, NewKeyAnswer } from "../schemas/operator.ts";
import { requireAccount } from "./accounts-read.ts";

const route = createRoute({
  method: "post",
  path: "/admin/accounts/{account_number}/keys",
  tags: ["Operator"],
  summary: "Create an API key",
  description: "The key is shown in this answer and never again; only its hash is kept.",
  middleware: [idempotent] as const,
  request: { params: accountPath, ...takes(KeyInput) },
  responses: { 201: answers("The key.", NewKeyAnswer) },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { account_number } = c.req.valid("param");
  await requireAccount(ctx.control, account_number);
  const { id, at: now, claim } = await creationOf(c, "key");
  const created = await createKey(ctx.control, {
    id,
    account_number,
    mode: c.req.valid("json").mode,
    random: crypto.getRandomValues(new Uint8Array(20)),
    now,
    claim,
  });
  if (created === null) throw stillAtWork();
  const { key, listed } = created;
  return c.json({ ...keyAnswer(account_number, listed), key }, 201);
};

export const keysCreate = (api: Api) => api.openapi(route, handler);
