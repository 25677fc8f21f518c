import { z } from "zod";

/** FedEx Track API v1; its webhook has the same body. The SOAP reply is brought into the same form. Only what we read. */

const text = z.union([z.string(), z.number()]).nullish();
const Address = z
  .object({ city: text, stateOrProvinceCode: text, postalCode: text, countryCode: text })
  .nullish();
const Weight = z.object({ unit: text, value: text });
const Dimensions = z.object({ length: text, width: text, height: text, units: text });
const Problem = z.object({ code: text, message: text }).nullish();

export const FedexScan = z.object({
  date: text,
  eventType: text,
  eventDescription: text,
  exceptionCode: text,
  exceptionDescription: text,
  scanLocation: Address,
  locationId: text,
  locationType: text,
  derivedStatusCode: text,
});
export type FedexScan = z.infer<typeof FedexScan>;

/** Numbers that stand beside a tracking number, by kind. The value is a list in the API's newer answers. */
const Identifiers = z.array(z.object({ type: text, value: text, values: z.array(text).nullish() })).nullish();

export const FedexResult = z.object({
  trackingNumberInfo: z.object({ trackingNumber: text, trackingNumberUniqueId: text }).nullish(),
  additionalTrackingInfo: z.object({ packageIdentifiers: Identifiers }).nullish(),
  scanEvents: z.array(z.unknown()).nullish(),
  dateAndTimes: z.array(z.object({ dateTime: text, type: text })).nullish(),
  estimatedDeliveryTimeWindow: z
    .object({ window: z.object({ begins: text, ends: text }).nullish() })
    .nullish(),
  deliveryDetails: z.object({ receivedByName: text, signedByName: text, deliveryAttempts: text }).nullish(),
  packageDetails: z
    .object({
      weightAndDimensions: z
        .object({ weight: z.array(Weight).nullish(), dimensions: z.array(Dimensions).nullish() })
        .nullish(),
    })
    .nullish(),
  error: Problem,
});
export type FedexResult = z.infer<typeof FedexResult>;

export const FedexTracked = z.object({ trackingNumber: text, trackResults: z.array(z.unknown()).nullish() });
export type FedexTracked = z.infer<typeof FedexTracked>;

export const FedexDocument = z.union([
  z.object({ output: z.object({ completeTrackResults: z.array(z.unknown()) }) }),
  z.object({ errors: z.array(z.object({ code: text, message: text })) }),
]);

const many = z.array(z.unknown()).nullish();
const Notification = z.object({ Severity: text, Code: text, Message: text });

/** SOAP: `TrackReply`, in an envelope or bare. */
export const FedexReply = z.object({
  Notifications: z.array(Notification).nullish(),
  CompletedTrackDetails: z
    .array(z.object({ Notifications: z.array(Notification).nullish(), TrackDetails: many }))
    .nullish(),
  /** Up to version 5 without the level between. */
  TrackDetails: many,
});
export const FedexSoap = z.union([
  z.object({ TrackReply: FedexReply }),
  z
    .object({ Envelope: z.object({ Body: z.object({ TrackReply: FedexReply }) }) })
    .transform(({ Envelope }) => Envelope.Body),
]);

const SoapAddress = z
  .object({ City: text, StateOrProvinceCode: text, PostalCode: text, CountryCode: text })
  .nullish()
  .transform((one) =>
    one
      ? {
          city: one.City,
          stateOrProvinceCode: one.StateOrProvinceCode,
          postalCode: one.PostalCode,
          countryCode: one.CountryCode,
        }
      : null,
  );

export const FedexSoapDetail = z
  .object({
    Notification: Notification.nullish(),
    TrackingNumber: text,
    TrackingNumberUniqueIdentifier: text,
    EstimatedDeliveryTimestamp: text,
    ShipTimestamp: text,
    DeliverySignatureName: text,
    PackageWeight: z.object({ Units: text, Value: text }).nullish(),
    PackageDimensions: z.object({ Length: text, Width: text, Height: text, Units: text }).nullish(),
    OtherIdentifiers: z
      .array(z.object({ PackageIdentifier: z.object({ Type: text, Value: text }).nullish() }))
      .nullish(),
    Events: many,
  })
  .transform(
    (
      one,
    ): {
      number: string | number | null | undefined;
      problem: z.infer<typeof Notification> | null;
      result: FedexResult;
    } => ({
      number: one.TrackingNumber,
      problem: one.Notification ?? null,
      result: {
        trackingNumberInfo: {
          trackingNumber: one.TrackingNumber,
          trackingNumberUniqueId: one.TrackingNumberUniqueIdentifier,
        },
        additionalTrackingInfo: {
          packageIdentifiers: (one.OtherIdentifiers ?? []).map(({ PackageIdentifier: other }) => ({
            type: other?.Type,
            value: other?.Value,
            values: null,
          })),
        },
        scanEvents: one.Events,
        dateAndTimes: [
          { type: "ESTIMATED_DELIVERY", dateTime: one.EstimatedDeliveryTimestamp },
          { type: "SHIP", dateTime: one.ShipTimestamp },
        ],
        deliveryDetails: {
          receivedByName: one.DeliverySignatureName,
          signedByName: null,
          deliveryAttempts: null,
        },
        packageDetails: {
          weightAndDimensions: {
            weight: one.PackageWeight
              ? [{ unit: one.PackageWeight.Units, value: one.PackageWeight.Value }]
              : [],
            dimensions: one.PackageDimensions
              ? [
                  {
                    length: one.PackageDimensions.Length,
                    width: one.PackageDimensions.Width,
                    height: one.PackageDimensions.Height,
                    units: one.PackageDimensions.Units,
                  },
                ]
              : [],
          },
        },
      },
    }),
  );

export const FedexSoapEvent = z
  .object({
    Timestamp: text,
    EventType: text,
    EventDescription: text,
    StatusExceptionCode: text,
    StatusExceptionDescription: text,
    Address: SoapAddress,
    ArrivalLocation: text,
  })
  .transform(
    (one): FedexScan => ({
      date: one.Timestamp,
      eventType: one.EventType,
      eventDescription: one.EventDescription,
      exceptionCode: one.StatusExceptionCode,
      exceptionDescription: one.StatusExceptionDescription,
      scanLocation: one.Address,
      locationId: null,
      locationType: one.ArrivalLocation,
      derivedStatusCode: null,
    }),
  );

/** Elements of the SOAP form that come one or many. */
export const listElements: readonly string[] = [
  "Notifications",
  "CompletedTrackDetails",
  "TrackDetails",
  "OtherIdentifiers",
  "Events",
];
