import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/** How accounts go, for the operator: what a tenant holds back, whether it subscribes, when its feed was last added to. */

const TenantRow = z.object({
  tenant_id: z.string(),
  since: z.number().nullable(),
  waiting: z.number().nullable(),
  dead: z.number().nullable(),
  subscribes: z.number().transform((found) => found === 1),
});
export type TenantHealth = z.infer<typeof TenantRow>;

/** The backlog of some tenants, and whether anybody listens. */
export async function tenantsHealth(db: Queryable, tenant_ids: readonly string[]): Promise<TenantHealth[]> {
  const { results } = await db
    .prepare(
      `SELECT j.value AS tenant_id, b.since, b.waiting, b.dead,
              EXISTS (SELECT 1 FROM subscriptions s WHERE s.tenant_id = j.value) AS subscribes
       FROM json_each(?1) j LEFT JOIN backlogs b ON b.tenant_id = j.value ORDER BY j.key`,
    )
    .bind(JSON.stringify(tenant_ids))
    .all();
  return results.map((raw) => TenantRow.parse(raw));
}

const LastRow = z.object({ tenant_id: z.string(), last_event_at: z.number().nullable() });

/** When the feeds of an account's sides were last added to: the newest event of each, off the feed's index. */
export async function lastEvents(
  shard: Queryable,
  tenant_ids: readonly string[],
): Promise<Map<string, number>> {
  const { results } = await shard
    .prepare(
      `SELECT j.value AS tenant_id,
              (SELECT e.created_at FROM events e WHERE e.tenant_id = j.value AND e.position IS NOT NULL ORDER BY e.position DESC LIMIT 1) AS last_event_at
       FROM json_each(?1) j`,
    )
    .bind(JSON.stringify(tenant_ids))
    .all();
  const last = new Map<string, number>();
  for (const raw of results) {
    const { tenant_id, last_event_at } = LastRow.parse(raw);
    if (last_event_at !== null) last.set(tenant_id, last_event_at);
  }
  return last;
}
