import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * The control database: who the customers and carriers' connections are, who follows which number, what came in and
 * what has to be checked. Every table says what it holds and who writes it. Times are epoch milliseconds.
 * Tables keyed by text are made WITHOUT ROWID in the migration (one row written for each insert); drizzle can't say so.
 */

/** A customer. Written by: the operator. */
export const accounts = sqliteTable("accounts", {
  account_number: text().primaryKey(),
  name: text().notNull(),
  created_at: integer().notNull(),
  /** The binding of the database that its shipments live in; null: this one. Changed by a move, see `moves`. */
  shard: text(),
});

/**
 * An account on its way to another shard, or the last time it was: which step is to be done, and how far it is. One
 * worker at a time holds the row by `claim`, which only rises. Written by: the operator (begun, cancelled), flow/move.ts.
 */
export const moves = sqliteTable(
  "moves",
  {
    account_number: text().primaryKey(),
    from_shard: text().notNull(),
    to_shard: text().notNull(),
    /** What is to be done next; the steps are told in docs/crashes.md. */
    step: text({
      enum: ["clear", "copy", "catch_up", "freeze", "open", "purge", "cancel", "done", "cancelled"],
    }).notNull(),
    /** JSON: how far the copy is, see flow/move.ts. Empty at a step's beginning. */
    cursor: text().notNull(),
    claim: integer().notNull(),
    /** Until when the claim's holder has the row for itself. */
    lease_until: integer().notNull(),
    /** Shipments copied, one that changed meanwhile as often as it was. */
    copied: integer().notNull(),
    /** How often the two sides did not agree and all was copied again. */
    rounds: integer().notNull(),
    /** What went wrong last, for the operator. */
    note: text(),
    begun_at: integer().notNull(),
    /** When the account began to live in the new shard. */
    switched_at: integer(),
    updated_at: integer().notNull(),
  },
  (t) => [index("moves_under_way").on(t.account_number).where(sql`step NOT IN ('done', 'cancelled')`)],
);

/** How an account's tracking page looks, where it is not as it comes. Written by: the customer. */
export const brandings = sqliteTable("brandings", {
  account_number: text().primaryKey(),
  /** In the place of the account's own name. */
  name: text(),
  /** #rrggbb. */
  colour: text(),
  /** A PNG, JPEG or WebP of at most 64 KiB; the next four are null where there is none. */
  logo: blob({ mode: "buffer" }),
  logo_type: text({ enum: ["image/png", "image/jpeg", "image/webp"] }),
  /** The beginning of its SHA-256: part of its address, so that another logo has another one. */
  logo_digest: text(),
  /** JSON: {width, height} in pixels. */
  logo_size: text(),
  updated_at: integer().notNull(),
});

/**
 * API keys, by the SHA-256 of the key; the key itself is shown once and kept nowhere. `tenant_id` is
 * `ACCOUNT.live` or `ACCOUNT.test`: live and test data never meet, because every customer's row begins with it.
 * Written by: the operator.
 */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    key_hash: text().primaryKey(),
    id: text().notNull(),
    account_number: text().notNull(),
    tenant_id: text().notNull(),
    /** The first characters, so that a person can tell keys apart. */
    hint: text().notNull(),
    created_at: integer().notNull(),
    revoked_at: integer(),
  },
  (t) => [index("api_keys_by_account").on(t.account_number, t.id)],
);

/**
 * One agreement with one carrier. `credentials_sealed` is AES-GCM under a key from a Worker secret, with the row's id
 * as additional data; `key_id` says which key. Written by: the operator.
 */
export const connections = sqliteTable(
  "connections",
  {
    id: text().primaryKey(),
    carrier_id: text().notNull(),
    /** JSON: {webhook?, sftp?, poll?}, see domain/connection.ts. */
    ways: text().notNull(),
    credentials_sealed: blob({ mode: "buffer" }),
    key_id: text(),
    auto_register: integer({ mode: "boolean" }).notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    /** JSON: into how many slots its numbers are spread, by interval; see domain/check-schedule.ts. Written by: the poller. */
    spread: text().notNull().default("{}"),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [index("connections_by_carrier").on(t.carrier_id)],
);

/** Which accounts a connection feeds. Written by: the operator. */
export const connectionAccounts = sqliteTable(
  "connection_accounts",
  { account_number: text().notNull(), carrier_id: text().notNull(), connection_id: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.account_number, t.carrier_id, t.connection_id] }),
    index("connection_accounts_by_connection").on(t.connection_id),
  ],
);

