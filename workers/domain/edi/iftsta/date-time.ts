/**
 * DTM values (2380 by 2379). The shape of the value decides, the format code only helps where two shapes look
 * alike: 14 digits under 203 and an offset behind a 203 are everyday. What is no calendar date is no time at all.
 */

export interface DateTimePart {
  /** `2026-03-12`, or null for a time alone. */
  readonly date: string | null;
  /** `08:15`, `08:15:30`, or null for a date alone. */
  readonly time: string | null;
  readonly offset: string | null;
  readonly zone: string | null;
}

export type DateTimeReading =
  | { readonly kind: "moment"; readonly part: DateTimePart; readonly fits: boolean }
  /** From-to: tells when something may happen, not when it did. */
  | {
      readonly kind: "period";
      readonly from: DateTimePart;
      readonly to: DateTimePart;
      readonly fits: boolean;
    }
  | { readonly kind: "invalid" };

const invalid: DateTimeReading = { kind: "invalid" };

/** Digits each format has, and whether a zone or offset follows (2379, D.24A). Negative: two of them, a period. */
const formats: Readonly<Record<string, { readonly digits: number; readonly zoned: boolean }>> = {
  "2": { digits: 6, zoned: false },
  "3": { digits: 6, zoned: false },
  "4": { digits: 8, zoned: false },
  "5": { digits: 12, zoned: false },
  "101": { digits: 6, zoned: false },
  "102": { digits: 8, zoned: false },
  "201": { digits: 10, zoned: false },
  "202": { digits: 12, zoned: false },
  "203": { digits: 12, zoned: false },
  "204": { digits: 14, zoned: false },
  "205": { digits: 12, zoned: true },
  "206": { digits: 10, zoned: true },
  "207": { digits: 12, zoned: true },
  "208": { digits: 14, zoned: true },
  "301": { digits: 10, zoned: true },
  "302": { digits: 12, zoned: true },
  "303": { digits: 12, zoned: true },
  "304": { digits: 14, zoned: true },
  "307": { digits: 17, zoned: false },
  "401": { digits: 4, zoned: false },
  "402": { digits: 6, zoned: false },
  "404": { digits: 6, zoned: true },
  "711": { digits: 16, zoned: false },
  "713": { digits: 20, zoned: false },
  "717": { digits: 12, zoned: false },
  "718": { digits: 16, zoned: false },
  "719": { digits: 24, zoned: false },
};

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for a day that the Gregorian calendar has. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || year < 1) return false;
  if (month === 2 && day === 29) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (monthDays[month - 1] ?? 0);
}

/** Two-digit years: 70–99 are of the last century (ISO 9735 says nothing; POSIX splits at 69). */
export function fullYear(twoDigits: number): number {
  return twoDigits >= 70 ? 1900 + twoDigits : 2000 + twoDigits;
}

function digits(text: string, from: number, count: number): number {
  let n = 0;
  for (let i = from; i < from + count; i++) {
    const d = text.charCodeAt(i) - 48;
    if (!(d >= 0 && d <= 9)) return -1;
    n = n * 10 + d;
  }
  return n;
}

