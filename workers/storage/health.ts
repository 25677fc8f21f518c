import { z } from "zod";
import type { Queryable } from "./queryable.ts";

/** How it goes, for the operator: each question reads a bounded number of rows. */

const SlotsRow = z.object({
  connection_id: z.string(),
  way: z.enum(["poll", "sftp"]),
  slots: z.number(),
  failing: z.number(),
  last_ok_at: z.number().nullable(),
  last_done_at: z.number().nullable(),
  oldest_due_at: z.number(),
  last_error: z.string().nullable(),
});
export type SlotsHealth = z.infer<typeof SlotsRow>;

/** The checks of some connections, all slots of a way together. */
export async function slotsHealth(db: Queryable, connection_ids: readonly string[]): Promise<SlotsHealth[]> {
  const { results } = await db
    .prepare(
      `SELECT t.connection_id, t.way, count(*) AS slots, sum(t.failures > 0) AS failing, max(t.last_ok_at) AS last_ok_at,
              max(t.last_done_at) AS last_done_at, min(t.due_at) AS oldest_due_at, max(t.last_error) AS last_error
       FROM json_each(?1) j CROSS JOIN check_slots t ON t.connection_id = j.value GROUP BY t.connection_id, t.way`,
    )
    .bind(JSON.stringify(connection_ids))
    .all();
  return results.map((raw) => SlotsRow.parse(raw));
}

const NewsRow = z.object({
  connection_id: z.string(),
  way: z.enum(["webhook", "sftp", "poll"]),
  last_new_at: z.number(),
});
export type LastNews = z.infer<typeof NewsRow>;

/** When the carriers of some connections last said anything new, by way; to the minute. */
export async function lastNews(db: Queryable, connection_ids: readonly string[]): Promise<LastNews[]> {
  const { results } = await db
    .prepare(
      "SELECT n.connection_id, n.way, n.last_new_at FROM json_each(?1) j CROSS JOIN connection_news n ON n.connection_id = j.value",
    )
    .bind(JSON.stringify(connection_ids))
    .all();
  return results.map((raw) => NewsRow.parse(raw));
}

const BacklogRow = z.object({
  tenant_id: z.string(),
  since: z.number(),
  waiting: z.number(),
  dead: z.number(),
});
export type Backlog = z.infer<typeof BacklogRow>;

/** Tenants whose objects hold undelivered news, by id, from the one after `after`. */
export async function listBacklogs(db: Queryable, after: string, limit: number): Promise<Backlog[]> {
  const { results } = await db
    .prepare(
      "SELECT tenant_id, since, waiting, dead FROM backlogs WHERE tenant_id > ?1 ORDER BY tenant_id LIMIT ?2",
    )
    .bind(after, limit)
    .all();
  return results.map((raw) => BacklogRow.parse(raw));
}

/** Tenants with dead letters, by id, from the one after `after`. */
export async function tenantsWithDeadLetters(db: Queryable, after: string, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT tenant_id FROM backlogs WHERE tenant_id > ?1 AND dead > 0 ORDER BY tenant_id LIMIT ?2")
    .bind(after, limit)
    .all();
  return results.map((raw) => z.object({ tenant_id: z.string() }).parse(raw).tenant_id);
}
