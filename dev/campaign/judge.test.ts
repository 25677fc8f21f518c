import { describe, expect, it } from "vitest";
import { type Case, judge } from "./judge.ts";
import type { CarriedEvent, Line } from "./records.ts";

const SHIPMENT = "shp_1";
const fact = (sequence: number) => `SBX1 CODE${sequence} 2026-11-20T10:0${sequence}`;
const event = (sequence: number): CarriedEvent => ({
  shipment: SHIPMENT,
  sequence,
  event: `evt_${sequence}`,
  fact: fact(sequence),
});

let numbers = 0;
/** A message at the receiver: when, under which id, which sequences; answered 204 five milliseconds later. */
function message(at: number, id: string, sequences: readonly number[], more: Partial<Sent> = {}): Line[] {
  const { ack = "clean", signature = "ok", fault = "none", answered_at = at + 5, endpoint = "c00-0" } = more;
  const n = numbers++;
  return [
    { kind: "request", n, at, endpoint, id, signature, fault, events: sequences.map(event) },
    ...(answered_at === null ? [] : [{ kind: "answered" as const, n, at: answered_at, ack }]),
    { kind: "closed", n, at: (answered_at ?? at + 1000) + 1 },
  ];
}
interface Sent {
  ack: "clean" | "broken" | "no";
  signature: string;
  fault: string;
  answered_at: number | null;
  endpoint: string;
}

const cut = (at: number): Line => ({
  kind: "cut",
  at,
  spawned_at: at + 100,
  up_at: at + 900,
  what: "kill",
});
const accepted: Line = { kind: "accepted", at: 10, facts: [fact(1), fact(2), fact(3)] };

/** Three facts of one shipment, accepted and in the feed, for one subscription. */
function given(lines: readonly Line[], more: Partial<Case> = {}): Case {
  return {
    lines: [accepted, ...lines],
    subscriptions: [
      { id: "sub_1", endpoint: "c00-0", account_number: "one", milestones: null, cancelled: false },
    ],
    facts: new Map([1, 2, 3].map((n) => [fact(n), { account_number: "one", milestone: "order" }])),
    feed: [1, 2, 3].map((n) => ({
      account_number: "one",
      shipment: SHIPMENT,
      sequence: n,
      fact: fact(n),
    })),
    dead: [],
    unknown: [],
    ...more,
  };
}

const all = [...message(100, "msg_a", [1, 2]), ...message(200, "msg_b", [3])];

