import { z } from "zod";

/** Parcel DE Tracking v0: an XML tree of elements all called `data`, told apart by their name attribute. Only what we read. */

const text = z.string().nullish();

export interface DhlData {
  "@name"?: string | null;
  "@code"?: string | null;
  "@error"?: string | null;
  "@piece-code"?: string | null;
  "@searched-piece-code"?: string | null;
  "@piece-identifier"?: string | null;
  "@error-status"?: string | null;
  "@piece-status"?: string | null;
  "@piece-status-desc"?: string | null;
  "@shipment-weight"?: string | null;
  "@shipment-length"?: string | null;
  "@shipment-width"?: string | null;
  "@shipment-height"?: string | null;
  "@piece-customer-reference"?: string | null;
  "@event-timestamp"?: string | null;
  "@event-status"?: string | null;
  "@event-location"?: string | null;
  "@event-country"?: string | null;
  "@ice"?: string | null;
  "@ric"?: string | null;
  "@standard-event-code"?: string | null;
  data?: DhlData[] | null;
}

export const DhlData: z.ZodType<DhlData> = z.object({
  "@name": text,
  "@code": text,
  "@error": text,
  "@piece-code": text,
  "@searched-piece-code": text,
  "@piece-identifier": text,
  "@error-status": text,
  "@piece-status": text,
  "@piece-status-desc": text,
  "@shipment-weight": text,
  "@shipment-length": text,
  "@shipment-width": text,
  "@shipment-height": text,
  "@piece-customer-reference": text,
  "@event-timestamp": text,
  "@event-status": text,
  "@event-location": text,
  "@event-country": text,
  "@ice": text,
  "@ric": text,
  "@standard-event-code": text,
  get data() {
    return z.array(DhlData).nullish();
  },
});

export const DhlAnswer = z.object({ data: z.tuple([DhlData]) });
