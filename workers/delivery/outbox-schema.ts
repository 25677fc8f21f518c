/**
 * The SQLite of a customer's object. Times are epoch milliseconds.
 *
 * lines       one a subscription: how far the feed is taken, and its health (JSON, see health.ts).
 * messages    what was taken from the feed, bytes apart: webhook messages, files by sFTP, tests.
 * message_shipments  which messages tell of a shipment.
 * bodies      the bytes of a message, in pieces of at most 1 MB; removed when no longer kept.
 * attempts    one row a try, written before the request leaves and again after it ended.
 * set_aside   events that could not be built: `tries` counts up to three, then the line went on without it.
 * files       one a file by sFTP, beside its message (same `ord`): what stands in it, and what the partner said of it.
 * line_states when a line's state became what: a row for each change.
 * meta        single facts: the clock, the notice of a backlog.
 */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS lines (
     subscription_id TEXT PRIMARY KEY, position INTEGER NOT NULL, health TEXT NOT NULL
   ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS messages (
     ord INTEGER PRIMARY KEY, id TEXT NOT NULL, subscription_id TEXT NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL,
     file_name TEXT, split_from INTEGER,
     first_position INTEGER NOT NULL, last_position INTEGER NOT NULL, events INTEGER NOT NULL, shipments TEXT NOT NULL,
     size INTEGER NOT NULL, sha256 TEXT,
     attempts INTEGER NOT NULL, intervals_used INTEGER NOT NULL, next_at INTEGER NOT NULL, not_before INTEGER NOT NULL,
     created_at INTEGER NOT NULL, ended_at INTEGER, last_attempt TEXT, reason TEXT
   )`,
  `CREATE INDEX IF NOT EXISTS messages_outstanding ON messages (ord) WHERE state IN ('waiting', 'sending')`,
  `CREATE INDEX IF NOT EXISTS messages_dead ON messages (ord) WHERE state = 'dead'`,
  // Both for pruning, which asks in these very words.
  `CREATE INDEX IF NOT EXISTS messages_ended ON messages (coalesce(ended_at, created_at)) WHERE state NOT IN ('waiting', 'sending')`,
  `CREATE INDEX IF NOT EXISTS messages_cancelled ON messages (ord) WHERE state = 'cancelled'`,
  `CREATE INDEX IF NOT EXISTS messages_parts ON messages (split_from) WHERE split_from IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS messages_by_id ON messages (id)`,
  `CREATE INDEX IF NOT EXISTS messages_by_feed ON messages (subscription_id, last_position, first_position)`,
  `CREATE TABLE IF NOT EXISTS message_shipments (
     shipment_id TEXT NOT NULL, ord INTEGER NOT NULL, PRIMARY KEY (shipment_id, ord)
   ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS bodies (piece INTEGER PRIMARY KEY, body BLOB NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS attempts (
     id TEXT PRIMARY KEY, ord INTEGER NOT NULL, subscription_id TEXT NOT NULL, attempt INTEGER NOT NULL, state TEXT NOT NULL,
     started_at INTEGER NOT NULL, ended_at INTEGER, status INTEGER, latency_ms INTEGER, answer TEXT, next_attempt_at INTEGER
   ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS attempts_by_message ON attempts (ord)`,
  `CREATE INDEX IF NOT EXISTS attempts_by_subscription ON attempts (subscription_id, id)`,
  // What arrived is nearly all there is: it is found without an index.
  `CREATE INDEX IF NOT EXISTS attempts_by_state ON attempts (state, id) WHERE state <> 'delivered'`,
  `CREATE TABLE IF NOT EXISTS set_aside (
     subscription_id TEXT NOT NULL, position INTEGER NOT NULL, shipment_id TEXT NOT NULL, sequence INTEGER NOT NULL,
     tries INTEGER NOT NULL, aside INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL,
     PRIMARY KEY (subscription_id, position)
   ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS files (
     ord INTEGER PRIMARY KEY, subscription_id TEXT NOT NULL, format TEXT NOT NULL, control_number INTEGER NOT NULL,
     left_out TEXT NOT NULL, remarks TEXT NOT NULL,
     verdict TEXT, answered_at INTEGER, answer_reason TEXT, answer_file TEXT, silent_at INTEGER
   )`,
  `CREATE INDEX IF NOT EXISTS files_number ON files (subscription_id, control_number)`,
  `CREATE INDEX IF NOT EXISTS files_open ON files (subscription_id, ord) WHERE verdict IS NULL OR verdict = 'received'`,
  `CREATE INDEX IF NOT EXISTS files_awaited ON files (subscription_id, ord) WHERE verdict IS NULL AND silent_at IS NULL`,
  `CREATE TABLE IF NOT EXISTS line_states (
     subscription_id TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, detail TEXT, PRIMARY KEY (subscription_id, at)
   ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
];

export function createTables(sql: SqlStorage): void {
  for (const statement of TABLES) sql.exec(statement);
}

/**
 * `waiting` for its time or its turn; `sending`; `delivered`; `dead`; `split` into one a shipment; `cancelled` because the
 * customer ended the subscription or dropped a dead letter; `test`: made up, and never in a line.
 */
export type MessageState = "waiting" | "sending" | "delivered" | "dead" | "split" | "cancelled" | "test";

export type MessageRow = {
  ord: number;
  id: string;
  subscription_id: string;
  place: number;
  state: MessageState;
  file_name: string | null;
  split_from: number | null;
  first_position: number;
  last_position: number;
  events: number;
  /** JSON of MessageShipment[]. */
  shipments: string;
  size: number;
  sha256: string | null;
  attempts: number;
  intervals_used: number;
  next_at: number;
  not_before: number;
  created_at: number;
  ended_at: number | null;
  last_attempt: string | null;
  reason: string | null;
};

export type AttemptRow = {
  id: string;
  ord: number;
  subscription_id: string;
  attempt: number;
  state: string;
  started_at: number;
  ended_at: number | null;
  status: number | null;
  latency_ms: number | null;
  answer: string | null;
  next_attempt_at: number | null;
};

export type SetAsideTableRow = {
  subscription_id: string;
  position: number;
  shipment_id: string;
  sequence: number;
  tries: number;
  aside: number;
  at: number;
  reason: string;
};

/** A file beside its message; `left_out` and `remarks` are JSON (see file-manifest.ts). */
export type FileTableRow = {
  ord: number;
  subscription_id: string;
  format: string;
  control_number: number;
  left_out: string;
  remarks: string;
  verdict: string | null;
  answered_at: number | null;
  answer_reason: string | null;
  answer_file: string | null;
  silent_at: number | null;
};
