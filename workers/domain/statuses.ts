/** The words of a shipment's status, how it goes, and who acts: the contract's closed lists. */

/** Status → rank (higher is further along) and whether it is an end. `notice` never becomes a shipment's status. */
export const STATUSES = {
  registered: { rank: 0, end: false },
  info_received: { rank: 10, end: false },
  collection: { rank: 20, end: false },
  accepted: { rank: 30, end: false },
  in_transit: { rank: 40, end: false },
  customs: { rank: 40, end: false },
  out_for_delivery: { rank: 60, end: false },
  delivery_attempted: { rank: 60, end: false },
  ready_for_pickup: { rank: 60, end: false },
  delivered: { rank: 100, end: true },
  exception: { rank: 50, end: false },
  returning: { rank: 80, end: false },
  returned: { rank: 100, end: true },
  failed: { rank: 100, end: true },
  cancelled: { rank: 100, end: true },
  notice: { rank: 0, end: false },
} as const satisfies Record<string, { rank: number; end: boolean }>;

export type Status = keyof typeof STATUSES;

export const HEALTHS = ["on_track", "delayed", "on_hold", "action_required", "failed"] as const;
/** Listed from best to worst: a shipment's health is the worst of its parcels'. */
export type Health = (typeof HEALTHS)[number];

export const ACTORS = ["none", "sender", "recipient", "carrier", "broker"] as const;
/** Who has to move next. */
export type Actor = (typeof ACTORS)[number];

/** Why something happened. The prefix names the side the cause lies on, not fault or liability. */
export const REASONS = [
  // carrier
  "carrier_capacity", // not enough vehicle, crew or facility capacity
  "carrier_vehicle", // vehicle or equipment broke down
  "carrier_missort", // sorted or routed wrongly
  "carrier_missed_connection", // missed a flight, departure or cut-off
  "carrier_out_of_time", // the run ended before the stop
  "carrier_processing", // other handling problem in the network
  "carrier_flight", // flight late or cancelled
  "carrier_it", // computer or scanning failure
  "carrier_area", // address outside the carrier's area or service
  // sender
  "sender_not_ready", // goods or papers not ready
  "sender_wrong_data", // booking data wrong or missing
  "sender_bad_label", // label unreadable, duplicate or wrong
  "sender_bad_packaging", // packaging unfit
  "sender_wrong_goods", // goods differ from the booking
  "sender_closed", // pickup place closed or not reachable
  "sender_refused", // sender would not hand the goods over
  "sender_cancelled", // sender called it off
  "sender_instruction", // sender asked for it
  // recipient
  "recipient_absent", // nobody there to receive
  "recipient_closed", // business, site or warehouse closed
  "recipient_refused", // refused
  "recipient_moved", // moved away
  "recipient_unknown", // not known at the address
  "recipient_deceased", // deceased
  "recipient_no_contact", // cannot be reached by phone or message
  "recipient_id_failed", // identity, age or code check failed
  "recipient_no_capacity", // no room, staff or equipment to receive
  "recipient_cancelled", // order cancelled by the recipient
  "recipient_request", // recipient asked for it
  "recipient_cod_unpaid", // cash on delivery not paid
  // address
  "address_incomplete", // part of the address is missing
  "address_wrong", // the address is wrong
  "address_not_found", // the place cannot be found
  "address_no_access", // gate, door, code or road blocks access
  "address_no_safe_place", // no safe place to leave it
  "address_po_box", // service cannot deliver to a post box
  // pickup point
  "pickup_point_full", // no free room or box
  "pickup_point_closed", // closed or out of order
  "pickup_expired", // not fetched in time
  // customs and authority
  "customs_documents", // papers missing, wrong or incomplete
  "customs_value", // declared value questioned
  "customs_duty_unpaid", // duty or tax unpaid
  "customs_prohibited", // not allowed in or out
  "customs_licence", // licence, certificate or permit needed
  "customs_inspection", // chosen for inspection
  "customs_compliance", // compliance or restriction check
  "customs_backlog", // queue at customs
  "authority_hold", // held by another authority
  // goods
  "goods_damaged", // damaged
  "goods_incomplete", // pieces or contents missing
  "goods_prohibited", // content the carrier does not carry
  "goods_oversize", // too big or too heavy for the service
  "goods_dangerous", // dangerous goods issue
  "goods_temperature", // temperature out of range
  "goods_payment", // freight, storage or other charge unpaid
  // outside
  "weather", // weather
  "disaster", // natural disaster
  "traffic", // road, rail, port or air traffic
  "strike", // industrial action
  "holiday", // public holiday
  "security", // security incident or check
  "force_majeure", // other event beyond control
  // other
  "unspecified", // the carrier gave no reason
] as const;
export type Reason = (typeof REASONS)[number];

function oneOf<T extends string>(words: readonly T[], what: string): (word: string) => T {
  const known = new Map<string, T>(words.map((word) => [word, word]));
  return (word) => {
    const found = known.get(word);
    if (found === undefined) throw new Error(`"${word}" is no ${what}: one of ${words.join(", ")}.`);
    return found;
  };
}

function statusWords(): Status[] {
  const words: Status[] = [];
  for (const word in STATUSES) if (isStatus(word)) words.push(word);
  return words;
}

/** Whether a word is one of the contract's statuses. */
export function isStatus(word: string): word is Status {
  return Object.hasOwn(STATUSES, word);
}

/** The words for a zod enum or a query filter, in the contract's order. */
export const STATUS_WORDS: readonly Status[] = statusWords();

/** Each of these returns the word, typed; throws for a word that is not in the list. */
export const statusOf = oneOf(STATUS_WORDS, "status");
export const healthOf = oneOf(HEALTHS, "health");
export const actorOf = oneOf(ACTORS, "actor");
export const reasonOf = oneOf(REASONS, "reason");

/** Whether nothing but an exception of the contract's table may follow this status. */
export function isEnd(status: Status): boolean {
  return STATUSES[status].end;
}
