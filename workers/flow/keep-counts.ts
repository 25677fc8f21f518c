import type { Context } from "../context.ts";
import type { MetricPoint } from "../observe/metrics.ts";
import { keepFlow } from "../storage/flow-counting.ts";
import { readWaiting } from "../storage/flow-counts.ts";

/** The tick's part in the counts: hours rolled up, old rows away, and what waits told to the metrics, for alerts. */
export async function keepCounts(ctx: Context): Promise<void> {
  const now = ctx.now();
  await keepFlow(ctx.control, now);
  const { documents, checks, customers, dead_letters } = await readWaiting(ctx.control, now);
  const age_ms = (since: number | null) => (since === null ? 0 : Math.max(0, now - since));
  const points: MetricPoint[] = [
    { kind: "waiting", way: "documents", total: documents.count, age_ms: age_ms(documents.since) },
    { kind: "waiting", way: "checks", total: checks.count, age_ms: age_ms(checks.since) },
    {
      kind: "waiting",
      way: "customers",
      total: customers.count,
      events: customers.messages,
      age_ms: age_ms(customers.since),
    },
    { kind: "waiting", way: "dead_letters", total: dead_letters.count, dead: dead_letters.messages },
  ];
  ctx.metrics.write(points);
}
