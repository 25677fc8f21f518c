import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { EdiStatus } from "../../domain/edi/edi-status.ts";
import type { HarmonizeContext, Harmonized, RawDocument } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";

/** `FTX+ZZZ+++ZZZ:SENDUNG ZUGESTELLT`: a list's name, then the sentence. */
function sentenceOf({ texts }: EdiStatus): string | null {
  const told = texts.find(({ qualifier, lines }) => qualifier === "ZZZ" && lines.length > 1);
  return told?.lines.slice(1).join(" ") ?? null;
}

/** Several interchanges a file with one reference, one status for each goods item: both are the engine's and the event id's to see through. */
const profile = ediProfile({
  carrier_id: "dsv",
  standards: ["edifact"],
  // Two numbers that have nothing to do with each other.
  number_pairs: "list",
  adjust: (status) => ({
    ...status,
    // Nordic: Z1 only says that DSV's own code follows as the first reason.
    code: status.code === "Z1" ? status.sub_code : status.code,
    sub_code: status.code === "Z1" ? null : status.sub_code,
    status_text: status.status_text ?? sentenceOf(status),
  }),
});

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return harmonizeEdi(document, context, { profile, zone: "Europe/Berlin" });
}
