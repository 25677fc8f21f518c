import type { Carrier, PollWay } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import type { Connection } from "../domain/connection.ts";
import { PROBE_EVERY_MS } from "../domain/pace.ts";
import type { Held } from "../storage/check-slots.ts";
import { type CheckedNumber, numbersIn } from "../storage/checks.ts";
import { type Asking, ask, inHalves, REFUSED, turnFor } from "./ask.ts";
import { type Failed, ofNumbers } from "./carrier-call.ts";
import type { CheckEnd } from "./check.ts";
import { log } from "./log.ts";
import type { CheckMessage } from "./messages.ts";
import { isAskedNow, regroup, respreadNumbers } from "./regroup.ts";

/** Step 1c.2: asks a carrier's API for the numbers of a slot, as many a call as it allows. An answer that is what it was costs nothing further. */

/** Calls in one message: the rest of a large slot goes on in the next, so that none runs for long. */
const CALLS_PER_MESSAGE = 20;
/** And so long at most, with the last call's time on top: a slow carrier holds its consumer no longer. */
const MESSAGE_MAX_MS = 20_000;

/** So often the same numbers are asked for again after a fault that may be theirs; then the others come first. */
const TRIES_BEFORE_PASSING = 3;

export async function pollSlot(
  ctx: Context,
  carrier: Carrier,
  way: PollWay,
  connection: Connection,
  message: CheckMessage,
  held: Held,
): Promise<CheckEnd> {
  const began = ctx.now();
  const limit = way.numbers_per_call * CALLS_PER_MESSAGE;
  const all = await numbersIn(ctx.control, message, message.after ?? "", limit);
  if (all.length === 0 && message.after === null) return { kind: "empty" };
  const numbers = all.filter((number) => isAskedNow(ctx, connection, number));
  const probe_every_ms = PROBE_EVERY_MS * ctx.timeScale;
  const changed = new Set<string>();
  let resume_after = message.after;
  let spoilt: Failed | null = null;
  /** The API itself may be ill: the same numbers are tried again, but ones that fail for ever hold up no others. */
  const giveUp = (fault: Failed, behind: string | null): CheckEnd => {
    return { ...fault, resume_after: held.failures < TRIES_BEFORE_PASSING ? resume_after : behind };
  };
  /** The last number asked, and how that call went. */
  let last = message.after;
  let before: Asking = { kind: "answered", changed: [] };
  for (let at = 0, size = 0; at < numbers.length; at += size) {
    size = callOf(numbers, at, way.numbers_per_call);
    if (at > 0 && last !== null && ctx.now() - began > MESSAGE_MAX_MS) {
      await regroup(ctx, connection, message, held.spread, {
        numbers: numbers.slice(0, at),
        asked: numbers,
        changed,
      });
      return { kind: "more", after: last, seen: message.seen === null ? null : message.seen + at };
    }
    const first = at === 0 && message.after === null && message.turn_at > 0;
    const turn = await turnFor(ctx, way, probe_every_ms, {
      connection_id: connection.id,
      carrier_id: carrier.id,
      way: "poll",
      numbers: size,
      lag_ms: first ? began - message.turn_at : null,
    });
    if (turn.kind === "wait") {
      if (before.kind === "failed")
        return giveUp({ ...before, retry_after_ms: turn.not_before - ctx.now() }, last);
      return { kind: "later", not_before: turn.not_before, all: turn.blocked, resume_after };
    }
    const asked = numbers.slice(at, at + size);
    const whole = await ask(ctx, carrier, way, connection, asked);
    const halved =
      whole.kind === "failed" && whole.refused === true && asked.length > 1
        ? await inHalves(ctx, carrier, way, connection, asked, whole)
        : whole;
    // Alone because it was refused before: no news of the carrier's health.
    const known = halved.kind === "failed" && halved.refused === true && asked[0]?.answer_hash === REFUSED;
    if (known || (halved.kind === "answered" && halved.error !== undefined))
      spoilt = faultIn(halved) ?? spoilt;
    const asking: Asking = known ? { kind: "answered", changed: [] } : halved;
    const failed = asking.kind === "failed" ? asking : null;
    if (failed !== null || turn.failing) {
      await ctx
        .paceOf(connection.id)
        .ended(
          { ok: failed === null, retry_after_ms: failed?.retry_after_ms ?? null },
          ctx.now(),
          probe_every_ms,
        );
    }
    last = asked.at(-1)?.carrier_number ?? last;
    if (asking.kind === "answered") {
      for (const number of asking.changed) changed.add(number);
      resume_after = last;
    } else {
      if (!asking.by_numbers) return { ...asking, resume_after };
      const more = at + asked.length < numbers.length;
      if (before.kind === "failed" || numbers.length === asked.length)
        return giveUp(asking, more ? last : null);
      spoilt = asking;
      log("check.spoilt", { connection_id: connection.id, why: withoutTheirWords(asking.error) });
    }
    before = asking;
  }
  const full = all.length === limit;
  const seen = message.seen === null ? null : message.seen + all.length;
  const spread = await respreadNumbers(ctx, way, connection, message, held, { seen, full });
  await regroup(ctx, connection, message, spread, { numbers: all, asked: numbers, changed });
  return full
    ? { kind: "more", after: all.at(-1)?.carrier_number ?? "", seen }
    : { kind: "done", error: spoilt?.error ?? null };
}

/** What kept a call from an answer, for a line: what the carrier itself says of it may name somebody, and is with the slot. */
export function withoutTheirWords(error: string): string {
  return error.split(": ", 1)[0] ?? "";
}

/** How many of the numbers from here on stand in one call. */
function callOf(numbers: readonly CheckedNumber[], at: number, most: number): number {
  if (numbers[at]?.answer_hash === REFUSED) return 1;
  const until = numbers.slice(at, at + most).findIndex((number) => number.answer_hash === REFUSED);
  return until < 0 ? Math.min(most, numbers.length - at) : until;
}

function faultIn(asking: Asking): Failed | null {
  if (asking.kind === "failed") return asking;
  return asking.error === undefined ? null : ofNumbers(asking.error);
}
