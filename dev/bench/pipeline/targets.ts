import type { Figures, Measured, Paced } from "./figures.ts";
import { LOADS } from "./measure.ts";

/** What is wanted, and what a run falls short of. Pure. */

export const RATE_TARGETS = {
  single: { required: 400, aim: 600 },
  fifty: { required: 2000, aim: 3000 },
} as const;
/** The least share of the bare pipeline's events a second. */
export const SHARE_TARGET = 0.6;
export const PACE_TARGETS: ReadonlyMap<number, { p50_ms: number; p99_ms: number }> = new Map([
  [50, { p50_ms: 30, p99_ms: 250 }],
  [200, { p50_ms: 60, p99_ms: 400 }],
]);

/** A sentence for each required figure that is missed, for each population; empty: all holds. */
export function missedBy({ populations }: Figures): string[] {
  return populations.flatMap((measured) =>
    [...LOADS.flatMap(({ name }) => ratesMissed(measured, name)), ...pacesMissed(measured)].map(
      (sentence) => `With ${measured.shipments.toLocaleString("en")} shipments, ${sentence}`,
    ),
  );
}

function ratesMissed(measured: Measured, name: (typeof LOADS)[number]["name"]): string[] {
  const { gluey, bare } = measured[name];
  const { required } = RATE_TARGETS[name];
  const share = gluey.per_second / bare.per_second;
  const title = name === "single" ? "1 event a push" : "50 events a push";
  const faults = [
    gluey.per_second < required ? `${gluey.per_second.toFixed(0)} events/s; required are ${required}.` : null,
    share < SHARE_TARGET
      ? `${(100 * share).toFixed(0)} % of the bare pipeline; required are ${100 * SHARE_TARGET} %.`
      : null,
    gluey.lost > 0 ? `${gluey.lost} events did not arrive.` : null,
    gluey.out_of_order > 0 ? `${gluey.out_of_order} events came out of order.` : null,
  ];
  return faults.flatMap((fault) => (fault === null ? [] : [`${title}: ${fault}`]));
}

function pacesMissed({ paces }: Measured): string[] {
  return paces.flatMap(({ gluey }) => {
    const missed = paceMissed(gluey);
    return missed === null ? [] : [`${gluey.per_second} events/s: ${missed}`];
  });
}

function paceMissed({ per_second, keeps_up, p50_ms, p99_ms, lost, out_of_order }: Paced): string | null {
  if (lost > 0) return `${lost} events did not arrive.`;
  if (out_of_order > 0) return `${out_of_order} events came out of order.`;
  const target = PACE_TARGETS.get(per_second);
  if (target === undefined) return null;
  if (!keeps_up || p50_ms === null || p99_ms === null) return "it does not keep up.";
  if (p50_ms <= target.p50_ms && p99_ms <= target.p99_ms) return null;
  return `p50 ${p50_ms.toFixed(0)} ms and p99 ${p99_ms.toFixed(0)} ms; required are ${target.p50_ms} and ${target.p99_ms} ms.`;
}
