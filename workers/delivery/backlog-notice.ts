import { z } from "zod";
import { log, reasonOf } from "../flow/log.ts";
import type { Line } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import type { DeliveryParts } from "./parts.ts";

/** How long news may lie here before the sweep should know of it. */
const AFTER_MS = 60_000;

/** What the control database's `backlogs` says of this tenant; null: nothing. */
const Told = z.object({ waiting: z.number(), dead: z.number(), at: z.number() }).nullable();
type Told = z.infer<typeof Told>;

/**
 * Tells the control database that this object holds undelivered news, so that a sweep wakes it should it lose its alarm
 * (delivery contract C6), and that it holds dead letters or events set aside (`dead` counts both), so that the operator finds them. Written when the state changes,
 * else once a minute at most.
 */
export class BacklogNotice {
  private readonly outbox: Outbox;
  private told: Told;
  private since: number | null = null;

  constructor(outbox: Outbox) {
    this.outbox = outbox;
    const told = Told.safeParse(JSON.parse(outbox.fact("backlog") ?? "null"));
    this.told = told.success ? told.data : null;
  }

  /** Never throws: a notice that can't be written is written by the next run. */
  async tell(parts: DeliveryParts, due: number | null): Promise<void> {
    const now = parts.ctx.now();
    const waiting = [...parts.lines.values()].reduce(
      (sum, line) => sum + waitingOf(line, now, parts.ctx.timeScale),
      0,
    );
    const given_up = [this.outbox.deadCounts(), this.outbox.aside.counts()];
    const dead = given_up.flatMap((counts) => [...counts.values()]).reduce((sum, count) => sum + count, 0);
    this.since = waiting === 0 ? null : (this.since ?? oldest(parts, now));
    const next = this.next({ waiting, dead, at: now }, due, AFTER_MS * parts.ctx.timeScale);
    if (next === undefined) return;
    try {
      await this.write(parts, next);
      this.told = next;
      this.outbox.setFact("backlog", JSON.stringify(next));
    } catch (error) {
      log("backlog.not_told", { tenant_id: parts.tenant.id, why: reasonOf(error) });
    }
  }

  /** What should be told now; undefined: what is told will do. */
  private next(is: NonNullable<Told>, due: number | null, afterMs: number): Told | undefined {
    const { told, since } = this;
    if (is.waiting === 0 && is.dead === 0) return told === null ? undefined : null;
    if (told === null) {
      // By the time of the next run it would be overdue, or the news are too old already.
      const overdue = since !== null && (due === null || due > since + afterMs || is.at >= since + afterMs);
      return is.waiting === 0 || overdue ? is : undefined;
    }
    if (told.waiting === is.waiting && told.dead === is.dead) return undefined;
    const drained = is.waiting === 0 && told.waiting > 0;
    return drained || is.at - told.at >= AFTER_MS || is.at < told.at ? is : undefined;
  }

  private async write(parts: DeliveryParts, next: Told): Promise<void> {
    const { control } = parts.ctx;
    if (next === null) {
      await control.prepare("DELETE FROM backlogs WHERE tenant_id = ?1").bind(parts.tenant.id).run();
      return;
    }
    await control
      .prepare(
        `INSERT INTO backlogs (tenant_id, since, waiting, dead) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant_id) DO UPDATE SET since = excluded.since, waiting = excluded.waiting, dead = excluded.dead`,
      )
      .bind(parts.tenant.id, this.since ?? next.at, next.waiting, next.dead)
      .run();
  }
}

/** Neither a line that somebody has to resume nor a file whose hour has not come is work of the sweep. */
function waitingOf(line: Line, now: number, scale: number): number {
  if (!line.sendable) return 0;
  const early = line.way === "sftp" && now < line.fileDueAt(scale);
  return line.order.size + (line.behind && !early ? 1 : 0);
}

function oldest(parts: DeliveryParts, now: number): number {
  const times = [...parts.lines.values()].flatMap((line) =>
    [...line.rows.values()].map((row) => row.created_at),
  );
  return times.reduce((a, b) => Math.min(a, b), now);
}
