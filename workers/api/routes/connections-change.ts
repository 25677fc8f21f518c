import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { notifyLanes } from "../../flow/lanes.ts";
import {
  deleteConnection,
  findConnection,
  type ListedConnection,
  listConnections,
} from "../../storage/connections.ts";
import { forgetFollowers } from "../../storage/follow.ts";
import type { Api, ApiEnv, Call } from "../api-env.ts";
import { changeConnection, FORGET_STEPS } from "../connection-change.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { Problem } from "../problem.ts";
import { answers, PageQuery, pageOf, takes } from "../schemas/common.ts";
import {
  ConnectionAnswer,
  ConnectionChange,
  connectionAnswer,
  connectionPath,
} from "../schemas/connection.ts";

const tags = ["Operator"];

const list = createRoute({
  method: "get",
  path: "/admin/connections",
  tags,
  summary: "List connections",
  request: { query: PageQuery },
  responses: {
    200: answers("Connections in the order of their making, without credentials.", pageOf(ConnectionAnswer)),
  },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const found = await listConnections(c.var.ctx.control, pageAfter(cursor), limit + 1);
  const data = found.slice(0, limit).map((connection) => connectionAnswer(connection, originOf(c)));
  return c.json({ data, next_cursor: nextAfter(found, limit, ({ id }) => id) }, 200);
};

const read = createRoute({
  method: "get",
  path: "/admin/connections/{id}",
  tags,
  summary: "Read a connection",
  request: { params: connectionPath },
  responses: { 200: answers("The connection, without its credentials.", ConnectionAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) =>
  c.json(connectionAnswer(await requireConnection(c, c.req.valid("param").id), originOf(c)), 200);

const change = createRoute({
  method: "patch",
  path: "/admin/connections/{id}",
  tags,
  summary: "Change or pause a connection",
  description:
    "A way that needs a credential the connection has not got needs `credentials` in the same request.",
  request: { params: connectionPath, ...takes(ConnectionChange) },
  responses: {
    200: answers("The connection as it is now.", ConnectionAnswer),
    202: answers(
      "The connection is changed, but not every part of Gluey knows yet: for a minute or so a push that proves itself by the old credentials may still be accepted.",
      ConnectionAnswer,
    ),
  },
});

const handleChange: RouteHandler<typeof change, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const { credentials: given, ...changed } = c.req.valid("json");
  const before = await requireConnection(c, c.req.valid("param").id);
  const { connection, notified } = await changeConnection(ctx, before, changed, given);
  return c.json(connectionAnswer(connection, originOf(c)), notified ? 200 : 202);
};

const remove = createRoute({
  method: "delete",
  path: "/admin/connections/{id}",
  tags,
  summary: "End a connection",
  description:
    "Its carrier is asked nothing more, and what it still sends is refused. Shipments keep what they have.",
  request: { params: connectionPath },
  responses: {
    202: {
      description:
        "Ended, but not every part of Gluey knows yet: for a minute or so a push may still be accepted.",
    },
    204: { description: "Ended." },
  },
});

const handleRemove: RouteHandler<typeof remove, ApiEnv> = async (c) => {
  const { id } = await requireConnection(c, c.req.valid("param").id);
  await deleteConnection(c.var.ctx.control, id);
  const notified = await notifyLanes(c.var.ctx, id);
  await forgetFollowers(c.var.ctx.control, id, FORGET_STEPS);
  return c.body(null, notified ? 204 : 202);
};

/** The connection, or 404. */
export async function requireConnection(c: Call, id: string): Promise<ListedConnection> {
  const connection = await findConnection(c.var.ctx.control, id);
  if (connection === null) throw new Problem(404, `There is no connection ${id}.`);
  return connection;
}

function originOf(c: Call): string {
  return new URL(c.req.url).origin;
}

export const connectionsChange = (api: Api) =>
  api
    .openapi(list, handleList)
    .openapi(read, handleRead)
    .openapi(change, handleChange)
    .openapi(remove, handleRemove);
