import { z } from "zod";

/** MyDHL API, GET /tracking: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();

export const ExpressEvent = z.object({
  date: text,
  time: text,
  /** "+02:00"; newer answers only. */
  GMTOffset: text,
  typeCode: text,
  description: text,
  serviceArea: z.array(z.object({ code: text, description: text })).nullish(),
  signedBy: text,
});
export type ExpressEvent = z.infer<typeof ExpressEvent>;

export const ExpressShipment = z.object({
  shipmentTrackingNumber: z.union([z.string().min(1), z.number()]),
  estimatedTimeOfDelivery: text,
  estimatedDeliveryDate: text,
  totalWeight: text,
  unitOfMeasurements: text,
  events: z.array(z.unknown()).nullish(),
  pieces: z.array(z.object({ trackingNumber: text, events: z.array(z.unknown()).nullish() })).nullish(),
});
export type ExpressShipment = z.infer<typeof ExpressShipment>;

export const ExpressAnswer = z.union([
  z.object({ shipments: z.array(z.unknown()) }),
  z.object({ title: text, detail: text, status: z.union([z.number(), z.string()]) }),
]);
