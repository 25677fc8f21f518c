import { z } from "zod";

/** TNT's TrackResponse (ExpressConnect Tracking 3.1, XML): only what we read. */

const text = z.string().nullish();
/** A text whose element says in which form it is written. */
const Formed = z
  .union([z.string(), z.object({ "#text": text }).transform((said) => said["#text"] ?? null)])
  .nullish();

export const TntEvent = z.object({
  StatusCode: z.string().min(1),
  StatusDescription: text,
  /** YYYYMMDD and HHMM on the clock of the depot. */
  LocalEventDate: Formed,
  LocalEventTime: Formed,
  Depot: text,
  DepotName: text,
});
export type TntEvent = z.infer<typeof TntEvent>;

const Country = z.object({ CountryCode: text }).nullish();

export const TntConsignment = z.object({
  ConsignmentNumber: z.string().min(1),
  CustomerReference: text,
  OriginDepot: text,
  Signatory: text,
  /** DEL, EXC, INT, or CNF: consignment not found. */
  SummaryCode: text,
  OriginCountry: Country,
  DestinationCountry: Country,
  StatusData: z.array(z.unknown()).nullish(),
});
export type TntConsignment = z.infer<typeof TntConsignment>;

const Problem = z.object({ Code: text, Message: text });

export const TntAnswer = z.object({
  TrackResponse: z
    .object({ Consignment: z.array(z.unknown()).nullish(), Error: z.array(Problem).nullish() })
    .refine((told) => Boolean(told.Consignment ?? told.Error)),
});

/** Elements that come one or many. */
export const listElements: readonly string[] = ["Consignment", "StatusData", "Error"];
