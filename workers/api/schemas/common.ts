import { z } from "@hono/zod-openapi";

/** Pieces of the contract that many calls share. */

export const ProblemAnswer = z
  .object({
    type: z.string().describe("A URI of the kind of problem; about:blank where the status says it all."),
    title: z.string().describe("The status in words."),
    status: z.number().int().describe("The HTTP status."),
    detail: z.string().describe("What went wrong and what to do about it."),
    request_id: z.string().describe("Names this request; also in the header x-request-id."),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe("The fields at fault."),
  })
  .openapi("Problem");

/** An answer with a JSON body. */
export function answers<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { "application/json": { schema } } };
}

/** The same, for a call that writes its JSON itself: to the types it is any answer. */
export function writes(
  description: string,
  schema: z.ZodType,
): { description: string; content: Record<string, { schema: z.ZodType }> } {
  return answers(description, schema);
}

/** A JSON body that must be there. */
export function takes<T extends z.ZodType>(schema: T, description = "") {
  return { body: { required: true, description, content: { "application/json": { schema } } } };
}

/** Any text of a customer that is stored: no control characters. */
const PRINTABLE = /^[^\p{Cc}]*$/u;
export const text = (max: number) =>
  z.string().max(max).regex(PRINTABLE, "must not hold control characters.");

/** A time of an answer: ISO 8601 with offset. */
export const Time = z.string().openapi({ format: "date-time" });

export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(100)
  .default(50)
  .describe("How many elements at most, 1 to 100; default 50.");

export const CursorText = z.string().max(200).describe("The next_cursor of an earlier answer.");

export const PageQuery = z.object({ limit: Limit, cursor: CursorText.optional() });

export function pageOf<T extends z.ZodType>(element: T) {
  return z.object({
    data: z.array(element),
    next_cursor: z.string().nullable().describe("Where to go on; null at the end."),
  });
}

export const MetaData = z
  .array(z.object({ key: text(200).min(1), value: text(4000) }))
  .max(50)
  .describe("Up to 50 pairs of your own, told back with each event.");

export const accountPath = z.object({ account_number: z.string().describe("The key's own account number.") });

export const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}+00:00`;
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));
