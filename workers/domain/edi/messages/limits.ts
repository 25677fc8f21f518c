/** Bounds on what one message may make us keep. */
import type { RemarkKind } from "../remarks.ts";

/** References of a header or consignment go into each of its statuses, so they are few. */
export const MAX_SHARED = 200;
/** Facts of one kind in one status. */
export const MAX_LIST = 500;
/** Numbers of parcels in one status. */
export const MAX_ITEMS = 10_000;
/** Free text is cut here; the longest the directories allow is 5 × 512. */
export const MAX_TEXT = 2560;
const MAX_ID = 256;

interface Told {
  remark(kind: RemarkKind, detail: string, facts?: Readonly<Record<string, string | number | null>>): void;
}

/** Prose, cut with a remark when it is too long. */
export function cutText(text: string, told: Told): string {
  if (text.length <= MAX_TEXT) return text;
  told.remark("VALUE_TOO_LONG", `A text of ${text.length} characters is cut to ${MAX_TEXT}.`, {
    length: text.length,
  });
  return text.slice(0, MAX_TEXT);
}

/** A number; one that is too long to be one is left out with a remark: cut, it would be another one. */
export function numberOf(value: string | null, told: Told): string | null {
  if (value === null || value.length <= MAX_ID) return value;
  told.remark("VALUE_TOO_LONG", `A number of ${value.length} characters is left out.`, {
    length: value.length,
  });
  return null;
}

/** True when a list takes no more; told once a message. */
export function isFull(length: number, max: number, state: { overflowTold: boolean }, told: Told): boolean {
  if (length < max) return false;
  if (!state.overflowTold) {
    state.overflowTold = true;
    told.remark(
      "TOO_MANY_VALUES",
      `More than ${max} values of one kind at one place: the further ones are left out.`,
      { limit: max },
    );
  }
  return true;
}
