import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { EdiStatus } from "../../domain/edi/edi-status.ts";
import type { HarmonizeContext, Harmonized, RawDocument } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";

/** `FTX+ZZZ+++ZZZ:SENDUNG ZUGESTELLT`: a list's name, then the sentence. */
function sentenceOf({ texts }: EdiStatus): string | null {
  const told = texts.find(({ qualifier, lines }) => qualifier === "ZZZ" && lines.length > 1);
  return told?.lines.slice(1).join(" ") ?? null;
}

/** DSV fills GIN's from and to with two numbers that have nothing to do with each other: a list, no range. */
function parcelsOf({ ids, parcel_numbers }: EdiStatus): readonly string[] {
  const pairs = ids.filter(({ scheme }) => scheme === "GIN+AW" || scheme === "GIN+BJ");
  if (pairs.every(({ range_to }) => range_to === undefined)) return parcel_numbers;
  const listed = pairs.flatMap(({ value, range_to }) =>
    range_to === undefined ? [value] : [value, range_to],
  );
  return [...new Set(listed)];
}

/** Several interchanges a file with one reference, one status for each goods item: both are the engine's and the event id's to see through. */
const profile = ediProfile({
  carrier_id: "dsv",
  adjust: (status) => ({
    ...status,
    parcel_numbers: parcelsOf(status),
    // Nordic: Z1 only says that DSV's own code follows as the first reason.
    code: status.code === "Z1" ? status.sub_code : status.code,
    sub_code: status.code === "Z1" ? null : status.sub_code,
    status_text: status.status_text ?? sentenceOf(status),
  }),
});

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  return harmonizeEdi(document, context, { profile, zone: "Europe/Berlin" });
}
