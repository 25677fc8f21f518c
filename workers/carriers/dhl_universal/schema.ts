import { z } from "zod";

/** DHL Shipment Tracking – Unified v1: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();
const Place = z
  .object({
    address: z.object({ countryCode: text, postalCode: text, addressLocality: text }).nullish(),
  })
  .nullish();
const Measure = z.object({ value: text, unitText: text }).nullish();

export const DhlEvent = z.object({
  timestamp: text,
  location: Place,
  statusCode: text,
  status: text,
  description: text,
  remark: text,
});
export type DhlEvent = z.infer<typeof DhlEvent>;

export const DhlShipment = z.object({
  /** In some divisions a number, and its leading zeros are gone. */
  id: z.union([z.string().min(1), z.number()]),
  service: text,
  status: DhlEvent.nullish(),
  estimatedTimeOfDelivery: text,
  estimatedDeliveryTimeFrame: z.object({ estimatedFrom: text, estimatedThrough: text }).nullish(),
  details: z
    .object({
      proofOfDelivery: z.object({ signed: z.object({ name: text, familyName: text }).nullish() }).nullish(),
      weight: Measure,
      dimensions: z.object({ width: Measure, height: Measure, length: Measure }).nullish(),
    })
    .nullish(),
  events: z.array(z.unknown()).nullish(),
});
export type DhlShipment = z.infer<typeof DhlShipment>;

export const DhlUnified = z.union([
  z.object({ shipments: z.array(z.unknown()) }),
  z.object({ title: z.string(), detail: text, status: z.number() }),
]);
