import { z } from "zod";

/** InPost: tracking of API ShipX and the receiver's app (JSON): only what we read. */

const text = z.string().nullish();

export const InPostEvent = z.object({
  status: z.string().min(1),
  /** The office's letters. */
  agency: text,
  /** With offset. */
  datetime: text,
});
export type InPostEvent = z.infer<typeof InPostEvent>;

const Tracking = z.object({
  tracking_number: z.string().min(1),
  custom_attributes: z.object({ target_machine_id: text }).nullish(),
  tracking_details: z.array(z.unknown()).nullish(),
});

/** `resource_not_found` and others. */
const Problem = z.object({ status: z.number(), error: z.string(), message: text });

const AppList = z.object({ parcels: z.array(z.unknown()) });

export const InPostNews = z.union([Tracking, AppList, Problem]);

/** A parcel of the app's list. */
export const AppParcel = z.object({
  shipmentNumber: z.string().min(1),
  pickUpPoint: z.object({ name: text }).nullish(),
  eventLog: z.array(z.unknown()).nullish(),
});

export const AppEvent = z
  .object({ type: text, name: z.string().min(1), date: text })
  .transform(({ type, name, date }) => ({ type, status: name, agency: null, datetime: date }));
