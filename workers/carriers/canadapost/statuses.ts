import { readRules } from "../rules.ts";

/**
 * Canada Post. Four digits: event identifiers of Get Tracking Details (canadapost.ca developer program, "Tracking service – event
 * descriptions"), written with and without the leading zero, and in L11 with qualifier 86 of the X12 214 files as well. New ones are
 * read by their sentence. AT7 pairs count only where 86 holds 0000: XB is an ordinary scan there, CA with BT a return, and AF
 * leaves a facility: it comes after a failed attempt too.
 * code | reason | service | text | Gluey code | reason | Canada Post's words
 */
export const rules = readRules(
  "canadapost",
  1,
  `
3000 | | | | order/created                              | | Electronic information submitted by shipper
2300 | | | | collection/collected                       | | Item picked up by Canada Post
1302 | | | | collection/dropped_by_customer/at_depot    | | Item accepted at the Post Office
100  | | | | in_transit/processed_at_carrier_facility   | | Item processed at postal facility
105  | | | | in_transit/processed_at_carrier_facility   | | Item processed
170  | | | | in_transit/processed_at_carrier_facility   | | Item processed
175  | | | | in_transit/carrier_network                 | | Item in transit
8901 | | | | in_transit/carrier_network                 | | International item being forwarded to destination country
4311 | | | | in_transit/carrier_network                 | | International item has arrived in a foreign country
173  | | | | exception/delay/due_to_data                | address_wrong | Customer addressing error found; attempting to correct. Possible delay
174  | | | | delivery/out_for_delivery                  | | Item out for delivery
500  | | | | delivery/out_for_delivery                  | | Out for delivery
1496 | | | | delivery/delivered                         | | Item successfully delivered
1498 | | | | delivery/delivered                         | | Delivered
20   | | | | post_delivery/proof/proof_of_delivery      | | Signature image recorded for Online viewing

XB | NS | | | in_transit/processed_at_carrier_facility  | | shipment acknowledged: any scan
X6 | NS | | | in_transit/carrier_network                | | en route to delivery location
X1 | NS | | | in_transit/arrived_at_carrier_facility    | | arrived at delivery location
AF | NS | | | in_transit/departed_carrier_facility      | | carrier departed with the shipment
AJ | NS | | | delivery/out_for_delivery                 | | tendered for delivery
AH | AG | | | delivery/attempt                          | | attempted delivery
AP | AG | | | delivery/attempt                          | | delivery not completed
CA | BT | | | return_to_sender/initiated                | | return
D1 | NS | | | delivery/delivered                        | | completed unloading at delivery location

# Sentences for identifiers that are new; the lowest line that fits counts
| | | item processed                                  | in_transit/processed_at_carrier_facility | |
| | | in transit                                      | in_transit/carrier_network | |
| | | customs|border services                         | customs/in_progress | |
| | | (released|cleared).*(customs|border)            | customs/cleared/released | |
| | | possible delay|delayed                          | exception/delay | |
| | | accepted at the post office|drop(ped)?.?off     | collection/dropped_by_customer/at_depot | |
| | | picked up by canada post                        | collection/collected | |
| | | out for delivery                                | delivery/out_for_delivery | |
| | | attempted delivery|delivery attempt             | delivery/attempt | |
| | | notice card left                                | delivery/attempt/left_notice | |
| | | refused                                         | delivery/attempt/refused_by_recipient | |
| | | available for pick ?up|arrived at the post office for pick ?up|ready for pick ?up | delivery/delivered/post_office | |
| | | (successfully )?delivered\\.?$|^delivered|item delivered | delivery/delivered | |
| | | return(ed|ing)? to (the )?sender                | return_to_sender/initiated | |
`,
);
