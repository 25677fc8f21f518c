import { z } from "zod";
import { median } from "../delivery/page.ts";
import { Cost } from "./count.ts";
import type { Latency, LOADS, Throughput } from "./measure.ts";
import { IsolateProfile } from "./profile.ts";

/** What a run of the bench leaves: one median for each turn, as `before.json` keeps it too. Pure. */

export const THROUGHPUT = {
  per_second: z.number(),
  events: z.number(),
  lost: z.number(),
  out_of_order: z.number(),
  events_a_post: z.number(),
  processor_ms: z.number(),
  accepted_p50_ms: z.number(),
  accepted_p99_ms: z.number(),
  through_p50_ms: z.number(),
};
const Rate = z.object(THROUGHPUT);
export type Rate = z.infer<typeof Rate>;

const Both = <T extends z.ZodType>(of: T) => z.object({ gluey: of, bare: of });
const Paced = z.object({
  per_second: z.number(),
  keeps_up: z.boolean(),
  /** Null where nothing came. */
  p50_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  events: z.number(),
  lost: z.number(),
  out_of_order: z.number(),
});
export type Paced = z.infer<typeof Paced>;

export const Measured = z.object({
  shipments: z.number(),
  rounds: z.number(),
  single: Both(Rate),
  fifty: Both(Rate),
  paces: z.array(Both(Paced)),
});
export type Measured = z.infer<typeof Measured>;

export const Figures = z.object({
  /** ISO 8601, the day of the run. */
  day: z.string(),
  machine: z.string(),
  node: z.string(),
  /** The machine's load when the run began, and the steal of its processors in the run, in percent. */
  load: z.number(),
  steal: z.number(),
  populations: z.array(Measured),
  /** Of the first population; empty where the product has no lanes. */
  lanes: z.array(
    z.object({ lanes: z.number(), single: z.number(), fifty: z.number(), conflicts: z.number().nullable() }),
  ),
  conflicts: z.number().nullable(),
  costs: z.array(Cost),
  profiles: z.array(z.object({ title: z.string(), isolates: z.array(IsolateProfile) })),
});
export type Figures = z.infer<typeof Figures>;
export type LoadName = (typeof LOADS)[number]["name"];

/** One figure of several turns: medians, and the sums of what was lost or out of order. */
export function rateOf(turns: readonly Throughput[]): Rate {
  const of = (name: keyof Throughput) => median(turns.map((turn) => turn[name]));
  const sum = (name: keyof Throughput) => turns.reduce((total, turn) => total + turn[name], 0);
  return {
    per_second: of("per_second"),
    events: sum("events"),
    lost: sum("lost"),
    out_of_order: sum("out_of_order"),
    events_a_post: of("events_a_post"),
    processor_ms: of("processor_ms"),
    accepted_p50_ms: of("accepted_p50_ms"),
    accepted_p99_ms: of("accepted_p99_ms"),
    through_p50_ms: of("through_p50_ms"),
  };
}

/** JSON has no NaN: nothing came, no time. */
export function pacedOf(turn: Latency): Paced {
  const known = (ms: number) => (Number.isNaN(ms) ? null : ms);
  return { ...turn, p50_ms: known(turn.p50_ms), p99_ms: known(turn.p99_ms) };
}
