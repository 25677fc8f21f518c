import { describe, expect, it } from "vitest";
import { ediProfile, genericProfile } from "./edi-profile.ts";
import type { EdiStatus } from "./edi-status.ts";
import { readEdi } from "./read.ts";
import { bytesOf, iftsta, interchange, plain } from "./samples-suite.ts";

function statuses(text: string, profile = genericProfile): readonly EdiStatus[] {
  return readEdi(bytesOf(text), profile).statuses;
}

function one(body: readonly string[], profile = genericProfile): EdiStatus {
  const [status, ...others] = statuses(interchange([iftsta(body)]), profile);
  if (status === undefined || others.length > 0) throw new Error("The file should hold one status.");
  return status;
}

const kinds = (text: string): string[] => readEdi(bytesOf(text)).remarks.map((r) => r.kind);

describe("IFTSTA", () => {
  it("reads a status with all that stands around it", () => {
    const reading = readEdi(bytesOf(plain));
    expect(reading).toMatchObject({ format: "edifact", complete: true, remarks: [] });
    expect(reading.statuses).toHaveLength(2);
    expect(reading.statuses[0]).toMatchObject({
      interchange: {
        sender: "4000000000001",
        receiver: "HUB",
        control_ref: "REF1",
        prepared: "2026-03-12T08:15",
        test: false,
      },
      message: {
        ref: "1",
        type: "IFTSTA",
        release: "D.01B",
        document_number: "DOC1",
        document_function: "original",
      },
      ids: [
        { scheme: "GIN+AW", value: "370000000000000018" },
        { scheme: "RFF+CU", value: "ORDER1" },
        { scheme: "CNI", value: "SHIP1" },
      ],
      shipment_number: "SHIP1",
      parcel_numbers: ["370000000000000018"],
      code: "21",
      code_agency: "6",
      status_text: "Delivered",
      occurred_at: "2026-03-12T07:12",
      precision: "minute",
      utc_offset: null,
      time_source: "DTM+334",
      location: { code: "SEMMA", code_list: "139", name: "Malmo", country: "SE" },
      signed_by: "A TESTER",
      pieces: 1,
      planned: false,
    });
  });

  it("takes a status outside a consignment with the numbers of the header", () => {
    const text = interchange([iftsta(["BGM+77+D+9", "RFF+CW:PARCEL1", "STS+1+21"])]);
    expect(statuses(text)[0]).toMatchObject({
      parcel_numbers: ["PARCEL1"],
      code: "21",
      occurred_at: null,
      precision: "unknown",
    });
    expect(kinds(text)).toEqual(["STS_WITHOUT_CNI"]);
  });

  it("hands the header's references to every consignment", () => {
    const body = ["BGM+77+D+9", "RFF+BM:BILL1", "CNI+1+A", "STS+1+24", "CNI+2+B", "STS+1+24"];
    expect(statuses(interchange([iftsta(body)])).map((s) => s.ids.map((id) => id.value))).toEqual([
      ["A", "BILL1"],
      ["B", "BILL1"],
    ]);
  });

  it("keeps a transport leg's places and times out of the status", () => {
    const status = one([
      "CNI+1+A",
      "STS+1+24",
      "DTM+334:202603120800:203",
      "TDT+20",
      "LOC+9+DEHAM:139:6",
      "DTM+133:202603130000:203",
      "EQD+CN+ABCU1234567",
    ]);
    expect(status).toMatchObject({
      location: null,
      eta: null,
      equipment: [{ qualifier: "CN", id: "ABCU1234567" }],
    });
    expect(status.ids[0]).toEqual({ scheme: "EQD+CN", value: "ABCU1234567" });
  });

  it("counts a range of SSCCs, and does not where it cannot be one", () => {
    expect(
      one(["CNI+1+A", "STS+1+1", "GID+1+1:PX", "GIN+AW+370000000000000011:370000000000000035"])
        .parcel_numbers,
    ).toEqual(["370000000000000011", "370000000000000028", "370000000000000035"]);
    expect(one(["CNI+1+A", "STS+1+1", "GID+1+1:PX", "GIN+BN+77:99"]).parcel_numbers).toEqual(["77", "99"]);
  });

  it("takes a pair for a list where the profile says so", () => {
    const listing = ediProfile({ carrier_id: "acme", number_pairs: "list" });
    const pair = ["CNI+1+A", "STS+1+1", "GID+1+1:PX", "GIN+AW+370000000000000011:370000000000000035"];
    expect(one(pair, listing).parcel_numbers).toEqual(["370000000000000011", "370000000000000035"]);
  });

  it("is not read in a standard that the profile does not know, and says so", () => {
    const claim =
      "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260312*0815*U*00401*000000001*0*P*>~";
    const only = (standard: "edifact" | "x12") => ediProfile({ carrier_id: "acme", standards: [standard] });
    for (const [text, standard, says] of [
      [claim, "edifact", /is X12.* EDIFACT only/u],
      [plain, "x12", /is EDIFACT.* X12 only/u],
    ] as const) {
      const { statuses: none, remarks, complete } = readEdi(bytesOf(text), only(standard));
      expect([none, complete]).toEqual([[], true]);
      expect(remarks.map(({ detail }) => detail)).toEqual([expect.stringMatching(says)]);
    }
    expect(readEdi(bytesOf(plain), only("edifact")).statuses).toHaveLength(2);
  });

  it("joins a day and a clock time of the same qualifier", () => {
    expect(one(["CNI+1+A", "STS+1+21", "DTM+334:20260312:102", "DTM+334:0815:401"])).toMatchObject({
      occurred_at: "2026-03-12T08:15",
      precision: "minute",
    });
  });

  it("tells the promise apart from the event", () => {
    expect(
      one([
        "CNI+1+A",
        "STS+1+24",
        "DTM+17:20260314:102",
        "DTM+64:202603140800:203",
        "DTM+63:202603141200:203",
      ]),
    ).toMatchObject({
      occurred_at: null,
      eta: { local: "2026-03-14", precision: "date", source: "DTM+17" },
      eta_window: { from: { local: "2026-03-14T08:00" }, to: { local: "2026-03-14T12:00" } },
    });
  });

  it("invents no time: a wrong one is told and left out", () => {
    const text = interchange([iftsta(["CNI+1+A", "STS+1+21", "DTM+334:20260230:102"])]);
    expect(statuses(text)[0]).toMatchObject({ code: "21", occurred_at: null, precision: "unknown" });
    const [remark] = readEdi(bytesOf(text)).remarks;
    expect(remark).toMatchObject({
      kind: "DTM_INVALID",
      facts: { value: "20260230" },
      at: { interchange: 1, message: "1", segment: 4 },
    });
    expect(text.slice(remark?.at.offset, (remark?.at.offset ?? 0) + 3)).toBe("DTM");
  });

  it("takes no event from the energy market", () => {
    const text = interchange([iftsta(["BGM+Z03+1", "NAD+MS+9900000000001::293", "STS+Z21+Z05"], "1", "18A")]);
    expect(statuses(text)).toEqual([]);
    expect(kinds(text)).toContain("NOT_TRANSPORT");
  });

  it("says what a correction is", () => {
    const text = interchange([iftsta(["BGM+77+D+5", "CNI+1+A", "STS+1+23+6"])]);
    expect(statuses(text)[0]).toMatchObject({ message: { document_function: "replace" }, sub_code: "6" });
  });

  it("drops a number that is too long to be one, and cuts prose", () => {
    const status = one(["CNI+1+A", "STS+1+21", `RFF+CU:${"9".repeat(300)}`, `FTX+AHN+++${"x".repeat(9000)}`]);
    expect(status.references).toEqual([]);
    expect(status.texts[0]?.lines[0]).toHaveLength(2560);
  });
});

