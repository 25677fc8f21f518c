/** What the poll requests of several carriers share. */

/**
 * The numbers of one call, encoded for a URL. More than the carrier takes, or none, is a fault of the caller and thrown:
 * whoever groups numbers asks `numbers_per_call` first.
 */
export function numbersOf(numbers: readonly string[], limit: number): string[] {
  if (numbers.length === 0 || numbers.length > limit) {
    throw new Error(`This carrier takes 1 to ${limit} numbers a call; ${numbers.length} were given.`);
  }
  return numbers.map(encoded);
}

/** One number as a part of a URL. Dots alone would climb the path, also percent-encoded (WHATWG URL, 4.4), so their encoding is encoded. */
function encoded(number: string): string {
  const part = encodeURIComponent(number.toWellFormed());
  return /^\.{1,2}$/u.test(part) ? part.replaceAll(".", "%252E") : part;
}

/** The only number of a call, encoded for a URL. */
export function oneNumber(numbers: readonly string[]): string {
  return numbersOf(numbers, 1).join("");
}

/** A path under a base address, with one slash between them. */
export function under(base_url: string, path: string): string {
  return `${base_url.replace(/\/+$/u, "")}/${path.replace(/^\/+/u, "")}`;
}
