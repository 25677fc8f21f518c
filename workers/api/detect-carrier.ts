import type { Carrier } from "../carriers/carrier.ts";

/** Which carrier a number is of, from the formats the carriers declare. Pure. */

export type Detection =
  | { kind: "one"; carrier: Carrier }
  | { kind: "none" }
  | { kind: "several"; carrier_ids: string[] };

/** Likelihoods closer than this are about equal. */
const ABOUT_EQUAL = 0.2;

/** The form in which formats are checked: capitals without blanks. */
export function plainNumber(number: string): string {
  return number.replace(/\s+/gu, "").toUpperCase();
}

/** How surely a number is a carrier's, 0 where no format fits. */
export function likelihoodOf(carrier: Carrier, number: string): number {
  const plain = plainNumber(number);
  const fitting = carrier.numbers.filter(
    (format) => format.pattern.test(plain) && (format.check === undefined || format.check(plain)),
  );
  return Math.max(0, ...fitting.map((format) => format.likelihood));
}

/** The carrier whose formats fit best, unless others fit about as well. */
export function detectCarrier(carriers: readonly Carrier[], number: string): Detection {
  const fitting = carriers
    .map((carrier) => ({ carrier, likelihood: likelihoodOf(carrier, number) }))
    .filter(({ likelihood }) => likelihood > 0)
    .sort((a, b) => b.likelihood - a.likelihood);
  const [best] = fitting;
  if (best === undefined) return { kind: "none" };
  const close = fitting.filter(({ likelihood }) => best.likelihood - likelihood < ABOUT_EQUAL);
  return close.length === 1
    ? { kind: "one", carrier: best.carrier }
    : { kind: "several", carrier_ids: close.map(({ carrier }) => carrier.id) };
}

/** A number as it is followed: in the plain form where that is one of the carrier's formats, else as it was given. */
export function followedNumber(carrier: Carrier, number: string): string {
  return likelihoodOf(carrier, number) > 0 ? plainNumber(number) : number;
}
