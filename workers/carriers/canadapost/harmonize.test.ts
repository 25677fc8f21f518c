import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { canadapost } from "./index.ts";

carrierSuite(canadapost, import.meta.dirname, { credentials: { username: "user", password: "secret" } });

const event = (xml: string) =>
  canadapost.harmonize(
    documentOf(
      `<tracking-detail><pin>1</pin><significant-events><occurrence>${xml}</occurrence></significant-events></tracking-detail>`,
    ),
    { rules: canadapost.rules },
  ).shipments[0]?.events[0];

describe("Canada Post's identifiers", () => {
  it("are the same with and without the leading zero", () => {
    for (const identifier of ["0174", "174"]) {
      expect(event(`<event-identifier>${identifier}</event-identifier>`)?.status).toBe("out_for_delivery");
    }
  });
  it("that are new are read by their sentence", () => {
    const told = event(
      "<event-identifier>9999</event-identifier><event-description>Notice card left indicating where to pick up item</event-description>",
    );
    expect(told).toMatchObject({
      status: "delivery_attempted",
      rule: { id: "canadapost:~notice card left" },
    });
  });
});

describe("An item on its way back", () => {
  const code = (identifier: string, sentence: string) => {
    const told = event(
      `<event-identifier>${identifier}</event-identifier><event-description>${sentence}</event-description>`,
    );
    return [told?.status, told?.reason];
  };
  it.each([
    ["1496", "Item successfully returned to sender", "returned"],
    ["1496", "L'article a été renvoyé avec succès à l'expéditeur.", "returned"],
    ["1496", "Item successfully delivered", "delivered"],
    ["0174", "L'article renvoyé à l'expéditeur est sorti pour livraison.", "returning"],
    ["0156", "Final notice. Item will be returned to sender if not fetched", "notice"],
  ])("is told from one that goes to its recipient: %s %s", (identifier, sentence, status) => {
    expect(code(identifier, sentence)[0]).toBe(status);
  });
  it("keeps why it goes back", () => {
    expect(code("1415", "Item returned to sender: address")).toEqual(["returning", "address_incomplete"]);
    expect(code("1418", "Item returned to sender: age")).toEqual(["returning", "recipient_id_failed"]);
  });
});

describe("Canada Post's clock", () => {
  const time = (xml: string) => event(`<event-date>2026-07-02</event-date>${xml}`)?.time;
  it("is the province's, else the zone's, else only the day is known", () => {
    expect(time("<event-time>10:00:00</event-time><event-province>AB</event-province>")).toMatchObject({
      at: "2026-07-02T10:00:00-06:00",
      offset_source: "place",
    });
    expect(time("<event-time>10:00:00</event-time><event-time-zone>PDT</event-time-zone>")?.at).toBe(
      "2026-07-02T10:00:00-07:00",
    );
    expect(time("<event-time>00:00:00</event-time>")).toMatchObject({ precision: "date" });
  });
});