function leadingDigits(text: string): number {
  let n = 0;
  while (n < text.length) {
    const c = text.charCodeAt(n);
    if (c < 48 || c > 57) break;
    n++;
  }
  return n;
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

/** `CCYYMMDD` at a position, as `CCYY-MM-DD`; null when there is no such day. */
export function dateAt(text: string, at: number): string | null {
  const year = digits(text, at, 4);
  const month = digits(text, at + 4, 2);
  const day = digits(text, at + 6, 2);
  if (!isCalendarDay(year, month, day)) return null;
  return `${text.slice(at, at + 4)}-${text.slice(at + 4, at + 6)}-${text.slice(at + 6, at + 8)}`;
}

function shortDateAt(text: string, at: number): string | null {
  const year = fullYear(digits(text, at, 2));
  const month = digits(text, at + 2, 2);
  const day = digits(text, at + 4, 2);
  return isCalendarDay(year, month, day) ? `${year}-${two(month)}-${two(day)}` : null;
}

/** `HHMM` or `HHMMSS` at a position; null when the clock has no such time (24:00 has none). */
export function timeAt(text: string, at: number, length: 4 | 6): string | null {
  const hour = digits(text, at, 2);
  const minute = digits(text, at + 2, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return null;
  const hm = `${text.slice(at, at + 2)}:${text.slice(at + 2, at + 4)}`;
  if (length === 4) return hm;
  const second = digits(text, at + 4, 2);
  return second < 0 || second > 59 ? null : `${hm}:${text.slice(at + 4, at + 6)}`;
}

/** `+0100`, `+01`, `-05:30`, `Z`, `UTC`, `GMT` → an offset; other letters → a zone's name; else null. */
export function readZone(suffix: string): { offset: string | null; zone: string | null } | null {
  const s = suffix.trim();
  if (s === "") return { offset: null, zone: null };
  const sign = s[0];
  if (sign === "+" || sign === "-") {
    const rest = s.slice(1).replace(":", "");
    if ((rest.length !== 2 && rest.length !== 4) || leadingDigits(rest) !== rest.length) return null;
    const hours = Number(rest.slice(0, 2));
    const minutes = Number(rest.slice(2) || "0");
    if (hours > 14 || minutes > 59) return null;
    return { offset: `${sign}${two(hours)}:${two(minutes)}`, zone: null };
  }
  const upper = s.toUpperCase();
  if (upper === "Z" || upper === "UTC" || upper === "GMT") return { offset: "+00:00", zone: null };
  return /^[A-Z]{1,5}$/.test(upper) ? { offset: null, zone: upper } : null;
}

function moment(date: string | null, time: string | null, suffix: string, fits: boolean): DateTimeReading {
  if (date === null && time === null) return invalid;
  const zone = suffix === "" ? null : readZone(suffix);
  if (suffix !== "" && zone === null) return invalid;
  return {
    kind: "moment",
    part: { date, time, offset: zone?.offset ?? null, zone: zone?.zone ?? null },
    fits,
  };
}

/** Date and time where both must be good. */
function full(date: string | null, time: string | null, suffix: string, fits: boolean): DateTimeReading {
  return date === null || time === null ? invalid : moment(date, time, suffix, fits);
}

/** Reads a DTM value. `format` is 2379 or null. The value itself is kept by the caller. */
export function readDateTime(value: string, format: string | null): DateTimeReading {
  const text = value.trim();
  const n = leadingDigits(text);
  const suffix = n === text.length ? "" : text.slice(n);
  const known = format === null ? undefined : formats[format];
  const fits =
    format === null || (known !== undefined && known.digits === n && known.zoned === (suffix !== ""));
  if (suffix !== "" && (suffix[0] === "-" || suffix[0] === "." || suffix[0] === "T" || suffix[0] === "/")) {
    const other = readSigned(text, n, suffix, format);
    if (other !== null) return other;
  }
  if (fits && format !== null) {
    if (format === "2") return dayFirst(text, 2);
    if (format === "3") return moment(shortDateAt(text.slice(4, 6) + text.slice(0, 4), 0), null, "", true);
    if (format === "4") return dayFirst(text, 4);
    if (format === "5")
      return full(
        dateAt(text.slice(4, 8) + text.slice(2, 4) + text.slice(0, 2), 0),
        timeAt(text, 8, 4),
        "",
        true,
      );
    if (format === "202" || format === "207" || format === "302")
      return full(shortDateAt(text, 0), timeAt(text, 6, 6), suffix, true);
    if (format === "402" || format === "404") return moment(null, timeAt(text, 0, 6), suffix, true);
    if (format === "717") return period(shortDateAt(text, 0), null, shortDateAt(text, 6), null, true);
    if (format === "713")
      return period(
        shortDateAt(text, 0),
        timeAt(text, 6, 4),
        shortDateAt(text, 10),
        timeAt(text, 16, 4),
        true,
      );
  }
  switch (n) {
    case 4:
      return moment(null, timeAt(text, 0, 4), suffix, fits);
    case 6:
      return format === "401" || format === "402" || format === "404"
        ? moment(null, timeAt(text, 0, 6), suffix, fits)
        : moment(shortDateAt(text, 0), null, suffix, fits);
    case 8:
      return moment(dateAt(text, 0), null, suffix, fits);
    case 10:
      return full(shortDateAt(text, 0), timeAt(text, 6, 4), suffix, fits);
    case 12:
      return full(dateAt(text, 0), timeAt(text, 8, 4), suffix, fits);
    case 14:
      return full(dateAt(text, 0), timeAt(text, 8, 6), suffix, fits);
    case 16:
      return period(dateAt(text, 0), null, dateAt(text, 8), null, fits);
    case 17: {
      const time = timeAt(text, 8, 6);
      return full(dateAt(text, 0), time === null ? null : `${time}.${text.slice(14, 17)}`, suffix, fits);
    }
    case 24:
      return period(dateAt(text, 0), timeAt(text, 8, 4), dateAt(text, 12), timeAt(text, 20, 4), fits);
    default:
      return invalid;
  }
}

function dayFirst(text: string, yearDigits: 2 | 4): DateTimeReading {
  const day = text.slice(0, 2);
  const month = text.slice(2, 4);
  const year = yearDigits === 4 ? text.slice(4, 8) : String(fullYear(digits(text, 4, 2)));
  return moment(dateAt(`${year}${month}${day}`, 0), null, "", true);
}

function period(
  fromDate: string | null,
  fromTime: string | null,
  toDate: string | null,
  toTime: string | null,
  fits: boolean,
): DateTimeReading {
  if (fromDate === null || toDate === null) return invalid;
  return {
    kind: "period",
    from: { date: fromDate, time: fromTime, offset: null, zone: null },
    to: { date: toDate, time: toTime, offset: null, zone: null },
    fits,
  };
}

/** Values with signs in them: ISO 8601, `DD.MM.CCYY`, a period with a hyphen, a negative offset. Null: none of these. */
function readSigned(text: string, n: number, suffix: string, format: string | null): DateTimeReading | null {
  const iso =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text,
    );
  if (iso !== null) {
    const date = dateAt(`${iso[1]}${iso[2]}${iso[3]}`, 0);
    if (iso[4] === undefined) return moment(date, null, "", format === null);
    const clock =
      iso[6] === undefined ? timeAt(`${iso[4]}${iso[5]}`, 0, 4) : timeAt(`${iso[4]}${iso[5]}${iso[6]}`, 0, 6);
    return full(date, clock, iso[7] ?? "", format === null);
  }
  const halves = suffix[0] === "-" ? text.split("-") : [];
  const [from, to] = halves;
  if (
    halves.length === 2 &&
    from !== undefined &&
    to !== undefined &&
    from.length === n &&
    to.length === n &&
    n >= 6
  ) {
    const a = readDateTime(from, null);
    const b = readDateTime(to, null);
    if (a.kind === "moment" && b.kind === "moment" && a.part.date !== null && b.part.date !== null) {
      return { kind: "period", from: a.part, to: b.part, fits: format?.startsWith("7") === true };
    }
  }
  return null;
}

/** The ISO local form of a part, or null for a time without a day. */
export function localOf(part: DateTimePart): string | null {
  if (part.date === null) return null;
  return part.time === null ? part.date : `${part.date}T${part.time}`;
}
