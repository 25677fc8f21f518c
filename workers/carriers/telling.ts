import { type CarrierTime, UNKNOWN_TIME } from "../domain/local-time.ts";
import { alpha3 } from "../domain/places.ts";
import {
  type CarrierEvent,
  type KeyValue,
  type Location,
  type LocationType,
  NO_OTHER_FACTS,
  type OtherFacts,
  type WeightDims,
} from "../domain/tracking-event.ts";
import type { Remark } from "./carrier.ts";
import { type CarrierSaid, chooseCode, isUnmapped, type RuleTable } from "./rules.ts";

/** From what a carrier said to the event we tell: the same few steps for every carrier. */

type Words = string | number | null | undefined;

/** A word of a carrier, trimmed; null where there is nothing to read. */
export function word(value: Words): string | null {
  const text = value === null || value === undefined ? "" : String(value).trim();
  return text === "" ? null : text;
}

/** Text on one line: runs of white space folded. */
export function oneLine(value: Words): string | null {
  return word(word(value)?.replace(/\s+/gu, " "));
}

/** A number of a carrier that writes numbers as numbers or as text, with a point or a comma; null where it is none. */
export function numberOf(value: Words): number | null {
  const text = word(value);
  if (text === null) return null;
  const read = Number(text.replace(",", "."));
  return Number.isFinite(read) ? read : null;
}

/** What the carrier said beyond the event's own fields: empty values left out, long ones cut. */
export function metaOf(said: Record<string, Words | boolean>): KeyValue[] {
  const pairs: KeyValue[] = [];
  for (const [key, raw] of Object.entries(said)) {
    const value = oneLine(typeof raw === "boolean" ? String(raw) : raw);
    if (value !== null) pairs.push({ key, value: value.slice(0, 400) });
  }
  return pairs;
}

export interface PlaceSaid {
  /** The carrier's own code for the place, or a UN/LOCODE, IATA code … */
  code?: Words;
  name?: Words;
  street?: Words;
  postal_code?: Words;
  city?: Words;
  state?: Words;
  /** In any form that domain/places.ts knows. */
  country?: Words;
  type?: LocationType | null;
  lat?: Words;
  lng?: Words;
}

/** A place of the contract from what a carrier said of it; null where it said nothing that tells a place. */
export function placeOf(said: PlaceSaid): Location | null {
  const code = oneLine(said.code);
  const country = word(said.country);
  const iso_country = alpha3(country);
  const name = oneLine(said.name);
  const street = oneLine(said.street);
  const postal_code = oneLine(said.postal_code);
  // A country we cannot name by its letters is kept as the carrier wrote it, where a reader will see it.
  const city = oneLine(said.city) ?? (iso_country === null && name === null ? country : null);
  const state = oneLine(said.state);
  const type = said.type ?? null;
  const lat = numberOf(said.lat);
  const lng = numberOf(said.lng);
  const geo =
    lat === null || lng === null || Math.abs(lat) > 90 || Math.abs(lng) > 180 || (lat === 0 && lng === 0)
      ? null
      : { lat, lng };
  const addressed = [name, street, postal_code, city, state, iso_country].some((part) => part !== null);
  if (code === null && !addressed && geo === null) return null;
  return {
    carrier_location_coding:
      code === null ? null : { code, description: null, type: addressed ? null : type },
    address: addressed
      ? { type, name, street, street_2: null, postal_code, suburb: null, city, state, iso_country }
      : null,
    what3words: null,
    geo,
  };
}

/** One fact as a carrier's reader found it. */
export interface Told extends CarrierSaid {
  /** What is looked up instead, first hit wins: where the carrier names one event by several words, from the finest to the coarsest. */
  lookups?: readonly CarrierSaid[];
  time: CarrierTime;
  location?: Location | null;
  meta?: KeyValue[];
  other?: Partial<OtherFacts>;
  attempt?: number | null;
  order?: number | null;
  revision?: number;
  withdrawn?: boolean;
  /** Where in the document, for remarks. */
  at?: string | null;
}

/**
 * Chooses the code and builds the event. A code that no rule knows and a time that cannot be read leave a remark each;
 * the event is told all the same.
 */
