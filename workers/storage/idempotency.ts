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

/** A request that has its key, and so the right to answer. */
export interface HeldClaim extends IdempotentRequest {
  /** When the first request with this key came; the same at each further try. */
  created_at: number;
  /** When this one took the key: tells it from whoever takes its place after the lease. */
  claimed_at: number;
}

export type Claim =
  | { kind: "mine"; held: HeldClaim }
  | { kind: "answered"; status: number; response: string | null }
  | { kind: "at_work" }
  | { kind: "another_request" };

const ClaimedRow = z.object({ created_at: z.number(), claimed_at: z.number() });
const Row = z.object({
  request_hash: z.string(),
  status: z.number().nullable(),
  response: z.string().nullable(),
});

/** Takes the key for this request, or says what became of the one that has it. One statement decides, so two at once can't both have it. */
export async function claimKey(db: Queryable, request: IdempotentRequest, now: number): Promise<Claim> {
  const { scope, key, request_hash } = request;
  const [claimed, found] = await db.batch([
    db
      .prepare(
        `INSERT INTO idempotency (tenant_id, key, request_hash, status, response, created_at, claimed_at) VALUES (?1, ?2, ?3, NULL, NULL, ?4, ?4)
         ON CONFLICT (tenant_id, key) DO UPDATE
         SET request_hash = excluded.request_hash, status = NULL, response = NULL, claimed_at = excluded.claimed_at,
           created_at = CASE WHEN idempotency.created_at <= ?5 THEN excluded.created_at ELSE idempotency.created_at END
         WHERE idempotency.created_at <= ?5
            OR (idempotency.status IS NULL AND idempotency.claimed_at <= ?6 AND idempotency.request_hash = excluded.request_hash)
         RETURNING created_at, claimed_at`,
      )
      .bind(scope, key, request_hash, now, now - KEPT_MS, now - LEASE_MS),
    db
      .prepare("SELECT request_hash, status, response FROM idempotency WHERE tenant_id = ?1 AND key = ?2")
      .bind(scope, key),
  ]);
  const mine = claimed?.results[0];
  if (mine !== undefined) return { kind: "mine", held: { ...request, ...ClaimedRow.parse(mine) } };
  const row = Row.parse(found?.results[0]);
  if (row.request_hash !== request_hash) return { kind: "another_request" };
  return row.status === null
    ? { kind: "at_work" }
    : { kind: "answered", status: row.status, response: row.response };
}

/** A condition for a statement that must not take effect once another request has the place: three parameters from number `at` on, see `heldParameters`. True without a claim. */
export const stillHeld = (at: number): string =>
  `(?${at} IS NULL OR EXISTS (SELECT 1 FROM idempotency WHERE tenant_id = ?${at} AND key = ?${at + 1} AND claimed_at = ?${at + 2} AND status IS NULL))`;

export function heldParameters(claim: HeldClaim | null): [string | null, string | null, number | null] {
  return claim === null ? [null, null, null] : [claim.scope, claim.key, claim.claimed_at];
}

/** Keeps the answer. `response` is sealed text, or null where it is too large to keep. False where another request has the place: its answer counts. */
export async function keepAnswer(
  db: Queryable,
  claim: HeldClaim,
  { status, response }: { status: number; response: string | null },
): Promise<boolean> {
  const row = await db
    .prepare(
      `UPDATE idempotency SET status = ?4, response = ?5 WHERE tenant_id = ?1 AND key = ?2 AND claimed_at = ?3 AND status IS NULL
       RETURNING key`,
    )
    .bind(claim.scope, claim.key, claim.claimed_at, status, response)
    .first();
  return row !== null;
}

/** Gives the key back: the request had no effect, so the same key may be used for a better one. */
export async function releaseKey(db: Queryable, claim: HeldClaim): Promise<void> {
  await db
    .prepare(
      "DELETE FROM idempotency WHERE tenant_id = ?1 AND key = ?2 AND claimed_at = ?3 AND status IS NULL",
    )
    .bind(claim.scope, claim.key, claim.claimed_at)
    .run();
}

/** Ends the lease of a request that broke off: perhaps it had its effect, so only the same request may go on, and at once. */
export async function endLease(db: Queryable, claim: HeldClaim): Promise<void> {
  await db
    .prepare(
      "UPDATE idempotency SET claimed_at = 0 WHERE tenant_id = ?1 AND key = ?2 AND claimed_at = ?3 AND status IS NULL",
    )
    .bind(claim.scope, claim.key, claim.claimed_at)
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
