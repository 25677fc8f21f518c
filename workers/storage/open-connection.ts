import { z } from "zod";
import { type Connection, Ways } from "../domain/connection.ts";
import type { Queryable } from "./queryable.ts";
import type { Vault } from "./vault.ts";

/** A connection with its credentials in clear, for the steps that speak with a carrier. */

const Row = z.object({
  id: z.string(),
  carrier_id: z.string(),
  ways: z.string(),
  credentials_sealed: z.array(z.number()).nullable(),
  key_id: z.string().nullable(),
  auto_register: z.number(),
  paused: z.number(),
  account_numbers: z.string(),
  updated_at: z.number(),
  lanes: z.number(),
});

const CredentialFields = z.record(z.string(), z.string());

/** Null where there is no such connection. Throws where its credentials can't be opened, saying which key is missing. */
export async function openConnection(db: Queryable, vault: Vault, id: string): Promise<Connection | null> {
  return (await openVersion(db, vault, id))?.connection ?? null;
}

/** A connection as it was at one moment. */
export interface OpenedConnection {
  connection: Connection;
  /** Grows with every change of the connection, whatever the clock says. */
  version: number;
}

/** As `openConnection`, with what tells whether it has changed since. */
export async function openVersion(db: Queryable, vault: Vault, id: string): Promise<OpenedConnection | null> {
  const raw = await db
    .prepare(
      `SELECT c.id, c.carrier_id, c.ways, c.credentials_sealed, c.key_id, c.auto_register, c.paused, c.updated_at,
              (SELECT json_group_array(a.account_number) FROM connection_accounts a WHERE a.connection_id = c.id) AS account_numbers,
              (SELECT count(*) FROM lanes l WHERE l.connection_id = c.id) AS lanes
       FROM connections c WHERE c.id = ?1`,
    )
    .bind(id)
    .first();
  if (raw === null) return null;
  const row = Row.parse(raw);
  const sealed = row.credentials_sealed;
  const credentials =
    sealed === null || row.key_id === null
      ? {}
      : await vault.open(row.id, { bytes: Uint8Array.from(sealed), key_id: row.key_id }, CredentialFields);
  const connection: Connection = {
    id: row.id,
    carrier_id: row.carrier_id,
    account_numbers: z.array(z.string()).parse(JSON.parse(row.account_numbers)),
    ways: Ways.parse(JSON.parse(row.ways)),
    credentials,
    auto_register: row.auto_register === 1,
    paused: row.paused === 1,
    lanes: Math.max(1, row.lanes),
  };
  return { connection, version: row.updated_at };
}
