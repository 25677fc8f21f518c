import { base32Number, numberOfBase32, timePart } from "./ids.ts";

/**
 * A document's id says where the document is stored: `doc_KEY_CONNECTION_LANE`. KEY is 16 base-32 digits that sort by
 * the time of acceptance within a lane; CONNECTION is the connection's id without its prefix. Whoever holds an id can
 * address the inbox without a look-up.
 */

export interface DocumentPlace {
  connection_id: string;
  lane: number;
  /** Unique within the lane, sorted by the time of acceptance. */
  key: string;
}

const FORM = /^doc_([0-9a-z]{16})_(.+)_(\d{1,4})$/u;
const PREFIX = "con_";

export function documentId({ connection_id, lane, key }: DocumentPlace): string {
  const name = connection_id.startsWith(PREFIX) ? connection_id.slice(PREFIX.length) : connection_id;
  return `doc_${key}_${name}_${lane}`;
}

/** Where a document is stored, or null for a text that is no document's id. */
export function documentPlace(id: string): DocumentPlace | null {
  const [, key, name, lane] = FORM.exec(id) ?? [];
  if (key === undefined || name === undefined || lane === undefined) return null;
  return { connection_id: `${PREFIX}${name}`, lane: Number(lane), key };
}

const TIME_DIGITS = 10;
const COUNT_DIGITS = 6;

/** The lowest key of a millisecond: the keys of all later documents sort after it. */
export function keyAt(ms: number): string {
  return timePart(ms) + "0".repeat(COUNT_DIGITS);
}

/** The key that follows `last`: of the time `ms`, or one more than `last` where the clock stands still or ran back. */
export function keyAfter(last: string, ms: number): string {
  const now = keyAt(ms);
  if (now > last) return now;
  const count = numberOfBase32(last.slice(TIME_DIGITS)) + 1;
  return count < 32 ** COUNT_DIGITS
    ? last.slice(0, TIME_DIGITS) + base32Number(count, COUNT_DIGITS)
    : keyAt(timeOfKey(last) + 1);
}

/** The time in a key, epoch milliseconds. */
export function timeOfKey(key: string): number {
  return numberOfBase32(key.slice(0, TIME_DIGITS));
}