export function tell(rules: RuleTable, told: Told, remarks: Remark[]): CarrierEvent {
  const code = word(told.code);
  const sub_code = word(told.sub_code);
  const text = word(told.text);
  const at = told.at ?? null;
  const lookups = told.lookups ?? [{ code, sub_code, service: word(told.service), text: oneLine(text) }];
  const choices = lookups.map((said) => chooseCode(rules, said));
  const chosen = choices.find((choice) => !isUnmapped(choice)) ?? chooseCode(rules, { code: null });
  if (isUnmapped(chosen)) {
    const named = [code, sub_code].filter((part) => part !== null).join("/");
    remarks.push({
      kind: "unknown_code",
      detail: `No rule knows ${named === "" ? "the text" : named}${text === null ? "" : ` "${oneLine(text)?.slice(0, 200)}"`}.`,
      at,
    });
  }
  const time = told.time.at === null ? UNKNOWN_TIME : told.time;
  if (time.precision === "unknown") {
    remarks.push({ kind: "time_unknown", detail: "The event has no time that can be read.", at });
  }
  const { milestone, code: glueyCode, sub_code: glueySub, status } = chosen.meaning;
  return {
    carrier: { code, sub_code, freetext_detail: text },
    gluey: { milestone, code: glueyCode, sub_code: glueySub, freetext_detail: oneLine(text) },
    status,
    reason: chosen.reason,
    attempt: told.attempt ?? null,
    rule: chosen.rule,
    time: { at: time.at, precision: time.precision, offset_source: time.offset_source },
    location: told.location ?? null,
    carrier_meta_data: told.meta ?? [],
    other: { ...NO_OTHER_FACTS, ...told.other },
    order: told.order ?? null,
    revision: told.revision ?? 0,
    withdrawn: told.withdrawn ?? false,
  };
}

/** The event that happened last, the later in the list where two share the instant; null of none. Facts of a whole parcel (its weight, say) go with it. */
export function latest(events: readonly CarrierEvent[]): CarrierEvent | null {
  const instant = (event: CarrierEvent) =>
    event.time.at === null ? Number.NEGATIVE_INFINITY : Date.parse(event.time.at);
  return events.reduce<CarrierEvent | null>(
    (last, event) => (last === null || instant(event) >= instant(last) ? event : last),
    null,
  );
}

/** A promise as the contract writes it: an instant with offset, or YYYY-MM-DD where only the day is promised; null of no time. */
export function promiseOf(time: CarrierTime): string | null {
  return time.precision === "date" ? (time.at?.slice(0, 10) ?? null) : time.at;
}

type WeightUnit = NonNullable<WeightDims["weight"]>["unit"];
type LengthUnit = NonNullable<WeightDims["dimensions"]>["unit"];

const WEIGHT_UNITS: ReadonlyMap<string, WeightUnit> = new Map([
  ["kg", "kg"],
  ["kgs", "kg"],
  ["kgm", "kg"],
  ["kilogram", "kg"],
  ["k", "kg"],
  ["lb", "lb"],
  ["lbs", "lb"],
  ["l", "lb"],
  ["g", "g"],
  ["grm", "g"],
  ["gram", "g"],
  ["oz", "oz"],
  ["ozs", "oz"],
]);
const LENGTH_UNITS: ReadonlyMap<string, LengthUnit> = new Map([
  ["cm", "cm"],
  ["cmt", "cm"],
  ["in", "in"],
  ["m", "m"],
  ["mtr", "m"],
  ["ft", "ft"],
  ["mm", "mm"],
  ["mmt", "mm"],
  ["yd", "yd"],
]);

interface Measure {
  value?: Words;
  unit?: Words;
}

/** Weight and size as far as the carrier gave them with a unit we know; zero is no measure. Null where nothing is left. */
export function measuresOf(said: {
  weight?: Measure | null;
  length?: Words;
  width?: Words;
  height?: Words;
  unit?: Words;
}): WeightDims | null {
  const heavy = numberOf(said.weight?.value);
  const weightUnit = WEIGHT_UNITS.get(word(said.weight?.unit)?.toLowerCase() ?? "");
  const weight =
    heavy !== null && heavy > 0 && weightUnit !== undefined ? { value: heavy, unit: weightUnit } : null;
  const [length, width, height] = [said.length, said.width, said.height].map(numberOf);
  const unit = LENGTH_UNITS.get(word(said.unit)?.toLowerCase() ?? "");
  const dimensions = length && width && height && unit !== undefined ? { length, width, height, unit } : null;
  return weight === null && dimensions === null ? null : { weight, dimensions };
}
