import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { HarmonizeContext, Harmonized, RawDocument } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";

/** LOC+172 holds no place but the status in words, in UTF-8 under a declared UNOC, and DTM+7 the event's time on the wall. */
const profile = ediProfile({
  carrier_id: "dhl_freight",
  standards: ["edifact"],
  status_text: ["C555.text", "LOC.code", "LOC.name"],
  location_is_text: true,
  time_zone: "Europe/Berlin",
});

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return harmonizeEdi(document, context, { profile, zone: "Europe/Berlin" });
}
