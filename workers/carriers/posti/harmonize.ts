import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import { type PostiAccountShipment, PostiAnswer, PostiEvent, PostiHit } from "./schema.ts";

/** Posti stamps in UTC; the zone is for a stamp that says none. */
const HOME = "Europe/Helsinki";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, PostiAnswer);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("trackingNumbers" in read.value) {
    const shipments = ofAccount(read.value, rules, remarks);
    return { shipments, remarks, complete: true };
  }
  if (read.value.data === null) {
    const { errors } = read.value;
    for (const { errorType, message } of errors) {
      remarks.push({
        kind: "carrier_error",
        detail: [word(errorType), word(message)].filter(Boolean).join(": "),
        at: null,
      });
    }
    return { shipments: [], remarks, complete: true };
  }
  const { hits } = read.value.data.consumerSearchShipments;
  const shipments = readEach(PostiHit, hits, "hits", remarks).map(({ value, at }) =>
    ofSearch(value, at, rules, remarks),
  );
  if (hits.length === 0 && document.asked.length === 0) {
    remarks.push({ kind: "not_found", detail: "Posti knows no such shipment.", at: null });
  }
  remarks.push(
    ...unanswered(
      document,
      shipments.map((one) => one.carrier_tracking_id),
    ),
  );
  return { shipments, remarks, complete: true };
}

function ofSearch(hit: PostiHit, path: string, rules: RuleTable, remarks: Remark[]): HarmonizedShipment {
  const events = eventsOf(hit.events, `${path}.events`, word(hit.status?.main), rules, remarks);
  const newest = latest(events);
  const { weight, length, width, height } = hit.measurements ?? {};
  if (newest !== null) {
    newest.other.carrier_weight_dims = measuresOf({
      weight: weight ?? null,
      length: length?.value,
      width: width?.value,
      height: height?.value,
      unit: length?.unit,
    });
  }
  const { timestamp, timestampLatest } = hit.delivery?.time ?? {};
  const number = hit.displayId.trim();
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: [],
    events,
    eta: promiseOf(readIso(word(timestampLatest) ?? word(timestamp) ?? "", HOME)),
    carrier_tracking_update: null,
  };
}

function ofAccount(
  shipment: PostiAccountShipment,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment[] {
  const events = eventsOf(shipment.events, "events", null, rules, remarks);
  const newest = latest(events);
  const only = shipment.trackingNumbers.length === 1;
  if (newest !== null && only) {
    newest.other.carrier_weight_dims = measuresOf({ weight: { value: shipment.grossWeight, unit: "kg" } });
  }
  const eta = promiseOf(readIso(word(shipment.estimatedDeliveryTime) ?? "", HOME));
  return shipment.trackingNumbers.map((number) => ({
    carrier_tracking_id: word(shipment.shipmentNumber) ?? number,
    parcel_tracking_id: number,
    other_ids: [],
    events,
    eta,
    carrier_tracking_update: null,
  }));
}

function eventsOf(
  list: readonly unknown[] | null | undefined,
  path: string,
  state: string | null,
  rules: RuleTable,
  remarks: Remark[],
): CarrierEvent[] {
  return readEach(PostiEvent, list, path, remarks).map(({ value: event, at }) => {
    const text = sentenceOf(event);
    return tell(
      rules,
      {
        code: null,
        text,
        lookups: [{ code: state === "RETURN_DELIVERED" ? state : null, text: oneLine(text) }],
        time: readIso(word(event.timestamp) ?? "", HOME),
        location: placeOf({
          city: event.eventLocation?.city ?? event.city,
          country: event.eventLocation?.country,
        }),
        at,
      },
      remarks,
    );
  });
}

/** English where there is a choice: that is the language of our table. */
function sentenceOf({ eventDescription }: PostiEvent): string | null {
  if (!Array.isArray(eventDescription)) return word(eventDescription);
  const english = eventDescription.find(({ lang }) => lang === "en") ?? eventDescription[0];
  return word(english?.value);
}