describe("envelopes", () => {
  it("costs a broken message only itself", () => {
    const good = ["CNI+1+A", "STS+1+21"];
    const broken = "UNH+2+IFTSTA:D:01B:UN'CNI+1+B'STS+1+24'";
    const text = interchange([iftsta(good), broken, iftsta(good, "3")]);
    expect(statuses(text).map((s) => s.message.ref)).toEqual(["1", "2", "3"]);
    expect(kinds(text)).toEqual(["UNT_MISSING"]);
  });

  it("tells counts and references that disagree", () => {
    const text = "UNB+UNOC:3+A+B+260312:0815+1'UNH+1+IFTSTA:D:01B:UN'CNI+1+A'STS+1+21'UNT+0009+X'UNZ+5+2'";
    expect(kinds(text)).toEqual([
      "UNT_COUNT_MISMATCH",
      "UNT_REF_MISMATCH",
      "UNZ_COUNT_MISMATCH",
      "UNZ_REF_MISMATCH",
    ]);
    expect(statuses(text)).toHaveLength(1);
  });

  it("skips other messages and reads on", () => {
    const order = "UNH+1+IFTMIN:D:01B:UN'BGM+610+X+9'STS+1+21'UNT+4+1'";
    const text = interchange([order, iftsta(["CNI+1+A", "STS+1+21"], "2")]);
    expect(statuses(text)).toHaveLength(1);
    expect(kinds(text)).toEqual(["MESSAGE_SKIPPED"]);
  });

  it("says that a file is not whole, and which statuses may still change", () => {
    const reading = readEdi(bytesOf(plain.slice(0, plain.lastIndexOf("UNT"))));
    expect(reading.complete).toBe(false);
    expect(reading.statuses.map((s) => s.unfinished)).toEqual([false, true]);
    expect(reading.remarks.map((r) => r.kind)).toEqual(["UNT_MISSING", "UNZ_MISSING"]);
  });

  it("reads two interchanges of one reference", () => {
    const reading = readEdi(bytesOf(plain + plain));
    expect(reading.statuses.map((s) => s.interchange.index)).toEqual([1, 1, 2, 2]);
    expect(reading.interchanges).toHaveLength(2);
  });

  it("counts groups where there are any", () => {
    const unb = "UNB+UNOC:3+A+B+260312:0815+1++IFTSTA++1++1'";
    const group = `UNG+IFTSTA+A+B+260312:0815+G1+UN+D:01B'${iftsta(["CNI+1+A", "STS+1+21"])}UNE+1+G1'`;
    const reading = readEdi(bytesOf(`${unb}${group}UNZ+1+1'`));
    expect(reading.remarks).toEqual([]);
    expect(reading.statuses[0]).toMatchObject({
      message: { group_ref: "G1" },
      interchange: { test: true, ack_requested: true, application_ref: "IFTSTA" },
    });
  });
});

