import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/** Codes that no rule knows, as the operator sees them. */

const Row = z.object({
  carrier_id: z.string(),
  code: z.string(),
  sub_code: z.string(),
  sample_text: z.string().nullable(),
  sample_document_id: z.string(),
  count: z.number(),
  first_seen_at: z.number(),
  last_seen_at: z.number(),
});
export type UnmappedCode = z.infer<typeof Row>;

export type UnmappedKey = Pick<UnmappedCode, "carrier_id" | "code" | "sub_code">;

/** A shard's unmapped codes in the order of their key, after one of them. */
export async function listUnmapped(
  shard: Queryable,
  carrier_id: string | null,
  after: UnmappedKey,
  limit: number,
): Promise<UnmappedCode[]> {
  const { results } = await shard
    .prepare(
      `SELECT carrier_id, code, sub_code, sample_text, sample_document_id, count, first_seen_at, last_seen_at FROM unmapped
       WHERE (carrier_id, code, sub_code) > (?1, ?2, ?3) AND ${carrier_id === null ? "?5 IS NULL" : "carrier_id = ?5"}
       ORDER BY carrier_id, code, sub_code LIMIT ?4`,
    )
    .bind(after.carrier_id, after.code, after.sub_code, limit, carrier_id)
    .all();
  return results.map((raw) => Row.parse(raw));
}
