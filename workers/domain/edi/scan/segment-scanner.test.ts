import { describe, expect, it } from "vitest";
import { bytesOf } from "../samples-suite.ts";
import { newScanState, type ScanState } from "./scan-state.ts";
import { MAX_SEGMENT_BYTES, SegmentScanner } from "./segment-scanner.ts";

function scan(text: string | Uint8Array): { segments: string[][]; remarks: string[]; state: ScanState } {
  const segments: string[][] = [];
  const remarks: string[] = [];
  const state = newScanState();
  const scanner = new SegmentScanner(
    {
      segment: (seg) =>
        segments.push(Array.from({ length: seg.elementCount }, (_, e) => seg.lines(e, "*").join("|"))),
      scanRemark: (kind) => remarks.push(kind),
    },
    state,
  );
  scanner.push(typeof text === "string" ? bytesOf(text) : text);
  scanner.finish();
  return { segments, remarks, state };
}

const unb = "UNB+UNOC:3+A+B+260312:0815+1'";

describe("EDIFACT", () => {
  it("takes the meaning of a sign away by the release character, before the terminator too", () => {
    const { segments } = scan(`${unb}RFF+CU:A?+B?:C?'D??'UNZ+0+1'`);
    expect(segments[1]).toEqual(["RFF", "CU|A+B:C'D?"]);
  });

  it("reads a UNA of unusual signs and goes back to the standard's for the next interchange", () => {
    const { segments } = scan(
      `UNA;*,! ~UNB*UNOC;3*A*B*260312;0815*1~RFF*CU;it's+:?!~~UNZ*0*1~${unb}RFF+CU:X~'UNZ+0+1'`,
    );
    expect(segments[1]).toEqual(["RFF", "CU|it's+:?~"]);
    expect(segments[4]).toEqual(["RFF", "CU|X~"]);
  });

  it("reads a UNA that lacks its reserved character", () => {
    expect(scan(`UNA:+.?'${unb}UNZ+0+1'`).segments.map((s) => s[0])).toEqual(["UNB", "UNZ"]);
  });

  it("has no release character where UNA leaves it blank", () => {
    expect(scan(`UNA:+.  '${unb}FTX+AHN+++why?'UNZ+0+1'`).segments[1]).toEqual([
      "FTX",
      "AHN",
      "",
      "",
      "why?",
    ]);
  });

  it("drops line ends of wrapped files, in values, in tags and behind a release character", () => {
    expect(scan(`${unb}RF\r\nF+CU:AB\r\nC?\r\n'D'\nUNZ+0+1'`).segments[1]).toEqual(["RFF", "CU|ABC'D"]);
  });

  it("passes blanks behind terminators, BOM, blank lines and Ctrl-Z", () => {
    const { segments, remarks } = scan(`\u00ef\u00bb\u00bf\r\n${unb}     \r\nUNZ+0+1'\r\n\u001a`);
    expect(segments.map((s) => s[0])).toEqual(["UNB", "UNZ"]);
    expect(remarks).toEqual(["BOM_SKIPPED", "LEADING_WHITESPACE_SKIPPED"]);
  });

  it("splits at the repetition sign in syntax 4 only", () => {
    const v4 = "UNB+UNOC:4+A+B+20260312:0815+1'";
    expect(scan(`UNA:+.?*'${v4}RFF+CU:A*CU:B'UNZ+0+1'`).segments[1]).toEqual(["RFF", "CU|A*CU|B"]);
    expect(scan(`UNA:+.?*'${unb}RFF+CU:A*B'UNZ+0+1'`).segments[1]).toEqual(["RFF", "CU|A*B"]);
  });

  it("reads level B separators without a UNA", () => {
    const { segments } = scan(
      "UNB\u001dUNOB\u001f2\u001dA\u001dB\u001d260312\u001f0815\u001d1\u001cUNZ\u001d0\u001d1\u001c",
    );
    expect(segments.map((s) => s[0])).toEqual(["UNB", "UNZ"]);
    expect(segments[0]?.[1]).toBe("UNOB|2");
  });

  it.each([
    ["UNOC", "K\u00f6ln", "Köln", "iso-8859-1", []],
    ["UNOC", "K\u00c3\u00b6ln", "Köln", "utf-8", ["CHARSET_MISDECLARED"]],
    ["UNOD", "\u00a3\u00f3d\u00bc", "Łódź", "iso-8859-2", []],
    ["UNOA", "K\u00f6ln", "Köln", "iso-8859-1", ["CHARSET_MISDECLARED"]],
    ["UNOc", "K\u00f6ln", "Köln", "iso-8859-1", []],
    ["UNOC", "\u0080", "\u0080", "iso-8859-1", []],
  ])("decodes %s %j as %s (%s)", (declared, raw, text, charset, remarks) => {
    const result = scan(`UNB+${declared}:3+A+B+260312:0815+1'LOC+14+:::${raw}'UNZ+0+1'`);
    expect(result.segments[1]?.[2]).toBe(`|||${text}`);
    expect(result.state.charset).toBe(charset);
    expect(result.remarks).toEqual(remarks);
  });

  it("drops a segment that is too long and reads on behind it", () => {
    const { segments, remarks } = scan(`${unb}FTX+AHN+++${"X".repeat(MAX_SEGMENT_BYTES)}'CNI+1+A'UNZ+0+1'`);
    expect(segments.map((s) => s[0])).toEqual(["UNB", "CNI", "UNZ"]);
    expect(remarks).toEqual(["SEGMENT_TOO_LONG"]);
  });

  it("tells of garbage between interchanges and reads the next one", () => {
    const { segments, remarks } = scan(`${unb}UNZ+0+1'Sent from UNB+ my mailer\n${unb}UNZ+0+1'`);
    expect(segments).toHaveLength(4);
    expect(remarks).toEqual(["GARBAGE_SKIPPED"]);
  });

  it("believes a last UNZ without its terminator, and no other segment", () => {
    expect(scan(`${unb}UNZ+0+1`).segments.map((s) => s[0])).toEqual(["UNB", "UNZ"]);
    const cut = scan(`${unb}RFF+CU:ORD`);
    expect(cut.segments).toHaveLength(1);
    expect(cut.remarks).toEqual(["SEGMENT_UNTERMINATED"]);
  });
});

