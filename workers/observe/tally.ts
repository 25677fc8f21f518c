import { z } from "zod";
import { log, reasonOf } from "../flow/log.ts";
import { type ConnectionNews, countStatements, type FlowCount } from "../storage/flow-counting.ts";
import { FLOW_WAYS, type FlowCounts, MINUTE_MS } from "../storage/flow-counts.ts";
import type { Metrics } from "./metrics.ts";

/** A count, and for the metrics whose it is. */
export type Counted = FlowCount & { carrier_id?: string; subject?: string };

const Numbers = {
  at: z.number(),
  total: z.number().optional(),
  events: z.number().optional(),
  duplicates: z.number().optional(),
  unmapped: z.number().optional(),
  failed: z.number().optional(),
  dead: z.number().optional(),
  carrier_id: z.string().optional(),
  subject: z.string().optional(),
};
const Pending = z.object({
  counts: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("in"), way: z.enum(FLOW_WAYS.in), ...Numbers }),
      z.object({ kind: z.literal("out"), way: z.enum(FLOW_WAYS.out), ...Numbers }),
      z.object({ kind: z.literal("check"), way: z.enum(FLOW_WAYS.check), ...Numbers }),
    ]),
  ),
  news: z.array(z.object({ connection_id: z.string(), way: z.enum(FLOW_WAYS.in), at: z.number() })),
});

/**
 * What happened in a batch, summed up in memory and written once: a row a way in the control database, a data point a
 * way, carrier and subject. What is not written when the isolate ends is not counted: a count is no record.
 */
export class Tally {
  readonly #counts = new Map<string, Counted>();
  readonly #news = new Map<string, ConnectionNews>();

  add(count: Counted): void {
    const at = Math.floor(count.at / MINUTE_MS) * MINUTE_MS;
    const key = JSON.stringify([count.kind, count.way, at, count.carrier_id, count.subject]);
    const before = this.#counts.get(key);
    this.#counts.set(key, before === undefined ? { ...count, at } : { ...before, ...sumOf(before, count) });
  }

  /** A connection's carrier said something new. */
  news(news: ConnectionNews): void {
    const key = `${news.connection_id} ${news.way}`;
    if ((this.#news.get(key)?.at ?? 0) < news.at) this.#news.set(key, news);
  }

  /** What is not written yet, as JSON for `restore`; empty where there is nothing. */
  pending(): string {
    if (this.isEmpty) return "";
    return JSON.stringify({ counts: [...this.#counts.values()], news: [...this.#news.values()] });
  }

  /** Adds what an earlier instance had not written. */
  restore(pending: string): void {
    if (pending === "") return;
    const { counts, news } = Pending.parse(JSON.parse(pending));
    for (const count of counts) this.add(count);
    for (const one of news) this.news(one);
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0 && this.#news.size === 0;
  }

  /** Never throws: counting must not undo what is counted. */
  async write(control: D1Database, metrics: Metrics, now: number): Promise<void> {
    const counts = [...this.#counts.values()];
    const news = [...this.#news.values()];
    this.#counts.clear();
    this.#news.clear();
    const statements = countStatements(control, counts, news, now);
    if (statements.length === 0) return;
    metrics.write(counts);
    try {
      await control.batch(statements);
    } catch (error) {
      log("counts.not_kept", { counts: counts.length, why: reasonOf(error) });
    }
  }
}

function sumOf(a: Partial<FlowCounts>, b: Partial<FlowCounts>): FlowCounts {
  const sum = (column: keyof FlowCounts) => (a[column] ?? 0) + (b[column] ?? 0);
  return {
    total: sum("total"),
    events: sum("events"),
    duplicates: sum("duplicates"),
    unmapped: sum("unmapped"),
    failed: sum("failed"),
    dead: sum("dead"),
  };
}
