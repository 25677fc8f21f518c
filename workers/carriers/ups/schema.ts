import { z } from "zod";

/** UPS Track API v1 (JSON), the legacy XML Track answer under the same names, and Track Alert v2: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();

export const UpsActivity = z.object({
  location: z
    .object({
      address: z
        .object({
          city: text,
          stateProvince: text,
          postalCode: text,
          countryCode: text,
          country: text,
        })
        .nullish(),
      slic: text,
    })
    .nullish(),
  status: z.object({ type: text, description: text, code: text, statusCode: text }),
  /** YYYYMMDD and HHMMSS on the wall of the place. */
  date: text,
  time: text,
  /** The same instant in GMT, HH:MM:SS. */
  gmtDate: text,
  gmtTime: text,
  gmtOffset: text,
  /** The legacy form names the signer here. */
  signedForByName: text,
});
export type UpsActivity = z.infer<typeof UpsActivity>;

export const UpsPackage = z.object({
  trackingNumber: z.string().min(1),
  /** DEL: was delivered then. SDD, RDD: scheduled, rescheduled. */
  deliveryDate: z.array(z.object({ type: text, date: text })).nullish(),
  deliveryTime: z.object({ type: text, startTime: text, endTime: text }).nullish(),
  deliveryInformation: z
    .object({
      location: text,
      receivedBy: text,
      signature: z.object({ image: text }).nullish(),
    })
    .nullish(),
  weight: z.object({ unitOfMeasurement: text, weight: text }).nullish(),
  dimension: z.object({ height: text, length: text, width: text, unitOfDimension: text }).nullish(),
  alternateTrackingNumber: z.array(z.object({ number: text })).nullish(),
  activity: z.array(z.unknown()).nullish(),
});
export type UpsPackage = z.infer<typeof UpsPackage>;

const Problem = z.object({ code: text, message: text });
export const UpsShipment = z.object({
  inquiryNumber: text,
  package: z.array(z.unknown()).nullish(),
  warnings: z.array(Problem).nullish(),
});

/** Track Alert: one activity a push. */
export const UpsAlert = z.object({
  trackingNumber: z.string().min(1),
  localActivityDate: z.string(),
  localActivityTime: text,
  gmtActivityDate: text,
  gmtActivityTime: text,
  activityLocation: z.object({ city: text, stateProvince: text, postalCode: text, country: text }).nullish(),
  activityStatus: z.object({ type: text, code: text, description: text, descriptionCode: text }),
  scheduledDeliveryDate: text,
  actualDeliveryDate: text,
});
export type UpsAlert = z.infer<typeof UpsAlert>;

export const UpsDocument = z.union([
  z.object({ trackResponse: z.object({ shipment: z.array(z.unknown()) }) }),
  z.object({ response: z.object({ errors: z.array(Problem) }) }),
  UpsAlert,
]);
export type UpsDocument = z.infer<typeof UpsDocument>;

const many = z.array(z.unknown()).nullish();
const code = z.object({ Code: text, Description: text }).nullish();

/** The XML form, turned into the names of JSON. */
export const UpsXml = z.object({
  TrackResponse: z.object({
    Response: z
      .object({
        Error: z.object({ ErrorCode: text, ErrorDescription: text }).nullish(),
      })
      .nullish(),
    Shipment: many,
  }),
});

export const UpsXmlShipment = z
  .object({ ShipmentIdentificationNumber: text, Package: many })
  .transform((shipment) => ({
    inquiryNumber: shipment.ShipmentIdentificationNumber,
    package: shipment.Package,
  }));

export const UpsXmlPackage = z
  .object({
    TrackingNumber: z.string().min(1),
    RescheduledDeliveryDate: text,
    ScheduledDeliveryDate: text,
    PackageWeight: z.object({ UnitOfMeasurement: code, Weight: text }).nullish(),
    Activity: many,
  })
  .transform(
    (one): UpsPackage => ({
      trackingNumber: one.TrackingNumber,
      deliveryDate: [
        { type: "SDD", date: one.ScheduledDeliveryDate },
        { type: "RDD", date: one.RescheduledDeliveryDate },
      ],
      weight: {
        unitOfMeasurement: one.PackageWeight?.UnitOfMeasurement?.Code,
        weight: one.PackageWeight?.Weight,
      },
      activity: one.Activity,
    }),
  );

export const UpsXmlActivity = z
  .object({
    ActivityLocation: z
      .object({
        Address: z
          .object({ City: text, StateProvinceCode: text, PostalCode: text, CountryCode: text })
          .nullish(),
        SignedForByName: text,
      })
      .nullish(),
    Status: z.object({ StatusType: code, StatusCode: code }),
    Date: text,
    Time: text,
  })
  .transform(
    (one): UpsActivity => ({
      location: {
        address: {
          city: one.ActivityLocation?.Address?.City,
          stateProvince: one.ActivityLocation?.Address?.StateProvinceCode,
          postalCode: one.ActivityLocation?.Address?.PostalCode,
          countryCode: one.ActivityLocation?.Address?.CountryCode,
          country: null,
        },
        slic: null,
      },
      status: {
        type: one.Status.StatusType?.Code,
        description: one.Status.StatusType?.Description,
        code: one.Status.StatusCode?.Code,
        statusCode: null,
      },
      date: one.Date,
      time: one.Time,
      gmtDate: null,
      gmtTime: null,
      gmtOffset: null,
      signedForByName: one.ActivityLocation?.SignedForByName,
    }),
  );

/** Elements of the XML form that come one or many. */
export const listElements: readonly string[] = ["Shipment", "Package", "Activity"];
