import { describe, expect, it } from "vitest";
import { isSandboxNumber } from "./numbers.ts";
import { clocksWentBack, documentsOf, SCENARIOS, type Scenario, type Walk } from "./scenarios.ts";

const STARTED = Date.parse("2026-03-14T12:00:00Z");

function walk(scenario: Scenario, more: Partial<Walk> = {}): Walk {
  return {
    scenario,
    number: "SBX0000000000018",
    parcels: [],
    seed: 42,
    started_at: STARTED,
    lasts_ms: null,
    ...more,
  };
}

/** A document in a line: each number's last digits, and its codes. */
const lines = (of: Walk) =>
  documentsOf(of).map((document) =>
    document
      .map(({ events }) =>
        events.map(({ code, sub_code }) => [code, sub_code].filter(Boolean).join("/")).join("+"),
      )
      .join(" "),
  );

describe.each(SCENARIOS)("the story %s", (scenario) => {
  it("is told alike each time, and its past is past", () => {
    const told = documentsOf(walk(scenario));
    expect(documentsOf(walk(scenario))).toEqual(told);
    const times = told.flatMap((document) =>
      document.flatMap(({ events }) => events.map(({ time }) => time)),
    );
    expect(times.length).toBeGreaterThan(2);
    for (const time of times) {
      expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/u);
      expect(Date.parse(time)).toBeLessThanOrEqual(STARTED);
    }
  });

  it("plays from its start on where the number has had another life", () => {
    const told = documentsOf(walk(scenario, { lasts_ms: 10_000 }));
    for (const { events } of told.flat()) {
      for (const { time } of events) {
        expect(Date.parse(time)).toBeGreaterThanOrEqual(STARTED);
        expect(Date.parse(time)).toBeLessThanOrEqual(STARTED + 10_000);
      }
    }
  });
});

describe("how it is told", () => {
  it("out of order, twice, or with a number of its own", () => {
    expect(lines(walk("out-of-order"))).toEqual([
      "CREATED",
      "DEPARTED",
      "PICKED_UP",
      "DELIVERED/SIGNED",
      "ARRIVED",
      "OUT_FOR_DELIVERY",
    ]);
    expect(lines(walk("duplicates")).slice(0, 3)).toEqual(["CREATED", "CREATED", "PICKED_UP"]);
    expect(lines(walk("duplicates")).at(-1)?.split("+")).toHaveLength(6);
    const swapped = documentsOf(walk("number-swapped")).flat();
    const renewed = swapped[2]?.new_tracking_number ?? "";
    expect(isSandboxNumber(renewed)).toBe(true);
    expect(swapped.map(({ tracking_number }) => tracking_number)).toEqual([
      "SBX0000000000018",
      "SBX0000000000018",
      "SBX0000000000018",
      renewed,
      renewed,
    ]);
  });

  it("five parcels, those that were registered first, three of them delivered", () => {
    const mine = ["SBX0000000000026", "SBX0000000000034"];
    const told = documentsOf(walk("3-of-5-parcels", { parcels: mine })).flat();
    const numbers = [...new Set(told.map(({ tracking_number }) => tracking_number))];
    expect(numbers).toHaveLength(5);
    expect(numbers.slice(0, 2)).toEqual(mine);
    expect(numbers.every(isSandboxNumber)).toBe(true);
    const delivered = told.filter(({ events }) => events[0]?.code === "DELIVERED");
    expect(delivered.map(({ tracking_number }) => tracking_number)).toEqual(numbers.slice(0, 3));
    expect(told.every(({ shipment_number }) => shipment_number === "SBX0000000000018")).toBe(true);
  });

  it("half past two twice in the night in which the clocks go back", () => {
    expect(new Date(clocksWentBack(STARTED)).toISOString()).toBe("2025-10-26T01:00:00.000Z");
    expect(new Date(clocksWentBack(Date.parse("2026-10-25T01:00:00Z"))).toISOString()).toBe(
      "2026-10-25T01:00:00.000Z",
    );
    const [first, second] = documentsOf(walk("clock-change-night")).map(
      (document) => document[0]?.events[0]?.time,
    );
    expect([first, second]).toEqual(["2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00"]);
  });

  it("a promise, and then nothing more, where the carrier falls silent", () => {
    const told = documentsOf(walk("carrier-silent")).flat();
    expect(told[0]?.eta).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
    expect(told).toHaveLength(3);
  });
});
