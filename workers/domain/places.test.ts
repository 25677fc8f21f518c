import { describe, expect, it } from "vitest";
import { offsetMinutes } from "./local-time.ts";
import { alpha3, countries, countryOf, stateOf, zoneOf } from "./places.ts";

describe("countries", () => {
  it("are all of ISO 3166-1, and Kosovo, each with letters of its own", () => {
    expect(countries).toHaveLength(250);
    expect(new Set(countries.map(({ alpha2 }) => alpha2)).size).toBe(250);
    expect(new Set(countries.map((country) => country.alpha3)).size).toBe(250);
    for (const country of countries) {
      expect(country.alpha2).toMatch(/^[A-Z]{2}$/);
      expect(country.alpha3).toMatch(/^[A-Z]{3}$/);
    }
  });

  it("keep zones that the runtime knows", () => {
    for (const { zone } of countries) {
      if (zone !== null) expect(Math.abs(offsetMinutes(zone, 0))).toBeLessThanOrEqual(14 * 60);
    }
  });

  it.each([
    ["NO", "NOR"],
    ["no", "NOR"],
    ["NOR", "NOR"],
    ["Norway", "NOR"],
    ["NORGE", "NOR"],
    ["SWEDEN", "SWE"],
    ["Deutschland", "DEU"],
    ["UK", "GBR"],
    ["United  States", "USA"],
    ["IM", "IMN"],
  ])("%s is %s", (word, letters) => {
    expect(alpha3(word)).toBe(letters);
  });

  it.each([[null], [undefined], [""], ["ZZ"], ["Atlantis"], ["__proto__"]])("%s is none", (word) => {
    expect(alpha3(word)).toBeNull();
  });
});

describe("the zone of a place", () => {
  it.each([
    [{ country: "NO" }, "Europe/Oslo"],
    [{ country: "Germany" }, "Europe/Berlin"],
    [{ country: "US" }, null],
    [{ country: "US", state: "NY" }, "America/New_York"],
    [{ country: "US", state: "California" }, "America/Los_Angeles"],
    [{ country: "CAN", state: "SK" }, "America/Regina"],
    [{ country: "AU", state: "qld" }, "Australia/Brisbane"],
    [{ country: "DE", state: "BE" }, "Europe/Berlin"],
    [{ country: "ES", postal_code: "38001" }, "Atlantic/Canary"],
    [{ country: "ES", postal_code: "28001" }, "Europe/Madrid"],
    [{ country: "PT", postal_code: "9500-013" }, "Atlantic/Azores"],
    [{ country: null }, null],
  ])("of %o is %s", (place, zone) => {
    expect(zoneOf(place)).toBe(zone);
  });

  it("knows a state by code and by name", () => {
    const canada = countryOf("CA");
    expect(canada && stateOf(canada, "Quebec")?.code).toBe("QC");
    expect(canada && stateOf(canada, "NSW")).toBeNull();
  });
});
