import { z } from "@hono/zod-openapi";
import {
  ATTEMPT_STATES,
  type DeadLetterRow,
  type DeliveryRow,
  type SetAsideRow,
} from "../../delivery/views.ts";
import { writeCursor } from "../cursor.ts";
import { isoOrNull, isoTime, Time } from "./common.ts";

/** Attempts and what was given up, as customers and the operator see them. Positions of the feed are told as cursors. */

const shipments = z
  .array(
    z.object({ shipment_id: z.string(), first_sequence: z.number().int(), last_sequence: z.number().int() }),
  )
  .describe("Whose events it carries, and which.");

export const DeliveryAnswer = z
  .object({
    id: z.string().describe("dlv_…, of this attempt."),
    subscription_id: z.string(),
    message_id: z.string().describe("The webhook-id, the same at every try, or the file's id."),
    file_name: z.string().nullable(),
    attempt: z.number().int(),
    started_at: Time,
    ended_at: Time.nullable(),
    state: z.enum(ATTEMPT_STATES).describe("unknown: it left, and we were cut off before the answer."),
    status: z.number().int().nullable().describe("The HTTP status; null where none came."),
    latency_ms: z.number().nullable(),
    answer: z.string().nullable().describe("The first 1 KiB of the answer, or what went wrong."),
    next_attempt_at: Time.nullable(),
    events: z.number().int(),
    first_cursor: z.string().describe("The feed's cursor just before its first event."),
    last_cursor: z.string().describe("The feed's cursor of its last event."),
    shipments,
  })
  .openapi("Delivery");

export function deliveryAnswer({
  first_position,
  last_position,
  ...row
}: DeliveryRow): z.infer<typeof DeliveryAnswer> {
  return {
    ...row,
    started_at: isoTime(row.started_at),
    ended_at: isoOrNull(row.ended_at),
    next_attempt_at: isoOrNull(row.next_attempt_at),
    ...cursorsOf(first_position, last_position),
  };
}

export const DeadLetterAnswer = z
  .object({
    account_number: z.string(),
    mode: z.enum(["live", "test"]),
    message_id: z.string(),
    subscription_id: z.string(),
    file_name: z.string().nullable(),
    died_at: Time,
    attempts: z.number().int(),
    delivery_id: z.string().nullable().describe("The last attempt; null where none was made."),
    reason: z.string(),
    events: z.number().int(),
    first_cursor: z.string(),
    last_cursor: z.string(),
    shipments,
  })
  .openapi("DeadLetter");

export function deadLetterAnswer(
  { first_position, last_position, ...row }: DeadLetterRow,
  { account_number, mode }: { account_number: string; mode: "live" | "test" },
): z.infer<typeof DeadLetterAnswer> {
  return {
    account_number,
    mode,
    ...row,
    died_at: isoTime(row.died_at),
    ...cursorsOf(first_position, last_position),
  };
}

export const SetAsideAnswer = z
  .object({
    account_number: z.string(),
    mode: z.enum(["live", "test"]),
    subscription_id: z.string(),
    cursor: z.string(),
    shipment_id: z.string(),
    sequence: z.number().int(),
    at: Time,
    reason: z.string(),
  })
  .openapi("SetAsideEvent");

export function setAsideAnswer(
  { position, at, ...row }: SetAsideRow,
  { account_number, mode }: { account_number: string; mode: "live" | "test" },
): z.infer<typeof SetAsideAnswer> {
  return { account_number, mode, ...row, cursor: writeCursor({ position }), at: isoTime(at) };
}

function cursorsOf(first: number, last: number) {
  return {
    first_cursor: writeCursor({ position: Math.max(0, first - 1) }),
    last_cursor: writeCursor({ position: last }),
  };
}

export const RedeliveryAnswer = z
  .object({
    messages: z.number().int().describe("How many messages or files are sent again."),
    rebuilt: z
      .number()
      .int()
      .describe(
        "How many of them are made anew from the feed, because the old ones are no longer kept: new webhook-ids, the same event ids and sequences.",
      ),
    next_cursor: z
      .string()
      .nullable()
      .describe("Where it ended, if that was not all: call again with it as `since`."),
  })
  .openapi("Redelivery");
