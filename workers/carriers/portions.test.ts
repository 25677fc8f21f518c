import { describe, expect, it, vi } from "vitest";
import type { Carrier, Harmonized, RawDocument } from "./carrier.ts";
import { documentOf } from "./carrier-suite.ts";
import { merged, type PortionSizes, portionSizes, readInPortions, readWhole } from "./portions.ts";
import { findCarrier } from "./registry.ts";
import { sandbox } from "./sandbox/index.ts";
import { tnt } from "./tnt/index.ts";

const read = (document: RawDocument, carrier: Carrier = sandbox, sizes?: PortionSizes): Harmonized[] => [
  ...readInPortions(carrier, document, carrier.rules, sizes),
];

/** Shipments of the sandbox, with so many events each. */
function tracking(shipments: number, events = 5) {
  return Array.from({ length: shipments }, (_, n) => ({
    tracking_number: `SBX${n}`,
    eta: "2026-04-01",
    events: Array.from({ length: events }, (_, e) => ({
      id: `${n}-${e}`,
      code: e === events - 1 ? "DELIVERED" : "DEPARTED",
      time: `2026-03-${10 + (n % 9)}T0${e % 10}:${10 + (n % 50)}:00Z`,
      place: { city: "Hamburg", country: "DE" },
    })),
  }));
}

const json = (shipments: number) => JSON.stringify({ tracking: tracking(shipments) });

const xml = (parcels: number) =>
  `<Parcels><Page>1</Page>${"<Parcel><Number>1</Number></Parcel>".repeat(parcels)}</Parcels>`;

const message = (n: number, text = "") => `UNH+${n}+IFTSTA:D:01B:UN'BGM+77+1+9'FTX+AAI+++${text}'UNT+4+${n}'`;
const interchange = (messages: string[]) =>
  `UNB+UNOC:3+A+B+260312:0815+1'${messages.join("")}UNZ+${messages.length}+1'`;

const dsv = findCarrier("dsv") ?? sandbox;

/** The sandbox, with what it was given to read. */
function watched(harmonize = sandbox.harmonize) {
  const spy = vi.fn(harmonize);
  const bodies = () => spy.mock.calls.map(([{ body }]) => new TextDecoder().decode(body));
  return { carrier: { ...sandbox, harmonize: spy }, bodies };
}

/** Small enough for a test's document to be cut. */
const small: PortionSizes = { ...portionSizes, whole: 100, portion: 100 };

