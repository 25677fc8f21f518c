import { z } from "zod";
import type { Tenant } from "../domain/tenant.ts";
import type { KeyValue } from "../domain/tracking-event.ts";
import type { Shard } from "./account-shard.ts";
import { connectionsFeeding, type FeedingConnection } from "./connections.ts";
import { type FollowedNumber, followStatements, unfollowStatements } from "./follow.ts";
import { jsonPieces } from "./json-rows.ts";
import type { Queryable } from "./queryable.ts";

/**
 * Puts shipments under tracking, one or a thousand with the same handful of statements. The control rows come first, so
 * that a shipment that exists is always followed; the shard then decides in one transaction which shipment a number
 * stands for. What loses that race is taken out of the directory again.
 */

export interface NewParcel {
  carrier_tracking_id: string;
  uuid_ref: string | null;
  meta_data: KeyValue[];
}

export interface NewShipment {
  carrier_id: string;
  carrier_tracking_id: string;
  /** Further numbers of the same shipment. */
  carrier_tracking_ids: string[];
  uuid_ref: string | null;
  tracking_level: "shipment" | "parcel";
  references: { shipper: string | null; receiver: string | null } | null;
  meta_data: KeyValue[];
  destination: { iso_country: string | null; postal_code: string | null } | null;
  direction: "outbound" | "return";
  parcels: NewParcel[];
}

export type Registered =
  | { kind: "registered"; shipment_id: string; created: boolean }
  /** No connection of this carrier feeds the account. */
  | { kind: "no_connection" };

export interface RegistrationPorts {
  control: Queryable;
  shard: Shard;
  /** Documents that spoke of a number before anybody followed it: they are noted to be read again, and can be handed over. */
  takeUp(document_ids: readonly string[]): Promise<void>;
  now(): number;
  newId(prefix: "shp" | "prc"): string;
  timeScale: number;
}

/** After its end a number stays with its shipment this long; then the carrier may have given it to another. */
const NUMBER_KEPT_MS = 90 * 86_400_000;

interface Candidate {
  item: NewShipment;
  id: string;
  numbers: FollowedNumber[];
  parcels: (NewParcel & { id: string })[];
  not_before: number | null;
  /** Ended shipments that stood behind its numbers: they follow them no longer. */
  takes_over: string[];
}

/** One result for each item, in order. The same carrier and number again while it is live: the same id, `created` false. */
export async function registerShipments(
  ports: RegistrationPorts,
  tenant: Tenant,
  items: readonly NewShipment[],
): Promise<Registered[]> {
  const now = ports.now();
  const [connections, holders] = await Promise.all([
    connectionsFeeding(ports.control, tenant.account_number, [
      ...new Set(items.map((item) => item.carrier_id)),
    ]),
    numberHolders(ports.shard, tenant.id, items, now),
  ]);
  await touchOld(ports.shard, holders, now);
  const results: Registered[] = [];
  const candidates: Candidate[] = [];
  const silent: Candidate[] = [];
  const claimed = new Map<string, string>();
  for (const item of items) {
    const main = keyOf(item.carrier_id, item.carrier_tracking_id);
    const holder = holders.get(main);
    const held = claimed.get(main) ?? (holder?.live ? holder.shipment_id : undefined);
    if (held !== undefined) {
      results.push({ kind: "registered", shipment_id: held, created: false });
      if (holder?.silent) silent.push(candidateOf(item, held, ports, null));
    } else if (!connections.has(item.carrier_id)) {
      results.push({ kind: "no_connection" });
    } else {
      const before = numbersOf(item).flatMap((number) => holders.get(keyOf(item.carrier_id, number)) ?? []);
      const candidate = candidateOf(item, ports.newId("shp"), ports, before.length > 0 ? now : null);
      candidate.takes_over = before.filter((holder) => !holder.live).map((holder) => holder.shipment_id);
      for (const { number } of candidate.numbers) claimed.set(keyOf(item.carrier_id, number), candidate.id);
      candidates.push(candidate);
      results.push({ kind: "registered", shipment_id: candidate.id, created: true });
    }
  }
  const winners = await write(ports, tenant, candidates, connections, now);
  await takeUpEarlierNews(ports, [...candidates, ...silent], connections);
  return results.map((result) => {
    if (result.kind !== "registered") return result;
    const winner = winners.get(result.shipment_id);
    return winner === undefined || winner === result.shipment_id
      ? result
      : { ...result, shipment_id: winner, created: false };
  });
}

