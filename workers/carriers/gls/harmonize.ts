import { readIso } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { nothing, readEach, readJson, readText, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, oneLine, placeOf, promiseOf, tell, word } from "../telling.ts";
import { type GlsConsumer, GlsDocument, GlsEvent, GlsParcel, GlsScan } from "./schema.ts";

const HOME = "Europe/Berlin";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(document);
  if (!text.ok) return nothing(text);
  if (/^\d{8,20}\|/u.test(text.value)) return fromPakstat(text.value, rules);
  const read = readJson(document, GlsDocument);
  if (!read.ok) return nothing(read);
  const remarks: Remark[] = [];
  const shipments =
    "scans" in read.value
      ? [consumer(read.value, rules, remarks)]
      : group(read.value.parcels, rules, remarks);
  const named = [...shipments.map((one) => one.carrier_tracking_id), ...remarks.map(({ at }) => at)];
  remarks.push(...unanswered(document, named));
  return { shipments, remarks, complete: true };
}

function group(list: readonly unknown[], rules: RuleTable, remarks: Remark[]): HarmonizedShipment[] {
  return readEach(GlsParcel, list, "parcels", remarks).flatMap(({ value, at }) => {
    const number = word(value.unitno) ?? word(value.requested);
    const code = word(value.errorCode);
    if (code !== null || number === null) {
      const detail =
        [code, word(value.errorMessage)].filter(Boolean).join(": ") || "A parcel without a number.";
      remarks.push({ kind: /404/u.test(code ?? "") ? "not_found" : "carrier_error", detail, at: number });
      return [];
    }
    const events = readEach(GlsEvent, value.events, `${at}.events`, remarks).map(
      ({ value: event, at: where }) =>
        tell(
          rules,
          {
            code: word(event.code),
            text: word(event.description),
            time: readIso(word(event.eventDateTime) ?? "", HOME),
            location: placeOf({ city: event.city, postal_code: event.postalCode, country: event.country }),
            at: where,
          },
          remarks,
        ),
    );
    const asked = word(value.requested);
    return [shipmentOf(number, events, asked === null || asked === number ? [] : [asked])];
  });
}

/** Scans without zone, promises in UTC. */
function consumer(parcel: GlsConsumer, rules: RuleTable, remarks: Remark[]): HarmonizedShipment {
  const events = readEach(GlsScan, parcel.scans, "scans", remarks).map(({ value: scan, at }) => {
    const text = word(scan.eventReasonDescr);
    const code = word(scan.state);
    return tell(
      rules,
      {
        code,
        text,
        lookups: [{ code: null, text: oneLine(text) }, { code: `state ${code ?? ""}` }],
        time: readIso(word(scan.dateTime) ?? "", "Europe/Amsterdam"),
        at,
      },
      remarks,
    );
  });
  const newest = latest(events);
  if (newest !== null) {
    newest.other.carrier_weight_dims = measuresOf({
      weight: { value: parcel.weighedWeight ?? parcel.suppliedWeight, unit: "kg" },
      length: parcel.length,
      width: parcel.width,
      height: parcel.height,
      unit: "cm",
    });
  }
  const shipment = shipmentOf(parcel.parcelNo.trim(), events, []);
  shipment.eta = promiseOf(readIso(word(parcel.deliveryStatus?.etaTimestampMax) ?? "", "Europe/Amsterdam"));
  return shipment;
}

function shipmentOf(number: string, events: CarrierEvent[], other_ids: string[]): HarmonizedShipment {
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids,
    events,
    eta: null,
    carrier_tracking_update: null,
  };
}

/**
 * pakstat, by sFTP: bars, no header, not in the order of time. Columns from 0: parcel, dispatch date, depot of the status, status,
 * date, time, who took it, customer, the customer's own number of the parcel, consignee number, consignee.
 */
function fromPakstat(text: string, rules: RuleTable): Harmonized {
  const remarks: Remark[] = [];
  const shipments = new Map<string, HarmonizedShipment>();
  const lines = text.split(/\r?\n/u);
  let complete = true;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const at = `line ${index + 1}`;
    const cells = line.split("|").map((cell) => cell.trim());
    const [number = "", , depot = "", status = "", date = "", time = "", taken = "", , own = ""] = cells;
    if (cells.length < 11 || !/^\d+$/u.test(number)) {
      remarks.push({ kind: "incomplete", detail: "The line is no whole line of a pakstat file.", at });
      if (index === lines.length - 1) complete = false;
      continue;
    }
    const event = tell(
      rules,
      {
        code: word(status),
        time: readIso(`${date}T${time}`, HOME),
        location: placeOf({ code: depot }),
        at,
      },
      remarks,
    );
    // A column of digits is a shop's or a driver's key and no name.
    if (event.status === "delivered" && /\p{L}{2}/u.test(taken)) {
      event.other.delivery_confirmation = { signed_by: taken, base64_photo: null, photo_format: null };
    }
    const known = shipments.get(number) ?? shipmentOf(number, [], own === "" ? [] : [own]);
    known.events.push(event);
    shipments.set(number, known);
  }
  return { shipments: [...shipments.values()], remarks, complete };
}
