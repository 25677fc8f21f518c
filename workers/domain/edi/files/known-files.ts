/** Files that are known by their content, and how each is laid out. The carriers' samples are the source; none of these has a public norm. */
import type { FileDescription } from "./file-description.ts";
import { splitSeparated } from "./rows.ts";

/** DPD STATUSDATA and SCANINFO: `;` with a heading and a last `;`. SCAN_CODE is the status, times are local. */
const dpd: Omit<FileDescription, "kind" | "time"> = {
  layout: { type: "separated", delimiter: ";", quote: null, header: true },
  least_fields: 5,
  ids: [{ scheme: "parcel", at: "PARCELNO" }],
  status: "SCAN_CODE",
  place_code: "DEPOT_CODE",
  place_name: "DEPOTNAME",
  signed_by: "RECEIVER_NAME",
  text: "INFO_TEXT",
  references: {
    CUSTOMER_REFERENCE: "CUSTOMER_REFERENCE",
    CREF1: "CREF1",
    CREF2: "CREF2",
    CREF3: "CREF3",
    CREF4: "CREF4",
    MPSCREF1: "MPSCREF1",
    SERVICE: "SERVICE",
    ADD_SERVICE_1: "ADD_SERVICE_1",
    ADD_SERVICE_2: "ADD_SERVICE_2",
    ADD_SERVICE_3: "ADD_SERVICE_3",
    POD_IMAGE_REF: "POD_IMAGE_REF",
    LOCATION: "LOCATION",
  },
};

const dpdStatusdata: FileDescription = {
  ...dpd,
  kind: "dpd-statusdata",
  time: { at: "EVENT_DATE_TIME", pattern: "CCYYMODDHHMISS" },
};

const dpdScaninfo: FileDescription = {
  ...dpd,
  kind: "dpd-scaninfo",
  time: { at: "SCAN_DATE_TIME", pattern: "CCYYMODDHHMISS" },
};

/** DHL Paket REPSRD (Sendungsdatenreport): event and RIC tell one status in two columns. */
const dhlPaketRepsrd: FileDescription = {
  kind: "dhl-paket-repsrd",
  layout: { type: "separated", delimiter: ";", quote: '"', header: true },
  least_fields: 14,
  ids: [{ scheme: "parcel", at: "Piece-Code (Identifizierer)" }],
  status: "Status Event",
  sub_status: "Status RIC",
  reason: "Status RIC",
  time: { at: "Erfassungszeitpunkt", pattern: "CCYY-MO-DD HH:MI:SS" },
  place_code: "Erfassungsort",
  country: "Erfassungsland",
  references: {
    Standardereignis: "Standardereignis",
    Referenznummer1: "Referenznummer1",
    Retourensendung: "Retourensendung (J/N)",
    Zustelldatum: "Zustelldatum",
  },
};

/** GLS pakstat: parcel | dispatch date | depot | status | date | time | note | customer | id | reference | consignee |. */
const glsPakstat: FileDescription = {
  kind: "gls-pakstat",
  layout: { type: "separated", delimiter: "|", quote: null, header: false },
  least_fields: 10,
  ids: [{ scheme: "parcel", at: 0 }],
  status: 3,
  time: { at: 4, clock: 5, pattern: "CCYYMODD HHMI" },
  midnight_is_date: true,
  place_code: 2,
  text: 6,
  references: { customer: 7, id: 8, reference: 9 },
};

/** GLS Italy ESITI: records of 564 characters, no line tells its type. */
const glsItaly: FileDescription = {
  kind: "gls-italy-esiti",
  layout: { type: "fixed", record: null, last_record: null },
  least_fields: 273,
  ids: [{ scheme: "parcel", at: [0, 20] }],
  status: [271, 273],
  time: { at: [49, 57], clock: [84, 90], pattern: "DDMOCCYY HHMISS" },
  signed_by: [58, 84],
};

/** FORTRAS STAT512 (German groupage co-operations): @@PH, Q00, Q10 lines, Z00, @@PT. Numbers carry a comma in front. */
const fortrasStat512: FileDescription = {
  kind: "fortras-stat512",
  layout: { type: "fixed", record: "Q10", last_record: "@@PT" },
  least_fields: 111,
  ids: [
    { scheme: "consignor_ref", at: [3, 38] },
    { scheme: "carrier_ref", at: [38, 73] },
    { scheme: "other_ref", at: [73, 108] },
  ],
  status: [108, 111],
  time: { at: [111, 119], clock: [119, 123], pattern: "DDMOCCYY HHMI" },
  signed_by: [162, 197],
  text: [197, 267],
  strip: ",",
};

