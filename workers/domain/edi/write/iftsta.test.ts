import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODES, codePath } from "../../codes.ts";
import { countryOf } from "../../places.ts";
import { element, glueyCodes, timeline } from "../../tracking-file/elements-suite.ts";
import { type FileElement, type TrackingFileInput, writeTrackingFile } from "../../tracking-file/index.ts";
import type { EdiStatus } from "../edi-status.ts";
import { readEdi } from "../read.ts";
import { complaintsAboutIftsta, splitEdifact } from "./iftsta-check-suite.ts";
import { toLatin1 } from "./letters.ts";
import { ssccOf } from "./selection.ts";

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
/** Without the blanks, which a broken line may gain or lose. */
const bare = (text: string) => toLatin1(text).text.replace(/\s/gu, "");
const latin = (text: string | null | undefined) => {
  const fitted = toLatin1(text ?? "").text;
  return fitted === "" ? null : fitted;
};

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
  test("any timeline: a strict receiver takes it, and reads the same events", () => {
    fc.assert(
      fc.property(timeline, fc.boolean(), (elements, include_notices) => {
        const { bytes, events, left_out } = write(elements, format, { include_notices });
        expect(events + left_out.length).toBe(elements.length);
        if (events === 0) {
          expect(bytes.length).toBe(0);
          return;
        }
        expect(complaintsAboutIftsta(bytes, release)).toEqual([]);
        const reading = readEdi(bytes);
        expect(reading.remarks).toEqual([]);
        expect(reading.complete).toBe(true);
        const out = new Set(left_out.map(({ shipment_id, sequence }) => `${shipment_id} ${sequence}`));
        const kept = elements.filter((one) => !out.has(`${one.shipment_id} ${one.sequence}`));
        expect(reading.statuses.length).toBe(events);
        for (const one of kept) expectSame(one, reading.statuses, format);
        expectInOrder(reading.statuses);
      }),
      { numRuns: 60 },
    );
  });

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
    expect(without.left_out.map(({ sequence }) => sequence)).toEqual([2, 3]);
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

  test("a tracking number that fits nowhere leaves its event out, and that is said", () => {
    const { events, left_out, remarks } = write([element({ carrier_tracking_id: "9".repeat(36) })], format);
    expect(events).toBe(0);
    expect(left_out).toEqual([{ shipment_id: element().shipment_id, sequence: 1 }]);
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

function expectSame(one: FileElement, statuses: readonly EdiStatus[], format: string): void {
  const { event } = one;
  const found = statuses.find(
    (status) => reference(status, "AIV") === event.id && reference(status, "SRN") === one.shipment_id,
  );
  if (found === undefined) throw new Error(`${one.shipment_id} ${one.sequence} is not in the file.`);
  const local = event.event_time.carrier_utc;
  const uuid = one.shipment_uuid_ref;
  const textAt = (qualifier: string) => found.texts.find((text) => text.qualifier === qualifier)?.lines ?? [];
  const [ours, carriers, site] = [textAt("AHN"), textAt("ACB"), textAt("AHX")];
  const place = placeOf(one);
  expect({
    sequence: reference(found, "AGJ"),
    shipment: found.shipment_number,
    parcel: found.parcel_numbers,
    customer: reference(found, "CU"),
    order: reference(found, "ON"),
    path: ours[0],
    reason: found.reasons[0]?.text ?? null,
    at: found.occurred_at,
    offset: found.utc_offset,
    replaces: reference(found, "ACW"),
    purpose: found.message.document_function,
    carrierCode: carriers[0] ?? null,
    carrierSubCode: carriers[1] ?? "",
    signer: found.signed_by === null ? null : bare(found.signed_by),
    country: found.location?.country ?? null,
    placeCode: found.location?.code ?? null,
    placeList: found.location?.code_agency ?? found.location?.code_list ?? null,
    place: bare(found.location?.name ?? ""),
    site: bare(site.join("")),
  }).toEqual({
    sequence: String(one.sequence),
    shipment: one.carrier_tracking_id,
    parcel:
      one.parcel === null ? [] : [ssccOf(one.parcel.carrier_tracking_id) ?? one.parcel.carrier_tracking_id],
    customer: format === "iftsta-d96a" && uuid !== null && uuid.length > 35 ? uuid.replaceAll("-", "") : uuid,
    order: one.shipment_meta_data[0]?.value ?? null,
    path: codePath(event.codes.gluey),
    reason: event.reason,
    at:
      local === null ? null : event.event_time.precision === "date" ? local.slice(0, 10) : local.slice(0, 16),
    offset:
      local === null || event.event_time.precision === "date" || format === "iftsta-d96a"
        ? null
        : local.slice(19),
    replaces: event.replaces,
    purpose: event.withdrawn ? "cancel" : event.replaces === null ? "original" : "replace",
    carrierCode: event.codes.carrier.code,
    carrierSubCode: (event.codes.carrier.code === null ? null : event.codes.carrier.sub_code) ?? "",
    signer:
      latin(event.other.delivery_confirmation?.signed_by) === null
        ? null
        : bare(event.other.delivery_confirmation?.signed_by ?? ""),
    ...place,
    site: format === "iftsta-d01b" ? place.site : "",
  });
  const said = latin(event.codes.gluey.freetext_detail);
  // Both directories hold 280 letters and more; a line broken at a blank may be shorter.
  if (said !== null) expect(bare(said).startsWith(bare(ours.slice(1).join("")))).toBe(true);
  if (said !== null)
    expect(bare(ours.slice(1).join("")).length).toBeGreaterThanOrEqual(Math.min(bare(said).length, 100));
}

/** Where an event happened, as far as one LOC holds it. */
function placeOf({ event }: FileElement) {
  const { address, carrier_location_coding: coding } = event.location ?? {};
  const city = latin(address?.city);
  return {
    country: countryOf(address?.iso_country)?.alpha2 ?? null,
    placeCode: coding?.code ?? address?.postal_code ?? null,
    placeList: coding ? "87" : address?.postal_code ? "16" : null,
    place: bare(city ?? address?.name ?? ""),
    site: city === null ? "" : bare(address?.name ?? ""),
  };
}

function expectInOrder(statuses: readonly EdiStatus[]): void {
  const last = new Map<string | null, number>();
  for (const status of statuses) {
    const shipment = reference(status, "SRN");
    const sequence = Number(reference(status, "AGJ"));
    expect(sequence).toBeGreaterThan(last.get(shipment) ?? 0);
    last.set(shipment, sequence);
  }
}
