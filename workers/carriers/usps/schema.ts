import { z } from "zod";

/** USPS Tracking v3 (JSON) and Web Tools TrackV2 (XML): only what we read. */

const text = z.union([z.string(), z.number()]).nullish();

export const UspsEvent = z.object({
  eventType: text,
  /** The clock of the place. */
  eventTimestamp: text,
  GMTOffset: text,
  eventCountry: text,
  eventCity: text,
  eventState: text,
  eventZIP: text,
  name: text,
  eventCode: text,
});
export type UspsEvent = z.infer<typeof UspsEvent>;

export const UspsAnswer = z.union([
  z.object({
    trackingNumber: z.string().min(1),
    expectedDeliveryDate: text,
    predictedDeliveryDate: text,
    trackingEvents: z.array(z.unknown()),
  }),
  z.object({ error: z.object({ code: text, message: text }) }),
  z.object({ error: z.string(), error_description: text }),
]);

const Problem = z.object({ Number: text, Description: text });

export const UspsXml = z.union([
  z.object({ TrackResponse: z.object({ TrackInfo: z.array(z.unknown()).nullish() }) }),
  z.object({ Error: Problem }),
]);

export const UspsXmlInfo = z.object({
  "@ID": z.string().min(1),
  ExpectedDeliveryDate: text,
  PredictedDeliveryDate: text,
  TrackSummary: z.unknown().optional(),
  TrackDetail: z.array(z.unknown()).nullish(),
  Error: Problem.nullish(),
});

/** "April 28, 2015" and "9:01 am", either of which may be empty. */
export const UspsXmlEvent = z.object({
  EventTime: text,
  EventDate: text,
  Event: text,
  EventCity: text,
  EventState: text,
  EventZIPCode: text,
  EventCountry: text,
  Name: text,
  EventCode: text,
});
export type UspsXmlEvent = z.infer<typeof UspsXmlEvent>;

/** Elements of the XML form that come one or many. */
export const listElements: readonly string[] = ["TrackInfo", "TrackDetail"];
