import { z } from "zod";
import { invalid } from "./problem.ts";

/** Pages of lists that are ordered by a key of their own: the cursor is the key of the last one told. */

/** An opaque cursor of any text. */
export function writeTextCursor(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}

const notACursor = () => invalid("cursor", "cursor is not one that an answer gave you.");

/** The text of a cursor, or 422. */
function textOf(cursor: string): string {
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(binary, (letter) => letter.charCodeAt(0)),
    );
  } catch {
    throw notACursor();
  }
}

/** The JSON of a cursor by its shape, or 422. */
export function readTextCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  const text = textOf(cursor);
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw notACursor();
  }
}

/** The id to go on after; the empty text, which sorts before all, for the first page. */
export function pageAfter(cursor: string | undefined): string {
  return cursor === undefined ? "" : readTextCursor(cursor, z.string().max(200));
}

/** The next cursor of a list that was asked for one row more than the page holds. */
export function nextAfter<Row>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
): string | null {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return last === undefined ? null : writeTextCursor(JSON.stringify(idOf(last)));
}
