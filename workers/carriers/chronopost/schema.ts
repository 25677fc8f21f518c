import { z } from "zod";

/** Chronopost's trackSkybillV2 (SOAP): only what we read. */

const text = z.string().nullish();

/** What is said beside an event: a name and a value. */
export const ChronopostInfo = z.object({ name: text, value: text });

export const ChronopostEvent = z.object({
  code: z.string().min(1),
  eventLabel: text,
  /** With offset. */
  eventDate: text,
  officeLabel: text,
  zipCode: text,
  infoCompList: z.array(z.unknown()).nullish(),
});

const Result = z.object({
  errorCode: z.string(),
  errorMessage: text,
  listEventInfoComp: z.object({ skybillNumber: text, events: z.array(z.unknown()).nullish() }).nullish(),
});

export const ChronopostAnswer = z.object({
  Envelope: z.object({
    Body: z
      .object({
        trackSkybillV2Response: z.object({ return: Result }).nullish(),
        Fault: z.object({ faultstring: text }).nullish(),
      })
      .refine(({ trackSkybillV2Response, Fault }) => Boolean(trackSkybillV2Response ?? Fault)),
  }),
});

/** Elements that come one or many. */
export const listElements: readonly string[] = ["events", "infoCompList"];
