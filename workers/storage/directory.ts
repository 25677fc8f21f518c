import { z } from "zod";
import type { Rule } from "../carriers/rules.ts";
import { newRule } from "../carriers/rules.ts";
import { jsonPieces } from "./json-rows.ts";

/** The directory: who follows a carrier's number over a connection; and the operator's mappings on top of a carrier's table. */

export interface Follower {
  carrier_number: string;
  shipment_id: string;
  /** Empty where the number is the whole shipment's. */
  parcel_id: string;
  tenant_id: string;
}

const FollowerRow = z.object({
  carrier_number: z.string(),
  shipment_id: z.string(),
  parcel_id: z.string(),
  tenant_id: z.string(),
});

/** At most this many numbers are looked up in one statement. */
const NUMBERS_AT_ONCE = 5000;

/** The followers of some numbers of a connection, of the accounts that it names today (a tenant's id is its account's and `.live` or `.test`). */
export async function followersOf(
  control: D1Database,
  connection_id: string,
  numbers: readonly string[],
): Promise<Follower[]> {
  const found: Follower[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS_AT_ONCE) {
    const { results } = await control
      .prepare(
        `SELECT f.carrier_number, f.shipment_id, f.parcel_id, f.tenant_id FROM json_each(?2) AS n
         CROSS JOIN followers f ON f.connection_id = ?1 AND f.carrier_number = n.value
         CROSS JOIN connection_accounts a ON a.connection_id = f.connection_id AND a.account_number = substr(f.tenant_id, 1, length(f.tenant_id) - 5)`,
      )
      .bind(connection_id, JSON.stringify(numbers.slice(at, at + NUMBERS_AT_ONCE)))
      .all();
    for (const raw of results) found.push(FollowerRow.parse(raw));
  }
  return found;
}

/** Remembers that a document speaks of numbers nobody follows yet: read again when one is registered. */
export async function keepUntracked(
  control: D1Database,
  connection_id: string,
  document_id: string,
  numbers: readonly string[],
): Promise<void> {
  for (const piece of jsonPieces(numbers)) {
    await control
      .prepare(
        `INSERT INTO untracked (connection_id, carrier_number, document_id) SELECT ?1, n.value, ?2 FROM json_each(?3) AS n WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(connection_id, document_id, piece)
      .run();
  }
}

/** Parcels first seen at the carrier are followed by their own number too, wherever their shipment is followed. */
export async function followParcels(
  control: D1Database,
  parcels: readonly { shipment_id: string; number: string; parcel_id: string }[],
  now: number,
): Promise<void> {
  if (parcels.length === 0) return;
  await control
    .prepare(
      `INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at)
       SELECT DISTINCT f.connection_id, p.value ->> 'number', f.shipment_id, p.value ->> 'parcel_id', f.tenant_id, ?2
       FROM json_each(?1) AS p CROSS JOIN followers f ON f.shipment_id = p.value ->> 'shipment_id' WHERE true ON CONFLICT DO NOTHING`,
    )
    .bind(JSON.stringify(parcels), now)
    .run();
}

const MappingRow = z.object({
  id: z.string(),
  code: z.string(),
  sub_code: z.string(),
  service: z.string(),
  text_pattern: z.string(),
  path: z.string(),
  reason: z.string().nullable(),
  version: z.number(),
});

/** The operator's own rules for a carrier. */
export async function addedRules(control: D1Database, carrier_id: string): Promise<Rule[]> {
  const { results } = await control
    .prepare(
      "SELECT id, code, sub_code, service, text_pattern, path, reason, version FROM mappings WHERE carrier_id = ?1",
    )
    .bind(carrier_id)
    .all();
  const orNull = (text: string) => (text === "" ? null : text);
  return results.map((raw) => {
    const row = MappingRow.parse(raw);
    const rule = newRule(carrier_id, row.version, {
      code: orNull(row.code),
      sub_code: orNull(row.sub_code),
      service: orNull(row.service),
      text: orNull(row.text_pattern),
      path: row.path,
      reason: row.reason,
    });
    return { ...rule, id: row.id };
  });
}
