import { ediProfile } from "../../domain/edi/edi-profile.ts";
import type { EdiStatus } from "../../domain/edi/edi-status.ts";
import {
  type CarrierTime,
  inZone,
  isoWithOffset,
  offsetOfText,
  UNKNOWN_TIME,
  wallClock,
} from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { Renumbering } from "../../domain/renumbering.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { ups1z } from "../check-digits.ts";
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
import { latest, measuresOf, metaOf, oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import {
  listElements,
  UpsActivity,
  type UpsAlert,
  UpsDocument,
  UpsPackage,
  UpsShipment,
  UpsXml,
  UpsXmlActivity,
  UpsXmlPackage,
  UpsXmlShipment,
} from "./schema.ts";

/** Only where a place tells no zone: UPS's headquarters keep New York's time. */
const HOME = "America/New_York";

/**
 * Quantum View as IFTSTA D.07B: `STS+1:D2:21` has the record type in 1131 and the code in 3055 of C601, the tracking number
 * stands in the header's RFF+CW, who signed in RFF+AGY, and the sentence in two FTX, the reason after the resolution.
 */
const quantumView = {
  profile: ediProfile({
    carrier_id: "ups",
    parcel_number: [["RFF+CW"]],
    shipment_number: ["CNI"],
    status_code: ["C601.1131"],
    sub_code: [],
    status_text: [],
    event_time: ["78"],
    eta_time: ["67"],
    signer_reference: ["AGY"],
    adjust: (status) => ({
      ...status,
      code: [status.category.list, status.category.agency].filter(Boolean).join(":"),
      sub_code: null,
      status_text: sentenceOf(status),
    }),
  }),
  zone: HOME,
  lookups: (status: EdiStatus) => [
    { code: status.code, text: oneLine(status.status_text) },
    { code: `record ${status.category.list ?? ""}` },
  ],
};

function sentenceOf({ texts }: EdiStatus): string | null {
  const told = texts.filter(({ qualifier }) => qualifier === "AVA");
  const lines = [...told].reverse().map(({ lines: [first = ""] }) => first);
  return word(lines.join(" "));
}

export function harmonize(document: RawDocument, context: HarmonizeContext): Harmonized {
  if (looksLikeEdifact(document.body)) return harmonizeEdi(document, context, quantumView);
  const text = readText(document);
  if (!text.ok) return nothing(text);
  return text.value.startsWith("<") ? fromXml(document, context.rules) : fromJson(document, context.rules);
}

function fromJson(document: RawDocument, rules: RuleTable): Harmonized {
  const read: Read<UpsDocument> = readJson(document, UpsDocument);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("trackingNumber" in read.value) {
    return { shipments: [fromAlert(read.value, rules, remarks)], remarks, complete: true };
  }
  if ("response" in read.value) {
    for (const { code, message } of read.value.response.errors)
      remarks.push(problem(word(code), word(message)));
    return { shipments: [], remarks, complete: true };
  }
  const list = readEach(UpsShipment, read.value.trackResponse.shipment, "trackResponse.shipment", remarks);
  const shipments = list.flatMap(({ value, at }) => {
    for (const { code, message } of value.warnings ?? []) remarks.push(problem(word(code), word(message)));
    return readEach(UpsPackage, value.package, `${at}.package`, remarks).map((one) =>
      packageOf(
        word(value.inquiryNumber),
        one.value,
        readEach(UpsActivity, one.value.activity, `${one.at}.activity`, remarks),
        rules,
        remarks,
      ),
    );
  });
  return finish(document, shipments, remarks);
}

function fromXml(document: RawDocument, rules: RuleTable): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(UpsXml, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  const { Response, Shipment } = read.value.TrackResponse;
  if (Response?.Error)
    remarks.push(problem(word(Response.Error.ErrorCode), word(Response.Error.ErrorDescription)));
  const shipments = readEach(UpsXmlShipment, Shipment, "Shipment", remarks).flatMap(({ value, at }) =>
    readEach(UpsXmlPackage, value.package, `${at}.Package`, remarks).map((one) =>
      packageOf(
        word(value.inquiryNumber),
        one.value,
        readEach(UpsXmlActivity, one.value.activity, `${one.at}.Activity`, remarks),
        rules,
        remarks,
      ),
    ),
  );
  return finish(document, shipments, remarks);
}

function finish(document: RawDocument, shipments: HarmonizedShipment[], remarks: Remark[]): Harmonized {
  if (remarks.every(({ kind }) => kind !== "not_found" && kind !== "carrier_error")) {
    remarks.push(
      ...unanswered(
        document,
        shipments.flatMap((one) => [one.carrier_tracking_id, one.parcel_tracking_id, ...one.other_ids]),
      ),
    );
  }
  return { shipments, remarks, complete: true };
}

/** TW0001 and 151018/151044 mean: no such number, or nothing known yet. */
function problem(code: string | null, message: string | null): Remark {
  const unknown = /not found|no tracking information/iu.test(message ?? "");
  return {
    kind: unknown ? "not_found" : "carrier_error",
    detail: [code, message].filter(Boolean).join(": "),
    at: null,
  };
}

function packageOf(
  inquiry: string | null,
  one: UpsPackage,
  activities: { value: UpsActivity; at: string }[],
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const events = activities.map(({ value, at }) => eventOf(value, at, rules, remarks));
  const newest = latest(events);
  if (newest !== null) {
    newest.other.carrier_weight_dims = measuresOf({
      weight: { value: one.weight?.weight, unit: one.weight?.unitOfMeasurement },
      length: one.dimension?.length,
      width: one.dimension?.width,
      height: one.dimension?.height,
      unit: one.dimension?.unitOfDimension,
    });
  }
  const delivered = latest(events.filter(({ status }) => status === "delivered"));
  const signed_by = word(one.deliveryInformation?.receivedBy);
  if (delivered !== null && signed_by !== null) {
    delivered.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  }
  const number = one.trackingNumber.trim();
  return {
    carrier_tracking_id: inquiry ?? number,
    parcel_tracking_id: number,
    other_ids: (one.alternateTrackingNumber ?? [])
      .map((other) => word(other.number))
      .filter((other) => other !== null),
    events,
    eta: etaOf(one),
    carrier_tracking_update: newNumberOf(number, one, events),
  };
}

/** "A new tracking number was assigned to this package", "… linked to a new tracking number" (UPS, tracking status codes). */
const RENUMBERED: ReadonlySet<string | null> = new Set(["CG", "IB"]);

/** The new number of a package that UPS says has one: the alternate number of UPS's own form. Those of other carriers (USPS_PIC) stand there without that. */
function newNumberOf(number: string, one: UpsPackage, events: readonly CarrierEvent[]): Renumbering | null {
  if (!events.some(({ carrier }) => RENUMBERED.has(carrier.code))) return null;
  const own = (one.alternateTrackingNumber ?? [])
    .map((other) => word(other.number))
    .filter((other) => other !== null && other !== number && ups1z(other));
  const [to] = own;
  return to === undefined || to === null || own.length > 1
    ? null
    : { replaced_tracking_id: number, new_carrier_tracking_id: to, new_carrier_tracking_url: null };
}

function eventOf(activity: UpsActivity, at: string, rules: RuleTable, remarks: Remark[]): CarrierEvent {
  const { status, location } = activity;
  const address = location?.address;
  const description = word(status.description);
  const signed_by = word(activity.signedForByName);
  return tell(
    rules,
    {
      code: word(status.code),
      text: description,
      lookups: [
        { code: word(status.code), text: oneLine(description) },
        { code: `status ${word(status.statusCode) ?? ""}` },
        { code: `type ${word(status.type) ?? ""}` },
      ],
      time: timeOf(activity),
      location: placeOf({
        code: location?.slic,
        city: address?.city,
        state: address?.stateProvince,
        postal_code: address?.postalCode,
        country: word(address?.countryCode) ?? address?.country,
      }),
      meta: metaOf({ status_type: status.type, status_code: status.statusCode }),
      other:
        signed_by === null
          ? {}
          : { delivery_confirmation: { signed_by, base64_photo: null, photo_format: null } },
      at,
    },
    remarks,
  );
}

const DAY = /^(\d{4})(\d{2})(\d{2})$/u;
const CLOCK = /^(\d{2}):?(\d{2}):?(\d{2})?$/u;

function wallOf(date: string | null, time: string | null) {
  const day = DAY.exec(date ?? "");
  if (day === null) return null;
  const clock = CLOCK.exec(time ?? "");
  const [hour, minute, second] = [clock?.[1], clock?.[2], clock?.[3]].map((part) => Number(part ?? 0));
  return wallClock(Number(day[1]), Number(day[2]), Number(day[3]), hour, minute, second);
}

/** The clock of the place. Its offset: told, or the difference to the GMT stamp beside it, else the zone of the place. */
function timeOf(activity: UpsActivity): CarrierTime {
  const wall = wallOf(word(activity.date), word(activity.time));
  if (wall === null) return UNKNOWN_TIME;
  const precision = word(activity.time) === null ? "date" : "second";
  const offset = offsetOfText(word(activity.gmtOffset) ?? "") ?? difference(activity);
  if (offset !== null) return { at: isoWithOffset(wall, offset), precision, offset_source: "carrier" };
  const address = activity.location?.address;
  const zone = zoneOf({
    country: word(address?.countryCode) ?? word(address?.country),
    state: word(address?.stateProvince),
    postal_code: word(address?.postalCode),
  });
  return inZone(wall, zone ?? HOME, zone === null ? "assumed" : "place", precision);
}

function difference(activity: UpsActivity): number | null {
  const [here, there] = [
    wallOf(word(activity.date), word(activity.time)),
    wallOf(word(activity.gmtDate), word(activity.gmtTime)),
  ].map((wall) => (wall === null ? null : Date.parse(isoWithOffset(wall, 0))));
  if (here === null || here === undefined || there === null || there === undefined) return null;
  const minutes = (here - there) / 60_000;
  return Number.isInteger(minutes / 15) && Math.abs(minutes) <= 14 * 60 ? minutes : null;
}

/** SDD and RDD are promises, the last one counts; DEL says when it was delivered. */
function etaOf(one: UpsPackage): string | null {
  const promised = (one.deliveryDate ?? []).filter(({ type }) => type === "SDD" || type === "RDD");
  return dayOf(word(promised.findLast(({ date }) => word(date) !== null)?.date));
}

function dayOf(date: string | null): string | null {
  return promiseOf(inZone(wallOf(date, null), "UTC", "assumed", "date"));
}

function fromAlert(alert: UpsAlert, rules: RuleTable, remarks: Remark[]): HarmonizedShipment {
  const { activityStatus, activityLocation } = alert;
  const event = eventOf(
    {
      location: { address: { ...activityLocation, countryCode: null }, slic: null },
      status: { ...activityStatus, statusCode: activityStatus.descriptionCode },
      date: alert.localActivityDate,
      time: alert.localActivityTime,
      gmtDate: alert.gmtActivityDate,
      gmtTime: alert.gmtActivityTime,
      gmtOffset: null,
      signedForByName: null,
    },
    "activityStatus",
    rules,
    remarks,
  );
  const eta = word(alert.actualDeliveryDate) === null ? dayOf(word(alert.scheduledDeliveryDate)) : null;
  event.other.eta = eta;
  const number = alert.trackingNumber.trim();
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: [],
    events: [event],
    eta,
    carrier_tracking_update: null,
  };
}
