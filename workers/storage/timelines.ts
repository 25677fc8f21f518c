import { z } from "zod";
import type { Append, Eta, KnownEvent, NewEvent, ShipmentFacts, ShipmentTimeline } from "../domain/append.ts";
import { Renumbering } from "../domain/renumbering.ts";
import { isStatus, type Status } from "../domain/statuses.ts";
import { parseTenant } from "../domain/tenant.ts";
import { OtherFacts, type Precision, SOURCES, type Source } from "../domain/tracking-event.ts";
import type { Queryable } from "./queryable.ts";
import { RESIDENCES, type Residence } from "./residency.ts";

/**
 * Shipments' timelines in a shard, those of many accounts together: read whole, appended to in one transaction. The
 * write leaves out a shipment that changed since it was read, and one whose account does not live here (any more);
 * neither fails the others.
 */

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

/** As the statement below selects it. */
interface EventRow {
  shipment_id: string;
  event_id: string;
  parcel_number: string;
  occurred_at: number | null;
  precision: Precision;
  carrier_order: number | null;
  code_path: string;
  status: Status;
  replaces: string | null;
  withdrawn: number;
  duplicate_of: string | null;
  source: Source;
  local_time: string | null;
  reason: string | null;
}

/** Events were checked when they were written and never change: to check them again takes longer than to read them. */
const EventRows = z.custom<readonly EventRow[]>((rows) => Array.isArray(rows));

const ResidencyRow = z.object({ account_number: z.string(), state: z.enum(RESIDENCES) });
/** An account in one of these states, or in none, may be written to. */
const WRITABLE: readonly Residence[] = ["home", "copying"];

const read = <T>(shape: z.ZodType<T>, json: string | null): T | null =>
  json === null ? null : shape.parse(JSON.parse(json));

/** A shipment and whose it is. */
export interface ShipmentOf {
  shipment_id: string;
  tenant_id: string;
}

/** `away`: accounts that do not live in this database, or are about to leave it. */
export interface TimelinesRead {
  timelines: Map<string, ShipmentTimeline>;
  away: Map<string, Residence>;
}

