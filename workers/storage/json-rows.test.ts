import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonPieces } from "./json-rows.ts";

it("loses no row and keeps the order, whatever the rows hold", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (rows) => {
      const plain: unknown = JSON.parse(JSON.stringify(rows));
      expect(jsonPieces(rows).flatMap((piece) => JSON.parse(piece))).toEqual(plain);
    }),
  );
});

it("cuts before a text grows too long for one statement", () => {
  const rows = Array.from({ length: 300 }, (_, at) => ["x".repeat(10_000), at]);
  const pieces = jsonPieces(rows);
  expect(pieces.length).toBeGreaterThan(5);
  for (const piece of pieces) expect(piece.length).toBeLessThan(520_000);
  expect(pieces.flatMap((piece) => JSON.parse(piece))).toEqual(rows);
});

it("makes nothing of nothing", () => {
  expect(jsonPieces([])).toEqual([]);
});
