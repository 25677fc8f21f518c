import { z } from "zod";
import { timePart } from "../domain/ids.ts";
import { log, reasonOf } from "../flow/log.ts";
import type { MetricPoint } from "../observe/metrics.ts";
import { countStatements, type FlowCount } from "../storage/flow-counting.ts";
import type { Outbox } from "./outbox.ts";
import type { DeliveryParts } from "./parts.ts";

/**
 * Tells the operator's counts what left this object, at most once a minute. Counted from the attempts' own rows, from
 * where the last report ended: so an object that was put away meanwhile, or a report that failed, leaves nothing out.
 */

const EVERY_MS = 60_000;
const PATIENCE_MS = 10_000;
/** Attempts looked at for one report, and for a look at the last hour. */
const ATTEMPTS_MAX = 20_000;
const FACT = "flow_report";

const Reported = z.object({
  /** Attempts that began before are told. */
  to: z.number(),
  /** When that was told. */
  at: z.number(),
});

type MinuteRow = {
  at: number;
  file: number;
  delivered: number;
  failed: number;
  dead: number;
  events: number;
};

/** How an account's deliveries went in a period. */
export interface DeliveryRate {
  attempts: number;
  failed: number;
}

export class FlowReport {
  private readonly outbox: Outbox;
  private readonly sql: SqlStorage;
  private reported: z.infer<typeof Reported>;
  /** Since when attempts may have begun that are not told; null while there are none. */
  private news: number | null;
  private telling = false;

  constructor(outbox: Outbox, sql: SqlStorage, now: number) {
    this.outbox = outbox;
    this.sql = sql;
    const read = Reported.safeParse(JSON.parse(outbox.fact(FACT) ?? "null"));
    this.reported = read.success ? read.data : { to: 0, at: 0 };
    this.news = this.isAfter(this.reported.to) ? now : null;
  }

  /** An attempt begins. */
  began(now: number): void {
    this.news ??= now;
  }

  /** When the next report is due; null while there is nothing to tell. */
  dueAt(scale: number): number | null {
    if (this.news === null || this.telling) return null;
    return Math.max(this.news, this.reported.at + EVERY_MS * scale);
  }

  /** What is under way is waited for, a little: it ends soon, and is then told with the others. */
  isDue(now: number, scale: number, under_way: number): boolean {
    const due = this.dueAt(scale);
    if (due === null) return false;
    return now >= (under_way === 0 ? due : due + PATIENCE_MS * scale);
  }

  /** Never throws: what could not be told is told by the next. */
  async tell(parts: DeliveryParts): Promise<void> {
    this.telling = true;
    const { ctx, tenant } = parts;
    const now = ctx.now();
    try {
      const to = this.settledTo(now);
      const from = Math.min(this.reported.to, to);
      this.news = this.isAfter(to) ? now : null;
      const counts = this.counts(from, to);
      ctx.metrics.write(this.points(tenant.id, counts, from, to));
      const statements = countStatements(ctx.control, counts, [], now);
      if (statements.length > 0) await ctx.control.batch(statements);
      this.reported = { to, at: now };
      if (counts.length > 0) this.outbox.setFact(FACT, JSON.stringify(this.reported));
    } catch (error) {
      this.news = now;
      this.reported = { ...this.reported, at: now };
      log("counts.not_kept", { tenant_id: tenant.id, why: reasonOf(error) });
    } finally {
      this.telling = false;
    }
  }

  /** All attempts that began before have ended, or nobody knows how. */
  private settledTo(now: number): number {
    const first = this.sql
      .exec<{ started_at: number }>(
        "SELECT started_at FROM attempts WHERE state = 'sending' AND state <> 'delivered' ORDER BY id LIMIT 1",
      )
      .toArray()[0];
    // This millisecond's too: should a further one begin in it, that one is left out.
    return Math.min(now + 1, first?.started_at ?? now + 1);
  }

  private isAfter(at: number): boolean {
    return this.sql.exec("SELECT 1 FROM attempts WHERE id >= ? LIMIT 1", idAt(at)).toArray().length > 0;
  }

  private counts(from: number, to: number): FlowCount[] {
    return this.sql
      .exec<MinuteRow>(
        `SELECT a.started_at - a.started_at % 60000 AS at, m.file_name IS NOT NULL AS file, sum(a.state = 'delivered') AS delivered,
                sum(a.state IN ('failed', 'dead', 'unknown')) AS failed, sum(a.state = 'dead') AS dead,
                sum(CASE WHEN a.state = 'delivered' THEN m.events ELSE 0 END) AS events
         FROM (SELECT ord, state, started_at FROM attempts WHERE id >= ? AND id < ? ORDER BY id LIMIT ${ATTEMPTS_MAX}) a
         CROSS JOIN messages m ON m.ord = a.ord WHERE m.state <> 'test' GROUP BY 1, 2`,
        idAt(from),
        idAt(to),
      )
      .toArray()
      .map(({ file, delivered, ...row }) => {
        return { kind: "out", way: file === 1 ? "sftp" : "webhook", total: delivered, ...row };
      });
  }

  private points(subject: string, counts: readonly FlowCount[], from: number, to: number): MetricPoint[] {
    const p50_ms = this.latencyAt(from, to, 0.5);
    const p95_ms = this.latencyAt(from, to, 0.95);
    return counts.map((count) => ({ ...count, subject, p50_ms, p95_ms }));
  }

  /** How long the receiver of a share of the attempts took at most, milliseconds. */
  private latencyAt(from: number, to: number, share: number): number {
    const values = this.sql
      .exec<{ latency_ms: number }>(
        `SELECT latency_ms FROM attempts WHERE id >= ? AND id < ? AND latency_ms IS NOT NULL ORDER BY latency_ms LIMIT ${ATTEMPTS_MAX}`,
        idAt(from),
        idAt(to),
      )
      .toArray();
    return values[Math.max(0, Math.ceil(values.length * share) - 1)]?.latency_ms ?? 0;
  }
}

/** Attempts since a time, and how many of them failed: of the latest, where there are very many. */
export function deliveryRate(sql: SqlStorage, since: number): DeliveryRate {
  const row = sql
    .exec<{ attempts: number; failed: number | null }>(
      `SELECT count(*) AS attempts, sum(state IN ('failed', 'dead', 'unknown')) AS failed
       FROM (SELECT state FROM attempts WHERE id >= ? AND state <> 'sending' ORDER BY id DESC LIMIT ${ATTEMPTS_MAX})`,
      idAt(since),
    )
    .one();
  return { attempts: row.attempts, failed: row.failed ?? 0 };
}

/** Ids sort by the time at which the attempt began. */
const idAt = (at: number): string => `dlv_${timePart(at)}`;
