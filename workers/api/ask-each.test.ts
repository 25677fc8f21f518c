import { expect, it, vi } from "vitest";
import { askEach } from "./ask-each.ts";

it("answers in order, a few at a time, and null for what fails or takes too long", async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  let open = 0;
  let most = 0;
  const ask = async (n: number): Promise<number> => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 1));
    open -= 1;
    if (n === 3) throw new Error("gone");
    return n === 7 ? new Promise(() => {}) : n * 10;
  };
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  expect(await askEach(all, ask, 50)).toEqual(all.map((n) => (n === 3 || n === 7 ? null : n * 10)));
  expect(most).toBeLessThanOrEqual(5);
});
