import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { chooseCode } from "../rules.ts";
import { hermes } from "./index.ts";

const credentials = { username: "user", password: "se&cret", client_id: "id", client_secret: "secret" };

carrierSuite(hermes, import.meta.dirname, { credentials });

describe("Hermes' token", () => {
  const asked = (base_url: string) => hermes.poll?.token?.request({ base_url, credentials });
  it.each([
    ["https://de-api.hermesworld.com", "https://authme.myhermes.de"],
    ["https://de-api.hermesworld.com/", "https://authme.myhermes.de"],
    ["https://de-api-int.hermesworld.com", "https://authme-int.myhermes.de"],
    ["https://gateway.example/hermes", "https://gateway.example/hermes"],
  ])("for %s is given by %s", (base_url, host) => {
    expect(asked(base_url)?.url).toBe(`${host}/authorization-facade/oauth2/access_token`);
  });
  it("is asked for with a user's name and password", () => {
    expect(Object.fromEntries(new URLSearchParams(asked("https://x.example")?.body ?? ""))).toEqual({
      grant_type: "password",
      ...credentials,
    });
  });
});

describe("Hermes' codes", () => {
  it.each([
    ["3710", "delivery_attempted"],
    ["3734", "returning"],
    ["4031", "in_transit"],
    ["4035", "exception"],
    ["0700", "exception"],
    ["9323", "notice"],
    ["7500", "returned"],
    ["EDL_BOOKED_DROPOFF", "notice"],
  ])("%s", (code, status) => {
    expect(chooseCode(hermes.rules, { code }).meaning.status).toBe(status);
  });
});

describe("Hermes' answers", () => {
  const read = (body: unknown, asked: string[] = []) =>
    hermes.harmonize(documentOf(JSON.stringify(body), { asked }), { rules: hermes.rules });
  it.each([
    [{ error: "invalid_grant", error_description: "No." }, "carrier_error"],
    [{ listOfResultCodes: [{ code: "e010", message: "Not yours." }] }, "carrier_error"],
    [{ shipmentinfo: [{ shipmentID: "H1", result: { code: "e001", message: "None." } }] }, "not_found"],
  ])("%j leaves one remark", (body, kind) => {
    expect(read(body).remarks.map((remark) => remark.kind)).toEqual([kind]);
  });
  it("name each number that was asked for, or it is not found", () => {
    const { shipments, remarks } = read({ shipmentinfo: [{ shipmentID: "H1", status: [] }] }, ["H1", "H2"]);
    expect(shipments).toHaveLength(1);
    expect(remarks.map(({ kind, at }) => [kind, at])).toEqual([["not_found", "H2"]]);
  });
  it("with a warning hold news all the same", () => {
    const result = { code: "w001", message: "Careful." };
    const shipmentinfo = [{ shipmentID: "H1", status: [{ code: "3500" }], result }];
    expect(read({ shipmentinfo }).shipments[0]?.events[0]?.status).toBe("delivered");
  });
});
