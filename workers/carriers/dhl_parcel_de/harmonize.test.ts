import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { dhlParcelDe } from "./index.ts";

carrierSuite(dhlParcelDe, import.meta.dirname, {
  credentials: { api_key: "key", api_secret: "secret", appname: 'zt"12345', password: "geheim<1" },
});

const read = (body: string) => dhlParcelDe.harmonize(documentOf(body), { rules: dhlParcelDe.rules });

describe("DHL's pairs", () => {
  const event = (ice: string, ric: string, standard: string) =>
    read(
      `<data name="piece-shipment-list" code="0"><data name="piece-shipment" piece-code="P1"><data name="piece-event-list"><data name="piece-event" event-timestamp="17.03.2026 11:44" ice="${ice}" ric="${ric}" standard-event-code="${standard}"/></data></data></data>`,
    ).shipments[0]?.events[0];

  it.each([
    ["SRTED", "NRQRD", "PO", "out_for_delivery"],
    ["SRTED", "NRQRD", "AE", "accepted"],
    ["SRTED", "FWEXP", "AA", "in_transit"],
    ["DLVRD", "HNDTC", "ZU", "in_transit"],
    ["DLVRD", "CUSTM", "ZU", "customs"],
    ["DSPSD", "MOVED", "ZU", "failed"],
    ["CNRFC", "PCKST", "ZF", "ready_for_pickup"],
    ["NEWIC", "NRQRD", "EE", "in_transit"],
    ["NEWIC", "NRQRD", "XX", "notice"],
  ])("%s/%s under %s is %s", (ice, ric, standard, status) => {
    expect(event(ice, ric, standard)?.status).toBe(status);
  });
});

describe("DHL's refusals", () => {
  it("come as attributes", () => {
    const refused = read(
      '<data name="piece-shipment-list" code="5" error="Log-in failed"><data name="piece-shipment" piece-code="P1" piece-status="5"/></data>',
    );
    expect(refused).toMatchObject({
      shipments: [],
      remarks: [{ kind: "carrier_error", detail: "5: Log-in failed" }],
    });
    expect(read('<data name="piece-shipment-list" code="100" error="No data found"/>').remarks).toMatchObject(
      [{ kind: "not_found" }],
    );
  });
});
