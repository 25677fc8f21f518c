/** The parts of an ISO 8601 time that EDI files write: digits without separators. */
export interface WrittenTime {
  /** CCYYMMDD on the wall clock of the place. */
  date: string;
  /** HHMM and SS there. */
  time: string;
  seconds: string;
  /** +HHMM or -HHMM. */
  offset: string;
  /** Epoch milliseconds. */
  instant: number;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/u;

/** Takes the contract's times apart; null for anything else. */
export function writtenTime(iso: string | null): WrittenTime | null {
  const match = ISO.exec(iso ?? "");
  if (match === null) return null;
  const [whole, year, month, day, hour, minute, seconds = "", offset = "Z"] = match;
  return {
    date: `${year}${month}${day}`,
    time: `${hour}${minute}`,
    seconds,
    offset: offset === "Z" ? "+0000" : offset.replace(":", ""),
    instant: Date.parse(whole),
  };
}

/** A calendar day `YYYY-MM-DD` as CCYYMMDD; null for anything else. */
export function writtenDate(iso: string | null): string | null {
  return iso !== null && /^\d{4}-\d{2}-\d{2}$/u.test(iso) ? iso.replaceAll("-", "") : null;
}

/** CCYYMMDD, HHMM and SS of an instant in UTC. */
export function utcStamp(epochMs: number): { date: string; time: string; seconds: string } {
  const iso = new Date(epochMs).toISOString();
  return {
    date: iso.slice(0, 10).replaceAll("-", ""),
    time: iso.slice(11, 16).replace(":", ""),
    seconds: iso.slice(17, 19),
  };
}
