import type { Context } from "../context.ts";
import { Problem } from "./problem.ts";

/**
 * Fresh reads (contract, section 1). Answers may come from a replica; a bookmark of an earlier answer holds the replica
 * to what that answer saw. One session for each database a request reads: the control database and the account's shard.
 */
export interface Sessions {
  control: D1DatabaseSession;
  shard: D1DatabaseSession;
  /** True where the first query already goes to the primary, so that asking again tells nothing new. */
  primary: boolean;
  bookmark(): string | null;
}

const BOOKMARK = /^[0-9a-f-]{8,200}$/iu;
const FIRST_PRIMARY = "first-primary";

/** `constraint`: "first-primary", "first-unconstrained", or a bookmark that an answer carried. */
export function openSessions(ctx: Context, account_number: string, constraint: string): Sessions {
  const shardDb = ctx.shardFor(account_number);
  const [forControl = constraint, forShard = forControl] = constraint.split(".");
  const control = ctx.control.withSession(forControl);
  const shard = shardDb === ctx.control ? control : shardDb.withSession(forShard);
  return {
    control,
    shard,
    primary: constraint === FIRST_PRIMARY,
    bookmark() {
      const seen = control.getBookmark();
      if (shard === control) return seen;
      const shardSeen = shard.getBookmark();
      return seen === null || shardSeen === null ? null : `${seen}.${shardSeen}`;
    },
  };
}

/** What the request asks of a read: its bookmark, else the nearest replica. */
export function readConstraint(bookmark: string | undefined): string {
  if (bookmark === undefined) return "first-unconstrained";
  if (!bookmark.split(".").every((part) => BOOKMARK.test(part)))
    throw new Problem(400, "x-bookmark must be a value that an earlier answer carried.");
  return bookmark;
}

/** Writes, and reads that must see them, begin at the primary. */
export function primarySessions(ctx: Context, account_number: string): Sessions {
  return openSessions(ctx, account_number, FIRST_PRIMARY);
}
