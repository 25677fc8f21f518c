import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { applyMapping, tryMapping, withdrawMapping } from "../../flow/remap.ts";
import { listMappings, type StoredMapping } from "../../storage/mappings.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { idempotent } from "../idempotency.ts";
import { checkedMapping, MappingInput, Since } from "../mapping-input.ts";
import { nextAfter, pageAfter } from "../paging.ts";
import { unknown } from "../problem.ts";
import { answers, isoTime, PageQuery, pageOf, Time, takes } from "../schemas/common.ts";

/** What the hub did not understand, mended by an operator: map a code, see what would change, apply it. */

const tags = ["Operator"];

const MappingAnswer = z
  .object({
    id: z.string(),
    carrier_id: z.string(),
    code: z.string(),
    sub_code: z.string(),
    service: z.string(),
    text_pattern: z.string(),
    path: z.string(),
    reason: z.string().nullable(),
    version: z.number().int().describe("Counts up when the same key is mapped to something else."),
    created_at: Time,
  })
  .openapi("Mapping");

const Applied = z
  .object({
    mapping: MappingAnswer,
    documents: z.number().int().describe("Raw documents that are read again."),
  })
  .openapi("MappingApplied");

const DryRunAnswer = z
  .object({
    documents: z.number().int().describe("Kept documents in which something would change."),
    events: z.number().int(),
    more: z.boolean().describe("There are more documents than were looked at."),
    changes: z.array(
      z.object({
        document_id: z.string(),
        carrier_tracking_id: z.string(),
        parcel_tracking_id: z.string().nullable(),
        carrier_utc: z.string().nullable(),
        carrier_code: z.string().nullable(),
        carrier_sub_code: z.string().nullable(),
        from: z.string(),
        to: z.string(),
      }),
    ),
  })
  .openapi("MappingDryRun");

const told = ({ created_at, ...mapping }: StoredMapping) => ({ ...mapping, created_at: isoTime(created_at) });

const dryRun = createRoute({
  method: "post",
  path: "/admin/mappings/dry-run",
  tags,
  summary: "See what a mapping would change",
  description: "Reads the kept documents with and without it. Changes nothing.",
  request: takes(MappingInput),
  responses: { 200: answers("Which events would be told otherwise.", DryRunAnswer) },
});

const handleDryRun: RouteHandler<typeof dryRun, ApiEnv> = async (c) => {
  const { mapping, since } = checkedMapping(c.req.valid("json"));
  return c.json(await tryMapping(c.var.ctx, mapping, since), 200);
};

const create = createRoute({
  method: "post",
  path: "/admin/mappings",
  tags,
  summary: "Map a carrier's code",
  description:
    "Keeps the mapping and reads the documents again; customers get what changed as further events.",
  middleware: [idempotent] as const,
  request: takes(MappingInput),
  responses: { 201: answers("The mapping, and how many documents are read again.", Applied) },
});

const handleCreate: RouteHandler<typeof create, ApiEnv> = async (c) => {
  const { mapping, since } = checkedMapping(c.req.valid("json"));
  const applied = await applyMapping(c.var.ctx, mapping, since);
  return c.json({ mapping: told(applied.mapping), documents: applied.documents }, 201);
};

const list = createRoute({
  method: "get",
  path: "/admin/mappings",
  tags,
  summary: "List the mappings that operators added",
  request: { query: PageQuery },
  responses: { 200: answers("A page of mappings.", pageOf(MappingAnswer)) },
});

const handleList: RouteHandler<typeof list, ApiEnv> = async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const rows = await listMappings(c.var.ctx.control, pageAfter(cursor), limit + 1);
  const next_cursor = nextAfter(rows, limit, ({ id }) => id);
  return c.json({ data: rows.slice(0, limit).map(told), next_cursor }, 200);
};

const withdraw = createRoute({
  method: "delete",
  path: "/admin/mappings/{id}",
  tags,
  summary: "Take a mapping back",
  description: "With since, the carrier's documents from then on are read again without it.",
  request: { params: z.object({ id: z.string() }), query: z.object({ since: Since }) },
  responses: {
    200: answers("How many documents are read again.", z.object({ documents: z.number().int() })),
  },
});

const handleWithdraw: RouteHandler<typeof withdraw, ApiEnv> = async (c) => {
  const { id } = c.req.valid("param");
  const { since } = c.req.valid("query");
  const withdrawn = await withdrawMapping(c.var.ctx, id, since === undefined ? null : Date.parse(since));
  if (withdrawn === null) throw unknown("mapping", id);
  return c.json(withdrawn, 200);
};

export const mappings = (api: Api) => {
  api.openapi(dryRun, handleDryRun);
  api.openapi(create, handleCreate);
  api.openapi(list, handleList);
  api.openapi(withdraw, handleWithdraw);
};
