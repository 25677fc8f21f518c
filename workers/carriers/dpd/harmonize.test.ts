import { describe, expect, it } from "vitest";
import { carrierSuite } from "../carrier-suite.ts";
import { dpd } from "./index.ts";

carrierSuite(dpd, import.meta.dirname, { credentials: { delis_id: "delis<1", password: "secret&" } });

describe("DPD's files", () => {
  it.each([
    ["STATUSDATA_KD0000000P_D20260201T021335", true],
    ["SCANINFO_1.csv", true],
    ["STATUSDATA_KD0000000P_D20260201T021335.sem", false],
    ["README", false],
  ])("%s", (name, ours) => {
    expect(dpd.sftp?.files.test(name)).toBe(ours);
  });
});

describe("DPD's token", () => {
  it("is read from the log-in and goes into the request's head", () => {
    const answer =
      "<soap:Envelope><soap:Body><ns2:getAuthResponse><return><authToken>T0K&amp;</authToken></return></ns2:getAuthResponse></soap:Body></soap:Envelope>";
    expect(dpd.poll?.token?.read(new TextEncoder().encode(answer))).toMatchObject({ token: "T0K&amp;" });
  });
  it("is refused by a fault of authentication and by no other answer", () => {
    const refused = (body: string) => dpd.poll?.token?.refused?.(new TextEncoder().encode(body));
    const fault = (name: string) =>
      `<soap:Envelope><soap:Body><soap:Fault><detail><ns:${name} xmlns:ns="x"><errorCode>1</errorCode></ns:${name}></detail></soap:Fault></soap:Body></soap:Envelope>`;
    expect(refused(fault("authenticationFault"))).toBe(true);
    expect(refused(fault("faults"))).toBe(false);
    expect(refused("<soap:Envelope><soap:Body>authenticationFault</soap:Body></soap:Envelope>")).toBe(false);
    expect(refused("")).toBe(false);
  });
});
