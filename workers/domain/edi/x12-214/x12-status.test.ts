import { describe, expect, it } from "vitest";
import { readEdi } from "../read.ts";
import { bytesOf, plain214, x12 } from "../samples-suite.ts";
import { readTimeCode, readX12Date, readX12Time } from "./x12-time.ts";

const read = (text: string) => readEdi(bytesOf(text));
const body = (...at7: readonly string[]) => ["B10*PRO1*SHP1*CARX", "LX*1", ...at7];

describe("214", () => {
  it("reads a status with what stands around it", () => {
    const reading = read(plain214);
    expect(reading).toMatchObject({ format: "x12", complete: true, remarks: [] });
    expect(reading.statuses[0]).toMatchObject({
      message: { ref: "0001", type: "214", release: "004010", carrier: "CARX", group_ref: "7" },
      ids: [
        { scheme: "B10-01", value: "PRO1" },
        { scheme: "B10-02", value: "SHP1" },
        { scheme: "L11+PO", value: "PO1" },
      ],
      code: "X6",
      code_list: "1650",
      sub_code: "NS",
      occurred_at: "2026-03-12T09:41",
      time_zone: "America/New_York",
      utc_offset: null,
      location: { city: "ERIE", state: "PA", country: "US" },
      texts: [{ lines: ["ON THE WAY"] }],
    });
    expect(reading.statuses[1]).toMatchObject({
      occurred_at: "2026-03-13T10:15:30",
      precision: "second",
      utc_offset: "+00:00",
    });
  });

  it("gives a carton its own numbers and the place that stands before its status", () => {
    const text = x12([
      [
        "B10*PRO1*SHP1*CARX",
        "LX*1",
        "AT7*X6*NS***20260312*0900*UT",
        "CD3*G*12,5",
        "L11*PARCEL1*2I",
        "MS1*ERIE*PA*US",
        "AT7*D1*NS***20260312*0941*UT",
        "MAN*GM*370000000000000018",
      ],
    ]);
    const reading = read(text);
    expect(reading.statuses.map((s) => [s.code, s.parcel_numbers, s.location?.city])).toEqual([
      ["X6", [], undefined],
      ["D1", ["370000000000000018"], "ERIE"],
    ]);
    expect(reading.remarks.map((r) => r.kind)).toEqual(["MS1_BEFORE_AT7"]);
  });

  it("attaches a place told too early, and tells so", () => {
    const reading = read(x12([body("MS1*LEEDS**GB", "AT7*X3*NS***20260304*0806*LT")]));
    expect(reading.statuses[0]?.location).toMatchObject({ city: "LEEDS", country: "GB" });
    expect(reading.remarks.map((r) => r.kind)).toEqual(["MS1_BEFORE_AT7"]);
  });

  it("holds appointments and estimates for plans", () => {
    const { statuses } = read(
      x12([
        body("AT7***AB*NA*20260313*1400*LT", "AT7*AG*NS***20260314*1500*LT", "AT7*X6*NS***20260312*0941*LT"),
      ]),
    );
    expect(
      statuses.map((s) => [s.code, s.code_list, s.planned, s.occurred_at, s.planned_for?.local ?? null]),
    ).toEqual([
      ["AB", "1652", true, null, "2026-03-13T14:00"],
      ["AG", "1650", true, null, "2026-03-14T15:00"],
      ["X6", "1650", false, "2026-03-12T09:41", null],
    ]);
    expect(statuses[1]?.eta?.local).toBe("2026-03-14T15:00");
  });

  it("reads coordinates", () => {
    expect(
      read(x12([body("AT7*X6*NS***20260312*0941*UT", "MS1****0914726*0431836*W*N")])).statuses[0]?.location
        ?.geo,
    ).toEqual({ lat: 43.31, lng: -91.79056 });
  });

  it("keeps the status and drops what is no time", () => {
    const reading = read(
      x12([
        body("AT7*D1*NS***20260312*2400*UT", "AT7*D1*NS***20260230*0941*UT", "AT7*D1*NS***20260312*0941*QQ"),
      ]),
    );
    expect(reading.statuses.map((s) => [s.occurred_at, s.precision])).toEqual([
      ["2026-03-12", "date"],
      [null, "unknown"],
      ["2026-03-12T09:41", "minute"],
    ]);
    expect(reading.remarks.map((r) => r.kind)).toEqual(["TIME_INVALID", "DATE_INVALID", "TIME_CODE_UNKNOWN"]);
  });

  it("reads AT7 as it was up to 003070", () => {
    const [status] = read(x12([body("AT7*D1*NS***260312*20*0941*ET")], undefined, "003070")).statuses;
    expect(status).toMatchObject({ occurred_at: "2026-03-12T09:41", time_zone: "America/New_York" });
  });

  it("takes a status without an LX, and a set without SE", () => {
    const text = x12([["B10*PRO1*SHP1*CARX", "AT7*D1*NS***20260312*0941*UT"]]).replace(/SE\*4\*0001~/, "");
    const reading = read(text);
    expect(reading.statuses).toHaveLength(1);
    expect(reading.remarks.map((r) => r.kind)).toEqual(["AT7_WITHOUT_LX", "SE_MISSING"]);
  });

  it("gives each package of a 240 its own statuses", () => {
    const set = [
      "BGN*00*REF1*20260312",
      "LX*1",
      "MAN*CP*PARCEL1",
      "AT7*X6*NS***20260312*0900*UT",
      "MAN*CP*PARCEL2",
      "AT7*D1*NS***20260312*0930*UT",
    ];
    expect(
      read(x12([set], undefined, "004010", "240")).statuses.map((s) => [s.code, s.parcel_numbers]),
    ).toEqual([
      ["X6", ["PARCEL1"]],
      ["D1", ["PARCEL2"]],
    ]);
  });

  it("shows a terminator in a value by the count, and loses nothing else", () => {
    const text = x12([["B10*PRO1*SHP1*CARX", "N3*GATE 3 ~ REAR", "LX*1", "AT7*D1*NS***20260312*0941*UT"]]);
    const reading = read(text);
    expect(reading.statuses).toHaveLength(1);
    expect(reading.remarks[0]).toMatchObject({
      kind: "SE_COUNT_MISMATCH",
      facts: { declared: 6, actual: 7 },
    });
  });
});

describe("dates and times", () => {
  it.each([
    ["UT", "+00:00", null],
    ["ES", "-05:00", null],
    ["01", "+01:00", null],
    ["13", "-12:00", null],
    ["24", "-01:00", null],
    ["27", "+05:30", null],
    ["ET", null, "America/New_York"],
    ["LT", null, null],
  ])("time code %s", (code, offset, zone) => expect(readTimeCode(code)).toEqual({ offset, zone }));

  it("knows no other codes", () => {
    expect(readTimeCode("QQ")).toBeNull();
    expect(readTimeCode("30")).toBeNull();
  });

  it.each([
    ["0941", "09:41", "minute"],
    ["094159", "09:41:59", "second"],
    ["0941597", "09:41:59.7", "second"],
    ["09415975", "09:41:59.75", "second"],
  ])("%s", (text, time, precision) => expect(readX12Time(text)).toEqual({ time, precision }));

  it("has days of the calendar only", () => {
    expect(readX12Date("20240229", null)).toBe("2024-02-29");
    expect(readX12Date("20250229", null)).toBeNull();
    expect(readX12Date("970925", "19")).toBe("1997-09-25");
    expect(readX12Date("2602", null)).toBeNull();
  });
});
