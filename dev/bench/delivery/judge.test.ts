import { describe, expect, it } from "vitest";
import { judge, recoveryOf } from "./judge.ts";
import type { Received } from "./records.ts";

function request(at: number, events: string, over: Partial<Received> = {}): Received {
  const told = events
    .split(" ")
    .map((event): [string, number] => [event.slice(0, 1), Number(event.slice(1))]);
  return {
    at,
    endpoint: "c00",
    id: `msg_${at}`,
    signature: "ok",
    fault: "none",
    events: told,
    acknowledged_at: at + 5,
    ended_at: at + 6,
    ...over,
  };
}
const failed = { acknowledged_at: null, fault: "500" };

describe("the bench's judge", () => {
  it("finds nothing in a run without fault, however it is batched", () => {
    const lines = [request(0, "a1 b1 a2"), request(10, "b2 a3"), request(10, "c1", { endpoint: "c01" })];
    expect(judge(lines)).toEqual({
      requests: 3,
      events: 6,
      unverified: 0,
      out_of_order: 0,
      overlaps: 0,
      duplicates: 0,
    });
  });

  it("counts what came before its turn, one by one and within a body", () => {
    expect(judge([request(0, "a1", failed), request(10, "a2"), request(20, "a1")]).out_of_order).toBe(1);
    expect(judge([request(0, "a2 a1")]).out_of_order).toBe(2);
    expect(judge([request(0, "a1"), request(3, "a2")])).toMatchObject({ out_of_order: 1, overlaps: 1 });
  });

  it("a request that its sender gave up is closed a little late, and overlaps nothing", () => {
    const given_up = request(0, "a1", { acknowledged_at: null, ended_at: 1010 });
    expect(judge([given_up, request(1000, "a1")]).overlaps).toBe(0);
    expect(judge([given_up, request(700, "a1")]).overlaps).toBe(1);
  });

  it("a retry is no duplicate, what had been acknowledged is one; what can't be verified is none of both", () => {
    const lines = [request(0, "a1 b1", failed), request(10, "a1"), request(20, "b1"), request(30, "a1")];
    expect(judge(lines)).toMatchObject({ events: 2, duplicates: 1 });
    const forged = request(40, "a9", { signature: "v1: 0 of 1 signatures are right" });
    expect(judge([...lines, forged])).toMatchObject({ requests: 5, unverified: 1, duplicates: 1 });
  });
});

it("an answer that comes after the kill is heard by nobody: its event was open", () => {
  const lines = [request(90, "a1", { acknowledged_at: 110, ended_at: 111 }), request(300, "a1")];
  expect(recoveryOf(lines, { killed_at: 100, spawned_at: 150 }, Infinity)).toMatchObject({
    open: 1,
    duplicates: 0,
    all_ms: 155,
  });
});

it("a kill: what was open, what came again, and how long until it was back", () => {
  const lines = [
    request(0, "a1"),
    request(90, "b1", { acknowledged_at: null, ended_at: 130 }),
    request(95, "c1", { acknowledged_at: null, ended_at: 99, fault: "500" }),
    request(400, "c1"),
    request(500, "a1"),
    request(700, "b1"),
  ];
  expect(recoveryOf(lines, { killed_at: 100, spawned_at: 150 }, Infinity)).toEqual({
    open: 1,
    duplicates: 1,
    first_ms: 250,
    all_ms: 555,
  });
  expect(recoveryOf(lines, { killed_at: 100, spawned_at: 150 }, 600)).toMatchObject({
    duplicates: 1,
    all_ms: 555,
  });
  expect(recoveryOf(lines.slice(0, 5), { killed_at: 100, spawned_at: 150 }, Infinity).all_ms).toBeNull();
  expect(recoveryOf(lines.slice(0, 1), { killed_at: 100, spawned_at: 150 }, Infinity)).toMatchObject({
    open: 0,
    first_ms: null,
    all_ms: null,
  });
});
