/** A closed status group and what stands above it → one EdiStatus, by the carrier's profile. */
import type { EdiProfile, StatusPlace } from "../edi-profile.ts";
import type {
  EdiId,
  EdiLocation,
  EdiStatus,
  InterchangeFacts,
  MessageFacts,
  TimePrecision,
  WallClock,
} from "../edi-status.ts";
import { type DateTimePart, localOf } from "./date-time.ts";
import type { Consignment, OpenStatus, PlaceEntry, Scope, TimeEntry } from "./iftsta-state.ts";
import { expandRange } from "./serial-range.ts";

/** Equipment that carries goods and so stands for them: container, trailer, swap body, rail car. */
const carryingEquipment = new Set(["CN", "TE", "SW", "RR"]);

const schemes = new Map<string, string>();

/** `GIN` and `BJ` → `GIN+BJ`, made once. */
export function scheme(tag: string, qualifier: string): string {
  const key = `${tag}+${qualifier}`;
  const known = schemes.get(key);
  if (known !== undefined) return known;
  if (schemes.size < 1000) schemes.set(key, key);
  return key;
}

function collectIds(open: OpenStatus, consignment: Consignment | null, header: Scope): EdiId[] {
  const ids: EdiId[] = open.items.slice();
  for (const e of open.equipment) {
    if (e.qualifier !== null && carryingEquipment.has(e.qualifier))
      ids.push({ scheme: scheme("EQD", e.qualifier), value: e.id });
  }
  for (const r of open.itemReferences) ids.push({ scheme: scheme("RFF", r.qualifier), value: r.value });
  for (const r of open.references) ids.push({ scheme: scheme("RFF", r.qualifier), value: r.value });
  if (consignment !== null) {
    if (consignment.id !== null) ids.push({ scheme: "CNI", value: consignment.id });
    for (const r of consignment.references) addOnce(ids, scheme("RFF", r.qualifier), r.value);
  }
  for (const r of header.references) addOnce(ids, scheme("RFF", r.qualifier), r.value);
  return ids;
}

function addOnce(ids: EdiId[], place: string, value: string): void {
  for (const id of ids) if (id.value === value && id.scheme === place) return;
  ids.push({ scheme: place, value });
}

/** The numbers of the first group of places that yields any; a range becomes its numbers where it can be counted. */
export function parcelNumbers(ids: readonly EdiId[], groups: readonly (readonly string[])[]): string[] {
  let best = groups.length;
  let numbers: string[] = [];
  for (const id of ids) {
    for (let g = 0; g <= best && g < groups.length; g++) {
      if (groups[g]?.includes(id.scheme) !== true) continue;
      if (g < best) {
        best = g;
        numbers = [];
      }
      if (id.range_to === undefined) numbers.push(id.value);
      else numbers.push(...expandRange(id.value, id.range_to));
      break;
    }
  }
  return numbers.length > 1 ? [...new Set(numbers)] : numbers;
}

/** The value at the first place that any id stands at. */
export function firstOf(ids: readonly EdiId[], places: readonly string[]): string | null {
  for (const place of places) {
    for (const id of ids) if (id.scheme === place) return id.value;
  }
  return null;
}

function findTime(times: readonly TimeEntry[], qualifier: string): TimeEntry | null {
  let time: TimeEntry | null = null;
  let found: TimeEntry | null = null;
  for (const t of times) {
    if (t.qualifier !== qualifier) continue;
    if (t.at !== null && t.at.date === null) time ??= t;
    else found ??= t;
  }
  if (found === null || time === null) return found;
  // A day in one DTM and the clock time in another of the same qualifier (102 and 402).
  if (found.at === null || found.at.time !== null || time.at === null) return found;
  const { at } = time;
  return { ...found, at: { date: found.at.date, time: at.time, offset: at.offset, zone: at.zone } };
}

function precisionOf(part: DateTimePart, midnightIsDate: boolean): TimePrecision {
  if (part.date === null) return "unknown";
  if (part.time === null) return "date";
  if (midnightIsDate && (part.time === "00:00" || part.time === "00:00:00")) return "date";
  return part.time.length > 5 ? "second" : "minute";
}

function wallClock(part: DateTimePart, qualifier: string): WallClock | null {
  const local = localOf(part);
  if (local === null) return null;
  return {
    local,
    precision: precisionOf(part, false),
    utc_offset: part.offset,
    time_zone: part.zone,
    source: scheme("DTM", qualifier),
  };
}

function firstClock(times: readonly TimeEntry[], qualifiers: readonly string[]): WallClock | null {
  for (const q of qualifiers) {
    const found = findTime(times, q);
    const part = found === null ? null : (found.at ?? found.to);
    const clock = part === null ? null : wallClock(part, q);
    if (clock !== null) return clock;
  }
  return null;
}

