import type { Queryable } from "./queryable.ts";

/**
 * Whether an account lives in a shard, asked by every batch for it and in the same transaction: whoever was told of an
 * older place gets an error, and nothing of its batch is done or answered. Costs a look into an index that finds
 * nothing: no row read, none written. While an account is copied away, the same statement marks what a write touches.
 */

export const RESIDENCES = ["home", "copying", "leaving", "left", "arriving"] as const;
export type Residence = (typeof RESIDENCES)[number];

/** What a write touches: a shipment (its number empty), or a number that it was given. */
export type Touched = readonly (readonly [shipment_id: string, carrier_number: string])[];

// SQLite has no statement that raises an error of one's own outside of a trigger; a path that is none raises it with its text.
const REFUSED = (state: string) => `json_extract('{}', 'account is ' || ${state} || ' here')`;

/** Before reads: refuses where the account is no longer, or not yet, whole. One that is about to leave may be read. */
export const ASK_TO_READ = `
SELECT ${REFUSED("state")} FROM residency WHERE account_number = ?1 AND state IN ('left', 'arriving')`;

/** Before writes: refuses unless the account lives here. `?2` is `Touched` as JSON, never empty. */
export const ASK_TO_WRITE = `
INSERT INTO move_marks (account_number, shipment_id, carrier_number, version)
SELECT r.account_number, CASE WHEN r.state = 'copying' THEN j.value ->> 0 ELSE ${REFUSED("r.state")} END, j.value ->> 1, 1
FROM residency r CROSS JOIN json_each(?2) j WHERE r.account_number = ?1 AND r.state <> 'home'
ON CONFLICT DO UPDATE SET version = move_marks.version + 1`;

/** The state for which a batch was refused; null where the error is another. */
export function refusedFor(error: unknown): Residence | null {
  const text = error instanceof Error ? error.message : String(error);
  return RESIDENCES.find((state) => text.includes(`account is ${state} here`)) ?? null;
}

/** An account's last step to another shard takes longer than a request may wait. Nothing was done: it can be tried again. */
export class AccountMoving extends Error {
  constructor(account_number: string) {
    super(`Account ${account_number} is just being moved to another database. Try again in a moment.`);
    this.name = "AccountMoving";
  }
}

const ENTER = `
INSERT INTO residency (account_number, state, claim, since) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT DO UPDATE SET state = excluded.state, claim = excluded.claim,
  since = CASE WHEN residency.state = excluded.state THEN residency.since ELSE excluded.since END
WHERE residency.claim <= excluded.claim AND residency.state IN (SELECT value FROM json_each(?5))
RETURNING account_number`;

/**
 * Puts an account of a shard into a state, from one of some others or from having none, in the name of a move's claim.
 * Throws `MoveTakenOver` where a later claim was here, or the state is none of them.
 */
export async function enter(
  shard: Queryable,
  account_number: string,
  claim: number,
  { state, from, now }: { state: Residence; from: readonly Residence[]; now: number },
): Promise<void> {
  const row = await shard
    .prepare(ENTER)
    .bind(account_number, state, claim, now, JSON.stringify(from))
    .first();
  if (row === null) throw new MoveTakenOver(account_number);
}

const TAKEN_OVER = "the move was taken over";
const HOLD = `
SELECT json_extract('{}', j.value) FROM json_each('["${TAKEN_OVER}"]') j
WHERE NOT EXISTS (SELECT 1 FROM residency WHERE account_number = ?1 AND state IN (SELECT value FROM json_each(?2)) AND claim = ?3)`;

/** A batch that does nothing, and throws `MoveTakenOver`, unless the account is still in one of these states by this claim. */
export async function holding<T>(
  shard: Queryable,
  account_number: string,
  claim: number,
  states: readonly Residence[],
  statements: readonly D1PreparedStatement[],
): Promise<D1Result<T>[]> {
  const hold = shard.prepare(HOLD).bind(account_number, JSON.stringify(states), claim);
  try {
    return (await shard.batch<T>([hold, ...statements])).slice(1);
  } catch (error) {
    if (String(error).includes(TAKEN_OVER)) throw new MoveTakenOver(account_number);
    throw error;
  }
}

/** Another worker goes on with the move, or it was cancelled: this one has nothing more to do. */
export class MoveTakenOver extends Error {
  constructor(account_number: string) {
    super(`The move of account ${account_number} is in other hands now.`);
    this.name = "MoveTakenOver";
  }
}
