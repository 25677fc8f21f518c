import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { listUnmapped, type UnmappedCode, type UnmappedKey } from "../../storage/unmapped.ts";
import type { Api, ApiEnv } from "../api-env.ts";
import { readTextCursor, writeTextCursor } from "../paging.ts";
import { answers, isoTime, PageQuery, pageOf, Time } from "../schemas/common.ts";

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

const Key = z.tuple([z.string(), z.string(), z.string()]);
const keyOf = ({ carrier_id, code, sub_code }: UnmappedKey) => JSON.stringify([carrier_id, code, sub_code]);

const handler: RouteHandler<typeof route, ApiEnv> = async (c) => {
  const { limit, cursor, carrier_id = null } = c.req.valid("query");
  const [afterCarrier, afterCode, afterSub] =
    cursor === undefined ? ["", "", ""] : readTextCursor(cursor, Key);
  const after = { carrier_id: afterCarrier, code: afterCode, sub_code: afterSub };
  const shards = await Promise.all(
    c.var.ctx.shards().map((shard) => listUnmapped(shard, carrier_id, after, limit + 1)),
  );
  const codes = addUp(shards.flat());
  const page = codes.slice(0, limit);
  const last = page.at(-1);
  const next_cursor = codes.length > limit && last !== undefined ? writeTextCursor(keyOf(last)) : null;
  return c.json({ data: page.map(told), next_cursor }, 200);
};

/** The same code in several shards is one line; in the order of the key. */
function addUp(rows: readonly UnmappedCode[]): UnmappedCode[] {
  const byKey = new Map<string, UnmappedCode>();
  for (const row of rows) {
    const known = byKey.get(keyOf(row));
    byKey.set(
      keyOf(row),
      known === undefined
        ? row
        : {
            ...known,
            count: known.count + row.count,
            first_seen_at: Math.min(known.first_seen_at, row.first_seen_at),
            last_seen_at: Math.max(known.last_seen_at, row.last_seen_at),
          },
    );
  }
  const order = (a: UnmappedKey, b: UnmappedKey) =>
    compare(a.carrier_id, b.carrier_id) || compare(a.code, b.code) || compare(a.sub_code, b.sub_code);
  return [...byKey.values()].sort(order);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function told(row: UnmappedCode): z.infer<typeof UnmappedAnswer> {
  return { ...row, first_seen_at: isoTime(row.first_seen_at), last_seen_at: isoTime(row.last_seen_at) };
}

export const unmappedList = (api: Api) => api.openapi(route, handler);
