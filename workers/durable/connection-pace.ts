import { DurableObject } from "cloudflare:workers";
import { blockedUntil, endTurn, isOpen, NEW_PACE, type Pace, type Rate, takeTurn } from "../domain/pace.ts";
import type { Env } from "../env.ts";
import { log, reasonOf } from "../flow/log.ts";
import { type CheckCall, type CheckHour, CheckStatistics } from "../observe/check-statistics.ts";
import { lagAt } from "../observe/lags.ts";
import { metricsOver } from "../observe/metrics.ts";
import { countStatements, type FlowCount } from "../storage/flow-counting.ts";

export type Turn = ({ kind: "go"; at: number } | { kind: "wait"; not_before: number; blocked: boolean }) & {
  failing: boolean;
};

/** Calls closer than this are not written down one by one. */
const WRITTEN_APART_MS = 1000;
/** Instead the next call is written down this much ahead: an object that begins anew waits for it, at most. */
const WRITTEN_AHEAD_MS = 5000;

/** Statistics are written so long after the first call that is not in them: sooner than the platform puts the object away. */
const STATISTICS_AFTER_MS = 5000;
/** Where they were written just before, calls keep coming, and the object stays: then once a minute. */
const STATISTICS_EVERY_MS = 60_000;
const JUST_BEFORE_MS = 15_000;
/** What `health` looks back on: this hour and the one before. */
const HEALTH_HOURS_MS = 3_600_000;

/** How a connection's checks go now. Times are epoch milliseconds. */
export interface ConnectionHealth {
  /** open: the carrier failed so often that only a probe goes out now and then. waiting: it asked us to wait. */
  breaker: "closed" | "open" | "waiting";
  failures_in_a_row: number;
  /** Nobody calls before; null where all may. */
  blocked_until: number | null;
  /** This hour and the one before, by way. */
  ways: CheckHour[];
}

/** One object a connection: every poller, wherever it runs, asks it for leave to call; so it knows how the calls go. */
export class ConnectionPace extends DurableObject<Env> {
  #pace: Pace | null = null;
  #written_next_at = 0;
  readonly #statistics = new CheckStatistics(this.ctx.storage.sql);
  #armed = false;
  #statistics_written_at = 0;
  /** By the callers' clock. */
  #last_call_at = 0;

  /** Leave for one call: at `at`, or not before `not_before` (epoch ms). `failing`: its end must be told, also a good one. `call`: what is counted of it. */
  async take(
    rate: Rate,
    now: number,
    max_wait_ms: number,
    probe_every_ms: number,
    call?: CheckCall,
  ): Promise<Turn> {
    const { pace, ...leave } = takeTurn(this.#now(), rate, now, max_wait_ms, probe_every_ms);
    const apart = rate.per_second === undefined ? 0 : 1000 / rate.per_second;
    if (leave.kind === "go") {
      if (rate.per_day !== undefined || apart >= WRITTEN_APART_MS) this.#keep(pace, true);
      else if (apart > 0 && pace.next_at > this.#written_next_at) this.#keepAhead(pace);
      else this.#keep(pace, false);
      if (call !== undefined) this.#count(call, now);
    }
    return { ...leave, failing: pace.failures > 0 };
  }

  /** Whether a turn that was waited for still stands: null, or until when nobody may call. */
  async blocked(now: number): Promise<number | null> {
    return blockedUntil(this.#now(), now);
  }

  /** How the call went. */
  async ended(
    end: { ok: boolean; retry_after_ms: number | null },
    now: number,
    probe_every_ms: number,
  ): Promise<void> {
    if (!end.ok) this.#failed("poll", now);
    const before = this.#now();
    const pace = endTurn(before, end, now, probe_every_ms);
    this.#keep(pace, pace.blocked_until !== before.blocked_until || pace.failures !== before.failures);
  }

  /** A folder was looked into, which takes no turn. */
  async looked(call: CheckCall, ok: boolean, now: number): Promise<void> {
    this.#count(call, now);
    if (!ok) this.#failed(call.way, now);
  }

  async health(now: number): Promise<ConnectionHealth> {
    const pace = this.#now();
    const blocked_until = blockedUntil(pace, now);
    const open = isOpen(pace);
    return {
      breaker: open ? "open" : blocked_until === null ? "closed" : "waiting",
      failures_in_a_row: pace.failures,
      blocked_until,
      ways: this.#statistics.together(now - (now % HEALTH_HOURS_MS) - HEALTH_HOURS_MS),
    };
  }

  /** Hour by hour since a time, at most 35 days. */
  async history(since: number, now: number): Promise<CheckHour[]> {
    return this.#statistics.hours(since, now);
  }

  /** Writes the statistics. Never throws: the platform would repeat it with nothing left to write. */
  override async alarm(): Promise<void> {
    this.#armed = false;
    this.#statistics_written_at = Date.now();
    const at = this.#last_call_at;
    const pending = this.#statistics.write(at);
    metricsOver(this.env.METRICS).write(
      pending.map(({ connection_id: subject, carrier_id, way, calls, numbers, failed, lags }) => ({
        kind: "check",
        way,
        carrier_id,
        subject,
        total: calls,
        events: numbers,
        failed,
        p50_ms: lagAt(lags, 0.5) ?? 0,
        p95_ms: lagAt(lags, 0.95) ?? 0,
      })),
    );
    const counts = pending.map(({ way, calls: total, numbers: events, failed }): FlowCount => {
      return { kind: "check", way, at, total, events, failed };
    });
    const statements = countStatements(this.env.DB, counts, [], at);
    if (statements.length === 0) return;
    await this.env.DB.batch(statements).catch((error: unknown) =>
      log("counts.not_kept", { connection_id: pending[0]?.connection_id, why: reasonOf(error) }),
    );
  }

  #count(call: CheckCall, now: number): void {
    this.#statistics.called(call, now);
    this.#last_call_at = Math.max(this.#last_call_at, now);
    this.#arm();
  }

  #failed(way: CheckCall["way"], now: number): void {
    this.#statistics.failed(way);
    // An object that began anew since the call knows no better time.
    if (this.#last_call_at === 0) this.#last_call_at = now;
    if (this.#statistics.isPending) this.#arm();
  }

  /** Has the statistics written in a moment. */
  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    const at = Date.now();
    const busy = at - this.#statistics_written_at < JUST_BEFORE_MS;
    // Not awaited: written with whatever this turn writes.
    void this.ctx.storage.setAlarm(at + (busy ? STATISTICS_EVERY_MS : STATISTICS_AFTER_MS));
  }

  #now(): Pace {
    this.#pace ??= { ...NEW_PACE, ...this.ctx.storage.kv.get<Partial<Pace>>("pace") };
    return this.#pace;
  }

  #keepAhead(pace: Pace): void {
    this.#pace = pace;
    this.#written_next_at = pace.next_at + WRITTEN_AHEAD_MS;
    this.ctx.storage.kv.put("pace", { ...pace, next_at: this.#written_next_at });
  }

  #keep(pace: Pace, durably: boolean): void {
    this.#pace = pace;
    const next_at = Math.max(pace.next_at, this.#written_next_at);
    if (durably) this.ctx.storage.kv.put("pace", { ...pace, next_at });
  }
}
