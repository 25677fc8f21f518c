import { type CarrierTime, readIso, UNKNOWN_TIME } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { CarrierEvent, LocationType, WeightDims } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
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
import { latest, measuresOf, metaOf, placeOf, promiseOf, tell, word } from "../telling.ts";
import { listElements, PostNordAnswer, PostNordEvent, PostNordItem, PostNordShipment } from "./schema.ts";

const HOME = "Europe/Stockholm";

const LOCATION_TYPES: ReadonlyMap<string, LocationType> = new Map([
  ["HUB", "sorting_facility"],
  ["DEPOT", "local_depot"],
  ["SERVICE_POINT", "pudo"],
  ["PARCEL_LOCKER", "parcel_locker"],
  ["CUSTOMER_LOCATION", "customer_address"],
  ["SLINGA", "delivery_truck"], // a driver's round
]);

function read(document: RawDocument): Read<PostNordAnswer> {
  const text = readText(document);
  if (!text.ok) return text;
  if (!text.value.startsWith("<")) return readJson(document, PostNordAnswer);
  const xml = readXml(document, listElements);
  return xml.ok ? checked(PostNordAnswer, plainXml(xml.value, listElements)) : xml;
}

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const answer = read(document);
  if (!answer.ok) return nothing(answer);
  const remarks: Remark[] = faultsOf(answer.value);
  const told: HarmonizedShipment[] = [];

  for (const { list, path } of shipmentsOf(answer.value)) {
    for (const shipment of readEach(PostNordShipment, list, path, remarks)) {
      const items = readEach(PostNordItem, shipment.value.items, `${shipment.at}.items`, remarks);
      for (const item of items) {
        const events = readEach(PostNordEvent, item.value.events, `${item.at}.events`, remarks);
        told.push({
          carrier_tracking_id: String(shipment.value.shipmentId).trim(),
          parcel_tracking_id: String(item.value.itemId).trim(),
          other_ids: [],
          events: factsOfItem(
            item.value,
            events.map((event) => {
              const time = timeOf(
                timeText(
                  event.value,
                  item.value,
                  events.map((one) => one.value),
                ),
                event.value,
              );
              return tell(rules, { ...toldOf(event.value), time, at: event.at }, remarks);
            }),
          ),
          eta: etaOf(word(item.value.estimatedTimeOfArrival) ?? word(shipment.value.estimatedTimeOfArrival)),
          carrier_tracking_update: null,
        });
      }
    }
  }

  // The search finds by reference as well: what was found belongs to what was asked.
  const [asked] = document.asked;
  if (document.asked.length === 1 && asked !== undefined && told.length > 0) {
    for (const shipment of told) {
      const known = [shipment.carrier_tracking_id, shipment.parcel_tracking_id];
      if (!told.some((one) => one.parcel_tracking_id === asked) && !known.includes(asked))
        shipment.other_ids.push(asked);
    }
  } else if (told.length === 0 && document.asked.length === 0 && remarks.length === 0) {
    remarks.push({ kind: "not_found", detail: "PostNord knows no such shipment.", at: null });
  } else {
    remarks.push(
      ...unanswered(
        document,
        told.flatMap((one) => [one.carrier_tracking_id, one.parcel_tracking_id]),
      ),
    );
  }
  return { shipments: told, remarks, complete: true };
}

function shipmentsOf(
  answer: PostNordAnswer,
): { list: readonly unknown[] | null | undefined; path: string }[] {
  if ("TrackingInformationResponse" in answer) {
    return [{ list: answer.TrackingInformationResponse.shipments, path: "shipments" }];
  }
  if (!("activeShipments" in answer)) return [];
  return [
    { list: answer.activeShipments, path: "activeShipments" },
    { list: answer.archivedShipments, path: "archivedShipments" },
    { list: answer.deletedShipments, path: "deletedShipments" },
  ];
}

function faultsOf(answer: PostNordAnswer): Remark[] {
  if ("message" in answer) return [{ kind: "carrier_error", detail: answer.message, at: null }];
  const fault =
    "TrackingInformationResponse" in answer
      ? answer.TrackingInformationResponse.compositeFault
      : "compositeFault" in answer
        ? answer.compositeFault
        : null;
  return (fault?.faults ?? []).map(({ faultCode, explanationText }) => ({
    kind: "carrier_error",
    detail: [word(faultCode), word(explanationText)].filter(Boolean).join(": "),
    at: null,
  }));
}