const isa =
  "ISA*00*          *00*          *02*CARX           *ZZ*HUB            *260312*0815*U*00401*000000101*0*P*>~";

describe("X12", () => {
  it.each([
    ["line feed", isa.replace("~", "\n")],
    ["carriage return and line feed", isa.replace("~", "\r\n")],
    ["NEL", isa.replace("~", "\u0085")],
    ["control characters", isa.replaceAll("*", "\u001d").replace(">", "\u001f").replace("~", "\u001c")],
    ["bar and caret", isa.replaceAll("*", "^").replace(">", "!").replace("~", "|")],
  ])("finds its separators in ISA: %s", (_, header) => {
    const element = header[3] ?? "";
    const terminator = header.slice(105);
    const { segments } = scan(
      `${header}GS${element}QM${terminator}IEA${element}1${element}000000101${terminator}`,
    );
    expect(segments.map((s) => s[0])).toEqual(["ISA", "GS", "IEA"]);
    expect(segments[1]?.[1]).toBe("QM");
  });

  it("counts separators where the padding is trimmed", () => {
    const { segments, remarks } = scan(`${isa.replace("CARX           ", "CARX")}IEA*0*000000101~`);
    expect(segments[0]?.[6]).toBe("CARX");
    expect(remarks).toEqual(["ISA_LENGTH"]);
  });

  it("tells of a file that ends inside ISA", () => {
    const { segments, remarks } = scan(isa.slice(0, 60));
    expect(segments).toEqual([]);
    expect(remarks).toEqual(["ISA_TRUNCATED"]);
  });

  it("steps over a picture that holds terminators", () => {
    const { segments } = scan(`${isa}BIN*8*ab~cd*~f~LX*1~IEA*0*000000101~`);
    expect(segments.map((s) => s[0])).toEqual(["ISA", "BIN", "LX", "IEA"]);
  });
});
