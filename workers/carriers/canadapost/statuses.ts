import { readRules } from "../rules.ts";

/**
 * Canada Post. Four digits: event identifiers of Get Tracking Details (canadapost.ca developer program, "Tracking service – event
 * descriptions"), written with and without the leading zero, and in L11 with qualifier 86 of the X12 214 files as well. New ones are
 * read by their sentence. AT7 pairs count only where 86 holds 0000: XB is an ordinary scan there, CA with BT a return, and AF
 * leaves a facility: it comes after a failed attempt too. Service "to sender": the sentence says that the item is on its way back.
 * code | AT7 reason | service | text | Gluey code | reason | Canada Post's words
 */
export const rules = readRules(
  "canadapost",
  1,
  `
# Announced and handed in
3000 | | | | order/created | | sender has sent the data
3002 | | | | order/created | | return label made
2300 | | | | collection/collected | | fetched by Canada Post
1300 | | | | collection/collected | | accepted
4000 | | | | collection/collected | | mailed abroad
1301 | | | | collection/dropped_by_customer/at_depot | | accepted at a post office
1302 | | | | collection/dropped_by_customer/at_depot | | accepted at a post office
1303 | | | | collection/dropped_by_customer/at_depot | | return accepted at a post office

# Under way
100  | | | | in_transit/processed_at_carrier_facility | | processed
102  | | | | in_transit/processed_at_carrier_facility | | processed
104  | | | | in_transit/processed_at_carrier_facility | | processed
105  | | | | in_transit/processed_at_carrier_facility | | processed
106  | | | | in_transit/processed_at_carrier_facility | | processed
107  | | | | in_transit/processed_at_carrier_facility | | processed
170  | | | | in_transit/processed_at_carrier_facility | | processed
1240 | | | | in_transit/processed_at_carrier_facility | | processed
1241 | | | | in_transit/processed_at_carrier_facility | | processed
1244 | | | | in_transit/processed_at_carrier_facility | | processed
2500 | | | | in_transit/processed_at_carrier_facility | | processed
2501 | | | | in_transit/processed_at_carrier_facility | | processed
4100 | | | | in_transit/processed_at_carrier_facility | | processed in the country of origin
815  | | | | in_transit/processed_at_carrier_facility | | made ready for export
198  | | | | in_transit/processed_at_carrier_facility/label_reprinted | | label corrected
113  | | | | in_transit/arrived_at_carrier_facility | | arrived, 113 at a partner's
400  | | | | in_transit/arrived_at_carrier_facility | | arrived, 113 at a partner's
405  | | | | in_transit/arrived_at_carrier_facility | | arrived, 113 at a partner's
4600 | | | | in_transit/arrived_at_carrier_facility | | at the delivery office abroad
114  | | | | in_transit/departed_carrier_facility | | left, 114 from a partner's
410  | | | | in_transit/departed_carrier_facility | | left, 114 from a partner's
115  | | | | in_transit/carrier_network/handed_to_another_carrier | | given to a partner
116  | | | | in_transit/carrier_network/handed_to_another_carrier | | given to a partner
175  | | | | in_transit/carrier_network | | in transit
804  | | | | in_transit/carrier_network | | in transit
4550 | | | | in_transit/carrier_network | | in transit
1703 | | | | in_transit/carrier_network | | on its way to a post office, a locker
1705 | | | | in_transit/carrier_network | | on its way to a post office, a locker
4202 | | | | in_transit/carrier_network | | between countries
4310 | | | | in_transit/carrier_network | | between countries
4311 | | | | in_transit/carrier_network | | between countries
4900 | | | | in_transit/carrier_network | | between countries
4950 | | | | in_transit/carrier_network | | between countries
8901 | | | | in_transit/carrier_network | | between countries
1480 | | | | in_transit/carrier_network | recipient_moved | sent on to the new address
1490 | | | | in_transit/carrier_network | recipient_moved | sent on to the new address

# Late, but it goes on
1410 | | | | exception/delay/due_to_recipient | | kept as the recipient asked
2410 | | | | exception/delay/due_to_recipient | | kept as the recipient asked
171  | | | | exception/delay/due_to_data | address_wrong | address being looked into
173  | | | | exception/delay/due_to_data | address_wrong | address being looked into
1412 | | | | exception/delay/due_to_data | address_wrong | address being looked into
2412 | | | | exception/delay/due_to_data | address_wrong | address being looked into
172  | | | | exception/delay/due_to_misroute | | sent elsewhere by mistake
159  | | | | exception/delay/due_to_weather | | weather
160  | | | | exception/delay | force_majeure | authority or demonstration
161  | | | | exception/delay | strike | labour dispute
162  | | | | exception/delay | traffic | transport late
163  | | | | exception/delay | force_majeure | power cut
629  | | | | exception/delay | pickup_expired | not fetched from the locker, goes to a post office
621  | | | | exception/delay | | next working day instead
622  | | | | exception/delay | | next working day instead
623  | | | | exception/delay | | next working day instead
624  | | | | exception/delay | | next working day instead
625  | | | | exception/delay | | next working day instead
626  | | | | exception/delay | | next working day instead
627  | | | | exception/delay | | next working day instead
628  | | | | exception/delay | | next working day instead
1414 | | | | exception/delay | | next working day instead
2414 | | | | exception/delay | | next working day instead

# Customs
701  | | | | customs/in_progress | | shown to customs
800  | | | | customs/in_progress | | shown to customs
4330 | | | | customs/in_progress | | shown to customs
4400 | | | | customs/in_progress | | shown to customs
1487 | | | | customs/in_progress | | back to customs, for an appeal
1495 | | | | customs/in_progress | | back to customs, for an appeal
2601 | | | | customs/in_progress | | back to customs, for an appeal
1210 | | | | customs/in_progress/duty_taxes_paid | | duty paid online
127  | | | | customs/held | | held by customs
810  | | | | customs/held | | held by customs
130  | | | | customs/cleared/released | | released
900  | | | | customs/cleared/released | | released
910  | | | | customs/cleared/released | | released
4500 | | | | customs/cleared/released | | released
5201 | | | | customs/cleared/released | | released

# Stands still
117  | | | | exception/held_at_hub/missing_information | | something wrong with the papers
118  | | | | exception/held_at_hub | carrier_area | outside the partner's area
120  | | | | exception/held_at_hub/bad_address | | address wrong or incomplete
121  | | | | exception/held_at_hub | | refused or not fetched, which one is not said
1450 | | | | exception/held_at_hub | | on hold
1484 | | | | exception/held_at_hub | | on hold
1494 | | | | exception/held_at_hub | | on hold
4700 | | | | exception/held_at_hub | | on hold
179  | | | | exception/other | | undeliverable, no word yet of what follows
1483 | | | | exception/other | | undeliverable, no word yet of what follows
1493 | | | | exception/other | | undeliverable, no word yet of what follows
4650 | | | | exception/other | | undeliverable, no word yet of what follows
710  | | | | exception/damage_loss/parcel_damaged | | arrived damaged
150  | | | | exception/destroyed | | kept long enough, disposed of

# Delivery
174  | | | | delivery/out_for_delivery | | out for delivery
500  | | | | delivery/out_for_delivery | | out for delivery
630  | | | | delivery/attempt | | tried, 630 at a locker
1443 | | | | delivery/attempt | | tried, 630 at a locker
1411 | | | | delivery/attempt/restricted_access_hours | | business closed
2411 | | | | delivery/attempt/restricted_access_hours | | business closed
1435 | | | | delivery/attempt/left_notice | | notice card left
1436 | | | | delivery/attempt/left_notice | | notice card left
1437 | | | | delivery/attempt/left_notice | | notice card left
1438 | | | | delivery/attempt/left_notice | | notice card left
1479 | | | | delivery/attempt/left_notice | | notice card left
1488 | | | | delivery/attempt/left_notice | | notice card left
1407 | | | | delivery/delivered/pudo_point | | to be fetched, place not said
2407 | | | | delivery/delivered/pudo_point | | to be fetched, place not said
1701 | | | | delivery/delivered/post_office | | to be fetched at a post office
1405 | | | | delivery/delivered/parcel_locker | | in an automated locker
1406 | | | | post_delivery/collected/by_recipient | | fetched from it
1408 | | | | delivery/delivered/with_signature | | delivered, signature on paper
1409 | | | | delivery/delivered/with_signature | | delivered, signature on paper
1424 | | | | delivery/delivered/left_in_safe_place | | garage or safe place
1427 | | | | delivery/delivered/left_in_safe_place | | garage or safe place
1431 | | | | delivery/delivered/left_in_safe_place | | garage or safe place
1434 | | | | delivery/delivered/left_in_safe_place | | garage or safe place
1497 | | | | delivery/delivered/left_in_safe_place | | garage or safe place
1421 | | | | delivery/delivered | | front, side or back door
1422 | | | | delivery/delivered | | front, side or back door
1423 | | | | delivery/delivered | | front, side or back door
1428 | | | | delivery/delivered | | front, side or back door
1429 | | | | delivery/delivered | | front, side or back door
1430 | | | | delivery/delivered | | front, side or back door
1425 | | | | delivery/delivered | | concierge, security or manager
1432 | | | | delivery/delivered | | concierge, security or manager
1461 | | | | delivery/delivered | | concierge, security or manager
1462 | | | | delivery/delivered | | concierge, security or manager
1426 | | | | delivery/delivered | | recipient's or community box: no other event follows
1433 | | | | delivery/delivered | | recipient's or community box: no other event follows
1441 | | | | delivery/delivered | | recipient's or community box: no other event follows
1442 | | | | delivery/delivered | | recipient's or community box: no other event follows
5300 | | | | delivery/delivered | | recipient's or community box: no other event follows
1463 | | | | delivery/delivered | | mailroom
1465 | | | | delivery/delivered | | mailroom
1466 | | | | delivery/delivered | | mailroom
1467 | | | | delivery/delivered | | mailroom
1468 | | | | delivery/delivered | | mailroom
1469 | | | | delivery/delivered | | mailroom
1473 | | | | delivery/delivered | | mailroom
1475 | | | | delivery/delivered | | mailroom
1471 | | | | delivery/delivered | | whoever the recipient sends to take it
1472 | | | | delivery/delivered | | whoever the recipient sends to take it
1476 | | | | delivery/delivered | | delivered
1496 | | | | delivery/delivered | | delivered
1498 | | | | delivery/delivered | | delivered
20   | | | | post_delivery/proof/proof_of_delivery | | signature, 21 by word of mouth
21   | | | | post_delivery/proof/proof_of_delivery | | signature, 21 by word of mouth
2001 | | | | post_delivery/proof/photo_of_location | | photo

# Said beside it
156  | | | | delivery/notification | | last reminder
1444 | | | | delivery/notification | | planned for the next working day
1200 | | | | delivery/change/date | | another day expected
1203 | | | | delivery/change/date | | another day expected
1220 | | | | delivery/change/local_place | | where to leave it
1221 | | | | delivery/change/local_place | | where to leave it
1223 | | | | delivery/change/local_place | | where to leave it
1224 | | | | delivery/change/local_place | | where to leave it
1225 | | | | delivery/change/address | | to go elsewhere
1230 | | | | delivery/change/address | | to go elsewhere
1232 | | | | delivery/change/address | | to go elsewhere
1234 | | | | delivery/change | | not to go elsewhere after all
152  | | | | delivery/admin | | money, a sale undone, a redirection that failed
190  | | | | delivery/admin | | money, a sale undone, a redirection that failed
1214 | | | | delivery/admin | | money, a sale undone, a redirection that failed
1215 | | | | delivery/admin | | money, a sale undone, a redirection that failed
1216 | | | | delivery/admin | | money, a sale undone, a redirection that failed
1245 | | | | delivery/admin | | money, a sale undone, a redirection that failed
2101 | | | | delivery/admin | | money, a sale undone, a redirection that failed

# On the way back; the reason is Canada Post's
1420 | | | | return_to_sender/initiated | | goes back; of 1481 and 1491 each language names another reason
1481 | | | | return_to_sender/initiated | | goes back; of 1481 and 1491 each language names another reason
1491 | | | | return_to_sender/initiated | | goes back; of 1481 and 1491 each language names another reason
3001 | | | | return_to_sender/initiated | | goes back; of 1481 and 1491 each language names another reason
1415 | | | | return_to_sender/initiated/undeliverable | address_incomplete | address incomplete
1416 | | | | return_to_sender/initiated/undeliverable | recipient_unknown | not found at the address
2802 | | | | return_to_sender/initiated/undeliverable | | undeliverable abroad
1419 | | | | return_to_sender/initiated/not_collected | | not fetched
1417 | | | | return_to_sender/initiated | recipient_refused | refused
1482 | | | | return_to_sender/initiated | recipient_refused | refused
1492 | | | | return_to_sender/initiated | recipient_refused | refused
1418 | | | | return_to_sender/initiated | recipient_id_failed | age not proven
167  | | | | return_to_sender/initiated | goods_payment | postage too low
168  | | | | return_to_sender/initiated | | not what the product allows
169  | | | | return_to_sender/initiated | sender_bad_label | label wrong or missing
181  | | | | return_to_sender/initiated | sender_bad_label | label wrong or missing
182  | | | | return_to_sender/initiated | sender_wrong_data | papers incomplete
183  | | | | return_to_sender/initiated | carrier_area | no service to the country
184  | | | | return_to_sender/initiated | goods_prohibited | not mailable
1100 | | | | return_to_sender/initiated | customs_documents | customs refused the sender's data
2600 | | | | return_to_sender/in_transit | | on its way to the sender

# The same identifiers where the sentence says that the item is on its way back
174  | | to sender | | return_to_sender/in_transit | | out to the sender
500  | | to sender | | return_to_sender/in_transit | | out to the sender
1412 | | to sender | | return_to_sender/carrier_facility/arrived | | back at a facility
2412 | | to sender | | return_to_sender/carrier_facility/arrived | | back at a facility
1479 | | to sender | | return_to_sender/delivered/collect_at_carrier | | sender was not there, card left
1496 | | to sender | | return_to_sender/delivered | | sender has it
1498 | | to sender | | return_to_sender/delivered | | sender has it

XB | NS | | | in_transit/processed_at_carrier_facility  | | shipment acknowledged: any scan
X6 | NS | | | in_transit/carrier_network                | | en route to delivery location
X1 | NS | | | in_transit/arrived_at_carrier_facility    | | arrived at delivery location
AF | NS | | | in_transit/departed_carrier_facility      | | carrier departed with the shipment
AJ | NS | | | delivery/out_for_delivery                 | | tendered for delivery
AH | AG | | | delivery/attempt                          | | attempted delivery
AP | AG | | | delivery/attempt                          | | delivery not completed
# The same with another reason; not CA and D1, which only their reason tells from a return
XB | | | | in_transit/processed_at_carrier_facility  | | any scan
X6 | | | | in_transit/carrier_network                | | en route to delivery location
X1 | | | | in_transit/arrived_at_carrier_facility    | | arrived at delivery location
AF | | | | in_transit/departed_carrier_facility      | | carrier departed with the shipment
AJ | | | | delivery/out_for_delivery                 | | tendered for delivery
AH | | | | delivery/attempt                          | | attempted delivery
AP | | | | delivery/attempt                          | | delivery not completed
CA | BT | | | return_to_sender/initiated                | | return
D1 | NS | | | delivery/delivered                        | | completed unloading at delivery location
D1 |    | | | delivery/delivered                        | | the same without a reason

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
