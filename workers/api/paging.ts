import { invalid } from "./problem.ts";

/** Pages of lists that are ordered by an id: the cursor is the id of the last one told. */

const ID_CURSOR = /^[A-Za-z0-9_.|-]{0,200}$/u;

function decode(cursor: string): string | null {
  try {
    return atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}

/** The id to go on after; the empty text, which sorts before all, for the first page. 422 where the cursor is none of ours. */
export function pageAfter(cursor: string | undefined): string {
  const after = cursor === undefined ? "" : decode(cursor);
  if (after === null || !ID_CURSOR.test(after))
    throw invalid("cursor", "cursor is not one that an answer gave you.");
  return after;
}

/** The next cursor of a list that was asked for one row more than the page holds. */
export function nextAfter<Row>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
): string | null {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  if (last === undefined) return null;
  return btoa(idOf(last)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}
