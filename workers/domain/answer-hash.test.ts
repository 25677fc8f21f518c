import { describe, expect, it } from "vitest";
import { answerHash } from "./answer-hash.ts";

describe("the fingerprint of an answer", () => {
  it("is the same for the same text, and 128 bits of hex", () => {
    expect(answerHash("in transit")).toBe(answerHash("in transit"));
    for (const text of ["", "a", "ä😀", "x".repeat(10_001)])
      expect(answerHash(text)).toMatch(/^[0-9a-f]{32}$/u);
  });

  it("differs in every half for texts that differ in little", () => {
    const texts = Array.from({ length: 50_000 }, (_, n) => `{"number":"SBX${n}","events":[{"code":"OUT"}]}`);
    texts.push("", "\0", "\0\0", "\0\0\0");
    const hashes = texts.map(answerHash);
    expect(new Set(hashes).size).toBe(texts.length);
    expect(new Set(hashes.map((hash) => hash.slice(0, 16))).size).toBe(texts.length);
    expect(new Set(hashes.map((hash) => hash.slice(16))).size).toBe(texts.length);
  });

  it("turns about half of its bits when one character changes", () => {
    const text = "T".repeat(200);
    for (let at = 0; at < text.length; at += 7) {
      const other = `${text.slice(0, at)}U${text.slice(at + 1)}`;
      const turned = BigInt(`0x${answerHash(text)}`) ^ BigInt(`0x${answerHash(other)}`);
      const bits = turned.toString(2).replaceAll("0", "").length;
      expect(bits).toBeGreaterThan(32);
      expect(bits).toBeLessThan(96);
    }
  });
});
