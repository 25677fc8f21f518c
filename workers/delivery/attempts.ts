import type { ChannelPorts, Outcome } from "../channels/channel.ts";
import { channelOf } from "../channels/registry.ts";
import { afterFailure, afterSuccess, isDown, isOpen } from "../domain/breaker.ts";
import { nextAttempt } from "../domain/retry-schedule.ts";
import { log, reasonOf } from "../flow/log.ts";
import type { Line } from "./line.ts";
import type { MessageRow } from "./outbox-schema.ts";
import { splitByShipment } from "./packing.ts";
import type { DeliveryParts } from "./parts.ts";
import type { AttemptState, MessageShipment } from "./views.ts";

/** One try of one message: written before it leaves, sent, and written again with all that follows from how it ended. */

/** A success of a healthy line is made durable with its message; the line's own row not more often than this. */
const SAVED_EVERY_MS = 60_000;

export async function attempt(parts: DeliveryParts, line: Line, row: MessageRow): Promise<void> {
  const { subscription } = line;
  if (subscription === null) throw new Error("A line that can't be opened sends nothing.");
  const probing = isOpen(line.health.breaker);
  const id = parts.ctx.newId("dlv");
  const bytes = parts.outbox.bodies.of(row);
  if (bytes === null) {
    parts.outbox.setState(row.ord, "dead", parts.ctx.now(), "Its bytes are no longer kept.");
    line.release(row);
    return;
  }
  parts.storage.transactionSync(() => parts.outbox.beginAttempt(row, id, parts.ctx.now()));
  line.started(row, parts.ctx.now());
  const outcome = await deliver(portsOf(parts), subscription, {
    id: row.id,
    file_name: row.file_name,
    bytes,
  });
  parts.storage.transactionSync(() => settle(parts, line, row, { id, outcome, probing }));
  const shipments: MessageShipment[] = JSON.parse(row.shipments);
  log("delivery.attempted", {
    tenant_id: parts.tenant.id,
    delivery_id: id,
    shipment_id: shipments.length === 1 ? shipments[0]?.shipment_id : undefined,
    shipments: shipments.length,
    events: row.events,
    subscription: line.id,
    message: row.id,
    way: line.way,
    attempt: row.attempts,
    outcome: outcome.kind,
    status: outcome.status,
    took_ms: outcome.latency_ms,
    probe: probing,
  });
}

export function portsOf(parts: DeliveryParts): ChannelPorts {
  const { http, sftp, now, timeScale } = parts.ctx;
  return { http, sftp, now, timeScale, signingKey: parts.signingKey, timestamp_s: parts.timestamp_s() };
}

/** What a channel throws is a fault of ours: logged, and no cost to the receiver. */
export async function deliver(
  ports: ChannelPorts,
  subscription: NonNullable<Line["subscription"]>,
  consignment: { id: string; file_name: string | null; bytes: Uint8Array },
): Promise<Outcome> {
  try {
    return await channelOf(subscription.way).deliver(ports, subscription, consignment);
  } catch (error) {
    log("delivery.failed_inside", {
      subscription: subscription.id,
      message: consignment.id,
      why: reasonOf(error),
    });
    const answer = "The attempt failed on our side; it will be repeated.";
    return { kind: "own_fault", status: null, latency_ms: 0, answer, retry_after_ms: null, counts: false };
  }
}

interface Ended {
  id: string;
  outcome: Outcome;
  /** It was a probe: unless the receiver answered it with a refusal, it uses up no interval. */
  probing: boolean;
}

function settle(parts: DeliveryParts, line: Line, row: MessageRow, ended: Ended): void {
  const { outbox } = parts;
  const { kind } = ended.outcome;
  const current = outbox.message(row.ord);
  // Cancelled while it was under way: how it ended is kept, and nothing follows from it.
  if (current?.state !== "sending") {
    endAttempt(parts, ended, kind === "delivered" ? "delivered" : "failed", null);
    return;
  }
  if (kind === "delivered") succeed(parts, line, row, ended);
  else if (kind === "gone" || line.health.state === "gone") endLine(parts, line, row, ended);
  else if (kind === "host_key_changed") stopForHostKey(parts, line, row, ended);
  else if (kind === "own_fault") repeat(parts, line, row, ended);
  else fail(parts, line, row, ended, current.next_at);
}

