/** MS1: where a status happened. */
import type { EdiLocation } from "../edi-status.ts";
import { readDecimal } from "../messages/edi-sink.ts";
import type { Segment } from "../scan/segment.ts";

/** MS1: city, state, country, or coordinates as DDDMMSS; the postcode from 005010 on. Null when it says nothing. */
export function readPlace(seg: Segment): EdiLocation | null {
  const city = seg.get(1);
  const state = seg.get(2);
  const country = seg.get(3);
  const postal = seg.get(8);
  const lng = readAngle(seg.get(4), seg.get(6), 180);
  const lat = readAngle(seg.get(5), seg.get(7), 90);
  const geo = lat === null || lng === null ? null : { lat, lng };
  if (city === null && state === null && country === null && postal === null && geo === null) return null;
  return {
    qualifier: null,
    code: null,
    code_list: null,
    code_agency: null,
    name: null,
    city,
    state,
    postal_code: postal,
    country,
    geo,
  };
}

/** `0914726` + `W` → −91.79056. Decimal degrees are read too. */
function readAngle(text: string | null, direction: string | null, max: number): number | null {
  if (text === null) return null;
  const digits = /^(\d{2,3})(\d{2})(\d{2})$/.exec(text);
  let angle: number | null = null;
  if (digits !== null) {
    const minutes = Number(digits[2]);
    const seconds = Number(digits[3]);
    if (minutes < 60 && seconds < 60) angle = Number(digits[1]) + minutes / 60 + seconds / 3600;
  } else if (text.includes(".")) angle = readDecimal(text);
  if (angle === null || Math.abs(angle) > max) return null;
  const signed = direction === "W" || direction === "S" ? -Math.abs(angle) : angle;
  return Math.round(signed * 100_000) / 100_000;
}
