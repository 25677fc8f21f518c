import { z } from "zod";

/** Canada Post, Get Tracking Details (XML): only what we read. */

const text = z.string().nullish();

export const CanadaPostEvent = z.object({
  "event-identifier": text,
  "event-date": text,
  "event-time": text,
  /** EST, MDT …; not always there, and not always in step with the season. */
  "event-time-zone": text,
  "event-description": text,
  "signatory-name": text,
  "event-site": text,
  "event-province": text,
  "event-retail-name": text,
});
export type CanadaPostEvent = z.infer<typeof CanadaPostEvent>;

const Detail = z.object({
  pin: z.string().min(1),
  "expected-delivery-date": text,
  "changed-expected-date": text,
  "original-pin": text,
  "return-pin": text,
  "customer-ref-1": text,
  "significant-events": z.object({ occurrence: z.array(z.unknown()).nullish() }).nullish(),
});

const Messages = z.object({ message: z.array(z.object({ code: text, description: text })) });

/** Bare, or in a wrapper of the gateway's. */
export const CanadaPostAnswer = z.union([
  z.object({ "tracking-detail": Detail }),
  z.object({ messages: Messages }),
  z.object({ wrapper: z.object({ "tracking-detail": Detail }) }).transform(({ wrapper }) => wrapper),
  z.object({ wrapper: z.object({ messages: Messages }) }).transform(({ wrapper }) => wrapper),
]);

/** Elements that come one or many. */
export const listElements: readonly string[] = ["occurrence", "message"];
