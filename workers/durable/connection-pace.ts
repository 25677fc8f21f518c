import { DurableObject } from "cloudflare:workers";
import { endTurn, NEW_PACE, type Pace, type Rate, takeTurn } from "../domain/pace.ts";
import type { Env } from "../env.ts";

export type Turn = ({ kind: "go"; at: number } | { kind: "wait"; not_before: number }) & { failing: boolean };

/** One object a connection: every poller, wherever it runs, asks it for leave to call. */
export class ConnectionPace extends DurableObject<Env> {
  #pace: Pace | null = null;

  /** Leave for one call: at `at`, or not before `not_before` (epoch ms). `failing`: its end must be told, also a good one. */
  async take(rate: Rate, now: number, max_wait_ms: number, probe_every_ms: number): Promise<Turn> {
    const { pace, ...leave } = takeTurn(this.#now(), rate, now, max_wait_ms, probe_every_ms);
    // A pace of seconds need not outlive the object: it begins again with one call. The day's number has to.
    this.#keep(pace, rate.per_day !== undefined);
    return { ...leave, failing: pace.failures > 0 };
  }

  /** How the call went. */
  async ended(
    end: { ok: boolean; retry_after_ms: number | null },
    now: number,
    probe_every_ms: number,
  ): Promise<void> {
    const before = this.#now();
    const pace = endTurn(before, end, now, probe_every_ms);
    this.#keep(pace, pace.blocked_until !== before.blocked_until || pace.failures !== before.failures);
  }

  #now(): Pace {
    this.#pace ??= this.ctx.storage.kv.get<Pace>("pace") ?? NEW_PACE;
    return this.#pace;
  }

  #keep(pace: Pace, durably: boolean): void {
    this.#pace = pace;
    if (durably) this.ctx.storage.kv.put("pace", pace);
  }
}