const keyOf = (carrier_id: string, number: string) => `${carrier_id} ${number}`;

/** The main number first, each once. */
function numbersOf(item: NewShipment): string[] {
  const parcels = item.parcels.map((parcel) => parcel.carrier_tracking_id);
  return [...new Set([item.carrier_tracking_id, ...item.carrier_tracking_ids, ...parcels])];
}

function candidateOf(
  item: NewShipment,
  id: string,
  ports: RegistrationPorts,
  not_before: number | null,
): Candidate {
  const parcels = item.parcels.map((parcel) => ({ ...parcel, id: ports.newId("prc") }));
  const own = new Set([item.carrier_tracking_id, ...item.carrier_tracking_ids]);
  const numbers = [
    ...[...own].map((number) => ({ number, shipment_id: id, parcel_id: "" })),
    ...parcels.map((parcel) => ({
      number: parcel.carrier_tracking_id,
      shipment_id: id,
      parcel_id: parcel.id,
    })),
  ];
  return { item, id, numbers, parcels, not_before, takes_over: [] };
}

interface Holder {
  shipment_id: string;
  live: boolean;
  /** Live, and nothing has been heard of it yet. */
  silent: boolean;
  /** When anything was last heard of it. */
  updated_at: number;
}

const HolderRow = z.object({
  carrier_id: z.string(),
  carrier_number: z.string(),
  shipment_id: z.string(),
  live: z.number(),
  updated_at: z.number(),
  last_sequence: z.number(),
});

const LIVE = "s.tracking_state <> 'stopped' AND (s.ended_at IS NULL OR s.ended_at > ?3)";

/** Which shipment each of the items' numbers stands for now, live or not. */
async function numberHolders(
  shard: Queryable,
  tenant_id: string,
  items: readonly NewShipment[],
  now: number,
): Promise<Map<string, Holder>> {
  const rows = items.flatMap((item) => numbersOf(item).map((number) => [item.carrier_id, number]));
  const holders = new Map<string, Holder>();
  for (const piece of jsonPieces(rows)) {
    const { results } = await shard
      .prepare(
        `SELECT n.carrier_id, n.carrier_number, n.shipment_id, (${LIVE}) AS live, s.updated_at, s.last_sequence FROM json_each(?2) j
         CROSS JOIN shipment_numbers n ON n.tenant_id = ?1 AND n.carrier_id = j.value ->> 0 AND n.carrier_number = j.value ->> 1
         CROSS JOIN shipments s ON s.id = n.shipment_id`,
      )
      .bind(tenant_id, piece, now - NUMBER_KEPT_MS)
      .all();
    for (const raw of results) {
      const row = HolderRow.parse(raw);
      const live = row.live === 1;
      holders.set(keyOf(row.carrier_id, row.carrier_number), {
        shipment_id: row.shipment_id,
        live,
        silent: live && row.last_sequence === 0,
        updated_at: row.updated_at,
      });
    }
  }
  return holders;
}

/** Nothing heard of a shipment for so long, and its retention may be near: the shortest is a month. */
const OLD_MS = 7 * 86_400_000;

/** A number that is registered again is wanted: its shipment starts its retention anew. One that has just ended is live no longer. */
async function touchOld(shard: Shard, holders: Map<string, Holder>, now: number): Promise<void> {
  const old = [...holders.values()].filter(({ live, updated_at }) => live && updated_at < now - OLD_MS);
  const ids = [...new Set(old.map(({ shipment_id }) => shipment_id))];
  if (ids.length === 0) return;
  const touched = ids.map((id) => [id, ""] as const);
  const results = await shard.write(
    touched,
    jsonPieces(ids).map((piece) => shard.prepare(TOUCH).bind(piece, now)),
  );
  const lives = new Set(
    results.flatMap(({ results: rows }) => rows.map((row) => z.object({ id: z.string() }).parse(row).id)),
  );
  for (const holder of old) if (!lives.has(holder.shipment_id)) holder.live = false;
}

