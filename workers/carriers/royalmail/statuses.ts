import { readRules } from "../rules.ts";

/**
 * Royal Mail. Its Tracking API v2 guide names no list of event codes: these are the ones that two public transcriptions of
 * its answers explain with Royal Mail's own sentences (elliotjreed/royal-mail-tracking, jampez77/RoyalMail), read in
 * November 2026. Where K and N stand in the third place, the same thing was told by the handheld or by the office.
 * code | sub_code | service | text | Gluey code | reason | Royal Mail's words
 */
export const rules = readRules(
  "royalmail",
  1,
  `
EVAIE | | | | order/created                             | | Sender preparing item
EVAIP | | | | order/created                             | | Sender despatching item
EVPPA | | | | collection/dropped_by_customer/at_depot   | | Accepted at Post Office
EVBAH | | | | in_transit/processed_at_carrier_facility  | | We have your item at National Parcel Hub
EVBAV | | | | in_transit/processed_at_carrier_facility  | | Item received
EVDAC | | | | in_transit/processed_at_carrier_facility  | | We have your item at the mail centre
EVDAV | | | | in_transit/processed_at_carrier_facility  | | We have your item at the mail centre
EVIAV | | | | in_transit/arrived_at_carrier_facility    | | reached the mail centre, goes to the delivery office
EVIMC | | | | in_transit/arrived_at_carrier_facility    | | reached the mail centre, goes to the delivery office
EVOAC | | | | in_transit/arrived_at_carrier_facility    | | Item received at
EVORI | | | | in_transit/arrived_at_carrier_facility    | | Arrived at
EVODO | | | | in_transit/departed_carrier_facility      | | Item despatched to the delivery office
EVOCO | | | | in_transit/processed_at_carrier_facility  | | being processed for delivery
EVGMI | | | | exception/delay/due_to_misroute           | | went to another delivery office in error
EVIPI | | | | exception/delay/due_to_misroute           | | went to another mail centre in error
EVNMI | | | | exception/delay/due_to_misroute           | | Forwarded - Mis-sort
EVGPD | | | | delivery/out_for_delivery                 | | due for delivery today
EVNAR | | | | delivery/notification                     | | due for redelivery the next working day
EVNSR | | | | in_transit/processed_at_carrier_facility  | | Item prepared for redelivery
EVNKS | | | | exception/delay/due_to_recipient          | | Keepsafe: held as requested
EVNRT | | | | exception/delay/due_to_recipient          | | Item retention: not to be delivered today
EVKAA | | | | delivery/attempt/unable_to_access_location | | address inaccessible
EVNAA | | | | delivery/attempt/unable_to_access_location | | address inaccessible
EVKNA | | | | delivery/attempt/recipient_unavailable    | | Delivery attempted - no answer
EVNDA | | | | delivery/attempt/recipient_unavailable    | | Available for redelivery or collection
EVKNR | | | | delivery/attempt                          | | Delivery attempted
EVNDN | | | | delivery/attempt                          | | next try on the next working day
EVKSU | | | | delivery/attempt/no_safe_location         | | not to be left in the safe place chosen
EVKLC | | | | delivery/delivered/pudo_point             | | at the collection point, ready to collect
EVKLS | | | | delivery/delivered/pudo_point             | | delivered to your collection point
EVPLA | | | | delivery/delivered/post_office            | | Available for collection
EVNOC | | | | post_delivery/collected/by_recipient      | | collected from the delivery office
EVPLC | | | | post_delivery/collected/by_recipient      | | collected from the Post Office
EVKOP | | | | delivery/delivered                        | | Delivered
EVKSP | | | | delivery/delivered/with_signature         | | Delivered and signed
EVKSF | | | | delivery/delivered/left_in_safe_place     | | Delivered to safeplace
EVKDN | | | | delivery/delivered/left_with_neighbor     | | delivered to your neighbour
EVKAI | | | | return_to_sender/initiated                | address_not_found | address not identified, goes back
EVKGA | | | | return_to_sender/initiated                | recipient_moved | no longer at that address, goes back
EVNGA | | | | return_to_sender/initiated                | recipient_moved | no longer at that address, goes back
EVKRF | | | | return_to_sender/initiated                | recipient_refused | refused, goes back
EVNRF | | | | return_to_sender/initiated                | recipient_refused | refused, goes back
EVRTS | | | | return_to_sender/delivered                | | delivered back to the sender
ASRXS | | | | delivery/change/local_place               | | if it fails, again and then the safe place
RSRXS | | | | delivery/change/local_place               | | redelivery, else the safe place
RFRXS | | | | delivery/change/local_place               | | redelivery, else the neighbour
RNRXS | | | | delivery/change/address                   | | redelivery to another address
RPRXS | | | | delivery/change/address                   | | redelivery to a Post Office
RORXS | | | | delivery/change/date                      | | redelivery on another day
`,
);
