import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { followedNumber } from "../../carriers/detection.ts";
import { findCarrier } from "../../carriers/registry.ts";
import { isoUtc } from "../../domain/local-time.ts";
import { countRead } from "../../observe/track-reads.ts";
import { type Asked, readTracked, type Tracked, type TrackQuery } from "../../storage/track.ts";
import type { Api, ApiEnv, Call } from "../api-env.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { Problem, unknown } from "../problem.ts";
import { takes, writes } from "../schemas/common.ts";
import { TrackAnswer, TrackInput, type TrackTold, trackAnswer, UnknownAnswer } from "../schemas/track.ts";
import { primarySessions } from "../sessions.ts";

const single = createRoute({
  method: "get",
  path: "/shipments/{id}/track",
  tags: ["Tracking"],
  summary: "Track Single Shipment",
  request: { params: z.object({ id: z.string().max(80).describe("shp_…") }) },
  responses: { 200: writes("The shipment's whole timeline.", TrackAnswer) },
});

const handleSingle: RouteHandler<typeof single, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const { tenant } = c.var.caller;
  const { shipments, head } = await readFresh(c, {
    tenant_id: tenant.id,
    asked: [{ id }],
    since: null,
    photos: true,
  });
  const [shipment] = shipments;
  if (!shipment) throw unknown("shipment", id);
  const answer = trackAnswer(shipment);
  tellFreshness(c, [answer], head);
  countRead(c.var.ctx, tenant.id, answer.events);
  return told(c, answer.json);
};

const batch = createRoute({
  method: "post",
  path: "/track",
  tags: ["Tracking"],
  summary: "Batch Track Shipments",
  description:
    "Up to 100 shipments by id or by carrier and number, answered in the order asked. With `since`, only shipments and events that are new, and 204 where nothing is.",
  request: takes(TrackInput),
  responses: {
    200: writes(
      "The timelines, or why there is none, in the order asked.",
      z.array(z.union([TrackAnswer, UnknownAnswer])),
    ),
    204: { description: "Nothing new since the cursor." },
  },
});

const handleBatch: RouteHandler<typeof batch, ApiEnv> = async (c) => {
  const input = c.req.valid("json");
  const { tenant } = c.var.caller;
  const asked: Asked[] = input.ids?.map((id) => ({ id })) ?? (input.shipments ?? []).map(asFollowed);
  const since = input.since ? readCursor("since", input.since).position : null;
  const { shipments, head } = await readFresh(c, { tenant_id: tenant.id, asked, since, photos: false });
  if (shipments.every((shipment) => shipment === null))
    throw new Problem(404, "None of these shipments is in this account.");
  const known = shipments.map((shipment) => (shipment === null ? null : trackAnswer(shipment)));
  const news = known.filter((answer) => answer !== null);
  tellFreshness(c, news, head);
  const events = news.reduce((sum, answer) => sum + answer.events, 0);
  countRead(c.var.ctx, tenant.id, events);
  if (since !== null && events === 0) return c.body(null, 204);
  const answers = known.flatMap((answer, at) => {
    if (answer === null) return JSON.stringify(unknownAnswer(asked[at]));
    return since !== null && answer.events === 0 ? [] : answer.json;
  });
  return told(c, `[${answers.join()}]`);
};

/** JSON that is written already. */
function told(c: Call, json: string): Response {
  return c.body(json, 200, { "content-type": "application/json" });
}

/** Numbers are looked up in the form in which they were registered. */
function asFollowed({
  carrier_id,
  carrier_tracking_id,
}: {
  carrier_id: string;
  carrier_tracking_id: string;
}): Asked {
  const carrier = findCarrier(carrier_id);
  return {
    carrier_id,
    carrier_tracking_id:
      carrier === null ? carrier_tracking_id : followedNumber(carrier, carrier_tracking_id),
  };
}

function unknownAnswer(asked: Asked | undefined): z.infer<typeof UnknownAnswer> {
  const error = { status: 404 as const, detail: "There is no such shipment in this account." };
  return asked !== undefined && "id" in asked ? { id: asked.id, error } : { id: null, ...asked, error };
}

/** From the nearest replica; what is not there is asked of the primary before it is called unknown. */
async function readFresh(c: Call, query: TrackQuery): Promise<Tracked> {
  const tracked = await readTracked(c.var.sessions.shard, query);
  const missing = tracked.shipments.flatMap((shipment, at) => (shipment === null ? [at] : []));
  if (missing.length === 0 || c.var.sessions.primary) return tracked;
  const sessions = primarySessions(c.var.ctx, c.var.caller.tenant.account_number);
  c.set("sessions", sessions);
  const asked = query.asked.filter((_, at) => missing.includes(at));
  const again = await readTracked(sessions.shard, { ...query, asked });
  missing.forEach((at, place) => {
    tracked.shipments[at] = again.shipments[place] ?? null;
  });
  return tracked;
}

function tellFreshness(c: Call, told: readonly TrackTold[], head: number): void {
  const newest = told.reduce((latest, { newest_at }) => Math.max(latest, newest_at ?? 0), 0);
  if (newest > 0) c.header("x-last-updated", isoUtc(newest));
  c.header("x-next-cursor", writeCursor({ position: head }));
}

export const track = (api: Api) => api.openapi(single, handleSingle).openapi(batch, handleBatch);
