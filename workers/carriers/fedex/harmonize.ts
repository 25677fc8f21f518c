import type { z } from "zod";
import { type CarrierTime, readIso } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { Renumbering } from "../../domain/renumbering.ts";
import type { CarrierEvent, LocationType } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readJson, readText, readXml, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, metaOf, placeOf, promiseOf, tell, word } from "../telling.ts";
import {
  FedexDocument,
  FedexResult,
  FedexScan,
  FedexSoap,
  FedexSoapDetail,
  FedexSoapEvent,
  FedexTracked,
  listElements,
} from "./schema.ts";

/** Where a scan names neither an offset nor a state: FedEx's headquarters in Memphis. */
const HOME = "America/Chicago";

const LOCATION_TYPES: ReadonlyMap<string, LocationType> = new Map([
  ["AIRPORT", "airport"],
  ["CUSTOMER", "customer_address"],
  ["DELIVERY_LOCATION", "customer_address"],
  ["DESTINATION_AIRPORT", "airport"],
  ["ORIGIN_AIRPORT", "airport"],
  ["DESTINATION_FEDEX_FACILITY", "local_depot"],
  ["ORIGIN_FEDEX_FACILITY", "local_depot"],
  ["FEDEX_FACILITY", "sorting_facility"],
  ["SORT_FACILITY", "sorting_facility"],
  ["VEHICLE", "delivery_truck"],
  ["CUSTOMS_BROKER", "customs"],
  ["FEDEX_OFFICE_LOCATION", "pudo"],
]);

/** Scans whose meaning stands in the exception's sentence. */
const EXCEPTIONS = new Set(["DE", "SE", "DY", "DD", "CD"]);

type Scans = (
  list: readonly unknown[] | null | undefined,
  path: string,
  remarks: Remark[],
) => { value: FedexScan; at: string }[];

const scansWith =
  (schema: z.ZodType<FedexScan>): Scans =>
  (list, path, remarks) =>
    readEach(schema, list, path, remarks);

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(document);
  if (!text.ok) return nothing(text);
  return text.value.startsWith("<") ? fromSoap(document, rules) : fromJson(document, rules);
}

function fromJson(document: RawDocument, rules: RuleTable): Harmonized {
  const read = readJson(document, FedexDocument);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("errors" in read.value) {
    for (const { code, message } of read.value.errors) remarks.push(problem(word(code), word(message), null));
    return { shipments: [], remarks, complete: true };
  }
  const tracked = readEach(
    FedexTracked,
    read.value.output.completeTrackResults,
    "completeTrackResults",
    remarks,
  );
  const shipments = tracked.flatMap(({ value, at }) => {
    const results = readEach(FedexResult, value.trackResults, `${at}.trackResults`, remarks);
    const told = results.flatMap((one) => {
      const number = word(value.trackingNumber) ?? word(one.value.trackingNumberInfo?.trackingNumber);
      if (one.value.error)
        remarks.push(problem(word(one.value.error.code), word(one.value.error.message), number));
      if (number === null || (one.value.error && !one.value.scanEvents)) return [];
      return [resultOf(number, one.value, one.at, scansWith(FedexScan), rules, remarks)];
    });
    return newestOf(told, remarks);
  });
  return finish(document, shipments, remarks);
}

function fromSoap(document: RawDocument, rules: RuleTable): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(FedexSoap, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const { TrackReply: reply } = read.value;
  const remarks: Remark[] = [];
  const complain = (
    one: { Severity?: unknown; Code?: string | number | null; Message?: string | number | null } | null,
    number: string | null,
  ) => {
    const failed = one?.Severity === "ERROR" || one?.Severity === "FAILURE";
    if (failed) remarks.push(problem(word(one.Code), word(one.Message), number));
    return failed;
  };
  for (const one of reply.Notifications ?? []) complain(one, null);
  const groups = [
    ...(reply.CompletedTrackDetails ?? []),
    { Notifications: [], TrackDetails: reply.TrackDetails },
  ];
  const shipments = groups.flatMap((group) => {
    for (const one of group.Notifications ?? []) complain(one, null);
    const details = readEach(FedexSoapDetail, group.TrackDetails, "TrackDetails", remarks);
    const told = details.flatMap(({ value, at }) => {
      const number = word(value.number);
      if (complain(value.problem, number) || number === null) return [];
      return [resultOf(number, value.result, at, scansWith(FedexSoapEvent), rules, remarks)];
    });
    return newestOf(told, remarks);
  });
  return finish(document, shipments, remarks);
}

function finish(
  document: RawDocument,
  told: { shipment: HarmonizedShipment }[],
  remarks: Remark[],
): Harmonized {
  const shipments = told.map(({ shipment }) => shipment);
  const named = [...shipments.map((one) => one.carrier_tracking_id), ...remarks.map(({ at }) => at)];
  if (remarks.length === 0 || shipments.length > 0) remarks.push(...unanswered(document, named));
  return { shipments, remarks, complete: true };
}

function problem(code: string | null, message: string | null, at: string | null): Remark {
  const unknown = /notfound|not found|cannot be found/iu.test(`${code} ${message}`);
  return {
    kind: unknown ? "not_found" : "carrier_error",
    detail: [code, message].filter(Boolean).join(": "),
    at,
  };
}

interface Told {
  shipment: HarmonizedShipment;
  /** FedEx's own key of the shipment behind the number, `2460425000~776094337676~FX`: begins with a count of days and rises. */
  unique: string;
}

