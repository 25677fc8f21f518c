import { describe, expect, it } from "vitest";
import type { Carrier, NumberFormat } from "../carriers/carrier.ts";
import { followedNumber } from "../carriers/detection.ts";
import { sandbox } from "../carriers/sandbox/index.ts";
import { sandboxNumber } from "../carriers/sandbox/numbers.ts";
import { detectCarrier } from "./detect-carrier.ts";

const aCarrier = (id: string, ...numbers: NumberFormat[]): Carrier => ({ ...sandbox, id, numbers });
const thirteen = (likelihood: number): NumberFormat => ({ pattern: /^[A-Z]{2}\d{9}SE$/u, likelihood });

describe("detectCarrier", () => {
  it("finds the carrier whose format and check digit fit", () => {
    const number = sandboxNumber(7);
    expect(detectCarrier([sandbox], number)).toEqual({ kind: "one", carrier: sandbox });
    const wrong = `${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`;
    expect(detectCarrier([sandbox], wrong)).toEqual({ kind: "none" });
  });

  it("reads a number as it stands on a label", () => {
    const carrier = aCarrier("post", thirteen(0.9));
    expect(detectCarrier([carrier], " ab 123 456 789 se ")).toEqual({ kind: "one", carrier });
  });

  it("takes the likelier one, and neither where they are about equal", () => {
    const [sure, less, unlikely] = [
      aCarrier("sure", thirteen(0.9)),
      aCarrier("less", thirteen(0.8)),
      aCarrier("unlikely", thirteen(0.3)),
    ];
    expect(detectCarrier([unlikely, sure], "AB123456789SE")).toEqual({ kind: "one", carrier: sure });
    expect(detectCarrier([less, sure, unlikely], "AB123456789SE")).toEqual({
      kind: "several",
      carrier_ids: ["sure", "less"],
    });
  });
});

describe("followedNumber", () => {
  it("is plain where it is the carrier's format, else as given", () => {
    const carrier = aCarrier("post", thirteen(0.9));
    expect(followedNumber(carrier, "ab 123456789 se")).toBe("AB123456789SE");
    expect(followedNumber(carrier, "Order 12 b")).toBe("Order 12 b");
  });
});
