import { z } from "zod";
import type { Append, Eta, KnownEvent, ShipmentFacts, ShipmentTimeline } from "../domain/append.ts";
import { Renumbering } from "../domain/renumbering.ts";
import { isStatus, type Status } from "../domain/statuses.ts";
import { OtherFacts, PRECISIONS, SOURCES } from "../domain/tracking-event.ts";
import type { Shard } from "./account-shard.ts";
import type { Queryable } from "./queryable.ts";

/** Shipments' timelines in a shard: read whole, appended to in one transaction that changes nothing if somebody was faster. */

const StatusWord = z.custom<Status>((word) => typeof word === "string" && isStatus(word));
const EtaJson = z.object({
  current: z.string(),
  first: z.string(),
  previous: z.string().nullable(),
  source: z.enum(SOURCES),
});
const FactsJson = OtherFacts.partial().extend({ renumbered: z.array(Renumbering).optional() });

const ShipmentRow = z.object({
  id: z.string(),
  tenant_id: z.string(),
  carrier_id: z.string(),
  carrier_tracking_id: z.string(),
  timeline_version: z.number(),
  last_sequence: z.number(),
  not_before: z.number().nullable(),
  direction: z.enum(["outbound", "return"]).nullable(),
  status: StatusWord,
  ended_at: z.number().nullable(),
  eta: z.string().nullable(),
  facts: z.string().nullable(),
});

const ParcelRow = z.object({
  shipment_id: z.string(),
  carrier_tracking_id: z.string(),
  id: z.string(),
  status: z.string(),
});

const EventRow = z.object({
  shipment_id: z.string(),
  event_id: z.string(),
  parcel_number: z.string(),
  occurred_at: z.number().nullable(),
  precision: z.enum(PRECISIONS),
  carrier_order: z.number().nullable(),
  code_path: z.string(),
  status: StatusWord,
  replaces: z.string().nullable(),
  withdrawn: z.number(),
  duplicate_of: z.string().nullable(),
  source: z.enum(SOURCES),
  local_time: z.string().nullable(),
  reason: z.string().nullable(),
});

const read = <T>(shape: z.ZodType<T>, json: string | null): T | null =>
  json === null ? null : shape.parse(JSON.parse(json));

/** The timelines of live shipments by id, in one round trip. Stopped ones and those of another tenant are left out. */
export async function readTimelines(
  shard: Queryable,
  tenant_id: string,
  ids: readonly string[],
): Promise<Map<string, ShipmentTimeline>> {
  const wanted = JSON.stringify(ids);
  const [shipments, parcels, events] = await shard.batch([
    shard
      .prepare(
        `SELECT s.id, s.tenant_id, s.carrier_id, s.carrier_tracking_id, s.timeline_version, s.last_sequence, s.not_before, s.registration ->> 'direction' AS direction,
                s.status, s.ended_at, s.eta, s.facts
         FROM json_each(?1) AS w CROSS JOIN shipments s ON s.id = w.value WHERE s.tenant_id = ?2 AND s.tracking_state <> 'stopped'`,
      )
      .bind(wanted, tenant_id),
    shard
      .prepare(
        `SELECT p.shipment_id, p.carrier_tracking_id, p.id, p.status FROM json_each(?1) AS w CROSS JOIN parcels p ON p.shipment_id = w.value ORDER BY p.created_at, p.id`,
      )
      .bind(wanted),
    shard
      .prepare(
        `SELECT e.shipment_id, e.event_id, e.parcel_number, e.occurred_at, e.precision, e.carrier_order, e.code_path, e.status, e.replaces, e.withdrawn,
                e.duplicate_of, e.source, e.local_time, e.reason
         FROM json_each(?1) AS w CROSS JOIN events e ON e.shipment_id = w.value`,
      )
      .bind(wanted),
  ]);
  const timelines = new Map<string, ShipmentTimeline>();
  for (const raw of shipments?.results ?? []) {
    const row = ShipmentRow.parse(raw);
    timelines.set(row.id, {
      id: row.id,
      tenant_id: row.tenant_id,
      carrier_id: row.carrier_id,
      carrier_tracking_id: row.carrier_tracking_id,
      version: row.timeline_version,
      last_sequence: row.last_sequence,
      not_before: row.not_before,
      direction: row.direction ?? "outbound",
      status: row.status,
      ended_at: row.ended_at,
      eta: read<Eta>(EtaJson, row.eta),
      facts: read<ShipmentFacts>(FactsJson, row.facts) ?? {},
      parcels: [],
      events: [],
    });
  }
  for (const raw of parcels?.results ?? []) {
    const row = ParcelRow.parse(raw);
    timelines
      .get(row.shipment_id)
      ?.parcels.push({ number: row.carrier_tracking_id, id: row.id, status: row.status });
  }
  for (const raw of events?.results ?? []) {
    const row = EventRow.parse(raw);
    timelines.get(row.shipment_id)?.events.push(knownEvent(row));
  }
  return timelines;
}

