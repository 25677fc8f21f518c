import { z } from "zod";
import { FIRST } from "./placement.ts";
import type { Queryable } from "./queryable.ts";

/** Customers. */

const Account = z.object({ account_number: z.string(), name: z.string(), created_at: z.number() });
export type Account = z.infer<typeof Account>;

/**
 * False where the number is taken. `shard` is where its shipments go, by the name of a binding. The control database's
 * own shard is told when that is another: should that binding ever be lost, it refuses instead of beginning anew.
 */
export async function createAccount(db: Queryable, account: Account, shard: string): Promise<boolean> {
  const [made] = await db.batch([
    db
      .prepare(
        "INSERT INTO accounts (account_number, name, created_at, shard) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING RETURNING account_number",
      )
      .bind(account.account_number, account.name, account.created_at, shard === FIRST ? null : shard),
    db
      .prepare(
        `INSERT INTO residency (account_number, state, claim, since)
         SELECT account_number, 'left', 0, created_at FROM accounts WHERE account_number = ?1 AND shard IS NOT NULL ON CONFLICT DO NOTHING`,
      )
      .bind(account.account_number),
  ]);
  return made?.results[0] !== undefined;
}

export async function findAccount(db: Queryable, account_number: string): Promise<Account | null> {
  const row = await db
    .prepare("SELECT account_number, name, created_at FROM accounts WHERE account_number = ?1")
    .bind(account_number)
    .first();
  return row === null ? null : Account.parse(row);
}

/** Accounts by number, from the one after `after`. */
export async function listAccounts(db: Queryable, after: string, limit: number): Promise<Account[]> {
  const { results } = await db
    .prepare(
      "SELECT account_number, name, created_at FROM accounts WHERE account_number > ?1 ORDER BY account_number LIMIT ?2",
    )
    .bind(after, limit)
    .all();
  return results.map((row) => Account.parse(row));
}

/** Those of some numbers that are no account's. */
export async function unknownAccounts(db: Queryable, account_numbers: readonly string[]): Promise<string[]> {
  const { results } = await db
    .prepare(
      "SELECT j.value AS number FROM json_each(?1) j LEFT JOIN accounts a ON a.account_number = j.value WHERE a.account_number IS NULL",
    )
    .bind(JSON.stringify(account_numbers))
    .all();
  return results.map((row) => z.object({ number: z.string() }).parse(row).number);
}
