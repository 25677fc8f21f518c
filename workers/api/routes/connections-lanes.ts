import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { laneStates, notifyLanes } from "../../flow/lanes.ts";
import { growLanes, LANES_MAX } from "../../storage/lanes.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { answers, isoOrNull, Time, takes } from "../schemas/common.ts";
import { connectionPath } from "../schemas/connection.ts";
import { requireConnection } from "./connections-change.ts";

const tags = ["Operator"];

const LaneAnswer = z
  .object({
    lane: z.number().int().describe("From 0."),
    waiting: z.number().int().describe("Documents that are not in the timelines yet, counted up to 20,000."),
    oldest_waiting_at: Time.nullable().describe("When the oldest of them was accepted."),
    unreadable: z.number().int().describe("Documents that were set aside."),
    stored_bytes: z.number().int().describe("What the inbox stores, bodies included."),
    appends: z.number().int().describe("Appends to timelines since the inbox last started."),
    conflicts: z
      .number()
      .int()
      .describe("How many of them found the timeline changed by another lane, and were repeated."),
  })
  .openapi("Lane");

const LanesAnswer = z.object({ lanes: z.array(LaneAnswer).describe("One for each inbox.") }).openapi("Lanes");

const read = createRoute({
  method: "get",
  path: "/admin/connections/{id}/lanes",
  tags,
  summary: "List a connection's inboxes",
  description:
    "What the carrier sends is stored and processed by one inbox or several. Gluey doubles them where they can't keep up.",
  request: { params: connectionPath },
  responses: { 200: answers("The inboxes, in their order.", LanesAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) => {
  const { id } = await requireConnection(c, c.req.valid("param").id);
  return c.json(await lanesAnswer(c.var.ctx, id), 200);
};

const change = createRoute({
  method: "put",
  path: "/admin/connections/{id}/lanes",
  tags,
  summary: "Give a connection more inboxes",
  description:
    "Before a carrier's volume grows: one inbox takes a few hundred events a second. They are never fewer again.",
  request: {
    params: connectionPath,
    ...takes(
      z
        .object({
          lanes: z.number().int().min(1).max(LANES_MAX).describe("How many inboxes there are to be."),
        })
        .openapi("LanesChange"),
    ),
  },
  responses: { 200: answers("The inboxes, in their order.", LanesAnswer) },
});

const handleChange: RouteHandler<typeof change, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { id } = await requireConnection(c, c.req.valid("param").id);
  await growLanes(ctx.control, id, c.req.valid("json").lanes, ctx.now());
  await notifyLanes(ctx, id);
  return c.json(await lanesAnswer(ctx, id), 200);
};

async function lanesAnswer(
  ctx: ApiEnv["Variables"]["ctx"],
  id: string,
): Promise<z.infer<typeof LanesAnswer>> {
  const lanes = await laneStates(ctx, id);
  return {
    lanes: lanes.map(
      ({ lane, waiting, oldest_waiting_at, unreadable, stored_bytes, appends, conflicts }) => ({
        lane,
        waiting,
        oldest_waiting_at: isoOrNull(oldest_waiting_at),
        unreadable,
        stored_bytes,
        appends,
        conflicts,
      }),
    ),
  };
}

export const connectionsLanes = (api: Api) => api.openapi(read, handleRead).openapi(change, handleChange);
