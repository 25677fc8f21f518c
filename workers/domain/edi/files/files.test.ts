import { describe, expect, it } from "vitest";
import { ediProfile } from "../edi-profile.ts";
import { readEdi } from "../read.ts";
import { bytesOf } from "../samples-suite.ts";
import { splitSeparated } from "./rows.ts";

const read = (text: string) => readEdi(bytesOf(text));
const at = (length: number, fields: Readonly<Record<number, string>>): string => {
  let line = " ".repeat(length);
  for (const [from, value] of Object.entries(fields))
    line = line.slice(0, Number(from)) + value + line.slice(Number(from) + value.length);
  return line;
};

describe("known files", () => {
  it("DPD STATUSDATA", () => {
    const reading = read(
      "PARCELNO;SCAN_CODE;DEPOT_CODE;DEPOTNAME;EVENT_DATE_TIME;RECEIVER_NAME;\r\n01000000000001;13;0145;Depot 0145;20260312023900;TESTER;\r\n",
    );
    expect(reading).toMatchObject({ format: "csv", file_kind: "dpd-statusdata", complete: true });
    expect(reading.statuses).toMatchObject([
      {
        parcel_numbers: ["01000000000001"],
        code: "13",
        occurred_at: "2026-03-12T02:39:00",
        location: { code: "0145", name: "Depot 0145" },
        signed_by: "TESTER",
      },
    ]);
  });

  it("DPD SCANINFO", () => {
    const reading = read(
      "PARCELNO;SCAN_CODE;DEPOT_CODE;SCAN_DATE_TIME;CREF1;\n01000000000001;02;1074;20260312074156;REF1;\n",
    );
    expect(reading).toMatchObject({
      file_kind: "dpd-scaninfo",
      statuses: [
        {
          code: "02",
          occurred_at: "2026-03-12T07:41:56",
          references: [{ qualifier: "CREF1", value: "REF1" }],
        },
      ],
    });
  });

  it("GLS pakstat, where 0000 is no time", () => {
    const reading = read(
      "51000000001|20260311|5100|4|20260312|1640|TESTER|8102|80000001|22|Kunde|\n51000000001|20260311|5100|5|20260312|0000||8102|80000001|22|Kunde|\n",
    );
    expect(reading.file_kind).toBe("gls-pakstat");
    expect(reading.statuses.map((s) => [s.code, s.occurred_at, s.precision])).toEqual([
      ["4", "2026-03-12T16:40", "minute"],
      ["5", "2026-03-12", "date"],
    ]);
  });

  it("GLS Italy, fixed width", () => {
    const reading = read(
      `${at(564, { 0: "01000140204", 49: "12032026S      TESTER", 84: "095700", 271: "M5" })}\n${at(564, { 0: "01000140205", 49: "12032026", 88: "00", 271: "V7" })}\n`,
    );
    expect(reading.statuses.map((s) => [s.parcel_numbers[0], s.code, s.occurred_at, s.signed_by])).toEqual([
      ["01000140204", "M5", "2026-03-12T09:57:00", "TESTER"],
      ["01000140205", "V7", "2026-03-12", null],
    ]);
  });

  it("DHL Paket REPSRD, in Latin-1", () => {
    const reading = read(
      "Erfassungszeitpunkt;Erfassungsort;Erfassungsland;Piece-Code (Identifizierer);Status Event;Status RIC;Empf\u00e4nger;a;b;c;d;e;f;g\n2026-03-12 22:13:40;89;DE;00340000000000000001;ULFMV;UNLDD;M\u00fcller;;;;;;;\n",
    );
    expect(reading).toMatchObject({
      file_kind: "dhl-paket-repsrd",
      statuses: [{ code: "ULFMV", sub_code: "UNLDD", occurred_at: "2026-03-12T22:13:40" }],
    });
  });

  it("FORTRAS STAT512, whole only with its last record", () => {
    const head = `${at(512, { 0: "@@PHSTAT512" })}\n${at(512, { 0: "Q00100" })}\n`;
    const line = `${at(512, { 0: "Q10,40000001", 38: "8700000000001", 108: "300", 111: "120320260900", 162: "TESTER" })}\n`;
    const whole = read(`${head}${line}${at(512, { 0: "@@PT" })}\n`);
    expect(whole).toMatchObject({ format: "fixed", complete: true });
    expect(whole.statuses).toMatchObject([
      {
        ids: [
          { scheme: "consignor_ref", value: "40000001" },
          { scheme: "carrier_ref", value: "8700000000001" },
        ],
        code: "300",
        occurred_at: "2026-03-12T09:00",
        signed_by: "TESTER",
      },
    ]);
    expect(read(head + line)).toMatchObject({ complete: false, statuses: [{ code: "300" }] });
  });

  it("USPS extract", () => {
    expect(
      read(
        '"9400100000000000000001","9275","901","ACME, INC","33511","1234","","07","20260312","0941","33511",""\r\n',
      ),
    ).toMatchObject({
      file_kind: "usps-extract",
      statuses: [
        {
          code: "07",
          parcel_numbers: ["9400100000000000000001"],
          occurred_at: "2026-03-12T09:41",
          location: { postal_code: "33511" },
        },
      ],
    });
  });

  it("trans-o-flex: an invoice with its shipments tells no status", () => {
    expect(read("101;001;TOF-I;BANK;1;2\n104;1;20260303;X;Y\n")).toMatchObject({
      file_kind: "trans-o-flex",
      statuses: [],
      remarks: [{ kind: "MESSAGE_SKIPPED" }],
    });
  });
});

