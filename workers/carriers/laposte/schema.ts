import { z } from "zod";

/** La Poste's Suivi v2 (JSON): only what we read. */

const text = z.string().nullish();

export const LaPosteEvent = z.object({
  code: z.string().min(1),
  label: text,
  /** With offset. */
  date: text,
});

const Shipment = z.object({
  idShip: z.string().min(1),
  product: text,
  event: z.array(z.unknown()).nullish(),
  estimDate: text,
  estimHourMax: text,
  contextData: z
    .object({
      removalPoint: z.object({ name: text, type: text }).nullish(),
      partner: z.object({ name: text, reference: text }).nullish(),
    })
    .nullish(),
});
export type LaPosteShipment = z.infer<typeof Shipment>;

/** One number's answer. */
export const LaPosteAnswer = z.object({
  returnCode: z.number(),
  returnMessage: text,
  idShip: text,
  shipment: Shipment.nullish(),
});

/** A fault of the gateway, before the service: {"code": "UNAUTHORIZED", "message": …}. */
const Fault = z.object({ code: z.union([z.string(), z.number()]), message: text });

/** One number's answer stands alone or in a list, several (HTTP 207) in a list. */
export const LaPosteNews = z.union([z.array(z.unknown()).min(1), LaPosteAnswer, Fault]);
