import { readRules } from "../rules.ts";

/**
 * PostNord, Track & Trace API v5 (developer.postnord.com, "Track shipments").
 *
 * PostNord publishes the list of event states, not that of event codes. The codes below are those seen in its answers;
 * the plain numbers are UN/CEFACT Recommendation 24's, a leading z marks PostNord's own, VAPO_ the letter system before 2016.
 * Lines "state …" are looked up where the code is new: the state belongs to the same event, not to the whole shipment.
 * code | sub_code | service | text | Gluey code | reason | PostNord's words
 */
export const rules = readRules(
  "postnord",
  1,
  `
68       | | | | order/created                          | | We have received a notification from your shipper
31       | | | | in_transit/carrier_network             | | The shipment item is under transportation
355      | | | | in_transit/carrier_network             | | The shipment item is under transportation (local route)
z3D      | | | | delivery/admin                         | | terminal's own registration, state OTHER, repeats the text before
z6O      | | | | delivery/admin                         | | terminal's own registration, state OTHER, repeats the text before
z114     | | | | in_transit/arrived_at_carrier_facility | | arrived at the distribution terminal
113      | | | | delivery/out_for_delivery              | | The delivery of the shipment item is in progress
1        | | | | delivery/delivered/pudo_point          | | delivered to a service point: the recipient does not have it yet
z82      | | | | delivery/notification/text             | | A text message notification has been sent
21       | | | | delivery/delivered                     | | The shipment item has been delivered
VAPO_70  | | | | collection/dropped_by_customer/at_depot | | Avsändaren har lämnat in försändelsen i utlandet
VAPO_68  | | | | in_transit/arrived_at_carrier_facility | | har kommit från avsändarlandet till Postens utrikesterminal
VAPO_114 | | | | in_transit/departed_carrier_facility   | | är vidaresänd till mottagarens utlämningsställe
VAPO_30  | | | | delivery/delivered/post_office         | | har kommit till mottagarens utlämningsställe
VAPO_28  | | | | post_delivery/collected/by_recipient   | | Försändelsen är överlämnad till mottagaren

state CREATED                        | | | | order/created                          | |
state INFORMED                       | | | | order/created                          | | shipper announced the item
state EN_ROUTE                       | | | | in_transit/carrier_network             | | in the network
state AVAILABLE_FOR_DELIVERY         | | | | delivery/delivered/pudo_point          | | ready to be collected
state AVAILABLE_FOR_DELIVERY_PAR_LOC | | | | delivery/delivered/parcel_locker       | | ready in a parcel locker
state DELIVERY                       | | | | delivery/out_for_delivery              | | out for delivery
state DELIVERED                      | | | | delivery/delivered                     | |
state DELIVERY_IMPOSSIBLE            | | | | exception/other                        | | cannot be delivered; nothing decided
state DELIVERY_REFUSED               | | | | delivery/attempt/refused_by_recipient  | |
state DELAYED                        | | | | exception/delay                        | |
state EXPECTED_DELAY                 | | | | exception/delay                        | |
state RETURNED                       | | | | return_to_sender/initiated             | | does not say that the sender has it
state STOPPED                        | | | | exception/held_at_hub                  | |
`,
);
