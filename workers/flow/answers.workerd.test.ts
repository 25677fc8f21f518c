import { describe, expect, it } from "vitest";
import { sandbox } from "../carriers/sandbox/index.ts";
import { changedAnswers } from "./answers.ts";

const SCAN = { code: "PICKED_UP", time: "2026-03-14T08:00:00+00:00" };
const NUMBER = "SBX0000000000018";

/** The fingerprint that an answer with these scans leaves. */
function hashOf(scans: object[], more: object = {}): string | undefined {
  const tracking = [{ tracking_number: NUMBER, events: scans, ...more }];
  const read = sandbox.harmonize(
    {
      source: "poll",
      body: new TextEncoder().encode(JSON.stringify({ asked_at: Math.random(), tracking })),
      content_type: "application/json",
      received_at: 0,
      http_status: 200,
      asked: [NUMBER],
      file_name: null,
    },
    { rules: sandbox.rules },
  );
  return changedAnswers(sandbox, read, [
    { carrier_number: NUMBER, answer_hash: null, status: "registered", changed_at: 0 },
  ])[0]?.hash;
}

describe("the fingerprint of an answer", () => {
  it("is the same for the same news, whatever clock stands beside it", () => {
    expect(hashOf([SCAN])).toBe(hashOf([SCAN]));
  });

  it("is another for each thing that can be told", () => {
    const told = [
      hashOf([]),
      hashOf([SCAN]),
      hashOf([SCAN, SCAN]),
      hashOf([{ ...SCAN, code: "ARRIVED" }]),
      hashOf([{ ...SCAN, code: "no such code" }]),
      hashOf([{ ...SCAN, time: "2026-03-14T08:00:01+00:00" }]),
      hashOf([{ ...SCAN, time: "2026-03-14" }]),
      hashOf([{ ...SCAN, sub_code: "X" }]),
      hashOf([{ ...SCAN, text: "collected" }]),
      hashOf([{ ...SCAN, id: 7 }]),
      hashOf([{ ...SCAN, sequence: 7 }]),
      hashOf([{ ...SCAN, signed_by: "A. Person" }]),
      hashOf([{ ...SCAN, eta: "2026-03-15" }]),
      hashOf([{ ...SCAN, place: { city: "Turku" } }]),
      hashOf([{ ...SCAN, place: { city: "Oulu" } }]),
      hashOf([SCAN], { eta: "2026-03-15" }),
      hashOf([SCAN], { shipment_number: "SHIP-1" }),
      hashOf([SCAN], { parcel_number: "PARCEL-1" }),
    ];
    expect(told).not.toContain(undefined);
    expect(new Set(told).size).toBe(told.length);
  });
});
