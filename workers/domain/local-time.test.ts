import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  inZone,
  isoUtc,
  isoWithOffset,
  offsetMinutes,
  offsetOfText,
  offsetOfWallClock,
  readIso,
  UNKNOWN_TIME,
  type WallClock,
  wallClock,
} from "./local-time.ts";

/** Zones of all kinds: summer time north and south, half hours, a half-hour shift (Lord Howe), none, far east. */
const ZONES = [
  "Europe/Oslo",
  "Europe/London",
  "Europe/Helsinki",
  "America/New_York",
  "America/St_Johns",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Pacific/Kiritimati",
  "Pacific/Auckland",
  "America/Sao_Paulo",
  "UTC",
];

const clock = (text: string): WallClock => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/\D/u).map(Number);
  const wall = wallClock(year, month, day, hour, minute, second);
  if (wall === null) throw new Error(`${text} is no clock`);
  return wall;
};

const at = (text: string, zone: string) => inZone(clock(text), zone, "place", "second").at;

describe("a wall clock", () => {
  it.each([
    [[2026, 2, 30]],
    [[2026, 13, 1]],
    [[2026, 0, 1]],
    [[2026, 1, 0]],
    [[2025, 2, 29]],
    [[2026, 1, 1, 24]],
    [[2026, 1, 1, 0, 60]],
    [[2026, 1, 1, 0, 0, 60]],
    [[2026, 1, 1, -1]],
    [[1969, 1, 1]],
    [[2201, 1, 1]],
    [[2026.5, 1, 1]],
    [[Number.NaN, 1, 1]],
  ])("%j is none", ([year = 0, month = 0, day = 0, hour, minute, second]) => {
    expect(wallClock(year, month, day, hour, minute, second)).toBeNull();
  });

  it("has its leap days", () => {
    expect(wallClock(2024, 2, 29)).not.toBeNull();
    expect(wallClock(2000, 2, 29)).not.toBeNull();
    expect(wallClock(2100, 2, 29)).toBeNull();
  });
});

describe("nights of the clock change", () => {
  it.each([
    // Europe, spring: 02:00 → 03:00
    ["2026-03-29 01:59:59", "Europe/Oslo", "2026-03-29T01:59:59+01:00"],
    ["2026-03-29 03:00:00", "Europe/Oslo", "2026-03-29T03:00:00+02:00"],
    // autumn: 03:00 → 02:00, the hour that comes twice is read as its first pass
    ["2026-10-25 01:59:59", "Europe/Oslo", "2026-10-25T01:59:59+02:00"],
    ["2026-10-25 02:00:00", "Europe/Oslo", "2026-10-25T02:00:00+02:00"],
    ["2026-10-25 02:59:59", "Europe/Oslo", "2026-10-25T02:59:59+02:00"],
    ["2026-10-25 03:00:00", "Europe/Oslo", "2026-10-25T03:00:00+01:00"],
    // the same night an hour apart
    ["2026-10-25 01:30:00", "Europe/London", "2026-10-25T01:30:00+01:00"],
    ["2026-10-25 02:00:00", "Europe/London", "2026-10-25T02:00:00+00:00"],
    ["2026-10-25 03:30:00", "Europe/Helsinki", "2026-10-25T03:30:00+03:00"],
    ["2026-10-25 04:00:00", "Europe/Helsinki", "2026-10-25T04:00:00+02:00"],
    // America changes on other days
    ["2026-03-08 01:59:00", "America/New_York", "2026-03-08T01:59:00-05:00"],
    ["2026-03-08 03:00:00", "America/New_York", "2026-03-08T03:00:00-04:00"],
    ["2026-11-01 01:30:00", "America/New_York", "2026-11-01T01:30:00-04:00"],
    ["2026-11-01 02:00:00", "America/New_York", "2026-11-01T02:00:00-05:00"],
    // half an hour only, and the seasons the other way round
    ["2026-04-05 01:45:00", "Australia/Lord_Howe", "2026-04-05T01:45:00+11:00"],
    ["2026-04-05 02:00:00", "Australia/Lord_Howe", "2026-04-05T02:00:00+10:30"],
    ["2026-10-04 03:00:00", "Australia/Sydney", "2026-10-04T03:00:00+11:00"],
    // offsets that are no whole hours, and one west of Greenwich
    ["2026-01-01 12:00:00", "Asia/Kathmandu", "2026-01-01T12:00:00+05:45"],
    ["2026-01-01 12:00:00", "America/St_Johns", "2026-01-01T12:00:00-03:30"],
  ])("%s in %s is %s", (text, zone, iso) => {
    expect(at(text, zone)).toBe(iso);
  });

  it("a clock inside the gap, which nobody saw, keeps the offset before it", () => {
    expect(at("2026-03-29 02:30:00", "Europe/Oslo")).toBe("2026-03-29T02:30:00+01:00");
    expect(at("2026-03-08 02:30:00", "America/New_York")).toBe("2026-03-08T02:30:00-05:00");
  });
});

