import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { tnt } from "./index.ts";

const credentials = { username: "user", password: "secret" };

carrierSuite(tnt, import.meta.dirname, { credentials });

const read = (xml: string, asked: string[] = []) =>
  tnt.harmonize(documentOf(`<TrackResponse>${xml}</TrackResponse>`, { asked }), { rules: tnt.rules });
const status = (code: string, text: string, around = "") =>
  `<StatusData><StatusCode>${code}</StatusCode><StatusDescription><![CDATA[${text}]]></StatusDescription>${around}</StatusData>`;
const consignment = (number: string, inside: string) =>
  `<Consignment access="public"><ConsignmentNumber>${number}</ConsignmentNumber>${inside}</Consignment>`;

describe("TNT's status codes", () => {
  const told = (code: string, text: string) =>
    read(consignment("100000017", status(code, text))).shipments[0]?.events[0];
  it("count before their sentences, and sentences for codes that are new", () => {
    expect(told("OD", "Shipment Delivered")?.rule.id).toBe("tnt:OD");
    expect(told("ZZZ", "Delay. Recovery Action Underway")).toMatchObject({ status: "in_transit" });
    expect(told("ZZZ", "Customer Not Home. Follow Up")).toMatchObject({ status: "delivery_attempted" });
    expect(told("ZZZ", "Shipment Delivered Damaged.")).toMatchObject({
      status: "delivered",
      reason: "goods_damaged",
    });
    expect(told("ZZZ", "Sung about")?.rule.id).toBe("tnt:unmapped");
  });
});

describe("TNT's clock", () => {
  const at = (code: string, depot: string, clock = '<LocalEventTime format="HHMM">0905</LocalEventTime>') =>
    read(
      consignment(
        "100000017",
        `<OriginDepot>MAD</OriginDepot><OriginCountry><CountryCode>PT</CountryCode></OriginCountry><DestinationCountry><CountryCode>GB</CountryCode></DestinationCountry>${status(code, "x", `<LocalEventDate format="YYYYMMDD">20260702</LocalEventDate>${clock}<Depot>${depot}</Depot>`)}`,
      ),
    ).shipments[0]?.events[0]?.time;
  it.each([
    ["OK", "LC4", "2026-07-02T09:05:00+01:00", "place"],
    ["IS", "MAD", "2026-07-02T09:05:00+01:00", "place"],
    ["IS", "QAR", "2026-07-02T09:05:00+02:00", "assumed"],
  ])("%s at %s", (code, depot, instant, source) => {
    expect(at(code, depot)).toEqual({ at: instant, precision: "minute", offset_source: source });
  });
  it("may be missing: then the day is known", () => {
    expect(at("IS", "QAR", "")?.precision).toBe("date");
  });
});

describe("TNT's numbers", () => {
  const delivered = (day: string) =>
    consignment(
      "100000017",
      status("OK", "Delivered", `<LocalEventDate format="YYYYMMDD">${day}</LocalEventDate>`),
    );
  it("are used again: the newest consignment is told, in whichever order they stand", () => {
    for (const xml of [
      delivered("20260301") + delivered("20250301"),
      delivered("20250301") + delivered("20260301"),
    ]) {
      const { shipments, remarks } = read(xml);
      expect(shipments.map(({ events }) => events[0]?.time.at?.slice(0, 10))).toEqual(["2026-03-01"]);
      expect(remarks.map(({ kind }) => kind)).toEqual(["skipped"]);
    }
  });
  it("that TNT does not know, or does not mention, are not found", () => {
    const { remarks } = read(consignment("100000017", "<SummaryCode>CNF</SummaryCode>"), [
      "100000017",
      "100000024",
    ]);
    expect(remarks.map(({ kind, at }) => [kind, at])).toEqual([
      ["not_found", "100000017"],
      ["not_found", "100000024"],
    ]);
  });
});