function endAttempt(
  parts: DeliveryParts,
  { id, outcome }: Ended,
  state: AttemptState,
  next_attempt_at: number | null,
): void {
  const { status, latency_ms, answer } = outcome;
  parts.outbox.attempts.end({
    id,
    state,
    ended_at: parts.ctx.now(),
    status,
    latency_ms,
    answer,
    next_attempt_at,
  });
}

function succeed(parts: DeliveryParts, line: Line, row: MessageRow, ended: Ended): void {
  const now = parts.ctx.now();
  const { breaker } = line.health;
  const was = breaker;
  line.health = { ...line.health, breaker: afterSuccess(breaker, now, parts.ctx.timeScale) };
  parts.outbox.setState(row.ord, "delivered", now, null);
  if (row.file_name !== null) parts.outbox.files.uploaded(row.ord);
  endAttempt(parts, ended, "delivered", null);
  line.release(row);
  line.ownFaultOver();
  if (isDown(was)) {
    parts.outbox.hasten(line.id, now);
    line.order.hasten(now);
    log("endpoint.recovered", { subscription: line.id, waiting: line.order.size });
  }
  const troubled = was.failing_since !== null || was.opened_at !== null || was.recovered_at !== null;
  if (!troubled && now - line.savedSuccessAt < SAVED_EVERY_MS && now >= line.savedSuccessAt) return;
  line.savedSuccessAt = now;
  parts.outbox.saveLine(line.id, line.position, line.health);
}

function fail(parts: DeliveryParts, line: Line, row: MessageRow, ended: Ended, due_at: number): void {
  const { ctx, outbox } = parts;
  const now = ctx.now();
  const { status, retry_after_ms, counts, answer } = ended.outcome;
  const wasOpen = isOpen(line.health.breaker);
  line.health = { ...line.health, breaker: afterFailure(line.health.breaker, now, ctx.timeScale, counts) };
  const open = isOpen(line.health.breaker);
  if (open !== wasOpen)
    log(open ? "endpoint.failing" : "endpoint.refusing", { subscription: line.id, waiting: line.order.size });
  outbox.saveLine(line.id, line.position, line.health);
  const { intervals_used } = row;
  const next = nextAttempt({
    now,
    intervals_used,
    retry_after_ms,
    status,
    timeScale: ctx.timeScale,
    random: Math.random(),
  });
  const free = freeWait(ended, now, due_at, open);
  if (next.kind === "dead" && free === null) {
    outbox.setState(row.ord, "dead", now, answer);
    endAttempt(parts, ended, "dead", null);
    line.release(row);
    log("message.died", { subscription: line.id, message: row.id, attempts: row.attempts });
    return;
  }
  const not_before = next.kind === "retry" ? next.not_before : 0;
  const waits =
    free === null
      ? { intervals_used: intervals_used + 1, next_at: next.kind === "retry" ? next.at : now, not_before }
      : { intervals_used, next_at: free, not_before };
  const next_at = open ? Math.max(line.health.breaker.probe_at, not_before) : waits.next_at;
  endAttempt(parts, ended, "failed", next_at);
  const shipments: MessageShipment[] = JSON.parse(row.shipments);
  if (row.file_name === null && shipments.length > 1) split(parts, line, row, waits);
  else wait(parts, line, row, waits);
}

/** When a message is due again whose attempt uses up no interval of its schedule; null where it uses up one. */
function freeWait({ probing }: Ended, now: number, due_at: number, open: boolean): number | null {
  if (!probing) return null;
  // A probe's message stays the oldest of a schedule that stands still.
  if (open) return now;
  // Refused before its time: it was tried for the line's sake, and keeps its own time.
  return due_at > now ? due_at : null;
}

type Waits = { intervals_used: number; next_at: number; not_before: number };

