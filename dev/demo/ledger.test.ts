import { describe, expect, it } from "vitest";
import { type Arrival, Ledger, WAYS_OUT } from "./ledger.ts";
import { FACTS_PER_NUMBER, factOf, story, trackingOf, WAYS_IN } from "./story.ts";

const arrival = (fact: string, sequence: number | null, at: number): Arrival => ({
  fact,
  shipment_id: `shp ${fact.slice(0, 1)}`,
  sequence,
  in_order: true,
  at,
});

/** Three facts by each way in, arrived by all ways out. */
function good(): Ledger {
  const ledger = new Ledger();
  for (const way of WAYS_IN) for (const n of [1, 2, 3]) ledger.told(way, `${way} ${n}`, 1000 * n);
  for (const out of WAYS_OUT) {
    for (const way of WAYS_IN) {
      for (const n of [1, 2, 3]) {
        ledger.arrived(out, { ...arrival(`${way} ${n}`, n, 1000 * n + 10 * n), shipment_id: way });
      }
    }
  }
  return ledger;
}

describe("the ledger", () => {
  it("finds nine paths without a flaw good, and tells median and worst", () => {
    const ledger = good();
    expect(ledger.isGood(9)).toBe(true);
    expect(ledger.paths()).toHaveLength(9);
    expect(ledger.paths()[0]).toEqual({
      in: "webhook",
      out: "webhook",
      sent: 3,
      arrived: 3,
      duplicates: 0,
      out_of_order: 0,
      p50_ms: 20,
      max_ms: 30,
    });
  });

  it("misses a fact that was not told yet, or did not arrive", () => {
    expect(good().isGood(10)).toBe(false);
    const ledger = good();
    ledger.told("poll", "poll 4", 0);
    expect(ledger.isComplete(10)).toBe(false);
  });

  it("counts a second arrival", () => {
    const ledger = good();
    ledger.arrived("sftp", { ...arrival("poll 3", 4, 5000), shipment_id: "poll" });
    expect(ledger.paths().find((path) => path.in === "poll" && path.out === "sftp")).toMatchObject({
      arrived: 3,
      duplicates: 1,
    });
    expect(ledger.isGood(9)).toBe(false);
  });

  it.each([
    ["overtaken", [2, 1]],
    ["with a gap", [1, 3]],
  ])("counts a sequence that is %s", (_, sequences) => {
    const ledger = new Ledger();
    for (const [index, sequence] of sequences.entries()) {
      ledger.told("webhook", `a ${index}`, 0);
      ledger.arrived("webhook", arrival(`a ${index}`, sequence, 1));
    }
    expect(ledger.paths()[0]?.out_of_order).toBeGreaterThan(0);
  });

  it("counts what stands in the wrong place where a way tells no sequence", () => {
    const ledger = good();
    ledger.told("poll", "poll 4", 0);
    ledger.arrived("api", { ...arrival("poll 4", null, 1), in_order: false });
    expect(ledger.paths().find((path) => path.in === "poll" && path.out === "api")?.out_of_order).toBe(1);
  });

  it("is not fooled by what nobody sent", () => {
    const ledger = good();
    ledger.arrived("webhook", arrival("webhook 9", 1, 1));
    expect(ledger.unexpected).toEqual(["webhook: webhook 9"]);
    expect(ledger.isGood(9)).toBe(false);
  });
});

describe("the story", () => {
  const numbers = [
    { tracking_number: "SBX1", parcel_number: null },
    { tracking_number: "SBX2", parcel_number: "SBX3" },
  ];
  const moments = story(numbers, Date.parse("2026-03-14T08:13:05Z"));

  it("tells every fact of every number once, some twice, and one late", () => {
    const facts = (which: "news" | "again") =>
      moments.flatMap((moment) =>
        moment[which].map(({ tracking_number, event }) =>
          factOf(tracking_number, event.code, event.sub_code, event.time),
        ),
      );
    expect(new Set(facts("news")).size).toBe(FACTS_PER_NUMBER * numbers.length);
    expect(facts("news")).toHaveLength(FACTS_PER_NUMBER * numbers.length);
    expect(facts("again").length).toBeGreaterThan(0);
    expect(facts("news")).toEqual(expect.arrayContaining(facts("again")));
    const times = moments.map((moment) => moment.news[0]?.event.time ?? "");
    expect(times).not.toEqual([...times].sort());
  });

  it("groups what is told by number, a parcel beside its shipment", () => {
    expect(trackingOf(moments[0]?.news ?? [])).toMatchObject([
      { tracking_number: "SBX1", events: [{ code: "CREATED" }] },
      {
        tracking_number: "SBX3",
        shipment_number: "SBX2",
        parcel_number: "SBX3",
        events: [{ code: "CREATED" }],
      },
    ]);
  });
});
