import { codePath, type GlueyCode } from "../../codes.ts";
import type { Reason } from "../../statuses.ts";

/** Gluey's codes and reasons in X12's, for the 214: element 1650 (AT7-01) and 1651 (AT7-02). */

// Path, 1650 of 004010, 1650 of 005010, 1651 where the event names no reason, ground. A path covers what stands under
// it unless a finer one is listed. NS is "normal status"; where something went wrong, BG ("other") takes its place.
const STATUSES = `
order	XB	XB	NS	acknowledged: the data is there, the goods are not
order/cancelled	CA	CA	NS	shipment cancelled
order/pick_pack/completed	XB	AW	NS	005010 has "available for pick-up"
collection	XB	XB	NS	acknowledged: on the way to be picked up, for A1 and X3 are an estimate and an arrival
collection/cancelled	SD	SN	BG	not picked up; CA would call off the shipment, 004010 has only the delay
collection/change	SD	SD	BG	pick-up moved: a delay
collection/attempt	SD	PU	BG	pick-up attempted; 004010 has only the delay
collection/attempt/refused_by_carrier	SD	SN	BG	not picked up by the carrier
collection/dropped_by_customer/at_depot	X4	X9	NS	the goods are in the carrier's house
collection/collected	AF	AF	NS	departed the pick-up location with the shipment
in_transit	X6	X6	NS	en route
in_transit/arrived_at_carrier_facility	X4	X4	NS	arrived at terminal
in_transit/processed_at_carrier_facility	X4	X4	NS	the goods are at the terminal; sorting has no code
in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle	AM	AM	NS	loaded on truck
in_transit/departed_carrier_facility	P1	P1	NS	departed terminal
in_transit/carrier_network/handed_to_another_carrier	J1	J1	NS	delivered to connecting line
in_transit/airport/take_off	P1	P1	NS	departed terminal
in_transit/airport/landing	X4	X4	NS	arrived at terminal
in_transit/departure_airport	X4	X4	NS	arrived at terminal: the airport
in_transit/departure_airport/en_route	X6	X6	NS	en route
in_transit/departure_airport/handed_over	J1	J1	NS	delivered to connecting line: the airline
in_transit/departure_airport/take_off	P1	P1	NS	departed terminal
in_transit/stopover_airport	X4	X4	NS	arrived at terminal: the airport
in_transit/stopover_airport/take_off	P1	P1	NS	departed terminal
in_transit/destination_airport	X4	X4	NS	arrived at terminal: the airport
in_transit/destination_airport/collected	P1	P1	NS	departed terminal
in_transit/departure_seaport	X4	X4	NS	arrived at terminal: the port; loading a vessel has no code
in_transit/departure_seaport/en_route	X6	X6	NS	en route
in_transit/departure_seaport/handed_over	J1	J1	NS	delivered to connecting line: the shipping line
in_transit/departure_seaport/set_sail	P1	P1	NS	departed terminal
in_transit/stopover_seaport	X4	X4	NS	arrived at terminal: the port
in_transit/stopover_seaport/set_sail	P1	P1	NS	departed terminal
in_transit/destination_seaport	X4	X4	NS	arrived at terminal: the port
in_transit/destination_seaport/collected	P1	P1	NS	departed terminal
customs	K1	K1	NS	arrived at customs
customs/in_progress/re_export_pending	SD	SD	CA	stands still at customs
customs/in_progress/re_export_completed	A3	A3	CA	on the way back to the shipper
customs/held	SD	SD	CA	stands still at customs; PR is a hold of the United States' customs only
customs/exception	SD	SD	CA	stands still at customs
customs/exception/seized_by_customs	AP	AP	CA	the delivery will not be completed
customs/cleared	X6	K2	NS	customs released; 004010 has only "en route" again
customs/special_cases/destroy_pending	SD	SD	CA	stands still at customs
customs/special_cases/destroy_completed	AP	AP	CA	the delivery will not be completed
delivery	XB	XB	NS	news without effect: acknowledged
delivery/out_for_delivery	AJ	AJ	NS	tendered for delivery: on the delivery vehicle, as parcel carriers use it
delivery/change/address	AI	AI	NS	reconsigned
delivery/change/date	SD	SD	AD	later, as asked for
delivery/attempt	AH	AH	BG	attempted delivery
delivery/attempt/refused_by_recipient	A7	A7	BS	refused by consignee
delivery/attempt/partial_delivery_only	AH	D2	S1	partial unload; in 004010 an attempt that fell short
delivery/delivered	D1	D1	NS	delivered
delivery/delivered/left_with_neighbor	D1	D1	A3	delivered, indirectly
delivery/delivered/to_depot	AV	AV	C1	available; waits to be fetched
delivery/delivered/parcel_locker	AV	AV	C1	available; waits to be fetched
delivery/delivered/pudo_point	AV	AV	C1	available; waits to be fetched
delivery/delivered/post_office	AV	AV	C1	available; waits to be fetched
post_delivery	XB	XB	NS	news without effect: acknowledged
post_delivery/refused	A7	A7	BS	refused by consignee
post_delivery/collected	D1	D1	NS	the consignee has it
return_to_sender	A3	A3	BT	returned to shipper: X12 does not tell "going back" from "is back"
return_to_sender/pending/held_waiting_for_instructions	SD	SD	C6	waits for the shipper's instructions
return_centre	A3	A3	BT	returned to shipper
exception	SD	SD	BG	delayed
exception/delivery	AH	AH	BG	attempted delivery
exception/delivery/parcel_not_received	OO	OO	BG	paperwork without the shipment
exception/delivery/seized_by_law_enforcement	AP	AP	BG	the delivery will not be completed
exception/shipment_rejected	SD	SN	BG	not taken by the carrier; 004010 has only the delay
exception/delay/due_to_misroute	SD	SD	AA	delayed, missorted
exception/damage_loss/parcel_damaged	A9	A9	AK	damaged
exception/damage_loss/parcel_destroyed	AP	AP	BG	the delivery will not be completed
exception/damage_loss/lost_in_transit	AP	AP	BG	the delivery will not be completed: X12 has no "lost"
exception/destroyed	AP	AP	BG	the delivery will not be completed
other	XB	XB	NS	no rule knows the code: acknowledged
`;

