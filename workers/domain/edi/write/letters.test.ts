import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lines, toAscii, toLatin1 } from "./letters.ts";

describe("letters that a set lacks", () => {
  test.each([
    ["Malmö, Ås, Größe", "Malmö, Ås, Größe", false],
    ["Łódź", "Lódz", true],
    ["Żółć – „tak”", 'Zólc - "tak"', true],
    ["Жуков, ЖУКОВ, Київ", "Zhukov, ZHUKOV, Kiiv", true],
    ["Θεσσαλονίκη", "Thessaloniki", true],
    ["İstanbul ığşç", "Istanbul igsç", true],
    ["5 €, №3, ½", "5 EUR, No3, ½", true],
    ["東京", "??", true],
    ["two\r\nlines\tand\u00a0blanks ", "two  lines and blanks", false],
    ["so\u00adft e\u0301", "soft é", true],
  ])("%j in ISO 8859-1 is %j", (text, fitted, changed) => {
    expect(toLatin1(text)).toEqual({ text: fitted, changed });
  });

  test.each([
    ["Malmö, Ås, Größe, Ærø", "Malmo, As, Grosse, Aero", true],
    ["½ µm", "1/2 mm", true],
    ["Plain ASCII: 'ok' ~ |", "Plain ASCII: 'ok' ~ |", false],
  ])("%j in ASCII is %j", (text, fitted, changed) => {
    expect(toAscii(text)).toEqual({ text: fitted, changed });
  });

  test("whatever comes, only letters of the set go out", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(toAscii(text).text).toMatch(/^[\x20-\x7e]*$/u);
        expect(toLatin1(text).text).toMatch(/^[\x20-\x7e\xa1-\xac\xae-\xff]*$/u);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ["one two three", 7, 5, ["one two", "three"], false],
  ["onetwothree", 4, 5, ["onet", "woth", "ree"], false],
  ["one two three", 7, 1, ["one two"], true],
  ["", 7, 5, [], false],
] as const)("%j in lines of %i, at most %i", (text, size, most, expected, cut) => {
  expect(lines(text, size, most)).toEqual({ lines: expected, cut });
});
