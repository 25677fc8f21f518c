import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candidatesOf, followedNumber, isPostal, likelihoodOf, plainNumber } from "./detection.ts";
import { carriers, findCarrier } from "./registry.ts";
import { sandboxNumber } from "./sandbox/numbers.ts";

const ids = (number: string, destination: string | null = null) =>
  candidatesOf(carriers, number, destination).map(({ carrier }) => carrier.id);
const fits = (id: string, number: string) => {
  const carrier = findCarrier(id);
  return carrier !== null && likelihoodOf(carrier, number) > 0;
};

const DIGITS = "0123456789";
const CHARACTERS = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** Invented numbers, `_` where the check character stands; `checks: false` where the format has none and its number is whole. */
const FORMATS: {
  id: string;
  what: string;
  number: string;
  checks?: false;
  alphabet?: string;
  also?: true;
}[] = [
  { id: "bring", what: "an SSCC under the Norwegian prefix", number: "37055555500000012_" },
  { id: "bring", what: "the same with its application identifier", number: "0037055555500000012_" },
  { id: "bring", what: "a shipment number (GSIN)", number: "7055555500000012_" },
  { id: "bring", what: "a postal number", number: "RR12345678_NO" },
  { id: "budbee", what: "its own", number: "BUDBEE12345678", checks: false },
  { id: "canadapost", what: "a PIN", number: "703511447713000_" },
  { id: "canadapost", what: "a postal number", number: "CX12345678_CA" },
  { id: "dhl_parcel_de", what: "an SSCC under the German prefix", number: "0034043400000000012_" },
  { id: "dhl_parcel_de", what: "a licence plate", number: "JJD000390007712345678", checks: false },
  { id: "dhl_parcel_de", what: "a parcel abroad", number: "CY12345678_DE" },
  { id: "dhl_parcel_de", what: "an Identcode", number: "56310000012_" },
  { id: "dhl_universal", what: "eCommerce", number: "GM2951000000000001", checks: false },
  { id: "dhl_universal", what: "Deutsche Post", number: "LX12345678_DE" },
  { id: "dpd", what: "a parcel number", number: "09980000020001", checks: false },
  { id: "dpd", what: "with its check character", number: "09980000020001_", alphabet: CHARACTERS },
  { id: "dpd", what: "the label's barcode", number: "008182709980000020001101276_", alphabet: CHARACTERS },
  { id: "fedex", what: "Express", number: "79000000001_" },
  { id: "fedex", what: "Ground", number: "04140000000012_" },
  { id: "fedex", what: "Ground 96", number: "961102000000000000001_" },
  { id: "fedex", what: "Ground SSCC", number: "00012345000000012_" },
  { id: "fedex", what: "a barcode of 34", number: "100190178199000100030079000000001_" },
  { id: "fedex", what: "a barcode of Ground", number: "962200156000000000000079000000001_" },
  { id: "fedex", what: "an ASTRA barcode", number: "329715145601024479000000001_2014" },
  { id: "gls", what: "a parcel number", number: "50000000001", checks: false },
  { id: "matkahuolto", what: "its own", number: "MH1234567890FI", checks: false },
  { id: "mydhl", what: "a waybill", number: "300000000_" },
  { id: "mydhl", what: "a waybill of eleven", number: "7300000000_" },
  { id: "mydhl", what: "a piece", number: "JD014600000000000001", checks: false },
  { id: "mydhl", what: "a piece, short", number: "JJD0100000000", checks: false },
  { id: "posti", what: "its own", number: "JJFI12345678901234567", checks: false },
  { id: "posti", what: "a postal number", number: "RR12345678_FI" },
  { id: "postnord", what: "its own", number: "12345678901SE", checks: false },
  { id: "postnord", what: "a Swedish postal number", number: "RR12345678_SE" },
  { id: "postnord", what: "a Danish postal number", number: "CP12345678_DK" },
  { id: "postnord", what: "an SSCC under the Swedish prefix", number: "37355555500000012_" },
  { id: "sandbox", what: "its own", number: sandboxNumber(7).replace(/.$/u, "_") },
  { id: "ups", what: "a parcel", number: "1Z999AA1012345678_" },
  { id: "ups", what: "a waybill", number: "K150000000_" },
  { id: "usps", what: "nine digits of mailer, from a vendor", number: "940011189900000000001_" },
  { id: "usps", what: "the same behind the ZIP code", number: "42010001940011189900000000001_" },
  { id: "usps", what: "the same behind ZIP+4", number: "420100010001940011189900000000001_" },
  { id: "usps", what: "a commercial mailer's of nine digits", number: "926129000000000000001_" },
  { id: "usps", what: "a commercial mailer's of six digits", number: "936120000000000000001_" },
  { id: "usps", what: "a long one", number: "9261290000000000000000001_" },
  { id: "usps", what: "a counter's", number: "950551100000000000001_" },
  { id: "usps", what: "a postal number", number: "RR12345678_US" },
];

