import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODES, codePath } from "../../codes.ts";
import { REASONS } from "../../statuses.ts";
import { element, glueyCodes, timeline } from "../../tracking-file/elements-suite.ts";
import { type FileElement, type TrackingFileInput, writeTrackingFile } from "../../tracking-file/index.ts";
import type { EdiStatus } from "../edi-status.ts";
import { readEdi } from "../read.ts";
import { toAscii } from "./letters.ts";
import { ssccOf } from "./selection.ts";
import { complaintsAboutX12, splitX12 } from "./x12-check-suite.ts";

const VERSIONS = ["004010", "005010"] as const;
type Version = (typeof VERSIONS)[number];

function write(
  elements: readonly FileElement[],
  x12_version: Version,
  changes: Partial<TrackingFileInput> = {},
) {
  return writeTrackingFile({
    format: "x12-214",
    elements,
    control_number: 123,
    created_at_ms: Date.UTC(2026, 2, 14, 9, 5),
    sender: "GLUEY",
    receiver: "CUSTOMERCO",
    test: false,
    qualifiers: { x12_version, references: { order: "PO" }, scac: { postnord: "PNSE" } },
    ...changes,
  });
}

const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const reference = (status: EdiStatus, qualifier: string) =>
  status.references.find((found) => found.qualifier === qualifier)?.value ?? null;
const bare = (text: string) =>
  toAscii(text)
    .text.replace(/[*~>^\s]/gu, "")
    .toUpperCase();

test("one event, whole: the file that a 4010 partner gets", () => {
  const { bytes, events, left_out, remarks } = write([element()], "004010");
  expect(
    textOf(bytes),
  ).toBe(`ISA*00*          *00*          *ZZ*GLUEY          *ZZ*CUSTOMERCO     *260314*0905*U*00401*000000123*0*P*>~
GS*QM*GLUEY*CUSTOMERCO*20260314*0905*123*X*004010~
ST*214*0001~
B10*RR123456785SE*shp_01kxxxxxxxabcdefghjkmnpqrs*PNSE~
L11*ORDER-1001*PO~
L11*RR123456785SE*2I~
L11*evt_0123456789abcdefghjkmnpqrs*TN*delivery/delivered/with_signature~
L11*1*55~
L11*shp_01kxxxxxxxabcdefghjkmnpqrs*WH*4f9c6f6e-6d0b-4c69-9a55-0e5e4bb6f3d1~
L11*DLV*AAO~
N1*CA*POSTNORD~
LX*1~
AT7*D1*NS***20260314*081230*UT~
MS1*MALMO**SE~
L11*00370700000000001233*08*BOX-1~
MAN*GM*00370700000000001233~
K1*SIGNED BY*ASA OBERG~
K1*UTLAMNAD TILL ASA~
SE*17*0001~
GE*1*123~
IEA*1*000000123~
`);
  expect({ events, left_out }).toEqual({ events: 1, left_out: [] });
  expect(remarks.map(({ kind }) => kind)).toEqual(["CHARACTERS_CHANGED"]);
});

