import { type CarrierTime, readIso } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, metaOf, oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import { DhlEvent, DhlShipment, DhlUnified } from "./schema.ts";

const HOME = "Europe/Berlin";

/** Divisions that stamp their events with the clock on their own wall. */
const SERVICE_ZONES: ReadonlyMap<string, string> = new Map([
  ["parcel-de", "Europe/Berlin"],
  ["post-de", "Europe/Berlin"],
  ["freight", "Europe/Berlin"],
  ["parcel-nl", "Europe/Amsterdam"],
  ["parcel-pl", "Europe/Warsaw"],
  ["parcel-uk", "Europe/London"],
  ["sameday", "Europe/Berlin"],
]);

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, DhlUnified);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("title" in read.value) {
    const { status, title, detail } = read.value;
    const said = [String(status), title, word(detail)].filter(Boolean).join(": ");
    remarks.push({ kind: status === 404 ? "not_found" : "carrier_error", detail: said, at: null });
    return { shipments: [], remarks, complete: true };
  }
  const shipments = readEach(DhlShipment, read.value.shipments, "shipments", remarks).map(({ value, at }) =>
    shipmentOf(value, at, rules, remarks),
  );
  remarks.push(
    ...unanswered(
      document,
      shipments.map((one) => one.carrier_tracking_id),
    ),
  );
  return { shipments, remarks, complete: true };
}

function shipmentOf(
  shipment: DhlShipment,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const events = readEach(DhlEvent, shipment.events, `${path}.events`, remarks).map(
    ({ value: event, at }) => {
      const address = event.location?.address;
      const code = word(event.statusCode);
      const text = word(event.description) ?? word(event.status);
      return tell(
        rules,
        {
          code,
          text,
          lookups: [
            ...ownCodes(event).map((own) => ({ code: own, service: word(shipment.service) })),
            { code: null, text: oneLine(text) },
            { code },
          ],
          time: timeOf(event, word(shipment.service)),
          location: placeOf({
            city: address?.addressLocality,
            postal_code: address?.postalCode,
            country: address?.countryCode,
          }),
          meta: metaOf({
            service: shipment.service,
            status: event.status === event.description ? null : event.status,
            remark: event.remark,
          }),
          at,
        },
        remarks,
      );
    },
  );
  const newest = latest(events);
  if (newest !== null) {
    const { weight, dimensions } = shipment.details ?? {};
    newest.other.carrier_weight_dims = measuresOf({
      weight: { value: weight?.value, unit: weight?.unitText },
      length: dimensions?.length?.value,
      width: dimensions?.width?.value,
      height: dimensions?.height?.value,
      unit: dimensions?.length?.unitText,
    });
  }
  const { signed } = shipment.details?.proofOfDelivery ?? {};
  const signed_by = word(signed?.name) ?? word(signed?.familyName);
  const delivered = latest(events.filter(({ status }) => status === "delivered"));
  if (delivered !== null && signed_by !== null) {
    delivered.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  }
  return {
    carrier_tracking_id: String(shipment.id).trim(),
    parcel_tracking_id: null,
    other_ids: [],
    events,
    eta: delivered === null ? etaOf(shipment) : null,
    carrier_tracking_update: null,
  };
}

/** DHL's five words, which stand in for an event's own code where the division has none. */
const WORDS = new Set(["pre-transit", "transit", "delivered", "failure", "unknown"]);

/** The division's code, in either field, bare or behind its number in DHL's list (`297:AE`). */
function ownCodes({ statusCode, status }: DhlEvent): string[] {
  return [word(statusCode), word(status)]
    .filter((said) => said !== null)
    .map((said) => said.replace(/^\d{1,6}:/u, ""))
    .filter((said) => !WORDS.has(said.toLowerCase()));
}

/** With offset or Z where the division knows better; else its own wall, or the place's. */
function timeOf(event: DhlEvent, service: string | null): CarrierTime {
  const own = SERVICE_ZONES.get(service ?? "");
  const address = event.location?.address;
  const place = zoneOf({ country: word(address?.countryCode), postal_code: word(address?.postalCode) });
  const zone = own ?? place ?? HOME;
  const source = own !== undefined ? "carrier_default" : place === null ? "assumed" : "place";
  return readIso(word(event.timestamp) ?? "", zone, source);
}

/** Until when, else the estimate; midnight means the day. */
function etaOf(shipment: DhlShipment): string | null {
  const text =
    word(shipment.estimatedDeliveryTimeFrame?.estimatedThrough) ??
    word(shipment.estimatedTimeOfDelivery) ??
    "";
  const day = /^(\d{4}-\d{2}-\d{2})T00:00(:00)?Z?$/u.exec(text)?.[1];
  return promiseOf(readIso(day ?? text, SERVICE_ZONES.get(word(shipment.service) ?? "") ?? HOME));
}
