import { z } from "zod";

/** Australia Post's Track Items (JSON): only what we read. */

const text = z.string().nullish();
export const AusPostProblem = z.object({ code: text, name: text, message: text });

export const AusPostEvent = z.object({
  description: z.string().min(1),
  /** ISO 8601 with the offset of Melbourne, wherever it happened. */
  date: text,
  /** "KEW VIC", "CHICAGO (US)", "NZ", "Transit Scan" */
  location: text,
});
export type AusPostEvent = z.infer<typeof AusPostEvent>;

/** An article, or a consignment with articles in it. */
export const AusPostItem = z.object({
  article_id: text,
  consignment_id: text,
  events: z.array(z.unknown()).nullish(),
  items: z.array(z.unknown()).nullish(),
});
export type AusPostItem = z.infer<typeof AusPostItem>;

export const AusPostResult = z.object({
  tracking_id: z.string().min(1),
  errors: z.array(AusPostProblem).nullish(),
  trackable_items: z.array(z.unknown()).nullish(),
});

export const AusPostAnswer = z.union([
  z.object({ tracking_results: z.array(z.unknown()) }),
  z.object({ errors: z.array(AusPostProblem) }),
]);
