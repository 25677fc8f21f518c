import { z } from "zod";
import type { Context } from "../context.ts";
import type { DeadLetterRow, SetAsideRow } from "../delivery/views.ts";
import { parseTenant, type Tenant } from "../domain/tenant.ts";
import { tenantsWithDeadLetters } from "../storage/health.ts";
import { readTextCursor, writeTextCursor } from "./paging.ts";

/** Objects that one page asks. */
const TENANTS_A_PAGE = 20;

/** Where a page ended: within a tenant's list, or after a tenant. */
const Place = z.object({ tenant_id: z.string(), inside: z.string().nullable() });

export interface DeadLetters {
  dead: { row: DeadLetterRow; whose: Tenant }[];
  set_aside: { row: SetAsideRow; whose: Tenant }[];
  next_cursor: string | null;
}

/** What was given up, tenant by tenant, or of one: `limit` counts dead letters and events set aside together. */
export async function deadLettersPage(
  ctx: Context,
  { limit, cursor, tenant }: { limit: number; cursor: string | undefined; tenant: Tenant | null },
): Promise<DeadLetters> {
  const place = cursor === undefined ? { tenant_id: "", inside: null } : readTextCursor(cursor, Place);
  const page: DeadLetters = { dead: [], set_aside: [], next_cursor: null };
  const later =
    tenant === null ? await tenantsWithDeadLetters(ctx.control, place.tenant_id, TENANTS_A_PAGE) : [];
  const begun = place.inside === null ? [] : [place.tenant_id];
  const tenants = tenant === null ? [...begun, ...later] : [tenant.id];
  for (const tenant_id of tenants) {
    const inside = tenant_id === place.tenant_id && place.inside !== null ? { cursor: place.inside } : {};
    const room = limit - page.dead.length - page.set_aside.length;
    const found = await ctx.deliveryOf(tenant_id).deadLetters({ ...inside, limit: room });
    const whose = parseTenant(tenant_id);
    page.dead.push(...found.data.map((row) => ({ row, whose })));
    page.set_aside.push(...found.set_aside.map((row) => ({ row, whose })));
    if (found.next_cursor !== null || page.dead.length + page.set_aside.length >= limit) {
      const more = found.next_cursor !== null || (tenant === null && tenant_id !== tenants.at(-1));
      const end: z.infer<typeof Place> = { tenant_id, inside: found.next_cursor };
      return { ...page, next_cursor: more ? writeTextCursor(JSON.stringify(end)) : null };
    }
  }
  const last = later.length === TENANTS_A_PAGE ? later.at(-1) : undefined;
  const next_cursor =
    last === undefined ? null : writeTextCursor(JSON.stringify({ tenant_id: last, inside: null }));
  return { ...page, next_cursor };
}
