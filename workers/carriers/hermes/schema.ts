import { z } from "zod";

/** Hermes Shipping Interface, shipment info, and api.my-deliveries.de (JSON): only what we read. */

const text = z.string().nullish();

export const HermesEvent = z.object({
  /** Four digits, "2x2 code". */
  code: z.string().min(1),
  description: text,
  /** With offset. */
  timestamp: text,
  scanningUnit: z.object({ name: text, city: text, countryCode: text }).nullish(),
});

const Result = z.object({ code: text, message: text });

export const HermesShipment = z.object({
  shipmentID: z.string().min(1),
  clientReference: text,
  clientReference2: text,
  internationalShipmentID: text,
  deliveryForecast: z
    .object({ date: text, timeSlot: z.object({ from: text, to: text }).nullish() })
    .nullish(),
  status: z.array(z.unknown()).nullish(),
  /** Instead of all that: e001 and others for an error, w… for a warning. */
  result: Result.nullish(),
});
export type HermesShipment = z.infer<typeof HermesShipment>;

/** What recipients see: words for codes, UTC. */
export const ProgressEvent = z.object({
  parcelStatus: z.string().min(1),
  historyText: text,
  status: text,
  timestamp: text,
});

export const HermesAnswer = z.union([
  z.object({ shipmentinfo: z.array(z.unknown()) }),
  z.object({ listOfResultCodes: z.array(Result).min(1) }),
  z.object({ barcode: z.string().min(1), parcelProgress: z.array(z.unknown()) }),
  z.object({ error: z.string(), error_description: text }),
]);
