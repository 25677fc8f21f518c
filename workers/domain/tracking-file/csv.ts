import type { FileElement, FileWriter } from "./tracking-file.ts";

/**
 * CSV as RFC 4180 has it: header line, comma, CRLF, quotes where a value needs them; UTF-8 without a byte order mark.
 *
 * Spreadsheets run a cell that begins with = + - @ (also full-width), a tab or a line end as a formula. Values that
 * come from outside and begin so get one apostrophe in front, also when apostrophes stand there already: whoever
 * reads the file with a program takes one apostrophe off a value that matches `^'+[=+\-@…]` and has the original.
 * Our own ids, codes, times and numbers are never touched, so a negative longitude stays a number.
 */

type Cell = string | number | boolean | null;

const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/u;

const outside = (text: string | null): Cell => (text !== null && FORMULA.test(text) ? `'${text}` : text);

/** The columns, in order. New ones are only ever added at the end. */
const COLUMNS: readonly [name: string, of: (element: FileElement) => Cell][] = [
  ["event_id", ({ event }) => event.id],
  ["sequence", ({ sequence }) => sequence],
  ["shipment_id", ({ shipment_id }) => shipment_id],
  ["shipment_uuid_ref", ({ shipment_uuid_ref }) => outside(shipment_uuid_ref)],
  ["carrier_id", ({ carrier_id }) => carrier_id],
  ["carrier_tracking_id", ({ carrier_tracking_id }) => outside(carrier_tracking_id)],
  [
    "new_carrier_tracking_id",
    (element) => outside(element.carrier_tracking_update?.new_carrier_tracking_id ?? null),
  ],
  ["parcel_id", ({ parcel }) => parcel?.parcel_id ?? null],
  ["parcel_uuid_ref", ({ parcel }) => outside(parcel?.parcel_uuid_ref ?? null)],
  ["parcel_tracking_id", ({ parcel }) => outside(parcel?.carrier_tracking_id ?? null)],
  [
    "new_parcel_tracking_id",
    ({ parcel }) => outside(parcel?.carrier_tracking_update?.new_carrier_tracking_id ?? null),
  ],
  ["event_time", ({ event }) => event.event_time.carrier_utc],
  ["time_precision", ({ event }) => event.event_time.precision],
  ["offset_source", ({ event }) => event.event_time.offset_source],
  ["created_utc", ({ event }) => event.event_time.created_utc],
  ["milestone", ({ event }) => event.codes.gluey.milestone],
  ["code", ({ event }) => event.codes.gluey.code],
  ["sub_code", ({ event }) => event.codes.gluey.sub_code],
  ["detail", ({ event }) => outside(event.codes.gluey.freetext_detail)],
  ["status", ({ event }) => event.status],
  ["reason", ({ event }) => event.reason],
  ["attempt", ({ event }) => event.attempt],
  ["carrier_code", ({ event }) => outside(event.codes.carrier.code)],
  ["carrier_sub_code", ({ event }) => outside(event.codes.carrier.sub_code)],
  ["carrier_detail", ({ event }) => outside(event.codes.carrier.freetext_detail)],
  ["location_code", ({ event }) => outside(event.location?.carrier_location_coding?.code ?? null)],
  ["location_name", ({ event }) => outside(event.location?.address?.name ?? null)],
  ["location_street", ({ event }) => outside(event.location?.address?.street ?? null)],
  ["location_postal_code", ({ event }) => outside(event.location?.address?.postal_code ?? null)],
  ["location_city", ({ event }) => outside(event.location?.address?.city ?? null)],
  ["location_state", ({ event }) => outside(event.location?.address?.state ?? null)],
  ["location_iso_country", ({ event }) => event.location?.address?.iso_country ?? null],
  ["latitude", ({ event }) => event.location?.geo?.lat ?? null],
  ["longitude", ({ event }) => event.location?.geo?.lng ?? null],
  ["eta", ({ event }) => event.eta],
  ["signed_by", ({ event }) => outside(event.other.delivery_confirmation?.signed_by ?? null)],
  ["condition", ({ event }) => event.other.condition],
  ["weight", ({ event }) => event.other.carrier_weight_dims?.weight?.value ?? null],
  ["weight_unit", ({ event }) => event.other.carrier_weight_dims?.weight?.unit ?? null],
  ["shipment_status", ({ shipment_status }) => shipment_status],
  ["health", ({ health }) => health],
  ["action_required_by", ({ action_required_by }) => action_required_by],
  ["replaces", ({ event }) => event.replaces],
  ["withdrawn", ({ event }) => event.withdrawn],
  ["late_scan", ({ event }) => event.late_scan],
  ["test", ({ test }) => test],
];

/** The header line's names, in order. */
export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

function cell(value: Cell): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (cells: readonly Cell[]): string => `${cells.map(cell).join(",")}\r\n`;

export const writeCsv: FileWriter = ({ elements }) => ({
  bytes: new TextEncoder().encode(
    line(CSV_COLUMNS) + elements.map((element) => line(COLUMNS.map(([, of]) => of(element)))).join(""),
  ),
  events: elements.length,
  left_out: [],
  remarks: [],
});
