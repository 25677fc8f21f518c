import { z } from "zod";

/** Matkahuolto's public trackingInfo: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();

export const MatkahuoltoEvent = z.object({
  /** DD.MM.YYYY and HH:MM on a Finnish wall. */
  date: text,
  time: text,
  description: text,
  officeCode: text,
  place: text,
  latitude: text,
  longitude: text,
});

export const MatkahuoltoAnswer = z.union([
  z.object({ notFound: z.literal(true) }),
  z.object({
    parcelNumber: z.string().min(1),
    senderReference: text,
    storedUntil: text,
    trackingEvents: z.array(z.unknown()),
  }),
]);