describe("the formats of our carriers", () => {
  it.each(FORMATS)(
    "$id: $what is found, and only with its check digit",
    ({ id, number, checks, alphabet }) => {
      const filled = [...(alphabet ?? DIGITS)].map((character) => number.replace("_", character));
      const right = filled.filter((one) => fits(id, one));
      expect(right).toHaveLength(checks === false ? filled.length : 1);
      for (const one of right) expect(ids(one)).toContain(id);
    },
  );

  it("are tried in the forms in which people write a number", () => {
    expect(plainNumber(" 1z 999 aa1\t01\u00a02345 6784\n")).toBe("1Z999AA10123456784");
    expect(ids(" 1z 999 aa1\t01\u00a02345 6784\n")).toEqual(["ups"]);
  });

  it("stand in the order of their likelihood", () => {
    for (const { number } of FORMATS) {
      const found = candidatesOf(carriers, number.replace("_", "0"));
      const likelihoods = found.map(({ likelihood }) => likelihood);
      expect(likelihoods).toEqual(likelihoods.toSorted((a, b) => b - a));
    }
  });

  it("name all who claim a number", () => {
    // Fourteen digits: DPD prints its parcel number so, DHL eCommerce its own.
    expect(ids("09980000020001")).toEqual(["dpd", "dhl_universal"]);
    // GS1's Norwegian prefix: Bring's, but PostNord's Norwegian customers have theirs from it as well.
    const [sscc = ""] = [...DIGITS].map((d) => `37055555500000012${d}`).filter((one) => fits("bring", one));
    expect(ids(sscc)).toEqual(["bring", "postnord"]);
  });

  it("name nobody for what is no number", () => {
    for (const nonsense of [
      "",
      "x",
      "hello world",
      "0",
      "1Z",
      "RR123456785",
      "../../etc/passwd",
      "9".repeat(5000),
    ])
      expect(ids(nonsense), nonsense.slice(0, 20)).toEqual([]);
  });
});

describe("a postal number", () => {
  it("is of the operator who gave it; others may deliver it", () => {
    const [first, ...others] = candidatesOf(carriers, "RR123456785SE");
    expect(first?.carrier.id).toBe("postnord");
    expect(others.map(({ carrier }) => carrier.id)).toContain("posti");
    for (const { likelihood } of others) expect(likelihood).toBeLessThan(0.2);
  });

  it("is of the operator of the destination as well, where that is known", () => {
    expect(ids("RR123456785SE", "FIN")).toEqual(["postnord", "posti"]);
    expect(ids("RR123456785SE", "us")).toEqual(["postnord", "usps"]);
    expect(ids("RR123456785SE", "SE")).toEqual(["postnord"]);
    expect(ids("RR123456785SE", "JP")).toEqual(["postnord"]);
  });

  it("from a country whose post we do not speak to is the destination's", () => {
    expect(ids("RR123456785CN", "NO")).toEqual(["bring"]);
    expect(ids("RR123456785CN", "JP")).toEqual([]);
    expect(ids("RR123456785CN")).toEqual(
      expect.arrayContaining(["bring", "canadapost", "posti", "postnord", "usps"]),
    );
  });

  it.each(["RR123456784SE", "RR123456785XX", "RR12345678SE", "R1123456785SE"])("%s is none", (number) => {
    expect(isPostal(number)).toBe(false);
    expect(ids(number)).toEqual([]);
  });
});

describe("a whole barcode", () => {
  const followed = (carrier_id: string, number: string) => {
    const carrier = findCarrier(carrier_id);
    return carrier === null ? null : followedNumber(carrier, number);
  };

  it.each([
    ["fedex", "1001000000000000000000456789123457", "456789123457"],
    ["fedex", "9622 0000 0000 0000 0000 0045 6789 1234 57", "456789123457"],
    ["fedex", "30000011122222224567891234577777", "456789123457"],
    ["fedex", "9611020612999987654322", "612999987654322"],
    ["usps", "420 10001 9400111899223123456785", "9400111899223123456785"],
    ["usps", "4201000123459400111899223123456785", "9400111899223123456785"],
  ])("of %s, %s, is followed by the number in it", (carrier, barcode, number) => {
    expect(followed(carrier, barcode)).toBe(number);
    expect(followed(carrier, number)).toBe(number);
  });

  it.each([
    ["fedex", "1001000000000000000000456789123458"], // another check digit
    ["fedex", "1001000000000000000045678912345674"], // fourteen digits in use
    ["usps", "420100019400111899223123456786"],
    ["usps", "1001000000000000000000456789123457"],
    ["ups", "420100019400111899223123456785"],
  ])("that %s does not know, %s, is followed as it is", (carrier, barcode) => {
    expect(followed(carrier, barcode)).toBe(barcode);
  });

  it("never holds another barcode, whatever its digits", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 20, maxLength: 36 }), (digits) => {
        const number = digits.join("");
        for (const carrier of carriers) {
          const once = followedNumber(carrier, number);
          expect(number).toContain(once);
          expect(followedNumber(carrier, once)).toBe(once);
        }
      }),
    );
  });
});
