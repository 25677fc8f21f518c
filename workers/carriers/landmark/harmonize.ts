import { type CarrierTime, inZone, readIso, wallClock } from "../../domain/local-time.ts";
import { alpha3, countryOf, stateOf } from "../../domain/places.ts";
import type { CarrierEvent, OffsetSource } from "../../domain/tracking-event.ts";
import type { HarmonizeContext, Harmonized, HarmonizedShipment, RawDocument, Remark } from "../carrier.ts";
import { checked, nothing, plainXml, readEach, readText, readXml, unanswered } from "../reading.ts";
import type { RuleTable } from "../rules.ts";
import { type PlaceSaid, placeOf, tell, word } from "../telling.ts";
import { LandmarkAnswer, LandmarkEvent, LandmarkPackage, listElements } from "./schema.ts";

/**
 * "Tracking File Specifications": Time is US Central. The API's stamps have no zone and nothing is written of theirs; they
 * are the same system's, and only as Central times do the scans of British depots fall into the day.
 */
const OFFICE = "America/Chicago";

export function harmonize(document: RawDocument, { rules }: HarmonizeContext): Harmonized {
  const text = readText(document);
  if (!text.ok) return nothing(text);
  return /^"?Client"?,/u.test(text.value)
    ? fromFile(text.value, endsWhole(document.body), rules)
    : fromApi(document, rules);
}

function fromApi(document: RawDocument, rules: RuleTable): Harmonized {
  const tree = readXml(document, listElements);
  const read = tree.ok ? checked(LandmarkAnswer, plainXml(tree.value, [])) : tree;
  if (!read.ok) return nothing(read);
  const { Result, Errors } = read.value.TrackResponse;
  const remarks = (Errors?.Error ?? []).map(({ ErrorCode, ErrorMessage }): Remark => {
    const detail = [word(ErrorCode), word(ErrorMessage)].filter(Boolean).join(": ");
    return {
      kind: /not found|no (package|shipment|match)|could not be found|does not exist/iu.test(detail)
        ? "not_found"
        : "carrier_error",
      detail,
      at: document.asked[0] ?? null,
    };
  });
  if (Result?.Success !== "true" && remarks.length === 0) {
    const detail =
      word(Result?.ResultMessage) ?? "Landmark answered neither with packages nor with an error.";
    remarks.push({ kind: "carrier_error", detail, at: document.asked[0] ?? null });
  }
  const packages = readEach(LandmarkPackage, Result?.Packages?.Package, "Packages.Package", remarks);
  const shipments = packages.map(({ value, at }) => {
    const events = readEach(LandmarkEvent, value.Events?.Event, `${at}.Events.Event`, remarks);
    return shipmentOf(
      value.LandmarkTrackingNumber,
      [word(value.TrackingNumber), word(value.PackageReference)],
      events.map((event) => eventOf(event.value, event.at, "assumed", rules, remarks)),
    );
  });
  if (remarks.length === 0) {
    const answered = shipments.flatMap((one) => [one.carrier_tracking_id, ...one.other_ids]);
    remarks.push(...unanswered(document, answered));
  }
  return { shipments, remarks, complete: true };
}

/** TransitReport files: commas, quotation marks where a cell holds one, a header whose names tell the columns. */
function fromFile(text: string, whole: boolean, rules: RuleTable): Harmonized {
  const remarks: Remark[] = [];
  const shipments = new Map<string, HarmonizedShipment>();
  const [header = "", ...lines] = text.split(/\r?\n/u);
  const names = cellsOf(header).map((name) => name.toLowerCase());
  let complete = true;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const at = `line ${index + 2}`;
    const last = index === lines.length - 1;
    const cells = cellsOf(line);
    const cell = (name: string) => word(cells[names.indexOf(name)]);
    const number = cell("landmark tracking number");
    const code = cell("status code");
    if (cells.length < names.length || number === null || code === null || (last && !whole)) {
      remarks.push({ kind: "incomplete", detail: "The line is not whole.", at });
      if (last) complete = false;
      continue;
    }
    const told = {
      Status: cell("status"),
      DateTime: cell("time"),
      Location: cell("location"),
      EventCode: code,
    };
    const known =
      shipments.get(number) ??
      shipmentOf(number, [cell("carrier tracking number"), longEnough(cell("reference"))], []);
    known.events.push(eventOf(told, at, "carrier_default", rules, remarks));
    shipments.set(number, known);
  }
  if (shipments.size === 0) {
    remarks.push({ kind: "incomplete", detail: "The file holds no whole line of news.", at: null });
  }
  return { shipments: [...shipments.values()], remarks, complete };
}

/** Whether the last line is known to be whole: a file that ends in the middle of a place would tell another one. */
const endsWhole = (body: Uint8Array) => body.at(-1) === 0x0a;

/** A reference of a letter or two would find the shipments of others. */
const longEnough = (reference: string | null) =>
  reference !== null && reference.length >= 5 ? reference : null;

/** The cells of a line of RFC 4180. */
function cellsOf(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gu);
  return [...cells].map(([, quoted, bare]) => (quoted?.replaceAll('""', '"') ?? bare ?? "").trim());
}

function shipmentOf(number: string, others: (string | null)[], events: CarrierEvent[]): HarmonizedShipment {
  return {
    carrier_tracking_id: number,
    parcel_tracking_id: number,
    other_ids: others.filter((other) => other !== null).filter((other) => other !== number),
    events,
    eta: null,
    carrier_tracking_update: null,
  };
}

function eventOf(
  event: LandmarkEvent,
  at: string,
  source: OffsetSource,
  rules: RuleTable,
  remarks: Remark[],
): CarrierEvent {
  const code = word(event.EventCode);
  const text = word(event.Status);
  return tell(
    rules,
    {
      code,
      text,
      lookups: [{ code: null, text }, { code }],
      time: timeOf(word(event.DateTime) ?? "", source),
      location: placeOf(placeIn(word(event.Location))),
      at,
    },
    remarks,
  );
}

function timeOf(text: string, source: OffsetSource): CarrierTime {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}) ([AP])M$/u.exec(text);
  if (match === null) return readIso(text, OFFICE, source);
  const [month, day, year, hour, minute] = match.slice(1, 6).map(Number);
  const hours = ((hour ?? 0) % 12) + (match[6] === "P" ? 12 : 0);
  return inZone(wallClock(year ?? 0, month ?? 0, day ?? 0, hours, minute), OFFICE, source, "minute");
}

const NORTH_AMERICA = ["US", "CA"].map(countryOf).filter((country) => country !== null);

/** "Montreal, QC, CA", "Paris, FR", "Columbus, OH": the last of two is a country only where it is no state. */
function placeIn(text: string | null): PlaceSaid {
  const [city = null, ...rest] = (text ?? "").split(",").map((part) => part.trim());
  const last = rest.at(-1) ?? null;
  const state = rest.length > 1 || NORTH_AMERICA.some((one) => stateOf(one, last) !== null);
  const country = rest.length > 1 || !state ? last : null;
  if (alpha3(country) === null) return { city, state: rest.join(", ") };
  return { city, state: rest.slice(0, -1).join(", "), country };
}
