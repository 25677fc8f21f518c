import type { z } from "zod";
import { readIso } from "../../domain/local-time.ts";
import { alpha3, countryOf, stateOf } from "../../domain/places.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { type PlaceSaid, placeOf, tell, word } from "../telling.ts";
import { AusPostAnswer, AusPostEvent, AusPostItem, type AusPostProblem, AusPostResult } from "./schema.ts";

const HOME = "Australia/Melbourne";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, AusPostAnswer);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("errors" in read.value) {
    for (const problem of read.value.errors)
      remarks.push({ kind: "carrier_error", detail: sentenceOf(problem), at: null });
    if (remarks.length === 0)
      remarks.push({ kind: "carrier_error", detail: "Australia Post names no error.", at: null });
    return { shipments: [], remarks, complete: true };
  }
  const results = readEach(AusPostResult, read.value.tracking_results, "tracking_results", remarks);
  const shipments = results.flatMap(({ value, at }) => {
    for (const problem of value.errors ?? []) {
      // ESB-10001 is also the answer for a number that has no scan yet.
      const unknown = problem.code === "ESB-10001" || /invalid tracking/iu.test(problem.name ?? "");
      remarks.push({
        kind: unknown ? "not_found" : "carrier_error",
        detail: sentenceOf(problem),
        at: value.tracking_id,
      });
    }
    const path = `${at}.trackable_items`;
    return readEach(AusPostItem, value.trackable_items, path, remarks).flatMap((item) =>
      articlesOf(value.tracking_id, null, item, rules, remarks),
    );
  });
  const named = [
    ...results.map(({ value }) => value.tracking_id),
    ...shipments.map(({ parcel_tracking_id }) => parcel_tracking_id),
  ];
  if (results.length > 0 || remarks.length === 0) remarks.push(...unanswered(document, named));
  return { shipments, remarks, complete: true };
}

const sentenceOf = (problem: z.infer<typeof AusPostProblem>) =>
  [problem.code, problem.name, problem.message].map(word).filter(Boolean).join(": ");

/** An article by itself, or each of a consignment's. */
function articlesOf(
  asked: string,
  consignment: string | null,
  { value, at }: { value: AusPostItem; at: string },
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment[] {
  const own = word(value.consignment_id) ?? consignment;
  const article = word(value.article_id);
  const inside = readEach(AusPostItem, value.items, `${at}.items`, remarks).flatMap((item) =>
    // only one level: an article holds no articles
    articlesOf(asked, own, { ...item, value: { ...item.value, items: null } }, rules, remarks),
  );
  const events = readEach(AusPostEvent, value.events, `${at}.events`, remarks).map((event) =>
    eventOf(event.value, event.at, rules, remarks),
  );
  if (events.length === 0 && inside.length > 0) return inside;
  const number = own ?? asked;
  return [
    {
      carrier_tracking_id: number,
      parcel_tracking_id: article,
      other_ids: number === asked || article === asked ? [] : [asked],
      events,
      eta: null,
      carrier_tracking_update: null,
    },
    ...inside,
  ];
}

function eventOf(event: AusPostEvent, at: string, rules: RuleTable, remarks: Remark[]): CarrierEvent {
  return tell(
    rules,
    {
      code: null,
      text: event.description,
      time: readIso(word(event.date) ?? "", HOME, "carrier_default"),
      location: placeOf(placeIn(word(event.location))),
      at,
    },
    remarks,
  );
}

const AUSTRALIA = countryOf("AU");

/** "OAKLEIGH SOUTH VIC", "CHICAGO (US)", "US-60199, UNITED STATES", "NZ"; else it is a name: "Transit Scan". */
function placeIn(text: string | null): PlaceSaid {
  if (text === null) return {};
  if (alpha3(text) !== null) return { country: text };
  const abroad = /^(.+?)\s*(?:\(([^()]+)\)|,([^,]+))$/u.exec(text);
  const country = abroad?.[2] ?? abroad?.[3] ?? null;
  if (alpha3(country) !== null) return { city: abroad?.[1] ?? null, country };
  const [, city = null, state = null] = /^(.+) ([A-Z]{2,3})$/u.exec(text) ?? [];
  const home = AUSTRALIA !== null && stateOf(AUSTRALIA, state) !== null;
  return home ? { city, state, country: "AU" } : { name: text };
}
