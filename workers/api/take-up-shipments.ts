import type { Context } from "../context.ts";
import { tenantOf } from "../domain/tenant.ts";
import type { FeedingConnection, ListedConnection } from "../storage/connections.ts";
import { followableNumbers, followStatements } from "../storage/follow.ts";

/** A connection that is new for an account takes up the shipments that the account already tracks with its carrier. */

const NUMBERS_A_PAGE = 1000;
/** Per account; what is beyond follows when the connection is changed again. */
const PAGES_MAX = 100;

export async function takeUpShipments(
  ctx: Context,
  { id, carrier_id, ways }: ListedConnection,
  account_numbers: readonly string[],
): Promise<void> {
  const connection: FeedingConnection = {
    connection_id: id,
    poll: ways.poll === undefined ? null : { min_minutes: ways.poll.min_minutes ?? null },
    pushes: ways.webhook !== undefined,
    // All in one slot: its first check finds how many there are, and spreads them.
    spread: {},
  };
  for (const account_number of account_numbers) {
    for (const mode of ["live", "test"] as const)
      await takeUp(ctx, connection, carrier_id, tenantOf(account_number, mode).id, account_number);
  }
}

async function takeUp(
  ctx: Context,
  connection: FeedingConnection,
  carrier_id: string,
  tenant_id: string,
  account_number: string,
): Promise<void> {
  const shard = ctx.shardFor(account_number);
  const clock = { now: ctx.now(), timeScale: ctx.timeScale };
  let after = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const numbers = await followableNumbers(shard, { tenant_id, carrier_id, after, limit: NUMBERS_A_PAGE });
    const last = numbers.at(-1);
    if (last === undefined) return;
    await ctx.control.batch(
      followStatements(ctx.control, tenant_id, [{ connections: [connection], numbers }], clock),
    );
    if (numbers.length < NUMBERS_A_PAGE) return;
    after = last.number;
  }
}
