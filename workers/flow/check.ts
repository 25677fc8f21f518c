import { findCarrier } from "../carriers/registry.ts";
import type { Context } from "../context.ts";
import { dueAfter } from "../domain/check-schedule.ts";
import { failuresOf, holdClaim, putOffSlot, releaseSlot, removeSlot } from "../storage/checks.ts";
import { openConnection } from "../storage/open-connection.ts";
import { collectFiles } from "./collect.ts";
import { log, reasonOf } from "./log.ts";
import type { CheckMessage } from "./messages.ts";
import { pollSlot } from "./poll.ts";
import { leaseOf } from "./tick.ts";

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
  | { kind: "more"; after: string }
  | { kind: "later"; not_before: number; resume_after: string | null }
  | { kind: "failed"; error: string; retry_after_ms: number | null; resume_after: string | null };

const MINUTE_MS = 60_000;

/** The wait after a failed check: doubles from a minute to an hour, never before the carrier asked. */
export function backoffMs(failures: number, retry_after_ms: number | null, timeScale: number): number {
  return Math.max(retry_after_ms ?? 0, Math.min(60, 2 ** Math.min(failures, 6)) * MINUTE_MS * timeScale);
}

export async function runCheck(ctx: Context, message: CheckMessage): Promise<void> {
  // A message that comes twice, or after its lease, finds another claim and does nothing.
  if (!(await holdClaim(ctx.control, message, ctx.now() + leaseOf(ctx.timeScale)))) return;
  // What nobody expected is told like any other failure, so that the operator sees a reason and not a silent connection.
  const end = await checked(ctx, message).catch(
    (error: unknown): CheckEnd => ({
      kind: "failed",
      error: reasonOf(error),
      retry_after_ms: null,
      resume_after: message.after,
    }),
  );
  if (end.kind === "more") {
    await ctx.queues.checks.send({ ...message, after: end.after } satisfies CheckMessage);
    return;
  }
  const now = ctx.now();
  const next = dueAfter(message.interval_s, message.slot, now, ctx.timeScale);
  if (end.kind === "empty") return removeSlot(ctx.control, message);
  if (end.kind === "done")
    return releaseSlot(ctx.control, message, {
      due_at: next,
      now,
      error: end.error ?? null,
      resume_after: null,
    });
  if (end.kind === "later") {
    const { not_before: due_at, resume_after } = end;
    return putOffSlot(ctx.control, message, { due_at, resume_after });
  }
  const failures = await failuresOf(ctx.control, message);
  const due_at = now + backoffMs(failures, end.retry_after_ms, ctx.timeScale);
  log("check.failed", {
    connection_id: message.connection_id,
    way: message.way,
    failures: failures + 1,
    why: end.error,
  });
  await releaseSlot(ctx.control, message, { due_at, now, error: end.error, resume_after: end.resume_after });
}

async function checked(ctx: Context, message: CheckMessage): Promise<CheckEnd> {
  const connection = await openConnection(ctx.control, ctx.vault, message.connection_id);
  const carrier = connection === null ? null : findCarrier(connection.carrier_id);
  if (connection === null || carrier === null || connection.paused) return { kind: "done" };
  if (message.way === "sftp") {
    const { sftp } = connection.ways;
    return carrier.sftp === undefined || sftp === undefined
      ? { kind: "done" }
      : collectFiles(ctx, carrier, connection, sftp);
  }
  return carrier.poll === undefined || connection.ways.poll === undefined
    ? { kind: "done" }
    : pollSlot(ctx, carrier, carrier.poll, connection, message);
}
