import { type Language, LOCALES } from "./languages.ts";

/** Days and times as a language writes them, by the clock of the place where something happened. */

/** What the clock on the wall showed. */
export interface Wall {
  /** YYYY-MM-DD. */
  day: string;
  /** Epoch milliseconds of the same wall clock, were it UTC: what Intl is given, so that no zone moves it. */
  as_utc: number;
  offset_minutes: number;
}

const LOCAL_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/u;

/** Reads ISO 8601 with offset; null for anything else. */
export function wallOf(iso: string): Wall | null {
  const [, day, time, offset] = LOCAL_TIME.exec(iso) ?? [];
  if (day === undefined || time === undefined || offset === undefined) return null;
  const as_utc = Date.parse(`${day}T${time}:00Z`);
  if (Number.isNaN(as_utc)) return null;
  return { day, as_utc, offset_minutes: minutesOf(offset) };
}

function minutesOf(offset: string): number {
  if (offset === "Z") return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith("-") ? -minutes : minutes;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs more than using it: kept for as long as the Worker lives, at most one a language and use. */
function format(language: Language, use: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${use}`;
  const made =
    formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { timeZone: "UTC", ...options });
  formats.set(key, made);
  return made;
}

/** "14:05", "14.05". */
export function timeText(language: Language, { as_utc }: Wall): string {
  return format(language, "time", { timeStyle: "short" }).format(as_utc);
}

/**
 * "Saturday 14 March", with its year where that is another than now's, and "Today" or "Yesterday" before it.
 * `day`: YYYY-MM-DD; `today`: the day at the same place.
 */
export function dayText(language: Language, day: string, today: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  const options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  const written = sameYear
    ? format(language, "day", options).format(at)
    : format(language, "day of a year", { ...options, year: "numeric" }).format(at);
  const away = Math.round((at - Date.parse(`${today}T00:00:00Z`)) / 86_400_000);
  if (Math.abs(away) > 1) return capital(written);
  const near = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto" }).format(away, "day");
  return `${capital(near)}, ${written}`;
}

/** The day it is at a place, YYYY-MM-DD. `now`: epoch milliseconds. */
export function dayAt(now: number, offset_minutes: number): string {
  return new Date(now + offset_minutes * 60_000).toISOString().slice(0, 10);
}

/** The country's name in the language; null for letters that are no country's. `alpha2`: ISO 3166-1. */
export function countryText(language: Language, alpha2: string): string | null {
  const name = new Intl.DisplayNames([LOCALES[language]], { type: "region", fallback: "none" });
  return name.of(alpha2) ?? null;
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
