import { describe, expect, it } from "vitest";
import { answerHash } from "./answer-hash.ts";

describe("the fingerprint of an answer", () => {
  it("is the same for the same text, and 64 bits of hex", () => {
    expect(answerHash("in transit")).toBe(answerHash("in transit"));
    for (const text of ["", "a", "ä😀", "x".repeat(10_001)])
      expect(answerHash(text)).toMatch(/^[0-9a-f]{16}$/u);
  });

  it("differs for texts that differ in little", () => {
    const texts = Array.from({ length: 50_000 }, (_, n) => `{"number":"SBX${n}","events":[{"code":"OUT"}]}`);
    texts.push("", "\0", "\0\0", "\0\0\0");
    const hashes = texts.map(answerHash);
    expect(new Set(hashes).size).toBe(texts.length);
    // Of 50,000 in 32 bits, 0.3 pairs are expected to meet by chance.
    for (const half of [hashes.map((hash) => hash.slice(0, 8)), hashes.map((hash) => hash.slice(8))])
      expect(texts.length - new Set(half).size).toBeLessThan(4);
  });

  it("turns about half of its bits when one character changes", () => {
    const text = "T".repeat(200);
    for (let at = 0; at < text.length; at += 7) {
      const other = `${text.slice(0, at)}U${text.slice(at + 1)}`;
      const turned = BigInt(`0x${answerHash(text)}`) ^ BigInt(`0x${answerHash(other)}`);
      const bits = turned.toString(2).replaceAll("0", "").length;
      expect(bits).toBeGreaterThan(12);
      expect(bits).toBeLessThan(52);
    }
  });
});
