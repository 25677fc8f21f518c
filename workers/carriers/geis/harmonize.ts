import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { HarmonizeContext, Harmonized, RawDocument } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";

/** IFTSTA D.96A with the association code 276900: `BGM++77` one element too far right, DTM+9 as the event's time. */
const profile = ediProfile({ carrier_id: "geis", standards: ["edifact"], event_time: ["9", "334", "78"] });

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return harmonizeEdi(document, context, { profile, zone: "Europe/Berlin" });
}
