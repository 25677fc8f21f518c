import { z } from "zod";

/** USPS Tracking v3 (JSON), the envelope in which Subscriptions - Tracking v3.2 pushes the same, and Web Tools TrackV2 (XML): only what we read. */

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

/** What is signed of a push, and the only fields of it that are read. */
export const UspsEnvelope = z.object({
  timestamp: z.string().regex(/^[^{]+$/u, "A push's timestamp has no brace."),
  /** JSON as text. */
  payload: z.string().startsWith("{"),
});
export type UspsEnvelope = z.infer<typeof UspsEnvelope>;

/** The envelope of a push; null for bytes that are none. */
export function envelopeOf(body: Uint8Array): UspsEnvelope | null {
  try {
    const read = UspsEnvelope.safeParse(JSON.parse(new TextDecoder().decode(body)));
    return read.success ? read.data : null;
  } catch {
    return null; // no JSON
  }
}

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