/** The event's DTM: of the status; else of the consignment; else of the header, where 137 and 9 tell of the message. */
function eventTime(
  open: OpenStatus,
  consignment: Consignment | null,
  header: Scope,
  profile: EdiProfile,
): TimeEntry | null {
  for (const q of profile.event_time) {
    const found = findTime(open.times, q);
    if (found !== null) return found;
  }
  for (const scope of [consignment, header]) {
    if (scope === null || scope.times.length === 0) continue;
    for (const q of profile.event_time) {
      if (q === "137" || q === "9") continue;
      const found = findTime(scope.times, q);
      if (found !== null) return found;
    }
  }
  return null;
}

function eventPlace(places: readonly PlaceEntry[], profile: EdiProfile): EdiLocation | null {
  const [first] = places;
  if (first === undefined) return null;
  if (places.length === 1) return first.location;
  for (const q of profile.location_qualifiers) {
    for (const p of places) if (p.location.qualifier === q) return p.location;
  }
  return first.location;
}

function textAt(place: StatusPlace, open: OpenStatus, location: EdiLocation | null): string | null {
  switch (place) {
    case "C555.4405":
      return open.code;
    case "C555.1131":
      return open.codeList;
    case "C555.3055":
      return open.codeAgency;
    case "C555.text":
      return open.text;
    case "C601.9015":
      return open.category;
    case "C601.1131":
      return open.categoryList;
    case "C601.3055":
      return open.categoryAgency;
    case "C556.9013":
      return open.reasons[0]?.code ?? null;
    case "C556.text": {
      for (const r of open.reasons) if (r.text !== null) return r.text;
      return null;
    }
    case "LOC.code":
      return location?.code ?? null;
    case "LOC.name":
      return location?.name ?? null;
    case "FTX":
    case "K1": {
      const lines = open.texts[0]?.lines.filter((line) => line.trim() !== "") ?? [];
      return lines.length === 0 ? null : lines.join(" ");
    }
  }
}

function firstText(
  places: readonly StatusPlace[],
  open: OpenStatus,
  location: EdiLocation | null,
): string | null {
  for (const place of places) {
    const text = textAt(place, open, location);
    if (text !== null) return text;
  }
  return null;
}

function signer(open: OpenStatus, profile: EdiProfile): string | null {
  for (const p of open.parties) if (p.qualifier === "AP" && p.name !== null) return p.name;
  for (const q of profile.signer_reference) {
    for (const r of open.references) if (r.qualifier === q) return r.value;
  }
  return null;
}

/** Builds the status. `unfinished`: the file ended inside its message. */
export function buildStatus(
  open: OpenStatus,
  consignment: Consignment | null,
  header: Scope,
  interchange: InterchangeFacts,
  message: MessageFacts,
  profile: EdiProfile,
  unfinished: boolean,
): EdiStatus {
  const ids = collectIds(open, consignment, header);
  const place = eventPlace(open.places.length > 0 ? open.places : (consignment?.places ?? []), profile);
  const found = eventTime(open, consignment, header, profile);
  const part = found?.at ?? null;
  let occurred = part === null ? null : localOf(part);
  const precision =
    part === null || occurred === null ? "unknown" : precisionOf(part, profile.midnight_is_date);
  if (precision === "date" && occurred !== null) occurred = occurred.slice(0, 10);

  const code = firstText(profile.status_code, open, place);
  const sub = firstText(profile.sub_code, open, place);
  const joined = profile.join_sub_code !== null && code !== null && sub !== null;
  const windowFrom = findTime(open.times, "64")?.at ?? null;
  const windowTo = findTime(open.times, "63")?.at ?? null;

  const status: EdiStatus = {
    interchange,
    message,
    at: { interchange: interchange.index, message: message.ref, segment: open.segment, offset: open.offset },
    unfinished,
    ids,
    shipment_number: firstOf(ids, profile.shipment_number),
    parcel_numbers: parcelNumbers(ids, profile.parcel_number),
    references:
      open.itemReferences.length === 0 ? open.references : [...open.itemReferences, ...open.references],
    code: joined ? `${code}${profile.join_sub_code}${sub}` : code,
    sub_code: joined ? null : sub,
    code_list: open.codeList,
    code_agency: open.codeAgency,
    status_text: firstText(profile.status_text, open, place),
    category: { code: open.category, list: open.categoryList, agency: open.categoryAgency },
    reasons: open.reasons,
    occurred_at: occurred,
    precision,
    utc_offset: part?.offset ?? null,
    time_zone: part === null ? null : (part.zone ?? null),
    time_source: found === null ? null : scheme("DTM", found.qualifier),
    planned: false,
    planned_for: null,
    eta: open.times.length === 0 ? null : firstClock(open.times, profile.eta_time),
    eta_window:
      windowFrom === null && windowTo === null
        ? null
        : {
            from: windowFrom === null ? null : wallClock(windowFrom, "64"),
            to: windowTo === null ? null : wallClock(windowTo, "63"),
          },
    location: profile.location_is_text ? null : place,
    texts: open.texts,
    parties: open.parties,
    signed_by: signer(open, profile),
    equipment: open.equipment,
    weight: open.weight ?? consignment?.weight ?? null,
    pieces: open.pieces ?? consignment?.pieces ?? null,
  };
  return profile.adjust === undefined ? status : profile.adjust(status);
}
