import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { isStatus, STATUS_WORDS } from "../../domain/statuses.ts";
import {
  listShipments,
  positionBefore,
  readShipments,
  type Shipment,
  stopShipment,
} from "../../storage/shipments.ts";
import type { Api, ApiEnv, Call } from "../api-env.ts";
import { type Cursor, parseCursor, readCursor, writeCursor } from "../cursor.ts";
import { parseTime } from "../iso-time.ts";
import { unknown } from "../problem.ts";
import { answers, CursorText, Limit, pageOf } from "../schemas/common.ts";
import { ShipmentAnswer } from "../schemas/shipment.ts";
import { primarySessions, type Sessions } from "../sessions.ts";
import { notAPlace } from "../since.ts";
import { toldShipment } from "../tracking-url.ts";

const path = z.object({ id: z.string().max(80).describe("shp_…") });

const read = createRoute({
  method: "get",
  path: "/shipments/{id}",
  tags: ["Shipments"],
  summary: "Read a shipment",
  request: { params: path },
  responses: { 200: answers("The registration, and where the shipment is.", ShipmentAnswer) },
});

const handleRead: RouteHandler<typeof read, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const shipment = (await find(c, c.var.sessions, id)) ?? (await findOnPrimary(c, id));
  if (shipment === undefined) throw unknown("shipment", id);
  return c.json(await toldShipment(c, shipment), 200);
};

async function find(c: Call, sessions: Sessions, id: string): Promise<Shipment | undefined> {
  const { caller, ctx } = c.var;
  return (await readShipments(sessions, caller.tenant.id, [id], ctx.timeScale)).get(id);
}

async function findOnPrimary(c: Call, id: string): Promise<Shipment | undefined> {
  if (c.var.sessions.primary) return undefined;
  const sessions = primarySessions(c.var.ctx, c.var.caller.tenant.account_number);
  c.set("sessions", sessions);
  return find(c, sessions, id);
}

const list = createRoute({
  method: "get",
  path: "/shipments",
  tags: ["Shipments"],
  summary: "List shipments",
  description:
    "In the order of their last change. With a filter by carrier or time a page may hold fewer than `limit`, and even none, while next_cursor goes on.",
  request: {
    query: z.object({
      limit: Limit,
      cursor: CursorText.optional(),
      status: z
        .string()
        .refine(isStatus, { error: `status must be one of ${STATUS_WORDS.join(", ")}.` })
        .optional()
        .describe("Only shipments with this status."),
      carrier_id: z.string().max(60).optional().describe("Only this carrier's."),
      updated_since: z
        .string()
        .max(200)
        .optional()
        .describe("Only what changed since: a time in ISO 8601 with offset, or a cursor."),
    }),
  },
  responses: { 200: answers("A page of shipments.", pageOf(ShipmentAnswer)) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor, status, carrier_id, updated_since } = c.req.valid("query");
  const { sessions, caller } = c.var;
  const since = await sinceOf(sessions, caller.tenant.id, updated_since);
  const after = cursor === undefined ? since.after : readCursor("cursor", cursor);
  const { ids, next } = await listShipments(sessions.shard, caller.tenant.id, {
    status: status !== undefined && isStatus(status) ? status : null,
    carrier_id: carrier_id ?? null,
    updated_since: since.time,
    after,
    limit,
  });
  const shipments = await readShipments(sessions, caller.tenant.id, ids, c.var.ctx.timeScale);
  const page = ids.map((id) => shipments.get(id)).filter((shipment) => shipment !== undefined);
  const data = await Promise.all(page.map((shipment) => toldShipment(c, shipment)));
  return c.json({ data, next_cursor: next === null ? null : writeCursor(next) }, 200);
};

/** Where the list begins. A time is turned into the feed's position before it, so that only what is younger is looked at. */
async function sinceOf(
  { shard }: Sessions,
  tenant_id: string,
  text: string | undefined,
): Promise<{ after: Cursor; time: number | null }> {
  if (text === undefined) return { after: { position: -1, id: "" }, time: null };
  const time = parseTime(text);
  if (time === null) {
    const cursor = parseCursor(text);
    if (cursor === null) throw notAPlace("updated_since");
    return { after: cursor, time: null };
  }
  // A shipment that has no event yet stands at the position that the feed had at its registration: so from there on, not after.
  return { after: { position: (await positionBefore(shard, tenant_id, time)) - 1, id: "" }, time };
}

const stop = createRoute({
  method: "delete",
  path: "/shipments/{id}",
  tags: ["Shipments"],
  summary: "Stop tracking a shipment",
  description: "It stays readable; its number starts a new shipment when it is registered again.",
  request: { params: path },
  responses: { 204: { description: "Not tracked any more." } },
});

const handleStop: RouteHandler<typeof stop, ApiEnv> = async (c) => {
  const { ctx, caller } = c.var;
  const { id } = c.req.valid("param");
  const sessions = primarySessions(ctx, caller.tenant.account_number);
  c.set("sessions", sessions);
  if (!(await stopShipment(sessions, caller.tenant.id, id, ctx.now()))) throw unknown("shipment", id);
  return c.body(null, 204);
};

export const shipmentsRead = (api: Api) =>
  api.openapi(list, handleList).openapi(read, handleRead).openapi(stop, handleStop);