describe("the described form", () => {
  it("CSV by its headings, in any order", () => {
    const reading = read(
      'occurred_at,tracking_number,status,city,country,status_text\n2026-03-12T08:41:00+01:00,T1,DLV,Hamburg,DE,"Delivered, ""signed"""\n',
    );
    expect(reading.statuses).toMatchObject([
      {
        code: "DLV",
        parcel_numbers: ["T1"],
        occurred_at: "2026-03-12T08:41:00",
        utc_offset: "+01:00",
        status_text: 'Delivered, "signed"',
        location: { city: "Hamburg" },
      },
    ]);
  });

  it.each([
    ["an array", '[{"tracking_number":"T1","status":"DLV","occurred_at":"2026-03-12T08:41"}]'],
    ["under events", '{"events":[{"tracking_number":"T1","status":"DLV","occurred_at":"2026-03-12T08:41"}]}'],
    [
      "one a line",
      '{"tracking_number":"T1","status":"DLV","occurred_at":"2026-03-12T08:41"}\n{"tracking_number":"T2","status":"DLV"}\n',
    ],
  ])("JSON: %s", (_, text) => {
    expect(read(text).statuses[0]).toMatchObject({
      code: "DLV",
      parcel_numbers: ["T1"],
      occurred_at: "2026-03-12T08:41",
    });
  });

  it("a carrier's own columns, by its profile", () => {
    const profile = ediProfile({
      carrier_id: "own",
      file: {
        kind: "own",
        layout: { type: "separated", delimiter: ";", quote: null, header: false },
        least_fields: 4,
        ids: [{ scheme: "parcel", at: 0 }],
        status: 2,
        time: { at: 3, pattern: "DD.MO.CCYY HH:MI:SS" },
      },
    });
    const reading = readEdi(
      bytesOf("P1;X;50;12.03.2026 07:45:00\n;X;50;12.03.2026 07:45:00\nP3;X;50;31.02.2026 07:45:00\nP4;X"),
      profile,
    );
    expect(reading.statuses.map((s) => [s.parcel_numbers[0], s.occurred_at])).toEqual([
      ["P1", "2026-03-12T07:45:00"],
      ["P3", null],
    ]);
    expect(reading.remarks.map((r) => r.kind)).toEqual([
      "ROW_UNREADABLE",
      "DATE_INVALID",
      "SEGMENT_UNTERMINATED",
    ]);
    expect(reading.complete).toBe(false);
  });

  it("says when no description fits", () => {
    expect(read("a;b;c\n1;2;3\n")).toMatchObject({
      statuses: [],
      remarks: [{ kind: "FORMAT_NOT_DESCRIBED" }],
    });
  });
});

describe("what is no tracking file", () => {
  it.each([
    ["<html><body>UNB+ is not here</body></html>", "html", "NOT_EDI"],
    ["<?xml version='1.0'?><a/>", "xml", "FORMAT_NOT_DESCRIBED"],
    ["Dear customer, there is nothing.", "unknown", "NOT_EDI"],
    ["PK\u0003\u0004zip", "unknown", "NOT_EDI"],
    ["", "empty", "EMPTY_FILE"],
    ["\r\n \u001a", "empty", "EMPTY_FILE"],
  ])("%j", (text, format, kind) => {
    expect(read(text)).toMatchObject({
      format,
      statuses: [],
      remarks: [{ kind }],
      complete: format !== "empty",
    });
  });

  it("reads UTF-16 as what it holds", () => {
    const text = "UNB+UNOC:3+A+B+260312:0815+1'UNZ+0+1'";
    const bytes = Uint8Array.from([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);
    expect(readEdi(bytes)).toMatchObject({ format: "edifact", complete: true });
  });
});

it("splits quoted values as RFC 4180 has it", () => {
  expect(splitSeparated('"a,b",c,"d ""e""",', ",", '"')).toEqual(["a,b", "c", 'd "e"', ""]);
});
