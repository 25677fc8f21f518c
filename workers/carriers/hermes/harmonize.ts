import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { placeOf, promiseOf, tell, word } from "../telling.ts";
import { HermesAnswer, HermesEvent, HermesShipment, ProgressEvent } from "./schema.ts";

const HOME = "Europe/Berlin";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, HermesAnswer);
  if (!read.ok) return nothing(read);
  const answer = read.value;
  const remarks: Remark[] = [];
  if ("error" in answer) {
    const detail = [answer.error, word(answer.error_description)].filter(Boolean).join(": ");
    return { shipments: [], remarks: [{ kind: "carrier_error", detail, at: null }], complete: true };
  }
  if ("listOfResultCodes" in answer) {
    for (const result of answer.listOfResultCodes) remarks.push(problem(result, null));
    return { shipments: [], remarks, complete: true };
  }
  const shipments =
    "parcelProgress" in answer
      ? [shipmentOf(answer.barcode, [], progressOf(answer.parcelProgress, rules, remarks), null)]
      : readEach(HermesShipment, answer.shipmentinfo, "shipmentinfo", remarks).flatMap(({ value, at }) =>
          toldBy(value, at, rules, remarks),
        );
  const named = [
    ...shipments.flatMap((one) => [one.carrier_tracking_id, ...one.other_ids]),
    ...remarks.map(({ at }) => at),
  ];
  remarks.push(...unanswered(document, named));
  return { shipments, remarks, complete: true };
}

/** e001: "There is no information for the entered value." */
function problem(
  result: { code?: string | null | undefined; message?: string | null | undefined },
  at: string | null,
): Remark {
  const code = word(result.code);
  const detail = [code, word(result.message)].filter(Boolean).join(": ");
  return { kind: code === "e001" ? "not_found" : "carrier_error", detail, at };
}

function toldBy(
  shipment: HermesShipment,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment[] {
  const code = word(shipment.result?.code);
  if (shipment.result && code !== null && !code.startsWith("w")) {
    remarks.push(problem(shipment.result, shipment.shipmentID.trim()));
    if (!shipment.status) return [];
  }
  const events = readEach(HermesEvent, shipment.status, `${path}.status`, remarks).map(
    ({ value: event, at }) =>
      tell(
        rules,
        {
          code: event.code,
          text: word(event.description),
          time: readIso(word(event.timestamp) ?? "", HOME, "carrier_default"),
          location: placeOf({
            name: event.scanningUnit?.name,
            city: event.scanningUnit?.city,
            country: event.scanningUnit?.countryCode,
          }),
          at,
        },
        remarks,
      ),
  );
  const day = word(shipment.deliveryForecast?.date);
  const end = word(shipment.deliveryForecast?.timeSlot?.to);
  const promised = day === null ? "" : end === null ? day : `${day}T${end}`;
  const references = [shipment.internationalShipmentID, shipment.clientReference, shipment.clientReference2];
  return [
    shipmentOf(
      shipment.shipmentID,
      // A reference of a letter or two would find the shipments of others.
      references.map(word).filter((other) => other !== null && other.length >= 5),
      events,
      promiseOf(readIso(promised, HOME)),
    ),
  ];
}

function progressOf(list: readonly unknown[], rules: RuleTable, remarks: Remark[]): CarrierEvent[] {
  return readEach(ProgressEvent, list, "parcelProgress", remarks).map(({ value: event, at }) =>
    tell(
      rules,
      {
        code: event.parcelStatus,
        text: word(event.historyText) ?? word(event.status),
        time: readIso(word(event.timestamp) ?? "", "UTC", "carrier_default"),
        at,
      },
      remarks,
    ),
  );
}

function shipmentOf(
  given: string,
  others: readonly (string | null)[],
  events: CarrierEvent[],
  eta: string | null,
): HarmonizedShipment {
  const number = given.trim();
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: others.filter((other) => other !== null).filter((other) => other !== number),
    events,
    eta,
    carrier_tracking_update: null,
  };
}
