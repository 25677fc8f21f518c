import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * A shard: the shipments and events of the accounts that live on it, reached through `shardFor(account)`.
 * Every row begins with its tenant, `ACCOUNT.live` or `ACCOUNT.test`. Times are epoch milliseconds.
 */

/** A shipment and what its whole timeline says of it. Written by: registration and the timeline. */
export const shipments = sqliteTable(
  "shipments",
  {
    id: text().primaryKey(),
    tenant_id: text().notNull(),
    account_number: text().notNull(),
    carrier_id: text().notNull(),
    carrier_tracking_id: text().notNull(),
    /** JSON: uuid_ref, tracking_level, carrier_tracking_ids, references, meta_data, destination, direction. */
    registration: text().notNull(),
    status: text().notNull(),
    health: text().notNull(),
    action_required_by: text().notNull(),
    tracking_state: text({
      enum: ["active", "paused", "stopped", "completed", "expired", "error"],
    }).notNull(),
    /** JSON: {total, STATUS: n, …}. */
    pieces: text().notNull(),
    /** JSON: {current, first, previous, source} or null. */
    eta: text(),
    /** JSON: {new_carrier_tracking_id, new_carrier_tracking_url} once the carrier swapped the number. */
    carrier_tracking_update: text(),
    /** JSON: delivery_confirmation, weight and dimensions, condition of the whole shipment, as last told. */
    facts: text(),
    last_sequence: integer().notNull(),
    /** Counts every change of the timeline: an append that read an older one changes nothing and reads again. */
    timeline_version: integer().notNull(),
    /** The feed's position at the last change; the order of lists. */
    updated_position: integer().notNull(),
    /** Events dated before do not belong to this shipment (a number used again); null for a number's first. */
    not_before: integer(),
    last_event_at: integer(),
    ended_at: integer(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [
    // The only one: each index is a row more that every event writes. Filters by status and carrier are read from it alone.
    index("shipments_by_update").on(t.tenant_id, t.updated_position, t.id, t.status, t.carrier_id),
    // The customer's own words, by which people search: one row written for each that was given, none for the rest.
    index("shipments_by_uuid_ref")
      .on(sql`registration ->> '$.uuid_ref'`, t.tenant_id)
      .where(sql`registration ->> '$.uuid_ref' IS NOT NULL`),
    index("shipments_by_shipper_reference")
      .on(sql`registration ->> '$.references.shipper'`, t.tenant_id)
      .where(sql`registration ->> '$.references.shipper' IS NOT NULL`),
    index("shipments_by_receiver_reference")
      .on(sql`registration ->> '$.references.receiver'`, t.tenant_id)
      .where(sql`registration ->> '$.references.receiver' IS NOT NULL`),
  ],
);

/** Which shipment a carrier's number stands for now. Written by: registration, the timeline (new parcels, swapped numbers). */
export const shipmentNumbers = sqliteTable(
  "shipment_numbers",
  {
    tenant_id: text().notNull(),
    carrier_id: text().notNull(),
    carrier_number: text().notNull(),
    shipment_id: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenant_id, t.carrier_id, t.carrier_number] }),
    // For whoever searches a number without knowing the carrier, or whose it is.
    index("shipment_numbers_by_number").on(t.carrier_number, t.tenant_id),
  ],
);

/** The parcels of a shipment. Written by: registration, the timeline (parcels first seen at the carrier). */
export const parcels = sqliteTable(
  "parcels",
  {
    shipment_id: text().notNull(),
    carrier_tracking_id: text().notNull(),
    id: text().notNull(),
    tenant_id: text().notNull(),
    /** JSON: uuid_ref, meta_data. */
    registration: text().notNull(),
    status: text().notNull(),
    condition: text({ enum: ["good", "damaged", "unknown"] }).notNull(),
    /** JSON: weight, dimensions, as the carrier measured. */
    carrier_weight_dims: text(),
    carrier_tracking_update: text(),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipment_id, t.carrier_tracking_id] }),
    index("parcels_by_id").on(t.id),
    index("parcels_by_uuid_ref")
      .on(sql`registration ->> '$.uuid_ref'`, t.tenant_id)
      .where(sql`registration ->> '$.uuid_ref' IS NOT NULL`),
  ],
);

