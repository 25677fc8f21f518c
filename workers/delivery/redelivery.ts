import { type Line, MOST_MESSAGES } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import type { MessageRow } from "./outbox-schema.ts";
import type { DropDeadResult, RedeliverRequest, RedeliverResult, RedeliverWindow } from "./views.ts";

/** Sending again one message, with the id and the bytes it had: it takes its old place in its shipment's line. */

type Lines = ReadonlyMap<string, Line>;

export function redeliver(
  outbox: Outbox,
  lines: Lines,
  request: Exclude<RedeliverRequest, RedeliverWindow>,
  now: number,
): RedeliverResult {
  const message =
    "delivery_id" in request
      ? byDelivery(outbox, request.delivery_id)
      : outbox.messageById(request.message_id);
  if (message === null || !lines.has(message.subscription_id)) return { kind: "unknown" };
  const messages = wholeOf(outbox, message);
  if (messages.some((one) => one.state === "waiting" || one.state === "sending"))
    return { kind: "still_underway" };
  const sendable = messages.filter(isFinished);
  if (sendable.length === 0) return { kind: "unknown" };
  if (!sendable.every((one) => outbox.bodies.has(one))) return { kind: "not_kept" };
  for (const one of sendable) sendAgain(outbox, lines, one, now);
  return { kind: "queued", messages: sendable.length, rebuilt: 0, next_position: null };
}

function byDelivery(outbox: Outbox, delivery_id: string): MessageRow | null {
  const attempt = outbox.attempts.find(delivery_id);
  return attempt === null ? null : outbox.message(attempt.ord);
}

/** A message that was split is sent as the parts that took its place. */
function wholeOf(outbox: Outbox, message: MessageRow): MessageRow[] {
  return message.state === "split" ? outbox.partsOf(message.ord) : [message];
}

/** The same bytes, at the place they had. */
export function sendAgain(outbox: Outbox, lines: Lines, message: MessageRow, now: number): void {
  const waits = { intervals_used: 0, next_at: now, not_before: 0 };
  outbox.setWaiting(message.ord, waits);
  lines.get(message.subscription_id)?.hold({ ...message, ...waits, state: "waiting" });
}

export function isFinished(message: MessageRow): boolean {
  return message.state === "delivered" || message.state === "dead";
}

/** Forgets dead letters for good. */
export function dropDead(
  outbox: Outbox,
  which: { message_id: string } | { subscription_id: string },
  now: number,
): DropDeadResult {
  const rows =
    "message_id" in which
      ? [outbox.messageById(which.message_id)].filter((row) => row?.state === "dead")
      : outbox.dead(Number.MAX_SAFE_INTEGER, MOST_MESSAGES, which.subscription_id);
  for (const row of rows) {
    if (row === null) continue;
    outbox.setState(row.ord, "cancelled", now, "Dropped.");
    outbox.bodies.remove(row.ord);
  }
  return { dropped: rows.length };
}
