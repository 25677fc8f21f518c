/** What the poll requests of several carriers share. */

/**
 * The numbers of one call, encoded for a URL. More than the carrier takes, or none, is a fault of the caller and thrown:
 * whoever groups numbers asks `numbers_per_call` first.
 */
export function numbersOf(numbers: readonly string[], limit: number): string[] {
  if (numbers.length === 0 || numbers.length > limit) {
    throw new Error(`This carrier takes 1 to ${limit} numbers a call; ${numbers.length} were given.`);
  }
  return numbers.map(encodeURIComponent);
}

/** The only number of a call, encoded for a URL. */
export function oneNumber(numbers: readonly string[]): string {
  return numbersOf(numbers, 1).join("");
}

/** A path under a base address, with one slash between them. */
export function under(base_url: string, path: string): string {
  return `${base_url.replace(/\/+$/u, "")}/${path.replace(/^\/+/u, "")}`;
}
