import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { readShipments } from "../../storage/shipments.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { idempotent } from "../idempotency.ts";
import { register } from "../register.ts";
import { answers, takes } from "../schemas/common.ts";
import { ShipmentAnswer, ShipmentInput } from "../schemas/shipment.ts";
import { primarySessions } from "../sessions.ts";
import { toldShipment } from "../tracking-url.ts";

const route = createRoute({
  method: "post",
  path: "/shipments",
  tags: ["Shipments"],
  summary: "Put a shipment under tracking",
  description:
    "The same carrier and number again while it is live answers 200 with the same id. 90 days after its end, or after DELETE, the same number starts a new shipment.",
  middleware: [idempotent] as const,
  request: takes(ShipmentInput),
  responses: {
    201: answers("Under tracking from now on.", ShipmentAnswer),
    200: answers("It already was.", ShipmentAnswer),
  },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { ctx, caller } = c.var;
  const sessions = primarySessions(ctx, caller.tenant.account_number);
  c.set("sessions", sessions);
  const [outcome] = await register(ctx, sessions, caller.tenant, [c.req.valid("json")]);
  if (outcome?.kind !== "registered") throw outcome?.problem ?? new Error("A registration had no outcome.");
  const shipments = await readShipments(sessions, caller.tenant.id, [outcome.shipment_id], ctx.timeScale);
  const shipment = shipments.get(outcome.shipment_id);
  if (shipment === undefined)
    throw new Error(`Shipment ${outcome.shipment_id} is not there after its registration.`);
  const answer = await toldShipment(c, shipment);
  return outcome.created ? c.json(answer, 201) : c.json(answer, 200);
};

export const shipmentsCreate = (api: Api): unknown => api.openapi(route, handler);