/**
 * The directory: who follows a carrier's number over a connection. Asked once, fanned out to all followers.
 * Written by: registration and the timeline (parcels first seen at the carrier).
 */
export const followers = sqliteTable(
  "followers",
  {
    connection_id: text().notNull(),
    carrier_number: text().notNull(),
    shipment_id: text().notNull(),
    /** The parcel the number belongs to; empty for a number of the whole shipment. */
    parcel_id: text().notNull(),
    tenant_id: text().notNull(),
    /** Its shipment has come to an end: a number whose followers have all ended is not asked for any more. */
    ended: integer({ mode: "boolean" }).notNull().default(false),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connection_id, t.carrier_number, t.shipment_id, t.parcel_id] }),
    index("followers_by_shipment").on(t.shipment_id),
  ],
);

/**
 * Numbers that a carrier has to be asked for, each in one slot. A check that finds nothing new leaves this row alone,
 * and reads it once: a slot's rows lie side by side. Written by: registration, the timeline (another interval), the poller (another answer).
 */
export const checks = sqliteTable(
  "checks",
  {
    connection_id: text().notNull(),
    carrier_number: text().notNull(),
    interval_s: integer().notNull(),
    slot: integer().notNull(),
    /** A hash of the carrier's last answer about it: an answer that is what it was costs no event and no write. */
    /** Of the last answer; `refused` where the carrier refuses the number itself, which is then asked for alone. */
    answer_hash: text(),
    /** The status the interval follows from, and since when nothing changed. */
    status: text().notNull(),
    changed_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connection_id, t.interval_s, t.slot, t.carrier_number] }),
    uniqueIndex("checks_by_number").on(t.connection_id, t.carrier_number),
  ],
);

/**
 * When something is due: one row for all numbers of a connection that share an interval and a phase of it (`way` poll),
 * or for a connection's folder (`way` sftp). A claim moves `due_at` to the end of its lease, so a check that dies is
 * claimed again. Written by: registration (a slot's first number), the tick (claims), the consumers (done).
 */
export const checkSlots = sqliteTable(
  "check_slots",
  {
    connection_id: text().notNull(),
    way: text({ enum: ["poll", "sftp"] }).notNull(),
    interval_s: integer().notNull(),
    slot: integer().notNull(),
    due_at: integer().notNull(),
    /** Since when the turn that is under way, or was put off, has been due; null while none is. */
    turn_at: integer(),
    /** What `due_at` was before the last claim. */
    claimed_from: integer(),
    /** Its last message took long: the next goes by the lane for slow ones. */
    slow: integer({ mode: "boolean" }).notNull().default(false),
    /** Drawn at each claim; only its holder may say that the check is done. Null while nobody holds it. */
    claim: text(),
    /** The last number asked where a check had to stop midway: the next goes on behind it, so that none is always left out. */
    resume_after: text(),
    last_done_at: integer(),
    last_ok_at: integer(),
    failures: integer().notNull(),
    last_error: text(),
  },
  (t) => [
    primaryKey({ columns: [t.connection_id, t.way, t.interval_s, t.slot] }),
    index("check_slots_by_due").on(t.due_at),
  ],
);

/**
 * The lanes of connections: an inbox each, which stores what the carrier sent. A lane has its row before a document goes
 * to it. Written by: the operator (a connection's change), the tick (reports, further lanes).
 */
