/** An AT7 and the loops around it → one EdiStatus, by the carrier's profile. */
import type { EdiProfile, StatusPlace } from "../edi-profile.ts";
import type {
  EdiId,
  EdiReason,
  EdiReference,
  EdiStatus,
  EdiText,
  InterchangeFacts,
  MessageFacts,
  WallClock,
} from "../edi-status.ts";
import { parcelNumbers, shipmentNumber } from "../numbers.ts";
import type { Loop, OpenX12Status, X12StatusState } from "./x12-status-state.ts";

/** Plans that promise the delivery, as 1650 (AG, X2) and 1652 have them; the others promise a pick-up or a terminal. */
const deliveryPlans = new Set(["AG", "X2", "AB", "AC", "X9"]);

function collectIds(loops: readonly (Loop | null)[], state: X12StatusState): EdiId[] {
  const ids: EdiId[] = [];
  for (const loop of loops) if (loop !== null) for (const id of loop.ids) ids.push(id);
  if (state.b10Reference !== null) ids.push({ scheme: "B10-01", value: state.b10Reference });
  if (state.b10Shipment !== null) ids.push({ scheme: "B10-02", value: state.b10Shipment });
  for (const id of state.heading.ids) {
    let known = false;
    for (let i = 0; i < ids.length && !known; i++)
      known = ids[i]?.value === id.value && ids[i]?.scheme === id.scheme;
    if (!known) ids.push(id);
  }
  return ids;
}

function clockOf(open: OpenX12Status): WallClock | null {
  if (open.date === null) return null;
  return {
    local: open.time === null ? open.date : `${open.date}T${open.time}`,
    precision: open.time === null ? "date" : open.precision,
    utc_offset: open.time === null ? null : open.utcOffset,
    time_zone: open.time === null ? null : open.zone,
    source: "AT7",
  };
}

function reasonsOf(open: OpenX12Status, loops: readonly (Loop | null)[]): EdiReason[] {
  const reasons: EdiReason[] = [];
  if (open.reason !== null) reasons.push({ code: open.reason, text: null, list: "1651", agency: "X12" });
  if (open.appointmentReason !== null)
    reasons.push({ code: open.appointmentReason, text: null, list: "1651", agency: "X12" });
  for (const loop of loops) if (loop !== null) reasons.push(...loop.exceptions);
  return reasons;
}

/** `loops`: carton and LX, nearest first. */
export function buildX12Status(
  open: OpenX12Status,
  loops: readonly (Loop | null)[],
  state: X12StatusState,
  interchange: InterchangeFacts,
  message: MessageFacts,
  profile: EdiProfile,
  unfinished: boolean,
): EdiStatus {
  const ids = collectIds(loops, state);
  const code = open.code ?? open.appointment;
  const planned = open.code === null ? open.appointment !== null : profile.planned_codes.includes(open.code);
  const clock = clockOf(open);
  const midnight = profile.midnight_is_date && clock !== null && /T00:00(:00)?$/.test(clock.local);
  const occurred = planned ? null : midnight ? (clock?.local.slice(0, 10) ?? null) : (clock?.local ?? null);
  const texts: EdiText[] = [];
  const references: EdiReference[] = [];
  for (const loop of loops) {
    if (loop === null) continue;
    for (const text of loop.texts) texts.push(text);
    for (const reference of loop.references) references.push(reference);
  }
  for (const text of state.heading.texts) texts.push(text);
  for (const reference of state.heading.references) references.push(reference);
  const reasons = reasonsOf(open, loops);
  const sub = profile.sub_code.includes("C556.9013") ? (reasons[0]?.code ?? null) : null;
  const joined = profile.join_sub_code !== null && code !== null && sub !== null;
  const { equipment } = open;
  const status: EdiStatus = {
    interchange,
    message,
    at: { interchange: interchange.index, message: message.ref, segment: open.segment, offset: open.offset },
    unfinished,
    ids,
    shipment_number: shipmentNumber(ids, profile),
    parcel_numbers: parcelNumbers(ids, profile),
    references,
    code: joined ? `${code}${profile.join_sub_code}${sub}` : code,
    sub_code: joined ? null : sub,
    code_list: code === null ? null : open.code === null ? "1652" : "1650",
    code_agency: code === null ? null : "X12",
    status_text: statusText(profile.status_text, texts),
    category: { code: null, list: null, agency: null },
    reasons,
    occurred_at: occurred,
    precision: occurred === null || clock === null ? "unknown" : midnight ? "date" : clock.precision,
    utc_offset: occurred === null ? null : (clock?.utc_offset ?? null),
    time_zone: occurred === null ? null : (clock?.time_zone ?? null),
    time_source: occurred === null ? null : "AT7",
    planned,
    planned_for: planned ? clock : null,
    eta: planned && code !== null && deliveryPlans.has(code) ? clock : null,
    eta_window: null,
    location: open.location,
    texts,
    parties: state.parties,
    signed_by: null,
    equipment:
      equipment === null || equipment.number === null
        ? []
        : [{ qualifier: equipment.type, id: equipment.number }],
    weight: nearest(loops, state, (loop) => loop.weight),
    pieces: nearest(loops, state, (loop) => loop.pieces),
  };
  return profile.adjust === undefined ? status : profile.adjust(status);
}

function nearest<T>(
  loops: readonly (Loop | null)[],
  state: X12StatusState,
  pick: (loop: Loop) => T | null,
): T | null {
  for (const loop of loops) {
    const found = loop === null ? null : pick(loop);
    if (found !== null) return found;
  }
  return pick(state.heading);
}

function statusText(places: readonly StatusPlace[], texts: EdiStatus["texts"]): string | null {
  if (!places.includes("K1")) return null;
  const lines = texts[0]?.lines ?? [];
  return lines.length === 0 ? null : lines.join(" ");
}
