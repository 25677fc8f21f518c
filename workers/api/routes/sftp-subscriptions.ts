import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { agreementFault } from "../../domain/edi-agreement.ts";
import type { SftpSettings } from "../../domain/subscription.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { idempotent } from "../idempotency.ts";
import { invalid } from "../problem.ts";
import { accountPath, answers, takes } from "../schemas/common.ts";
import { SftpAnswer, SftpChange, SftpInput, sftpAnswer } from "../schemas/subscription.ts";
import {
  changeSubscription,
  createSubscription,
  linesOf,
  requireSubscription,
  sealSftp,
} from "../subscription-changes.ts";
import { subscriptionPath, subscriptionRoutes } from "./subscription-routes.ts";

const PREFIX = "/accounts/{account_number}/sftp/tracking/subscriptions";
const TAG = "sFTP subscriptions";
const tags = [TAG];

/** 422 for an agreement that the format's envelope can't hold: said now, and not when the first file is due. */
function requireAgreement(settings: SftpSettings): void {
  const fault = agreementFault(settings);
  if (fault !== null) throw invalid(fault.field, `${fault.field}: ${fault.detail}`);
}

const create = createRoute({
  method: "post",
  path: PREFIX,
  tags,
  summary: "Hear by files on your sFTP server",
  description: "The host's key is pinned: should the server show another, the transfer stops and says so.",
  middleware: [idempotent] as const,
  request: { params: accountPath, ...takes(SftpInput) },
  responses: { 201: answers("The subscription, without its password or key.", SftpAnswer) },
});

const handleCreate: RouteHandler<typeof create, ApiEnv> = async (c) => {
  const { password, private_key, ...given } = c.req.valid("json");
  const settings: SftpSettings = { way: "sftp", ...given };
  requireAgreement(settings);
  const secrets = { password: password ?? null, private_key: private_key ?? null };
  const subscription = await createSubscription(c, settings, secrets);
  return c.json(sftpAnswer(subscription, undefined), 201);
};

const change = createRoute({
  method: "patch",
  path: `${PREFIX}/{id}`,
  tags,
  summary: "Change, pause or resume an sFTP subscription",
  description: "`paused: false` also resumes after a changed host key, once the new one is given.",
  request: { params: subscriptionPath, ...takes(SftpChange) },
  responses: { 200: answers("The subscription as it is now.", SftpAnswer) },
});

const handleChange: RouteHandler<typeof change, ApiEnv> = async (c) => {
  const { paused, password, private_key, edi, ack_directory, ack_within_hours, ...given } =
    c.req.valid("json");
  const before = await requireSubscription(c, "sftp", c.req.valid("param").id);
  if (before.settings.way !== "sftp") throw new Error(`Subscription ${before.id} is no sFTP server's.`);
  const settings: SftpSettings = {
    ...before.settings,
    ...given,
    ...(edi === undefined ? {} : { edi: edi ?? undefined }),
    ...(ack_directory === undefined ? {} : { ack_directory: ack_directory ?? undefined }),
    ...(ack_within_hours === undefined ? {} : { ack_within_hours: ack_within_hours ?? undefined }),
  };
  requireAgreement(settings);
  const secrets = {
    ...(password === undefined ? {} : { password }),
    ...(private_key === undefined ? {} : { private_key }),
  };
  const sealed = await sealSftp(c.var.ctx, before, secrets);
  const after = await changeSubscription(
    c,
    before,
    paused === undefined ? { settings, sealed } : { settings, sealed, paused },
  );
  const lines = await linesOf(c.var.ctx, after.tenant_id);
  return c.json(sftpAnswer(after, lines.get(after.id)), 200);
};

export const sftpSubscriptions = (api: Api) => {
  api.openapi(create, handleCreate).openapi(change, handleChange);
  const kind = {
    way: "sftp" as const,
    prefix: PREFIX,
    tag: TAG,
    word: "sFTP",
    Answer: SftpAnswer,
    told: sftpAnswer,
  };
  return subscriptionRoutes(kind)(api);
};
