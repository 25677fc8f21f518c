import type { Line } from "./records.ts";

/** A kill takes this long to come; what is answered meanwhile may still be heard. */
const KILLED_WITHIN_MS = 100;

/** How many requests a kill at a moment (epoch ms) cut off: they had come, and nobody had answered or given them up. */
export function openAt(lines: readonly Line[], at: number): number {
  const open = new Set<number>();
  for (const line of lines) {
    if (line.kind === "request" && line.at < at) open.add(line.n);
    else if (line.kind === "answered" && line.at < at + KILLED_WITHIN_MS) open.delete(line.n);
    else if (line.kind === "closed" && line.at < at) open.delete(line.n);
  }
  return open.size;
}
