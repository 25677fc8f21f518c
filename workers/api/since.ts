import type { Queryable } from "../storage/queryable.ts";
import { positionBefore } from "../storage/shipments.ts";
import { parseCursor } from "./cursor.ts";
import { invalid } from "./problem.ts";

/** A place in the account's feed as a customer names it: by a cursor, or by a time. */

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/u;

/** Epoch milliseconds of a time in ISO 8601 with offset; null where the text is none. A plus that a URL turned into a blank still counts. */
export function parseTime(text: string): number | null {
  const time = text.replace(/ (?=\d\d:?\d\d$)/u, "+");
  const at = ISO_TIME.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

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
