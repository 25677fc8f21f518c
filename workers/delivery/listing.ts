import { warningsDue } from "../domain/breaker.ts";
import { fullnessWarning } from "./intake.ts";
import type { Line } from "./line.ts";
import { stateOf } from "./line-states.ts";
import type { Outbox } from "./outbox.ts";
import type { AttemptRow, MessageRow } from "./outbox-schema.ts";
import type {
  AttemptState,
  DeadLetterRow,
  DeadLettersPage,
  DeadLettersQuery,
  DeliveriesQuery,
  DeliveryRow,
  LineStatus,
  MessageShipment,
  Page,
  Warning,
} from "./views.ts";
import { ATTEMPT_STATES } from "./views.ts";

/** What the object shows of itself. */

const MOST_ROWS = 200;
/** After every id. */
const END = "~";

export function lineStatuses(
  outbox: Outbox,
  lines: Iterable<Line>,
  now: number,
  scale: number,
): LineStatus[] {
  const dead = outbox.deadCounts();
  const aside = outbox.aside.counts();
  return [...lines].map((line) => {
    const { breaker } = line.health;
    const set_aside = aside.get(line.id) ?? 0;
    return {
      subscription_id: line.id,
      way: line.way,
      state: stateOf(line),
      paused_by: pausedBy(line),
      position: line.position,
      waiting: line.order.size,
      waiting_bytes: line.bytes,
      dead: dead.get(line.id) ?? 0,
      set_aside,
      failures_in_a_row: breaker.failures,
      last_success_at: breaker.last_success_at,
      failing_since: breaker.failing_since,
      next_attempt_at: line.sendable && line.order.size > 0 ? line.dueAt(now, scale) : null,
      warnings: warningsOf(line, set_aside, now, scale),
    };
  });
}

function pausedBy(line: Line): LineStatus["paused_by"] {
  if (line.health.state === "paused") return "gluey";
  return line.subscription?.paused ? "customer" : null;
}

function warningsOf(line: Line, set_aside: number, now: number, scale: number): Warning[] {
  const warnings: Warning[] = [...line.health.notes];
  for (const { code, at } of warningsDue(line.health.breaker, now, scale)) {
    warnings.push({
      code,
      at,
      detail: "No delivery has succeeded for this long. What waits is kept and retried.",
    });
  }
  const full = fullnessWarning(line);
  if (full !== null)
    warnings.push({
      code: full,
      at: now,
      detail: "Undelivered messages pile up; at the bound, more wait in the feed.",
    });
  if (set_aside > 0) {
    warnings.push({
      code: "event_set_aside",
      at: now,
      detail: `${set_aside} events could not be told and were passed over.`,
    });
  }
  if (line.unusable !== null)
    warnings.push({
      code: "internal",
      at: now,
      detail: "The subscription can't be read; the operator is needed.",
    });
  return warnings;
}

export function deliveriesPage(outbox: Outbox, query: DeliveriesQuery): Page<DeliveryRow> {
  const limit = bounded(query.limit);
  const found = outbox.attempts.page(query.cursor ?? END, limit + 1, query);
  const rows = found.slice(0, limit);
  const data = rows.map((row) => deliveryRow(row, outbox.message(row.ord)));
  return { data, next_cursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}

function deliveryRow(row: AttemptRow, message: MessageRow | null): DeliveryRow {
  return {
    id: row.id,
    subscription_id: row.subscription_id,
    message_id: message?.id ?? "",
    file_name: message?.file_name ?? null,
    attempt: row.attempt,
    started_at: row.started_at,
    ended_at: row.ended_at,
    state: attemptState(row.state),
    status: row.status,
    latency_ms: row.latency_ms,
    answer: row.answer,
    next_attempt_at: row.next_attempt_at,
    ...coverage(message),
  };
}

function coverage(
  message: MessageRow | null,
): Pick<DeliveryRow, "events" | "first_position" | "last_position" | "shipments"> {
  if (message === null) return { events: 0, first_position: 0, last_position: 0, shipments: [] };
  const { events, first_position, last_position } = message;
  const shipments: MessageShipment[] = JSON.parse(message.shipments);
  return { events, first_position, last_position, shipments };
}

function attemptState(word: string): AttemptState {
  return ATTEMPT_STATES.find((state) => state === word) ?? "unknown";
}

/** First the dead letters, newest first, then the events that were set aside, under one cursor: who follows it sees all. */
export function deadLettersPage(outbox: Outbox, query: DeadLettersQuery): DeadLettersPage {
  const limit = bounded(query.limit);
  const from = placeIn(query.cursor);
  const found = from.kind === "dead" ? outbox.dead(from.before, limit + 1, query.subscription_id) : [];
  const dead = found.slice(0, limit);
  const data = dead.map(deadLetterRow);
  const last = dead.at(-1);
  if (found.length > limit && last !== undefined) return { data, set_aside: [], next_cursor: `${last.ord}` };
  const after = from.kind === "aside" ? from : { subscription_id: "", position: 0 };
  const room = limit - dead.length;
  const events = outbox.aside.page(after, room + 1, query.subscription_id);
  const set_aside = events.slice(0, room).map(({ tries: _tries, aside: _aside, ...row }) => row);
  const end = set_aside.at(-1) ?? after;
  const next_cursor = events.length > room ? `${end.position} ${end.subscription_id}` : null;
  return { data, set_aside, next_cursor };
}

type DeadLettersPlace =
  | { kind: "dead"; before: number }
  | { kind: "aside"; position: number; subscription_id: string };

/** `ord` of the last dead letter, or position and subscription of the last event set aside. */
function placeIn(cursor: string | undefined): DeadLettersPlace {
  if (cursor === undefined) return { kind: "dead", before: Number.MAX_SAFE_INTEGER };
  const [, number = "0", subscription_id] = /^(\d{1,15})(?: (.*))?$/u.exec(cursor) ?? [];
  if (subscription_id === undefined) return { kind: "dead", before: Number(number) };
  return { kind: "aside", position: Number(number), subscription_id };
}

function deadLetterRow(row: MessageRow): DeadLetterRow {
  return {
    message_id: row.id,
    subscription_id: row.subscription_id,
    file_name: row.file_name,
    died_at: row.ended_at ?? row.created_at,
    attempts: row.attempts,
    delivery_id: row.last_attempt,
    reason: row.reason ?? "The last retry failed.",
    ...coverage(row),
  };
}

function bounded(limit: number): number {
  return Math.min(MOST_ROWS, Math.max(1, Math.floor(limit)));
}
