import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { notifyLanes } from "../../flow/lanes.ts";
import { findConnection, type ListedConnection, putConnection } from "../../storage/connections.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { checkAccounts, checkCredentials, checkWays, knownCarrier } from "../connection-checks.ts";
import { creationOf, idempotent } from "../idempotency.ts";
import { answers, takes } from "../schemas/common.ts";
import { ConnectionAnswer, ConnectionInput, connectionAnswer } from "../schemas/connection.ts";
import { takeUpShipments } from "../take-up-shipments.ts";

const route = createRoute({
  method: "post",
  path: "/admin/connections",
  tags: ["Operator"],
  summary: "Connect a carrier",
  description:
    "One agreement with one carrier: which accounts it feeds, by which ways its news come, and the credentials, which are sealed and never shown again.",
  middleware: [idempotent] as const,
  request: takes(ConnectionInput),
  responses: { 201: answers("The connection, without its credentials.", ConnectionAnswer) },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { ctx } = c.var;
  const {
    carrier_id,
    ways: wanted,
    auto_register,
    credentials: given,
    account_numbers,
  } = c.req.valid("json");
  const carrier = knownCarrier(carrier_id);
  const ways = await checkWays(ctx, carrier, wanted);
  const credentials = checkCredentials(carrier, ways, given);
  await checkAccounts(ctx, account_numbers, auto_register);
  const { id, at, claim } = await creationOf(c, "con");
  const fresh: ListedConnection = {
    id,
    carrier_id: carrier.id,
    account_numbers: [...new Set(account_numbers)].sort(),
    ways,
    auto_register,
    paused: false,
    created_at: at,
    updated_at: at,
  };
  // Of an earlier try of this request that broke off: it stays as it is, and takes up what that try left.
  const there = claim === null ? null : await findConnection(ctx.control, id);
  if (there === null) await putConnection(ctx.control, fresh, await ctx.vault.seal(id, credentials));
  const connection = there ?? fresh;
  await takeUpShipments(ctx, connection, connection.account_numbers);
  // Its first inbox exists from now on, where the operator's setting places it.
  await notifyLanes(ctx, id);
  return c.json(connectionAnswer(connection, new URL(c.req.url).origin), 201);
};

export const connectionsCreate = (api: Api) => api.openapi(route, handler);