function knownEvent(row: z.infer<typeof EventRow>): KnownEvent {
  return {
    id: row.event_id,
    parcel: row.parcel_number,
    at: row.occurred_at,
    precision: row.precision,
    order: row.carrier_order,
    path: row.code_path,
    status: row.status,
    replaces: row.replaces,
    withdrawn: row.withdrawn === 1,
    duplicate_of: row.duplicate_of,
    source: row.source,
    local: row.local_time,
    reason: row.reason,
  };
}

/**
 * Inserts events whose shipment is still at the version that was read. `sequence` and `position` are given here, to the
 * rows that really go in: filtered first, then numbered, so that neither has a gap. Duplicates get none.
 */
const INSERT_EVENTS = `
WITH fresh AS (
  SELECT i.key AS n, i.value AS v, s.last_sequence, s.tenant_id
  FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
  WHERE s.timeline_version = i.value ->> 'version'
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.shipment_id = s.id AND e.event_id = i.value ->> 'event_id')
)
INSERT INTO events (shipment_id, event_id, tenant_id, sequence, position, parcel_number, occurred_at, local_time, precision, carrier_order, code_path,
                    status, reason, replaces, withdrawn, duplicate_of, source, shipment_status, health, action_required_by, document_id, created_at, body)
SELECT v ->> 'shipment_id', v ->> 'event_id', tenant_id,
       CASE WHEN v ->> 'duplicate_of' IS NULL
            THEN last_sequence + sum(v ->> 'duplicate_of' IS NULL) OVER (PARTITION BY v ->> 'shipment_id' ORDER BY n) END,
       CASE WHEN v ->> 'duplicate_of' IS NULL
            THEN coalesce((SELECT max(position) FROM events e WHERE e.tenant_id = fresh.tenant_id), 0)
                 + sum(v ->> 'duplicate_of' IS NULL) OVER (ORDER BY n) END,
       v ->> 'parcel', v ->> 'at', v ->> 'local', v ->> 'precision', v ->> 'order', v ->> 'path', v ->> 'status', v ->> 'reason', v ->> 'replaces', v ->> 'withdrawn',
       v ->> 'duplicate_of', v ->> 'source', v ->> 'shipment_status', v ->> 'health', v ->> 'action_required_by', v ->> 'document_id', ?2, v ->> 'body'
FROM fresh`;

const INSERT_PARCELS = `
INSERT INTO parcels (shipment_id, carrier_tracking_id, id, tenant_id, registration, status, condition, created_at)
SELECT s.id, i.value ->> 'number', i.value ->> 'id', s.tenant_id, '{"uuid_ref":null,"meta_data":[]}', 'registered', 'unknown', ?2
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE s.timeline_version = i.value ->> 'version'
ON CONFLICT DO NOTHING`;

const INSERT_NUMBERS = `
INSERT INTO shipment_numbers (tenant_id, carrier_id, carrier_number, shipment_id)
SELECT s.tenant_id, s.carrier_id, i.value ->> 'number', s.id
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE s.timeline_version = i.value ->> 'version'
ON CONFLICT DO NOTHING`;