describe.each(VERSIONS)("%s", (version) => {
  test("any timeline: a strict receiver takes it, and reads the same events", () => {
    fc.assert(
      fc.property(timeline, fc.boolean(), (elements, include_notices) => {
        const { bytes, events, left_out } = write(elements, version, { include_notices });
        expect(events + left_out.length).toBe(elements.length);
        if (events === 0) {
          expect(bytes.length).toBe(0);
          return;
        }
        expect(complaintsAboutX12(bytes, version)).toEqual([]);
        const reading = readEdi(bytes);
        expect(reading.remarks).toEqual([]);
        expect(reading.complete).toBe(true);
        const out = new Set(left_out.map(({ shipment_id, sequence }) => `${shipment_id} ${sequence}`));
        const kept = elements.filter((one) => !out.has(`${one.shipment_id} ${one.sequence}`));
        expect(reading.statuses.map((status) => reference(status, "TN"))).toEqual(
          kept.map(({ event }) => event.id),
        );
        kept.forEach((one, i) => {
          const status = reading.statuses[i];
          if (status === undefined) throw new Error(`${one.shipment_id} ${one.sequence} is not in the file.`);
          expectSame(one, status, version);
        });
        expect(
          splitX12(textOf(bytes))
            .filter(([tag, , qualifier]) => tag === "L11" && qualifier === "TN")
            .map(([, , , path]) => path),
        ).toEqual(kept.map(({ event }) => codePath(event.codes.gluey)));
      }),
      { numRuns: 60 },
    );
  });

  test("every code and every reason of the contract has its own of X12", () => {
    const all = [...CODES.values()].flatMap((meaning) => [
      { meaning, reason: meaning.reason },
      { meaning, reason: null },
    ]);
    const reasons = REASONS.map((reason) => ({
      meaning: { ...glueyCodes("exception/delay"), status: "in_transit" as const },
      reason,
    }));
    const elements = [...all, ...reasons].map(({ meaning, reason }) =>
      element({
        event: {
          codes: { gluey: glueyCodes(codePath(meaning)), carrier: element().event.codes.carrier },
          status: meaning.status,
          reason,
        },
      }),
    );
    const { bytes, events } = write(elements, version, { include_notices: true });
    expect(events).toBe(elements.length);
    expect(complaintsAboutX12(bytes, version)).toEqual([]);
  });

  test.each([
    ["delivery/out_for_delivery", "out_for_delivery", null, "AJ*NS"],
    ["delivery/attempt/recipient_unavailable", "delivery_attempted", "recipient_absent", "AH*AQ"],
    ["delivery/attempt", "delivery_attempted", null, "AH*BG"],
    ["delivery/delivered/parcel_locker", "ready_for_pickup", null, "AV*C1"],
    ["post_delivery/collected/by_recipient", "delivered", null, "D1*NS"],
    ["exception/delay/due_to_weather", "in_transit", "weather", "SD*AO"],
    ["collection/attempt", "collection", null, version === "004010" ? "SD*BG" : "PU*BG"],
    ["customs/cleared/released", "in_transit", null, version === "004010" ? "X6*NS" : "K2*NS"],
  ] as const)("%s is told so that a receiver reads it right", (path, status, reason, at7) => {
    const one = element({
      event: { codes: { gluey: glueyCodes(path), carrier: element().event.codes.carrier }, status, reason },
    });
    expect(textOf(write([one], version).bytes)).toContain(`AT7*${at7}***`);
  });

  test("what moves no status is left out, and what is taken back cannot be told", () => {
    const elements = [
      element({ sequence: 1 }),
      element({ sequence: 2, event: { status: "notice" } }),
      element({ sequence: 3, event: { withdrawn: true } }),
      element({ sequence: 4, event: { replaces: "evt_0123456789abcdefghjkmnpqr0" } }),
    ];
    const { left_out, events, bytes, remarks } = write(elements, version);
    expect(events).toBe(2);
    expect(left_out.map(({ sequence, because }) => [sequence, because])).toEqual([
      [2, "notice"],
      [3, "no_place"],
    ]);
    expect(remarks.map(({ kind }) => kind)).toContain("WITHDRAWN_LEFT_OUT");
    expect(textOf(bytes)).toContain("L11*evt_0123456789abcdefghjkmnpqr0*ZZ*REPLACES~");
    expect(
      write(elements, version, { include_notices: true }).left_out.map(({ sequence }) => sequence),
    ).toEqual([3]);
  });

  test("separators in texts and names become blanks: no phantom segment", () => {
    const { bytes, remarks } = write(
      [
        element({
          event: {
            codes: {
              gluey: glueyCodes("delivery/delivered", "left~AT7*D1>here^"),
              carrier: element().event.codes.carrier,
            },
          },
        }),
      ],
      version,
    );
    expect(complaintsAboutX12(bytes, version)).toEqual([]);
    expect(textOf(bytes)).toContain("K1*LEFT AT7 D1 HERE~");
    expect(remarks.map(({ kind }) => kind)).toContain("CHARACTERS_CHANGED");
  });

  test("a place without a city goes by its degrees, a city without a country cannot go", () => {
    const location = element().event.location;
    if (location === null) throw new Error("The example has a place.");
    const degrees = write(
      [
        element({
          event: { location: { ...location, address: null, geo: { lat: -33.8675, lng: 151.207 } } },
        }),
      ],
      version,
    );
    expect(textOf(degrees.bytes)).toContain("MS1****1511225*0335203*E*S~");
    expect(complaintsAboutX12(degrees.bytes, version)).toEqual([]);
    const nowhere = write(
      [
        element({
          event: {
            location: {
              ...location,
              address: {
                ...element().event.location?.address,
                iso_country: null,
                type: null,
                name: null,
                street: null,
                street_2: null,
                postal_code: null,
                suburb: null,
                city: "Malmö",
                state: null,
              },
            },
          },
        }),
      ],
      version,
    );
    expect(textOf(nowhere.bytes)).not.toContain("MS1");
    expect(nowhere.remarks.map(({ kind }) => kind)).toContain("PLACE_LEFT_OUT");
  });

  test("no SCAC agreed: said once a carrier; a number too long leaves its event out", () => {
    const two = [element({ sequence: 1 }), element({ sequence: 2 })];
    const { remarks } = write(two, version, { qualifiers: { x12_version: version } });
    expect(remarks.filter(({ kind }) => kind === "SCAC_MISSING").length).toBe(1);
    const long = write([element({ carrier_tracking_id: "9".repeat(51) })], version);
    expect(long.events).toBe(0);
    expect(long.remarks.map(({ kind }) => kind)).toContain("NUMBER_TOO_LONG");
  });

  test("the test indicator is ISA15", () => {
    expect(readEdi(write([element()], version, { test: true }).bytes).interchanges[0]?.test).toBe(true);
    expect(readEdi(write([element()], version).bytes).interchanges[0]?.test).toBe(false);
  });
});

