import { z } from "zod";

/** Landmark's TrackResponse (XML): only what we read. */

const text = z.string().nullish();

export const LandmarkEvent = z.object({
  Status: text,
  /** YYYY-MM-DD HH:MM:SS or MM/DD/YYYY hh:mm AM, no zone. */
  DateTime: text,
  /** "Montreal, QC, CA", "Feltham, SRY", "North Shields" */
  Location: text,
  EventCode: text,
});
export type LandmarkEvent = z.infer<typeof LandmarkEvent>;

export const LandmarkPackage = z.object({
  /** The last carrier's number. */
  TrackingNumber: text,
  LandmarkTrackingNumber: z.string().min(1),
  PackageReference: text,
  Events: z.object({ Event: z.array(z.unknown()).nullish() }).nullish(),
});

export const LandmarkAnswer = z.object({
  TrackResponse: z
    .object({
      Result: z
        .object({
          Success: text,
          ResultMessage: text,
          Packages: z.object({ Package: z.array(z.unknown()).nullish() }).nullish(),
        })
        .nullish(),
      Errors: z.object({ Error: z.array(z.object({ ErrorCode: text, ErrorMessage: text })) }).nullish(),
    })
    // an answer says something: packages or why there are none
    .refine(({ Result, Errors }) => Boolean(Result ?? Errors)),
});

/** Elements that come one or many. */
export const listElements: readonly string[] = ["Package", "Event", "Error"];
