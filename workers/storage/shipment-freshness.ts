import { z } from "zod";
import { type Freshness, folderFreshness, pollFreshness, together } from "../domain/check-freshness.ts";
import { isStatus, type Status } from "../domain/statuses.ts";
import type { Queryable } from "./queryable.ts";

/** When carriers were asked about shipments last, and are asked next: over each connection that follows them. */

// The slot that polls a number, and the folder of its connection. Of a paused connection nothing is due.
const READ_CHECKS = `
SELECT f.shipment_id, f.created_at AS followed_at, c.status, c.changed_at, k.ways ->> '$.webhook' IS NOT NULL AS pushes, k.paused,
       t.connection_id, t.interval_s, t.slot, t.due_at, t.claim, t.claimed_from, t.last_done_at
FROM json_each(?1) j CROSS JOIN followers f ON f.shipment_id = j.value
CROSS JOIN connections k ON k.id = f.connection_id
CROSS JOIN checks c ON c.connection_id = f.connection_id AND c.carrier_number = f.carrier_number
CROSS JOIN check_slots t ON t.connection_id = c.connection_id AND t.way = 'poll' AND t.interval_s = c.interval_s AND t.slot = c.slot
UNION ALL
SELECT f.shipment_id, min(f.created_at), NULL, NULL, 0, k.paused, t.connection_id, t.interval_s, t.slot, t.due_at, t.claim, t.claimed_from, t.last_done_at
FROM json_each(?1) j CROSS JOIN followers f ON f.shipment_id = j.value
CROSS JOIN connections k ON k.id = f.connection_id
CROSS JOIN check_slots t ON t.connection_id = f.connection_id AND t.way = 'sftp'
GROUP BY f.shipment_id, t.connection_id, t.interval_s, t.slot`;

const CheckRow = z.object({
  shipment_id: z.string(),
  followed_at: z.number(),
  status: z.custom<Status>((word) => typeof word === "string" && isStatus(word)).nullable(),
  changed_at: z.number().nullable(),
  pushes: z.number(),
  paused: z.number(),
  connection_id: z.string(),
  interval_s: z.number(),
  slot: z.number(),
  due_at: z.number(),
  claim: z.string().nullable(),
  claimed_from: z.number().nullable(),
  last_done_at: z.number().nullable(),
});

/** By shipment; one that nobody asks about is left out. */
export async function readFreshness(
  control: Queryable,
  shipment_ids: string,
  timeScale: number,
): Promise<Map<string, Freshness>> {
  const { results } = await control.prepare(READ_CHECKS).bind(shipment_ids).all();
  const rows = results.map((raw) => CheckRow.parse(raw));
  const grouped = Map.groupBy(rows, (row) => row.shipment_id);
  return new Map(
    [...grouped].map(([id, own]) => [id, together(own.map((row) => freshnessOf(row, timeScale)))]),
  );
}

function freshnessOf(row: z.infer<typeof CheckRow>, timeScale: number): Freshness {
  const { status, changed_at, followed_at } = row;
  const slot = { ...row, claimed_from: row.claim === null ? null : row.claimed_from };
  const told =
    status === null || changed_at === null
      ? folderFreshness(slot, followed_at)
      : pollFreshness(slot, { followed_at, changed_at, status, pushes: row.pushes === 1 }, timeScale);
  return row.paused === 1 ? { ...told, next_check_at: null } : told;
}
