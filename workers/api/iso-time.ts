/** Times as customers write them: ISO 8601 with offset. */

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/u;

/** Epoch milliseconds of a time in ISO 8601 with offset; null where the text is none. A plus that a URL turned into a blank still counts. */
export function parseTime(text: string): number | null {
  const time = text.replace(/ (?=\d\d:?\d\d$)/u, "+");
  const at = ISO_TIME.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
