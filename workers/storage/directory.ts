import { z } from "zod";
import type { Rule } from "../carriers/rules.ts";
import { newRule } from "../carriers/rules.ts";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";

/** The directory: who follows a carrier's number over a connection; and the operator's mappings on top of a carrier's table. */

export interface Follower {
  carrier_number: string;
  shipment_id: string;
  /** Empty where the number is the whole shipment's. */
  parcel_id: string;
  tenant_id: string;
  /** The tenant has a subscription: its object is woken. */
  subscribed: boolean;
}

const FollowerRow = z.object({
  carrier_number: z.string(),
  shipment_id: z.string(),
  parcel_id: z.string(),
  tenant_id: z.string(),
  subscribed: z.number().transform((flag) => flag === 1),
});

/** At most this many numbers are looked up in one statement. */
const NUMBERS_AT_ONCE = 5000;

const FOLLOWERS = `
SELECT f.carrier_number, f.shipment_id, f.parcel_id, f.tenant_id,
       EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = f.tenant_id) AS subscribed
FROM json_each(?2) AS n
CROSS JOIN followers f ON f.connection_id = ?1 AND f.carrier_number = n.value
CROSS JOIN connection_accounts a ON a.connection_id = f.connection_id AND a.account_number = substr(f.tenant_id, 1, length(f.tenant_id) - 5)`;

/** The followers of some numbers of a connection, of the accounts that it names today (a tenant's id is its account's and `.live` or `.test`). */
export async function followersOf(
  control: Queryable,
  connection_id: string,
  numbers: readonly string[],
): Promise<Follower[]> {
  return (await followersIn(control, connection_id, numbers, [])).followers;
}

/** The same, with the version of the operator's rules for the carrier: one round trip. */
export async function lookUp(
  control: Queryable,
  connection_id: string,
  carrier_id: string,
  numbers: readonly string[],
): Promise<{ followers: Follower[]; rules_version: string }> {
  const version = control.prepare(RULES_VERSION).bind(carrier_id);
  const { followers, others } = await followersIn(control, connection_id, numbers, [version]);
  return { followers, rules_version: VersionRow.parse(others[0]?.results[0]).version };
}

async function followersIn(
  control: Queryable,
  connection_id: string,
  numbers: readonly string[],
  others: readonly D1PreparedStatement[],
): Promise<{ followers: Follower[]; others: D1Result[] }> {
  const statements: D1PreparedStatement[] = [...others];
  for (let at = 0; at < numbers.length; at += NUMBERS_AT_ONCE)
    statements.push(
      control.prepare(FOLLOWERS).bind(connection_id, JSON.stringify(numbers.slice(at, at + NUMBERS_AT_ONCE))),
    );
  const results = statements.length === 0 ? [] : await control.batch(statements);
  const followers = results
    .slice(others.length)
    .flatMap((result) => result.results.map((raw) => FollowerRow.parse(raw)));
  return { followers, others: results.slice(0, others.length) };
}

/** Remembers which documents speak of numbers that nobody follows yet: they are read again when one is registered. */
export async function keepUntracked(
  control: Queryable,
  connection_id: string,
  spoken: readonly { number: string; document_id: string }[],
): Promise<void> {
  const rows = spoken.map(({ number, document_id }) => [number, document_id]);
  const statements = jsonPieces(rows).map((piece) =>
    control.prepare(KEEP_UNTRACKED).bind(connection_id, piece),
  );
  if (statements.length > 0) await control.batch(statements);
}

const KEEP_UNTRACKED = `
INSERT INTO untracked (connection_id, carrier_number, document_id) SELECT ?1, n.value ->> 0, n.value ->> 1 FROM json_each(?2) AS n WHERE true
ON CONFLICT DO NOTHING`;

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
INSERT INTO rereads (document_id, reread, created_at) SELECT document_id, 0, ?2 FROM (${EARLIER}) WHERE true ON CONFLICT DO NOTHING
RETURNING document_id`;

/**
 * Numbers that the carrier gave a shipment meanwhile (parcels first seen there, numbers in place of old ones) are
 * followed too, wherever the shipment is. What came of them before is noted in `rereads`, and returned. Doing it twice
 * changes nothing.
 */
export async function followFurther(
  control: Queryable,
  numbers: readonly FurtherNumber[],
  now: number,
): Promise<string[]> {
  const earlier: string[] = [];
  for (const piece of jsonPieces(numbers)) {
    const { results } = await control.prepare(FURTHER_NUMBERS).bind(piece).all();
    for (const rows of jsonPieces(results)) {
      // One transaction: whoever keeps a document as nobody's looks for followers once more after that, and finds these.
      const [, , read] = await control.batch<{ document_id: string }>([
        control.prepare(FOLLOW).bind(rows, now),
        control.prepare(ASK_INSTEAD).bind(rows, now),
        control.prepare(READ_EARLIER).bind(rows, now),
      ]);
      earlier.push(...(read?.results ?? []).map((row) => row.document_id));
    }
  }
  return earlier;
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

// Whatever the operator does to a carrier's mappings changes one of these.
const RULES_VERSION = `
SELECT count(*) || '.' || coalesce(sum(version), 0) || '.' || coalesce(max(created_at), 0) AS version FROM mappings WHERE carrier_id = ?1`;
const VersionRow = z.object({ version: z.string() });

/** The operator's own rules for a carrier, and a version that changes with them. */
export async function addedRules(
  control: Queryable,
  carrier_id: string,
): Promise<{ rules: Rule[]; version: string }> {
  const [version, found] = await control.batch([
    control.prepare(RULES_VERSION).bind(carrier_id),
    control
      .prepare(
        "SELECT id, code, sub_code, service, text_pattern, path, reason, version FROM mappings WHERE carrier_id = ?1",
      )
      .bind(carrier_id),
  ]);
  const orNull = (text: string) => (text === "" ? null : text);
  const rules = (found?.results ?? []).map((raw) => {
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
  return { rules, version: VersionRow.parse(version?.results[0]).version };
}
