import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { likelihoodOf } from "../detection.ts";
import { sendle } from "./index.ts";

const credentials = {
  webhook_token: "a token of 32 letters, 0123456789",
  sendle_id: "id",
  api_key: "key",
};

carrierSuite(sendle, import.meta.dirname, {
  credentials,
  webhook: { sign: () => ({ query: { token: credentials.webhook_token } }), covers_body: false },
});

const read = (body: unknown, asked = ["S1NV3NT"]) =>
  sendle.harmonize(documentOf(JSON.stringify(body), { asked }), { rules: sendle.rules });
const event = (of: Record<string, string>) =>
  read({ tracking_events: [{ scan_time: "2026-03-02T10:00:00Z", ...of }] }).shipments[0]?.events[0];

describe("Sendle's events", () => {
  it.each([
    ["Dropped off", "collection"],
    ["Dropped Off", "collection"],
    ["Drop Off", "info_received"],
    ["Local Delivery", "in_transit"],
    ["Info", "notice"],
  ])("%s", (event_type, status) => {
    expect(event({ event_type, description: "Parcel delivered" })?.status).toBe(status);
  });

  it("of the type Info are what their sentence says", () => {
    const told = event({ event_type: "Info", description: "Your parcel was signed for by R. MORGAN" });
    expect(told).toMatchObject({
      rule: { id: "sendle:~signed for by" },
      other: { delivery_confirmation: { signed_by: "R. MORGAN" } },
    });
  });

  it("have the place's offset where Sendle knows it, else UTC", () => {
    const at = (of: Record<string, string>) => event({ event_type: "In Transit", ...of })?.time.at;
    expect(at({ display_time: "2026-03-02T21:00:00+11:00" })).toBe("2026-03-02T21:00:00+11:00");
    expect(at({ local_scan_time: "2026-03-02T21:00:00" })).toBe("2026-03-02T10:00:00+00:00");
  });
});

describe("Sendle's answers", () => {
  it("are nobody's where nobody asked", () => {
    const { shipments, remarks } = read({ tracking_events: [] }, []);
    expect([shipments, remarks.map(({ kind }) => kind)]).toEqual([[], ["incomplete"]]);
  });
  it("promise a span of days, of which the last counts", () => {
    const scheduling = {
      estimated_delivery_date_minimum: "2026-03-04",
      estimated_delivery_date_maximum: "2026-03-06",
    };
    expect(read({ tracking_events: [], scheduling }).shipments[0]?.eta).toBe("2026-03-06");
  });
  it("that refuse are told apart", () => {
    const kind = (error: string) => read({ error, error_description: "No." }).remarks[0]?.kind;
    expect([kind("not_found"), kind("unauthorised")]).toEqual(["not_found", "carrier_error"]);
  });
});

it("Sendle's references begin with an S and have a digit", () => {
  const likely = (number: string) => likelihoodOf(sendle, number) > 0;
  expect([likely("S3ND73"), likely("s34wer4s"), likely("SENDLE"), likely("S1"), likely("A3ND73")]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
