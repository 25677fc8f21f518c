import { describe, expect, it } from "vitest";
import { readEdi } from "../read.ts";
import { bytesOf, interchange, x12 } from "../samples-suite.ts";

const read = (text: string) => readEdi(bytesOf(text)).acknowledgements;
const contrl = (...body: readonly string[]) =>
  interchange([`UNH+1+CONTRL:3:1:UN'${body.map((s) => `${s}'`).join("")}UNT+${body.length + 2}+1'`]);

describe("CONTRL", () => {
  it("says that an interchange arrived", () => {
    expect(read(contrl("UCI+OURS1+HUB:ZZZ+4000000000001:14+8"))).toMatchObject([
      { kind: "CONTRL", result: "received", interchange_ref: "OURS1", details: [] },
    ]);
  });

  it("says which message is refused and why", () => {
    const [ack] = read(
      contrl(
        "UCI+OURS1+HUB:ZZZ+4000000000001:14+7",
        "UCM+M1+IFTSTA:D:01B:UN+7",
        "UCM+M2+IFTSTA:D:01B:UN+4+29+UNT",
        "UCS+4+13",
        "UCD+12+2:1",
      ),
    );
    expect(ack).toMatchObject({
      result: "partial",
      details: [
        { ref: "M1", accepted: true },
        {
          ref: "M2",
          accepted: false,
          errors: [
            { code: "29", segment: "UNT" },
            { code: "13", position: 4 },
            { code: "12", element: "2" },
          ],
        },
      ],
    });
  });

  it("says that everything is refused", () => {
    expect(read(contrl("UCI+OURS1+HUB:ZZZ+4000000000001:14+4+23"))).toMatchObject([
      { result: "rejected", errors: [{ code: "23" }] },
    ]);
  });
});

describe("APERAK", () => {
  it("points to the message and tells the reason", () => {
    const body = ["BGM+305+A1+27", "RFF+ACW:M7", "ERC+12", "FTX+AAO+++Unknown shipment"];
    const text = interchange([`UNH+1+APERAK:D:01B:UN'${body.map((s) => `${s}'`).join("")}UNT+6+1'`]);
    expect(read(text)).toMatchObject([
      {
        kind: "APERAK",
        result: "rejected",
        message_ref: "M7",
        errors: [{ code: "12", text: "Unknown shipment" }],
      },
    ]);
  });
});

describe("X12", () => {
  it("997: one set refused, with segment and element", () => {
    const text = x12(
      [
        [
          "AK1*QM*12345",
          "AK2*214*0001",
          "AK5*A",
          "AK2*214*0002",
          "AK3*AT7*9**8",
          "AK4*6*337*5*0612345678",
          "AK5*R*5",
          "AK9*P*2*2*1",
        ],
      ],
      undefined,
      "004010",
      "997",
    );
    expect(read(text)).toMatchObject([
      {
        kind: "997",
        result: "partial",
        group_ref: "12345",
        details: [
          { ref: "0001", accepted: true, result: "accepted" },
          {
            ref: "0002",
            accepted: false,
            errors: [
              { segment: "AT7", position: 9, code: "8" },
              { element: "6", code: "5", value: "0612345678" },
              { code: "5" },
            ],
          },
        ],
      },
    ]);
  });

  it("999: accepted with errors", () => {
    const text = x12(
      [["AK1*QM*9*005010", "AK2*214*0001", "IK3*MS1*8**8", "IK5*E*5", "AK9*E*1*1*1"]],
      undefined,
      "005010",
      "999",
    );
    expect(read(text)).toMatchObject([
      { kind: "999", result: "accepted_with_errors", details: [{ result: "accepted_with_errors" }] },
    ]);
  });

  it("TA1: the envelope's own, outside any group", () => {
    const isa = x12([]).slice(0, 106);
    expect(read(`${isa}TA1*000000077*260312*0815*R*006~IEA*0*000000101~`)).toMatchObject([
      { kind: "TA1", result: "rejected", interchange_ref: "000000077", errors: [{ code: "006" }] },
    ]);
  });

  it("makes nothing of an acknowledgement that is cut", () => {
    const text = x12([["AK1*QM*12345", "AK2*214*0001", "AK5*A"]], undefined, "004010", "997");
    expect(read(text.slice(0, text.indexOf("SE*")))).toEqual([]);
  });
});
