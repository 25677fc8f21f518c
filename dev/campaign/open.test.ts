import { expect, it } from "vitest";
import { openAt } from "./open.ts";
import type { Line } from "./records.ts";

const request = (n: number, at: number): Line => ({
  ...{ kind: "request", n, at, endpoint: "e", id: `msg_${n}`, signature: "ok", fault: "none", events: [] },
});

it("a kill cuts off what had come and was neither answered nor given up", () => {
  const lines: Line[] = [
    request(1, 100),
    { kind: "answered", n: 1, at: 150, ack: "clean" },
    request(2, 200),
    { kind: "closed", n: 2, at: 300 },
    request(3, 400),
    request(4, 450),
    // Before the kill has come.
    { kind: "answered", n: 4, at: 520, ack: "clean" },
    { kind: "closed", n: 3, at: 600 },
    { kind: "answered", n: 3, at: 900, ack: "clean" },
    request(5, 2000),
  ];
  expect(openAt(lines, 500)).toBe(1);
  expect(openAt(lines, 250)).toBe(1);
  expect(openAt(lines, 350)).toBe(0);
});
