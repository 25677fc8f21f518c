import type { OffsetSource, Precision } from "./tracking-event.ts";

/** Carriers' wall clocks → instants with offset. Zones are IANA names; the rules come from the runtime's own zone data. */

/** A wall clock as a carrier prints it, checked against the calendar by `wallClock`. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export interface CarrierTime {
  at: string | null;
  precision: Precision;
  offset_source: OffsetSource;
}

export const UNKNOWN_TIME: CarrierTime = { at: null, precision: "unknown", offset_source: "assumed" };

/** A wall clock, or null where the calendar has no such moment (30 February, hour 24, minute 60). */
export function wallClock(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
): WallClock | null {
  const whole = [year, month, day, hour, minute, second].every(Number.isInteger);
  if (
    !whole ||
    year < 1970 ||
    year > 2200 ||
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    hour < 0 ||
    minute < 0 ||
    second < 0
  )
    return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return { year, month, day, hour, minute, second };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formatters.set(zone, made);
  return made;
}

/** Minutes east of UTC that a zone keeps at an instant (epoch milliseconds). Throws RangeError for a zone that does not exist. */
export function offsetMinutes(zone: string, epochMs: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(epochMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  return Math.round((asUtc - Math.floor(epochMs / 1000) * 1000) / 60_000);
}

function utcOf(wall: WallClock): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/**
 * The offset, in minutes, that a wall clock has in a zone. The hour that comes twice in autumn is read as its first
 * pass (summer time), so that an event never seems later than it was; a clock inside the spring gap, which no clock
 * on the wall ever showed, is read with the offset before the change.
 */
export function offsetOfWallClock(wall: WallClock, zone: string): number {
  const utc = utcOf(wall);
  const before = offsetMinutes(zone, utc - 86_400_000);
  const after = offsetMinutes(zone, utc + 86_400_000);
  if (before === after) return before;
  const fits = (offset: number) => offsetMinutes(zone, utc - offset * 60_000) === offset;
  if (fits(before)) return before;
  return fits(after) ? after : before;
}

const two = (n: number) => String(n).padStart(2, "0");

/** ISO 8601 of a wall clock with its offset in minutes: "2026-03-14T09:12:00+01:00". */
export function isoWithOffset(wall: WallClock, offset: number): string {
  const sign = offset < 0 ? "-" : "+";
  const abs = Math.abs(offset);
  return `${String(wall.year).padStart(4, "0")}-${two(wall.month)}-${two(wall.day)}T${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}${sign}${two(Math.floor(abs / 60))}:${two(abs % 60)}`;
}

/** ISO 8601 in UTC, to the second, written as the contract writes it: "2026-03-14T08:13:05+00:00". */
export function isoUtc(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}+00:00`;
}

/** A carrier's wall clock read in a zone. `source` tells where the zone came from. */
export function inZone(
  wall: WallClock | null,
  zone: string,
  source: OffsetSource,
  precision: Precision,
): CarrierTime {
  if (wall === null) return UNKNOWN_TIME;
  return { at: isoWithOffset(wall, offsetOfWallClock(wall, zone)), precision, offset_source: source };
}

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Reads ISO 8601 as carriers write it: extended or basic, blank or T, fraction dropped, offset as Z, +02:00, +0200, +02 or none.
 * Without an offset the wall clock is read in `zone`; a date alone has the precision `date` and stands for local midnight.
 */
export function readIso(
  text: string,
  zone: string,
  zoneSource: OffsetSource = "carrier_default",
): CarrierTime {
  const match = ISO.exec(text.trim());
  if (match === null) return UNKNOWN_TIME;
  const [, year, month, day, hour, minute, second, offset] = match;
  const wall = wallClock(
    Number(year),
    Number(month),
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  );
  if (wall === null) return UNKNOWN_TIME;
  const precision: Precision = hour === undefined ? "date" : second === undefined ? "minute" : "second";
  if (offset === undefined) return inZone(wall, zone, zoneSource, precision);
  const minutes = offset === "Z" ? 0 : offsetOfText(offset);
  return minutes === null
    ? UNKNOWN_TIME
    : { at: isoWithOffset(wall, minutes), precision, offset_source: "carrier" };
}

/** "+0200", "+02:00" or "-05" → minutes east of UTC; null beyond ±18 h. */
export function offsetOfText(offset: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset);
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 18 * 60) return null;
  return match[1] === "-" ? -minutes : minutes;
}
