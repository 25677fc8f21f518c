import { type CarrierTime, inZone, readIso, UNKNOWN_TIME, wallClock } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readJson, readText, readXml, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import {
  listElements,
  UspsAnswer,
  UspsEnvelope,
  UspsEvent,
  UspsXml,
  UspsXmlEvent,
  UspsXmlInfo,
} from "./schema.ts";

/** Only where a place names no state: where the service itself is at home. */
const HOME = "America/New_York";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(document);
  if (!text.ok) return nothing(text);
  if (text.value.startsWith("<")) return fromXml(document, rules);
  return document.source === "webhook" ? fromPush(document, rules) : fromJson(document, rules);
}

/** What a push says stands in its payload. Nothing else of the envelope is signed, so nothing else of it is news. */
function fromPush(document: RawDocument, rules: RuleTable): Harmonized {
  const read = readJson(document, UspsEnvelope);
  if (!read.ok) return nothing(read);
  const body = new TextEncoder().encode(read.value.payload);
  const inside = fromJson({ ...document, body, content_type: null }, rules);
  const remarks = inside.remarks.map((remark) => ({
    ...remark,
    at: remark.at === null ? "payload" : `payload.${remark.at}`,
  }));
  // A payload that ends in the middle will not grow: the envelope around it is whole.
  return { ...inside, remarks, complete: true };
}

function fromJson(document: RawDocument, rules: RuleTable): Harmonized {
  const read = readJson(document, UspsAnswer);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("error" in read.value) {
    const { error } = read.value;
    const [code, message] =
      typeof error === "string"
        ? [error, "error_description" in read.value ? word(read.value.error_description) : null]
        : [word(error.code), word(error.message)];
    return { shipments: [], remarks: [problem(code, message, document.asked[0] ?? null)], complete: true };
  }
  const { trackingNumber, expectedDeliveryDate, predictedDeliveryDate, trackingEvents } = read.value;
  const events = readEach(UspsEvent, trackingEvents, "trackingEvents", remarks).map(({ value, at }) =>
    eventOf(value, timeOf(value), at, rules, remarks),
  );
  const promised = word(predictedDeliveryDate) ?? word(expectedDeliveryDate);
  const shipment = shipmentOf(trackingNumber, events, promiseOf(readIso(promised ?? "", HOME, "assumed")));
  remarks.push(...unanswered(document, [shipment.carrier_tracking_id]));
  return { shipments: [shipment], remarks, complete: true };
}

function fromXml(document: RawDocument, rules: RuleTable): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(UspsXml, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("Error" in read.value) {
    const { Number: code, Description: message } = read.value.Error;
    return { shipments: [], remarks: [problem(word(code), word(message), null)], complete: true };
  }
  const infos = readEach(UspsXmlInfo, read.value.TrackResponse.TrackInfo, "TrackInfo", remarks);
  const shipments = infos.flatMap(({ value: info, at }) => {
    if (info.Error) {
      remarks.push(problem(word(info.Error.Number), word(info.Error.Description), info["@ID"]));
      return [];
    }
    const scans = [info.TrackSummary, ...(info.TrackDetail ?? [])].filter(
      (scan) => typeof scan === "object" && scan !== null,
    );
    const events = readEach(UspsXmlEvent, scans, `${at}.scan`, remarks).map((scan) =>
      eventOf(jsonEvent(scan.value), xmlTime(scan.value), scan.at, rules, remarks),
    );
    const promised = dayOf(word(info.PredictedDeliveryDate) ?? word(info.ExpectedDeliveryDate));
    return [shipmentOf(info["@ID"], events, promiseOf(inZone(promised, HOME, "assumed", "date")))];
  });
  const named = [...shipments.map((one) => one.carrier_tracking_id), ...remarks.map(({ at }) => at)];
  remarks.push(...unanswered(document, named));
  return { shipments, remarks, complete: true };
}

/** The Postal Service says in many ways that it knows nothing of a number. */
function problem(code: string | null, message: string | null, at: string | null): Remark {
  const unknown =
    /could not locate|not found|no record|not (yet )?available|not (been )?(associated|scanned)/iu.test(
      message ?? "",
    );
  return {
    kind: unknown ? "not_found" : "carrier_error",
    detail: [code, message].filter(Boolean).join(": "),
    at,
  };
}

function shipmentOf(number: string, events: CarrierEvent[], eta: string | null): HarmonizedShipment {
  return {
    carrier_tracking_id: number.trim(),
    parcel_tracking_id: number.trim(),
    other_ids: [],
    events,
    eta,
    carrier_tracking_update: null,
  };
}

/** Outside the United States the country is named; inside only the state is. */
const countryOf = (event: UspsEvent) =>
  word(event.eventCountry) ??
  (word(event.eventState) === null && word(event.eventZIP) === null ? null : "US");

function eventOf(
  event: UspsEvent,
  time: CarrierTime,
  at: string,
  rules: RuleTable,
  remarks: Remark[],
): CarrierEvent {
  const code = word(event.eventCode);
  const text = word(event.eventType);
  const told = tell(
    rules,
    {
      code,
      text,
      lookups: [
        { code, service: /to original sender/iu.test(text ?? "") ? "to sender" : null, text: oneLine(text) },
      ],
      time,
      location: placeOf({
        city: event.eventCity,
        state: event.eventState,
        postal_code: event.eventZIP,
        country: countryOf(event),
      }),
      at,
    },
    remarks,
  );
  const signed_by = word(event.name);
  if (told.status === "delivered" && signed_by !== null) {
    told.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  }
  return told;
}

const zone = (event: UspsEvent) =>
  zoneOf({ country: countryOf(event), state: word(event.eventState), postal_code: word(event.eventZIP) });

function timeOf(event: UspsEvent): CarrierTime {
  const own = zone(event);
  const local = word(event.eventTimestamp) ?? "";
  const offset =
    /T\d/u.test(local) && !/[Z+]|-\d{2}:\d{2}$/u.test(local.slice(10)) ? (word(event.GMTOffset) ?? "") : "";
  return readIso(`${local}${offset}`, own ?? HOME, own === null ? "assumed" : "place");
}

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

function dayOf(text: string | null, hour = 0, minute = 0) {
  const day = /^([A-Z][a-z]+) (\d{1,2}), (\d{4})$/u.exec(text ?? "");
  const month = MONTHS.indexOf(day?.[1] ?? "") + 1;
  return day === null || month === 0 ? null : wallClock(Number(day[3]), month, Number(day[2]), hour, minute);
}

function xmlTime(scan: UspsXmlEvent): CarrierTime {
  const own = zone(jsonEvent(scan));
  const clock = /^(\d{1,2}):(\d{2}) ([ap])m$/iu.exec(word(scan.EventTime) ?? "");
  const hour = clock === null ? 0 : (Number(clock[1]) % 12) + (clock[3]?.toLowerCase() === "p" ? 12 : 0);
  const wall = dayOf(word(scan.EventDate), hour, Number(clock?.[2] ?? 0));
  if (wall === null) return UNKNOWN_TIME;
  return inZone(wall, own ?? HOME, own === null ? "assumed" : "place", clock === null ? "date" : "minute");
}

function jsonEvent(scan: UspsXmlEvent): UspsEvent {
  return {
    eventType: scan.Event,
    eventTimestamp: null,
    GMTOffset: null,
    eventCountry: scan.EventCountry,
    eventCity: scan.EventCity,
    eventState: scan.EventState,
    eventZIP: scan.EventZIPCode,
    name: scan.Name,
    eventCode: scan.EventCode,
  };
}