const UPDATE_PARCELS = `
UPDATE parcels SET status = coalesce(i.value ->> 'status', parcels.status), condition = coalesce(i.value ->> 'condition', parcels.condition),
       carrier_weight_dims = coalesce(i.value ->> 'weight_dims', parcels.carrier_weight_dims),
       carrier_tracking_update = coalesce(i.value ->> 'update', parcels.carrier_tracking_update)
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE parcels.shipment_id = s.id AND parcels.carrier_tracking_id = i.value ->> 'number' AND s.timeline_version = i.value ->> 'version'
  AND (parcels.status <> i.value ->> 'status' OR i.value ->> 'condition' IS NOT NULL OR i.value ->> 'weight_dims' IS NOT NULL
       OR i.value ->> 'update' IS NOT NULL)`;

const COUNT_UNMAPPED = `
INSERT INTO unmapped (carrier_id, code, sub_code, sample_text, sample_document_id, count, first_seen_at, last_seen_at)
SELECT s.carrier_id, i.value ->> 'code', i.value ->> 'sub_code', max(i.value ->> 'text'), max(i.value ->> 'document_id'), count(*), ?2, ?2
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE s.timeline_version = i.value ->> 'version'
GROUP BY 1, 2, 3
ON CONFLICT (carrier_id, code, sub_code) DO UPDATE SET count = unmapped.count + excluded.count, last_seen_at = excluded.last_seen_at`;

const KEEP_UNMAPPED_DOCUMENTS = `
INSERT INTO unmapped_documents (carrier_id, code, sub_code, document_id)
SELECT DISTINCT s.carrier_id, i.value ->> 'code', i.value ->> 'sub_code', i.value ->> 'document_id'
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE s.timeline_version = i.value ->> 'version'
ON CONFLICT DO NOTHING`;

const UPDATE_SHIPMENTS = `
UPDATE shipments SET status = i.value ->> 'status', health = i.value ->> 'health', action_required_by = i.value ->> 'actor',
       tracking_state = CASE WHEN i.value ->> 'ended' THEN 'completed' ELSE 'active' END, pieces = i.value ->> 'pieces', eta = i.value ->> 'eta',
       carrier_tracking_update = i.value ->> 'update', facts = i.value ->> 'facts', last_sequence = shipments.last_sequence + (i.value ->> 'count'),
       timeline_version = shipments.timeline_version + 1,
       updated_position = coalesce((SELECT max(position) FROM events e WHERE e.tenant_id = shipments.tenant_id), 0),
       last_event_at = i.value ->> 'last_event_at',
       ended_at = CASE WHEN i.value ->> 'ended' THEN coalesce(shipments.ended_at, ?2) END, updated_at = ?2
FROM json_each(?1) AS i
WHERE shipments.id = i.value ->> 'id' AND shipments.timeline_version = i.value ->> 'version'
RETURNING id`;

const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** As the contract tells it; the number before is the shipment's or the parcel's own. */
function updateJson(step: Renumbering | null): string | null {
  if (step === null) return null;
  const { new_carrier_tracking_id, new_carrier_tracking_url } = step;
  return JSON.stringify({ new_carrier_tracking_id, new_carrier_tracking_url });
}

/** Characters of new events in one transaction: with all that goes with them still below the 2 MB that D1 binds. */
const TEXT_MAX = 500_000;

/**
 * Writes planned appends of one tenant, each whole in one transaction. Returns the shipments that were changed; the
 * others had moved on and are to be read again.
 */
export async function writeAppends(
  shard: Shard,
  appends: readonly Append[],
  now: number,
  parcelId: () => string,
): Promise<Set<string>> {
  const written = new Set<string>();
  for (const pack of packed(appends)) {
    for (const id of await writePack(shard, pack, now, parcelId)) written.add(id);
  }
  return written;
}

/** Neighbours put together up to the size of a transaction; a shipment is never cut. */
function packed(appends: readonly Append[]): Append[][] {
  const packs: Append[][] = [];
  let length = 0;
  for (const append of appends) {
    const own = JSON.stringify([
      append.events,
      append.facts,
      append.new_parcels,
      [...append.standing.parcels],
    ]).length;
    const open = packs.at(-1);
    if (open === undefined || length + own > TEXT_MAX) {
      packs.push([append]);
      length = own;
    } else {
      open.push(append);
      length += own;
    }
  }
  return packs;
}

