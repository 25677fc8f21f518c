import { beforeAll, describe, expect, it } from "vitest";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { aConnection, anAccount, testClient, textOf } from "./test-client.ts";

const client = testClient();
let acme = { live: "", test: "" };

beforeAll(async () => {
  acme = await anAccount(client, "acme");
  await aConnection(client, ["acme"]);
});

const create = (key: string, body: unknown, headers: Record<string, string> = {}) =>
  client.send("POST", "/shipments", { key, body, headers });

describe("POST /shipments", () => {
  it("puts a shipment under tracking and gives its parcels ids", async () => {
    const answer = await create(acme.test, {
      carrier_id: "sandbox",
      carrier_tracking_id: sandboxNumber(1),
      uuid_ref: "order-1",
      parcels: [{ carrier_tracking_id: sandboxNumber(2), uuid_ref: "box-1" }],
      destination: { iso_country: "SE", postal_code: "11122" },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      carrier_id: "sandbox",
      status: "registered",
      tracking_state: "active",
      health: "on_track",
      action_required_by: "none",
      tracking_level: "parcel",
      pieces: { total: 1, registered: 1 },
      destination: { iso_country: "SWE", postal_code: "11122" },
      parcels: [{ carrier_tracking_id: sandboxNumber(2), uuid_ref: "box-1", status: "registered" }],
      test: true,
    });
    expect(textOf(answer.body, "id")).toMatch(/^shp_/u);
    expect(textOf(answer.body, "next_check_at")).toMatch(/^2\d{3}-.*\+00:00$/u);
  });
});
