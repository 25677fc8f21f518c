/** UNB S004 and ISA09/10: when the interchange was prepared. */
import { dateAt, fullYear, timeAt } from "../iftsta/date-time.ts";

/** `YYMMDD` or `CCYYMMDD` and `HHMM` or `HHMMSS` → ISO local form; null when it is no date and time. */
export function preparedAt(date: string, time: string): string | null {
  const d = date.trim();
  const t = time.trim();
  const long = d.length === 6 ? `${fullYear(Number(d.slice(0, 2)))}${d.slice(2)}` : d;
  if (long.length !== 8) return null;
  const day = dateAt(long, 0);
  if (day === null) return null;
  if (t === "") return day;
  const clock = t.length === 4 ? timeAt(t, 0, 4) : t.length === 6 ? timeAt(t, 0, 6) : null;
  return clock === null ? null : `${day}T${clock}`;
}
