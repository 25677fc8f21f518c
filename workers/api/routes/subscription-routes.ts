import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { LINE_STATES, type LineStatus } from "../../delivery/views.ts";
import { listSubscriptions, type StoredSubscription, type Way } from "../../storage/subscriptions.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { writeCursor } from "../cursor.ts";
import { idempotent } from "../idempotency.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { unknown } from "../problem.ts";
import { accountPath, answers, PageQuery, pageOf } from "../schemas/common.ts";
import type { SftpAnswer, WebhookAnswer } from "../schemas/subscription.ts";
import {
  linesOf,
  onlySubscription,
  removeSubscription,
  requireSubscription,
  resumeFrom,
} from "../subscription-changes.ts";

type Told = z.infer<typeof WebhookAnswer> | z.infer<typeof SftpAnswer>;

export interface SubscriptionKind {
  way: Way;
  prefix: string;
  tag: string;
  /** "webhook" or "sFTP", as the summaries have it. */
  word: string;
  Answer: z.ZodType<Told>;
  told(subscription: StoredSubscription, line: LineStatus | undefined): Told;
}

export const subscriptionPath = accountPath.extend({ id: z.string().max(80).describe("sub_…") });

const TestAnswer = z
  .object({
    state: z.enum(["delivered", "failed"]),
    delivery_id: z.string().nullable(),
    status: z.number().int().nullable().describe("The HTTP status; null for a folder."),
    latency_ms: z.number().nullable(),
    answer: z.string().nullable().describe("The first 1 KiB of the answer, or what went wrong."),
  })
  .openapi("SubscriptionTest");

const ResumeRequest = z
  .object({
    after: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        "A cursor, or a time in ISO 8601 with offset, not before the subscription's start: what came after it is sent. Left out: it goes on where it stopped.",
      ),
  })
  .openapi("ResumeRequest");

const ResumeAnswer = z
  .object({
    id: z.string(),
    state: z.enum(LINE_STATES),
    after: z.string().describe("The feed's cursor behind which it goes on."),
  })
  .openapi("ResumedSubscription");

/** What webhook and sFTP subscriptions have in common: list, read, test, resume, delete. */
export function subscriptionRoutes(kind: SubscriptionKind): (api: Api) => unknown {
  const { way, prefix, word, Answer, told } = kind;
  const tags = [kind.tag];
  const gone = { 204: { description: "Deleted; what it still had to send is cancelled." } };

  const list = createRoute({
    method: "get",
    path: prefix,
    tags,
    summary: `List ${word} subscriptions`,
    request: { params: accountPath, query: PageQuery },
    responses: { 200: answers("A page of subscriptions.", pageOf(Answer)) },
  });
  const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { ctx, caller, sessions } = c.var;
    const found = await listSubscriptions(
      sessions.control,
      caller.tenant.id,
      way,
      pageAfter(cursor),
      limit + 1,
    );
    const lines = found.length === 0 ? new Map<string, LineStatus>() : await linesOf(ctx, caller.tenant.id);
    const data = found.slice(0, limit).map((subscription) => told(subscription, lines.get(subscription.id)));
    return c.json({ data, next_cursor: nextAfter(found, limit, ({ id }) => id) }, 200);
  };

  const read = createRoute({
    method: "get",
    path: `${prefix}/{id}`,
    tags,
    summary: `Read a ${word} subscription`,
    request: { params: subscriptionPath },
    responses: { 200: answers("The subscription, how it stands and its warnings.", Answer) },
  });
  const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) => {
    const subscription = await requireSubscription(c, way, c.req.valid("param").id);
    const lines = await linesOf(c.var.ctx, subscription.tenant_id);
    return c.json(told(subscription, lines.get(subscription.id)), 200);
  };

  const test = createRoute({
    method: "post",
    path: `${prefix}/{id}/test`,
    tags,
    summary: `Test a ${word} subscription`,
    description:
      way === "webhook"
        ? "Sends one made-up event now, outside of the line, and says what came back."
        : "Signs in at the server and lists the directory, and says what came back.",
    request: { params: subscriptionPath },
    responses: { 200: answers("What came back.", TestAnswer) },
  });
  const handleTest: RouteHandler<typeof test, ApiEnv> = async (c) => {
    const { id, tenant_id } = await requireSubscription(c, way, c.req.valid("param").id);
    const { state, ...seen } = await c.var.ctx.deliveryOf(tenant_id).sendTest(id);
    if (state === "unknown_subscription") throw unknown("subscription", id);
    return c.json({ state, ...seen }, 200);
  };

  const resume = createRoute({
    method: "post",
    path: `${prefix}/{id}/resume`,
    tags,
    summary: `Resume a ${word} subscription`,
    description:
      way === "webhook"
        ? "Ends a pause, a five days' outage or 410, and goes on where it stopped. With `after`, from there: what waits is cancelled, and every event behind that place is sent (again), in new messages with the same event ids and sequences."
        : "Ends a pause or a stop for a changed host key, and goes on where it stopped. With `after`, from there: files that wait are cancelled, and every event behind that place is written into new files (again).",
    middleware: [idempotent] as const,
    request: {
      params: subscriptionPath,
      body: { required: false, content: { "application/json": { schema: ResumeRequest } } },
    },
    responses: { 200: answers("It goes on.", ResumeAnswer) },
  });
  const handleResume: RouteHandler<typeof resume, ApiEnv> = async (c) => {
    const { after } = c.req.valid("json");
    const subscription = await requireSubscription(c, way, c.req.valid("param").id);
    const { state, position } = await resumeFrom(c, subscription, after);
    return c.json({ id: subscription.id, state, after: writeCursor({ position }) }, 200);
  };

  const removeOnly = createRoute({
    method: "delete",
    path: prefix,
    tags,
    summary: `Delete the only ${word} subscription`,
    description: "Where there are several, 409: name one.",
    request: { params: accountPath },
    responses: gone,
  });
  const handleRemoveOnly: RouteHandler<typeof removeOnly, ApiEnv> = async (c) => {
    await removeSubscription(c, await onlySubscription(c, way));
    return c.body(null, 204);
  };

  const remove = createRoute({
    method: "delete",
    path: `${prefix}/{id}`,
    tags,
    summary: `Delete a ${word} subscription`,
    request: { params: subscriptionPath },
    responses: gone,
  });
  const handleRemove: RouteHandler<typeof remove, ApiEnv> = async (c) => {
    await removeSubscription(c, (await requireSubscription(c, way, c.req.valid("param").id)).id);
    return c.body(null, 204);
  };

  return (api) =>
    api
      .openapi(list, handleList)
      .openapi(read, handleRead)
      .openapi(test, handleTest)
      .openapi(resume, handleResume)
      .openapi(removeOnly, handleRemoveOnly)
      .openapi(remove, handleRemove);
}
