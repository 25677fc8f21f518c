import { HOUR_MS, MINUTE_MS } from "../../storage/flow-counts.ts";
import type { Chip } from "../pieces/flow-picture.tsx";
import { count } from "../pieces/when.tsx";

/** The periods of the flow, and what its pictures share. */

export const PERIODS = ["minute", "hour", "day"] as const;

export type Period = (typeof PERIODS)[number];

export function periodOf(text: string | undefined): Period {
  return PERIODS.find((period) => period === text) ?? "hour";
}

export function ticksOf(since: number, step: number, buckets: number): { at: number; text: string }[] {
  const every = step === HOUR_MS ? 6 * HOUR_MS : 15 * MINUTE_MS;
  return Array.from({ length: buckets }, (_, at) => ({ at, ms: since + at * step }))
    .filter(({ ms, at }) => ms % every === 0 && at > 0 && at < buckets - 1)
    .map(({ at, ms }) => ({ at, text: new Date(ms).toISOString().slice(11, 16) }));
}

const ONE: Readonly<Record<string, string>> = {
  "dead letters": "dead letter",
  "checks due": "check due",
  "checks failed": "check failed",
};

/** Nothing is said of what did not happen. */
export function chip(number: number, word: string, tone: Chip["tone"], href: string, more = false): Chip[] {
  if (number === 0) return [];
  const text = `${count(number)}${more ? "+" : ""} ${number === 1 && !more ? (ONE[word] ?? word) : word}`;
  return [{ text, tone, label: text, href }];
}
