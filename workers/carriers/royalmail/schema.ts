import { z } from "zod";

/** Royal Mail's Tracking API v2, Events (JSON): only what we read. */

const text = z.string().nullish();

export const RoyalMailEvent = z.object({
  eventCode: z.string().min(1),
  eventName: text,
  /** With offset. */
  eventDateTime: text,
  locationName: text,
});

const MailPiece = z.object({
  mailPieceId: z.string().min(1),
  summary: z.object({ uniqueItemId: text, oneDBarcode: text, destinationCountryCode: text }).nullish(),
  signature: z.object({ recipientName: text }).nullish(),
  /** A day, and on it a window: 08:00:00+01:00. */
  estimatedDelivery: z.object({ date: text, endOfEstimatedWindow: text }).nullish(),
  events: z.array(z.unknown()).nullish(),
});
export type MailPiece = z.infer<typeof MailPiece>;

const Problem = z.object({ errorCode: text, errorDescription: text, errorCause: text });

/** A refusal; with an error of its own only where the request reached the service. */
const Refusal = z.object({
  httpCode: z.union([z.string(), z.number()]),
  httpMessage: text,
  moreInformation: text,
  errors: z.array(Problem).nullish(),
});

export const RoyalMailAnswer = z.union([z.object({ mailPieces: MailPiece }), Refusal]);