/** USPS extract file (Publication 97): quoted values; PIC first, event code, date, time and ZIP of the scan later. */
const uspsExtract: FileDescription = {
  kind: "usps-extract",
  layout: { type: "separated", delimiter: ",", quote: '"', header: false },
  least_fields: 10,
  ids: [{ scheme: "parcel", at: 0 }],
  status: 7,
  time: { at: 8, clock: 9, pattern: "CCYYMODD HHMI" },
  place_code: 10,
  postal_code: 10,
  references: { electronic_file: 1, mailer: 2, destination_zip: 4 },
};

/** What a carrier is asked to send when it asks us: these headings in any order, any of `, ; | tab`. */
export function described(delimiter: string): FileDescription {
  return {
    ...openForm,
    kind: "described-csv",
    layout: { type: "separated", delimiter, quote: '"', header: true },
    least_fields: 3,
  };
}

/** The same as JSON: an array, `{"events": […]}`, or one object a line. */
export function describedJson(rows: readonly string[]): FileDescription {
  return { ...openForm, kind: "described-json", layout: { type: "json", rows }, least_fields: 0 };
}

const openForm: Omit<FileDescription, "kind" | "layout" | "least_fields"> = {
  ids: [
    { scheme: "parcel", at: "tracking_number" },
    { scheme: "shipment", at: "shipment_number" },
  ],
  status: "status",
  sub_status: "sub_status",
  reason: "reason",
  status_text: "status_text",
  time: { at: "occurred_at", pattern: "iso" },
  place_code: "place_code",
  place_name: "place_name",
  city: "city",
  state: "state",
  postal_code: "postal_code",
  country: "country",
  signed_by: "signed_by",
  text: "text",
  eta: { at: "eta", pattern: "iso" },
  references: { reference: "reference" },
};

/** `none`: the file is known and holds no statuses. */
export type KnownFile =
  | { readonly kind: "described"; readonly description: FileDescription }
  | { readonly kind: "none"; readonly name: string };

const is = (text: string | undefined, shape: RegExp): boolean =>
  text !== undefined && shape.test(text.trim());

/** Which file it is, by its first line (and the second where the first is a heading). Null: not known. */
export function recogniseText(first: string): KnownFile | null {
  const known = (description: FileDescription): KnownFile => ({ kind: "described", description });
  if (first.startsWith("@@PHSTAT512")) return known(fortrasStat512);
  if (first.startsWith("@@PH")) return { kind: "none", name: "fortras" };
  if (/^10[1-4];[^;]*;TOF/.test(first)) return { kind: "none", name: "trans-o-flex" };
  const columns = first.split(/[;,|\t]/).map((c) => c.replaceAll('"', "").trim().toLowerCase());
  const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
  if (has("parcelno", "scan_code", "event_date_time")) return known(dpdStatusdata);
  if (has("parcelno", "scan_code", "scan_date_time")) return known(dpdScaninfo);
  if (has("piece-code (identifizierer)", "status event", "status ric")) return known(dhlPaketRepsrd);
  if (has("status", "occurred_at") && (has("tracking_number") || has("shipment_number"))) {
    const delimiter = [";", "\t", "|", ","].find((d) => first.includes(d));
    if (delimiter !== undefined) return known(described(delimiter));
  }
  const piped = first.split("|");
  if (
    piped.length >= 10 &&
    is(piped[0], /^\d{8,14}$/) &&
    is(piped[3], /^\d{1,4}$/) &&
    is(piped[4], /^\d{8}$/) &&
    is(piped[5], /^\d{4}$/)
  ) {
    return known(glsPakstat);
  }
  if (first.startsWith('"')) {
    const quoted = splitSeparated(first, ",", '"');
    if (
      is(quoted[0], /^[\dA-Z]{13,34}$/) &&
      is(quoted[7], /^[\dA-Z]{2}$/) &&
      is(quoted[8], /^\d{8}$/) &&
      is(quoted[9], /^\d{4,6}$/)
    )
      return known(uspsExtract);
  }
  if (
    first.length >= 560 &&
    first.length <= 568 &&
    is(first.slice(0, 20), /^\d{11}$/) &&
    is(first.slice(49, 57), /^\d{8}$/) &&
    is(first.slice(271, 273), /^[A-Z0-9]{2}$/)
  ) {
    return known(glsItaly);
  }
  return null;
}
