import type { PollWay } from "../carriers/carrier.ts";
import type { Context } from "../context.ts";
import {
  type CheckPlan,
  checkPlan,
  respread,
  slotOf,
  slotSize,
  spreadBits,
} from "../domain/check-schedule.ts";
import type { Connection } from "../domain/connection.ts";
import type { Held } from "../storage/check-slots.ts";
import {
  type CheckedNumber,
  countIn,
  endChecks,
  type Move,
  moveChecks,
  moveOf,
  putSpread,
} from "../storage/checks.ts";
import type { CheckMessage } from "./messages.ts";

/** After a turn: which numbers are checked at another interval from now on, and into how many slots they are spread. */

/** Seconds of the schedule since a number's last news. */
function quietS(ctx: Context, { changed_at }: CheckedNumber): number {
  return (ctx.now() - changed_at) / 1000 / ctx.timeScale;
}

function planOf(ctx: Context, connection: Connection, number: CheckedNumber, changed: boolean): CheckPlan {
  return checkPlan({
    status: number.status,
    quiet_s: changed ? 0 : quietS(ctx, number),
    pushes: connection.ways.webhook !== undefined,
    min_minutes: connection.ways.poll?.min_minutes ?? null,
  });
}

/** A turn that takes longer than this is not done in its minute: its slot has better be smaller. */
const TURN_MAX_MS = 60_000;
/** Unless it is small already: this part of its full size. */
const SMALL_PART = 3 / 8;

/** Whether a number is asked for at this turn: one that the carrier pushes, or that has ended, only after a while of silence. */
export function isAskedNow(ctx: Context, connection: Connection, number: CheckedNumber): boolean {
  return quietS(ctx, number) >= planOf(ctx, connection, number, false).ask_after_s;
}

/**
 * Splits or merges a connection's slots of this interval, once a turn has shown that they hold too many numbers to be
 * asked in their minute, or next to none.
 */
export async function respreadNumbers(
  ctx: Context,
  way: PollWay,
  connection: Connection,
  message: CheckMessage,
  { spread }: Held,
  { seen, full }: { seen: number | null; full: boolean },
): Promise<Held["spread"]> {
  const { interval_s } = message;
  const size = slotSize(way.numbers_per_call);
  const clock = { now: ctx.now(), timeScale: ctx.timeScale };
  const wanted = (count: number) => respread(spread, { interval_s, count, size }, clock);
  let after: Held["spread"] | null = null;
  // The end of a turn that was put off tells nothing of the whole.
  if (seen === null) return spread;
  if (!full) {
    const long = message.begun_at !== null && clock.now - message.begun_at > TURN_MAX_MS;
    after = wanted(long && seen > size * SMALL_PART ? Math.max(seen, size + 1) : seen);
  } else if (seen > 2 * size && wanted(seen) !== null) {
    after = wanted(await countIn(ctx.control, message, COUNTED_MAX));
  }
  if (after === null) return spread;
  await putSpread(ctx.control, connection.id, { before: spread, after });
  return after;
}

/** A slot's numbers are counted no further: one with more is split again next time. */
const COUNTED_MAX = 100_000;

/** Numbers that were quiet long enough move to a rarer interval, those with news back to a closer one, those that have had their last look leave; the others are left alone, so an unchanged check writes nothing. */
export async function regroup(
  ctx: Context,
  connection: Connection,
  message: CheckMessage,
  spread: Held["spread"],
  of: { numbers: readonly CheckedNumber[]; asked: readonly CheckedNumber[]; changed: ReadonlySet<string> },
): Promise<void> {
  const clock = { now: ctx.now(), timeScale: ctx.timeScale };
  const asked = new Set(of.asked.map((number) => number.carrier_number));
  const looked: CheckedNumber[] = [];
  const moves: Move[] = [];
  for (const number of of.numbers) {
    const { carrier_number, status } = number;
    const changed = of.changed.has(carrier_number);
    const { interval_s, last } = planOf(ctx, connection, number, changed);
    if (last && asked.has(carrier_number) && !changed) looked.push(number);
    else if (
      interval_s !== message.interval_s ||
      slotOf(carrier_number, spreadBits(spread, interval_s)) !== message.slot
    )
      moves.push(
        moveOf(connection.id, carrier_number, { interval_s, status, changed_at: null, spread, clock }),
      );
  }
  await moveChecks(ctx.control, moves);
  await endChecks(ctx.control, connection.id, looked);
}
