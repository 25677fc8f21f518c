import { z } from "zod";

/** Headers of webhooks V2 that say what stands nowhere in the body: the event's moment, and its id. */
export const TIMESTAMP = "timestamp";
export const EVENT_ID = "budbee-event-id";

/** Budbee's consumer read API (an order's status, and of its moments only the delivery's) and its webhooks (see push.ts). Only what we read. */

const text = z.union([z.string(), z.number()]).nullish();

export const BudbeeOrder = z.object({
  token: z.string().min(1),
  status: z.string().min(1),
  timeZone: text,
  deliveredAt: text,
  eta: z.union([z.string(), z.object({ start: text, stop: text })]).nullish(),
  lockerIdentifier: text,
  lockerAddress: z
    .object({
      name: text,
      street: text,
      city: text,
      postalCode: text,
      countryCode: text,
      coordinate: z.object({ latitude: text, longitude: text }).nullish(),
    })
    .nullish(),
});
export type BudbeeOrder = z.infer<typeof BudbeeOrder>;

export const BudbeeAnswer = z.union([
  BudbeeOrder,
  z.object({ status: z.literal("FAILED"), errorCode: text, errorMsg: text }),
  z.object({ payload: BudbeeOrder }),
]);

export const BudbeePush = z.object({
  eventId: text,
  eventType: text,
  event: text,
  status: text,
  timestamp: text,
  date: text,
  orderId: text,
  orderToken: text,
  budbeeOrderToken: text,
  token: text,
  packageId: text,
  parcelId: text,
  shipmentId: text,
  cartId: text,
  party: text,
  flow: text,
  reason: text,
  lockerIdentifier: text,
  eventData: z
    .object({
      status: text,
      timestamp: text,
      deliveredAt: text,
      orderId: text,
      budbeeOrderToken: text,
      packageId: text,
      parcelId: text,
      shipmentId: text,
      cartId: text,
      tmsId: text,
      reason: text,
      responsible: text,
      lockerIdentifier: text,
      lockerName: text,
      street: text,
      postalCode: text,
      city: text,
      countryCode: text,
    })
    .nullish(),
});