function wait(parts: DeliveryParts, line: Line, row: MessageRow, waits: Waits): void {
  parts.outbox.setWaiting(row.ord, waits);
  Object.assign(row, waits);
  line.order.postpone(row.id, waits.next_at, waits.not_before);
  partFollowers(parts, line, row);
}

/** What never left and stands behind a message that came back, or was split: its other shipments do not wait along. */
function partFollowers(parts: DeliveryParts, line: Line, row: MessageRow): void {
  for (const id of line.order.heldUpBy(row.id)) {
    const follower = line.rows.get(id);
    if (follower === undefined) continue;
    const { intervals_used, next_at, not_before } = follower;
    split(parts, line, follower, { intervals_used, next_at, not_before });
  }
}

/** From now on each shipment has a message of its own, at the place of the whole, and holds back no other. */
function split(parts: DeliveryParts, line: Line, row: MessageRow, waits: Waits): void {
  const { ctx, outbox } = parts;
  const shipments: MessageShipment[] = JSON.parse(row.shipments);
  const body = outbox.bodies.of(row);
  if (body === null) throw new Error(`The bytes of ${row.id} are not in the outbox.`);
  const { events, first_position, last_position } = row;
  const rows = splitByShipment({ body, events, first_position, last_position, shipments }).map((part) =>
    outbox.add({
      ...part,
      ...waits,
      id: ctx.newId("msg"),
      subscription_id: line.id,
      state: "waiting",
      reason: null,
      place: row.place,
      split_from: row.ord,
      file_name: null,
      sha256: null,
      attempts: row.attempts,
      created_at: ctx.now(),
    }),
  );
  outbox.setState(row.ord, "split", ctx.now(), null);
  outbox.bodies.remove(row.ord);
  line.release(row);
  for (const part of rows) line.hold(part);
  for (const part of rows) partFollowers(parts, line, part);
}

/** Ours: the message waits a little, and nobody's schedule or breaker notices. */
function repeat(parts: DeliveryParts, line: Line, row: MessageRow, ended: Ended): void {
  const next_at = parts.ctx.now() + line.ownFaultWaitMs(parts.ctx.timeScale);
  endAttempt(parts, ended, "failed", next_at);
  wait(parts, line, row, { intervals_used: row.intervals_used, next_at, not_before: row.not_before });
}

/** 410: nothing more is sent. What waits in the object is dead now, what waits in the feed follows (see intake.ts). */
function endLine(parts: DeliveryParts, line: Line, row: MessageRow, ended: Ended): void {
  const { outbox } = parts;
  const now = parts.ctx.now();
  outbox.setState(row.ord, "dead", now, "The endpoint answered 410 Gone.");
  endAttempt(parts, ended, "dead", null);
  line.release(row);
  if (line.health.state === "gone") return;
  outbox.endWaiting(line.id, "dead", now, "The endpoint answered 410 Gone before this was sent.");
  for (const other of [...line.rows.values()])
    if (outbox.message(other.ord)?.state === "dead") line.release(other);
  line.health = { ...line.health, state: "gone", gone_until: null };
  line.note(
    "gone",
    now,
    "The endpoint answered 410 Gone. Nothing more is sent; resume the subscription when it is back.",
  );
  // The head of the feed as it is now ends the backlog.
  line.behind = true;
  outbox.saveLine(line.id, line.position, line.health);
  log("endpoint.gone", { subscription: line.id });
}

function stopForHostKey(parts: DeliveryParts, line: Line, row: MessageRow, ended: Ended): void {
  const now = parts.ctx.now();
  endAttempt(parts, ended, "failed", null);
  wait(parts, line, row, { intervals_used: row.intervals_used, next_at: now, not_before: 0 });
  const pin = line.subscription?.way === "sftp" ? line.subscription.settings.host_key_sha256 : null;
  line.health = { ...line.health, state: "stopped_host_key", refused_pin: pin };
  const detail =
    "The server showed another host key than the pinned one. Nothing is sent until the key is confirmed.";
  line.note("host_key_changed", now, detail);
  parts.outbox.saveLine(line.id, line.position, line.health);
  log("partner.host_key_changed", { subscription: line.id });
}
