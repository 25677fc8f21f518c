import { describe, expect, test } from "vitest";
import { CODES, codePath } from "../../codes.ts";
import { element, glueyCodes } from "../../tracking-file/elements-suite.ts";
import { type FileElement, type TrackingFileInput, writeTrackingFile } from "../../tracking-file/index.ts";
import type { EdiStatus } from "../edi-status.ts";
import { readEdi } from "../read.ts";
import { complaintsAboutIftsta, splitEdifact } from "./iftsta-check-suite.ts";

const FORMATS = [
  ["iftsta-d96a", "96A"],
  ["iftsta-d01b", "01B"],
] as const;

function write(
  elements: readonly FileElement[],
  format: "iftsta-d96a" | "iftsta-d01b",
  changes: Partial<TrackingFileInput> = {},
) {
  return writeTrackingFile({
    format,
    elements,
    control_number: 123,
    created_at_ms: Date.UTC(2026, 2, 14, 9, 5),
    sender: "GLUEY",
    receiver: "4012345000009",
    test: false,
    qualifiers: { receiver: "14", references: { order: "ON" } },
    ...changes,
  });
}

const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const segmentsOf = (bytes: Uint8Array, tag: string) =>
  splitEdifact(textOf(bytes)).filter(([name]) => name === tag);
const reference = (status: EdiStatus, qualifier: string) =>
  status.references.find((found) => found.qualifier === qualifier)?.value ?? null;

test("one event, whole: the file that a D.01B partner gets", () => {
  const { bytes, events, left_out, remarks } = write([element()], "iftsta-d01b");
  expect(textOf(bytes)).toBe(`UNA:+.? '
UNB+UNOC:3+GLUEY:ZZZ+4012345000009:14+260314:0905+123++IFTSTA'
UNH+12300001+IFTSTA:D:01B:UN'
BGM+77+12300001+9'
DTM+137:202603140905:203'
NAD+MS+GLUEY'
NAD+MR+4012345000009::9'
NAD+CA+postnord::86'
CNI+1+RR123456785SE'
STS+1+21::6:Delivered'
RFF+CU:4f9c6f6e-6d0b-4c69-9a55-0e5e4bb6f3d1'
RFF+CN:RR123456785SE'
RFF+AIV:evt_0123456789abcdefghjkmnpqrs'
RFF+AGJ:1'
RFF+CW:00370700000000001233'
RFF+ON:ORDER-1001'
RFF+SRN:shp_01kxxxxxxxabcdefghjkmnpqrs'
RFF+ACD:BOX-1'
DTM+334:202603140912?+0100:205'
FTX+AHN+++delivery/delivered/with_signature:Utlämnad till Åsa'
FTX+ACB+++DLV::Utlämnad till Åsa'
FTX+AHX+++Terminal Öst'
NAD+AP+++Åsa Öberg'
LOC+7+21120:16::Malmö+SE:162:5'
GID+1+1:PK'
PCI+30'
GIN+AW+370700000000001233'
UNT+26+12300001'
UNZ+1+123'
`);
  expect({ events, left_out, remarks }).toEqual({ events: 1, left_out: [], remarks: [] });
});

test("D.96A: local time, its own codes, SSCC under BJ, a UUID that fits", () => {
  const attempt = element({
    event: {
      codes: {
        gluey: glueyCodes("delivery/out_for_delivery"),
        carrier: { code: null, sub_code: null, freetext_detail: null },
      },
      status: "out_for_delivery",
    },
  });
  const { bytes } = write([attempt], "iftsta-d96a");
  const text = textOf(bytes);
  expect(text).toContain("STS+1+31'");
  expect(text).toContain("DTM+334:202603140912:203'");
  expect(text).toContain("RFF+CU:4f9c6f6e6d0b4c699a550e5e4bb6f3d1'");
  expect(text).toContain("FTX+AHN+++delivery/out_for_delivery:Out for delivery'");
  expect(text).toContain("GIN+BJ+370700000000001233'");
});

