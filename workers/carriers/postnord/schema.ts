import { z } from "zod";

/** PostNord's shipments as findByIdentifier v5 tells them and as its receiver app does: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();
const Measure = z.object({ value: text, unit: text }).nullish();
const Measures = z.object({ weight: Measure, length: Measure, width: Measure, height: Measure }).nullish();

export const PostNordEvent = z.object({
  eventCode: text,
  /** In the XML form an equal time is written once and then pointed at: { "@reference": "../../../deliveryDate" } (XStream). */
  eventTime: z.union([z.string(), z.object({ "@reference": z.string() })]).nullish(),
  eventDescription: text,
  status: text,
  location: z
    .object({
      locationId: text,
      displayName: text,
      name: text,
      locationName: text,
      locationType: text,
      countryCode: text,
      country: text,
      postcode: text,
      city: text,
    })
    .nullish(),
});
export type PostNordEvent = z.infer<typeof PostNordEvent>;

export const PostNordItem = z.object({
  itemId: z.union([z.string().min(1), z.number()]),
  events: z.array(z.unknown()).nullish(),
  estimatedTimeOfArrival: text,
  deliveryDate: text,
  dropOffDate: text,
  returnDate: text,
  /** Who took it. */
  acceptor: z.object({ name: text }).nullish(),
  assessedMeasurement: Measures,
  statedMeasurement: Measures,
  dimensions: Measures,
  weight: Measure,
});
export type PostNordItem = z.infer<typeof PostNordItem>;

export const PostNordShipment = z.object({
  shipmentId: z.union([z.string().min(1), z.number()]),
  estimatedTimeOfArrival: text,
  items: z.array(z.unknown()).nullish(),
});

const shipments = z.array(z.unknown());
const Fault = z.object({
  faults: z.array(z.object({ faultCode: text, explanationText: text })).nullish(),
});

export const PostNordAnswer = z.union([
  z.object({
    TrackingInformationResponse: z.object({
      shipments: shipments.nullable(),
      compositeFault: Fault.nullish(),
    }),
  }),
  z.object({
    activeShipments: shipments,
    archivedShipments: shipments,
    deletedShipments: shipments.nullish(),
  }),
  // Refused before the search: a wrong key, a missing parameter.
  z.object({ compositeFault: Fault }),
  z.object({ message: z.string() }),
]);
export type PostNordAnswer = z.infer<typeof PostNordAnswer>;

/** For the XML form: these come one or many. */
export const listElements: readonly string[] = ["Shipment", "Item", "TrackingEvent", "Fault"];
