import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codePath } from "../../codes.ts";
import { countryOf } from "../../places.ts";
import { timeline } from "../../tracking-file/elements-suite.ts";
import { type FileElement, writeTrackingFile } from "../../tracking-file/index.ts";
import type { EdiStatus } from "../edi-status.ts";
import { readEdi } from "../read.ts";
import { complaintsAboutIftsta } from "./iftsta-check-suite.ts";
import { toLatin1 } from "./letters.ts";
import { ssccOf } from "./selection.ts";

const reference = (status: EdiStatus, qualifier: string) =>
  status.references.find((found) => found.qualifier === qualifier)?.value ?? null;
/** Without the blanks, which a broken line may gain or lose. */
const bare = (text: string) => toLatin1(text).text.replace(/\s/gu, "");
const latin = (text: string | null | undefined) => {
  const fitted = toLatin1(text ?? "").text;
  return fitted === "" ? null : fitted;
};

describe.each([
  ["iftsta-d96a", "96A"],
  ["iftsta-d01b", "01B"],
] as const)("%s", (format, release) => {
  test("any timeline: a strict receiver takes it, and reads the same events", () => {
    fc.assert(
      fc.property(timeline, fc.boolean(), (elements, include_notices) => {
        const { bytes, events, left_out } = writeTrackingFile({
          format,
          elements,
          control_number: 123,
          created_at_ms: Date.UTC(2026, 2, 14, 9, 5),
          sender: "GLUEY",
          receiver: "4012345000009",
          test: false,
          include_notices,
          qualifiers: { receiver: "14", references: { order: "ON" } },
        });
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
