import { type CarrierTime, readIso } from "../../domain/local-time.ts";
import { countryOf } from "../../domain/places.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, placeOf, promiseOf, tell, word } from "../telling.ts";
import { ExpressAnswer, ExpressEvent, ExpressShipment } from "./schema.ts";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, ExpressAnswer);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("status" in read.value) {
    const { status, title, detail } = read.value;
    const said = [String(status), word(title), word(detail)].filter(Boolean).join(": ");
    remarks.push({ kind: String(status) === "404" ? "not_found" : "carrier_error", detail: said, at: null });
    return { shipments: [], remarks, complete: true };
  }
  const shipments = readEach(ExpressShipment, read.value.shipments, "shipments", remarks).flatMap(
    ({ value, at }) => shipmentsOf(value, at, rules, remarks),
  );
  remarks.push(
    ...unanswered(
      document,
      shipments.flatMap((one) => [one.carrier_tracking_id, one.parcel_tracking_id]),
    ),
  );
  return { shipments, remarks, complete: true };
}

/** The shipment's own events, and those of each piece that has some. */
function shipmentsOf(
  shipment: ExpressShipment,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment[] {
  const number = String(shipment.shipmentTrackingNumber).trim();
  const eta = promiseOf(
    readIso(
      word(shipment.estimatedTimeOfDelivery) ?? word(shipment.estimatedDeliveryDate) ?? "",
      "UTC",
      "assumed",
    ),
  );
  const told = (
    parcel: string | null,
    list: readonly unknown[] | null | undefined,
    at: string,
  ): HarmonizedShipment => ({
    carrier_tracking_id: number,
    parcel_tracking_id: parcel,
    other_ids: [],
    events: readEach(ExpressEvent, list, at, remarks).map((event) =>
      eventOf(event.value, event.at, rules, remarks),
    ),
    eta,
    carrier_tracking_update: null,
  });
  const whole = told(null, shipment.events, `${path}.events`);
  const newest = latest(whole.events);
  if (newest !== null) {
    const unit = word(shipment.unitOfMeasurements) === "imperial" ? "lb" : "kg";
    newest.other.carrier_weight_dims = measuresOf({ weight: { value: shipment.totalWeight, unit } });
  }
  const pieces = (shipment.pieces ?? []).flatMap((piece, index) => {
    const parcel = word(piece.trackingNumber);
    return parcel === null || !piece.events?.length
      ? []
      : [told(parcel, piece.events, `${path}.pieces[${index}].events`)];
  });
  return [whole, ...pieces];
}

function eventOf(event: ExpressEvent, at: string, rules: RuleTable, remarks: Remark[]): CarrierEvent {
  const [area] = event.serviceArea ?? [];
  const signed_by = word(event.signedBy);
  const country = countryIn(word(area?.description));
  return tell(
    rules,
    {
      code: word(event.typeCode),
      text: word(event.description),
      time: timeOf(event, country),
      location: placeOf({ code: area?.code, name: area?.description, country }),
      other:
        signed_by === null
          ? {}
          : { delivery_confirmation: { signed_by, base64_photo: null, photo_format: null } },
      at,
    },
    remarks,
  );
}

/** "LEIPZIG-GERMANY" names its country behind the last hyphen. */
function countryIn(area: string | null): string | null {
  return countryOf(area?.split("-").at(-1))?.alpha2 ?? null;
}

/** The clock of the service area; its offset where DHL tells it, else the country's, else unknown and read as UTC. */
function timeOf(event: ExpressEvent, country: string | null): CarrierTime {
  const local = [word(event.date), word(event.time)].filter((part) => part !== null).join("T");
  const offset = word(event.time) === null ? "" : (word(event.GMTOffset) ?? "");
  const zone = countryOf(country)?.zone ?? null;
  return readIso(`${local}${offset}`, zone ?? "UTC", zone === null ? "assumed" : "place");
}
