import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { WebhookSecrets, type WebhookSettings } from "../../domain/subscription.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { idempotent } from "../idempotency.ts";
import { accountPath, answers, isoTime, Time, takes } from "../schemas/common.ts";
import {
  NewWebhookAnswer,
  ProbeAnswer,
  WebhookAnswer,
  WebhookChange,
  WebhookInput,
  webhookAnswer,
} from "../schemas/subscription.ts";
import {
  changeSubscription,
  checkedEndpoint,
  createSubscription,
  linesOf,
  newSecret,
  probeSubscription,
  requireSubscription,
  rotateSecret,
} from "../subscription-changes.ts";
import { subscriptionPath, subscriptionRoutes } from "./subscription-routes.ts";

const PREFIX = "/accounts/{account_number}/webhooks/tracking/subscriptions";
const TAG = "Webhook subscriptions";
const tags = [TAG];

const create = createRoute({
  method: "post",
  path: PREFIX,
  tags,
  summary: "Hear by webhook",
  description: "The secret is in this answer and in no other. What happened before is not sent.",
  middleware: [idempotent] as const,
  request: { params: accountPath, ...takes(WebhookInput) },
  responses: { 201: answers("The subscription with its secret.", NewWebhookAnswer) },
});

const handleCreate: RouteHandler<typeof create, ApiEnv> = async (c) => {
  const { endpoint: given, ...rest } = c.req.valid("json");
  const endpoint = await checkedEndpoint(c.var.ctx, given);
  const settings: WebhookSettings = { way: "webhook", endpoint, ...rest };
  const subscription = await createSubscription(c, settings, { secret: newSecret(), previous: null });
  // The one that is kept: an earlier try of this request may have drawn another.
  const { secret } = await c.var.ctx.vault.open(subscription.id, subscription.sealed, WebhookSecrets);
  return c.json({ ...webhookAnswer(subscription, undefined), secret }, 201);
};

const change = createRoute({
  method: "patch",
  path: `${PREFIX}/{id}`,
  tags,
  summary: "Change, pause or resume a webhook subscription",
  request: { params: subscriptionPath, ...takes(WebhookChange) },
  responses: { 200: answers("The subscription as it is now.", WebhookAnswer) },
});

const handleChange: RouteHandler<typeof change, ApiEnv> = async (c) => {
  const { paused, endpoint: given, ...filter } = c.req.valid("json");
  const before = await requireSubscription(c, "webhook", c.req.valid("param").id);
  const settings = { ...before.settings, ...filter };
  if (given !== undefined) Object.assign(settings, { endpoint: await checkedEndpoint(c.var.ctx, given) });
  const after = await changeSubscription(
    c,
    before,
    paused === undefined ? { settings } : { settings, paused },
  );
  const lines = await linesOf(c.var.ctx, after.tenant_id);
  return c.json(webhookAnswer(after, lines.get(after.id)), 200);
};

const rotate = createRoute({
  method: "post",
  path: `${PREFIX}/{id}/rotate`,
  tags,
  summary: "Rotate a subscription's secret",
  description: "Messages carry the signatures of both secrets for 24 hours.",
  request: { params: subscriptionPath },
  responses: {
    200: answers(
      "The new secret, shown here and never again.",
      z
        .object({ id: z.string(), secret: z.string(), previous_secret_valid_until: Time })
        .openapi("RotatedSecret"),
    ),
  },
});

const handleRotate: RouteHandler<typeof rotate, ApiEnv> = async (c) => {
  const subscription = await requireSubscription(c, "webhook", c.req.valid("param").id);
  const { secret, previous_until } = await rotateSecret(c, subscription);
  return c.json({ id: subscription.id, secret, previous_secret_valid_until: isoTime(previous_until) }, 200);
};

const probe = createRoute({
  method: "post",
  path: `${PREFIX}/{id}/probe`,
  tags,
  summary: "Check your receiver",
  description:
    "Sends it made-up messages (`test: true`, code order/created/gluey_test), rightly and wrongly signed, and lists what it did with them: does it verify signatures, refuse old messages, take duplicates, answer in time? Nothing of it counts as a delivery. Once a minute for each subscription.",
  request: { params: subscriptionPath },
  responses: { 200: answers("What was seen, check by check.", ProbeAnswer) },
});

const handleProbe: RouteHandler<typeof probe, ApiEnv> = async (c) => {
  const subscription = await requireSubscription(c, "webhook", c.req.valid("param").id);
  return c.json(await probeSubscription(c.var.ctx, subscription), 200);
};

export const webhookSubscriptions = (api: Api) => {
  api
    .openapi(create, handleCreate)
    .openapi(change, handleChange)
    .openapi(rotate, handleRotate)
    .openapi(probe, handleProbe);
  const kind = {
    way: "webhook" as const,
    prefix: PREFIX,
    tag: TAG,
    word: "webhook",
    Answer: WebhookAnswer,
    told: webhookAnswer,
  };
  return subscriptionRoutes(kind)(api);
};
