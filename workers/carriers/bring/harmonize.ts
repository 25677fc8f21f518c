import { ediProfile } from "../../domain/edi/edi-profile.ts";
import { inZone, readIso, wallClock } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { Renumbering } from "../../domain/renumbering.ts";
import type { CarrierEvent, OtherFacts } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { harmonizeEdi } from "../edi-events.ts";
import { looksLikeEdifact } from "../edi-files.ts";
import {
  checked,
  nothing,
  plainXml,
  type Read,
  readEach,
  readJson,
  readText,
  readXml,
  unanswered,
} from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, metaOf, numberOf, placeOf, promiseOf, tell, word } from "../telling.ts";
import {
  BringAppEvent,
  BringAppParcel,
  BringConsignment,
  BringDocument,
  BringEvent,
  BringPackage,
  type BringPush,
  BringXml,
  jsonName,
  listElements,
} from "./schema.ts";

/** Where Bring is at home: the zone of what it writes without one. */
const HOME = "Europe/Oslo";

/**
 * IFTSTA BIG07 (D.04A) by sFTP: Bring's letters in STS with agency 87, the cause as first reason, the parcel's SSCC in PCI+30.
 * The interchange's and the message's dates have day and month swapped; the event's DTM+78 is right, and it alone counts. Times are the place's:
 * a file of February 2020, made at 17:15 in Oslo, tells what happened in Vantaa at 17:32.
 */
const iftsta = {
  profile: ediProfile({
    carrier_id: "bring",
    parcel_number: [["PCI+30"], ["GIN+BJ", "GIN+AW"]],
    event_time: ["78", "334", "7"],
    time_zone: HOME,
  }),
  zone: HOME,
};

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  if (looksLikeEdifact(document.body)) return harmonizeEdi(document, { rules }, iftsta);
  const text = readText(document);
  if (!text.ok) return nothing(text);
  // The XML form answers an unknown number with a bare sentence.
  if (/^No shipments found\.?$/iu.test(text.value)) return refusal("404", text.value);
  const read = readDocument(document, text.value);
  if (!read.ok) return nothing(read);

  const remarks: Remark[] = [];
  const shipments = shipmentsOf(read.value, rules, remarks);
  if (
    !("status" in read.value) &&
    remarks.every(({ kind }) => kind !== "not_found" && kind !== "carrier_error")
  ) {
    remarks.push(
      ...unanswered(
        document,
        shipments.flatMap((one) => [one.carrier_tracking_id, one.parcel_tracking_id, ...one.other_ids]),
      ),
    );
  }
  return { shipments, remarks, complete: true };
}

function readDocument(document: RawDocument, text: string): Read<BringDocument> {
  if (!text.startsWith("<")) return readJson(document, BringDocument);
  const xml = readXml(document, listElements);
  return xml.ok ? checked(BringXml, plainXml(xml.value, listElements, jsonName)) : xml;
}

function shipmentsOf(document: BringDocument, rules: RuleTable, remarks: Remark[]): HarmonizedShipment[] {
  if ("status" in document) return pushed(document, rules, remarks);
  if ("parcels" in document) {
    return readEach(BringAppParcel, document.parcels, "parcels", remarks).map(({ value, at }) =>
      appParcel(value, at, rules, remarks),
    );
  }
  if ("shipments" in document) {
    return document.shipments.flatMap(({ consignmentSet }, index) =>
      consignments(consignmentSet, `shipments[${index}].consignmentSet`, rules, remarks),
    );
  }
  return consignments(document.consignmentSet, "consignmentSet", rules, remarks);
}

