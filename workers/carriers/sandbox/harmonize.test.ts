import { describe, expect, it } from "vitest";
import { carrierSuite, documentOf } from "../carrier-suite.ts";
import { sandbox } from "./index.ts";
import { isSandboxNumber, sandboxNumber } from "./numbers.ts";
import { SIGNATURE_HEADER, sign } from "./signature.ts";

carrierSuite(sandbox, import.meta.dirname, {
  credentials: { webhook_secret: "a secret of the sandbox", api_key: "key" },
  webhook: {
    sign: (body, now) => ({
      headers: { [SIGNATURE_HEADER]: sign("a secret of the sandbox", Math.floor(now / 1000), body) },
    }),
    covers_body: true,
    expires_after_s: 300,
  },
});

describe("a sandbox number", () => {
  it("has a check digit that no single wrong digit survives", () => {
    const number = sandboxNumber(123);
    expect(isSandboxNumber(number)).toBe(true);
    for (let at = 3; at < number.length; at++) {
      const wrong = `${number.slice(0, at)}${(Number(number[at]) + 1) % 10}${number.slice(at + 1)}`;
      expect(isSandboxNumber(wrong)).toBe(false);
    }
  });
});

describe("the sandbox's documents", () => {
  const read = (tracking: unknown, asked: string[] = []) =>
    sandbox.harmonize(documentOf(JSON.stringify({ tracking }), { asked }), { rules: sandbox.rules });

  it("lose no good event to a bad one", () => {
    const result = read([
      { tracking_number: "A", events: [{ code: "CREATED", time: "2026-03-14T09:00:00Z" }, { time: "x" }, 7] },
      { events: [] },
    ]);
    expect(result.shipments[0]?.events.map(({ carrier }) => carrier.code)).toEqual(["CREATED"]);
    expect(result.remarks.map(({ kind, at }) => [kind, at])).toEqual([
      ["incomplete", "tracking[1].tracking_number"],
      ["incomplete", "tracking[0].events[1].code"],
      ["incomplete", "tracking[0].events[2]"],
    ]);
  });

  it("say which number stands in place of an old one", () => {
    const [found] = read([
      {
        tracking_number: "A",
        new_tracking_number: "B",
        new_tracking_url: "https://sandbox.example/B",
        events: [],
      },
    ]).shipments;
    expect(found?.carrier_tracking_update).toEqual({
      replaced_tracking_id: "A",
      new_carrier_tracking_id: "B",
      new_carrier_tracking_url: "https://sandbox.example/B",
    });
    expect(
      read([{ tracking_number: "A", new_tracking_number: " ", events: [] }]).shipments[0]
        ?.carrier_tracking_update,
    ).toBeNull();
  });

  it("name the numbers that were asked for and not answered", () => {
    const result = read([{ tracking_number: "A", events: [] }], ["A", "B"]);
    expect(result.remarks).toEqual([
      { kind: "not_found", detail: "The carrier says nothing about B.", at: "B" },
    ]);
  });
});
