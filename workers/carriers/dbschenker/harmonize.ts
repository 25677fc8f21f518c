import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { EdiStatus } from "../../domain/edi/edi-status.ts";
import type { HarmonizeContext, Harmonized, RawDocument } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";

/** LOC 5 and 8 of the header are where the flight starts and ends: no place of an event. */
const ROUTE = new Set(["5", "8"]);

const sentenceOf = ({ texts }: EdiStatus) =>
  texts.find(({ qualifier }) => qualifier === "TRA")?.lines.join(" ") ?? null;

/** `STS+1:BKD`: the code stands in 1131 of C601; DTM+145 is the event, 132 the arrival that is expected. */
const profile = ediProfile({
  carrier_id: "dbschenker",
  standards: ["edifact"],
  status_code: ["C601.1131"],
  sub_code: [],
  event_time: ["145", "334", "78"],
  eta_time: ["132", "17"],
  adjust: (status) => ({
    ...status,
    status_text: status.status_text ?? sentenceOf(status),
    location: ROUTE.has(status.location?.qualifier ?? "") ? null : status.location,
  }),
});

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return harmonizeEdi(document, context, { profile, zone: "Europe/Berlin" });
}