const TOUCH = `UPDATE shipments SET updated_at = ?2
WHERE id IN (SELECT value FROM json_each(?1)) AND tracking_state <> 'stopped' RETURNING id`;

/** Writes the candidates; returns for each candidate's id the shipment that its main number stands for after it. */
async function write(
  ports: RegistrationPorts,
  tenant: Tenant,
  candidates: readonly Candidate[],
  connections: ReadonlyMap<string, FeedingConnection[]>,
  now: number,
): Promise<Map<string, string>> {
  if (candidates.length === 0) return new Map();
  const follow = candidates.map(({ item, numbers }) => ({
    connections: connections.get(item.carrier_id) ?? [],
    numbers,
  }));
  // Numbers are used again by carriers: the shipment that had one before hears nothing of the new one.
  const taken = [...new Set(candidates.flatMap(({ takes_over }) => takes_over))];
  await ports.control.batch([
    ...unfollowStatements(ports.control, taken),
    ...followStatements(ports.control, tenant.id, follow, { now, timeScale: ports.timeScale }),
  ]);
  const winners = await writeShard(ports.shard, tenant, candidates, now);
  const lost = candidates.filter(({ id }) => winners.get(id) !== id).map(({ id }) => id);
  if (lost.length > 0) await ports.control.batch(unfollowStatements(ports.control, lost));
  return winners;
}

async function writeShard(
  shard: Shard,
  tenant: Tenant,
  candidates: readonly Candidate[],
  now: number,
): Promise<Map<string, string>> {
  const mains = candidates.map(({ item, id }) => [item.carrier_id, item.carrier_tracking_id, id]);
  const numbers = candidates.flatMap(({ item, id }) =>
    numbersOf(item)
      .slice(1)
      .map((number) => [item.carrier_id, number, id]),
  );
  const cutoff = now - NUMBER_KEPT_MS;
  const parcels = candidates.flatMap(({ id, parcels }) =>
    parcels.map(({ carrier_tracking_id, id: parcel_id, uuid_ref, meta_data }) => [
      id,
      carrier_tracking_id,
      parcel_id,
      { uuid_ref, meta_data },
    ]),
  );
  const read = jsonPieces(mains).map((rows) => shard.prepare(READ_WINNERS).bind(tenant.id, rows));
  const touched = candidates.flatMap(({ item, id }) =>
    ["", ...numbersOf(item)].map((number) => [id, number] as const),
  );
  const results = await shard.write(touched, [
    ...jsonPieces(mains).map((rows) => shard.prepare(PUT_MAIN_NUMBERS).bind(tenant.id, rows, cutoff)),
    ...jsonPieces(candidates.map(shipmentRow)).map((rows) =>
      shard.prepare(INSERT_SHIPMENTS).bind(tenant.id, rows, tenant.account_number, now),
    ),
    ...jsonPieces(parcels).map((rows) => shard.prepare(INSERT_PARCELS).bind(tenant.id, rows, now)),
    // Only once the shipments are there: a number of a new one is then a live shipment's, which nobody takes over.
    ...jsonPieces(numbers).map((rows) => shard.prepare(PUT_FURTHER_NUMBERS).bind(tenant.id, rows, cutoff)),
    ...read,
  ]);
  const winners = new Map<string, string>();
  for (const { results: rows } of results.slice(-read.length)) {
    for (const raw of rows) {
      const row = z.object({ mine: z.string(), shipment_id: z.string() }).parse(raw);
      winners.set(row.mine, row.shipment_id);
    }
  }
  return winners;
}