describe("what is read at once", () => {
  it("is a document of up to 256 KB, untouched", () => {
    const document = documentOf(json(300));
    expect(document.body.length).toBeGreaterThan(150_000);
    expect(document.body.length).toBeLessThan(portionSizes.whole);
    const { carrier, bodies } = watched();
    expect(read(document, carrier)).toEqual([sandbox.harmonize(document, { rules: sandbox.rules })]);
    expect(bodies()).toHaveLength(1);
  });

  it("is not what can't be cut and is too large to be read in an isolate's memory: a remark says so", () => {
    const { carrier, bodies } = watched();
    const [only, ...others] = read(documentOf(`{"a":"${"x".repeat(3_200_000)}"}`), carrier);
    expect(others).toEqual([]);
    expect(bodies()).toEqual([]);
    expect(only?.remarks).toMatchObject([
      { kind: "unreadable", detail: expect.stringContaining("several documents") },
    ]);
  });

  it("is the answer about one number up to 1 MB, since it is one shipment's", () => {
    const answer = (events: number) =>
      documentOf(JSON.stringify({ tracking: tracking(1, events) }), { asked: ["SBX0"] });
    expect(answer(5000).body.length).toBeGreaterThan(portionSizes.whole);
    expect(read(answer(5000))).toHaveLength(1);
    expect(read(answer(12_000)).length).toBeGreaterThan(3);
  });

  it.each([
    ["JSON without a list of objects", `{"a":"${"x".repeat(300_000)}"}`, null],
    ["a web page", `<html>${"x".repeat(300_000)}</html>`, null],
    [
      "JSON in a charset whose bytes may look like brackets",
      json(1000),
      "application/json; charset=shift_jis",
    ],
    ["XML in such a charset", `<?xml version="1.0" encoding="shift_jis"?>${xml(10_000)}`, null],
  ])("is %s", (_, body, content_type) => {
    const { carrier, bodies } = watched();
    expect(read(documentOf(body, { content_type }), carrier)).toHaveLength(1);
    expect(bodies()).toEqual([body]);
  });

  it("is the answer of a carrier that tells one shipment by another", () => {
    const consignment = (day: string) =>
      `<Consignment><ConsignmentNumber>100000017</ConsignmentNumber><SummaryCode>INT</SummaryCode><StatusData><StatusCode>MLX</StatusCode><StatusDescription>${"In transit ".repeat(5)}</StatusDescription><LocalEventDate format="YYYYMMDD">${day}</LocalEventDate><LocalEventTime format="HHMM">0841</LocalEventTime><Depot>BA4</Depot><DepotName>Bradford</DepotName></StatusData></Consignment>`;
    const document = documentOf(
      `<TrackResponse>${consignment("20230101")}${consignment("20260301")}</TrackResponse>`,
    );
    const [first, ...others] = read(document, tnt, small);
    expect(others).toEqual([]);
    expect(first?.shipments.map(({ events }) => events.map(({ time }) => time.at?.slice(0, 4)))).toEqual([
      ["2026"],
    ]);
  });
});

describe("what is read in portions", () => {
  it("is JSON that is one value a line", () => {
    const line = (n: number) => JSON.stringify({ tracking: [{ tracking_number: `SBX${n}`, events: [] }] });
    const { carrier, bodies } = watched();
    read(documentOf(`${line(1)}\n${line(2)}\n${line(3)}\n`), carrier, small);
    expect(bodies()).toEqual([`${line(1)}\n`, `${line(2)}\n`, `${line(3)}\n`]);
  });

  it("is XML with what stands around its packages in each portion", () => {
    const { carrier, bodies } = watched();
    read(documentOf(`<?xml version="1.0"?>${xml(10)}`), carrier, small);
    expect(bodies().length).toBeGreaterThan(1);
    for (const body of bodies())
      expect(body).toMatch(/^<\?xml.*<Page>1<.*(<Parcel>.*<\/Parcel>)+<\/Parcels>$/u);
  });

  it("is complete unless its end is missing", () => {
    const iftsta = interchange([1, 2, 3].map((n) => message(n)));
    const completes = (text: string) => read(documentOf(text), dsv, small).map(({ complete }) => complete);
    expect(completes(iftsta)).toEqual([true, true, true]);
    expect(completes(iftsta.slice(0, -20))).toEqual([true, true, false]);
  });
});