/**
 * The timelines, clustered by shipment. `sequence` (of the shipment, from 1, no gaps) and `position` (of the tenant's
 * feed, rising) are given by the statement that inserts; both are null for a `duplicate_of`, which nobody is told.
 * Written by: the timeline, once; an event is never changed.
 */
export const events = sqliteTable(
  "events",
  {
    shipment_id: text().notNull(),
    event_id: text().notNull(),
    tenant_id: text().notNull(),
    sequence: integer(),
    position: integer(),
    /** Empty for the whole shipment. */
    parcel_number: text().notNull(),
    /** Epoch milliseconds; null where the carrier gave no time. */
    occurred_at: integer(),
    /** The same as the carrier's clock showed it, ISO 8601 with offset. */
    local_time: text(),
    precision: text({ enum: ["second", "minute", "date", "unknown"] }).notNull(),
    carrier_order: integer(),
    code_path: text().notNull(),
    status: text().notNull(),
    reason: text(),
    replaces: text(),
    withdrawn: integer({ mode: "boolean" }).notNull(),
    duplicate_of: text(),
    source: text({ enum: ["webhook", "sftp", "poll"] }).notNull(),
    /** What the shipment was after this event: told with it, whenever it is sent. */
    shipment_status: text().notNull(),
    health: text().notNull(),
    action_required_by: text().notNull(),
    document_id: text().notNull(),
    created_at: integer().notNull(),
    /** JSON: the contract's event, section 3, with `other`. */
    body: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.shipment_id, t.event_id] }),
    uniqueIndex("events_feed").on(t.tenant_id, t.position),
  ],
);

/** Codes that no rule knows, counted once for each event they came with. Written by: the timeline. */
export const unmapped = sqliteTable(
  "unmapped",
  {
    carrier_id: text().notNull(),
    code: text().notNull(),
    sub_code: text().notNull(),
    sample_text: text(),
    sample_document_id: text().notNull(),
    count: integer().notNull(),
    first_seen_at: integer().notNull(),
    last_seen_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.carrier_id, t.code, t.sub_code] })],
);

/** The documents in which a code that no rule knew was seen: what is read again once an operator maps it. Written by: the timeline. */
export const unmappedDocuments = sqliteTable(
  "unmapped_documents",
  {
    carrier_id: text().notNull(),
    code: text().notNull(),
    sub_code: text().notNull(),
    document_id: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.carrier_id, t.code, t.sub_code, t.document_id] }),
    index("unmapped_documents_by_document").on(t.document_id),
  ],
);

/**
 * Accounts that do not simply live here: no row, nothing to ask. Every statement batch for an account looks here first
 * (storage/residency.ts), so that whoever still takes it to live here finds out, in the same transaction.
 * Written by: account creation (elsewhere), the move.
 */
export const residency = sqliteTable("residency", {
  account_number: text().primaryKey(),
  /** home: lives here. copying: lives here, each change is marked. leaving: may be read. left: lives elsewhere. arriving: not complete yet. */
  state: text({ enum: ["home", "copying", "leaving", "left", "arriving"] }).notNull(),
  /** Of the move that wrote it, see control's `moves`; an older one's holder changes nothing any more. */
  claim: integer().notNull(),
  since: integer().notNull(),
});

/** What changed of an account while it is copied to another shard. Written by: every write of a `copying` account; emptied by the move. */
export const moveMarks = sqliteTable(
  "move_marks",
  {
    account_number: text().notNull(),
    shipment_id: text().notNull(),
    /** A number that the shipment was given; empty for the shipment itself. */
    carrier_number: text().notNull(),
    /** Counts the changes: a mark is taken away only as it was read. */
    version: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.account_number, t.shipment_id, t.carrier_number] })],
);
