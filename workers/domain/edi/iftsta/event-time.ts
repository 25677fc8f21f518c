/** Which of a status' DTMs says when it happened, and which what is promised. */
import type { EdiProfile } from "../edi-profile.ts";
import type { TimePrecision, WallClock } from "../edi-status.ts";
import { scheme } from "../numbers.ts";
import { type DateTimePart, localOf, readDateTime } from "./date-time.ts";
import type { Consignment, OpenStatus, Scope, TimeEntry } from "./iftsta-state.ts";

/** A DTM read: a moment, or a period, which has no moment. */
export interface FoundTime {
  readonly qualifier: string;
  readonly at: DateTimePart | null;
  readonly until: DateTimePart | null;
}

/** The DTM of a qualifier; a day in one DTM and the clock in another of the same qualifier (102 and 402) are one. */
function findTime(times: readonly TimeEntry[] | null, qualifier: string): FoundTime | null {
  if (times === null) return null;
  let found: FoundTime | null = null;
  let clock: DateTimePart | null = null;
  for (const t of times) {
    if (t.qualifier !== qualifier) continue;
    const reading = readDateTime(t.value, t.format);
    if (reading.kind === "period") found ??= { qualifier, at: null, until: reading.to };
    else if (reading.kind === "moment") {
      if (reading.part.date === null) clock ??= reading.part;
      else found ??= { qualifier, at: reading.part, until: null };
    }
  }
  if (found === null || clock === null || found.at === null || found.at.time !== null) return found;
  return { ...found, at: { date: found.at.date, time: clock.time, offset: clock.offset, zone: clock.zone } };
}

function first(
  times: readonly TimeEntry[] | null,
  qualifiers: readonly string[],
  except: (qualifier: string) => boolean,
): FoundTime | null {
  if (times === null) return null;
  for (const q of qualifiers) {
    if (except(q)) continue;
    const found = findTime(times, q);
    if (found !== null) return found;
  }
  return null;
}

const none = (): boolean => false;
/** Above the status, these tell of the message. */
const ofMessage = (qualifier: string): boolean => qualifier === "137" || qualifier === "9";

/** The event's DTM: of the status, else of the consignment, else of the header. */
export function eventTime(
  open: OpenStatus,
  consignment: Consignment | null,
  header: Scope,
  profile: EdiProfile,
): FoundTime | null {
  return (
    first(open.times, profile.event_time, none) ??
    first(consignment?.times ?? null, profile.event_time, ofMessage) ??
    first(header.times, profile.event_time, ofMessage)
  );
}

export function precisionOf(part: DateTimePart, midnightIsDate: boolean): TimePrecision {
  if (part.date === null) return "unknown";
  if (part.time === null) return "date";
  if (midnightIsDate && (part.time === "00:00" || part.time === "00:00:00")) return "date";
  return part.time.length > 5 ? "second" : "minute";
}

function wallClock(found: FoundTime | null): WallClock | null {
  const part = found === null ? null : (found.at ?? found.until);
  const local = part === null ? null : localOf(part);
  if (found === null || part === null || local === null) return null;
  return {
    local,
    precision: precisionOf(part, false),
    utc_offset: part.offset,
    time_zone: part.zone,
    source: scheme("DTM", found.qualifier),
  };
}

/** The promised delivery; of a promised period its end. */
export function promisedTime(open: OpenStatus, profile: EdiProfile): WallClock | null {
  return open.times === null ? null : wallClock(first(open.times, profile.eta_time, none));
}

/** DTM 64 and 63, earliest and latest. */
export function promisedWindow(
  open: OpenStatus,
): { readonly from: WallClock | null; readonly to: WallClock | null } | null {
  if (open.times === null) return null;
  const from = wallClock(findTime(open.times, "64"));
  const to = wallClock(findTime(open.times, "63"));
  return from === null && to === null ? null : { from, to };
}
