import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { likelihoodOf } from "../detection.ts";
import { chronopost } from "./index.ts";

carrierSuite(chronopost, import.meta.dirname);

const read = (inside: string, asked = ["XX100000016JF"]) =>
  chronopost.harmonize(
    documentOf(
      `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${inside}</soap:Body></soap:Envelope>`,
      { asked },
    ),
    { rules: chronopost.rules },
  );
const answer = (inside: string) =>
  `<ns2:trackSkybillV2Response xmlns:ns2="http://cxf.tracking.soap.chronopost.fr/"><return>${inside}</return></ns2:trackSkybillV2Response>`;
const events = (inside: string, number = "<skybillNumber>XX100000016JF</skybillNumber>") =>
  answer(`<errorCode>0</errorCode><listEventInfoComp>${inside}${number}</listEventInfoComp>`);

describe("Chronopost's answers", () => {
  it.each([
    [answer("<errorCode>1</errorCode><errorMessage>System Error</errorMessage>"), "carrier_error"],
    ["<soap:Fault><faultstring>No.</faultstring></soap:Fault>", "carrier_error"],
    [events(""), "not_found"],
    [answer("<errorCode>0</errorCode>"), "not_found"],
  ])("%s leave one remark and no shipment", (inside, kind) => {
    const { shipments, remarks } = read(inside);
    expect([shipments, remarks.map((remark) => remark.kind)]).toEqual([[], [kind]]);
  });
  it("about another number than was asked for are that number's", () => {
    const other = "<skybillNumber>XX100000020JF</skybillNumber>";
    const { shipments, remarks } = read(events("<events><code>TS</code></events>", other));
    expect(shipments[0]?.carrier_tracking_id).toBe("XX100000020JF");
    expect(remarks.map(({ kind }) => kind)).toContain("not_found");
  });
});

describe("Chronopost's D", () => {
  const status = (label: string) =>
    read(events(`<events><code>D</code><eventLabel>${label}</eventLabel></events>`)).shipments[0]?.events[0]
      ?.status;
  it("is the recipient's or the sender's, as the sentence says", () => {
    expect(status("Delivered")).toBe("delivered");
    expect(status("Colis livré à l&#39;expéditeur")).toBe("returned");
    expect(status("Delivered to the sender")).toBe("returned");
  });
});

it("Chronopost's numbers are told from those of a country", () => {
  const likely = [..."0123456789"].filter((digit) => likelihoodOf(chronopost, `XX10000001${digit}JF`) > 0);
  expect(likely).toHaveLength(1);
  expect(likelihoodOf(chronopost, "XX100000016FR")).toBe(0);
});
