import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { readShipments } from "../../storage/shipments.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { idempotent } from "../idempotency.ts";
import { invalid, invalidInput, Problem } from "../problem.ts";
import { register } from "../register.ts";
import { answers, ProblemAnswer, takes } from "../schemas/common.ts";
import { ShipmentAnswer, ShipmentInput } from "../schemas/shipment.ts";
import { primarySessions } from "../sessions.ts";
import { toldShipment } from "../tracking-url.ts";

const BATCH_MAX = 1000;
/** Parcels of all items together: what one call may write. */
const PARCELS_MAX = 10_000;

const Items = z.array(z.unknown()).min(1).max(BATCH_MAX);
/** Checked item by item, so that a bad one spoils no other. */
const BatchInput = z.unknown().openapi("NewShipments", {
  description: "Up to 1,000 of what POST /shipments takes. The list alone, without its name, will do too.",
  type: "object",
  required: ["shipments"],
  properties: {
    shipments: {
      type: "array",
      minItems: 1,
      maxItems: BATCH_MAX,
      items: { $ref: "#/components/schemas/NewShipment" },
    },
  },
});

const BatchAnswer = z
  .object({
    data: z
      .array(
        z.object({
          status: z.number().int().describe("As POST /shipments would have answered this item."),
          shipment: ShipmentAnswer.optional(),
          error: ProblemAnswer.optional(),
        }),
      )
      .describe("One result for each item, in order."),
  })
  .openapi("NewShipmentsResult");

const route = createRoute({
  method: "post",
  path: "/shipments/batch",
  tags: ["Shipments"],
  summary: "Put up to 1,000 shipments under tracking",
  description: "Each item has its own result; a bad one spoils no other.",
  middleware: [idempotent] as const,
  request: takes(BatchInput),
  responses: { 200: answers("The results.", BatchAnswer) },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { ctx, caller, request_id } = c.var;
  const inputs = readItems(c.req.valid("json")).map((item) => {
    const read = ShipmentInput.safeParse(item);
    return read.success ? read.data : invalidInput(read.error.issues);
  });
  const parcels = inputs.reduce(
    (sum, input) => sum + (input instanceof Problem ? 0 : input.parcels.length),
    0,
  );
  if (parcels > PARCELS_MAX)
    throw invalid(
      "shipments",
      `shipments have ${parcels} parcels together; send at most ${PARCELS_MAX} in one batch.`,
    );
  const sessions = primarySessions(ctx, caller.tenant.account_number);
  c.set("sessions", sessions);
  const outcomes = await register(ctx, sessions, caller.tenant, inputs);
  const ids = outcomes.flatMap((outcome) => (outcome.kind === "registered" ? [outcome.shipment_id] : []));
  const shipments = await readShipments(sessions, caller.tenant.id, [...new Set(ids)], ctx.timeScale);
  const told = outcomes.map(async (outcome) => {
    if (outcome.kind === "refused")
      return { status: outcome.problem.status, error: outcome.problem.body(request_id) };
    const shipment = shipments.get(outcome.shipment_id);
    if (shipment === undefined)
      throw new Error(`Shipment ${outcome.shipment_id} is not there after its registration.`);
    return {
      status: outcome.created ? 201 : 200,
      shipment: await toldShipment(c, shipment),
    };
  });
  return c.json({ data: await Promise.all(told) }, 200);
};

/** The items of either form; 422 names `shipments` whichever it was. */
function readItems(body: unknown): unknown[] {
  const list = typeof body === "object" && body !== null && "shipments" in body ? body.shipments : body;
  const read = Items.safeParse(list);
  if (read.success) return read.data;
  throw invalidInput(read.error.issues.map((issue) => ({ ...issue, path: ["shipments", ...issue.path] })));
}

export const shipmentsBatch = (api: Api) => api.openapi(route, handler);
