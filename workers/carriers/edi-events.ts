import type { EdiProfile } from "../domain/edi/edi-profile.ts";
import type { EdiLocation, EdiStatus, WallClock } from "../domain/edi/edi-status.ts";
import { readEdi } from "../domain/edi/read.ts";
import type { EdiRemark, RemarkKind } from "../domain/edi/remarks.ts";
import { type CarrierTime, readIso, UNKNOWN_TIME } from "../domain/local-time.ts";
import { zoneOf } from "../domain/places.ts";
import type { CarrierEvent, Location, LocationType } from "../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "./carrier.ts";
import { MAX_BODY_BYTES } from "./reading.ts";
import type { CarrierSaid } from "./rules.ts";
import { measuresOf, metaOf, placeOf, promiseOf, tell, word } from "./telling.ts";

/** From a file of the EDI engine to events: the same steps for every carrier that speaks EDIFACT or X12. */

export interface EdiHabits {
  profile: EdiProfile;
  /** The zone of times whose place tells none. */
  zone: string;
  /** What is looked up for a status, best first; without it code with sub-code, then the text. */
  lookups?(status: EdiStatus): readonly CarrierSaid[];
  /** Where the carrier's file says what kind of place it is. */
  locationType?(status: EdiStatus): LocationType | null;
}

/** Reads a whole file. Statuses whose message is cut off wait for the rest of the file: they may still change. */
export function harmonizeEdi(
  document: RawDocument,
  { rules }: HarmonizeContext,
  habits: EdiHabits,
): Harmonized {
  const { length } = document.body;
  if (length > MAX_BODY_BYTES) {
    const detail = `The file has ${length} bytes; we read up to ${MAX_BODY_BYTES} at once.`;
    return { shipments: [], remarks: [{ kind: "unreadable", detail, at: null }], complete: true };
  }
  const reading = readEdi(document.body, habits.profile);
  const remarks = reading.remarks.map(remarkOf);
  const shipments = new Map<string, HarmonizedShipment>();

  for (const status of reading.statuses) {
    if (status.unfinished) continue;
    const at = placeInFile(status.at);
    if (status.shipment_number === null && status.parcel_numbers.length === 0) {
      remarks.push({ kind: "incomplete", detail: "A status names neither a shipment nor a parcel.", at });
      continue;
    }
    const event = eventOf(status, rules, habits, at, remarks);
    const eta = etaOf(status.eta, status, habits);
    for (const parcel of status.parcel_numbers.length === 0 ? [null] : status.parcel_numbers) {
      const shipment = shipmentOf(shipments, status, parcel);
      // One status for each goods item: the same fact told again.
      if (!shipment.events.some((known) => sameFact(known, event))) shipment.events.push(event);
      shipment.eta = eta ?? shipment.eta;
    }
  }
  for (const { kind, result } of reading.acknowledgements) {
    remarks.push({
      kind: "skipped",
      detail: `${kind}: an acknowledgement (${result}), no tracking news.`,
      at: null,
    });
  }
  return { shipments: [...shipments.values()], remarks, complete: reading.complete };
}

/** What makes two statuses of one shipment one event: the parts of an event's id, and what it says beside. */
function sameFact(one: CarrierEvent, other: CarrierEvent): boolean {
  return (
    one.carrier.code === other.carrier.code &&
    one.carrier.sub_code === other.carrier.sub_code &&
    one.carrier.freetext_detail === other.carrier.freetext_detail &&
    one.time.at === other.time.at &&
    one.revision === other.revision &&
    one.withdrawn === other.withdrawn &&
    JSON.stringify(one.location) === JSON.stringify(other.location)
  );
}

function shipmentOf(
  shipments: Map<string, HarmonizedShipment>,
  status: EdiStatus,
  parcel: string | null,
): HarmonizedShipment {
  const number = status.shipment_number ?? parcel ?? "";
  const key = JSON.stringify([number, parcel]);
  const known = shipments.get(key) ?? {
    carrier_tracking_id: number,
    parcel_tracking_id: parcel,
    other_ids: [],
    events: [],
    eta: null,
    carrier_tracking_update: null,
  };
  for (const { value } of shipmentReferences(status)) {
    // Short references (a line's "1", a department) are nobody's tracking number.
    const further =
      value.length >= 5 && value !== number && value !== parcel && !known.other_ids.includes(value);
    if (further && known.other_ids.length < 20) known.other_ids.push(value);
  }
  shipments.set(key, known);
  return known;
}

/** RFF (1153) and L11 (128) qualifiers of numbers that name a shipment or an order. Others hold names, places and account numbers. */
const REFERENCES = new Set(
  "AAM AAO AAS AAU ACD ACL AWB BM BN CN CR CU CW DQ FF HWB MWB ON PO SI SRN 2I 08 97 MB P8 VN".split(" "),
);

function shipmentReferences(status: EdiStatus) {
  return status.references.filter(({ qualifier }) => REFERENCES.has(qualifier));
}

