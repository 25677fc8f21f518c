import { alpha3, countries, countryOf } from "../domain/places.ts";
import type { Carrier, HarmonizedShipment } from "./carrier.ts";
import { s10 } from "./check-digits.ts";

/** Which carriers a number may be of, from the formats they declare and from what the Universal Postal Union says of its own. Pure. */

export interface Candidate {
  carrier: Carrier;
  /** 0 to 1. */
  likelihood: number;
}

/** The form in which formats are checked: capitals without blanks. */
export function plainNumber(number: string): string {
  return number.replace(/\s+/gu, "").toUpperCase();
}

/** How surely a number has a format of the carrier's own, 0 where none fits. */
export function likelihoodOf(carrier: Carrier, number: string): number {
  const plain = plainNumber(number);
  const fitting = carrier.numbers.filter(
    ({ pattern, check }) => pattern.test(plain) && (check === undefined || check(plain)),
  );
  return Math.max(0, ...fitting.map(({ likelihood }) => likelihood));
}

/**
 * The carriers that may know a number, the likeliest first, equals by id. `destination`: the country it goes to, in any
 * form that domain/places.ts knows.
 *
 * A postal item between two countries keeps one number (UPU S10): the operator of the country in its last two letters
 * gave it, and the one of the destination delivers it under the same number. Both are candidates; where nobody says
 * where it goes, any operator may be the one who delivers, the less likely the better we know the other.
 */
export function candidatesOf(
  carriers: readonly Carrier[],
  number: string,
  destination: string | null = null,
): Candidate[] {
  const plain = plainNumber(number);
  const own = carriers.map((carrier) => ({ carrier, likelihood: likelihoodOf(carrier, plain) }));
  const postal = isPostal(plain);
  const posted = postal && own.some(({ likelihood }) => likelihood >= SURE);
  const to = alpha3(destination);
  return own
    .map(({ carrier, likelihood }) => ({
      carrier,
      likelihood: postal ? Math.max(likelihood, asDeliverer(carrier, to, posted)) : likelihood,
    }))
    .filter(({ likelihood }) => likelihood > 0)
    .sort((a, b) => b.likelihood - a.likelihood || a.carrier.id.localeCompare(b.carrier.id));
}

/** From here on a number's origin is known by one of ours. */
const SURE = 0.5;
const DELIVERS = 0.8;
const MAY_DELIVER = 0.3;
const HARDLY_DELIVERS = 0.1;

/** A number of UPU S10 with its check digit and a country that there is. */
export function isPostal(plain: string): boolean {
  return s10(plain) && countryOf(plain.slice(-2)) !== null;
}

function asDeliverer(carrier: Carrier, destination: string | null, posted: boolean): number {
  const own = postalCountries(carrier);
  if (own.size === 0) return 0;
  if (destination !== null) return own.has(destination) ? DELIVERS : 0;
  return posted ? HARDLY_DELIVERS : MAY_DELIVER;
}

/** One number each of an express item, a parcel, a registered letter and a tracked packet (S10, table 1); the country follows. */
const SAMPLES = ["EE123456785", "CP123456785", "RR123456785", "LX123456785"];
const known = new WeakMap<Carrier, ReadonlySet<string>>();

/** The countries whose postal operator a carrier is (alpha-3): those under whose letters it gives numbers of every kind. */
function postalCountries(carrier: Carrier): ReadonlySet<string> {
  const before = known.get(carrier);
  if (before !== undefined) return before;
  const own = countries.filter(({ alpha2 }) =>
    SAMPLES.every((sample) => likelihoodOf(carrier, `${sample}${alpha2}`) >= SURE),
  );
  const found = new Set(own.map(({ alpha3 }) => alpha3));
  known.set(carrier, found);
  return found;
}

/**
 * A number as it is followed: in the plain form where that is a format of the carrier's or of the post's, else as it was
 * given. A whole barcode is followed by the number that stands in it.
 */
export function followedNumber(carrier: Carrier, number: string): string {
  const plain = plainNumber(number);
  for (const { pattern, check, inside } of carrier.numbers) {
    const inner = pattern.test(plain) && check?.(plain) !== false ? inside?.(plain) : null;
    if (inner) return inner;
  }
  return likelihoodOf(carrier, plain) > 0 || isPostal(plain) ? plain : number;
}

/** A carrier's news with its numbers as they are followed: a carrier prints them with blanks one day and without the next. */
export function inFollowedForm(carrier: Carrier, shipment: HarmonizedShipment): HarmonizedShipment {
  const { carrier_tracking_id, parcel_tracking_id, other_ids, carrier_tracking_update } = shipment;
  const followed = (number: string) => followedNumber(carrier, number);
  return {
    ...shipment,
    carrier_tracking_id: followed(carrier_tracking_id),
    parcel_tracking_id: parcel_tracking_id === null ? null : followed(parcel_tracking_id),
    other_ids: other_ids.map(followed),
    carrier_tracking_update:
      carrier_tracking_update === null
        ? null
        : {
            ...carrier_tracking_update,
            replaced_tracking_id: followed(carrier_tracking_update.replaced_tracking_id),
            new_carrier_tracking_id: followed(carrier_tracking_update.new_carrier_tracking_id),
          },
  };
}