describe("remarks on portions", () => {
  const element = (n: number, more: object = {}) => ({
    tracking_number: `SBX${n}`,
    pad: "x".repeat(80),
    ...more,
  });
  const document = (elements: object[], around: Partial<RawDocument> = {}) =>
    documentOf(JSON.stringify({ tracking: elements }), around);

  it("name the portion and where it begins, from the second one on", () => {
    const broken = { events: [{ code: 7 }] };
    const remarks = read(document([element(1, broken), element(2), element(3, broken)]), sandbox, small).map(
      (portion) => portion.remarks,
    );
    const fault =
      "The document has not the carrier's shape: Invalid input: expected string, received number.";
    expect(remarks).toEqual([
      [{ kind: "incomplete", detail: fault, at: "tracking[0].events[0].code" }],
      [],
      [{ kind: "incomplete", detail: fault, at: "portion 3 from byte 267: tracking[0].events[0].code" }],
    ]);
  });

  it("name a number that was asked for only where no portion mentions it", () => {
    const asked = ["SBX1", "SBX2", "SBX3", "SBX4"];
    expect(merged(read(document([element(1), element(3)], { asked }), sandbox, small)).remarks).toEqual([
      { kind: "not_found", detail: "The carrier says nothing about SBX2.", at: "SBX2" },
      { kind: "not_found", detail: "The carrier says nothing about SBX4.", at: "SBX4" },
    ]);
  });

  it("appear once when they come from what surrounds the list", () => {
    const { carrier } = watched((one, context) => {
      const remark = { kind: "carrier_error", detail: "Half of it is missing.", at: null } as const;
      return { ...sandbox.harmonize(one, context), remarks: [remark] };
    });
    expect(
      read(document([element(1), element(2), element(3)]), carrier, small).flatMap((one) => one.remarks),
    ).toEqual([{ kind: "carrier_error", detail: "Half of it is missing.", at: null }]);
  });

  it("end a document of which the first twenty portions can't be read", () => {
    const { carrier, bodies } = watched();
    const portions = read(
      document(Array.from({ length: 50 }, () => ({ no: "x".repeat(100) }))),
      carrier,
      small,
    );
    expect(bodies()).toHaveLength(20);
    expect(portions).toHaveLength(21);
    expect(portions.at(-1)).toEqual({
      shipments: [],
      remarks: [
        {
          kind: "unreadable",
          detail: "None of the document's first 20 portions can be read; the rest is not read.",
          at: null,
        },
      ],
      complete: true,
    });
  });

  it("don't end a document whose first portion can be read", () => {
    const rest = Array.from({ length: 30 }, () => ({ no: "x".repeat(100) }));
    const { carrier, bodies } = watched();
    read(document([element(1), ...rest]), carrier, small);
    expect(bodies()).toHaveLength(31);
  });

  it("say that a JSON document ends in the middle, without reading it", () => {
    const body = json(1000).slice(0, -10);
    const { carrier, bodies } = watched();
    expect(read(documentOf(body), carrier)).toEqual([
      {
        shipments: [],
        remarks: [
          { kind: "unreadable", detail: "The JSON document ends in the middle.", at: `byte ${body.length}` },
        ],
        complete: false,
      },
    ]);
    expect(bodies()).toEqual([]);
  });

  it("say what was too long to be read", () => {
    const texts = ["a", "b".repeat(1000).replaceAll("bbbbb", "bbbb'"), "c"];
    const iftsta = interchange(texts.map((text, i) => message(i + 1, text)));
    const portions = read(documentOf(iftsta), dsv, { ...small, message: 500 });
    expect(portions.at(-1)?.remarks).toEqual([
      {
        kind: "unreadable",
        detail: "A message of 1052 bytes: at most 500 are read. Send it in several.",
        at: "byte 82",
      },
    ]);
  });
});

describe("a large document for a caller that needs all of it", () => {
  it("has each shipment once, with the events of all portions and the last promise", () => {
    const body = JSON.stringify({ tracking: tracking(1, 5000) });
    const whole = sandbox.harmonize(documentOf(body), { rules: sandbox.rules });
    expect(read(documentOf(body)).length).toBeGreaterThan(1);
    expect(readWhole(sandbox, documentOf(body), sandbox.rules)).toEqual(whole);
    const [first, second] = [tracking(1, 1), tracking(1, 2)].map((list) =>
      sandbox.harmonize(documentOf(JSON.stringify({ tracking: list })), { rules: sandbox.rules }),
    );
    if (first === undefined || second === undefined) throw new Error("Nothing was read.");
    for (const shipment of second.shipments) shipment.eta = "2026-05-01";
    expect(merged([first, second]).shipments).toMatchObject([{ eta: "2026-05-01", events: { length: 3 } }]);
  });

  it("is what the carrier reads where it is one portion", () => {
    const document = documentOf(json(2));
    expect(readWhole(sandbox, document, sandbox.rules)).toEqual(
      sandbox.harmonize(document, { rules: sandbox.rules }),
    );
  });
});
