import { z } from "zod";

/** GLS Group Track & Trace v1, and the consumer service of GLS Netherlands: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();

export const GlsEvent = z.object({
  code: text,
  city: text,
  postalCode: text,
  country: text,
  description: text,
  eventDateTime: text,
});

export const GlsParcel = z.object({
  requested: text,
  unitno: text,
  errorCode: text,
  errorMessage: text,
  events: z.array(z.unknown()).nullish(),
});

export const GlsScan = z.object({ dateTime: text, state: text, eventReasonDescr: text });

export const GlsConsumer = z.object({
  parcelNo: z.string().min(1),
  suppliedWeight: text,
  weighedWeight: text,
  width: text,
  height: text,
  length: text,
  deliveryStatus: z.object({ etaTimestampMax: text }).nullish(),
  scans: z.array(z.unknown()),
});
export type GlsConsumer = z.infer<typeof GlsConsumer>;

// The consumer's answer has a list called parcels too, so it is tried first.
export const GlsDocument = z.union([GlsConsumer, z.object({ parcels: z.array(z.unknown()) })]);
