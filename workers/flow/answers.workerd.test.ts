import { describe, expect, it } from "vitest";
import { sandbox } from "../carriers/sandbox/index.ts";
import { changedAnswers, changedParts } from "./answers.ts";

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
  return changedAnswers(sandbox, read, [{ carrier_number: NUMBER, answer_hash: null }])[0]?.hash;
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

describe("the parts of an answer", () => {
  const body = (answer: unknown) => new TextEncoder().encode(JSON.stringify(answer));
  const way = sandbox.poll;
  if (way === undefined) throw new Error("The sandbox is asked over its API.");
  const asked = (number: string, answer_hash: string | null = null) => ({
    carrier_number: number,
    answer_hash,
  });
  const element = (number: string, scans: object[]) => ({ tracking_number: number, events: scans });

  it("tell which numbers have news without reading any", () => {
    const before = { asked_at: 1, tracking: [element("A", [SCAN]), element("B", [])] };
    const known = changedParts(way, body(before), [asked("A"), asked("B")]) ?? [];
    expect(known.map(({ number }) => number)).toEqual(["A", "B"]);
    const now = { asked_at: 2, tracking: [element("B", [SCAN]), element("A", [SCAN])] };
    const numbers = known.map(({ number, hash }) => asked(number, hash));
    expect(changedParts(way, body(now), numbers)?.map(({ number }) => number)).toEqual(["B"]);
  });

  it.each([
    ["a number that is not answered", { tracking: [element("B", [])] }],
    ["a number told twice", { tracking: [element("A", []), element("A", [SCAN])] }],
    ["an element without a number", { tracking: [element("A", []), { events: [] }] }],
    ["another shape", { error: "no" }],
    ["no list", { tracking: {} }],
    ["nothing", null],
  ])("leave %s to the reader", (_name, answer) => {
    expect(changedParts(way, body(answer), [asked("A")])).toBeNull();
  });

  it("leave what is no JSON to the reader", () => {
    expect(changedParts(way, new TextEncoder().encode("<html>"), [asked("A")])).toBeNull();
  });
});
