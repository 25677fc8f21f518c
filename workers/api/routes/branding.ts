import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { putBranding, readBranding, removeBranding } from "../../storage/brandings.ts";
import type { Queryable } from "../../storage/queryable.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { BrandingAnswer, BrandingInput, brandingAnswer, newBranding } from "../schemas/branding.ts";
import { accountPath, answers, takes } from "../schemas/common.ts";
import { primarySessions } from "../sessions.ts";

const path = "/accounts/{account_number}/branding";
const tags = ["Tracking page"];

const read = createRoute({
  method: "get",
  path,
  tags,
  summary: "How your tracking pages look",
  request: { params: accountPath },
  responses: { 200: answers("Name, colour and logo.", BrandingAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) =>
  c.json(await brandingOf(c.var.sessions.control, c.req.valid("param").account_number), 200);

const put = createRoute({
  method: "put",
  path,
  tags,
  summary: "Set how your tracking pages look",
  description:
    "All of it at once: what is left out is as it comes again. Holds for the pages of live and of test shipments.",
  request: { params: accountPath, ...takes(BrandingInput) },
  responses: { 200: answers("Name, colour and logo from now on.", BrandingAnswer) },
});

const handlePut: RouteHandler<typeof put, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { account_number } = c.req.valid("param");
  const sessions = primarySessions(ctx, account_number);
  c.set("sessions", sessions);
  await putBranding(sessions.control, account_number, await newBranding(c.req.valid("json"), ctx.now()));
  return c.json(await brandingOf(sessions.control, account_number), 200);
};

const remove = createRoute({
  method: "delete",
  path,
  tags,
  summary: "Have your tracking pages look as they come",
  request: { params: accountPath },
  responses: { 204: { description: "Name of the account, Gluey's colour, no logo." } },
});

const handleRemove: RouteHandler<typeof remove, ApiEnv> = async (c) => {
  const { account_number } = c.req.valid("param");
  const sessions = primarySessions(c.var.ctx, account_number);
  c.set("sessions", sessions);
  await removeBranding(sessions.control, account_number);
  return c.body(null, 204);
};

/** A key's account is there: a key can't outlive it. */
async function brandingOf(control: Queryable, account_number: string) {
  const branding = await readBranding(control, account_number);
  if (branding === null) throw new Error(`Account ${account_number} has a key and no row.`);
  return brandingAnswer(branding);
}

export const branding = (api: Api) =>
  api.openapi(read, handleRead).openapi(put, handlePut).openapi(remove, handleRemove);
