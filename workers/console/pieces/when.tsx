import type { FC } from "hono/jsx";

/** Times as people look for them: in UTC, to the second, the day where it is not today's. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (number: number): string => String(number).padStart(2, "0");

function clock(at: Date): string {
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

/** "14 Mar", with the year where it is another. */
export function dayOf(ms: number, now: number): string {
  const at = new Date(ms);
  const year = at.getUTCFullYear() === new Date(now).getUTCFullYear() ? "" : ` ${at.getUTCFullYear()}`;
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}${year}`;
}

const DAY_MS = 86_400_000;

export const When: FC<{ at: number | null; now: number; none?: string }> = ({ at, now, none = "never" }) => {
  if (at === null) return <span class="soft">{none}</span>;
  const date = new Date(at);
  const today = Math.floor(at / DAY_MS) === Math.floor(now / DAY_MS);
  return (
    <time
      class="nowrap"
      datetime={date.toISOString()}
      title={`${date.toISOString().slice(0, 19).replace("T", " ")} UTC`}
    >
      {today ? clock(date) : `${dayOf(at, now)} ${clock(date)}`}
    </time>
  );
};

/** "4 min ago", "in 12 s". */
export const Ago: FC<{ at: number | null; now: number; none?: string }> = ({ at, now, none = "never" }) => {
  if (at === null) return <span class="soft">{none}</span>;
  const span = lasting(Math.abs(now - at));
  return (
    <time
      class="nowrap"
      datetime={new Date(at).toISOString()}
      title={`${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`}
    >
      {at > now ? `in ${span}` : `${span} ago`}
    </time>
  );
};

/** How long, in the largest unit that says enough. */
export function lasting(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

export function milliseconds(ms: number | null): string {
  if (ms === null) return "–";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

/** 12345 → "12,345". */
export const count = (number: number): string => number.toLocaleString("en-GB");

export function plural(number: number, one: string, many: string = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}