describe.each(FORMATS)("%s", (format, release) => {
  test("every code of the contract that moves a status has a number of the agreed list", () => {
    const known = [...CODES.values()].filter(({ status }) => status !== "notice");
    const unsent = known.filter((meaning) => {
      const one = element({
        event: {
          codes: { gluey: glueyCodes(codePath(meaning)), carrier: element().event.codes.carrier },
          status: meaning.status,
        },
      });
      const { bytes, events } = write([one], format);
      if (events === 0) return true;
      const number = Number(segmentsOf(bytes, "STS")[0]?.[2]?.[0]);
      expect(number).toBeGreaterThan(0);
      expect(number).toBeLessThanOrEqual(release === "96A" ? 103 : 357);
      return false;
    });
    // 332, action by the service provider: D.96A has nothing near it.
    expect(unsent.map(codePath)).toEqual(
      release === "96A"
        ? [
            "in_transit/processed_at_carrier_facility/parcel_repaired",
            "in_transit/processed_at_carrier_facility/label_reprinted",
          ]
        : [],
    );
  });

  test("what moves no status is left out, and listed; asked for, it is sent", () => {
    const news = [
      element({ sequence: 1 }),
      element({
        sequence: 2,
        event: {
          status: "notice",
          codes: { gluey: glueyCodes("delivery/notification"), carrier: element().event.codes.carrier },
        },
      }),
      element({
        sequence: 3,
        event: {
          status: "notice",
          codes: { gluey: glueyCodes("other/unmapped"), carrier: element().event.codes.carrier },
        },
      }),
    ];
    const without = write(news, format);
    expect(without.events).toBe(1);
    expect(without.left_out.map(({ sequence, because }) => [sequence, because])).toEqual([
      [2, "notice"],
      [3, "notice"],
    ]);
    const all = write(news, format, { include_notices: true });
    expect(all.events).toBe(3);
    expect(all.left_out).toEqual([]);
    expect(segmentsOf(all.bytes, "STS").map((status) => status[2]?.[0])).toEqual(
      release === "96A" ? ["21", "45", "102"] : ["21", "45", "332"],
    );
  });

  test("nothing to tell: no bytes", () => {
    expect(write([], format).bytes.length).toBe(0);
    expect(write([element({ event: { status: "notice" } })], format).bytes.length).toBe(0);
  });

  test("a correction and a withdrawal stand in messages of their own, and name what they replace", () => {
    const before = "evt_0123456789abcdefghjkmnpqr0";
    const { bytes } = write(
      [
        element({ sequence: 1 }),
        element({ sequence: 2, event: { replaces: before } }),
        element({ sequence: 3, event: { replaces: before, withdrawn: true } }),
        element({ sequence: 4 }),
      ],
      format,
    );
    const { statuses } = readEdi(bytes);
    expect(statuses.map(({ message }) => message.document_function)).toEqual([
      "original",
      "replace",
      "cancel",
      "original",
    ]);
    expect(statuses.map((status) => reference(status, "ACW"))).toEqual([null, before, before, null]);
  });

  test("a hundred events of a shipment need a second message; other shipments have their own", () => {
    const many = Array.from({ length: 100 }, (_, i) => element({ sequence: i + 1 }));
    const { bytes } = write([...many, element({ shipment_id: "shp_other" })], format);
    expect(complaintsAboutIftsta(bytes, release)).toEqual([]);
    expect(segmentsOf(bytes, "UNH").map(([, reference]) => reference?.[0])).toEqual([
      "12300001",
      "12300002",
      "12300003",
    ]);
  });

  test("the test indicator stands in UNB 0035, and only where it belongs", () => {
    expect(readEdi(write([element()], format, { test: true }).bytes).interchanges[0]?.test).toBe(true);
    expect(readEdi(write([element()], format).bytes).interchanges[0]?.test).toBe(false);
  });

  test("letters outside the set are written with others, and that is said", () => {
    const { bytes, remarks } = write(
      [
        element({
          event: {
            codes: {
              gluey: glueyCodes("delivery/delivered", "Łódź – Жуков ‘東京’"),
              carrier: element().event.codes.carrier,
            },
          },
        }),
      ],
      format,
    );
    expect(textOf(bytes)).toContain(":Lódz - Zhukov ?'?????''");
    expect(remarks.map(({ kind }) => kind)).toEqual(["CHARACTERS_CHANGED"]);
  });

  test("a number that the carrier swapped: the old one names the consignment, the new one is the carrier's reference", () => {
    const swapped = {
      carrier_tracking_update: { new_carrier_tracking_id: "NEW-1", new_carrier_tracking_url: null },
    };
    const text = textOf(write([element(swapped)], format).bytes);
    expect(text).toContain("CNI+1+RR123456785SE'");
    expect(text).toContain("RFF+CN:NEW-1'");
  });

  test("agreed references go along as far as the directory holds them; what is dropped is said", () => {
    const shipment_meta_data = ["a", "b", "c"].map((key) => ({ key, value: `REF-${key}` }));
    const one = element({ shipment_meta_data, event: { replaces: "evt_0123456789abcdefghjkmnpqr0" } });
    const { bytes, remarks } = write([one], format, {
      qualifiers: { references: { a: "ON", b: "DQ", c: "CR" } },
    });
    const sent = segmentsOf(bytes, "RFF").map(([, value]) => value?.[0]);
    expect(sent.slice(0, 9)).toEqual(["CU", "CN", "AIV", "AGJ", "ACW", "CW", "ON", "DQ", "CR"]);
    expect(sent.slice(9)).toEqual(release === "96A" ? [] : ["SRN", "ACD"]);
    expect(remarks.map(({ kind }) => kind)).toEqual(release === "96A" ? ["REFERENCE_LEFT_OUT"] : []);
  });

  test("a tracking number that fits nowhere leaves its event out, and that is said", () => {
    const { events, left_out, remarks } = write([element({ carrier_tracking_id: "9".repeat(36) })], format);
    expect(events).toBe(0);
    expect(left_out).toEqual([{ shipment_id: element().shipment_id, sequence: 1, because: "no_place" }]);
    expect(remarks.map(({ kind }) => kind)).toEqual(["NUMBER_TOO_LONG"]);
  });

  test.each([
    [{ control_number: 0 }, /control number/u],
    [{ control_number: 1_000_000_000 }, /control number/u],
    [{ sender: "" }, /sender's id/u],
    [{ receiver: "9".repeat(36) }, /receiver's id/u],
  ])("an agreement that no envelope holds is refused: %o", (changes, sentence) => {
    expect(() => write([element()], format, changes)).toThrow(sentence);
  });
});
