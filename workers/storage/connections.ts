import { z } from "zod";
import type { Spread } from "../domain/check-schedule.ts";
import { Ways } from "../domain/connection.ts";
import { readSpread } from "./checks.ts";
import { noteForgetting } from "./follow.ts";
import { jsonPieces } from "./json-rows.ts";
import { lanesToRemove, markLanesOutdated } from "./lanes.ts";
import type { Queryable } from "./queryable.ts";
import type { Sealed } from "./vault.ts";

/** Connections as the operator and registration see them; credentials go in sealed and never come out here. */

export interface ListedConnection {
  id: string;
  carrier_id: string;
  account_numbers: string[];
  ways: Ways;
  auto_register: boolean;
  paused: boolean;
  created_at: number;
  updated_at: number;
}

const Row = z.object({
  id: z.string(),
  carrier_id: z.string(),
  ways: z.string(),
  auto_register: z.number(),
  paused: z.number(),
  created_at: z.number(),
  updated_at: z.number(),
  account_numbers: z.string(),
});

const COLUMNS = `c.id, c.carrier_id, c.ways, c.auto_register, c.paused, c.created_at, c.updated_at,
  (SELECT json_group_array(a.account_number) FROM connection_accounts a WHERE a.connection_id = c.id) AS account_numbers`;

function listed(raw: unknown): ListedConnection {
  const row = Row.parse(raw);
  return {
    ...row,
    account_numbers: z.array(z.string()).parse(JSON.parse(row.account_numbers)),
    ways: Ways.parse(JSON.parse(row.ways)),
    auto_register: row.auto_register === 1,
    paused: row.paused === 1,
  };
}

export async function findConnection(db: Queryable, id: string): Promise<ListedConnection | null> {
  const row = await db.prepare(`SELECT ${COLUMNS} FROM connections c WHERE c.id = ?1`).bind(id).first();
  return row === null ? null : listed(row);
}

/** Connections by id, from the one after `after`. */
export async function listConnections(
  db: Queryable,
  after: string,
  limit: number,
): Promise<ListedConnection[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM connections c WHERE c.id > ?1 ORDER BY c.id LIMIT ?2`)
    .bind(after, limit)
    .all();
  return results.map(listed);
}

/** Writes a connection as a whole: new, or changed; `updated_at` grows even where two changes share a millisecond. `sealed` null keeps the credentials it has. All of it, or nothing. Who follows by an account that is left out goes in `forgetFollowers`. */
export async function putConnection(
  db: Queryable,
  connection: ListedConnection,
  sealed: Sealed | null,
): Promise<void> {
  const { id, carrier_id, ways, auto_register, paused, created_at, updated_at } = connection;
  const accounts = JSON.stringify(connection.account_numbers);
  const statements = [
    noteForgetting(db, id, accounts),
    db
      .prepare(
        `INSERT INTO connections (id, carrier_id, ways, credentials_sealed, key_id, auto_register, paused, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET ways = excluded.ways, auto_register = excluded.auto_register, paused = excluded.paused,
           updated_at = max(excluded.updated_at, updated_at + 1), credentials_sealed = coalesce(excluded.credentials_sealed, credentials_sealed),
           key_id = coalesce(excluded.key_id, key_id)`,
      )
      .bind(
        id,
        carrier_id,
        JSON.stringify(ways),
        sealed?.bytes ?? null,
        sealed?.key_id ?? null,
        auto_register ? 1 : 0,
        paused ? 1 : 0,
        created_at,
        updated_at,
      ),
    db
      .prepare(
        "DELETE FROM connection_accounts WHERE connection_id = ?1 AND account_number NOT IN (SELECT value FROM json_each(?2))",
      )
      .bind(id, accounts),
    db
      .prepare(
        "INSERT INTO connection_accounts (account_number, carrier_id, connection_id) SELECT value, ?2, ?1 FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING",
      )
      .bind(id, carrier_id, accounts),
  ];
  if (ways.sftp === undefined)
    statements.push(db.prepare("DELETE FROM check_slots WHERE connection_id = ?1 AND way = 'sftp'").bind(id));
  else
    statements.push(
      db
        .prepare(
          `INSERT INTO check_slots (connection_id, way, interval_s, slot, due_at, failures) VALUES (?1, 'sftp', ?2, 0, ?3, 0)
           ON CONFLICT DO UPDATE SET due_at = excluded.due_at WHERE check_slots.claim IS NULL`,
        )
        .bind(id, SFTP_INTERVAL_S, updated_at),
    );
  if (ways.poll === undefined)
    statements.push(db.prepare("DELETE FROM check_slots WHERE connection_id = ?1 AND way = 'poll'").bind(id));
  statements.push(...markLanesOutdated(db, id, updated_at));
  await db.batch(statements);
}

/** A folder is looked into every minute (contract, section 5). */
const SFTP_INTERVAL_S = 60;

/** Ends a connection: it feeds nobody and is asked nothing any more. What followed by it goes in `forgetFollowers`. */
export async function deleteConnection(db: Queryable, id: string): Promise<void> {
  await db.batch([
    noteForgetting(db, id, null),
    db.prepare("DELETE FROM check_slots WHERE connection_id = ?1").bind(id),
    db.prepare("DELETE FROM connection_accounts WHERE connection_id = ?1").bind(id),
    db.prepare("DELETE FROM connections WHERE id = ?1").bind(id),
    lanesToRemove(db, id),
  ]);
}

/** A connection as far as registration needs it. */
export interface FeedingConnection {
  connection_id: string;
  /** Null where the carrier is not asked over this connection. */
  poll: { min_minutes: number | null } | null;
  pushes: boolean;
  /** How its numbers are spread over slots. */
  spread: Spread;
}

const FeedingRow = z.object({
  carrier_id: z.string(),
  connection_id: z.string(),
  ways: z.string(),
  spread: z.string(),
});

/** By carrier, the connections that feed an account. A paused one counts: it will speak again. */
export async function connectionsFeeding(
  db: Queryable,
  account_number: string,
  carrier_ids: readonly string[],
): Promise<Map<string, FeedingConnection[]>> {
  const found = new Map<string, FeedingConnection[]>();
  for (const piece of jsonPieces(carrier_ids)) {
    const { results } = await db
      .prepare(
        `SELECT a.carrier_id, a.connection_id, c.ways, c.spread FROM json_each(?2) j
         CROSS JOIN connection_accounts a ON a.account_number = ?1 AND a.carrier_id = j.value
         CROSS JOIN connections c ON c.id = a.connection_id`,
      )
      .bind(account_number, piece)
      .all();
    for (const raw of results) {
      const row = FeedingRow.parse(raw);
      found.set(row.carrier_id, [...(found.get(row.carrier_id) ?? []), feeding(row)]);
    }
  }
  return found;
}

function feeding(row: z.infer<typeof FeedingRow>): FeedingConnection {
  const ways = Ways.parse(JSON.parse(row.ways));
  return {
    connection_id: row.connection_id,
    spread: readSpread(row.spread),
    poll: ways.poll === undefined ? null : { min_minutes: ways.poll.min_minutes ?? null },
    pushes: ways.webhook !== undefined,
  };
}
