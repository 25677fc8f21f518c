import type { Context } from "../context.ts";
import { type ShardSession, sessionOf } from "../storage/account-shard.ts";
import { Problem } from "./problem.ts";

/**
 * Fresh reads (contract, section 1). Answers may come from a replica; a bookmark of an earlier answer holds the replica
 * to what that answer saw. One session for each database a request reads: the control database and the account's shard,
 * which may be the same. A bookmark counts for one database only, so a shard's carries its name: `CONTROL.SHARD_1.SHARD`.
 */
export interface Sessions {
  control: D1DatabaseSession;
  shard: ShardSession;
  /** True where the first query already goes to the primary, so that asking again tells nothing new. */
  primary: boolean;
  bookmark(): string | null;
}

const BOOKMARK = /^[0-9a-f-]{8,200}(?:\.SHARD_\d{1,6}\.[0-9a-f-]{8,200})?$/iu;
const FIRST_PRIMARY = "first-primary";
const UNCONSTRAINED = "first-unconstrained";

/** `constraint`: "first-primary", "first-unconstrained", or a bookmark that an answer carried. */
export function openSessions(ctx: Context, account_number: string, constraint: string): Sessions {
  const [forControl = constraint, shardSeen, forShard] = constraint.split(".");
  const control = ctx.control.withSession(forControl);
  const shard = sessionOf(ctx.placements, account_number, ({ name, database }) => {
    // What the account's own shard showed, while it was another, says nothing of this one's replicas.
    if (database === ctx.control && shardSeen === undefined) return control;
    if (constraint === UNCONSTRAINED) return database.withSession(UNCONSTRAINED);
    return database.withSession(shardSeen === name ? forShard : FIRST_PRIMARY);
  });
  return {
    control,
    shard,
    primary: constraint === FIRST_PRIMARY,
    bookmark() {
      const seen = control.getBookmark();
      const at = shard.at();
      if (seen === null) return at?.name === "DB" ? at.bookmark : null;
      if (at === null) return shardSeen === undefined ? seen : `${seen}.${shardSeen}.${forShard}`;
      if (at.bookmark === null) return null;
      return at.name === "DB" ? at.bookmark : `${seen}.${at.name}.${at.bookmark}`;
    },
  };
}

/** What the request asks of a read: its bookmark, else the nearest replica. */
export function readConstraint(bookmark: string | undefined): string {
  if (bookmark === undefined) return UNCONSTRAINED;
  if (!BOOKMARK.test(bookmark))
    throw new Problem(400, "x-bookmark must be a value that an earlier answer carried.");
  return bookmark;
}

/** Writes, and reads that must see them, begin at the primary. */
export function primarySessions(ctx: Context, account_number: string): Sessions {
  return openSessions(ctx, account_number, FIRST_PRIMARY);
}
