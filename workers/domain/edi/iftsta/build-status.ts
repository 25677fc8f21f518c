/** A closed status group and what stands above it → one EdiStatus, by the carrier's profile. */
import type { EdiProfile, StatusPlace } from "../edi-profile.ts";
import type {
  EdiId,
  EdiLocation,
  EdiReference,
  EdiStatus,
  InterchangeFacts,
  MessageFacts,
} from "../edi-status.ts";
import { parcelNumbers, scheme, shipmentNumber } from "../numbers.ts";
import { localOf } from "./date-time.ts";
import { eventTime, precisionOf, promisedTime, promisedWindow } from "./event-time.ts";
import type { Consignment, OpenStatus, Scope } from "./iftsta-state.ts";

/** Equipment that carries goods and so stands for them: container, trailer, swap body, rail car. */
const carryingEquipment = new Set(["CN", "TE", "SW", "RR"]);

/** One empty list for all: nobody may write into a status. */
const nothing: readonly never[] = Object.freeze([]);

function collectIds(open: OpenStatus, consignment: Consignment | null, header: Scope): EdiId[] {
  const ids: EdiId[] = open.items === null ? [] : open.items;
  if (open.equipment !== null) {
    for (const e of open.equipment) {
      if (e.qualifier !== null && carryingEquipment.has(e.qualifier))
        ids.push({ scheme: scheme("EQD", e.qualifier), value: e.id });
    }
  }
  if (open.itemReferences !== null) ids.push(...referenceIds(open.itemReferences));
  if (open.references !== null)
    for (const r of open.references) ids.push({ scheme: scheme("RFF", r.qualifier), value: r.value });
  if (consignment !== null) {
    if (consignment.id !== null) ids.push({ scheme: "CNI", value: consignment.id });
    inherit(ids, consignment.references);
  }
  inherit(ids, header.references);
  return ids;
}

/** Numbers from above that the status does not tell itself. */
function inherit(ids: EdiId[], references: readonly EdiReference[] | null): void {
  if (references === null) return;
  const own = ids.length;
  for (const id of referenceIds(references)) {
    let known = false;
    for (let i = 0; i < own && !known; i++)
      known = ids[i]?.value === id.value && ids[i]?.scheme === id.scheme;
    if (!known) ids.push(id);
  }
}

/** The references of a header stand in every status of its message: made once, without repetition. */
const idsOfReferences = new WeakMap<
  readonly EdiReference[],
  { readonly length: number; readonly ids: readonly EdiId[] }
>();

function referenceIds(references: readonly EdiReference[]): readonly EdiId[] {
  const known = idsOfReferences.get(references);
  if (known !== undefined && known.length === references.length) return known.ids;
  const ids: EdiId[] = [];
  for (const r of references) {
    const place = scheme("RFF", r.qualifier);
    if (!ids.some((id) => id.value === r.value && id.scheme === place))
      ids.push({ scheme: place, value: r.value });
  }
  idsOfReferences.set(references, { length: references.length, ids });
  return ids;
}

function eventPlace(places: readonly EdiLocation[] | null, profile: EdiProfile): EdiLocation | null {
  if (places === null) return null;
  const [only] = places;
  if (places.length > 1) {
    for (const q of profile.location_qualifiers) {
      for (const place of places) if (place.qualifier === q) return place;
    }
  }
  return only ?? null;
}

/** A depot that is told as a party (NAD) where there is no LOC. */
function placeOfParty(open: OpenStatus, profile: EdiProfile): EdiLocation | null {
  if (open.parties === null) return null;
  for (const q of profile.location_parties) {
    for (const party of open.parties) {
      if (party.qualifier !== q) continue;
      return {
        qualifier: null,
        code: party.id,
        code_list: null,
        code_agency: null,
        name: party.name,
        city: party.city,
        state: null,
        postal_code: party.postal_code,
        country: party.country,
        geo: null,
      };
    }
  }
  return null;
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
      return open.reasons?.[0]?.code ?? null;
    case "C556.text":
      return open.reasons?.find((r) => r.text !== null)?.text ?? null;
    case "LOC.code":
      return location?.code ?? null;
    case "LOC.name":
      return location?.name ?? null;
    case "FTX":
    case "K1": {
      const lines = open.texts?.[0]?.lines.filter((line) => line.trim() !== "") ?? nothing;
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
  if (open.parties !== null) {
    for (const p of open.parties) if (p.qualifier === "AP" && p.name !== null) return p.name;
  }
  if (open.references !== null) {
    for (const q of profile.signer_reference) {
      for (const r of open.references) if (r.qualifier === q) return r.value;
    }
  }
  return null;
}

/** Builds the status. `unfinished`: the file ended inside its message. The open status is used up. */
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
  const told = eventPlace(open.places ?? consignment?.places ?? null, profile);
  const place = told ?? placeOfParty(open, profile);
  const found = eventTime(open, consignment, header, profile);
  const part = found?.at ?? null;
  const local = part === null ? null : localOf(part);
  const precision = part === null || local === null ? "unknown" : precisionOf(part, profile.midnight_is_date);
  const references = open.references ?? nothing;
  const code = firstText(profile.status_code, open, place);
  const sub = firstText(profile.sub_code, open, place);
  const joined = profile.join_sub_code !== null && code !== null && sub !== null;
  const status: EdiStatus = {
    interchange,
    message,
    at: { interchange: interchange.index, message: message.ref, segment: open.segment, offset: open.offset },
    unfinished,
    ids,
    shipment_number: shipmentNumber(ids, profile),
    parcel_numbers: parcelNumbers(ids, profile),
    references: open.itemReferences === null ? references : [...open.itemReferences, ...references],
    code: joined ? `${code}${profile.join_sub_code}${sub}` : code,
    sub_code: joined ? null : sub,
    code_list: open.codeList,
    code_agency: open.codeAgency,
    status_text: firstText(profile.status_text, open, place),
    category: { code: open.category, list: open.categoryList, agency: open.categoryAgency },
    reasons: open.reasons ?? nothing,
    occurred_at: precision === "date" && local !== null ? local.slice(0, 10) : local,
    precision,
    utc_offset: part?.offset ?? null,
    time_zone: part?.zone ?? null,
    time_source: found === null ? null : scheme("DTM", found.qualifier),
    planned: false,
    planned_for: null,
    eta: promisedTime(open, profile),
    eta_window: promisedWindow(open),
    location: profile.location_is_text && told !== null ? null : place,
    texts: open.texts ?? nothing,
    parties: open.parties ?? nothing,
    signed_by: signer(open, profile),
    equipment: open.equipment ?? nothing,
    weight: open.weight ?? consignment?.weight ?? null,
    pieces: open.pieces ?? consignment?.pieces ?? null,
  };
  return profile.adjust === undefined ? status : profile.adjust(status);
}