test.each([
  [{ control_number: 1.5 }, /control number/u],
  [{ sender: "A SENDER OF SIXTEEN" }, /sender's id/u],
  [{ receiver: "Malmö" }, /receiver's id/u],
])("an agreement that no envelope holds is refused: %o", (changes, sentence) => {
  expect(() => write([element()], "004010", changes)).toThrow(sentence);
});

function expectSame(one: FileElement, status: EdiStatus, version: Version): void {
  const { event } = one;
  const { carrier_utc, precision } = event.event_time;
  const utc = carrier_utc === null ? null : new Date(carrier_utc).toISOString();
  const at =
    precision === "date"
      ? (carrier_utc?.slice(0, 10) ?? null)
      : precision === "minute"
        ? utc?.slice(0, 16)
        : utc?.slice(0, 19);
  const uuid = one.shipment_uuid_ref;
  const parcel = one.parcel?.carrier_tracking_id ?? null;
  const sscc = parcel === null ? null : ssccOf(parcel);
  expect({
    sequence: reference(status, "55"),
    shipment: reference(status, "WH"),
    number: status.shipment_number,
    parcel: status.parcel_numbers,
    customer: reference(status, "CR"),
    order: reference(status, "PO"),
    at: status.occurred_at,
    offset: status.utc_offset,
    code: reference(status, "AAO"),
    replaces: reference(status, "ZZ"),
    planned: status.planned,
  }).toEqual({
    sequence: String(one.sequence),
    shipment: one.shipment_id,
    number: one.carrier_tracking_id,
    parcel: [sscc === null ? (parcel ?? one.carrier_tracking_id) : `00${sscc}`],
    customer: version === "004010" && (uuid?.length ?? 0) > 30 ? null : uuid,
    order: one.shipment_meta_data[0]?.value ?? null,
    at: at ?? null,
    offset: carrier_utc === null || precision === "date" ? null : "+00:00",
    code: event.codes.carrier.code,
    replaces: event.replaces,
    planned: false,
  });
  const said = bare(event.codes.gluey.freetext_detail ?? "");
  const texts = status.texts.flatMap(({ lines }) => lines).join("");
  if (said !== "") expect(bare(texts)).toContain(said.slice(0, 100));
}