export const lanes = sqliteTable(
  "lanes",
  {
    connection_id: text().notNull(),
    lane: integer().notNull(),
    /** The connection's version that the inbox has not confirmed yet; 0 for its deletion. Null: it is up to date. */
    pending_version: integer(),
    /** The connection was deleted; the lane stays until it is empty. */
    removed: integer({ mode: "boolean" }).notNull(),
    /** What the inbox reported at the tick's last visit; written where it differs. */
    waiting: integer().notNull(),
    oldest_waiting_at: integer(),
    unreadable: integer().notNull(),
    /** To within ten minutes. */
    last_received_at: integer().notNull(),
    /** Since when documents wait longer than a second at each visit; null where they don't. */
    behind_since: integer(),
    created_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connection_id, t.lane] }),
    index("lanes_by_activity").on(t.last_received_at),
    index("lanes_outdated").on(t.connection_id, t.lane).where(sql`pending_version IS NOT NULL`),
    index("lanes_waiting").on(t.connection_id, t.lane).where(sql`waiting > 0`),
    index("lanes_unreadable").on(t.connection_id, t.lane).where(sql`unreadable > 0`),
    index("lanes_behind").on(t.behind_since, t.connection_id).where(sql`behind_since IS NOT NULL`),
  ],
);

/** Documents to be read again, until their inbox has stored that. Written by: registration, the operator; removed once handed over. */
export const rereads = sqliteTable("rereads", {
  document_id: text().primaryKey(),
  /** An event whose code changed since becomes a further event. */
  reread: integer({ mode: "boolean" }).notNull(),
  created_at: integer().notNull(),
});

/** Documents that speak of a number nobody followed, kept 30 days and read again when it is registered. Written by: the inbox. */
export const untracked = sqliteTable(
  "untracked",
  { connection_id: text().notNull(), carrier_number: text().notNull(), document_id: text().notNull() },
  (t) => [
    primaryKey({ columns: [t.connection_id, t.carrier_number, t.document_id] }),
    index("untracked_by_document").on(t.document_id),
  ],
);

/** Files seen in a carrier's folder, by what the server said of them. Written by: collect. */
export const files = sqliteTable(
  "files",
  {
    connection_id: text().notNull(),
    path: text().notNull(),
    size: integer().notNull(),
    mtime_ms: integer().notNull(),
    /**
     * seen: once, perhaps still growing. reading: too large for one run, see `file_progress`. kept: its bytes are a document,
     * or those of its pieces that tell anything are. moved: out of the way at the carrier. failed: moved to failed/.
     */
    state: text({ enum: ["seen", "reading", "kept", "moved", "failed"] }).notNull(),
    sha256: text(),
    document_id: text(),
    updated_at: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connection_id, t.path, t.size, t.mtime_ms] }),
    index("files_by_content").on(t.connection_id, t.sha256),
  ],
);

/** How far a file too large to be read at once has been read; gone once it is out of the way. Written by: collect. */
export const fileProgress = sqliteTable(
  "file_progress",
  {
    connection_id: text().notNull(),
    path: text().notNull(),
    size: integer().notNull(),
    mtime_ms: integer().notNull(),
    /** Up to which byte its pieces are kept. */
    read_to: integer().notNull(),
    /** JSON: what the next run goes on from, see flow/collect-large.ts. */
    checkpoint: text().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.connection_id, t.path, t.size, t.mtime_ms] })],
);

/** The pieces of such a file that are documents; gone with its progress. Written by: collect. */
export const filePieces = sqliteTable(
  "file_pieces",
  {
    connection_id: text().notNull(),
    path: text().notNull(),
    size: integer().notNull(),
    mtime_ms: integer().notNull(),
    /** 1-based, and where it begins in the file. */
    piece: integer().notNull(),
    from_byte: integer().notNull(),
    document_id: text().notNull(),
    /** What in it could not be read; null where all could. */
    fault: text(),
  },
  (t) => [primaryKey({ columns: [t.connection_id, t.path, t.size, t.mtime_ms, t.piece] })],
);

/** Where a customer hears from us. Secrets are sealed as in `connections`. Written by: the customer. */
export const subscriptions = sqliteTable(
  "subscriptions",
  {
    id: text().primaryKey(),
    tenant_id: text().notNull(),
    account_number: text().notNull(),
    way: text({ enum: ["webhook", "sftp"] }).notNull(),
    /** JSON: what the customer may read back, see domain/subscription.ts. */
    settings: text().notNull(),
    secrets_sealed: blob({ mode: "buffer" }).notNull(),
    key_id: text().notNull(),
    /** The feed's position at creation: what was before is not sent. */
    start_position: integer().notNull(),
    paused: integer({ mode: "boolean" }).notNull(),
    created_at: integer().notNull(),
    updated_at: integer().notNull(),
  },
  (t) => [index("subscriptions_by_tenant").on(t.tenant_id, t.way, t.id)],
);

