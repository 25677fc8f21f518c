import fc from "fast-check";
import { expect, it } from "vitest";
import { contrastOf, SURFACES, shadesOf } from "./colour.ts";

it("counts contrast as WCAG does", () => {
  expect(contrastOf("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrastOf("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrastOf("#ffffff", "#ffffff")).toBe(1);
});

it("makes any colour readable, on light and on dark, as ink and as ground", () => {
  const channel = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(channel, channel, channel), (rgb) => {
      const colour = `#${rgb.map((one) => one.toString(16).padStart(2, "0")).join("")}`;
      const { light, dark } = shadesOf(colour);
      for (const [shades, surfaces] of [
        [light, SURFACES.light],
        [dark, SURFACES.dark],
      ] as const) {
        expect(contrastOf(shades.fill, shades.on_fill)).toBeGreaterThanOrEqual(4.5);
        for (const surface of Object.values(surfaces))
          expect(contrastOf(shades.ink, surface)).toBeGreaterThanOrEqual(4.5);
      }
    }),
  );
});

it("leaves a colour alone that can be read", () => {
  expect(shadesOf("#0b5cad").light).toEqual({ fill: "#0b5cad", on_fill: "#ffffff", ink: "#0b5cad" });
});
