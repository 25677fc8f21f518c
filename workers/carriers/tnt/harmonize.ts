import { type CarrierTime, readIso } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readXml, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, oneLine, placeOf, tell, word } from "../telling.ts";
import { listElements, TntAnswer, TntConsignment, TntEvent } from "./schema.ts";

/** TNT's hubs, Liège and Arnhem, keep one clock, and so do most of its depots. */
const HOME = "Europe/Brussels";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(TntAnswer, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const { Consignment, Error: problems } = read.value.TrackResponse;
  const remarks = (problems ?? []).map(({ Code, Message }): Remark => {
    const detail = [word(Code), oneLine(Message)].filter(Boolean).join(": ");
    return { kind: "carrier_error", detail, at: null };
  });
  const consignments = readEach(TntConsignment, Consignment, "Consignment", remarks);
  const told = consignments.flatMap(({ value, at }) => {
    const number = value.ConsignmentNumber.trim();
    if (word(value.SummaryCode) === "CNF") {
      remarks.push({ kind: "not_found", detail: `TNT does not know ${number} (CNF).`, at: number });
      return [];
    }
    return [shipmentOf(number, value, at, rules, remarks)];
  });
  if (remarks.length === 0 || consignments.length > 0) {
    const named = consignments.flatMap(({ value }) => [
      value.ConsignmentNumber,
      word(value.CustomerReference),
    ]);
    remarks.push(...unanswered(document, named));
  }
  return { shipments: newestOf(told, remarks), remarks, complete: true };
}

/** TNT uses numbers again and then answers with all consignments that had one: the newest is meant. */
function newestOf(told: HarmonizedShipment[], remarks: Remark[]): HarmonizedShipment[] {
  const instant = (one: HarmonizedShipment) => Date.parse(latest(one.events)?.time.at ?? "1970-01-01T00:00Z");
  return [...Map.groupBy(told, (one) => one.carrier_tracking_id)].map(([number, same]) => {
    const newest = same.reduce((last, one) => (instant(one) > instant(last) ? one : last));
    if (same.length > 1) {
      const detail = `TNT has used ${number} for ${same.length} consignments; the newest is told.`;
      remarks.push({ kind: "skipped", detail, at: number });
    }
    return newest;
  });
}

function shipmentOf(
  number: string,
  consignment: TntConsignment,
  path: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const events = readEach(TntEvent, consignment.StatusData, `${path}.StatusData`, remarks).map(
    ({ value: event, at }) => {
      const text = oneLine(event.StatusDescription);
      return tell(
        rules,
        {
          code: event.StatusCode,
          text,
          time: timeOf(event, consignment),
          location: placeOf({ code: event.Depot, name: event.DepotName, type: "local_depot" }),
          at,
        },
        remarks,
      );
    },
  );
  const signed_by = oneLine(consignment.Signatory);
  const delivered = latest(events.filter(({ status }) => status === "delivered"));
  if (delivered !== null && signed_by !== null)
    delivered.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
  const reference = oneLine(consignment.CustomerReference);
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: null,
    // A reference of a letter or two would find the shipments of others.
    other_ids: reference === null || reference.length < 5 || reference === number ? [] : [reference],
    events,
    eta: null,
    carrier_tracking_update: null,
  };
}

/**
 * The depot's clock. TNT names a depot and no country: what was collected is at the origin, what goes out or is delivered
 * at the destination; between them it is somewhere in TNT's network.
 */
function timeOf(event: TntEvent, consignment: TntConsignment): CarrierTime {
  const day = word(event.LocalEventDate) ?? "";
  const clock = word(event.LocalEventTime);
  const depot = word(event.Depot);
  const delivers = new Set(["OK", "OD", "PA"]).has(event.StatusCode);
  const collects =
    new Set(["PU", "CI"]).has(event.StatusCode) ||
    (depot !== null && depot === word(consignment.OriginDepot));
  const country = delivers
    ? consignment.DestinationCountry?.CountryCode
    : collects
      ? consignment.OriginCountry?.CountryCode
      : null;
  const zone = zoneOf({ country: word(country) });
  return readIso(
    clock === null ? day : `${day}T${clock.padStart(4, "0")}`,
    zone ?? HOME,
    zone === null ? "assumed" : "place",
  );
}