// Reason, 1651 (each is in 004010 and in 005010), ground.
const REASONS = `
carrier_capacity	D2	driver not available
carrier_vehicle	AI	mechanical breakdown
carrier_missort	AA	mis-sort
carrier_missed_connection	AW	past cut-off time
carrier_out_of_time	BH	insufficient time to complete delivery
carrier_processing	P1	processing delay
carrier_flight	AJ	other carrier related: the airline
carrier_it	P1	processing delay: computers have no code
carrier_area	AV	exceeds service limitations
sender_not_ready	AM	shipper related: NF, no freight available, came with 005010
sender_wrong_data	AM	shipper related
sender_bad_label	AM	shipper related
sender_bad_packaging	AM	shipper related
sender_wrong_goods	AM	shipper related
sender_closed	AM	shipper related: B1 is the consignee
sender_refused	AM	shipper related
sender_cancelled	C3	suspended at customer request
sender_instruction	BB	held per shipper
recipient_absent	AQ	recipient unavailable
recipient_closed	B1	consignee closed
recipient_refused	BS	refused by customer
recipient_moved	A2	incorrect address
recipient_unknown	A2	incorrect address
recipient_deceased	AG	consignee related
recipient_no_contact	AG	consignee related: AT is about brokers
recipient_id_failed	AG	consignee related
recipient_no_capacity	B8	improper unloading facility or equipment
recipient_cancelled	C3	suspended at customer request
recipient_request	AD	customer requested future delivery
recipient_cod_unpaid	C9	cash not available from consignee
address_incomplete	A2	incorrect address
address_wrong	A2	incorrect address
address_not_found	A5	unable to locate
address_no_access	AG	consignee related: gates and codes have no code
address_no_safe_place	AG	consignee related
address_po_box	AV	exceeds service limitations
pickup_point_full	BG	other: pick-up points have no code
pickup_point_closed	BG	other: pick-up points have no code
pickup_expired	C1	waiting for customer pick-up
customs_documents	AS	hold due to customs documentation problems
customs_value	AR	improper international paperwork
customs_duty_unpaid	B4	held for payment
customs_prohibited	CA	customs
customs_licence	BC	missing documents
customs_inspection	P2	waiting inspection
customs_compliance	CA	customs
customs_backlog	F1	clearance delay
authority_hold	BG	other: CA and BD are about customs and borders
goods_damaged	AK	damaged; the only code that says so
goods_incomplete	S1	delivery shortage
goods_prohibited	AE	restricted articles unacceptable
goods_oversize	AV	exceeds service limitations
goods_dangerous	AE	restricted articles unacceptable
goods_temperature	BG	other: temperature has no code
goods_payment	B4	held for payment
weather	AO	weather or natural disaster
disaster	AO	weather or natural disaster
traffic	BE	road conditions
strike	AU	civil event: C5 is the customer's strike
holiday	AN	holiday, closed
security	AU	civil event
force_majeure	BG	other
unspecified	BG	other
`;

export type X12Version = "004010" | "005010";

interface StatusCodes {
  status: Record<X12Version, string>;
  reason: string;
}

const statuses = new Map(
  STATUSES.trim()
    .split("\n")
    .map((line): [string, StatusCodes] => {
      const [path = "", old = "", recent = "", reason = ""] = line.split("\t");
      return [path, { status: { "004010": old, "005010": recent }, reason }];
    }),
);

const reasons = new Map(
  REASONS.trim()
    .split("\n")
    .map((line): [string, string] => {
      const [reason = "", code = ""] = line.split("\t");
      return [reason, code];
    }),
);

/** AT7-01 and 02 of an event. Null for a milestone that X12 was never told about, which the contract forbids within a version. */
export function x12Status(
  code: GlueyCode,
  reason: Reason | null,
  version: X12Version,
): { status: string; reason: string } | null {
  const paths = [codePath(code), `${code.milestone}/${code.code}`, code.milestone];
  const found = paths.map((path) => statuses.get(path)).find((codes) => codes !== undefined);
  if (found === undefined) return null;
  return {
    status: found.status[version],
    reason: (reason === null ? undefined : reasons.get(reason)) ?? found.reason,
  };
}
