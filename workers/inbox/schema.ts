/**
 * An inbox's own SQLite. A document costs one written row when it is accepted and none when it is done: everything up to
 * the `progress` mark is done, except what stands in `postponed` or says `unreadable`.
 */
export const INBOX_SCHEMA = `
CREATE TABLE IF NOT EXISTS documents (
  key TEXT PRIMARY KEY,
  carrier_id TEXT NOT NULL,
  source TEXT NOT NULL,
  -- accepted: done once it lies behind the mark. postponed: see there. unreadable: set aside for the operator.
  state TEXT NOT NULL,
  size INTEGER NOT NULL,
  content_type TEXT,
  -- JSON of the document's further fields: http_status, asked, file_name, headers.
  facts TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  remarks TEXT,
  -- Where the body is in R2; null while it is here.
  archive TEXT,
  -- Null where the body is in pieces or archived.
  body BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_unreadable ON documents (key) WHERE state = 'unreadable';
CREATE INDEX IF NOT EXISTS documents_postponed ON documents (key) WHERE state = 'postponed';
CREATE TABLE IF NOT EXISTS pieces (
  key TEXT NOT NULL, piece INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (key, piece)
) WITHOUT ROWID;
-- Documents to be read again once their destination is due: a database that was down, an account on the move, or "again".
CREATE TABLE IF NOT EXISTS postponed (
  destination TEXT NOT NULL, key TEXT NOT NULL, reread INTEGER NOT NULL, PRIMARY KEY (destination, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS destinations (
  name TEXT PRIMARY KEY, next_at INTEGER NOT NULL, tries INTEGER NOT NULL, why TEXT NOT NULL
) WITHOUT ROWID;
-- Customers' objects that could not be woken.
CREATE TABLE IF NOT EXISTS wakes (
  tenant_id TEXT PRIMARY KEY, next_at INTEGER NOT NULL, tries INTEGER NOT NULL
) WITHOUT ROWID;
-- Objects of R2 with bodies of documents, by their last document's key.
CREATE TABLE IF NOT EXISTS archives (last_key TEXT PRIMARY KEY, object TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