describe("the judge of a campaign", () => {
  it("finds nothing where everything came once and in order", () => {
    const verdict = judge(given(all));
    expect(verdict).toMatchObject({ accepted: 3, owed: 3, delivered: 3, dead: 0, cancelled: 0, lost: 0 });
    expect(verdict).toMatchObject({ duplicates: 0, order_violations: 0, overlaps: 0, made_up: 0 });
    expect(verdict.findings).toEqual([]);
  });

  it("counts as lost what was accepted and never acknowledged", () => {
    expect(judge(given(message(100, "msg_a", [1, 2]))).lost).toBe(1);
    const refused = [...message(100, "msg_a", [1, 2]), ...message(200, "msg_b", [3], { ack: "no" })];
    expect(judge(given(refused)).lost).toBe(1);
  });

  it("counts as lost what is not even in the feed, unless it was delivered", () => {
    const feed = given([]).feed.slice(0, 2);
    expect(judge(given(message(100, "msg_a", [1, 2]), { feed }))).toMatchObject({ lost: 1, not_in_feed: 1 });
  });

  it("takes a dead letter for an end, and a cancelled subscription", () => {
    const dead = [
      {
        subscription_id: "sub_1",
        died_at: 150,
        shipments: [{ shipment_id: SHIPMENT, first_sequence: 1, last_sequence: 2 }],
      },
    ];
    expect(judge(given(message(200, "msg_b", [3]), { dead }))).toMatchObject({
      delivered: 1,
      dead: 2,
      lost: 0,
      order_violations: 0,
    });
    const [subscription] = given([]).subscriptions;
    const cancelled = subscription === undefined ? [] : [{ ...subscription, cancelled: true }];
    expect(judge(given([], { subscriptions: cancelled }))).toMatchObject({ cancelled: 3, lost: 0 });
  });

  it("owes a filtered subscription only what passes", () => {
    const [subscription] = given([]).subscriptions;
    const filtered = subscription === undefined ? [] : [{ ...subscription, milestones: ["delivery"] }];
    const facts = new Map(given([]).facts).set(fact(3), { account_number: "one", milestone: "delivery" });
    const verdict = judge(given(message(100, "msg_a", [3]), { subscriptions: filtered, facts }));
    expect(verdict).toMatchObject({ owed: 1, delivered: 1, lost: 0, order_violations: 0 });
  });

  it("sees what nobody told", () => {
    expect(judge(given([...all, ...message(300, "msg_c", [4])])).made_up).toBe(1);
    const feed = [
      ...given([]).feed,
      { account_number: "one", shipment: SHIPMENT, sequence: 4, fact: fact(4) },
    ];
    expect(judge(given(all, { feed })).made_up).toBe(1);
  });

  it("sees an event before an earlier one was acknowledged or dead", () => {
    const swapped = [...message(100, "msg_b", [3]), ...message(200, "msg_a", [1, 2])];
    expect(judge(given(swapped)).order_violations).toBe(2);
    const unanswered = [...message(100, "msg_a", [1, 2], { ack: "no" }), ...message(200, "msg_b", [3])];
    expect(judge(given(unanswered)).order_violations).toBe(2);
    const backwards = [...message(100, "msg_a", [2, 1]), ...message(200, "msg_b", [3])];
    expect(judge(given(backwards)).order_violations).toBeGreaterThan(0);
    const dead = [
      {
        subscription_id: "sub_1",
        died_at: 250,
        shipments: [{ shipment_id: SHIPMENT, first_sequence: 1, last_sequence: 2 }],
      },
    ];
    expect(judge(given(message(200, "msg_b", [3]), { dead })).order_violations).toBe(2);
  });

  it("sees two messages of one shipment in flight", () => {
    const both = [
      ...message(100, "msg_a", [1, 2], { answered_at: 400 }),
      ...message(200, "msg_b", [3], { answered_at: 500 }),
    ];
    expect(judge(given(both)).overlaps).toBe(1);
  });

  it("counts what came again, and whether a kill explains it", () => {
    const again = [...all, ...message(300, "msg_b", [3])];
    expect(judge(given(again))).toMatchObject({ duplicates: 1, duplicates_without_a_cut: 1 });
    const afterACut = [...all, cut(210), ...message(2000, "msg_b", [3])];
    expect(judge(given(afterACut))).toMatchObject({
      duplicates: 1,
      duplicates_without_a_cut: 0,
      most_duplicates_of_an_endpoint: 1,
      most_duplicates_of_a_customer: 1,
    });
    const twice = [...afterACut, cut(2010), ...message(4000, "msg_b", [3])];
    expect(judge(given(twice))).toMatchObject({ duplicates: 2, most_duplicates_of_an_endpoint: 1 });
    const afterTheNextCut = [...all, cut(210), cut(1500), ...message(4000, "msg_b", [3])];
    expect(judge(given(afterTheNextCut))).toMatchObject({ duplicates: 1, duplicates_without_a_cut: 0 });
    const longAfterACut = [cut(20), ...message(200, "msg_a", [1, 2]), ...message(300, "msg_a", [1, 2])];
    expect(judge(given(longAfterACut)).duplicates_without_a_cut).toBe(1);
  });

  it("keeps apart what came again because the receiver broke its answer off", () => {
    const broken = [
      ...message(100, "msg_a", [1, 2], { ack: "broken", fault: "bad chunk" }),
      ...message(200, "msg_a", [1, 2]),
      ...message(300, "msg_b", [3]),
    ];
    expect(judge(given(broken))).toMatchObject({
      duplicates: 0,
      repeated_after_a_broken_answer: { "bad chunk": 1 },
    });
  });

  it("holds nothing against what comes again because the repetition was refused", () => {
    const refused = [...all, cut(210), ...message(2000, "msg_a", [1, 2], { ack: "no" })];
    const whole = [...refused, ...message(3000, "msg_a", [1, 2])];
    expect(judge(given(whole))).toMatchObject({ duplicates: 1, most_duplicates_of_an_endpoint: 1 });
    const split = [...refused, ...message(3000, "msg_c", [1, 2])];
    expect(judge(given(split))).toMatchObject({ duplicates: 1, renamed: 0 });
  });

  it("sees an acknowledged event under another webhook-id", () => {
    expect(judge(given([...all, ...message(300, "msg_c", [3])])).renamed).toBe(1);
  });

  it("counts forged pushes that were accepted, unverified requests, followed redirects and gaps of the feed", () => {
    const odd: Line[] = [
      { kind: "forgery", at: 20, how: "no signature", status: 401 },
      { kind: "forgery", at: 21, how: "another secret", status: 202 },
      { kind: "strayed", at: 22, path: "/strayed" },
      ...message(90, "msg_z", [], { signature: "v1: 0 of 1 signatures are right", ack: "no" }),
    ];
    expect(judge(given([...odd, ...all]))).toMatchObject({
      forgeries: 2,
      forgeries_accepted: 1,
      unverified: 1,
      redirects_followed: 1,
    });
    const feed = given([]).feed.filter(({ sequence }) => sequence !== 2);
    expect(judge(given(all, { feed })).feed_gaps).toBe(1);
  });
});