function shipmentRow({ item, id, not_before }: Candidate): unknown[] {
  const { carrier_id, carrier_tracking_id, parcels, ...rest } = item;
  const total = Math.max(1, parcels.length);
  return [id, carrier_id, carrier_tracking_id, rest, { total, registered: total }, not_before];
}

const putNumbers = (rows: string) => `
INSERT INTO shipment_numbers (tenant_id, carrier_id, carrier_number, shipment_id)
SELECT ?1, j.value ->> 0, j.value ->> 1, j.value ->> 2 FROM ${rows} WHERE true
ON CONFLICT DO UPDATE SET shipment_id = excluded.shipment_id
WHERE NOT EXISTS (SELECT 1 FROM shipments s WHERE s.id = shipment_numbers.shipment_id AND ${LIVE})`;

const PUT_MAIN_NUMBERS = putNumbers("json_each(?2) j");
const PUT_FURTHER_NUMBERS = putNumbers("json_each(?2) j CROSS JOIN shipments w ON w.id = j.value ->> 2");

const INSERT_SHIPMENTS = `
INSERT INTO shipments (id, tenant_id, account_number, carrier_id, carrier_tracking_id, registration, status, health, action_required_by,
                       tracking_state, pieces, last_sequence, timeline_version, updated_position, not_before, created_at, updated_at)
SELECT j.value ->> 0, ?1, ?3, j.value ->> 1, j.value ->> 2, j.value -> 3, 'registered', 'on_track', 'none', 'active', j.value -> 4, 0, 0,
       coalesce((SELECT max(position) FROM events e WHERE e.tenant_id = ?1), 0), j.value ->> 5, ?4, ?4
FROM json_each(?2) j
CROSS JOIN shipment_numbers n ON n.tenant_id = ?1 AND n.carrier_id = j.value ->> 1 AND n.carrier_number = j.value ->> 2 AND n.shipment_id = j.value ->> 0
WHERE true ON CONFLICT DO NOTHING`;

const INSERT_PARCELS = `
INSERT INTO parcels (shipment_id, carrier_tracking_id, id, tenant_id, registration, status, condition, created_at)
SELECT s.id, j.value ->> 1, j.value ->> 2, ?1, j.value -> 3, 'registered', 'unknown', ?3
FROM json_each(?2) j CROSS JOIN shipments s ON s.id = j.value ->> 0
WHERE true ON CONFLICT DO NOTHING`;

const READ_WINNERS = `
SELECT j.value ->> 2 AS mine, n.shipment_id FROM json_each(?2) j
CROSS JOIN shipment_numbers n ON n.tenant_id = ?1 AND n.carrier_id = j.value ->> 0 AND n.carrier_number = j.value ->> 1`;

/** Documents that spoke of these numbers before anybody followed them are read again. At most this many at once. */
const DOCUMENTS_AT_ONCE = 1000;

async function takeUpEarlierNews(
  ports: RegistrationPorts,
  candidates: readonly Candidate[],
  connections: ReadonlyMap<string, FeedingConnection[]>,
): Promise<void> {
  const rows = candidates.flatMap(({ item, numbers }) =>
    (connections.get(item.carrier_id) ?? []).flatMap(({ connection_id }) =>
      [...new Set(numbers.map(({ number }) => number))].map((number) => [connection_id, number]),
    ),
  );
  for (const piece of jsonPieces(rows)) {
    const { results } = await ports.control
      .prepare(
        `INSERT INTO rereads (document_id, reread, created_at)
         SELECT DISTINCT u.document_id, 0, ?2 FROM json_each(?1) j
         CROSS JOIN untracked u ON u.connection_id = j.value ->> 0 AND u.carrier_number = j.value ->> 1 WHERE true LIMIT ${DOCUMENTS_AT_ONCE}
         ON CONFLICT (document_id) DO UPDATE SET created_at = excluded.created_at RETURNING document_id`,
      )
      .bind(piece, ports.now())
      .all();
    if (results.length > 0)
      await ports.takeUp(results.map((row) => z.object({ document_id: z.string() }).parse(row).document_id));
  }
}
