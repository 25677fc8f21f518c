import type { Carrier } from "../carriers/carrier.ts";
import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { dueAfter } from "../domain/check-schedule.ts";
import { isBusy, isUnreached } from "../observe/database-fault.ts";
import { type Held, holdClaim, putOffSlot, releaseSlot, removeSlot } from "../storage/check-slots.ts";
import { openConnection } from "../storage/open-connection.ts";
import { NotStored } from "./accept.ts";
import { collectFiles, OURS_AGAIN_MS } from "./collect.ts";
import { log, reasonOf } from "./log.ts";
import type { CheckMessage } from "./messages.ts";
import { pollSlot, withoutTheirWords } from "./poll.ts";
import { drawnBy, laneOf, leaseOf } from "./tick.ts";

/** Steps 1b.1 and 1c.1: a tracking check is dequeued, done by its way, and says when it is due again. */

/**
 * How a check went. `more`: the slot has further numbers. `later`: its turn has not come, which is no fault of anybody's.
 * `failed`: the carrier failed, and how long it asked us to wait. `resume_after` is the last number that was asked.
 */
export type CheckEnd =
  /** `error`: what kept single calls from an answer, where the others went well. */
  | { kind: "done"; error?: string | null }
  /** The slot holds no number any more. */
  | { kind: "empty" }
  /** `seen`: how many the turn has gone through by now, null where nobody knows. */
  | { kind: "more"; after: string; seen: number | null }
  /**
   * `all`: nobody may call before, so all the slots of the connection come again then, and not all at once. `error`: what
   * on our side is in the way, for the operator to see.
   */
  | { kind: "later"; not_before: number; all?: boolean; error?: string; resume_after: string | null }
  | { kind: "failed"; error: string; retry_after_ms: number | null; resume_after: string | null };

const MINUTE_MS = 60_000;

/**
 * The wait after a failed check: doubles from a minute to an hour, never before the carrier asked. A poll waits no longer
 * than its interval (yet five minutes): asked no more often than on a good day, and in time again once the carrier is.
 */
export function backoffMs(
  check: Pick<CheckMessage, "way" | "interval_s">,
  failures: number,
  retry_after_ms: number | null,
  timeScale: number,
): number {
  const most = check.way === "poll" ? Math.min(60, Math.max(5, check.interval_s / 60)) : 60;
  return Math.max(retry_after_ms ?? 0, Math.min(most, 2 ** Math.min(failures, 6)) * MINUTE_MS * timeScale);
}

/** A message that took longer than this is a slow one's: the rest of its slot, and its next check, go by the lane for those. */
const SLOW_MS = 10_000;

/** Does a check as far as one message goes. `carrierOf` says which carriers there are. */
export async function runCheck(
  ctx: Context,
  message: CheckMessage,
  carrierOf: (id: string) => Carrier | null = findCarrier,
): Promise<void> {
  const began = ctx.now();
  // A message that comes twice, or after its lease, finds another claim and does nothing.
  const lease = { now: began, lease_end: began + leaseOf(ctx.timeScale) };
  const held = await holdClaim(ctx.control, message, lease);
  if (held === null) return;
  const end = await checked(ctx, message, held, carrierOf).catch((error: unknown) =>
    unexpected(ctx, message, error),
  );
  const now = ctx.now();
  if (message.way === "sftp") await tellLook(ctx, message, began, end);
  const slow = now - began > SLOW_MS;
  switch (end.kind) {
    case "more": {
      const rest: CheckMessage = {
        ...message,
        after: end.after,
        seen: end.seen,
        begun_at: message.begun_at ?? began,
        slow: message.slow || slow,
      };
      await laneOf(ctx, rest).send(rest);
      return;
    }
    case "empty":
      return removeSlot(ctx.control, message);
    case "done":
      return releaseSlot(ctx.control, message, {
        // One that came a moment early has had the turn that was due.
        due_at: dueAfter(message, Math.max(now, message.turn_at), ctx.timeScale),
        now,
        error: end.error ?? null,
        resume_after: null,
        slow,
      });
    case "later":
      return putOffSlot(ctx.control, message, {
        due_at: end.not_before + (end.all === true ? evenly(message, ctx.timeScale) : 0),
        error: end.error ?? null,
        resume_after: end.resume_after,
        slow,
      });
    case "failed": {
      const due_at = now + backoffMs(message, held.failures, end.retry_after_ms, ctx.timeScale);
      log("check.failed", {
        connection_id: message.connection_id,
        way: message.way,
        failures: held.failures + 1,
        why: withoutTheirWords(end.error),
      });
      const { error, resume_after } = end;
      return releaseSlot(ctx.control, message, { due_at, now, error, resume_after, slow });
    }
  }
}

/**
 * What nobody expected is shown like any other failure, so that the operator sees a reason and not a silent connection.
 * Where our own side was in trouble, the carrier did nothing wrong: it is asked again soon, and no failure is counted.
 */
function unexpected(ctx: Context, { connection_id, after }: CheckMessage, error: unknown): CheckEnd {
  const why = reasonOf(error);
  if (!(error instanceof NotStored || isBusy(error) || isUnreached(error)))
    return { kind: "failed", error: why, retry_after_ms: null, resume_after: after };
  log("check.put_off", { connection_id, why });
  const not_before = ctx.now() + OURS_AGAIN_MS * ctx.timeScale;
  return { kind: "later", not_before, error: why, resume_after: after };
}

/** A look into a folder is counted by its connection's object, which hears of a poll's calls by itself. Never throws. */
async function tellLook(ctx: Context, message: CheckMessage, began: number, end: CheckEnd): Promise<void> {
  const { connection_id, way, turn_at } = message;
  const call = {
    connection_id,
    carrier_id: "",
    way,
    numbers: 0,
    lag_ms: turn_at > 0 ? began - turn_at : null,
  };
  await ctx
    .checksOf(connection_id)
    .looked(call, end.kind !== "failed", began)
    .catch((error: unknown) => log("counts.not_kept", { connection_id, why: reasonOf(error) }));
}

/** Slots that could not be asked come again spread over up to a third of their interval, five minutes at most. */
function evenly({ claim, interval_s }: CheckMessage, timeScale: number): number {
  return Math.floor(drawnBy(claim) * Math.min(5 * MINUTE_MS, (interval_s * 1000) / 3) * timeScale);
}

async function checked(
  ctx: Context,
  message: CheckMessage,
  held: Held,
  carrierOf: (id: string) => Carrier | null,
): Promise<CheckEnd> {
  const connection = await openConnection(ctx.control, ctx.vault, message.connection_id);
  const carrier = connection === null ? null : carrierOf(connection.carrier_id);
  if (connection === null || carrier === null || connection.paused) return { kind: "done" };
  if (message.way === "sftp") {
    const { sftp } = connection.ways;
    return carrier.sftp === undefined || sftp === undefined
      ? { kind: "done" }
      : collectFiles(ctx, carrier, connection, sftp);
  }
  return carrier.poll === undefined || connection.ways.poll === undefined
    ? { kind: "done" }
    : pollSlot(ctx, carrier, carrier.poll, connection, message, held);
}