describe("any instant in any zone", () => {
  const instants = fc.integer({ min: Date.UTC(1990, 0, 1) / 1000, max: Date.UTC(2035, 0, 1) / 1000 });

  it("comes back from its wall clock, or as the first pass of the hour that comes twice", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (seconds, zone) => {
        const offset = offsetMinutes(zone, seconds * 1000);
        const wall = clock(new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19));
        const read = offsetOfWallClock(wall, zone);
        const earlier = seconds + (offset - read) * 60;
        expect(offsetMinutes(zone, earlier * 1000)).toBe(read);
        expect(earlier).toBeLessThanOrEqual(seconds);
        expect(Date.parse(isoWithOffset(wall, read))).toBe(earlier * 1000);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the order of two instants an overlap apart", () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 2 * 3600, max: 400 * 86_400 }),
        fc.constantFrom(...ZONES),
        (from, by, zone) => {
          const iso = (seconds: number) => {
            const offset = offsetMinutes(zone, seconds * 1000);
            return at(new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19), zone) ?? "";
          };
          expect(Date.parse(iso(from))).toBeLessThan(Date.parse(iso(from + by)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is written in UTC to the second", () => {
    expect(isoUtc(Date.UTC(2026, 2, 14, 8, 13, 5, 999))).toBe("2026-03-14T08:13:05+00:00");
  });
});

describe("ISO 8601 as carriers write it", () => {
  it.each([
    ["2026-03-14T09:12:03+01:00", "2026-03-14T09:12:03+01:00", "second", "carrier"],
    ["2026-03-14T09:12:03.123+0100", "2026-03-14T09:12:03+01:00", "second", "carrier"],
    ["2026-03-14T09:12:03,5-05", "2026-03-14T09:12:03-05:00", "second", "carrier"],
    ["2026-03-14 09:12Z", "2026-03-14T09:12:00+00:00", "minute", "carrier"],
    ["20260314T091203Z", "2026-03-14T09:12:03+00:00", "second", "carrier"],
    ["  2026-03-14T09:12:03 +01:00 ", "2026-03-14T09:12:03+01:00", "second", "carrier"],
    ["2026-07-14T09:12:03", "2026-07-14T09:12:03+02:00", "second", "carrier_default"],
    ["2026-07-14", "2026-07-14T00:00:00+02:00", "date", "carrier_default"],
    ["20260714", "2026-07-14T00:00:00+02:00", "date", "carrier_default"],
  ])("%s", (text, iso, precision, offset_source) => {
    expect(readIso(text, "Europe/Berlin")).toEqual({ at: iso, precision, offset_source });
  });

  it.each([
    [""],
    ["soon"],
    ["2026-02-30"],
    ["2026-03-14T25:00"],
    ["2026-03-14T09:12+19:00"],
    ["14.03.2026"],
    ["2026-03-14T09"],
    ["2026-03-14T09:12:03+01:00; DROP"],
  ])("%j is no time", (text) => {
    expect(readIso(text, "Europe/Berlin")).toEqual(UNKNOWN_TIME);
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { at, precision } = readIso(text, "Europe/Berlin");
        expect(at === null).toBe(precision === "unknown");
      }),
    );
  });

  it("a zone that does not exist is our own fault and thrown", () => {
    expect(() => offsetMinutes("Europe/Atlantis", 0)).toThrow(RangeError);
  });
});

describe("an offset in words", () => {
  it.each([
    ["+0200", 120],
    ["+02:00", 120],
    ["-0530", -330],
    ["+02", 120],
    ["-00:30", -30],
    ["+18:00", 1080],
    ["+18:30", null],
    ["0200", null],
    ["+2", null],
    ["Z", null],
  ])("%s is %s minutes", (text, minutes) => {
    expect(offsetOfText(text)).toBe(minutes);
  });
});
