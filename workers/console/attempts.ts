import type { Context } from "../context.ts";
import type { DeliveriesQuery, DeliveryRow, LineStatus } from "../delivery/views.ts";
import { listSubscriptions, type StoredSubscription } from "../storage/subscriptions.ts";

/** What a tenant's object tells, and what its subscriptions are: both ways together. */

/** An object answers two hundred at once. */
const AT_ONCE = 200;
const SUBSCRIPTIONS_MAX = 50;

/** The latest attempts, newest first, at most `most`, and none that began before `since`. */
export async function latestAttempts(
  ctx: Context,
  tenant_id: string,
  query: Omit<DeliveriesQuery, "limit" | "cursor">,
  { most, since = 0 }: { most: number; since?: number },
): Promise<{ attempts: DeliveryRow[]; more: boolean }> {
  const attempts: DeliveryRow[] = [];
  let cursor: string | undefined;
  while (attempts.length < most) {
    const page = await ctx.deliveryOf(tenant_id).deliveries({ ...query, cursor, limit: AT_ONCE });
    const late = page.data.filter(({ started_at }) => started_at >= since);
    attempts.push(...late);
    if (page.next_cursor === null || late.length < page.data.length) return { attempts, more: false };
    cursor = page.next_cursor;
  }
  return { attempts, more: true };
}

/** A subscription and how its line stands; the line is null where the object does not know it yet. */
export interface Endpoint {
  subscription: StoredSubscription;
  line: LineStatus | null;
}

export async function endpointsOf(ctx: Context, tenant_id: string): Promise<Endpoint[]> {
  const [webhooks, folders] = await Promise.all([
    listSubscriptions(ctx.control, tenant_id, "webhook", "", SUBSCRIPTIONS_MAX),
    listSubscriptions(ctx.control, tenant_id, "sftp", "", SUBSCRIPTIONS_MAX),
  ]);
  const subscriptions = [...webhooks, ...folders];
  if (subscriptions.length === 0) return [];
  const { lines } = await ctx.deliveryOf(tenant_id).status();
  const byId = new Map(lines.map((line) => [line.subscription_id, line]));
  return subscriptions.map((subscription) => ({ subscription, line: byId.get(subscription.id) ?? null }));
}

/** Where it goes, in one line: the endpoint, or server and folder. Never a secret. */
export function destinationOf({ settings }: Pick<StoredSubscription, "settings">): string {
  return settings.way === "webhook"
    ? settings.endpoint
    : `${settings.username}@${settings.host}:${settings.port}/${settings.directory.replace(/^\//u, "")}`;
}
