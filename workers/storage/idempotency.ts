import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/** Answers to creations by `Idempotency-Key`, so that a request sent again has its effect once. */

const KEPT_MS = 24 * 3_600_000;
/** A first request still without an answer after this long has died; the same request may take its place. */
const LEASE_MS = 60_000;

export interface IdempotentRequest {
  /** The tenant's id, or `operator`. */
  scope: string;
  key: string;
  /** SHA-256 of method, path and body. */
  request_hash: string;
}

export type Claim =
  | { kind: "mine" }
  | { kind: "answered"; status: number; response: string | null }
  | { kind: "at_work" }
  | { kind: "another_request" };

const Row = z.object({
  request_hash: z.string(),
  status: z.number().nullable(),
  response: z.string().nullable(),
});

/** Takes the key for this request, or says what became of the one that has it. One statement decides, so two at once can't both have it. */
export async function claimKey(
  db: Queryable,
  { scope, key, request_hash }: IdempotentRequest,
  now: number,
): Promise<Claim> {
  const [claimed, found] = await db.batch([
    db
      .prepare(
        `INSERT INTO idempotency (tenant_id, key, request_hash, status, response, created_at) VALUES (?1, ?2, ?3, NULL, NULL, ?4)
         ON CONFLICT (tenant_id, key) DO UPDATE
         SET request_hash = excluded.request_hash, status = NULL, response = NULL, created_at = excluded.created_at
         WHERE idempotency.created_at <= ?5
            OR (idempotency.status IS NULL AND idempotency.created_at <= ?6 AND idempotency.request_hash = excluded.request_hash)
         RETURNING key`,
      )
      .bind(scope, key, request_hash, now, now - KEPT_MS, now - LEASE_MS),
    db
      .prepare("SELECT request_hash, status, response FROM idempotency WHERE tenant_id = ?1 AND key = ?2")
      .bind(scope, key),
  ]);
  if ((claimed?.results.length ?? 0) > 0) return { kind: "mine" };
  const row = Row.parse(found?.results[0]);
  if (row.request_hash !== request_hash) return { kind: "another_request" };
  return row.status === null
    ? { kind: "at_work" }
    : { kind: "answered", status: row.status, response: row.response };
}

/** Keeps the answer. `response` is sealed text, or null where it is too large to keep. */
export async function keepAnswer(
  db: Queryable,
  { scope, key, request_hash }: IdempotentRequest,
  { status, response }: { status: number; response: string | null },
): Promise<void> {
  await db
    .prepare(
      "UPDATE idempotency SET status = ?4, response = ?5 WHERE tenant_id = ?1 AND key = ?2 AND request_hash = ?3",
    )
    .bind(scope, key, request_hash, status, response)
    .run();
}

/** Gives the key back: the request had no effect, so the same key may be used for a better one. */
export async function releaseKey(
  db: Queryable,
  { scope, key, request_hash }: IdempotentRequest,
): Promise<void> {
  await db
    .prepare(
      "DELETE FROM idempotency WHERE tenant_id = ?1 AND key = ?2 AND request_hash = ?3 AND status IS NULL",
    )
    .bind(scope, key, request_hash)
    .run();
}

/** Forgets up to `limit` answers older than 24 hours; returns how many. For the sweep. */
export async function forgetOldAnswers(db: Queryable, now: number, limit: number): Promise<number> {
  const { results } = await db
    .prepare(
      `DELETE FROM idempotency WHERE (tenant_id, key) IN
         (SELECT tenant_id, key FROM idempotency WHERE created_at <= ?1 ORDER BY created_at LIMIT ?2) RETURNING key`,
    )
    .bind(now - KEPT_MS, limit)
    .all();
  return results.length;
}
