import { readRules } from "../rules.ts";

/**
 * Hermes Germany, "Eventcodes", the column "2x2 Code", as a public copy of the list has it; and the words of
 * api.my-deliveries.de. Read in November 2026. Pairs of a 37.. and a 40.. code tell one thing: at the door, and then that
 * the shipment is back at the depot, which is an arrival there.
 * code | sub_code | service | text | Gluey code | reason | Hermes' words
 */
export const rules = readRules(
  "hermes",
  1,
  `
0000 | | | | order/created                             | | notified electronically
0600 | | | | exception/delivery/parcel_not_received    | | has not yet arrived at the expected depot
0700 | | | | exception/delivery/parcel_not_received    | | has not yet arrived at the expected depot
0800 | | | | exception/delivery/parcel_not_received    | | has not yet arrived at the expected depot
0900 | | | | exception/delivery/parcel_not_received    | | has not yet arrived at the expected depot
9340 | | | | order/cancelled                           | | cancelled
9341 | | | | order/cancelled                           | | cancelled by the client
9399 | | | | delivery/admin                            | | the cancellation has been deleted
1900 | | | | collection/collected                      | | accepted after collection
1910 | | | | collection/collected                      | | collected from the client
2400 | | | | collection/dropped_by_customer/at_pudo    | | handed in at the ParcelShop
4062 | | | | collection/dropped_by_customer/at_pudo    | | handed in at the ParcelShop
3760 | | | | collection/collected                      | | collected from the customer: a return's first step
3761 | | | | collection/collected                      | | a return taken by the customer
4610 | | | | collection/attempt                        | carrier_capacity | not picked up at the ParcelShop, too many shipments
4620 | | | | collection/attempt/goods_not_ready        | | not available at the ParcelShop
4630 | | | | exception/other                           | goods_incomplete | again not found in the ParcelShop
4690 | | | | delivery/admin                            | | the last status was corrected at the ParcelShop

1000 | | | | in_transit/en_route_to_carrier_facility   | | has left the client's warehouse
1901 | | | | in_transit/arrived_at_carrier_facility    | |
2000 | | | | in_transit/arrived_at_carrier_facility    | |
2300 | | | | in_transit/arrived_at_carrier_facility    | |
2100 | | | | exception/held_at_hub/missing_information | | arrived without advice data
1510 | | | | in_transit/processed_at_carrier_facility  | | sorted
3300 | | | | in_transit/processed_at_carrier_facility  | | sorted
6089 | | | | in_transit/processed_at_carrier_facility  | | sorted
6090 | | | | in_transit/processed_at_carrier_facility  | | sorted
4025 | | | | in_transit/processed_at_carrier_facility  | | sorted, goes to the nearest centre
6080 | | | | in_transit/processed_at_carrier_facility  | | processed
9040 | | | | delivery/admin                            | | measured
9041 | | | | delivery/admin                            | | measured
3010 | | | | in_transit/departed_carrier_facility      | | has left
4070 | | | | delivery/admin                            | | did not leave after all
1610 | | | | in_transit/carrier_network                | | in international transit
3430 | | | | in_transit/carrier_network/handed_to_another_carrier | | island carrier
1810 | | | | in_transit/carrier_network/handed_to_another_carrier | | partner for international shipping
1820 | | | | in_transit/carrier_network/handed_to_another_carrier | | partner for international shipping
1710 | | | | customs/in_progress                       | | export declaration made
1720 | | | | customs/cleared/released                  | | cleared
1730 | | | | customs/held                              | | held
1751 | | | | customs/exception/release_failed          | | rejected

4100 | | | | exception/delay                           | carrier_capacity | kept, delivered at a later date
4500 | | | | exception/delay                           | | kept
3780 | | | | exception/delay/due_to_misroute           | | gone out on the wrong route
4080 | | | | exception/delay/due_to_misroute           | | redirected
6086 | | | | exception/delay/due_to_misroute           | | delivered to the wrong place, redirected
6087 | | | | exception/delay/due_to_data               | | wrong data, delivered to the wrong place
3750 | | | | exception/delay                           | carrier_out_of_time | route cancelled
6088 | | | | delivery/change                           | recipient_request | redirected at the recipient's request
3740 | | | | exception/damage_loss/parcel_damaged      | | stopped: may be damaged
4040 | | | | exception/damage_loss/parcel_damaged      | | received, may be damaged
6085 | | | | exception/damage_loss/parcel_damaged      | | back to the centre, may be damaged

3000 | | | | delivery/out_for_delivery                 | |
3410 | | | | delivery/delivered/pudo_point             | | to be collected from the ParcelShop
3500 | | | | delivery/delivered                        | |
3510 | | | | delivery/delivered                        | |
3520 | | | | delivery/delivered                        | |
3511 | | | | delivery/delivered                        | | letterbox
3530 | | | | post_delivery/collected/by_recipient      | | from the ParcelShop

# At the door
3710 | | | | delivery/attempt/refused_by_recipient     | | not accepted, on its way back to the centre
3715 | | | | delivery/attempt                          | recipient_cod_unpaid | no cash
3720 | | | | delivery/attempt/incorrect_address        | address_not_found | address not found
3731 | | | | delivery/attempt/recipient_unavailable    | |
3732 | | | | delivery/attempt/recipient_unavailable    | | second time
3733 | | | | delivery/attempt/recipient_unavailable    | | third time
3734 | | | | return_to_sender/initiated/undeliverable  | recipient_absent | fourth time, will be returned
3751 | | | | delivery/attempt/security_check_failed    | | TAN
3752 | | | | delivery/attempt/security_check_failed    | | TAN, second try
3753 | | | | delivery/attempt/security_check_failed    | | TAN, third try
3754 | | | | return_to_sender/initiated/undeliverable  | recipient_id_failed | TAN, fourth try, will be returned
3782 | | | | delivery/attempt/security_check_failed    | | photo
3783 | | | | delivery/attempt/security_check_failed    | | name
3784 | | | | delivery/attempt/security_check_failed    | | date of birth
3785 | | | | delivery/attempt/security_check_failed    | | number of the document
3786 | | | | delivery/attempt/security_check_failed    | | PIN
3787 | | | | delivery/attempt/security_check_failed    | | age
3795 | | | | exception/other                           | | delivery will not be continued

# Back from the round
4010 | | | | in_transit/en_route_to_carrier_facility   | | on its way back to the centre
4015 | | | | in_transit/arrived_at_carrier_facility    | |
4020 | | | | in_transit/arrived_at_carrier_facility    | address_not_found |
4024 | | | | in_transit/arrived_at_carrier_facility    | goods_oversize | too big for the ParcelShop
4031 | | | | in_transit/arrived_at_carrier_facility    | recipient_absent |
4032 | | | | in_transit/arrived_at_carrier_facility    | recipient_absent |
4033 | | | | in_transit/arrived_at_carrier_facility    | recipient_absent |
4034 | | | | return_to_sender/pending/preparing_for_return | recipient_absent |
4035 | | | | exception/held_at_hub                     | pickup_expired | not collected from the ParcelShop within 10 days
4050 | | | | in_transit/arrived_at_carrier_facility    | |
4051 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4052 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4053 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4054 | | | | return_to_sender/pending/preparing_for_return | recipient_id_failed |
4081 | | | | in_transit/arrived_at_carrier_facility    | |
4082 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4083 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4084 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4085 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4086 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4087 | | | | in_transit/arrived_at_carrier_facility    | recipient_id_failed |
4095 | | | | exception/held_at_hub                     | | delivery was stopped

# To the client
6081 | | | | return_to_sender/initiated                | |
6082 | | | | return_to_sender/initiated/undeliverable  | address_wrong | label not legible
6083 | | | | return_to_sender/initiated                | |
6084 | | | | return_to_sender/initiated/undeliverable  | recipient_absent |
6092 | | | | return_to_sender/initiated                | |
6093 | | | | return_to_sender/initiated/not_collected  | |
6094 | | | | return_to_sender/initiated                | |
6096 | | | | return_to_sender/initiated                | goods_oversize | too big for the ParcelShop
6098 | | | | return_to_sender/initiated/undeliverable  | recipient_id_failed | TAN
6099 | | | | return_to_sender/initiated                | | delivery was stopped
4072 | | | | in_transit/carrier_network                | | the return was an incorrect scan
1520 | | | | return_to_sender/carrier_facility/processed | | a return, sorted
4060 | | | | return_to_sender/carrier_facility/arrived | | a return at a depot
4061 | | | | return_to_sender/carrier_facility/arrived | | a return at a depot
7500 | | | | return_to_sender/delivered                | | a return at the client

# Wishes
9311 | | | | delivery/change/address                   | | PreferredParcelShop, for good
9315 | | | | delivery/change/address                   | | PreferredAddress, for good
9321 | | | | delivery/change/address                   | | PreferredParcelShop
9322 | | | | delivery/change/local_place               | | PreferredNeighbour
9323 | | | | delivery/change/local_place               | | PreferredStoragePlace
9324 | | | | delivery/change/date                      | | PreferredDeliveryDate
9325 | | | | delivery/change/address                   | | PreferredAddress
9327 | | | | delivery/admin                            | | a note of Customer Service
9328 | | | | delivery/change/address                   | | address corrected
9381 | | | | delivery/change                           | | a wish withdrawn
9385 | | | | delivery/change                           | | a wish withdrawn
9391 | | | | delivery/change                           | | a wish withdrawn
9394 | | | | delivery/change                           | | a wish withdrawn
9395 | | | | delivery/change                           | | a wish withdrawn

# api.my-deliveries.de
ANNOUNCED                       | | | | order/created                            | |
PARCELSHOP_DROP_OFF             | | | | collection/dropped_by_customer/at_pudo   | |
TAKEN_OVER_BY_HERMES            | | | | collection/collected                     | |
PARCELSHOP_COLLECTED_BY_DRIVER  | | | | collection/collected/from_pudo           | |
SORTED                          | | | | in_transit/processed_at_carrier_facility | |
ARRIVED_IN_DESTINATION_REGION   | | | | in_transit/arrived_at_carrier_facility   | |
DELIVERY_TOUR_STARTED           | | | | delivery/out_for_delivery                | |
DELIVERED_HOMEDELIVERY          | | | | delivery/delivered                       | |
DELIVERED_MAILBOX               | | | | delivery/delivered                       | |
DELIVERED_DROPOFF               | | | | delivery/delivered/left_in_safe_place    | |
DELIVERED_PARCELSHOP            | | | | post_delivery/collected/by_recipient     | |
PARCELSHOP_ITEMS_FOR_COLLECTION | | | | delivery/delivered/pudo_point            | |
READY_FOR_COLLECTION            | | | | delivery/delivered/pudo_point            | |
EDL_BOOKED_DROPOFF              | | | | delivery/change/local_place              | | a wish, no movement
RETURN                          | | | | return_to_sender/initiated               | |
RETURN_DELIVERED_TO_SENDER      | | | | return_to_sender/delivered               | |
NOT_DELIVERABLE                 | | | | exception/other                          | | nothing is said of what follows
UNKNOWN_WHEREABOUTS             | | | | exception/other                          | goods_incomplete |
`,
);
