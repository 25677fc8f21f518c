import type { z } from "@hono/zod-openapi";
import type { Context } from "../context.ts";
import { notifyLanes } from "../flow/lanes.ts";
import { type ListedConnection, putConnection } from "../storage/connections.ts";
import { forgetFollowers } from "../storage/follow.ts";
import { checkAccounts, checkCredentials, checkWays, knownCarrier } from "./connection-checks.ts";
import { invalid } from "./problem.ts";
import type { ConnectionChange } from "./schemas/connection.ts";
import { takeUpShipments } from "./take-up-shipments.ts";

/** Thousands of directory rows that one call goes through; the tick goes on with what is left. */
export const FORGET_STEPS = 100;

type Change = z.infer<typeof ConnectionChange>;

/**
 * Changes or pauses a connection. `notified`: every inbox already refuses pushes verified before the change; otherwise
 * the tick notifies the rest. 422 with the field that does not fit. `given` are all its credentials, or undefined
 * for those it has.
 */
export async function changeConnection(
  ctx: Context,
  before: ListedConnection,
  changed: Omit<Change, "credentials">,
  given: Change["credentials"],
): Promise<{ connection: ListedConnection; notified: boolean }> {
  const after: ListedConnection = { ...before, ...changed, updated_at: ctx.now() };
  after.account_numbers = [...new Set(after.account_numbers)].sort();
  const carrier = knownCarrier(after.carrier_id);
  if (changed.ways !== undefined) after.ways = await checkWays(ctx, carrier, after.ways);
  await checkAccounts(ctx, after.account_numbers, after.auto_register);
  if (given === undefined && addsWay(before, after))
    throw invalid(
      "credentials",
      "credentials: a further way needs its credentials. Send all of them with the ways.",
    );
  const sealed =
    given === undefined ? null : await ctx.vault.seal(after.id, checkCredentials(carrier, after.ways, given));
  await putConnection(ctx.control, after, sealed);
  await forgetFollowers(ctx.control, after.id, FORGET_STEPS);
  const pollIsNew = before.ways.poll === undefined && after.ways.poll !== undefined;
  const fresh = after.account_numbers.filter(
    (number) => pollIsNew || !before.account_numbers.includes(number),
  );
  await takeUpShipments(ctx, after, fresh);
  return { connection: after, notified: await notifyLanes(ctx, after.id) };
}

const WAYS = ["webhook", "sftp", "poll"] as const;
const addsWay = (before: ListedConnection, after: ListedConnection) =>
  WAYS.some((way) => before.ways[way] === undefined && after.ways[way] !== undefined);
