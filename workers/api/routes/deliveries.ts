import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { ATTEMPT_STATES } from "../../delivery/views.ts";
import { feedHead } from "../../storage/feed.ts";
import type { Api, ApiEnv, Call } from "../api-env.ts";
import { idempotent } from "../idempotency.ts";
import { redeliver } from "../redeliver.ts";
import { accountPath, answers, PageQuery, pageOf, takes } from "../schemas/common.ts";
import { DeliveryAnswer, deliveryAnswer, RedeliveryAnswer } from "../schemas/delivery.ts";
import { primarySessions } from "../sessions.ts";
import { feedPosition } from "../since.ts";

const PREFIX = "/accounts/{account_number}";
const tags = ["Deliveries"];

const list = createRoute({
  method: "get",
  path: `${PREFIX}/deliveries`,
  tags,
  summary: "List delivery attempts",
  description: "Every attempt by webhook or file, newest first: did you tell us, and when?",
  request: {
    params: accountPath,
    query: PageQuery.extend({
      subscription_id: z.string().max(80).optional(),
      state: z.enum(ATTEMPT_STATES).optional(),
      shipment_id: z.string().max(80).optional().describe("Only messages that tell of this shipment."),
    }),
  },
  responses: { 200: answers("A page of attempts.", pageOf(DeliveryAnswer)) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { ctx, caller } = c.var;
  const { data, next_cursor } = await ctx.deliveryOf(caller.tenant.id).deliveries(c.req.valid("query"));
  return c.json({ data: data.map(deliveryAnswer), next_cursor }, 200);
};

const again = createRoute({
  method: "post",
  path: `${PREFIX}/deliveries/{id}/redeliver`,
  tags,
  summary: "Send one delivery again",
  description: "With the same webhook-id and bytes, in its shipment's line.",
  request: { params: accountPath.extend({ id: z.string().max(80).describe("dlv_…") }) },
  responses: { 202: answers("It is sent again.", RedeliveryAnswer) },
});

const handleAgain: RouteHandler<typeof again, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const sent = await redeliver(
    c.var.ctx,
    c.var.caller.tenant.id,
    { delivery_id: id },
    { noun: "delivery", id },
  );
  return c.json(sent, 202);
};

const Place = z.string().min(1).max(200);

const range = createRoute({
  method: "post",
  path: `${PREFIX}/redeliver`,
  tags,
  summary: "Send a stretch of the feed again",
  description:
    "What was sent of it, dead letters too, with the webhook-ids and bytes it had, in each shipment's order. What is no longer kept is made anew from the feed for webhooks: new webhook-ids, the same event ids and sequences. One call reads up to 10,000 events; `next_cursor` says where to go on.",
  middleware: [idempotent] as const,
  request: {
    params: accountPath,
    ...takes(
      z
        .object({
          since: Place.describe("A cursor, or a time in ISO 8601 with offset: what came after it."),
          until: Place.optional().describe("Likewise, included; up to now where it is left out."),
          subscription_id: z.string().max(80).optional().describe("Only to this subscription."),
        })
        .openapi("RedeliveryRequest"),
    ),
  },
  responses: { 202: answers("They are sent again.", RedeliveryAnswer) },
});

const handleRange: RouteHandler<typeof range, ApiEnv> = async (c) => {
  const { since, until, subscription_id } = c.req.valid("json");
  const { ctx, caller } = c.var;
  const { shard } = openPrimary(c);
  const request = {
    since_position: await feedPosition(shard, caller.tenant.id, "since", since),
    until_position:
      until === undefined
        ? await feedHead(shard, caller.tenant.id)
        : await feedPosition(shard, caller.tenant.id, "until", until),
    subscription_id,
  };
  return c.json(
    await redeliver(ctx, caller.tenant.id, request, { noun: "subscription", id: subscription_id ?? "" }),
    202,
  );
};

function openPrimary(c: Call) {
  const sessions = primarySessions(c.var.ctx, c.var.caller.tenant.account_number);
  c.set("sessions", sessions);
  return sessions;
}

export const deliveries = (api: Api) =>
  api.openapi(list, handleList).openapi(again, handleAgain).openapi(range, handleRange);
