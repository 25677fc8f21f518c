import type { Queryable } from "../storage/queryable.ts";
import { positionBefore } from "../storage/shipments.ts";
import { parseCursor } from "./cursor.ts";
import { parseTime } from "./iso-time.ts";
import { invalid } from "./problem.ts";

/** A place in the account's feed as a customer names it: by a cursor, or by a time. */

export function notAPlace(field: string) {
  return invalid(
    field,
    `${field} must be a cursor, or a time in ISO 8601 with offset, like 2026-03-14T08:00:00+00:00.`,
  );
}

/** The position: the cursor's own, or the last before the time. 422 where the text is neither. */
export async function feedPosition(
  shard: Queryable,
  tenant_id: string,
  field: string,
  text: string,
): Promise<number> {
  const time = parseTime(text);
  if (time !== null) return positionBefore(shard, tenant_id, time);
  const cursor = parseCursor(text);
  if (cursor === null) throw notAPlace(field);
  return cursor.position;
}
