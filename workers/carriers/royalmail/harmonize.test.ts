import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { likelihoodOf } from "../detection.ts";
import { royalmail } from "./index.ts";

carrierSuite(royalmail, import.meta.dirname, { credentials: { client_id: "id", client_secret: "secret" } });

const read = (body: unknown) =>
  royalmail.harmonize(documentOf(JSON.stringify(body), { asked: ["LX100000016GB"] }), {
    rules: royalmail.rules,
  });

describe("Royal Mail's promise", () => {
  const eta = (estimatedDelivery: Record<string, string>, eventCode = "EVGPD") =>
    read({
      mailPieces: {
        mailPieceId: "LX100000016GB",
        estimatedDelivery,
        events: [{ eventCode, eventDateTime: "2026-03-03T08:00:00+00:00" }],
      },
    }).shipments[0]?.eta;
  it.each([
    [{ date: "2026-03-03", endOfEstimatedWindow: "11:00:00+00:00" }, "2026-03-03T11:00:00+00:00"],
    [
      { date: "2026-07-03T00:00:00+00:00", endOfEstimatedWindow: "2026-07-03T11:00:00+01:00" },
      "2026-07-03T11:00:00+01:00",
    ],
    [{ date: "2026-03-03" }, "2026-03-03"],
    [{}, null],
  ])("%j", (estimated, promised) => {
    expect(eta(estimated)).toBe(promised);
  });
  it("is over with the delivery", () => {
    expect(eta({ date: "2026-03-03" }, "EVKSP")).toBeNull();
  });
});

describe("Royal Mail's refusals", () => {
  it.each([
    [
      { httpCode: "404", errors: [{ errorCode: "E1142", errorDescription: "Barcode reference" }] },
      "not_found",
    ],
    [{ httpCode: 401, httpMessage: "Unauthorized", moreInformation: "Client id" }, "carrier_error"],
    [{ httpCode: "429", httpMessage: "Too Many Requests" }, "carrier_error"],
  ])("%j", (body, kind) => {
    expect(read(body)).toMatchObject({ shipments: [], remarks: [{ kind, at: "LX100000016GB" }] });
  });
});

it("Royal Mail's unique item id is told from a number of digits", () => {
  const likely = (number: string) => likelihoodOf(royalmail, number);
  expect([likely("090367574000000FE1E1B"), likely("090367574000000123456")]).toEqual([0.6, 0]);
});
