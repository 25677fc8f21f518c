import { type CarrierTime, inZone, readIso, UNKNOWN_TIME, wallClock } from "../../domain/local-time.ts";
import { zoneOf } from "../../domain/places.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readText, readXml } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { metaOf, placeOf, tell, word } from "../telling.ts";
import { DpdAnswer, DpdFault, DpdStatus, listElements } from "./schema.ts";

const HOME = "Europe/Berlin";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(document);
  if (!text.ok) return nothing(text);
  return /^"?PARCELNO"?;/u.test(text.value) ? fromFile(text.value, rules) : fromSoap(document, rules);
}

function fromSoap(document: RawDocument, rules: RuleTable): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(DpdAnswer, withLists(plainXml(tree.value, []))) : tree;
  if (!read.ok) return nothing(read);
  const { Fault, getTrackingDataResponse } = read.value.Envelope.Body;
  const remarks: Remark[] = [];
  if (Fault || !getTrackingDataResponse) {
    const inner = Object.values(Fault?.detail ?? {}).map((part) => DpdFault.safeParse(part));
    const told = inner.find(({ success }) => success)?.data;
    const detail = [word(told?.errorCode), word(told?.errorMessage) ?? word(Fault?.faultstring)]
      .filter(Boolean)
      .join(": ");
    const unknown = /not ?found|no data|does not exist/iu.test(detail);
    remarks.push({
      kind: unknown ? "not_found" : "carrier_error",
      detail: detail === "" ? "DPD answered with a fault that says nothing." : detail,
      at: document.asked[0] ?? null,
    });
    return { shipments: [], remarks, complete: true };
  }
  const list = readEach(DpdStatus, getTrackingDataResponse.trackingresult.statusInfo, "statusInfo", remarks);
  const events = list
    .filter(({ value }) => value.statusHasBeenReached !== "false")
    .map(({ value: status, at }) => {
      const place = placeIn(word(status.location?.content));
      const sentences = (status.description?.content ?? [])
        .map(({ content }) => word(content))
        .filter(Boolean);
      return tell(
        rules,
        {
          code: status.status,
          text: sentences.length > 0 ? sentences.join(" ") : word(status.label?.content),
          time: timeOf(word(status.date?.content), place.country),
          location: placeOf(place),
          at,
        },
        remarks,
      );
    });
  // The answer does not repeat the number: it is the one that was asked for.
  const [number] = document.asked;
  if (number === undefined) {
    remarks.push({
      kind: "incomplete",
      detail: "The answer does not repeat the number that was asked for.",
      at: null,
    });
  }
  const known = number ?? "unknown";
  return {
    shipments: events.length === 0 && number === undefined ? [] : [shipmentOf(known, events)],
    remarks,
    complete: true,
  };
}

/** `content` stands inside `content`, and is a list in a description only: one becomes a list there. */
function withLists(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((part) => withLists(part));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const list = name === "description" && key === "content" && !Array.isArray(part);
      return [key, list ? [withLists(part)] : withLists(part, key)];
    }),
  );
}

function shipmentOf(number: string, events: HarmonizedShipment["events"]): HarmonizedShipment {
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: [],
    events,
    eta: null,
    carrier_tracking_update: null,
  };
}

/** "Mechelen (BE)" */
function placeIn(text: string | null): { name: string | null; country: string | null } {
  const match = /^(.*)\(([A-Z]{2})\)$/u.exec(text ?? "");
  return match === null
    ? { name: text, country: null }
    : { name: match[1]?.trim() ?? null, country: match[2] ?? null };
}

/** M/D/YYYY h:mm:ss AM/PM on the wall of the place. */
function timeOf(text: string | null, country: string | null): CarrierTime {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ([AP])M$/u.exec(text ?? "");
  const zone = zoneOf({ country });
  const source = zone === null ? "carrier_default" : "place";
  if (match === null) return text === null ? UNKNOWN_TIME : readIso(text, zone ?? HOME, source);
  const [month, day, year, hour, minute, second] = match.slice(1, 7).map(Number);
  const hours = ((hour ?? 0) % 12) + (match[7] === "P" ? 12 : 0);
  return inZone(
    wallClock(year ?? 0, month ?? 0, day ?? 0, hours, minute, second),
    zone ?? HOME,
    source,
    "second",
  );
}

/** STATUSDATA and SCANINFO, by sFTP: semicolons, a header that has changed over the years, so columns go by their names. */
function fromFile(text: string, rules: RuleTable): Harmonized {
  const remarks: Remark[] = [];
  const shipments = new Map<string, HarmonizedShipment>();
  const [header = "", ...lines] = text.split(/\r?\n/u);
  const names = header
    .replace(/;+\s*$/u, "")
    .split(";")
    .map((name) => name.replace(/"/gu, "").trim());
  let complete = true;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const at = `line ${index + 2}`;
    const cells = line.split(";").map((cell) => cell.replace(/^"|"$/gu, "").trim());
    const cell = (...wanted: string[]) => word(cells[names.findIndex((name) => wanted.includes(name))]);
    const number = cell("PARCELNO");
    const code = cell("SCAN_CODE");
    if (cells.length < names.length || number === null || code === null) {
      remarks.push({ kind: "incomplete", detail: "The line has fewer columns than the header.", at });
      if (index === lines.length - 1) complete = false;
      continue;
    }
    const stamp = /^(\d{8})(\d{4,6})$/u.exec(cell("EVENT_DATE_TIME", "SCAN_DATE_TIME") ?? "");
    const event = tell(
      rules,
      {
        code,
        time: stamp === null ? UNKNOWN_TIME : readIso(`${stamp[1]}T${stamp[2]}`, HOME),
        location: placeOf({ code: cell("DEPOT_CODE"), name: cell("DEPOTNAME") }),
        meta: metaOf({ info: cell("INFO_TEXT"), service: cell("SERVICE"), left_at: cell("LOCATION") }),
        at,
      },
      remarks,
    );
    const signed_by = cell("RECEIVER_NAME");
    if (event.status === "delivered" && signed_by !== null) {
      event.other.delivery_confirmation = { signed_by, base64_photo: null, photo_format: null };
    }
    const known = shipments.get(number) ?? shipmentOf(number, []);
    for (const name of ["CUSTOMER_REFERENCE", "CREF1", "CREF2", "CREF3"]) {
      const reference = cell(name);
      if (reference !== null && reference.length >= 5 && !known.other_ids.includes(reference))
        known.other_ids.push(reference);
    }
    known.events.push(event);
    shipments.set(number, known);
  }
  if (shipments.size === 0) {
    remarks.push({ kind: "incomplete", detail: "The file holds no whole line of news.", at: null });
  }
  return { shipments: [...shipments.values()], remarks, complete };
}
