import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { packeta } from "./index.ts";

const credentials = { api_password: "pass<word&" };

carrierSuite(packeta, import.meta.dirname, { credentials });

describe("Packeta's request", () => {
  const asked = (number: string) =>
    packeta.poll?.request([number], { base_url: "https://x.example", credentials })?.body;
  it.each([
    ["Z1000000017", "<packetId>1000000017</packetId>"],
    ["1000000017", "<packetId>1000000017</packetId>"],
    ["ZZ17", "<packetId>ZZ17</packetId>"],
  ])("for %s has the id without the barcode's letter", (number, element) => {
    expect(asked(number)).toContain(element);
    expect(asked(number)).toContain("<apiPassword>pass&lt;word&amp;</apiPassword>");
  });
});

describe("Packeta's answers", () => {
  const read = (inside: string, asked: string[] = ["Z1000000017"]) =>
    packeta.harmonize(documentOf(`<response>${inside}</response>`, { asked }), { rules: packeta.rules });
  it.each([
    ["<status>fault</status><fault>PacketIdFault</fault><string>No.</string>", "not_found"],
    ["<status>fault</status><fault>IncorrectApiPasswordFault</fault><string>No.</string>", "carrier_error"],
  ])("%s", (inside, kind) => {
    expect(read(inside)).toMatchObject({ shipments: [], remarks: [{ kind, at: "Z1000000017" }] });
  });
  it("are nobody's where nobody asked", () => {
    expect(read("<status>ok</status><result/>", []).remarks.map(({ kind }) => kind)).toEqual(["incomplete"]);
  });
  it.each([
    ["2026-07-02T09:05:00", "2026-07-02T09:05:00+02:00"],
    ["2026-07-02 09:05:00", "2026-07-02T09:05:00+02:00"],
    ["2026-07-02T09:05:00+03:00", "2026-07-02T09:05:00+03:00"],
  ])("have the clock of Prague unless they say another: %s", (dateTime, at) => {
    const record = `<record><dateTime>${dateTime}</dateTime><statusCode>5</statusCode></record>`;
    const { shipments } = read(`<status>ok</status><result>${record}</result>`);
    expect(shipments[0]?.events[0]?.time.at).toBe(at);
  });
});