describe("a carrier's profile", () => {
  it("UPS: the code in C601, the parcel in the header, the signer in a reference", () => {
    const ups = ediProfile({
      carrier_id: "ups",
      status_code: ["C601.3055"],
      sub_code: ["C601.1131"],
      parcel_number: [["RFF+CW"]],
      signer_reference: ["AGY"],
      eta_time: ["67"],
      midnight_is_date: true,
    });
    const body = [
      "BGM+23:UPS::QVD+O4",
      "RFF+CW:1ZTEST000000000001",
      "CNI+1",
      "LOC+14+:::TESTSTADT+:::DE",
      "STS+1:D2:21",
      "RFF+AGY:TESTER",
      "DTM+78:20260312173746:204",
      "DTM+67:20260314:102",
    ];
    expect(one(body, ups)).toMatchObject({
      code: "21",
      sub_code: "D2",
      parcel_numbers: ["1ZTEST000000000001"],
      signed_by: "TESTER",
      occurred_at: "2026-03-12T17:37:46",
      precision: "second",
      eta: { local: "2026-03-14" },
      location: { name: "TESTSTADT", country: "DE" },
    });
  });

  it("Schenker: the code in the wrong component, an offset behind a 203", () => {
    const schenker = ediProfile({
      carrier_id: "dbschenker",
      status_code: ["C555.4405", "C601.1131"],
      status_text: ["FTX"],
    });
    const body = [
      "BGM+77+1+8",
      "CNI+1+7500000001",
      "STS+1:PUP",
      "RFF+HWB:TST0001",
      "DTM+145:202603120950?+0100:203",
      "DTM+132:20260318095500:203",
      "FTX+TRA+++PICK UP FROM CUSTOMER",
    ];
    expect(one(body, schenker)).toMatchObject({
      code: "PUP",
      status_text: "PICK UP FROM CUSTOMER",
      occurred_at: "2026-03-12T09:50",
      utc_offset: "+01:00",
      eta: { local: "2026-03-18T09:55:00" },
    });
  });

  it("DHL Freight: the text abused as a place, code and reason as one", () => {
    const freight = ediProfile({
      carrier_id: "dhl_freight",
      event_time: ["7"],
      status_text: ["LOC.name", "LOC.code"],
      location_is_text: true,
      join_sub_code: "/",
    });
    const body = [
      "BGM+77+1+9",
      "CNI+1+700000001",
      "STS+1+20+209",
      "RFF+CU:4000000001",
      "DTM+7:202603121004:203",
      "LOC+172+Sp\u00e4terer Liefertermin",
    ];
    expect(one(body, freight)).toMatchObject({
      code: "20/209",
      sub_code: null,
      status_text: "Späterer Liefertermin",
      location: null,
      shipment_number: "700000001",
    });
  });

  it("Bring: letters, parcels as marks, several reasons", () => {
    const bring = ediProfile({
      carrier_id: "bring",
      parcel_number: [["PCI+30"]],
      location_qualifiers: ["14"],
    });
    const body = [
      "CNI+1+70000000000000001",
      "STS+1+V::87:ERROR+99::87:Other+Z::87:Unknown",
      "DTM+78:202603121729:203",
      "LOC+14+0150:16::OSLO+NO:162",
      "GID+1+1",
      "PCI+30+370000000000000018",
    ];
    expect(one(body, bring)).toMatchObject({
      code: "V",
      sub_code: "99",
      reasons: [
        { code: "99", text: "Other" },
        { code: "Z", text: "Unknown" },
      ],
      parcel_numbers: ["370000000000000018"],
      location: { postal_code: "0150", name: "OSLO", country: "NO" },
    });
  });

  it("Dachser: the text in the reason, the depot as a party", () => {
    const dachser = ediProfile({
      carrier_id: "dachser",
      status_text: ["C556.text"],
      location_parties: ["CS"],
    });
    const body = [
      "CNI+1+1000001",
      "STS+11+21+108:::ZUGESTELLT",
      "DTM+9:202603121100:203",
      "NAD+CS+0002+DEPOT, TESTSTADT+DEPOT++TESTSTADT",
    ];
    expect(one(body, dachser)).toMatchObject({
      status_text: "ZUGESTELLT",
      location: { code: "0002", name: "DEPOT", city: "TESTSTADT" },
    });
  });

  it("has the last word on a status", () => {
    const loud = ediProfile({
      carrier_id: "loud",
      adjust: (status) => ({ ...status, code: `X-${status.code}` }),
    });
    expect(one(["CNI+1+A", "STS+1+21"], loud).code).toBe("X-21");
  });
});
