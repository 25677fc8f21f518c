/** One JSON line for each thing that happened: `noun.past`. No secrets, no recipients, no addresses. */
export function log(
  event: string,
  facts: Record<string, string | number | boolean | null | undefined>,
): void {
  console.log(JSON.stringify({ event, ...facts }));
}

/** What an error says, short enough for a line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
