import { sha256 } from "@noble/hashes/sha2.js";
import { base32 } from "./ids.ts";
import { isoUtc } from "./local-time.ts";
import type { CarrierEvent, Location, Precision, Source, TrackingEvent } from "./tracking-event.ts";

/** An event's id is derived, not drawn (public contract, section 1): the same fact gets the same id however often it comes. */

/** What makes a fact the fact it is. */
export interface EventIdentity {
  shipment_id: string;
  /** The parcel's number; null for news of the whole shipment. */
  parcel: string | null;
  /** The carrier's code and sub-code as sent. */
  code: string | null;
  sub_code: string | null;
  /** The carrier's text: counts only where it sends no code. */
  text: string | null;
  /** ISO 8601 with offset; null when the time is unknown. */
  at: string | null;
  precision: Precision;
  place: Location | null;
  revision: number;
}

const fold = (text: string | null) => (text ?? "").replace(/\s+/gu, " ").trim().toUpperCase();

/** The instant as far as it is known: to the minute in UTC, a local date, or nothing. Throws for a text that is no time, since only our own readers write them. */
function instantOf(at: string | null, precision: Precision): string {
  if (at === null || precision === "unknown") return "";
  if (precision === "date") return at.slice(0, 10);
  return new Date(at).toISOString().slice(0, 16);
}

/** The place as one word: the carrier's code for it, else name, postal code, city and country. */
function placeOf(place: Location | null): string {
  if (place === null) return "";
  const code = fold(place.carrier_location_coding?.code ?? null);
  if (code !== "") return code;
  const { name = null, postal_code = null, city = null, iso_country = null } = place.address ?? {};
  const words = [name, postal_code, city, iso_country].map(fold);
  return words.every((word) => word === "") ? "" : words.join("|");
}

/**
 * `evt_` and 26 base-32 digits (130 bits) of SHA-256 over a JSON array: an array keeps the parts apart whatever
 * letters they hold, so no two facts share an encoding.
 */
export function eventId(fact: EventIdentity): string {
  const parts = [
    fact.shipment_id,
    fact.parcel ?? "",
    fact.code ?? "",
    fact.sub_code ?? "",
    fact.code === null ? fold(fact.text) : "",
    instantOf(fact.at, fact.precision),
    placeOf(fact.place),
    fact.revision,
  ];
  const digest = sha256(new TextEncoder().encode(JSON.stringify(parts)));
  return `evt_${base32(digest, 26)}`;
}

/** A carrier's fact as the tracking event of the contract, section 3. `created_at_ms`: when Gluey writes it down, epoch milliseconds. */
export function identify(
  event: CarrierEvent,
  to: { shipment_id: string; parcel_number: string | null; source: Source; created_at_ms: number },
): TrackingEvent {
  return {
    id: eventId({
      shipment_id: to.shipment_id,
      parcel: to.parcel_number,
      code: event.carrier.code,
      sub_code: event.carrier.sub_code,
      text: event.carrier.freetext_detail,
      at: event.time.at,
      precision: event.time.precision,
      place: event.location,
      revision: event.revision,
    }),
    carrier_meta_data: event.carrier_meta_data,
    event_time: {
      created_utc: isoUtc(to.created_at_ms),
      carrier_utc: event.time.at,
      precision: event.time.precision,
      offset_source: event.time.offset_source,
    },
    eta: event.other.eta,
    codes: { gluey: event.gluey, carrier: event.carrier },
    location: event.location,
    status: event.status,
    reason: event.reason,
    attempt: event.attempt,
    rule: event.rule,
    replaces: null,
    withdrawn: event.withdrawn,
    late_scan: false,
    duplicate_of: null,
    source: to.source,
  };
}
