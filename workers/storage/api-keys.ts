import { z } from "zod";
import { base32 } from "../domain/ids.ts";
import { type Mode, parseTenant, type Tenant, tenantOf } from "../domain/tenant.ts";
import { type HeldClaim, heldParameters, stillHeld } from "./idempotency.ts";
import type { Queryable } from "./queryable.ts";

/** API keys: a prefix that says live or test, and 160 random bits. Only the SHA-256 is kept. */

const PREFIX = { live: "gl-acc-", test: "gl-test-" } as const;
const KEY = /^gl-(?:acc|test)-[0-9a-hjkmnp-tv-z]{32}$/u;

/** Whether a text has the shape of a key: what has not is refused without asking the database. */
export function looksLikeKey(text: string): boolean {
  return KEY.test(text);
}

async function hashOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface KeyOwner {
  key_id: string;
  tenant: Tenant;
}

const OwnerRow = z.object({ id: z.string(), tenant_id: z.string(), revoked_at: z.number().nullable() });

/** Whose key it is; null where it is nobody's, or was revoked. */
export async function findKey(db: Queryable, key: string): Promise<KeyOwner | null> {
  const raw = await db
    .prepare("SELECT id, tenant_id, revoked_at FROM api_keys WHERE key_hash = ?1")
    .bind(await hashOf(key))
    .first();
  if (raw === null) return null;
  const row = OwnerRow.parse(raw);
  return row.revoked_at === null ? { key_id: row.id, tenant: parseTenant(row.tenant_id) } : null;
}

/** Whether an account's key is still good: what was begun with it ends when it is revoked. */
export async function isLiveKey(db: Queryable, account_number: string, id: string): Promise<boolean> {
  const row = await db
    .prepare("SELECT revoked_at FROM api_keys WHERE account_number = ?1 AND id = ?2")
    .bind(account_number, id)
    .first<{ revoked_at: number | null }>();
  return row !== null && row.revoked_at === null;
}

/**
 * Draws a key (20 random bytes) and keeps its hash. The key itself is in the answer and nowhere else: one of the same id
 * that an earlier try of the same request left was told to nobody, so it is replaced. Null where another request has
 * taken this one's place.
 */
export async function createKey(
  db: Queryable,
  {
    id,
    account_number,
    mode,
    random,
    now,
    claim,
  }: {
    id: string;
    account_number: string;
    mode: Mode;
    random: Uint8Array;
    now: number;
    claim: HeldClaim | null;
  },
): Promise<{ key: string; listed: ListedKey } | null> {
  const key = `${PREFIX[mode]}${base32(random, 32)}`;
  const hint = key.slice(0, PREFIX[mode].length + 4);
  const held = heldParameters(claim);
  const [, inserted] = await db.batch([
    db
      .prepare(`DELETE FROM api_keys WHERE account_number = ?1 AND id = ?2 AND ${stillHeld(3)}`)
      .bind(account_number, id, ...held),
    db
      .prepare(
        `INSERT INTO api_keys (key_hash, id, account_number, tenant_id, hint, created_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ${stillHeld(7)} RETURNING id`,
      )
      .bind(await hashOf(key), id, account_number, tenantOf(account_number, mode).id, hint, now, ...held),
  ]);
  if ((inserted?.results.length ?? 0) === 0) return null;
  return { key, listed: { id, mode, hint, created_at: now, revoked_at: null } };
}

export interface ListedKey {
  id: string;
  mode: Mode;
  hint: string;
  created_at: number;
  revoked_at: number | null;
}

const ListedRow = z.object({
  id: z.string(),
  tenant_id: z.string(),
  hint: z.string(),
  created_at: z.number(),
  revoked_at: z.number().nullable(),
});

/** An account's keys in the order of their making, from the one after `after`. */
export async function listKeys(
  db: Queryable,
  account_number: string,
  after: string,
  limit: number,
): Promise<ListedKey[]> {
  const { results } = await db
    .prepare(
      "SELECT id, tenant_id, hint, created_at, revoked_at FROM api_keys WHERE account_number = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )
    .bind(account_number, after, limit)
    .all();
  return results.map((raw) => {
    const { tenant_id, ...row } = ListedRow.parse(raw);
    return { ...row, mode: parseTenant(tenant_id).mode };
  });
}

/** Revokes a key; false where the account has none of that id. A second time changes nothing. */
export async function revokeKey(
  db: Queryable,
  account_number: string,
  id: string,
  now: number,
): Promise<boolean> {
  const row = await db
    .prepare(
      "UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?3) WHERE account_number = ?1 AND id = ?2 RETURNING id",
    )
    .bind(account_number, id, now)
    .first();
  return row !== null;
}
