import fc from "fast-check";
import { expect, test } from "vitest";
import { CSV_COLUMNS } from "./csv.ts";
import { element, glueyCodes, timeline } from "./elements-suite.ts";
import { type FileElement, writeTrackingFile } from "./index.ts";

const write = (elements: readonly FileElement[]) =>
  writeTrackingFile({
    format: "csv",
    elements,
    control_number: 1,
    created_at_ms: 0,
    sender: "",
    receiver: "",
    test: false,
  });

/** RFC 4180, read by its grammar: records of fields, quotes doubled inside quotes. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? "";
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (letter === '"' && field === "") quoted = true;
    else if (letter === ",") {
      fields.push(field);
      field = "";
    } else if (letter === "\r" && text[i + 1] === "\n") {
      records.push([...fields, field]);
      fields = [];
      field = "";
      i++;
    } else field += letter;
  }
  return records;
}

/** What a program does with a cell that was made harmless for spreadsheets. */
const original = (cell: string) => (/^'+[=+\-@\t\r\n＝＋－＠]/u.test(cell) ? cell.slice(1) : cell);

function rowsOf(bytes: Uint8Array): Record<string, string>[] {
  const [header = [], ...records] = readCsv(new TextDecoder().decode(bytes));
  return records.map((record) => Object.fromEntries(header.map((name, i) => [name, record[i] ?? ""])));
}

test("any timeline is read back by a reader of RFC 4180, and no cell is a formula", () => {
  fc.assert(
    fc.property(timeline, (elements) => {
      const file = write(elements);
      expect(file).toMatchObject({ events: elements.length, left_out: [], remarks: [] });
      const [header, ...records] = readCsv(new TextDecoder().decode(file.bytes));
      expect(header).toEqual(CSV_COLUMNS);
      for (const record of records) expect(record.length).toBe(CSV_COLUMNS.length);
      for (const cell of records.flat()) expect(cell).not.toMatch(/^[=+@\t\r\n＝＋－＠]|^-(?!\d+(\.\d+)?$)/u);
      expect(
        rowsOf(file.bytes).map((row) => ({
          id: row.event_id,
          sequence: row.sequence,
          shipment: row.shipment_id,
          number: original(row.carrier_tracking_id ?? ""),
          parcel: original(row.parcel_tracking_id ?? ""),
          at: row.event_time,
          code: [row.milestone, row.code, row.sub_code],
          detail: original(row.detail ?? ""),
          carrier: original(row.carrier_detail ?? ""),
          place: original(row.location_name ?? ""),
          signer: original(row.signed_by ?? ""),
          status: row.status,
          reason: row.reason,
        })),
      ).toEqual(
        elements.map((one) => ({
          id: one.event.id,
          sequence: String(one.sequence),
          shipment: one.shipment_id,
          number: one.carrier_tracking_id,
          parcel: one.parcel?.carrier_tracking_id ?? "",
          at: one.event.event_time.carrier_utc ?? "",
          code: [
            one.event.codes.gluey.milestone,
            one.event.codes.gluey.code,
            one.event.codes.gluey.sub_code ?? "",
          ],
          detail: one.event.codes.gluey.freetext_detail ?? "",
          carrier: one.event.codes.carrier.freetext_detail ?? "",
          place: one.event.location?.address?.name ?? "",
          signer: one.event.other.delivery_confirmation?.signed_by ?? "",
          status: one.event.status,
          reason: one.event.reason ?? "",
        })),
      );
    }),
  );
});

test.each([
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["+49 30 1", "'+49 30 1"],
  ["'=1", "''=1"],
  ["＝1", "'＝1"],
  ["it's fine", "it's fine"],
  ["'quoted'", "'quoted'"],
])("a carrier's text %s is written %s", (said, cell) => {
  const [row] = rowsOf(
    write([
      element({
        event: {
          codes: { gluey: glueyCodes("delivery/delivered", said), carrier: element().event.codes.carrier },
        },
      }),
    ]).bytes,
  );
  expect(row?.detail).toBe(cell);
  expect(original(row?.detail ?? "")).toBe(said);
});

test("a negative longitude stays a number", () => {
  const location = {
    carrier_location_coding: null,
    address: null,
    what3words: null,
    geo: { lat: 51.5, lng: -0.2 },
  };
  const [row] = rowsOf(write([element({ event: { location } })]).bytes);
  expect([row?.latitude, row?.longitude]).toEqual(["51.5", "-0.2"]);
});