/** FedEx uses numbers again and then answers with all shipments that had it: the newest is meant. Those without scans hurt nobody. */
function newestOf(told: Told[], remarks: Remark[]): Told[] {
  const scanned = told.filter(({ shipment }) => shipment.events.length > 0);
  if (scanned.length < 2) return told;
  const newest = scanned.reduce((last, one) => (begun(one) > begun(last) ? one : last));
  for (const { shipment, unique } of scanned) {
    if (shipment !== newest.shipment) {
      const detail = `FedEx has used ${shipment.carrier_tracking_id} before; the older shipment ${unique} is left out.`;
      remarks.push({ kind: "skipped", detail, at: shipment.carrier_tracking_id });
    }
  }
  return told.filter((one) => one === newest || one.shipment.events.length === 0);
}

const begun = ({ unique, shipment }: Told) =>
  `${unique.split("~")[0]?.padStart(20, "0")} ${latest(shipment.events)?.time.at}`;

function resultOf(
  number: string,
  result: FedexResult,
  path: string,
  scans: Scans,
  rules: RuleTable,
  remarks: Remark[],
): Told {
  const events = scans(result.scanEvents, `${path}.scanEvents`, remarks).map(({ value, at }) =>
    eventOf(value, at, rules, remarks),
  );
  const newest = latest(events);
  const measured = result.packageDetails?.weightAndDimensions;
  const [weight] = measured?.weight ?? [];
  const [box] = measured?.dimensions ?? [];
  if (newest !== null) {
    newest.other.carrier_weight_dims = measuresOf({
      weight: weight ?? null,
      length: box?.length,
      width: box?.width,
      height: box?.height,
      unit: box?.units,
    });
  }
  const signed_by =
    word(result.deliveryDetails?.receivedByName) ?? word(result.deliveryDetails?.signedByName);
  const delivered = latest(events.filter(({ status }) => status === "delivered"));
  if (delivered !== null && signed_by !== null && !/^signature not required$/iu.test(signed_by)) {
    delivered.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  }
  const other = word(result.trackingNumberInfo?.trackingNumber);
  const shipment: HarmonizedShipment = {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: other === null || other === number ? [] : [other],
    events,
    eta: delivered === null ? etaOf(result) : null,
    carrier_tracking_update: reroutedTo(number, result),
  };
  return { shipment, unique: word(result.trackingNumberInfo?.trackingNumberUniqueId) ?? "" };
}

/**
 * A parcel that FedEx routes anew has another number from then on: the package identifier REROUTE_TRACKING_NUMBER (Track
 * API v1, TrackIdentifierType). RETURNED_TO_SHIPPER_TRACKING_NUMBER is none: a way back with its own number is a shipment of its own.
 */
function reroutedTo(number: string, result: FedexResult): Renumbering | null {
  const other = result.additionalTrackingInfo?.packageIdentifiers?.find(
    ({ type }) => type === "REROUTE_TRACKING_NUMBER",
  );
  const to = word(other?.value) ?? word(other?.values?.[0]);
  return to === null || to === number
    ? null
    : { replaced_tracking_id: number, new_carrier_tracking_id: to, new_carrier_tracking_url: null };
}

function eventOf(scan: FedexScan, at: string, rules: RuleTable, remarks: Remark[]): CarrierEvent {
  const code = word(scan.eventType);
  const exception = word(scan.exceptionCode);
  const sentence = word(scan.exceptionDescription);
  const type = word(scan.locationType);
  const { scanLocation: place } = scan;
  return tell(
    rules,
    {
      code,
      sub_code: exception,
      lookups: [
        ...(EXCEPTIONS.has(code ?? "")
          ? [{ code: null, text: sentence ?? word(scan.eventDescription) }]
          : []),
        { code, sub_code: exception },
      ],
      text: word(scan.eventDescription),
      time: timeOf(scan),
      location: placeOf({
        code: scan.locationId,
        city: place?.city,
        state: place?.stateOrProvinceCode,
        postal_code: place?.postalCode,
        country: place?.countryCode,
        type: LOCATION_TYPES.get(type ?? "") ?? null,
      }),
      meta: metaOf({ exception: sentence, location_type: type, derived_status: scan.derivedStatusCode }),
      at,
    },
    remarks,
  );
}

/** With offset mostly; where FedEx knows only the day it writes midnight without one. */
function timeOf(scan: FedexScan): CarrierTime {
  const text = word(scan.date) ?? "";
  const { scanLocation: place } = scan;
  const zone = zoneOf({
    country: word(place?.countryCode),
    state: word(place?.stateOrProvinceCode),
    postal_code: word(place?.postalCode),
  });
  const day = /^(\d{4}-\d{2}-\d{2})T00:00:00$/u.exec(text)?.[1];
  return readIso(day ?? text, zone ?? HOME, zone === null ? "assumed" : "place");
}

/** The estimate, else the window: its end, or its first day where it spans several. */
function etaOf(result: FedexResult): string | null {
  const estimate = (result.dateAndTimes ?? []).find(({ type }) => type === "ESTIMATED_DELIVERY");
  const { begins, ends } = result.estimatedDeliveryTimeWindow?.window ?? {};
  const [from, to, at] = [begins, ends, estimate?.dateTime].map((text) => promise(word(text)));
  if (at) return at;
  return from && to && from.slice(0, 10) !== to.slice(0, 10) ? from.slice(0, 10) : (to ?? from ?? null);
}

function promise(text: string | null): string | null {
  const day = /^(\d{4}-\d{2}-\d{2})T00:00:00$/u.exec(text ?? "")?.[1];
  return promiseOf(readIso(day ?? text ?? "", HOME, "assumed"));
}
