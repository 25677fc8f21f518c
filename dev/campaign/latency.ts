import type { Line } from "./records.ts";

/** How long an accepted fact takes to a customer's receiver: percentiles, milliseconds. */
export interface Latency {
  facts: number;
  p50: number;
  p90: number;
  p99: number;
}

/** Of the facts accepted between two instants, at some endpoints, by their first arrival. */
export function latencyOf(
  lines: readonly Line[],
  endpoints: ReadonlySet<string>,
  from: number,
  until: number,
): Latency {
  const accepted = new Map<string, number>();
  for (const line of lines) {
    if (line.kind === "accepted" && line.at >= from && line.at <= until)
      for (const fact of line.facts) accepted.set(fact, line.at);
  }
  const first = new Map<string, number>();
  for (const line of lines) {
    if (line.kind !== "request" || !endpoints.has(line.endpoint)) continue;
    for (const { fact } of line.events) {
      const at = accepted.get(fact);
      const key = `${line.endpoint} ${fact}`;
      if (at !== undefined && !first.has(key)) first.set(key, Math.max(0, line.at - at));
    }
  }
  const sorted = [...first.values()].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { facts: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
