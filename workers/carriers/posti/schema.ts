import { z } from "zod";

/** Posti's consumer search (GraphQL) and its account's list of shipments: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();
const Measure = z.object({ value: text, unit: text }).nullish();

export const PostiEvent = z.object({
  timestamp: text,
  /** One sentence, or one a language. */
  eventDescription: z.union([z.string(), z.array(z.object({ lang: text, value: text }))]).nullish(),
  city: text,
  eventLocation: z.object({ city: text, country: text }).nullish(),
});
export type PostiEvent = z.infer<typeof PostiEvent>;

export const PostiHit = z.object({
  displayId: z.string().min(1),
  status: z.object({ main: text }).nullish(),
  delivery: z.object({ time: z.object({ timestamp: text, timestampLatest: text }).nullish() }).nullish(),
  measurements: z.object({ weight: Measure, length: Measure, width: Measure, height: Measure }).nullish(),
  events: z.array(z.unknown()).nullish(),
});
export type PostiHit = z.infer<typeof PostiHit>;

export const PostiAccountShipment = z.object({
  shipmentNumber: text,
  trackingNumbers: z.array(z.string().min(1)).min(1),
  estimatedDeliveryTime: text,
  grossWeight: text,
  events: z.array(z.unknown()).nullish(),
});
export type PostiAccountShipment = z.infer<typeof PostiAccountShipment>;

export const PostiAnswer = z.union([
  PostiAccountShipment,
  z.object({ data: z.object({ consumerSearchShipments: z.object({ hits: z.array(z.unknown()) }) }) }),
  z.object({ data: z.null(), errors: z.array(z.object({ errorType: text, message: text })) }),
]);
