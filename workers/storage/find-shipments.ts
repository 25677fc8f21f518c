import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/** Shipments by whatever a person has in hand: exact matches, each by an index, never more than asked for. */

export const FOUND_BY = [
  "shipment id",
  "tracking number",
  "parcel id",
  "uuid_ref",
  "parcel's uuid_ref",
  "shipper's reference",
  "receiver's reference",
] as const;

type FoundBy = (typeof FOUND_BY)[number];

const Found = z.object({ shipment_id: z.string(), tenant_id: z.string(), found_by: z.enum(FOUND_BY) });
export type Found = z.infer<typeof Found>;

export interface Wanted {
  /** As it was typed, without the blanks around it. */
  word: string;
  /** The same as carriers' numbers are kept. */
  numbers: readonly string[];
}

/** Whose: one tenant's, or everybody's for the operator. */
const ONE = "tenant_id = ?2";
const ALL = "?2 IS NULL";

const registered = (table: "shipments" | "parcels", path: string, by: FoundBy, whose: string) => `
SELECT ${table === "shipments" ? "id" : "shipment_id"} AS shipment_id, tenant_id, '${by.replaceAll("'", "''")}' AS found_by FROM ${table}
WHERE registration ->> '${path}' = ?1 AND registration ->> '${path}' IS NOT NULL AND ${whose} LIMIT ?3`;

// One statement for each index: D1 puts no more than five into a compound one.
const questions = (whose: string): string[] => [
  `SELECT id AS shipment_id, tenant_id, 'shipment id' AS found_by FROM shipments WHERE id = ?1 AND ${whose} LIMIT ?3`,
  `SELECT shipment_id, tenant_id, 'parcel id' AS found_by FROM parcels WHERE id = ?1 AND ${whose} LIMIT ?3`,
  registered("shipments", "$.uuid_ref", "uuid_ref", whose),
  registered("parcels", "$.uuid_ref", "parcel's uuid_ref", whose),
  registered("shipments", "$.references.shipper", "shipper's reference", whose),
  registered("shipments", "$.references.receiver", "receiver's reference", whose),
];

const byNumber = (whose: string): string => `
SELECT n.shipment_id, n.tenant_id, 'tracking number' AS found_by FROM json_each(?1) j
CROSS JOIN shipment_numbers n ON n.carrier_number = j.value AND ${whose.replace("tenant_id", "n.tenant_id")} LIMIT ?3`;

/** What a shard has under a word: at most `limit` of each kind, each shipment once. `tenant_id` null: whosever it is. */
export async function findShipments(
  shard: Queryable,
  tenant_id: string | null,
  { word, numbers }: Wanted,
  limit: number,
): Promise<Found[]> {
  const whose = tenant_id === null ? ALL : ONE;
  const answers = await shard.batch([
    shard.prepare(byNumber(whose)).bind(JSON.stringify(numbers), tenant_id, limit),
    ...questions(whose).map((sql) => shard.prepare(sql).bind(word, tenant_id, limit)),
  ]);
  const found = new Map<string, Found>();
  for (const raw of answers.flatMap(({ results }) => results)) {
    const row = Found.parse(raw);
    if (!found.has(row.shipment_id)) found.set(row.shipment_id, row);
  }
  return [...found.values()];
}

/** Whose a shipment is; null where the shard has none of that id. */
export async function tenantOfShipment(shard: Queryable, id: string): Promise<string | null> {
  const row = await shard
    .prepare("SELECT tenant_id FROM shipments WHERE id = ?1")
    .bind(id)
    .first<{ tenant_id: string }>();
  return row?.tenant_id ?? null;
}

const KeyRow = z.object({ id: z.string(), updated_position: z.number() });

/** A tenant's shipments, those that changed last first, from the one before `before` on; null: from the newest. */
export async function latestShipments(
  shard: Queryable,
  tenant_id: string,
  before: { position: number; id: string } | null,
  limit: number,
): Promise<{ id: string; position: number }[]> {
  const from = before ?? { position: Number.MAX_SAFE_INTEGER, id: "" };
  const { results } = await shard
    .prepare(
      `SELECT id, updated_position FROM shipments WHERE tenant_id = ?1 AND (updated_position, id) < (?2, ?3)
       ORDER BY updated_position DESC, id DESC LIMIT ?4`,
    )
    .bind(tenant_id, from.position, from.id, limit)
    .all();
  return results.map((raw) => {
    const { id, updated_position } = KeyRow.parse(raw);
    return { id, position: updated_position };
  });
}
