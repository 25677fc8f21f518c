import { z } from "zod";

/** DPD ParcelLifeCycleService 2.0 (SOAP): only what we read. */

const text = z.string().nullish();
const Content = z.object({ content: text }).nullish();

export const DpdStatus = z.object({
  status: z.string().min(1),
  /** False for the steps still to come. */
  statusHasBeenReached: text,
  label: Content,
  description: z.object({ content: z.array(z.object({ content: text })).nullish() }).nullish(),
  location: Content,
  /** M/D/YYYY h:mm:ss AM/PM */
  date: Content,
});

export const DpdAnswer = z.object({
  Envelope: z.object({
    Body: z.object({
      getTrackingDataResponse: z
        .object({ trackingresult: z.object({ statusInfo: z.array(z.unknown()).nullish() }) })
        .nullish(),
      Fault: z
        .object({
          faultstring: text,
          detail: z.record(z.string(), z.unknown()).nullish(),
        })
        .nullish(),
    }),
  }),
});

/** `authenticationFault` and the like: whatever the element is called, it holds these two. */
export const DpdFault = z.object({ errorCode: text, errorMessage: text });

/** Elements that come one or many. */
export const listElements: readonly string[] = ["statusInfo"];
