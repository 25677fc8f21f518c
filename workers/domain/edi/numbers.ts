/** Which of a status' ids are the parcels' and which is the shipment's, by the profile's order of trust. */
import type { EdiProfile } from "./edi-profile.ts";
import type { EdiId } from "./edi-status.ts";
import { expandRange } from "./serial-range.ts";

/** Places by rank, 0 the best. Worked out once a profile. */
interface Ranks {
  readonly parcel: ReadonlyMap<string, number>;
  readonly shipment: ReadonlyMap<string, number>;
}

const ranksOf = new WeakMap<EdiProfile, Ranks>();

function ranks(profile: EdiProfile): Ranks {
  const known = ranksOf.get(profile);
  if (known !== undefined) return known;
  const parcel = new Map<string, number>();
  for (const [rank, places] of profile.parcel_number.entries()) {
    for (const place of places) if (!parcel.has(place)) parcel.set(place, rank);
  }
  const shipment = new Map<string, number>();
  for (const [rank, place] of profile.shipment_number.entries())
    if (!shipment.has(place)) shipment.set(place, rank);
  const made = { parcel, shipment };
  ranksOf.set(profile, made);
  return made;
}

/** The numbers of the best group of places that yields any; a range becomes its numbers where it can be counted, a pair of a list its two. */
export function parcelNumbers(ids: readonly EdiId[], profile: EdiProfile): string[] {
  const { parcel } = ranks(profile);
  let best = Number.POSITIVE_INFINITY;
  let numbers: string[] = [];
  for (const id of ids) {
    const rank = parcel.get(id.scheme);
    if (rank === undefined || rank > best) continue;
    if (rank < best) {
      best = rank;
      numbers = [];
    }
    if (id.range_to === undefined) numbers.push(id.value);
    else if (profile.number_pairs === "list") numbers.push(id.value, id.range_to);
    else numbers.push(...expandRange(id.value, id.range_to));
  }
  return numbers.length > 1 ? [...new Set(numbers)] : numbers;
}

/** The number at the best place that has one; of several there, the nearest. */
export function shipmentNumber(ids: readonly EdiId[], profile: EdiProfile): string | null {
  const { shipment } = ranks(profile);
  let best = Number.POSITIVE_INFINITY;
  let number: string | null = null;
  for (const id of ids) {
    const rank = shipment.get(id.scheme);
    if (rank === undefined || rank >= best) continue;
    best = rank;
    number = id.value;
  }
  return number;
}

const schemes = new Map<string, Map<string, string>>();

/** `GIN` and `BJ` → `GIN+BJ`, one string for each. */
export function scheme(tag: string, qualifier: string): string {
  let byQualifier = schemes.get(tag);
  if (byQualifier === undefined) {
    byQualifier = new Map();
    schemes.set(tag, byQualifier);
  }
  let made = byQualifier.get(qualifier);
  if (made === undefined) {
    made = `${tag}+${qualifier}`;
    // Qualifiers come from outside: no more are kept than the code lists have.
    if (byQualifier.size < 2000 && qualifier.length <= 3) byQualifier.set(qualifier, made);
  }
  return made;
}
