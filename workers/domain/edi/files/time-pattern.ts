/** Times by a written pattern, for files that are no standard. */
import type { TimePrecision, WallClock } from "../edi-status.ts";
import { dateAt, fullYear, readZone, timeAt } from "../iftsta/date-time.ts";

const tokens = ["CCYY", "YY", "MO", "DD", "HH", "MI", "SS"] as const;
type Token = (typeof tokens)[number];

const isoShape =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}:?(?:\d{2})?)?)?$/;

/** What a pattern found. `date` null: not readable; `time` null: a day only. */
interface Found {
  readonly date: string | null;
  readonly time: string | null;
  readonly offset: string | null;
  /** A time is there and is none of a clock. */
  readonly badTime: boolean;
}

const nothing: Found = { date: null, time: null, offset: null, badTime: false };

function readIso(value: string): Found {
  const m = isoShape.exec(value);
  if (m === null) return nothing;
  const date = dateAt(`${m[1]}${m[2]}${m[3]}`, 0);
  if (m[4] === undefined) return { date, time: null, offset: null, badTime: false };
  const time = m[6] === undefined ? timeAt(`${m[4]}${m[5]}`, 0, 4) : timeAt(`${m[4]}${m[5]}${m[6]}`, 0, 6);
  return {
    date,
    time,
    offset: m[7] === undefined ? null : (readZone(m[7])?.offset ?? null),
    badTime: time === null,
  };
}

function readPattern(value: string, pattern: string): Found {
  const parts = new Map<Token, string>();
  let v = 0;
  let p = 0;
  while (p < pattern.length && v < value.length) {
    const token = tokens.find((t) => pattern.startsWith(t, p));
    if (token === undefined) {
      if (value[v] !== pattern[p]) break;
      v++;
      p++;
      continue;
    }
    const digits = value.slice(v, v + token.length);
    if (digits.length < token.length || !/^\d+$/.test(digits)) break;
    parts.set(token, digits);
    v += token.length;
    p += token.length;
  }
  const year = parts.get("CCYY") ?? (parts.has("YY") ? String(fullYear(Number(parts.get("YY")))) : "");
  const date = dateAt(`${year}${parts.get("MO") ?? ""}${parts.get("DD") ?? ""}`, 0);
  const hour = parts.get("HH");
  const minute = parts.get("MI");
  const second = parts.get("SS");
  if (hour === undefined)
    return {
      date,
      time: null,
      offset: null,
      badTime: pattern.includes("HH") && value.slice(v).trim() !== "",
    };
  // An hour without its minute is a blank field in this kind of file, not a time.
  if (minute === undefined) return { date, time: null, offset: null, badTime: false };
  const time =
    second === undefined ? timeAt(`${hour}${minute}`, 0, 4) : timeAt(`${hour}${minute}${second}`, 0, 6);
  return { date, time, offset: null, badTime: time === null };
}

export interface PatternReading {
  readonly clock: WallClock | null;
  readonly badTime: boolean;
}

/** Reads a time. `clock` null: there is no such day. A bad time of a good day leaves the day. */
export function readByPattern(
  value: string,
  pattern: string,
  source: string,
  midnightIsDate: boolean,
): PatternReading {
  const text = value.trim();
  const found = pattern === "iso" ? readIso(text) : readPattern(text, pattern);
  if (found.date === null) return { clock: null, badTime: false };
  const midnight = midnightIsDate && (found.time === "00:00" || found.time === "00:00:00");
  const time = midnight ? null : found.time;
  const precision: TimePrecision = time === null ? "date" : time.length > 5 ? "second" : "minute";
  return {
    clock: {
      local: time === null ? found.date : `${found.date}T${time}`,
      precision,
      utc_offset: time === null ? null : found.offset,
      time_zone: null,
      source,
    },
    badTime: found.badTime,
  };
}
