import { DurableObject } from "cloudflare:workers";
import { blockedUntil, endTurn, NEW_PACE, type Pace, type Rate, takeTurn } from "../domain/pace.ts";
import type { Env } from "../env.ts";

export type Turn = ({ kind: "go"; at: number } | { kind: "wait"; not_before: number; blocked: boolean }) & {
  failing: boolean;
};

/** Calls closer than this are not written down one by one. */
const WRITTEN_APART_MS = 1000;
/** Instead the next call is written down this much ahead: an object that begins anew waits for it, at most. */
const WRITTEN_AHEAD_MS = 5000;

/** One object a connection: every poller, wherever it runs, asks it for leave to call. */
export class ConnectionPace extends DurableObject<Env> {
  #pace: Pace | null = null;
  #written_next_at = 0;

  /** Leave for one call: at `at`, or not before `not_before` (epoch ms). `failing`: its end must be told, also a good one. */
  async take(rate: Rate, now: number, max_wait_ms: number, probe_every_ms: number): Promise<Turn> {
    const { pace, ...leave } = takeTurn(this.#now(), rate, now, max_wait_ms, probe_every_ms);
    const apart = rate.per_second === undefined ? 0 : 1000 / rate.per_second;
    if (leave.kind === "go") {
      if (rate.per_day !== undefined || apart >= WRITTEN_APART_MS) this.#keep(pace, true);
      else if (apart > 0 && pace.next_at > this.#written_next_at) this.#keepAhead(pace);
      else this.#keep(pace, false);
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
    const before = this.#now();
    const pace = endTurn(before, end, now, probe_every_ms);
    this.#keep(pace, pace.blocked_until !== before.blocked_until || pace.failures !== before.failures);
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
