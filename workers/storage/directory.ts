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

/** A further number of a followed shipment. */
export interface FurtherNumber {
  shipment_id: string;
  number: string;
  /** Empty where it is the whole shipment's. */
  parcel_id: string;
  /** The number it stands in place of; null for a parcel first seen at the carrier. */
  instead_of: string | null;
}

/** Documents about one further number that are read again at once. */
const EARLIER_DOCUMENTS = 1000;

const FURTHER_NUMBERS = `
SELECT DISTINCT f.connection_id, p.value ->> 'number' AS number, f.shipment_id, p.value ->> 'parcel_id' AS parcel_id, f.tenant_id,
       p.value ->> 'instead_of' AS instead_of
FROM json_each(?1) AS p CROSS JOIN followers f ON f.shipment_id = p.value ->> 'shipment_id'
WHERE NOT EXISTS (SELECT 1 FROM followers k WHERE k.connection_id = f.connection_id AND k.carrier_number = p.value ->> 'number'
                  AND k.shipment_id = f.shipment_id AND k.parcel_id = p.value ->> 'parcel_id')`;

const FOLLOW = `
INSERT INTO followers (connection_id, carrier_number, shipment_id, parcel_id, tenant_id, created_at)
SELECT p.value ->> 'connection_id', p.value ->> 'number', p.value ->> 'shipment_id', p.value ->> 'parcel_id', p.value ->> 'tenant_id', ?2
FROM json_each(?1) AS p WHERE true ON CONFLICT DO NOTHING`;

// A carrier may say no more under the old number: the new one is asked for beside it.
const ASK_INSTEAD = `
INSERT INTO checks (connection_id, carrier_number, interval_s, slot, answer_hash, status, changed_at)
SELECT c.connection_id, p.value ->> 'number', c.interval_s, c.slot, NULL, c.status, ?2
FROM json_each(?1) AS p CROSS JOIN checks c ON c.connection_id = p.value ->> 'connection_id' AND c.carrier_number = p.value ->> 'instead_of'
WHERE true ON CONFLICT DO NOTHING`;

const EARLIER = `
SELECT u.document_id FROM json_each(?1) AS p
CROSS JOIN untracked u ON u.connection_id = p.value ->> 'connection_id' AND u.carrier_number = p.value ->> 'number' LIMIT ${EARLIER_DOCUMENTS}`;

const READ_EARLIER = `
UPDATE documents SET state = 'accepted', failures = 0, runs = runs + 1, run_at = NULL WHERE id IN (${EARLIER})`;

// As `acceptAgain` has it: the watermark means that nothing at or before it waits.
const SWEEP_EARLIER = `
UPDATE sweeps SET watermark = (SELECT substr(min(document_id), 1, length(min(document_id)) - 1) FROM (${EARLIER}))
WHERE name = 'documents' AND watermark >= (SELECT min(document_id) FROM (${EARLIER}))`;

/**
 * Numbers that the carrier gave a shipment meanwhile (parcels first seen there, numbers in place of old ones) are
 * followed too, wherever the shipment is, and what came of them before that is read again. Said twice it changes nothing.
 */
export async function followFurther(
  control: D1Database,
  numbers: readonly FurtherNumber[],
  now: number,
): Promise<void> {
  for (const piece of jsonPieces(numbers)) {
    const { results } = await control.prepare(FURTHER_NUMBERS).bind(piece).all();
    for (const rows of jsonPieces(results)) {
      // One transaction: whoever keeps a document as nobody's looks for followers once more after that, and finds these.
      await control.batch([
        control.prepare(FOLLOW).bind(rows, now),
        control.prepare(ASK_INSTEAD).bind(rows, now),
        control.prepare(READ_EARLIER).bind(rows),
        control.prepare(SWEEP_EARLIER).bind(rows),
      ]);
    }
  }
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
