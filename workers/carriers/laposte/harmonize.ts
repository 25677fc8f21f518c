import { readIso } from "../../domain/local-time.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { metaOf, promiseOf, tell, word } from "../telling.ts";
import { LaPosteAnswer, LaPosteEvent, LaPosteNews, type LaPosteShipment } from "./schema.ts";

const HOME = "Europe/Paris";

/** Return codes that speak of the number: of no known form, unknown, not yet there, too old. Others speak of us. */
const NO_NEWS = new Set([101, 104, 105, 109, 400, 404]);

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const read = readJson(document, LaPosteNews);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  if ("code" in read.value && "message" in read.value) {
    const detail = [String(read.value.code), word(read.value.message)].filter(Boolean).join(": ");
    return { shipments: [], remarks: [{ kind: "carrier_error", detail, at: null }], complete: true };
  }
  const list = Array.isArray(read.value) ? read.value : [read.value];
  const answers = readEach(LaPosteAnswer, list, "", remarks);
  const shipments = answers.flatMap(({ value, at }) => {
    if (value.shipment) return [shipmentOf(value.shipment, `${at}.shipment`, rules, remarks)];
    const number = word(value.idShip) ?? (document.asked.length === 1 ? document.asked[0] : null) ?? null;
    remarks.push({
      kind: NO_NEWS.has(value.returnCode) ? "not_found" : "carrier_error",
      detail: [String(value.returnCode), word(value.returnMessage)].filter(Boolean).join(": "),
      at: number,
    });
    return [];
  });
  const named = [
    ...shipments.flatMap((one) => [one.carrier_tracking_id, ...one.other_ids]),
    ...remarks.map(({ at }) => at),
  ];
  if (shipments.length > 0 || remarks.length === 0) remarks.push(...unanswered(document, named));
  return { shipments, remarks, complete: true };
}

function shipmentOf(
  shipment: LaPosteShipment,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const { removalPoint, partner } = shipment.contextData ?? {};
  const events = readEach(LaPosteEvent, shipment.event, `${path}.event`, remarks).map(
    ({ value: event, at }) =>
      tell(
        rules,
        {
          code: event.code,
          text: word(event.label),
          time: readIso(word(event.date) ?? "", HOME, "carrier_default"),
          meta: metaOf({
            product: shipment.product,
            // where it waits: not the event's place, which La Poste does not tell
            removal_point: event.code === "AG1" ? removalPoint?.name : null,
          }),
          at,
        },
        remarks,
      ),
  );
  const number = shipment.idShip.trim();
  const abroad = word(partner?.reference);
  const promised = word(shipment.estimHourMax) ?? word(shipment.estimDate) ?? "";
  // a promise for midnight is one for the day
  const day = /^(\d{4}-\d{2}-\d{2})T00:00:00/u.exec(promised)?.[1];
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: abroad === null || abroad === number ? [] : [abroad],
    events,
    eta: promiseOf(readIso(day ?? promised, HOME)),
    carrier_tracking_update: null,
  };
}
