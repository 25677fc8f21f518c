import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { landmark } from "./index.ts";

carrierSuite(landmark, import.meta.dirname, {
  credentials: { username: "user<1", password: "secret&", client_id: "218" },
});

describe("Landmark's files", () => {
  it.each([
    ["TransitReport-218-20260729154801.csv", true],
    ["TransitReport-218-20260729154801.csv.tmp", false],
    ["InventoryReport-218-20260729154801.csv", false],
  ])("%s", (name, ours) => {
    expect(landmark.sftp?.files.test(name)).toBe(ours);
  });
});

describe("Landmark's request", () => {
  it("puts the XML document into one form field", () => {
    const request = landmark.poll?.request(["LTN100000001N1"], {
      base_url: "https://api.example",
      credentials: { username: "user<1", password: "secret&", client_id: "218" },
    });
    const asked = new URLSearchParams(request?.body ?? "").get("RQXML") ?? "";
    expect(asked).toContain("<Username>user&lt;1</Username><Password>secret&amp;</Password>");
    expect(asked).toContain("<TrackingNumber>LTN100000001N1</TrackingNumber>");
  });
});

describe("Landmark's places and clock", () => {
  const event = (xml: string) =>
    landmark.harmonize(
      documentOf(
        `<TrackResponse><Result><Success>true</Success><Packages><Package><LandmarkTrackingNumber>LTN100000001N1</LandmarkTrackingNumber><Events><Event><EventCode>275</EventCode>${xml}</Event></Events></Package></Packages></Result></TrackResponse>`,
      ),
      { rules: landmark.rules },
    ).shipments[0]?.events[0];

  it.each([
    ["Toronto, ON, CA", { city: "Toronto", state: "ON", iso_country: "CAN" }],
    ["Fresno, CA", { city: "Fresno", state: "CA", iso_country: null }],
    ["Ghent, BE", { city: "Ghent", state: null, iso_country: "BEL" }],
    ["Roundwood, WW", { city: "Roundwood", state: "WW", iso_country: null }],
    ["North Shields", { city: "North Shields", state: null, iso_country: null }],
  ])("%s", (location, address) => {
    expect(event(`<Location>${location}</Location>`)?.location?.address).toMatchObject(address);
  });

  it.each([
    ["07/01/2026 12:05 AM", "2026-07-01T00:05:00-05:00"],
    ["12/01/2026 12:05 PM", "2026-12-01T12:05:00-06:00"],
    ["2026-12-01 09:00:07", "2026-12-01T09:00:07-06:00"],
    ["13/13/2026 09:00 AM", null],
  ])("%s is Chicago's", (text, at) => {
    expect(event(`<DateTime>${text}</DateTime>`)?.time.at ?? null).toBe(at);
  });
});

describe("Landmark's refusals", () => {
  const remarks = (xml: string) =>
    landmark.harmonize(documentOf(`<TrackResponse>${xml}</TrackResponse>`, { asked: ["LTN100000001N1"] }), {
      rules: landmark.rules,
    }).remarks;

  it("are told apart by their sentence", () => {
    const error = (message: string) =>
      remarks(
        `<Result><Success>false</Success></Result><Errors><Error><ErrorCode>X</ErrorCode><ErrorMessage>${message}</ErrorMessage></Error></Errors>`,
      ).map(({ kind }) => kind);
    expect(error("The requested package could not be found.")).toEqual(["not_found"]);
    expect(error("You have exceeded the request limit.")).toEqual(["carrier_error"]);
  });
  it("without a reason are refusals all the same", () => {
    expect(remarks("<Result><Success>false</Success><ResultMessage>No.</ResultMessage></Result>")).toEqual([
      { kind: "carrier_error", detail: "No.", at: "LTN100000001N1" },
    ]);
  });
});
