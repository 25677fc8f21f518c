import type { Actor, Health, Reason, Status } from "./statuses.ts";
import { actorOf, healthOf, reasonOf, statusOf } from "./statuses.ts";

/** Gluey's harmonized code: three levels, the third optional. */
export interface GlueyCode {
  milestone: string;
  code: string;
  sub_code: string | null;
}

/** What a code stands for: one line of the table below. */
export interface CodeMeaning extends GlueyCode {
  status: Status;
  /** The reason that the code implies; a carrier's table may name a finer one. */
  reason: Reason | null;
  health: Health;
  action_required_by: Actor;
  /** UN/CEFACT Recommendation 24 code (EDIFACT element 4405), null where none is sent. */
  un_4405: string | null;
}

// milestone, code, sub_code, status, reason, health, action_required_by, UN 4405: tab-separated, the public contract's list.
const TABLE = `
order	created	gluey_test	notice		on_track	none	332
order	created		info_received		on_track	none	68
order	cancelled		cancelled		on_track	none	324
order	pick_pack	started	info_received		on_track	none	322
order	pick_pack	completed	info_received		on_track	none	71
order	despatched		info_received		on_track	none	50
collection	requested		collection		on_track	none	84
collection	scheduled		collection		on_track	none	64
collection	cancelled		collection		on_hold	sender	7
collection	change		collection		delayed	none	339
collection	change	date	collection		delayed	none	339
collection	vehicle	dispatch	collection		on_track	none	64
collection	vehicle	en_route	collection		on_track	none	64
collection	attempt		collection		delayed	none	53
collection	attempt	refused_by_sender	collection	sender_refused	delayed	sender	53
collection	attempt	refused_by_carrier	exception		action_required	sender	77
collection	attempt	sender_missing_information	collection	sender_wrong_data	delayed	sender	53
collection	attempt	unable_to_reach_contact	collection	sender_closed	delayed	sender	53
collection	attempt	unable_to_access_location	collection	address_no_access	delayed	sender	53
collection	attempt	goods_not_ready	collection	sender_not_ready	delayed	sender	53
collection	dropped_by_customer		collection		on_track	none	349
collection	dropped_by_customer	at_depot	accepted		on_track	none	130
collection	dropped_by_customer	at_pudo	collection		on_track	none	349
collection	dropped_by_customer	at_parcel_locker	collection		on_track	none	349
collection	collected		accepted		on_track	none	13
collection	collected	from_pudo	accepted		on_track	none	13
collection	collected	from_parcel_locker	accepted		on_track	none	13
in_transit	en_route_to_carrier_facility		in_transit		on_track	none	31
in_transit	arrived_at_carrier_facility		in_transit		on_track	none	1
in_transit	processed_at_carrier_facility		in_transit		on_track	none	328
in_transit	processed_at_carrier_facility	assigned_to_delivery_vehicle	out_for_delivery		on_track	none	48
in_transit	processed_at_carrier_facility	parcel_consolidated	in_transit		on_track	none	15
in_transit	processed_at_carrier_facility	parcel_repaired	in_transit		on_track	none	332
in_transit	processed_at_carrier_facility	label_reprinted	in_transit		on_track	none	332
in_transit	departed_carrier_facility		in_transit		on_track	none	24
in_transit	carrier_network		in_transit		on_track	none	31
in_transit	carrier_network	handed_to_another_carrier	in_transit		on_track	none	99
in_transit	airport	en_route	in_transit		on_track	none	31
in_transit	airport	take_off	in_transit		on_track	none	127
in_transit	airport	landing	in_transit		on_track	none	1
return_centre	arrived		returned		on_track	none	82
return_centre	inspection_started		returned		on_track	none	114
return_centre	inspection_approved		returned		on_track	none	72
return_centre	inspection_failed	items_missing	returned	goods_incomplete	action_required	sender	107
return_centre	inspection_failed	items_damaged	returned	goods_damaged	action_required	sender	107
return_centre	inspection_failed	wrong_items	returned	sender_wrong_goods	action_required	sender	107
return_centre	inspection_failed	empty_parcel	returned	goods_incomplete	action_required	sender	107
return_centre	inspection_failed	unknown_objects	returned	sender_wrong_goods	action_required	sender	107
return_centre	inspection_failed	other	returned	unspecified	action_required	sender	107
return_centre	departed		returned		on_track	none	35
delivery	admin		notice		on_track	none	332
delivery	out_for_delivery		out_for_delivery		on_track	none	113
delivery	notification		notice		on_track	none	45
delivery	notification	email	notice		on_track	none	45
delivery	notification	text	notice		on_track	none	45
delivery	notification	voice	notice		on_track	none	45
delivery	notification	letter	notice		on_track	none	45
delivery	change		notice		on_track	none	242
delivery	change	address	notice		on_track	none	242
delivery	change	local_place	notice		on_track	none	242
delivery	change	date	notice		on_track	none	212
delivery	change	service	notice		on_track	none	76
delivery	change	additional_charges	notice		on_track	none	332
delivery	attempt		delivery_attempted		delayed	none	210
delivery	attempt	left_notice	delivery_attempted		delayed	recipient	109
delivery	attempt	recipient_no_longer_lives_here	delivery_attempted	recipient_moved	action_required	sender	210
delivery	attempt	refused_by_recipient	delivery_attempted	recipient_refused	action_required	sender	106
delivery	attempt	recipient_unavailable	delivery_attempted	recipient_absent	delayed	none	210
delivery	attempt	no_safe_location	delivery_attempted	address_no_safe_place	delayed	none	210
delivery	attempt	incorrect_address	delivery_attempted	address_wrong	action_required	sender	210
delivery	attempt	due_to_security	delivery_attempted	security	delayed	none	210
delivery	attempt	unable_to_access_location	delivery_attempted	address_no_access	delayed	none	210
delivery	attempt	no_receiving_staff	delivery_attempted	recipient_no_capacity	delayed	none	210
delivery	attempt	restricted_access_hours	delivery_attempted	recipient_closed	delayed	none	210
delivery	attempt	partial_delivery_only	delivery_attempted		delayed	carrier	73
delivery	attempt	paperwork_incomplete	delivery_attempted	sender_wrong_data	action_required	sender	210
delivery	attempt	security_check_failed	delivery_attempted	recipient_id_failed	delayed	none	210
delivery	attempt	warehouse_full	delivery_attempted	recipient_no_capacity	delayed	none	210
delivery	delivered		delivered		on_track	none	21
delivery	delivered	to_depot	ready_for_pickup		on_track	recipient	112
delivery	delivered	with_signature	delivered		on_track	none	21
delivery	delivered	left_with_neighbor	delivered		on_track	none	22
delivery	delivered	left_in_safe_place	delivered		on_track	none	22
delivery	delivered	parcel_locker	ready_for_pickup		on_track	recipient	112
delivery	delivered	pudo_point	ready_for_pickup		on_track	recipient	112
delivery	delivered	post_office	ready_for_pickup		on_track	recipient	112
post_delivery	proof	proof_of_delivery	notice		on_track	none	332
post_delivery	proof	photo_of_location	notice		on_track	none	332
post_delivery	refused	by_recipient	delivery_attempted	recipient_refused	action_required	sender	106
post_delivery	collected	by_recipient	delivered		on_track	none	21
post_delivery	rating		notice		on_track	none	332
post_delivery	rating	nps	notice		on_track	none	332
post_delivery	claim		notice		on_track	none	311
return_to_sender	initiated		returning		failed	carrier	323
return_to_sender	initiated	undeliverable	returning		failed	carrier	323
return_to_sender	initiated	not_collected	returning	pickup_expired	failed	carrier	323
return_to_sender	pending		returning		failed	carrier	323
return_to_sender	pending	held_waiting_for_instructions	exception		action_required	sender	236
return_to_sender	pending	preparing_for_return	returning		failed	carrier	323
return_to_sender	in_transit		returning		failed	carrier	323
return_to_sender	customs		returning		failed	carrier	126
return_to_sender	carrier_facility		returning		failed	carrier	323
return_to_sender	carrier_facility	arrived	returning		failed	carrier	323
return_to_sender	carrier_facility	processed	returning		failed	carrier	323
return_to_sender	carrier_facility	departed	returning		failed	carrier	323
return_to_sender	delivered		returned		failed	none	82
return_to_sender	delivered	collect_at_carrier	returning		failed	sender	64
exception	other		exception		on_hold	carrier	115
exception	delivery		delivery_attempted	unspecified	delayed	none	210
exception	delivery	parcel_not_received	exception		action_required	sender	117
exception	delivery	seized_by_law_enforcement	failed	authority_hold	failed	none	111
exception	shipment_rejected		exception		action_required	sender	77
exception	shipment_rejected	prohibited_items	exception	goods_prohibited	action_required	sender	77
exception	shipment_rejected	oversized	exception	goods_oversize	action_required	sender	77
exception	shipment_rejected	duplicate_label	exception	sender_bad_label	action_required	sender	77
exception	shipment_rejected	data_error	exception	sender_wrong_data	action_required	sender	77
exception	shipment_rejected	bad_packaging	exception	sender_bad_packaging	action_required	sender	77
exception	shipment_rejected	hazmat	exception	goods_dangerous	action_required	sender	77
exception	shipment_rejected	address_error	exception	address_wrong	action_required	sender	77
exception	shipment_rejected	area_not_serviced	exception	carrier_area	action_required	sender	77
exception	shipment_rejected	other	exception	unspecified	action_required	sender	77
exception	delay		in_transit		delayed	carrier	101
exception	delay	due_to_carrier	in_transit	carrier_processing	delayed	carrier	101
exception	delay	due_to_road_works	in_transit	traffic	delayed	carrier	101
exception	delay	due_to_weather	in_transit	weather	delayed	carrier	101
exception	delay	due_to_sender	in_transit	sender_instruction	delayed	carrier	101
exception	delay	due_to_recipient	in_transit	recipient_request	delayed	carrier	101
exception	delay	due_to_misroute	in_transit	carrier_missort	delayed	carrier	87
exception	delay	due_to_data	in_transit	sender_wrong_data	delayed	carrier	101
exception	damage_loss	parcel_damaged	exception	goods_damaged	on_hold	carrier	18
exception	damage_loss	parcel_destroyed	failed		failed	none	331
exception	damage_loss	lost_in_transit	failed		failed	none	49
exception	carrier_hub	other	exception	unspecified	on_hold	carrier	315
exception	held_at_hub		exception		on_hold	carrier	315
exception	held_at_hub	hazmat	exception	goods_dangerous	action_required	sender	315
exception	held_at_hub	bad_address	exception	address_wrong	action_required	sender	213
exception	held_at_hub	missing_information	exception	sender_wrong_data	action_required	sender	315
exception	held_at_hub	prohibited_items	exception	goods_prohibited	action_required	sender	315
exception	destroyed		failed		failed	none	331
in_transit	departure_airport		in_transit		on_track	none	1
in_transit	departure_airport	en_route	in_transit		on_track	none	31
in_transit	departure_airport	handed_over	in_transit		on_track	none	99
in_transit	departure_airport	take_off	in_transit		on_track	none	357
in_transit	stopover_airport		in_transit		on_track	none	100
in_transit	stopover_airport	landing	in_transit		on_track	none	1
in_transit	stopover_airport	take_off	in_transit		on_track	none	127
in_transit	destination_airport		in_transit		on_track	none	1
in_transit	destination_airport	landing	in_transit		on_track	none	1
in_transit	destination_airport	collected	in_transit		on_track	none	24
in_transit	departure_seaport		in_transit		on_track	none	1
in_transit	departure_seaport	en_route	in_transit		on_track	none	31
in_transit	departure_seaport	handed_over	in_transit		on_track	none	99
in_transit	departure_seaport	loaded_onto_vessel	in_transit		on_track	none	48
in_transit	departure_seaport	set_sail	in_transit		on_track	none	357
in_transit	stopover_seaport		in_transit		on_track	none	100
in_transit	stopover_seaport	docked	in_transit		on_track	none	40
in_transit	stopover_seaport	set_sail	in_transit		on_track	none	127
in_transit	destination_seaport		in_transit		on_track	none	1
in_transit	destination_seaport	docked	in_transit		on_track	none	40
in_transit	destination_seaport	unloaded	in_transit		on_track	none	346
in_transit	destination_seaport	collected	in_transit		on_track	none	24
customs	broker		customs		on_track	broker	170
customs	broker	arrived	customs		on_track	broker	170
customs	broker	departed	customs		on_track	none	126
customs	broker	ready_for_export	customs		on_track	none	126
customs	in_progress		customs		on_track	none	126
customs	in_progress	awaiting_documentation	customs	customs_documents	action_required	sender	241
customs	in_progress	documentation_submitted	customs		on_track	none	126
customs	in_progress	additional_information_provided	customs		on_track	none	126
customs	in_progress	under_inspection	customs	customs_inspection	on_hold	none	228
customs	in_progress	valuation_under_review	customs	customs_value	on_track	none	126
customs	in_progress	valuation_approved	customs		on_track	none	126
customs	in_progress	valuation_adjusted	customs	customs_value	on_track	none	126
customs	in_progress	duty_taxes_paid	customs		on_track	none	126
customs	in_progress	compliance_check	customs	customs_compliance	on_track	none	126
customs	in_progress	re_export_pending	customs		failed	carrier	187
customs	in_progress	re_export_completed	returning		failed	carrier	323
customs	held		customs		on_hold	none	187
customs	held	additional_information_requested	customs		action_required	sender	241
customs	held	pending_duty_taxes_payment	customs	customs_duty_unpaid	action_required	recipient	187
customs	held	certificate_of_origin	customs	customs_licence	action_required	sender	241
customs	held	incomplete_documentation	customs	customs_documents	action_required	sender	241
customs	held	missing_documentation	customs	customs_documents	action_required	sender	241
customs	held	subject_to_restrictions	customs	customs_compliance	on_hold	none	187
customs	held	prohibited_items	customs	customs_prohibited	on_hold	none	187
customs	held	incorrect_valuation	customs	customs_value	action_required	sender	187
customs	exception		customs	unspecified	on_hold	none	187
customs	exception	delay	customs		delayed	none	184
customs	exception	release_failed	customs		action_required	sender	17
customs	exception	seized_by_customs	failed	customs_prohibited	failed	none	111
customs	finalising	compliance_approved	customs		on_track	none	126
customs	finalising	release_pending	customs		on_track	none	128
customs	cleared	released	in_transit		on_track	none	12
customs	special_cases	destroy_pending	customs		failed	none	187
customs	special_cases	destroy_completed	failed		failed	none	69
other	unmapped		notice		on_track	none	
`;