/** Customers whose Durable Object holds undelivered news for longer than a minute: the sweep looks after these. Written by: the object itself. */
export const backlogs = sqliteTable(
  "backlogs",
  {
    tenant_id: text().primaryKey(),
    since: integer().notNull(),
    waiting: integer().notNull(),
    dead: integer().notNull(),
  },
  (t) => [index("backlogs_by_waiting").on(t.waiting), index("backlogs_by_dead").on(t.dead)],
);

/** Answers to creations, kept 24 h by `Idempotency-Key`. Written by: the API. */
export const idempotency = sqliteTable(
  "idempotency",
  {
    tenant_id: text().notNull(),
    key: text().notNull(),
    request_hash: text().notNull(),
    /** Null while the first request is still at work. */
    status: integer(),
    response: text(),
    /** The first request's time: what it makes carries it, and an id derived from it, so a repeat finds it. */
    created_at: integer().notNull(),
    /** When the request that is at work took the key; 0 where it gave up, so that the same may try again at once. */
    claimed_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenant_id, t.key] }), index("idempotency_by_age").on(t.created_at)],
);

/** How far each sweep has come: an id or a time up to which nothing is left to do. Written by: the sweeps. */
export const sweeps = sqliteTable("sweeps", { name: text().primaryKey(), watermark: text().notNull() });

/** Mappings an operator added on top of a carrier's table. Written by: the operator. */
export const mappings = sqliteTable(
  "mappings",
  {
    id: text().primaryKey(),
    carrier_id: text().notNull(),
    /** Empty where the rule does not look at it. */
    code: text().notNull(),
    sub_code: text().notNull(),
    service: text().notNull(),
    text_pattern: text().notNull(),
    path: text().notNull(),
    reason: text(),
    version: integer().notNull(),
    created_at: integer().notNull(),
  },
  (t) => [uniqueIndex("mappings_by_key").on(t.carrier_id, t.code, t.sub_code, t.service, t.text_pattern)],
);

/**
 * What came in, went out and was checked, for the operator: a row counts one way in one minute (kept 48 hours) or, rolled
 * up, in one hour (kept 35 days). Written by: the queues' consumers and the API (once a batch), the Durable Objects (once
 * a minute), the tick (rolls up, prunes). Not exact to the last one: a crash between a step and its count leaves it out.
 */
export const flowCounts = sqliteTable(
  "flow_counts",
  {
    size: text({ enum: ["minute", "hour"] }).notNull(),
    /** When the minute or hour begins. */
    at: integer().notNull(),
    kind: text({ enum: ["in", "out", "check"] }).notNull(),
    /** in: webhook, sftp, poll. out: webhook, sftp, track (reads of the API). check: poll, sftp. */
    way: text().notNull(),
    /** in: documents. out: messages or files delivered, or reads answered. check: checks. */
    total: integer().notNull().default(0),
    /** in: events new to a timeline. out: events told. check: numbers asked for, or files taken. */
    events: integer().notNull().default(0),
    /** in: events told before by another way. */
    duplicates: integer().notNull().default(0),
    /** in: events whose code no rule knows. */
    unmapped: integer().notNull().default(0),
    /** in: documents that could not be read. out: attempts that failed. check: checks that failed. */
    failed: integer().notNull().default(0),
    /** out: messages given up. */
    dead: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.size, t.at, t.kind, t.way] })],
);

/** When a connection's carrier last said anything new, by the way it came; to the minute. Written by: the timeline. */
export const connectionNews = sqliteTable(
  "connection_news",
  {
    connection_id: text().notNull(),
    way: text({ enum: ["webhook", "sftp", "poll"] }).notNull(),
    last_new_at: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.connection_id, t.way] })],
);
