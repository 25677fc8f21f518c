import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { likelihoodOf } from "../detection.ts";
import { laposte } from "./index.ts";

carrierSuite(laposte, import.meta.dirname, { credentials: { okapi_key: "key/with+signs==" } });

const read = (body: unknown, asked = ["LX100000016FR"]) =>
  laposte.harmonize(documentOf(JSON.stringify(body), { asked }), { rules: laposte.rules });

describe("La Poste's answers", () => {
  it("stand alone or in a list, and mean the same", () => {
    const answer = {
      returnCode: 200,
      shipment: { idShip: "LX100000016FR", event: [{ code: "DI1", date: "2026-03-04T09:38:00+01:00" }] },
    };
    expect(read(answer).shipments).toEqual(read([answer]).shipments);
    expect(read(answer).shipments[0]?.events[0]?.status).toBe("delivered");
  });
  it.each([
    [{ returnCode: 104, returnMessage: "Pas encore.", idShip: "LX100000016FR" }, "not_found"],
    [{ returnCode: 504, returnMessage: "Indisponible.", idShip: "LX100000016FR" }, "carrier_error"],
    [{ code: "UNAUTHORIZED", message: "Clé inconnue." }, "carrier_error"],
  ])("%j leaves one remark", (body, kind) => {
    expect(read(body).remarks.map((remark) => remark.kind)).toEqual([kind]);
  });
  it("that wait at a counter name it, though not as the event's place", () => {
    const shipment = {
      idShip: "LX100000016FR",
      event: [{ code: "AG1", date: "2026-03-04T09:38:00+01:00" }],
      contextData: { removalPoint: { name: "LILLE PONT NEUF", type: "BDP" } },
    };
    const event = read({ returnCode: 200, shipment }).shipments[0]?.events[0];
    expect(event?.location).toBeNull();
    expect(event?.carrier_meta_data).toEqual([{ key: "removal_point", value: "LILLE PONT NEUF" }]);
  });
});

it("Colissimo's numbers have a digit that checks them", () => {
  const likely = [..."0123456789"].filter((digit) => likelihoodOf(laposte, `6A1000000001${digit}`) > 0);
  expect(likely).toHaveLength(1);
});