function eventOf(
  status: EdiStatus,
  rules: HarmonizeContext["rules"],
  habits: EdiHabits,
  at: string,
  remarks: Remark[],
): CarrierEvent {
  const { document_function } = status.message;
  const text = word(status.status_text);
  const signed_by = word(status.signed_by);
  // A plan is no fact: its time is a promise and the event has none.
  const time = status.planned ? UNKNOWN_TIME : timeOf(status, habits);
  const planned = status.planned_for ?? status.eta;
  return tell(
    rules,
    {
      code: status.code,
      sub_code: status.sub_code,
      text,
      lookups: habits.lookups?.(status) ?? [{ code: status.code, sub_code: status.sub_code, text }],
      time,
      location: locationOf(status.location, habits.locationType?.(status) ?? null),
      meta: metaOf({
        ...Object.fromEntries(
          shipmentReferences(status)
            .slice(0, 10)
            .map(({ qualifier, value }) => [`reference_${qualifier}`, value]),
        ),
        ...reasonsOf(status),
        equipment: status.equipment[0]?.id,
        pieces: status.pieces,
      }),
      other: {
        eta: etaOf(planned, status, habits),
        carrier_weight_dims: measuresOf({ weight: status.weight }),
        delivery_confirmation:
          signed_by === null ? null : { signed_by, base64_photo: null, photo_format: null },
      },
      // BGM 1225: 5 and 4 correct what was told before, 1 takes it back.
      revision: document_function === "replace" || document_function === "change" ? 1 : 0,
      withdrawn: document_function === "cancel",
      at,
    },
    remarks,
  );
}

/** Reasons beyond the sub-code: their codes and texts. */
function reasonsOf(status: EdiStatus): Record<string, string> {
  const said = status.reasons.map(({ code, text }) => [code, text].filter(Boolean).join(" "));
  const pairs = said.map((reason, index): [string, string] => [
    index === 0 ? "reason" : `reason_${index + 1}`,
    reason,
  ]);
  return Object.fromEntries(pairs.filter(([, reason]) => reason !== status.sub_code));
}

/** A wall clock of the file: its own offset or zone, else the zone of the place, else the carrier's. */
function timeOf(status: EdiStatus, habits: EdiHabits): CarrierTime {
  const { occurred_at, precision, utc_offset, time_zone } = status;
  if (occurred_at === null || precision === "unknown") return UNKNOWN_TIME;
  return clockOf(
    { local: occurred_at, precision, utc_offset, time_zone, source: "" },
    status.location,
    habits,
  );
}

function etaOf(clock: WallClock | null, status: EdiStatus, habits: EdiHabits): string | null {
  return clock === null ? null : promiseOf(clockOf(clock, status.location, habits));
}

function clockOf(clock: WallClock, location: EdiLocation | null, habits: EdiHabits): CarrierTime {
  const local = clock.precision === "date" ? clock.local.slice(0, 10) : clock.local;
  if (clock.utc_offset !== null && clock.precision !== "date")
    return readIso(`${local}${clock.utc_offset}`, "UTC");
  if (clock.time_zone?.includes("/")) return readIso(local, clock.time_zone, "carrier");
  const zone = zoneOf({
    country: countryOf(location),
    state: location?.state ?? null,
    postal_code: location?.postal_code ?? null,
  });
  return readIso(local, zone ?? habits.zone, zone === null ? "carrier_default" : "place");
}

const isLocode = ({ code_list, code_agency }: EdiLocation) => code_list === "139" && code_agency === "6";

/** The country said, else that of a UN/LOCODE. */
function countryOf(location: EdiLocation | null): string | null {
  if (location === null) return null;
  return (
    location.country ?? (isLocode(location) && location.code !== null ? location.code.slice(0, 2) : null)
  );
}

function locationOf(location: EdiLocation | null, type: LocationType | null): Location | null {
  if (location === null) return null;
  // 1131 = 16: the code is a postal code, and the name beside it a town.
  const postal = location.code_list === "16";
  return placeOf({
    code: postal ? null : location.code,
    name: postal && location.city === null ? null : location.name,
    postal_code: location.postal_code ?? (postal ? location.code : null),
    city: location.city ?? (postal ? location.name : null),
    state: location.state,
    country: countryOf(location),
    lat: location.geo?.lat,
    lng: location.geo?.lng,
    type,
  });
}

const KINDS: Partial<Record<RemarkKind, Remark["kind"]>> = {
  NOT_EDI: "unreadable",
  EMPTY_FILE: "unreadable",
  FORMAT_NOT_DESCRIBED: "unreadable",
  ROW_UNREADABLE: "incomplete",
  SEGMENT_UNTERMINATED: "incomplete",
  SEGMENT_TOO_LONG: "incomplete",
  ISA_TRUNCATED: "incomplete",
  UNT_MISSING: "incomplete",
  UNZ_MISSING: "incomplete",
  SE_MISSING: "incomplete",
  IEA_MISSING: "incomplete",
  MESSAGE_SKIPPED: "skipped",
  NOT_TRANSPORT: "skipped",
};

function remarkOf(remark: EdiRemark): Remark {
  const facts = Object.entries(remark.facts).map(([name, value]) => `${name} ${value ?? "none"}`);
  const detail = facts.length === 0 ? remark.detail : `${remark.detail} (${facts.join(", ")})`;
  return { kind: KINDS[remark.kind] ?? "tolerated", detail, at: placeInFile(remark.at) };
}

function placeInFile(at: EdiRemark["at"]): string {
  const message = at.message === null ? "" : `, message ${at.message}`;
  return `interchange ${at.interchange}${message}, segment ${at.segment}, byte ${at.offset}`;
}
