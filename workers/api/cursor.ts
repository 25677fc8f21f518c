import { invalid } from "./problem.ts";

/**
 * Cursors: a position in the account's feed, opaque to customers, never a clock. A list whose rows share positions adds
 * the row's id. Base 64 URL of `position` or `position:id`, so a feed's cursor also does where a list's is asked for.
 */
export interface Cursor {
  position: number;
  id: string;
}

const PLAIN = /^(\d{1,15})(?::([A-Za-z0-9_.-]{0,80}))?$/u;

export function writeCursor({ position, id }: { position: number; id?: string }): string {
  const plain = id === undefined || id === "" ? `${position}` : `${position}:${id}`;
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}

/** Null where the text is no cursor of ours. */
export function parseCursor(text: string): Cursor | null {
  if (!/^[A-Za-z0-9_-]{1,150}$/u.test(text)) return null;
  let plain: string;
  try {
    plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
  const match = PLAIN.exec(plain);
  return match === null ? null : { position: Number(match[1]), id: match[2] ?? "" };
}

/** The cursor of a field, or 422 naming the field. */
export function readCursor(field: string, text: string): Cursor {
  const cursor = parseCursor(text);
  if (cursor === null) throw invalid(field, `${field} is not a cursor that an answer gave you.`);
  return cursor;
}
