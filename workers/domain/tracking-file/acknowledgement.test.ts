import { describe, expect, it } from "vitest";
import { readEdi } from "../edi/read.ts";
import { afterAnswer, answerOf, type FileAnswer } from "./acknowledgement.ts";

const contrl = (...body: string[]) =>
  `UNB+UNOC:3+CUSTOMERCO:ZZ+GLUEY:ZZ+260314:0905+77'UNH+1+CONTRL:3:1:UN'${body.map((one) => `${one}'`).join("")}UNT+${body.length + 2}+1'UNZ+1+77'`;

const x12 = (kind: "997" | "999", ...body: string[]) =>
  [
    "ISA*00*          *00*          *ZZ*CUSTOMERCO     *ZZ*GLUEY          *260314*0905*U*00401*000000077*0*P*>~",
    "GS*FA*CUSTOMERCO*GLUEY*20260314*0905*77*X*004010~",
    `ST*${kind}*0001~`,
    ...body.map((one) => `${one}~`),
    `SE*${body.length + 2}*0001~GE*1*77~IEA*1*000000077~`,
  ].join("");

const ta1 = (segment: string) =>
  `ISA*00*          *00*          *ZZ*CUSTOMERCO     *ZZ*GLUEY          *260314*0905*U*00401*000000077*0*P*>~${segment}~IEA*0*000000077~`;

function answers(
  text: string,
  format: "iftsta-d01b" | "iftsta-d96a" | "x12-214" | "csv",
): (FileAnswer | null)[] {
  return readEdi(new TextEncoder().encode(text)).acknowledgements.map((ack) => answerOf(ack, format));
}

describe("an acknowledgement is the answer to one file", () => {
  it.each([
    [contrl("UCI+123+GLUEY:ZZ+CUSTOMERCO:ZZ+8"), "received", null],
    [contrl("UCI+123+GLUEY:ZZ+CUSTOMERCO:ZZ+7"), "accepted", null],
    [contrl("UCI+123+GLUEY:ZZ+CUSTOMERCO:ZZ+4+23"), "rejected", "code 23 unknown sender"],
    [
      contrl(
        "UCI+123+GLUEY:ZZ+CUSTOMERCO:ZZ+7",
        "UCM+12300001+IFTSTA:D:01B:UN+7",
        "UCM+12300002+IFTSTA:D:01B:UN+4",
        "UCS+8+12",
      ),
      "partial",
      "message 12300002 (segment 8: code 12 invalid value)",
    ],
  ])("CONTRL %#", (text, verdict, reason) => {
    expect(answers(text, "iftsta-d01b")).toEqual([{ control_number: 123, verdict, reason }]);
    expect(answers(text, "x12-214")).toEqual([null]);
    expect(answers(text, "csv")).toEqual([null]);
  });

  it.each([
    [x12("997", "AK1*QM*123", "AK9*A*2*2*2"), "accepted", null],
    [x12("997", "AK1*QM*000000123", "AK9*R*2*2*0*2"), "rejected", "code 2 version not supported"],
    [
      x12(
        "999",
        "AK1*QM*123*004010",
        "AK2*214*0002",
        "IK3*AT7*9**8",
        "IK4*6*337*5*0612345678",
        "IK5*R*5",
        "AK9*P*2*2*1",
      ),
      "partial",
      'message 0002 (AT7 segment 9: code 8 elements in error; AT7 segment 9 element 6: code 5 too long "0612345678"; code 5 segments in error)',
    ],
    [ta1("TA1*000000123*260314*0905*A*000"), "received", null],
    [ta1("TA1*000000123*260314*0905*R*025"), "rejected", "code 025 control number sent before"],
  ])("997, 999 and TA1 %#", (text, verdict, reason) => {
    expect(answers(text, "x12-214")).toEqual([{ control_number: 123, verdict, reason }]);
    expect(answers(text, "iftsta-d01b")).toEqual([null]);
  });

  it("APERAK names one message, and with it the file", () => {
    const body = ["BGM+305+A1+27", "RFF+ACW:12300002", "ERC+E77", "FTX+AAO+++Shipment unknown to us"];
    const text = contrl(...body).replaceAll("CONTRL:3:1:UN", "APERAK:D:01B:UN");
    expect(answers(text, "iftsta-d01b")).toEqual([
      { control_number: 123, verdict: "partial", reason: "code E77 Shipment unknown to us" },
    ]);
  });

  it.each(["", "0", "ABC", "1234567890123"])(
    "a reference that is no number of ours is no answer: %s",
    (reference) => {
      expect(answers(contrl(`UCI+${reference}+GLUEY:ZZ+CUSTOMERCO:ZZ+7`), "iftsta-d96a")).toEqual([null]);
    },
  );

  it("a reason stays short, whatever the partner writes", () => {
    const many = Array.from({ length: 300 }, (_, i) => [`UCM+${i}+IFTSTA:D:01B:UN+4`, "UCS+8+12"]).flat();
    const [answer] = answers(contrl("UCI+123+GLUEY:ZZ+CUSTOMERCO:ZZ+7", ...many), "iftsta-d01b");
    expect(answer?.reason).toContain("295 more messages");
    expect(answer?.reason?.length).toBeLessThanOrEqual(500);
  });
});

describe("of several answers", () => {
  const said = (verdict: FileAnswer["verdict"], reason: string | null = null): FileAnswer => ({
    control_number: 1,
    verdict,
    reason,
  });

  it.each([
    [null, said("received"), said("received")],
    [said("received"), said("accepted"), said("accepted")],
    [said("accepted"), said("received"), said("accepted")],
    [said("rejected", "no"), said("received"), said("rejected", "no")],
    [said("rejected", "no"), said("accepted"), said("accepted")],
    [said("accepted"), said("rejected", "no"), said("rejected", "no")],
    [said("partial", "a"), said("partial", "b"), said("partial", "a; b")],
    [said("partial", "a"), said("partial", "a"), said("partial", "a")],
    [said("partial", "a; b"), said("partial", "b"), said("partial", "a; b")],
  ])("%o, then %o: %o", (before, next, after) => {
    expect(afterAnswer(before, next)).toEqual(after);
  });
});
