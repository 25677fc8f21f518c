import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { HarmonizeContext, Harmonized, RawDocument } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";

/** IFTSTA D.96A (EAN002): the shipment's number in RFF+FF, CNI holds the customer's, 14 digits under format 203, and now and then a second interchange with blank references. */
const profile = ediProfile({
  carrier_id: "emons",
  standards: ["edifact"],
  shipment_number: ["RFF+FF", "CNI"],
});

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return harmonizeEdi(document, context, { profile, zone: "Europe/Berlin" });
}
