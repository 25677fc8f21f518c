import { describe, expect, it } from "vitest";
import {
  fedexExpress,
  gs1,
  identcode,
  luhn,
  mod7,
  mod37_36,
  s10,
  ups1z,
  upsWaybill,
} from "./check-digits.ts";

/** Numbers that the standards themselves print, or worked out by hand from their text where they print none. */
const RIGHT: [name: string, check: (number: string) => boolean, number: string][] = [
  ["Luhn (ISO/IEC 7812 annex B)", luhn, "79927398713"],
  ["GS1, an SSCC", gs1, "106141412345678908"],
  ["GS1, a GTIN-13", gs1, "4006381333931"],
  ["UPU S10, 47312482", s10, "RR473124829GB"],
  ["UPU S10, remainder 10 becomes 0", s10, "RR003000000GB"],
  ["UPU S10, remainder 11 becomes 5", s10, "RR000000005GB"],
  ["ISO/IEC 7064 MOD 37,36, the standard's GRid", mod37_36, "A12425GABC1234002M"],
  ["Identcode", identcode, "563102430313"],
  // 1×1 and so on: 1+2·2+3+4·2+5+6·2+7+8·2+9 = 65
  ["UPS waybill", upsWaybill, "K1234567895"],
  // 300000003 by seven leaves 2
  ["DHL Express", mod7, "3000000032"],
  // 1·3 at the front, 5·1 before the check digit: 8
  ["FedEx Express", fedexExpress, "100000000058"],
  // A counts as 2: 2 + 2·3 = 8, to ten 2
  ["UPS 1Z", ups1z, "1ZA300000000000002"],
];

describe("a check digit", () => {
  it.each(RIGHT)("%s is right, and no other digit in its place is", (_, check, number) => {
    expect(check(number)).toBe(true);
    const at = /[A-Z]{2}$/u.test(number) && number.length === 13 ? 10 : number.length - 1;
    for (const digit of "0123456789") {
      const other = `${number.slice(0, at)}${digit}${number.slice(at + 1)}`;
      if (other !== number) expect(check(other), other).toBe(false);
    }
  });

  it.each(RIGHT)("%s: what is no number of its kind is wrong, not an error", (_, check) => {
    for (const nonsense of ["", " ", "-1", "1.5", "１２３", "x".repeat(100), "0\n", "NaN"]) {
      expect(check(nonsense), nonsense).toBe(false);
    }
  });
});
