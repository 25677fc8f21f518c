import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { openConnection } from "../../storage/open-connection.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { testConnection } from "../connection-test.ts";
import { Problem } from "../problem.ts";
import { answers } from "../schemas/common.ts";
import { connectionAnswer, connectionPath } from "../schemas/connection.ts";
import { TrackingNumber } from "../schemas/shipment.ts";
import { requireConnection } from "./connections-change.ts";

const route = createRoute({
  method: "post",
  path: "/admin/connections/{id}/test",
  tags: ["Operator"],
  summary: "Try each way of a connection",
  description:
    "Signs in to the folder and lists it, asks the API for one number, and gives the address for the carrier's webhook. Nothing is kept.",
  request: {
    params: connectionPath,
    query: z.object({ number: TrackingNumber.optional().describe("A number to ask the carrier's API for.") }),
  },
  responses: {
    200: answers(
      "What each way saw.",
      z
        .object({
          ways: z.array(
            z.object({ way: z.enum(["webhook", "sftp", "poll"]), ok: z.boolean(), detail: z.string() }),
          ),
        })
        .openapi("ConnectionTest"),
    ),
  },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const listed = await requireConnection(c, c.req.valid("param").id);
  const connection = await openConnection(ctx.control, ctx.vault, listed.id);
  if (connection === null) throw new Problem(404, `There is no connection ${listed.id}.`);
  const { webhook_url } = connectionAnswer(listed, new URL(c.req.url).origin);
  return c.json(
    { ways: await testConnection(ctx, connection, c.req.valid("query").number ?? null, webhook_url) },
    200,
  );
};

export const connectionsTest = (api: Api) => api.openapi(route, handler);
