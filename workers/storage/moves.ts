import { z } from "zod";
import type { Queryable } from "./queryable.ts";
import { MoveTakenOver } from "./residency.ts";

/** Moves of accounts to another shard, as the control database has them: one row an account, held by one worker at a time. */

export const MOVE_STEPS = [
  "clear",
  "copy",
  "catch_up",
  "freeze",
  "open",
  "purge",
  "cancel",
  "done",
  "cancelled",
] as const;
export type MoveStep = (typeof MOVE_STEPS)[number];

const Row = z.object({
  account_number: z.string(),
  from_shard: z.string(),
  to_shard: z.string(),
  step: z.enum(MOVE_STEPS),
  cursor: z.string(),
  claim: z.number(),
  copied: z.number(),
  rounds: z.number(),
  note: z.string().nullable(),
  begun_at: z.number(),
  switched_at: z.number().nullable(),
  updated_at: z.number(),
});
export type Move = z.infer<typeof Row>;

const COLUMNS =
  "account_number, from_shard, to_shard, step, cursor, claim, copied, rounds, note, begun_at, switched_at, updated_at";

/** An account's move, under way or the last there was; null where there was none. */
export async function findMove(control: Queryable, account_number: string): Promise<Move | null> {
  const row = await control
    .prepare(`SELECT ${COLUMNS} FROM moves WHERE account_number = ?1`)
    .bind(account_number)
    .first();
  return row === null ? null : Row.parse(row);
}

/** Begins a move; null where the account is not there, lives in that shard already, or is under way to one. */
export async function beginMove(
  control: Queryable,
  account_number: string,
  to_shard: string,
  now: number,
): Promise<Move | null> {
  const row = await control
    .prepare(
      `INSERT INTO moves (account_number, from_shard, to_shard, step, cursor, claim, lease_until, copied, rounds, begun_at, updated_at)
       SELECT account_number, coalesce(shard, 'DB'), ?2, 'clear', '', 1, 0, 0, 0, ?3, ?3 FROM accounts
       WHERE account_number = ?1 AND coalesce(shard, 'DB') <> ?2
       ON CONFLICT (account_number) DO UPDATE SET from_shard = excluded.from_shard, to_shard = excluded.to_shard, step = 'clear', cursor = '',
         claim = moves.claim + 1, lease_until = 0, copied = 0, rounds = 0, note = NULL, begun_at = excluded.begun_at, switched_at = NULL,
         updated_at = excluded.updated_at
       WHERE moves.step IN ('done', 'cancelled') RETURNING ${COLUMNS}`,
    )
    .bind(account_number, to_shard, now)
    .first();
  return row === null ? null : Row.parse(row);
}

/** Gives a move up before the account was switched; whoever works on it is stopped. Null where it is too late, or there is none. */
export async function cancelMove(
  control: Queryable,
  account_number: string,
  now: number,
): Promise<Move | null> {
  const row = await control
    .prepare(
      `UPDATE moves SET step = 'cancel', cursor = '', claim = claim + 1, lease_until = 0, note = 'cancelled by the operator', updated_at = ?2
       WHERE account_number = ?1 AND step IN ('clear', 'copy', 'catch_up', 'freeze') RETURNING ${COLUMNS}`,
    )
    .bind(account_number, now)
    .first();
  return row === null ? null : Row.parse(row);
}

/** Takes a move in hand for some time; null where another has it, or nothing is left to do. */
export async function takeMove(
  control: Queryable,
  account_number: string,
  now: number,
  lease_ms: number,
): Promise<Move | null> {
  const row = await control
    .prepare(
      `UPDATE moves SET claim = claim + 1, lease_until = ?3
       WHERE account_number = ?1 AND step NOT IN ('done', 'cancelled') AND lease_until <= ?2 RETURNING ${COLUMNS}`,
    )
    .bind(account_number, now, now + lease_ms)
    .first();
  return row === null ? null : Row.parse(row);
}

export type MoveChange = Partial<Pick<Move, "step" | "cursor" | "copied" | "rounds" | "note">>;

/** Writes how far a move is. Throws `MoveTakenOver` where its holder or its step is another by now. */
export async function saveMove(
  control: Queryable,
  held: Move,
  change: MoveChange,
  now: number,
): Promise<Move> {
  const { step, cursor, copied, rounds, note } = { ...held, ...change };
  const row = await control
    .prepare(
      `UPDATE moves SET step = ?3, cursor = ?4, copied = ?5, rounds = ?6, note = ?7, updated_at = ?8
       WHERE account_number = ?1 AND claim = ?2 AND step = ?9 RETURNING ${COLUMNS}`,
    )
    .bind(held.account_number, held.claim, step, cursor, copied, rounds, note, now, held.step)
    .first();
  if (row === null) throw new MoveTakenOver(held.account_number);
  return Row.parse(row);
}

/** The moment from which the account lives in the other shard. Throws `MoveTakenOver` where its holder is another by now. */
export async function switchAccount(control: Queryable, held: Move, now: number): Promise<Move> {
  const [, switched] = await control.batch([
    control
      .prepare(
        `UPDATE accounts SET shard = nullif(?3, 'DB') WHERE account_number = ?1
         AND EXISTS (SELECT 1 FROM moves m WHERE m.account_number = ?1 AND m.claim = ?2 AND m.step = 'freeze')`,
      )
      .bind(held.account_number, held.claim, held.to_shard),
    control
      .prepare(
        `UPDATE moves SET step = 'open', cursor = '', note = NULL, switched_at = ?3, updated_at = ?3
         WHERE account_number = ?1 AND claim = ?2 AND step = 'freeze' RETURNING ${COLUMNS}`,
      )
      .bind(held.account_number, held.claim, now),
  ]);
  const row = switched?.results[0];
  if (row === undefined) throw new MoveTakenOver(held.account_number);
  return Row.parse(row);
}

/** Lets a move go: the next to take it need not wait for the lease. */
export async function releaseMove(control: Queryable, held: Move): Promise<void> {
  await control
    .prepare("UPDATE moves SET lease_until = 0 WHERE account_number = ?1 AND claim = ?2")
    .bind(held.account_number, held.claim)
    .run();
}

/** Accounts that are being moved, by number. */
export async function accountsUnderWay(control: Queryable, limit: number): Promise<string[]> {
  const { results } = await control
    .prepare(
      "SELECT account_number FROM moves WHERE step NOT IN ('done', 'cancelled') AND account_number > '' ORDER BY account_number LIMIT ?1",
    )
    .bind(limit)
    .all();
  return results.map((row) => z.object({ account_number: z.string() }).parse(row).account_number);
}