function toldOf(event: PostNordEvent) {
  const { location } = event;
  const state = word(event.status);
  const type = word(location?.locationType);
  return {
    code: word(event.eventCode),
    text: word(event.eventDescription),
    lookups: [{ code: word(event.eventCode) }, { code: state === null ? null : `state ${state}` }],
    location: location
      ? placeOf({
          code: location.locationId,
          name: word(location.displayName) ?? word(location.locationName) ?? location.name,
          city: location.city,
          postal_code: location.postcode,
          country: countryOf(location),
          type: LOCATION_TYPES.get(type ?? "") ?? null,
        })
      : null,
    meta: metaOf({ status: state, location_type: type }),
  };
}

/** Foreign places have no country but an id that is one, or that begins with one as the UPU's office codes do (SESTOA). */
function countryOf(location: NonNullable<PostNordEvent["location"]>): string | null {
  const said = word(location.countryCode) ?? word(location.country);
  const id = word(location.locationId);
  if (said !== null || id === null || location.locationType !== "UNDEF") return said;
  return /^[A-Z]{2}([A-Z]{4})?$/u.test(id) ? id.slice(0, 2) : null;
}

/** Follows XStream's pointer to the item's own date or to another event's time. */
function timeText(event: PostNordEvent, item: PostNordItem, events: readonly PostNordEvent[]): string | null {
  const { eventTime } = event;
  if (typeof eventTime !== "object" || eventTime === null) return word(eventTime);
  const back = eventTime["@reference"];
  const dates = {
    deliveryDate: item.deliveryDate,
    dropOffDate: item.dropOffDate,
    returnDate: item.returnDate,
  };
  for (const [name, value] of Object.entries(dates)) if (back === `../../../${name}`) return word(value);
  const other = /^\.\.\/\.\.\/TrackingEvent(?:\[(\d+)\])?\/eventTime$/u.exec(back);
  const time = other === null ? null : events[Number(other[1] ?? 1) - 1]?.eventTime;
  return typeof time === "string" ? word(time) : null;
}

/**
 * PostNord stamps its events with a Z and means the clock on the wall: a captured answer of September, when Sweden keeps
 * +02:00, has deliveryDate 14:27:00Z beside its own sentence "delivered on 9/23/2026 at 2:27 PM", and rounds leave
 * depots at 05:00, which would be 07:00 otherwise. The same service's XML form writes these times without any zone. So
 * the Z is dropped and the zone of the place is taken, Sweden's where the place names no country.
 */
function timeOf(text: string | null, event: PostNordEvent): CarrierTime {
  if (text === null) return UNKNOWN_TIME;
  const zone = event.location ? zoneOf({ country: countryOf(event.location) }) : null;
  return readIso(withoutZ(text), zone ?? HOME, zone === null ? "carrier_default" : "place");
}

const withoutZ = (text: string) => text.replace(/Z$/u, "");

function etaOf(text: string | null): string | null {
  return promiseOf(readIso(withoutZ(text ?? ""), HOME));
}

/** Weight, size and who took it are the item's, not an event's: they go with its latest event, and the signer with the delivery. */
function factsOfItem(item: PostNordItem, events: CarrierEvent[]): CarrierEvent[] {
  const newest = latest(events);
  if (newest !== null) newest.other = { ...newest.other, carrier_weight_dims: weighed(item) };
  const signed_by = word(item.acceptor?.name);
  const delivered = latest(events.filter(({ status }) => status === "delivered"));
  if (signed_by !== null && delivered !== null) {
    delivered.other = {
      ...delivered.other,
      delivery_confirmation: { signed_by, base64_photo: null, photo_format: null },
    };
  }
  return events;
}

function weighed(item: PostNordItem): WeightDims | null {
  const sizes = item.assessedMeasurement ?? item.dimensions ?? item.statedMeasurement;
  return measuresOf({
    weight: item.assessedMeasurement?.weight ?? item.weight ?? item.statedMeasurement?.weight ?? null,
    length: sizes?.length?.value,
    width: sizes?.width?.value,
    height: sizes?.height?.value,
    unit: sizes?.length?.unit,
  });
}
