/** What an answer of the sandbox says of each number: the elements of `tracking`, which hold no clock. */
export function parts(body: Uint8Array): Map<string, unknown> | null {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
  if (typeof answer !== "object" || answer === null || !("tracking" in answer)) return null;
  const { tracking } = answer;
  if (!Array.isArray(tracking)) return null;
  const by = new Map<string, unknown>();
  for (const element of tracking as readonly unknown[]) {
    if (typeof element !== "object" || element === null || !("tracking_number" in element)) return null;
    const { tracking_number } = element;
    // Twice the same number, or none: the reader sorts it out.
    if (typeof tracking_number !== "string" || by.has(tracking_number)) return null;
    by.set(tracking_number, element);
  }
  return by;
}
