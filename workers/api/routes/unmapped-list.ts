import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { UnmappedCode } from "../../storage/unmapped.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { answers, isoTime, PageQuery, pageOf, Time } from "../schemas/common.ts";
import { unmappedPage } from "../unmapped-page.ts";

const UnmappedAnswer = z
  .object({
    carrier_id: z.string(),
    code: z.string().describe("As the carrier sent it; empty where it sent none."),
    sub_code: z.string(),
    sample_text: z.string().nullable(),
    sample_document_id: z.string(),
    count: z.number().int().describe("Events that came with it."),
    first_seen_at: Time,
    last_seen_at: Time,
  })
  .openapi("UnmappedCode");

const route = createRoute({
  method: "get",
  path: "/admin/unmapped",
  tags: ["Operator"],
  summary: "List codes that no rule knows",
  request: { query: PageQuery.extend({ carrier_id: z.string().max(60).optional() }) },
  responses: { 200: answers("Codes with their counts and a sample.", pageOf(UnmappedAnswer)) },
});

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const page = await unmappedPage(c.var.ctx, c.req.valid("query"));
  return c.json({ data: page.codes.map(told), next_cursor: page.next_cursor }, 200);
};

function told(row: UnmappedCode): z.infer<typeof UnmappedAnswer> {
  return { ...row, first_seen_at: isoTime(row.first_seen_at), last_seen_at: isoTime(row.last_seen_at) };
}

export const unmappedList = (api: Api) => api.openapi(route, handler);
