import { z } from "zod";

/** Mappings that an operator added, and the documents that spoke of a code before anybody knew it. */

/** A mapping as the operator says it. Empty strings: the rule does not look at that. */
export interface NewMapping {
  carrier_id: string;
  code: string;
  sub_code: string;
  service: string;
  text_pattern: string;
  path: string;
  reason: string | null;
}

export interface StoredMapping extends NewMapping {
  id: string;
  version: number;
  created_at: number;
}

const MappingRow: z.ZodType<StoredMapping> = z.object({
  id: z.string(),
  carrier_id: z.string(),
  code: z.string(),
  sub_code: z.string(),
  service: z.string(),
  text_pattern: z.string(),
  path: z.string(),
  reason: z.string().nullable(),
  version: z.number(),
  created_at: z.number(),
});

const COLUMNS = "id, carrier_id, code, sub_code, service, text_pattern, path, reason, version, created_at";

/** Adds a mapping, or puts another code behind one of the same key: then its version counts up. */
export async function putMapping(
  control: D1Database,
  id: string,
  mapping: NewMapping,
  now: number,
): Promise<StoredMapping> {
  const row = await control
    .prepare(
      `INSERT INTO mappings (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9)
       ON CONFLICT (carrier_id, code, sub_code, service, text_pattern)
       DO UPDATE SET path = excluded.path, reason = excluded.reason, version = mappings.version + 1, created_at = excluded.created_at
       RETURNING ${COLUMNS}`,
    )
    .bind(
      id,
      mapping.carrier_id,
      mapping.code,
      mapping.sub_code,
      mapping.service,
      mapping.text_pattern,
      mapping.path,
      mapping.reason,
      now,
    )
    .first();
  return MappingRow.parse(row);
}

/** A carrier's mappings in the order of their keys, or every carrier's. */
export async function listMappings(
  control: D1Database,
  after: string,
  limit: number,
): Promise<StoredMapping[]> {
  const { results } = await control
    .prepare(`SELECT ${COLUMNS} FROM mappings WHERE id > ?1 ORDER BY id LIMIT ?2`)
    .bind(after, limit)
    .all();
  return results.map((row) => MappingRow.parse(row));
}

/** Takes a mapping back. False where there is none. */
export async function deleteMapping(control: D1Database, id: string): Promise<StoredMapping | null> {
  const row = await control
    .prepare(`DELETE FROM mappings WHERE id = ?1 RETURNING ${COLUMNS}`)
    .bind(id)
    .first();
  return row === null ? null : MappingRow.parse(row);
}

/** Documents in which a shard saw a code that no rule knew, oldest first. An empty sub-code in the mapping stands for any. */
export async function documentsWithUnmapped(
  shard: D1Database,
  { carrier_id, code, sub_code }: Pick<NewMapping, "carrier_id" | "code" | "sub_code">,
  limit: number,
): Promise<string[]> {
  const { results } = await shard
    .prepare(
      `SELECT DISTINCT document_id FROM unmapped_documents
       WHERE carrier_id = ?1 AND code = ?2 AND (?3 = '' OR sub_code = ?3) ORDER BY document_id LIMIT ?4`,
    )
    .bind(carrier_id, code, sub_code, limit)
    .all<{ document_id: string }>();
  return results.map((row) => row.document_id);
}

/** The code is known now, in the documents that are read again: once none is left it leaves the list. */
export async function forgetUnmapped(
  shard: D1Database,
  { carrier_id, code, sub_code }: Pick<NewMapping, "carrier_id" | "code" | "sub_code">,
  document_ids: readonly string[],
): Promise<void> {
  await shard.batch([
    shard
      .prepare(
        `DELETE FROM unmapped_documents WHERE carrier_id = ?1 AND code = ?2 AND (?3 = '' OR sub_code = ?3)
         AND document_id IN (SELECT value FROM json_each(?4))`,
      )
      .bind(carrier_id, code, sub_code, JSON.stringify(document_ids)),
    shard
      .prepare(
        `DELETE FROM unmapped WHERE carrier_id = ?1 AND code = ?2 AND (?3 = '' OR sub_code = ?3)
         AND NOT EXISTS (SELECT 1 FROM unmapped_documents d WHERE d.carrier_id = unmapped.carrier_id AND d.code = unmapped.code AND d.sub_code = unmapped.sub_code)`,
      )
      .bind(carrier_id, code, sub_code),
  ]);
}
