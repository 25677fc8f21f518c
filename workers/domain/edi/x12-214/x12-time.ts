/** X12 dates and times: elements 373, 337 and the time code 623. */
import type { TimePrecision } from "../edi-status.ts";
import { dateAt, fullYear, timeAt } from "../iftsta/date-time.ts";

/** What a time code says: a fixed offset, a zone that follows its region's daylight saving, or nothing (`LT`). */
export interface TimeCode {
  readonly offset: string | null;
  readonly zone: string | null;
}

const zones: Readonly<Record<string, string>> = {
  AT: "America/Anchorage",
  CT: "America/Chicago",
  ET: "America/New_York",
  HT: "Pacific/Honolulu",
  MT: "America/Denver",
  NT: "America/St_Johns",
  PT: "America/Los_Angeles",
  TT: "America/Halifax",
};

const offsets: Readonly<Record<string, string>> = {
  AD: "-08:00",
  AS: "-09:00",
  CD: "-05:00",
  CS: "-06:00",
  ED: "-04:00",
  ES: "-05:00",
  GM: "+00:00",
  HD: "-09:00",
  HS: "-10:00",
  MD: "-06:00",
  MS: "-07:00",
  ND: "-02:30",
  NS: "-03:30",
  PD: "-07:00",
  PS: "-08:00",
  TD: "-03:00",
  TS: "-04:00",
  UT: "+00:00",
  "25": "-02:30",
  "26": "-03:30",
  "27": "+05:30",
  "28": "+09:30",
  "29": "+10:30",
};

const localTime: TimeCode = { offset: null, zone: null };

/** Element 623. Null: no such code. `01`–`12` are hours ahead of UTC, `13`–`24` are −12 to −1. */
export function readTimeCode(code: string): TimeCode | null {
  const c = code.toUpperCase();
  if (c === "LT") return localTime;
  const zone = zones[c];
  if (zone !== undefined) return { offset: null, zone };
  const offset = offsets[c];
  if (offset !== undefined) return { offset, zone: null };
  if (!/^\d\d$/.test(c)) return null;
  const n = Number(c);
  if (n < 1 || n > 24) return null;
  const hours = n <= 12 ? n : n - 25;
  return { offset: `${hours < 0 ? "-" : "+"}${String(Math.abs(hours)).padStart(2, "0")}:00`, zone: null };
}

/** `CCYYMMDD` or `YYMMDD` (with the century of element 624 where given) → ISO date, null when there is no such day. */
export function readX12Date(text: string, century: string | null): string | null {
  if (text.length === 8) return dateAt(text, 0);
  if (text.length !== 6 || !/^\d{6}$/.test(text)) return null;
  const year =
    century !== null && /^\d\d$/.test(century)
      ? Number(`${century}${text.slice(0, 2)}`)
      : fullYear(Number(text.slice(0, 2)));
  return dateAt(`${year}${text.slice(2)}`, 0);
}

/** `HHMM`, `HHMMSS`, `HHMMSSD`, `HHMMSSDD` → ISO time with its precision; null when no clock shows it. */
export function readX12Time(
  text: string,
): { readonly time: string; readonly precision: TimePrecision } | null {
  if (!/^\d{4}(\d{2}\d{0,2})?$/.test(text)) return null;
  if (text.length === 4) {
    const time = timeAt(text, 0, 4);
    return time === null ? null : { time, precision: "minute" };
  }
  const time = timeAt(text, 0, 6);
  if (time === null) return null;
  return { time: text.length > 6 ? `${time}.${text.slice(6)}` : time, precision: "second" };
}
