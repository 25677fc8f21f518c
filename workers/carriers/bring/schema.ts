import { z } from "zod";

/** What Bring tells by its Tracking API v2 (JSON, XML), by Event Cast and in its app: only what we read. */

const text = z.union([z.string(), z.number()]).nullish();
const yes = z.union([z.boolean(), z.enum(["true", "false"]).transform((word) => word === "true")]).nullish();
/** `16.5` in JSON, `<Weight unitCode="kg">16.5</Weight>` in XML. */
const measure = z
  .union([z.string(), z.number(), z.object({ "#text": z.string() }).transform((part) => part["#text"])])
  .nullish();

export const BringEvent = z.object({
  description: text,
  status: text,
  lmEventCode: text,
  lmCauseCode: text,
  lmMeasureCode: text,
  recipientSignature: z.object({ name: text }).nullish(),
  unitId: text,
  unitType: text,
  postalCode: text,
  city: text,
  countryCode: text,
  country: text,
  dateIso: text,
  /** The XML form's name, and its spelling. */
  occuredAtIsoDateTime: text,
  consignmentEvent: yes,
  insignificant: yes,
});
export type BringEvent = z.infer<typeof BringEvent>;

export const BringPackage = z.object({
  packageNumber: text,
  /** The XML form's name. */
  packageId: text,
  previousPackageNumber: text,
  previousPackageId: text,
  productName: text,
  productCode: text,
  lengthInCm: measure,
  widthInCm: measure,
  heightInCm: measure,
  weightInKgs: measure,
  length: measure,
  width: measure,
  height: measure,
  weight: measure,
  /** DD.MM.YYYY */
  dateOfReturn: text,
  dateOfEstimatedDelivery: text,
  /** The XML form's name. */
  estimatedDeliveryDate: text,
  estimatedTimeSpanOfDelivery: z.object({ startTime: text, endTime: text }).nullish(),
  recipientAddress: z.object({ countryCode: text, postalCode: text }).nullish(),
  eventSet: z.array(z.unknown()).nullish(),
});
export type BringPackage = z.infer<typeof BringPackage>;

export const BringConsignment = z.object({
  consignmentId: text,
  previousConsignmentId: text,
  packageSet: z.array(z.unknown()).nullish(),
  /** Freight: events of the consignment as a whole. */
  eventSet: z.array(z.unknown()).nullish(),
  error: z.union([z.string(), z.object({ code: text, message: text })]).nullish(),
  code: text,
});

/** Event Cast's push: one event, no history, no place. */
export const BringPush = z.object({
  status: z.string().min(1),
  id: text,
  shipment: text,
  package: text,
  created: z.string(),
});
export type BringPush = z.infer<typeof BringPush>;

export const BringAppParcel = z.object({
  parcelNumber: z.string().min(1),
  consignmentNumber: text,
  weightInKg: measure,
  dimensions: z.object({ lengthInCm: measure, widthInCm: measure, heightInCm: measure }).nullish(),
  delivery: z
    .object({
      deliveryTime: z.object({ date: text, deliveryWindow: z.object({ end: text }).nullish() }).nullish(),
    })
    .nullish(),
  events: z.array(z.unknown()).nullish(),
});
export type BringAppParcel = z.infer<typeof BringAppParcel>;

export const BringAppEvent = z.object({
  type: z.string().min(1),
  date: text,
  description: text,
  cause: text,
  countryCode: text,
});

const list = z.array(z.unknown());

export const BringDocument = z.union([
  z.object({ consignmentSet: list }),
  // Errors of the load balancer before it come in a nesting of their own.
  z.object({ shipments: z.array(z.object({ consignmentSet: list })) }),
  z.object({ parcels: list }),
  BringPush,
]);
export type BringDocument = z.infer<typeof BringDocument>;

/** The XML form once its names are those of JSON. */
export const BringXml = z
  .object({ consignmentSet: z.object({ consignment: list.nullish() }) })
  .transform(({ consignmentSet }) => ({ consignmentSet: consignmentSet.consignment ?? [] }));

/** Elements of the XML form that come one or many. */
export const listElements: readonly string[] = ["Consignment", "Package", "Event"];

/** `PackageSet`, `@packageId` → the names of JSON. */
export function jsonName(name: string): string {
  const bare = name.replace(/^@/u, "");
  return bare.charAt(0).toLowerCase() + bare.slice(1);
}
