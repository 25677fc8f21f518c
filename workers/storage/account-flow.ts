import { z } from "zod";
import { STATUS_WORDS, type Status } from "../domain/statuses.ts";
import { SOURCES } from "../domain/tracking-event.ts";
import type { Queryable } from "./queryable.ts";
import { positionBefore, StatusWord } from "./shipments.ts";

/** An account's own part of the flow: each question reads a bounded number of rows. */

/** Events of one question, and shipments of one status. */
const COUNTED_MAX = 10_000;
const SHIPMENTS_MAX = 1000;

export interface CameIn {
  events: number;
  unmapped: number;
  /** When the newest came; null where none did. */
  last_at: number | null;
}

const InRow = z.object({
  source: z.enum(SOURCES),
  events: z.number(),
  unmapped: z.number(),
  last_at: z.number().nullable(),
});

/** What a tenant's timelines got since a time, by way in: of the latest ten thousand. */
export async function cameIn(
  shard: Queryable,
  tenant_id: string,
  since: number,
): Promise<{ ways: Record<(typeof SOURCES)[number], CameIn>; more: boolean }> {
  const after = await positionBefore(shard, tenant_id, since);
  const { results } = await shard
    .prepare(
      `SELECT source, count(*) AS events, sum(code_path = 'other/unmapped') AS unmapped, max(created_at) AS last_at
       FROM (SELECT source, code_path, created_at FROM events WHERE tenant_id = ?1 AND position > ?2 ORDER BY position DESC LIMIT ${COUNTED_MAX})
       GROUP BY source`,
    )
    .bind(tenant_id, after)
    .all();
  const none = (): CameIn => ({ events: 0, unmapped: 0, last_at: null });
  const ways = { webhook: none(), sftp: none(), poll: none() };
  let events = 0;
  for (const raw of results) {
    const { source, ...row } = InRow.parse(raw);
    ways[source] = row;
    events += row.events;
  }
  return { ways, more: events >= COUNTED_MAX };
}

const StandingRow = z.object({ status: StatusWord, shipments: z.number() });

/** How many shipments a tenant has in each status, each counted up to a thousand. */
export async function shipmentsByStatus(
  shard: Queryable,
  tenant_id: string,
): Promise<{ status: Status; shipments: number; more: boolean }[]> {
  const { results } = await shard
    .prepare(
      `SELECT j.value AS status, (SELECT count(*) FROM (SELECT 1 FROM shipments WHERE tenant_id = ?1 AND status = j.value LIMIT ${SHIPMENTS_MAX + 1})) AS shipments
       FROM json_each(?2) j`,
    )
    .bind(tenant_id, JSON.stringify(STATUS_WORDS))
    .all();
  return results
    .map((raw) => StandingRow.parse(raw))
    .filter(({ shipments }) => shipments > 0)
    .map(({ status, shipments }) => ({
      status,
      shipments: Math.min(shipments, SHIPMENTS_MAX),
      more: shipments > SHIPMENTS_MAX,
    }));
}
