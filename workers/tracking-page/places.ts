import { countryOf } from "../domain/places.ts";
import type { Location, LocationType } from "../domain/tracking-event.ts";
import { countryText } from "./dates.ts";
import type { Language } from "./languages.ts";

/**
 * Places as the page may show them. A street or a name could be a person's, so both are shown of places only where
 * parcels are picked up, and a name of the carrier's own houses.
 */

const CARRIERS_OWN: ReadonlySet<LocationType> = new Set<LocationType>([
  "airport",
  "post_office",
  "pudo",
  "warehouse",
  "distribution_center",
  "customs",
  "sorting_facility",
  "local_depot",
  "transit_center",
  "return_center",
  "freight_terminal",
  "border_checkpoint",
  "regional_hub",
  "parcel_locker",
  "port",
  "rail_terminal",
]);

/** "Hamburg, Germany", or the name of the carrier's house there; null where nothing may be said. */
export function placeText(language: Language, location: Location | null): string | null {
  const { address, carrier_location_coding: coding } = location ?? {};
  const type = address?.type ?? coding?.type ?? null;
  const own = type !== null && CARRIERS_OWN.has(type) ? (address?.name ?? coding?.description ?? null) : null;
  const parts = [address?.city ?? own ?? address?.state, countryName(language, address?.iso_country)];
  return joined(parts);
}

export interface PickupPlace {
  name: string | null;
  /** Street; postal code and city; country. */
  lines: string[];
  /** OpenStreetMap at the place, or searching for it; null where nothing would be found. */
  map_url: string | null;
}

/** Where a parcel waits, from the event that put it there; null where that event tells no place but a person's. */
export function pickupPlace(language: Language, location: Location | null): PickupPlace | null {
  if (location === null) return null;
  const { address, geo, carrier_location_coding: coding } = location;
  if (address?.type === "customer_address" || coding?.type === "customer_address") return null;
  const town = [address?.postal_code, address?.city].filter((part) => part).join(" ");
  const lines = [
    joined([address?.street, address?.street_2]),
    town === "" ? (address?.state ?? null) : town,
    countryName(language, address?.iso_country),
  ].filter((line) => line !== null);
  const name = address?.name ?? coding?.description ?? null;
  if (name === null && lines.length === 0 && geo === null) return null;
  return { name, lines, map_url: mapOf(geo, [name, ...lines]) };
}

function mapOf(geo: Location["geo"], words: readonly (string | null)[]): string | null {
  const map = "https://www.openstreetmap.org/";
  if (geo !== null) {
    const [lat, lng] = [geo.lat.toFixed(5), geo.lng.toFixed(5)];
    return `${map}?mlat=${lat}&mlon=${lng}#map=17/${lat}/${lng}`;
  }
  // A country alone, or a name that could be anywhere, finds nothing that helps.
  const said = words.filter((word) => word !== null);
  return said.length < 2 ? null : `${map}search?query=${encodeURIComponent(said.join(", ").slice(0, 300))}`;
}

function countryName(language: Language, iso_country: string | null | undefined): string | null {
  const country = countryOf(iso_country);
  return country === null ? null : countryText(language, country.alpha2);
}

function joined(parts: readonly (string | null | undefined)[]): string | null {
  const said = parts.filter((part) => part !== null && part !== undefined && part !== "");
  return said.length === 0 ? null : said.join(", ");
}
