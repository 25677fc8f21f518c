import { z } from "zod";
import { SubscriptionSettings } from "../domain/subscription.ts";
import type { Queryable } from "./queryable.ts";
import type { Sealed } from "./vault.ts";

/** Subscriptions as their account sees them. Secrets go in sealed; only a rotation opens them again. */

export type Way = "webhook" | "sftp";

export interface StoredSubscription {
  id: string;
  tenant_id: string;
  account_number: string;
  settings: SubscriptionSettings;
  sealed: Sealed;
  start_position: number;
  paused: boolean;
  created_at: number;
  updated_at: number;
}

const Row = z.object({
  id: z.string(),
  tenant_id: z.string(),
  account_number: z.string(),
  settings: z.string(),
  secrets_sealed: z.array(z.number()),
  key_id: z.string(),
  start_position: z.number(),
  paused: z.number(),
  created_at: z.number(),
  updated_at: z.number(),
});

const COLUMNS =
  "id, tenant_id, account_number, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at";

function stored(raw: unknown): StoredSubscription {
  const { secrets_sealed, key_id, settings, paused, ...row } = Row.parse(raw);
  return {
    ...row,
    settings: SubscriptionSettings.parse(JSON.parse(settings)),
    sealed: { bytes: Uint8Array.from(secrets_sealed), key_id },
    paused: paused === 1,
  };
}

/** False where the tenant has `most` subscriptions already, or this very one. */
export async function insertSubscription(
  db: Queryable,
  subscription: StoredSubscription,
  most: number,
): Promise<boolean> {
  const { id, tenant_id, account_number, settings, sealed, start_position, paused, created_at, updated_at } =
    subscription;
  const row = await db
    .prepare(
      `INSERT INTO subscriptions (id, tenant_id, account_number, way, settings, secrets_sealed, key_id, start_position, paused, created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
       WHERE (SELECT count(*) FROM subscriptions WHERE tenant_id = ?2) < ?12 ON CONFLICT DO NOTHING RETURNING id`,
    )
    .bind(
      id,
      tenant_id,
      account_number,
      settings.way,
      JSON.stringify(settings),
      sealed.bytes,
      sealed.key_id,
      start_position,
      paused ? 1 : 0,
      created_at,
      updated_at,
      most,
    )
    .first();
  return row !== null;
}

export async function findSubscription(
  db: Queryable,
  tenant_id: string,
  way: Way,
  id: string,
): Promise<StoredSubscription | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM subscriptions WHERE id = ?3 AND tenant_id = ?1 AND way = ?2`)
    .bind(tenant_id, way, id)
    .first();
  return row === null ? null : stored(row);
}

/** A tenant's subscriptions of a way by id, from the one after `after`. */
export async function listSubscriptions(
  db: Queryable,
  tenant_id: string,
  way: Way,
  after: string,
  limit: number,
): Promise<StoredSubscription[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM subscriptions WHERE tenant_id = ?1 AND way = ?2 AND id > ?3 ORDER BY id LIMIT ?4`,
    )
    .bind(tenant_id, way, after, limit)
    .all();
  return results.map(stored);
}

/** Writes a changed subscription; false where somebody else changed or deleted it since it was read. */
export async function updateSubscription(
  db: Queryable,
  { id, tenant_id, settings, sealed, paused, updated_at }: StoredSubscription,
  read_updated_at: number,
): Promise<boolean> {
  const row = await db
    .prepare(
      `UPDATE subscriptions SET settings = ?3, secrets_sealed = ?4, key_id = ?5, paused = ?6, updated_at = ?7
       WHERE id = ?2 AND tenant_id = ?1 AND updated_at = ?8 RETURNING id`,
    )
    .bind(
      tenant_id,
      id,
      JSON.stringify(settings),
      sealed.bytes,
      sealed.key_id,
      paused ? 1 : 0,
      updated_at,
      read_updated_at,
    )
    .first();
  return row !== null;
}

export async function deleteSubscription(db: Queryable, tenant_id: string, id: string): Promise<boolean> {
  const row = await db
    .prepare("DELETE FROM subscriptions WHERE id = ?2 AND tenant_id = ?1 RETURNING id")
    .bind(tenant_id, id)
    .first();
  return row !== null;
}

/** Tenants that expect acknowledgements of files, by id, from the one after `after`. */
export async function tenantsWithAcknowledgements(
  db: Queryable,
  after: string,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT tenant_id FROM subscriptions
       WHERE tenant_id > ?1 AND way = 'sftp' AND json_extract(settings, '$.ack_directory') IS NOT NULL
       ORDER BY tenant_id LIMIT ?2`,
    )
    .bind(after, limit)
    .all();
  return results.map((raw) => z.object({ tenant_id: z.string() }).parse(raw).tenant_id);
}