/** The path a table or a file names a code by: `delivery/delivered/with_signature`, `exception/delay`. */
export function codePath(code: GlueyCode): string {
  return code.sub_code === null
    ? `${code.milestone}/${code.code}`
    : `${code.milestone}/${code.code}/${code.sub_code}`;
}

function readLine(line: string): CodeMeaning {
  const [milestone = "", code = "", sub = "", status = "", reason = "", health = "", actor = "", un = ""] =
    line.split("\t");
  return {
    milestone,
    code,
    sub_code: sub === "" ? null : sub,
    status: statusOf(status),
    reason: reason === "" ? null : reasonOf(reason),
    health: healthOf(health),
    action_required_by: actorOf(actor),
    un_4405: un === "" ? null : un,
  };
}

/** Every code of the contract, `other/unmapped` among them, by its path. */
export const CODES: ReadonlyMap<string, CodeMeaning> = new Map(
  TABLE.trim()
    .split("\n")
    .map(readLine)
    .map((meaning) => [codePath(meaning), meaning]),
);

/** The meaning of a code path; throws for a path that is not in the contract, since only our own tables name paths. */
export function meaningOf(path: string): CodeMeaning {
  const meaning = CODES.get(path);
  if (meaning === undefined)
    throw new Error(`No code "${path}" in the contract: see workers/domain/codes.ts.`);
  return meaning;
}

/** What an event gets whose carrier code no rule knows: kept, counted, and the shipment's status does not move. */
export const UNMAPPED: CodeMeaning = meaningOf("other/unmapped");
