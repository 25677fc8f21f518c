/** EDIFACT segments as text: ISO 9735 syntax 3 with the default service characters. */

/** Sent before every interchange, although these are the defaults: some receivers want to see it. */
export const UNA = "UNA:+.? '";

/** An element: one value, or the components of a composite. Absent ones are empty. */
export type Element = string | readonly string[];

const SERVICE = /[?+:']/u;

const released = (value: string) => (SERVICE.test(value) ? value.replace(/[?+:']/gu, "?$&") : value);

function joined(parts: readonly string[], separator: string): string {
  let last = parts.length;
  while (last > 0 && parts[last - 1] === "") last--;
  return parts.slice(0, last).join(separator);
}

/** One segment with its terminator: values released, separators behind the last value left out. */
export function segment(tag: string, ...elements: readonly Element[]): string {
  const values = elements.map((element) =>
    typeof element === "string" ? released(element) : joined(element.map(released), ":"),
  );
  return `${joined([tag, ...values], "+")}'`;
}

/** A message from its body: UNH with a reference of its own, UNT with the count of all segments, both of them among it. */
export function message(reference: string, type: readonly string[], body: readonly string[]): string[] {
  return [segment("UNH", reference, type), ...body, segment("UNT", String(body.length + 2), reference)];
}