async function writePack(
  shard: Shard,
  appends: readonly Append[],
  now: number,
  parcelId: () => string,
): Promise<Set<string>> {
  const events = appends.flatMap((a) =>
    a.events.map((e) => ({
      shipment_id: a.shipment_id,
      version: a.version,
      event_id: e.id,
      parcel: e.parcel,
      at: e.at,
      local: e.local,
      precision: e.precision,
      order: e.order,
      path: e.path,
      status: e.status,
      reason: e.reason,
      replaces: e.replaces,
      withdrawn: e.withdrawn ? 1 : 0,
      duplicate_of: e.duplicate_of,
      source: e.source,
      shipment_status: e.shipment_status,
      health: e.health,
      action_required_by: e.action_required_by,
      document_id: e.document_id,
      body: JSON.stringify(e.body),
    })),
  );
  const newParcels = appends.flatMap((a) =>
    a.new_parcels.map((number) => ({
      shipment_id: a.shipment_id,
      version: a.version,
      number,
      id: parcelId(),
    })),
  );
  const swapped = appends.flatMap((a) =>
    a.new_numbers.map((number) => ({ shipment_id: a.shipment_id, version: a.version, number })),
  );
  const parcelStates = appends.flatMap((a) =>
    changedParcels(a).map(([number, status]) => ({
      shipment_id: a.shipment_id,
      version: a.version,
      number,
      status,
      condition: a.parcel_facts.get(number)?.condition ?? null,
      weight_dims: jsonOrNull(a.parcel_facts.get(number)?.carrier_weight_dims ?? null),
      update: updateJson(a.parcel_updates.get(number) ?? null),
    })),
  );
  const unknown = appends.flatMap((a) =>
    a.events.flatMap((e) =>
      e.path !== "other/unmapped"
        ? []
        : [
            {
              shipment_id: a.shipment_id,
              version: a.version,
              code: e.body.codes.carrier.code ?? "",
              sub_code: e.body.codes.carrier.sub_code ?? "",
              text: e.body.codes.carrier.freetext_detail,
              document_id: e.document_id,
            },
          ],
    ),
  );
  const shipments = appends.map((a) => ({
    id: a.shipment_id,
    version: a.version,
    status: a.standing.status,
    health: a.standing.health,
    actor: a.standing.action_required_by,
    ended: a.ended ? 1 : 0,
    pieces: JSON.stringify(a.standing.pieces),
    eta: jsonOrNull(a.eta),
    update: updateJson(a.carrier_tracking_update),
    facts: JSON.stringify(a.facts),
    count: a.events.filter((e) => e.duplicate_of === null).length,
    last_event_at: a.standing.last_event_at,
  }));
  const statements: D1PreparedStatement[] = [];
  const add = (sql: string, rows: readonly unknown[]) => {
    if (rows.length === 0) return;
    const json = JSON.stringify(rows);
    statements.push(sql.includes("?2") ? shard.prepare(sql).bind(json, now) : shard.prepare(sql).bind(json));
  };
  add(INSERT_EVENTS, events);
  add(INSERT_PARCELS, newParcels);
  add(INSERT_NUMBERS, [...newParcels, ...swapped]);
  if (parcelStates.length > 0)
    statements.push(shard.prepare(UPDATE_PARCELS).bind(JSON.stringify(parcelStates)));
  add(COUNT_UNMAPPED, unknown);
  add(KEEP_UNMAPPED_DOCUMENTS, unknown);
  add(UPDATE_SHIPMENTS, shipments);
  const results = await shard.write<{ id: string }>(
    [
      ...appends.map((a) => [a.shipment_id, ""] as const),
      ...[...newParcels, ...swapped].map(({ shipment_id, number }) => [shipment_id, number] as const),
    ],
    statements,
  );
  return new Set(results.at(-1)?.results.map((row) => row.id));
}

/** Parcels whose status is another than before, or of which the carrier told something. */
function changedParcels(append: Append): [string, string][] {
  return [...append.standing.parcels].filter(
    ([number, status]) =>
      append.parcels_before.get(number) !== status ||
      append.parcel_facts.has(number) ||
      append.parcel_updates.has(number),
  );
}
