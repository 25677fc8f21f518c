import { CODES, codePath, type GlueyCode } from "../../codes.ts";
import type { Reason } from "../../statuses.ts";

/** Gluey's codes and reasons in UN numbers, for IFTSTA. The 4405 of each code stands in `codes.ts`. */

// Recommendation 24 → its first edition, element 9011, which ends at 103 and is all that a D.96A receiver knows; with
// the name there. Numbers up to 103 are the same in both and are not listed. `-`: nothing there comes near enough.
const D96A = `
106	77	refused; that it was at the door stands in reason and FTX
107	3	arrived in defective condition
109	23	delivery not completed; the notice left stands in FTX
111	90	stopped; what ended the transport stands in FTX
112	64	pick-up awaited; the place stands in LOC
113	31	en route: that list has no delivery round
114	74	received; the inspection stands in FTX
115	20	delayed
117	36	not found
126	31	en route: customs in progress stands in FTX
127	24	departed
128	31	en route: awaiting release stands in FTX
130	74	received: handed in by the sender, so 13 (collected) would claim a pick-up
170	31	en route: the formalities stand in FTX
184	20	delayed
187	90	stopped
210	23	delivery not completed
212	20	delayed
213	23	delivery not completed, reason 9
228	90	stopped
236	90	stopped
241	90	stopped, reason 37
242	76	reforwarding on request
311	-	a claim is no status of the goods
315	90	stopped
322	6	booked
323	75	reconsigned: that it goes back stands in FTX
324	7	booking cancelled
328	31	en route
331	69	put to refuse
332	-	nothing that a receiver acts on
339	53	no pick-up
346	29	discharged
349	74	received
357	24	departed
`;

const fallbacks = new Map(
  D96A.trim()
    .split("\n")
    .map((line): [string, string] => {
      const [from = "", to = ""] = line.split("\t");
      return [from, to];
    }),
);

/** For what has no number of its own, where the subscription asks for it: 332 is said of other news without effect. */
const NEWS_4405 = "332";
/** The same in the list of D.96A: 102, unknown. */
const NEWS_9011 = "102";

/** Element 4405 of Recommendation 24 for a code; null where none is worth sending. `news`: send something all the same. */
export function un4405(code: GlueyCode, news: boolean): string | null {
  return CODES.get(codePath(code))?.un_4405 ?? (news ? NEWS_4405 : null);
}

/** The same from the list of D.96A, element 9011. */
export function d96a9011(code: GlueyCode, news: boolean): string | null {
  const number = un4405(code, false);
  const fallback = number === null ? "-" : (fallbacks.get(number) ?? (Number(number) <= 103 ? number : "-"));
  return fallback === "-" ? (news ? NEWS_9011 : null) : fallback;
}

// reason, UN 9013, the same as far as D.96A has it (numbers up to 65), ground. Chosen among the codes that are read
// back as this reason, then by the code's own description. Where no code says it: 62, unknown. The reason's own word
// travels beside the number, in 9012.
const REASONS = `
carrier_capacity	41	41	not loaded: there was no room
carrier_vehicle	35	35	mechanical breakdown
carrier_missort	53	53	sorted wrong route
carrier_missed_connection	50	50	past the cut-off: missed what left then
carrier_out_of_time	58	58	transit delay: 6 would claim an attempt
carrier_processing	58	58	transit delay: the network's own
carrier_flight	17	17	departure delay: no code for the flight itself
carrier_it	10	10	computer system down
carrier_area	1	1	address outside the delivery area
sender_not_ready	43	43	package not ready
sender_wrong_data	29	29	incorrect pick information: the booking's
sender_bad_label	40	40	not identified
sender_bad_packaging	60	60	unacceptable condition
sender_wrong_goods	19	19	discrepancy between booking and goods
sender_closed	7	7	business closed; its description covers collection too
sender_refused	49	49	refused without reason given; the status says that it was the pick-up
sender_cancelled	12	12	customer arrangements
sender_instruction	32	32	instructions awaited or given
recipient_absent	6	6	unsuccessful attempt to deliver
recipient_closed	7	7	business closed
recipient_refused	49	49	refused without reason given
recipient_moved	30	30	incorrect address: the addressee no longer lives there
recipient_unknown	30	30	incorrect address: the addressee is not known there
recipient_deceased	62	62	no code
recipient_no_contact	39	39	no recipient contact information
recipient_id_failed	6	6	unsuccessful attempt: no code for the check
recipient_no_capacity	12	12	arrangements by the customer are needed
recipient_cancelled	12	12	customer arrangements
recipient_request	38	38	new delivery arrangements
recipient_cod_unpaid	46	46	payment not received
address_incomplete	9	9	further address needed
address_wrong	30	30	incorrect address
address_not_found	30	30	incorrect address: 59, unable to locate, is said of goods
address_no_access	6	6	unsuccessful attempt: no code for gates and codes
address_no_safe_place	6	6	unsuccessful attempt
address_po_box	1	1	the service does not deliver there
pickup_point_full	12	12	other arrangements are needed
pickup_point_closed	7	7	business closed
pickup_expired	64	64	free time expired
customs_documents	37	37	missing or incorrect documents
customs_value	37	37	incorrect documents: the declared value
customs_duty_unpaid	46	46	payment not received
customs_prohibited	28	28	import restrictions
customs_licence	37	37	missing documents: the licence
customs_inspection	24	24	examination required by the authority
customs_compliance	28	28	import restrictions
customs_backlog	93	58	incident attributed to customs; before D.99A: transit delay
authority_hold	93	24	incident attributed to an authority; before D.99A: examination
goods_damaged	14	14	damaged
goods_incomplete	45	45	partly missing
goods_prohibited	62	62	no code: 28 is said of import, not of what the carrier takes
goods_oversize	54	54	special service required
goods_dangerous	54	54	special service required
goods_temperature	60	60	unacceptable condition
goods_payment	46	46	payment not received
weather	63	63	weather conditions
disaster	62	62	no code: 63 is said of the weather
traffic	58	58	transit delay
strike	31	31	industrial dispute
holiday	7	7	business closed
security	62	62	no code: 4 is said of seals only
force_majeure	62	62	no code
unspecified	62	62	unknown
`;

const reasons = new Map(
  REASONS.trim()
    .split("\n")
    .map((line): [string, { un_9013: string; d96a_9013: string }] => {
      const [reason = "", un = "", d96a = ""] = line.split("\t");
      return [reason, { un_9013: un, d96a_9013: d96a }];
    }),
);

/** What two numbers of D.96A need beside them to keep their sense. */
const IMPLIED: ReadonlyMap<string, string> = new Map([
  ["213", "9"],
  ["241", "37"],
]);

/** Element 9013 for a reason. */
export function un9013(reason: Reason | null): string | null {
  return reason === null ? null : (reasons.get(reason)?.un_9013 ?? null);
}

/** The same from the list of D.96A; where an event names no reason, the one that its coarser number there needs. */
export function d96a9013(reason: Reason | null, code: GlueyCode): string | null {
  if (reason !== null) return reasons.get(reason)?.d96a_9013 ?? null;
  return IMPLIED.get(un4405(code, false) ?? "") ?? null;
}
