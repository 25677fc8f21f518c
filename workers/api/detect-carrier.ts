import type { Carrier } from "../carriers/carrier.ts";
import { candidatesOf } from "../carriers/detection.ts";

/** What to do about a shipment that names no carrier: one candidate is clearly the likeliest, or the caller must choose. Pure. */

export type Detection =
  | { kind: "one"; carrier: Carrier }
  | { kind: "none" }
  | { kind: "several"; carrier_ids: string[] };

/** Likelihoods closer than this are about equal. */
const ABOUT_EQUAL = 0.2;

/** The carrier whose formats fit best, unless others fit about as well: then those, the likeliest first. */
export function detectCarrier(
  carriers: readonly Carrier[],
  number: string,
  destination: string | null = null,
): Detection {
  const fitting = candidatesOf(carriers, number, destination);
  const [best] = fitting;
  if (best === undefined) return { kind: "none" };
  const close = fitting.filter(({ likelihood }) => best.likelihood - likelihood < ABOUT_EQUAL);
  return close.length === 1
    ? { kind: "one", carrier: best.carrier }
    : { kind: "several", carrier_ids: close.map(({ carrier }) => carrier.id) };
}
