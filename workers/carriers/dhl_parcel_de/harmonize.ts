import { type CarrierTime, inZone, readIso, UNKNOWN_TIME, wallClock } from "../../domain/local-time.ts";
import type { CarrierEvent } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, readText, readXml, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { latest, measuresOf, metaOf, placeOf, tell, word } from "../telling.ts";
import { DhlAnswer, type DhlData } from "./schema.ts";

const HOME = "Europe/Berlin";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(latin(document));
  if (!text.ok) return nothing(text);
  if (/Piece-Code/u.test(text.value.slice(0, 2000)) && !text.value.startsWith("<"))
    return fromReport(text.value, rules);
  const tree = readXml(document, ["data"]);
  const read = tree.ok ? checked(DhlAnswer, tree.value) : tree;
  if (!read.ok) return nothing(read);
  const [list] = read.value.data;
  const remarks: Remark[] = [];
  const code = word(list["@code"]);
  if (code !== null && code !== "0") remarks.push(problem(code, word(list["@error"]), null));
  else if (code === null && list["@name"] !== "piece-shipment-list") {
    return nothing({
      remark: {
        kind: "unreadable",
        detail: "The document has not the carrier's shape: no piece-shipment-list.",
        at: null,
      },
      complete: true,
    });
  }
  const pieces = (list.data ?? []).filter((data) => data["@name"] === "piece-shipment");
  const shipments = pieces.flatMap((piece, index) => {
    const events = (piece.data ?? [])
      .filter((data) => data["@name"] === "piece-event-list")
      .flatMap((data) => data.data ?? [])
      .filter((data) => data["@name"] === "piece-event");
    const number =
      word(piece["@piece-code"]) ?? word(piece["@searched-piece-code"]) ?? word(piece["@piece-identifier"]);
    const status = word(piece["@error-status"]) ?? word(piece["@piece-status"]);
    if (number === null || (events.length === 0 && status !== null && status !== "0")) {
      if (code === "0") remarks.push(problem(status, word(piece["@piece-status-desc"]), number));
      return [];
    }
    return [pieceOf(number, piece, events, `piece-shipment[${index}]`, rules, remarks)];
  });
  if (remarks.every(({ kind }) => kind !== "not_found" && kind !== "carrier_error")) {
    remarks.push(
      ...unanswered(
        document,
        shipments.flatMap((one) => [one.carrier_tracking_id, ...one.other_ids]),
      ),
    );
  }
  return { shipments, remarks, complete: true };
}

/** The report is ISO 8859-1 and says so nowhere; the XML declares what it is. */
function latin(document: RawDocument): RawDocument {
  const starts = document.body[0] === 0x3c || document.body[0] === 0xef;
  return starts || document.content_type?.includes("charset")
    ? document
    : { ...document, content_type: "text/csv; charset=windows-1252" };
}

/** 100: no data found. Others: 5 and 6 log-in failed, 12 too many requests … */
function problem(code: string | null, message: string | null, at: string | null): Remark {
  const unknown = code === "100" || /no data found|keine daten/iu.test(message ?? "");
  return {
    kind: unknown ? "not_found" : "carrier_error",
    detail: [code, message].filter(Boolean).join(": "),
    at,
  };
}

function pieceOf(
  number: string,
  piece: DhlData,
  events: readonly DhlData[],
  at: string,
  rules: RuleTable,
  remarks: Remark[],
): HarmonizedShipment {
  const told = events.map((event, index) =>
    tell(
      rules,
      {
        ...codesOf(word(event["@standard-event-code"]), word(event["@ice"]), word(event["@ric"])),
        text: word(event["@event-status"]),
        time: timeOf(word(event["@event-timestamp"])),
        location: placeOf({ city: event["@event-location"], country: event["@event-country"] }),
        at: `${at}.piece-event[${index}]`,
      },
      remarks,
    ),
  );
  const newest = latest(told);
  if (newest !== null) {
    newest.other.carrier_weight_dims = measuresOf({
      weight: { value: piece["@shipment-weight"], unit: "kg" },
      length: piece["@shipment-length"],
      width: piece["@shipment-width"],
      height: piece["@shipment-height"],
      unit: "cm",
    });
  }
  return shipmentOf(number, told, word(piece["@piece-customer-reference"]));
}

function shipmentOf(number: string, events: CarrierEvent[], reference: string | null): HarmonizedShipment {
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: reference === null ? [] : [reference],
    events,
    eta: null,
    carrier_tracking_update: null,
  };
}

function codesOf(standard: string | null, ice: string | null, ric: string | null) {
  return {
    code: standard,
    sub_code: ice === null ? null : [ice, ric].filter(Boolean).join("-"),
    lookups: [{ code: ice, sub_code: ric, service: standard }, { code: `std ${standard ?? ""}` }],
  };
}

/** DD.MM.YYYY HH:mm on a German wall. */
function timeOf(text: string | null): CarrierTime {
  const match = /^(\d{2})\.(\d{2})\.(\d{4})(?: (\d{2}):(\d{2}))?$/u.exec(text ?? "");
  if (match === null) return UNKNOWN_TIME;
  const [day, month, year, hour, minute] = match.slice(1).map((part) => Number(part ?? 0));
  const wall = wallClock(year ?? 0, month ?? 0, day ?? 0, hour, minute);
  return inZone(wall, HOME, "carrier_default", match[4] === undefined ? "date" : "minute");
}

/**
 * REPSRD, the standard report by sFTP: semicolons, a header, one line an event, every event once for each form of the account
 * number. The columns we read, from 0: 3 time, 4 place, 5 country, 8 piece code, 12 ICE, 13 RIC, 14 standard event, 17 reference.
 */
function fromReport(text: string, rules: RuleTable): Harmonized {
  const remarks: Remark[] = [];
  const shipments = new Map<string, HarmonizedShipment>();
  const seen = new Set<string>();
  const lines = text.split(/\r?\n/u);
  const columns = lines[0]?.split(";").length ?? 0;
  let complete = true;
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === "") continue;
    const at = `line ${index + 1}`;
    const cells = line.split(";").map((cell) => cell.trim());
    const [, , , time = "", place = "", country = ""] = cells;
    const [number = "", , , , ice = "", ric = "", standard = "", , , reference = ""] = cells.slice(8);
    if (cells.length < Math.max(columns, 18) || number === "") {
      remarks.push({ kind: "incomplete", detail: "The line has fewer columns than the header.", at });
      if (index === lines.length - 1) complete = false;
      continue;
    }
    const key = JSON.stringify([number, time, place, ice, ric, standard]);
    if (seen.has(key)) continue;
    seen.add(key);
    const event = tell(
      rules,
      {
        ...codesOf(word(standard), word(ice), word(ric)),
        time: readIso(time, HOME),
        location: placeOf({ code: place, country }),
        meta: metaOf({ return: cells[28] === "1" ? true : null }),
        at,
      },
      remarks,
    );
    const known = shipments.get(number) ?? shipmentOf(number, [], word(reference));
    known.events.push(event);
    shipments.set(number, known);
  }
  if (shipments.size === 0) {
    remarks.push({ kind: "incomplete", detail: "The report holds no whole line of news.", at: null });
  }
  return { shipments: [...shipments.values()], remarks, complete };
}
