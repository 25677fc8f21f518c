import { z } from "@hono/zod-openapi";
import { FILE_STATES, type FileRow } from "../../delivery/views.ts";
import { FILE_VERDICTS } from "../../domain/tracking-file/acknowledgement.ts";
import { writeCursor } from "../cursor.ts";
import { isoOrNull, isoTime, Time } from "./common.ts";

/** The manifest of files by sFTP, as customers and the operator see it. */

export const FileAnswer = z
  .object({
    id: z.string().describe("fil_…: the message_id of its deliveries."),
    subscription_id: z.string(),
    file_name: z.string(),
    format: z.string(),
    control_number: z.number().int().describe("UNB 0020 or ISA13; in the file's name for the other formats."),
    state: z
      .enum(FILE_STATES)
      .describe("acknowledged, rejected and silent only where acknowledgements are agreed."),
    written_at: Time,
    uploaded_at: Time.nullable(),
    events: z.number().int(),
    first_cursor: z.string().describe("The feed's cursor just before its first event."),
    last_cursor: z.string().describe("The feed's cursor of its last event."),
    shipments: z.array(
      z.object({
        shipment_id: z.string(),
        first_sequence: z.number().int(),
        last_sequence: z.number().int(),
      }),
    ),
    size: z.number().int().describe("Bytes."),
    sha256: z.string().nullable().describe("Of the bytes, in hex."),
    left_out: z
      .array(
        z.object({
          shipment_id: z.string(),
          sequence: z.number().int(),
          because: z.enum(["notice", "no_place"]),
        }),
      )
      .describe("Events that no file carries, since the file before. no_place: the format can't hold it."),
    left_out_more: z.number().int().describe("How many more there are than are named."),
    remarks: z.array(z.object({ kind: z.string(), detail: z.string() })),
    answer: z
      .object({
        verdict: z.enum(FILE_VERDICTS),
        at: Time,
        reason: z.string().nullable(),
        file_name: z.string(),
      })
      .nullable()
      .describe("Your acknowledgement."),
    reason: z.string().nullable().describe("Why it is dead or cancelled."),
  })
  .openapi("TrackingFile");

export function fileAnswer(row: FileRow): z.infer<typeof FileAnswer> {
  const { first_position, last_position, answer, ...file } = row;
  return {
    ...file,
    written_at: isoTime(file.written_at),
    uploaded_at: isoOrNull(file.uploaded_at),
    first_cursor: writeCursor({ position: Math.max(0, first_position - 1) }),
    last_cursor: writeCursor({ position: last_position }),
    answer: answer === null ? null : { ...answer, at: isoTime(answer.at) },
  };
}

export const WhoseFileAnswer = FileAnswer.extend({
  account_number: z.string(),
  mode: z.enum(["live", "test"]),
}).openapi("AccountTrackingFile");