function consignments(
  list: readonly unknown[],
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment[] {
  return readEach(BringConsignment, list, path, remarks).flatMap(({ value, at }) => {
    if (value.error !== null && value.error !== undefined) {
      const { code, message } =
        typeof value.error === "string" ? { code: value.code, message: value.error } : value.error;
      remarks.push(...refusal(word(code), word(message) ?? "").remarks);
      return [];
    }
    const consignment = word(value.consignmentId);
    const earlier = word(value.previousConsignmentId);
    const told = readEach(BringPackage, value.packageSet, `${at}.packageSet`, remarks).flatMap((one) => {
      const parcel = word(one.value.packageNumber) ?? word(one.value.packageId);
      const shipment = consignment ?? parcel;
      if (shipment === null) return [];
      const previous = word(one.value.previousPackageNumber) ?? word(one.value.previousPackageId);
      const events = eventsOf(one.value.eventSet, `${one.at}.eventSet`, rules, remarks);
      withFacts(one.value, events);
      return [shipmentOf(shipment, parcel, events, etaOf(one.value), renumbered(previous, parcel), earlier)];
    });
    const whole = eventsOf(value.eventSet, `${at}.eventSet`, rules, remarks);
    const step = renumbered(earlier, consignment);
    return consignment !== null && (whole.length > 0 || step !== null)
      ? [shipmentOf(consignment, null, whole, null, step), ...told]
      : told;
  });
}

function shipmentOf(
  carrier_tracking_id: string,
  parcel_tracking_id: string | null,
  events: CarrierEvent[],
  eta: string | null,
  step: Renumbering | null = null,
  earlier: string | null = null,
): HarmonizedShipment {
  const other_ids = [earlier, step?.replaced_tracking_id ?? null].filter((number) => number !== null);
  return { carrier_tracking_id, parcel_tracking_id, other_ids, events, eta, carrier_tracking_update: step };
}

/** Bring gives relabelled goods new numbers and names the ones before (`previousPackageNumber`, `previousConsignmentId`; blank where there is none). */
function renumbered(before: string | null, now: string | null): Renumbering | null {
  return before === null || now === null || before === now
    ? null
    : { replaced_tracking_id: before, new_carrier_tracking_id: now, new_carrier_tracking_url: null };
}

function eventsOf(
  list: readonly unknown[] | null | undefined,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): CarrierEvent[] {
  return readEach(BringEvent, list, path, remarks).map(({ value: event, at }) => {
    const status = word(event.status);
    const letter = word(event.lmEventCode);
    const cause = word(event.lmCauseCode);
    const signed_by = word(event.recipientSignature?.name);
    const other: Partial<OtherFacts> =
      signed_by === null
        ? {}
        : { delivery_confirmation: { signed_by, base64_photo: null, photo_format: null } };
    return tell(
      rules,
      {
        code: status,
        sub_code: letter,
        lookups: [{ code: letter, sub_code: cause }, { code: status }],
        text: word(event.description),
        time: readIso(word(event.dateIso) ?? word(event.occuredAtIsoDateTime) ?? "", HOME),
        location: placeOf({
          code: event.unitId,
          postal_code: event.postalCode,
          city: event.city,
          country: word(event.countryCode) ?? event.country,
        }),
        meta: metaOf({
          cause_code: cause,
          measure_code: event.lmMeasureCode,
          consignment_event: event.consignmentEvent === true ? true : null,
          insignificant: event.insignificant === true ? true : null,
        }),
        other,
        at,
      },
      remarks,
    );
  });
}

/** Weight, size and the day of return are the parcel's: they go with its latest event. */
function withFacts(parcel: BringPackage, events: readonly CarrierEvent[]): void {
  const newest = latest(events);
  if (newest === null) return;
  const weight = parcel.weightInKgs ?? parcel.weight;
  newest.other = {
    ...newest.other,
    carrier_weight_dims: measuresOf({
      weight: { value: weight, unit: "kg" },
      length: parcel.lengthInCm ?? parcel.length,
      width: parcel.widthInCm ?? parcel.width,
      height: parcel.heightInCm ?? parcel.height,
      unit: "cm",
    }),
  };
  newest.carrier_meta_data = [
    ...newest.carrier_meta_data,
    ...metaOf({ product: parcel.productName, date_of_return: parcel.dateOfReturn }),
  ];
}

/** The day that Bring promises, with the end of its time span where there is one. */
function etaOf(parcel: BringPackage): string | null {
  const promised = word(parcel.dateOfEstimatedDelivery) ?? word(parcel.estimatedDeliveryDate) ?? "";
  const day = /^(\d{2})\.(\d{2})\.(\d{4})$/u.exec(promised);
  if (day === null) return promiseOf(readIso(promised, HOME));
  const until = /^(\d{1,2})[:.](\d{2})/u.exec(word(parcel.estimatedTimeSpanOfDelivery?.endTime) ?? "");
  const zone =
    zoneOf({
      country: word(parcel.recipientAddress?.countryCode),
      postal_code: word(parcel.recipientAddress?.postalCode),
    }) ?? HOME;
  const wall = wallClock(
    Number(day[3]),
    Number(day[2]),
    Number(day[1]),
    Number(until?.[1] ?? 0),
    Number(until?.[2] ?? 0),
  );
  return promiseOf(inZone(wall, zone, "carrier_default", until === null ? "date" : "minute"));
}

function pushed(push: BringPush, rules: RuleTable, remarks: Remark[]): HarmonizedShipment[] {
  const parcel = word(push.package);
  const number = word(push.shipment) ?? parcel;
  if (number === null) {
    remarks.push({
      kind: "incomplete",
      detail: "The push names neither a shipment nor a package.",
      at: null,
    });
    return [];
  }
  const event = tell(rules, { code: push.status, time: readIso(push.created, "UTC"), at: "status" }, remarks);
  return [shipmentOf(number, parcel, [event], null)];
}

function appParcel(
  parcel: BringAppParcel,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const events = readEach(BringAppEvent, parcel.events, `${path}.events`, remarks).map(({ value, at }) =>
    tell(
      rules,
      {
        code: value.type,
        lookups: [{ code: value.type.toUpperCase() }],
        text: word(value.description),
        time: readIso(word(value.date) ?? "", HOME),
        location: placeOf({ country: value.countryCode }),
        meta: metaOf({ cause: value.cause }),
        at,
      },
      remarks,
    ),
  );
  const newest = latest(events);
  if (newest !== null) {
    newest.other.carrier_weight_dims = measuresOf({
      weight: { value: numberOf(parcel.weightInKg), unit: "kg" },
      length: parcel.dimensions?.lengthInCm,
      width: parcel.dimensions?.widthInCm,
      height: parcel.dimensions?.heightInCm,
      unit: "cm",
    });
  }
  const promised = parcel.delivery?.deliveryTime;
  const until = promiseOf(readIso(word(promised?.deliveryWindow?.end) ?? "", HOME));
  const day = word(promised?.date)?.slice(0, 10) ?? null;
  return shipmentOf(
    word(parcel.consignmentNumber) ?? parcel.parcelNumber,
    parcel.parcelNumber,
    events,
    until ?? day,
  );
}

function refusal(code: string | null, message: string): Harmonized {
  const kind = code === "404" ? "not_found" : "carrier_error";
  const detail = code === null ? message : `${code}: ${message}`;
  return { shipments: [], remarks: [{ kind, detail, at: null }], complete: true };
}