/** The timelines of live shipments by id, in one round trip. Stopped ones and those of another tenant are left out. */
export async function readTimelines(
  database: Queryable,
  wanted: readonly ShipmentOf[],
): Promise<TimelinesRead> {
  const ids = JSON.stringify(wanted.map(({ shipment_id, tenant_id }) => [shipment_id, tenant_id]));
  const accounts = [...new Set(wanted.map(({ tenant_id }) => parseTenant(tenant_id).account_number))];
  const [residences, shipments, parcels, events] = await database.batch([
    database
      .prepare(
        "SELECT r.account_number, r.state FROM json_each(?1) AS w CROSS JOIN residency r ON r.account_number = w.value",
      )
      .bind(JSON.stringify(accounts)),
    database
      .prepare(
        `SELECT s.id, s.tenant_id, s.carrier_id, s.carrier_tracking_id, s.timeline_version, s.last_sequence, s.not_before, s.registration ->> 'direction' AS direction,
                s.status, s.ended_at, s.eta, s.facts
         FROM json_each(?1) AS w CROSS JOIN shipments s ON s.id = w.value ->> 0 WHERE s.tenant_id = w.value ->> 1 AND s.tracking_state <> 'stopped'`,
      )
      .bind(ids),
    database
      .prepare(
        `SELECT p.shipment_id, p.carrier_tracking_id, p.id, p.status FROM json_each(?1) AS w CROSS JOIN parcels p ON p.shipment_id = w.value ->> 0 ORDER BY p.created_at, p.id`,
      )
      .bind(ids),
    database
      .prepare(
        `SELECT e.shipment_id, e.event_id, e.parcel_number, e.occurred_at, e.precision, e.carrier_order, e.code_path, e.status, e.replaces, e.withdrawn,
                e.duplicate_of, e.source, e.local_time, e.reason
         FROM json_each(?1) AS w CROSS JOIN events e ON e.shipment_id = w.value ->> 0`,
      )
      .bind(ids),
  ]);
  const away = new Map<string, Residence>();
  for (const raw of residences?.results ?? []) {
    const { account_number, state } = ResidencyRow.parse(raw);
    if (!WRITABLE.includes(state)) away.set(account_number, state);
  }
  const timelines = new Map<string, ShipmentTimeline>();
  for (const raw of shipments?.results ?? []) {
    const row = ShipmentRow.parse(raw);
    if (away.has(parseTenant(row.tenant_id).account_number)) continue;
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
  for (const row of EventRows.parse(events?.results ?? []))
    timelines.get(row.shipment_id)?.events.push(knownEvent(row));
  return { timelines, away };
}

function knownEvent(row: EventRow): KnownEvent {
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

/** A shipment is as it was read, and its account lives here: `s` names its row, `i` the entry of the list. */
const unchanged = (s: string) =>
  `${s}.timeline_version = i.value ->> 'version'
   AND NOT EXISTS (SELECT 1 FROM residency r WHERE r.account_number = ${s}.account_number AND r.state NOT IN ('home', 'copying'))`;
const UNCHANGED = unchanged("s");

/**
 * Inserts events whose shipment is still at the version that was read. `sequence` and `position` are given here, to the
 * rows that really go in: filtered first, then numbered, so that neither has a gap. Duplicates get none.
 */
const INSERT_EVENTS = `
WITH fresh AS (
  SELECT i.key AS n, i.value AS v, s.last_sequence, s.tenant_id
  FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
  WHERE ${UNCHANGED}
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.shipment_id = s.id AND e.event_id = i.value ->> 'event_id')
)
INSERT INTO events (shipment_id, event_id, tenant_id, sequence, position, parcel_number, occurred_at, local_time, precision, carrier_order, code_path,
                    status, reason, replaces, withdrawn, duplicate_of, source, shipment_status, health, action_required_by, document_id, created_at, body)
SELECT v ->> 'shipment_id', v ->> 'event_id', tenant_id,
       CASE WHEN v ->> 'duplicate_of' IS NULL
            THEN last_sequence + sum(v ->> 'duplicate_of' IS NULL) OVER (PARTITION BY v ->> 'shipment_id' ORDER BY n) END,
       CASE WHEN v ->> 'duplicate_of' IS NULL
            THEN coalesce((SELECT max(position) FROM events e WHERE e.tenant_id = fresh.tenant_id), 0)
                 + sum(v ->> 'duplicate_of' IS NULL) OVER (PARTITION BY tenant_id ORDER BY n) END,
       v ->> 'parcel', v ->> 'at', v ->> 'local', v ->> 'precision', v ->> 'order', v ->> 'path', v ->> 'status', v ->> 'reason', v ->> 'replaces', v ->> 'withdrawn',
       v ->> 'duplicate_of', v ->> 'source', v ->> 'shipment_status', v ->> 'health', v ->> 'action_required_by', v ->> 'document_id', ?2, v ->> 'body'
FROM fresh`;

const INSERT_PARCELS = `
INSERT INTO parcels (shipment_id, carrier_tracking_id, id, tenant_id, registration, status, condition, created_at)
SELECT s.id, i.value ->> 'number', i.value ->> 'id', s.tenant_id, '{"uuid_ref":null,"meta_data":[]}', 'registered', 'unknown', ?2
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE ${UNCHANGED}
ON CONFLICT DO NOTHING`;

const INSERT_NUMBERS = `
INSERT INTO shipment_numbers (tenant_id, carrier_id, carrier_number, shipment_id)
SELECT s.tenant_id, s.carrier_id, i.value ->> 'number', s.id
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE ${UNCHANGED}
ON CONFLICT DO NOTHING`;

const UPDATE_PARCELS = `
UPDATE parcels SET status = coalesce(i.value ->> 'status', parcels.status), condition = coalesce(i.value ->> 'condition', parcels.condition),
       carrier_weight_dims = coalesce(i.value ->> 'weight_dims', parcels.carrier_weight_dims),
       carrier_tracking_update = coalesce(i.value ->> 'update', parcels.carrier_tracking_update)
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE parcels.shipment_id = s.id AND parcels.carrier_tracking_id = i.value ->> 'number' AND ${UNCHANGED}
  AND (parcels.status <> i.value ->> 'status' OR i.value ->> 'condition' IS NOT NULL OR i.value ->> 'weight_dims' IS NOT NULL
       OR i.value ->> 'update' IS NOT NULL)`;

const COUNT_UNMAPPED = `
INSERT INTO unmapped (carrier_id, code, sub_code, sample_text, sample_document_id, count, first_seen_at, last_seen_at)
SELECT s.carrier_id, i.value ->> 'code', i.value ->> 'sub_code', max(i.value ->> 'text'), max(i.value ->> 'document_id'), count(*), ?2, ?2
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE ${UNCHANGED}
GROUP BY 1, 2, 3
ON CONFLICT (carrier_id, code, sub_code) DO UPDATE SET count = unmapped.count + excluded.count, last_seen_at = excluded.last_seen_at`;

const KEEP_UNMAPPED_DOCUMENTS = `
INSERT INTO unmapped_documents (carrier_id, code, sub_code, document_id)
SELECT DISTINCT s.carrier_id, i.value ->> 'code', i.value ->> 'sub_code', i.value ->> 'document_id'
FROM json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id'
WHERE ${UNCHANGED}
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
WHERE shipments.id = i.value ->> 'id' AND ${unchanged("shipments")}
RETURNING id`;

/** While an account is copied to another database, what a write touches is marked, so that it is copied again. Where none is, this reads no row. */
const MARK_COPIED = `
INSERT INTO move_marks (account_number, shipment_id, carrier_number, version)
SELECT r.account_number, s.id, i.value ->> 'number', 1
FROM json_each(?2) AS a CROSS JOIN residency r ON r.account_number = a.value AND r.state = 'copying'
CROSS JOIN json_each(?1) AS i CROSS JOIN shipments s ON s.id = i.value ->> 'shipment_id' AND s.account_number = r.account_number
WHERE ${UNCHANGED}
ON CONFLICT DO UPDATE SET version = move_marks.version + 1`;

const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** As the contract tells it; the number before is the shipment's or the parcel's own. */
function updateJson(step: Renumbering | null): string | null {
  if (step === null) return null;
  const { new_carrier_tracking_id, new_carrier_tracking_url } = step;
  return JSON.stringify({ new_carrier_tracking_id, new_carrier_tracking_url });
}

/** UTF-8 bytes of one bound text, half of what D1 takes; and of all texts of one transaction. */
const BIND_BYTES = 1_000_000;
const BATCH_BYTES = 4_000_000;
/** About the bytes of a row beside its events, facts and pieces. */
const ROW_BYTES = 600;

/**
 * Writes planned appends, as many in one transaction as fit, each whole. Returns the shipments that were changed; the
 * others had changed since they were read, or their account has left: they are to be read again.
 */
export async function writeAppends(
  database: Queryable,
  appends: readonly Append[],
  now: number,
  parcelId: () => string,
): Promise<Set<string>> {
  const written = new Set<string>();
  for (const packs of packed(appends.map(writable))) {
    const statements = packs.map((pack) => statementsOf(database, pack, now, parcelId));
    const results = await database.batch<{ id?: string }>(statements.flat());
    for (const { results: rows } of results) for (const { id } of rows) if (id !== undefined) written.add(id);
  }
  return written;
}

/** An append with its large rows as JSON, made once: they are what its size depends on. */
interface Writable {
  append: Append;
  events: string[];
  shipment: string;
  bytes: number;
}

function writable(append: Append): Writable {
  const { shipment_id, version, standing } = append;
  const events = append.events.map((event) => JSON.stringify(eventRow(append, event)));
  const shipment = JSON.stringify({
    id: shipment_id,
    version,
    status: standing.status,
    health: standing.health,
    actor: standing.action_required_by,
    ended: append.ended ? 1 : 0,
    pieces: JSON.stringify(standing.pieces),
    eta: jsonOrNull(append.eta),
    update: updateJson(append.carrier_tracking_update),
    facts: JSON.stringify(append.facts),
    count: append.events.filter((event) => event.duplicate_of === null).length,
    last_event_at: standing.last_event_at,
  });
  let bytes =
    ROW_BYTES * (2 + append.new_parcels.length + append.parcel_facts.size + append.parcel_updates.size);
  for (const text of [...events, shipment]) bytes += utf8.encode(text).length;
  return { append, events, shipment, bytes };
}

const utf8 = new TextEncoder();

function eventRow({ shipment_id, version }: Append, event: NewEvent) {
  return {
    shipment_id,
    version,
    event_id: event.id,
    parcel: event.parcel,
    at: event.at,
    local: event.local,
    precision: event.precision,
    order: event.order,
    path: event.path,
    status: event.status,
    reason: event.reason,
    replaces: event.replaces,
    withdrawn: event.withdrawn ? 1 : 0,
    duplicate_of: event.duplicate_of,
    source: event.source,
    shipment_status: event.shipment_status,
    health: event.health,
    action_required_by: event.action_required_by,
    document_id: event.document_id,
    body: JSON.stringify(event.body),
  };
}

/** Neighbours put together up to the size of a bound text, and these up to the size of a transaction; a shipment is never cut. */
function packed(appends: readonly Writable[]): Writable[][][] {
  const batches: Writable[][][] = [];
  let [inPack, inBatch] = [BIND_BYTES, BATCH_BYTES];
  for (const one of appends) {
    if (inBatch + one.bytes > BATCH_BYTES) {
      batches.push([[]]);
      [inPack, inBatch] = [0, 0];
    } else if (inPack + one.bytes > BIND_BYTES) {
      batches.at(-1)?.push([]);
      inPack = 0;
    }
    batches.at(-1)?.at(-1)?.push(one);
    inPack += one.bytes;
    inBatch += one.bytes;
  }
  return batches;
}

function statementsOf(
  database: Queryable,
  writables: readonly Writable[],
  now: number,
  parcelId: () => string,
): D1PreparedStatement[] {
  const appends = writables.map(({ append }) => append);
  const of = ({ shipment_id, version }: Append) => ({ shipment_id, version });
  const newParcels = appends.flatMap((a) =>
    a.new_parcels.map((number) => ({ ...of(a), number, id: parcelId() })),
  );
  const swapped = appends.flatMap((a) => a.new_numbers.map((number) => ({ ...of(a), number })));
  const parcelStates = appends.flatMap((a) =>
    changedParcels(a).map(([number, status]) => ({
      ...of(a),
      number,
      status,
      condition: a.parcel_facts.get(number)?.condition ?? null,
      weight_dims: jsonOrNull(a.parcel_facts.get(number)?.carrier_weight_dims ?? null),
      update: updateJson(a.parcel_updates.get(number) ?? null),
    })),
  );
  const unknown = appends.flatMap((a) =>
    a.events
      .filter((event) => event.path === "other/unmapped")
      .map(({ document_id, body: { codes } }) => ({
        ...of(a),
        code: codes.carrier.code ?? "",
        sub_code: codes.carrier.sub_code ?? "",
        text: codes.carrier.freetext_detail,
        document_id,
      })),
  );
  const touched = [...appends.map((a) => ({ ...of(a), number: "" })), ...newParcels, ...swapped];
  const statements: D1PreparedStatement[] = [];
  const addJson = (sql: string, rows: readonly string[]) => {
    if (rows.length === 0) return;
    const statement = database.prepare(sql);
    const json = `[${rows.join(",")}]`;
    statements.push(sql.includes("?2") ? statement.bind(json, now) : statement.bind(json));
  };
  const add = (sql: string, rows: readonly object[]) =>
    addJson(
      sql,
      rows.map((row) => JSON.stringify(row)),
    );
  const accounts = [...new Set(appends.map(({ tenant_id }) => parseTenant(tenant_id).account_number))];
  statements.push(database.prepare(MARK_COPIED).bind(JSON.stringify(touched), JSON.stringify(accounts)));
  addJson(
    INSERT_EVENTS,
    writables.flatMap(({ events }) => events),
  );
  add(INSERT_PARCELS, newParcels);
  add(INSERT_NUMBERS, [...newParcels, ...swapped]);
  add(UPDATE_PARCELS, parcelStates);
  add(COUNT_UNMAPPED, unknown);
  add(KEEP_UNMAPPED_DOCUMENTS, unknown);
  addJson(
    UPDATE_SHIPMENTS,
    writables.map(({ shipment }) => shipment),
  );
  return statements;
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
