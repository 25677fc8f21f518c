import { readRules } from "../rules.ts";

/**
 * InPost, API ShipX, statuses of tracking (GET /v1/statuses, with its Polish descriptions as a public copy of them has it),
 * read in November 2026. "other" has no row: it is ShipX's own word for a status it does not know.
 * code | sub_code | service | text | Gluey code | reason | what InPost says of it
 */
export const rules = readRules(
  "inpost",
  1,
  `
created                        | | | | order/created                                  | | not ready to be sent
offers_prepared                | | | | order/created                                  | |
offer_selected                 | | | | order/created                                  | |
confirmed                      | | | | order/created                                  | | prepared by the sender, not under way
canceled                       | | | | order/cancelled                                | | label cancelled or out of date, nothing was sent
dispatched_by_sender           | | | | collection/dropped_by_customer/at_parcel_locker | | waits in the locker for the courier
dispatched_by_sender_to_pok    | | | | collection/dropped_by_customer/at_pudo         | | given to the staff of an InPost point
collected_from_sender          | | | | collection/collected                           | | fetched by the courier
taken_by_courier               | | | | collection/collected                           | | fetched from the sender
taken_by_courier_from_pok      | | | | collection/collected/from_pudo                 | | fetched from the point
adopted_at_source_branch       | | | | in_transit/arrived_at_carrier_facility         | |
sent_from_source_branch        | | | | in_transit/departed_carrier_facility           | | between branches
adopted_at_sorting_center      | | | | in_transit/arrived_at_carrier_facility         | |
sent_from_sorting_center       | | | | in_transit/departed_carrier_facility           | | to the recipient's town
adopted_at_target_branch       | | | | in_transit/arrived_at_carrier_facility         | | in the recipient's town
delay_in_delivery              | | | | exception/delay                                | |
oversized                      | | | | exception/held_at_hub                          | goods_oversize | does not fit into the locker
missing                        | | | | exception/other                                | goods_incomplete | InPost describes it by its name only
out_for_delivery               | | | | delivery/out_for_delivery                      | |
out_for_delivery_to_address    | | | | delivery/out_for_delivery                      | |
redirect_to_box                | | | | delivery/change/address                        | | to a locker, as the recipient asked
canceled_redirect_to_box       | | | | delivery/change                                | | too big for the locker, goes to the address
readdressed                    | | | | delivery/change/address                        | | as the recipient asked

# Waits to be fetched; stack: in another locker or point than was chosen
ready_to_pickup                | | | | delivery/delivered/parcel_locker               | |
ready_to_pickup_from_pok       | | | | delivery/delivered/pudo_point                  | | within three days
ready_to_pickup_from_pok_registered | | | | delivery/delivered/pudo_point             | | within three days
ready_to_pickup_from_branch    | | | | delivery/delivered/to_depot                    | |
courier_avizo_in_customer_service_point | | | | delivery/delivered/pudo_point         | | within three working days
stack_in_box_machine           | | | | delivery/delivered/parcel_locker               | |
stack_in_customer_service_point | | | | delivery/delivered/pudo_point                 | |
stack_parcel_in_box_machine_pickup_time_expired | | | | in_transit/processed_at_carrier_facility | | goes on to the locker that was chosen
stack_parcel_pickup_time_expired | | | | in_transit/processed_at_carrier_facility     | | goes on to the locker that was chosen
unstack_from_box_machine       | | | | in_transit/carrier_network                     | | under way to that locker
unstack_from_customer_service_point | | | | in_transit/carrier_network                | | under way to that locker
pickup_reminder_sent           | | | | delivery/notification                          | | 24 hours are left
pickup_time_expired            | | | | exception/held_at_hub                          | pickup_expired | may still be fetched before the courier comes
delivered                      | | | | delivery/delivered                             | |
return_pickup_confirmation_to_sender | | | | post_delivery/proof/proof_of_delivery     | | the receipt goes back, not the parcel
claimed                        | | | | post_delivery/claim                            | |

# Not delivered
pickup_reminder_sent_address   | | | | delivery/attempt/recipient_unavailable         | | next try on the next working day
rejected_by_receiver           | | | | delivery/attempt/refused_by_recipient          | |
undelivered_wrong_address      | | | | delivery/attempt/incorrect_address             | |
undelivered_incomplete_address | | | | delivery/attempt/incorrect_address             | address_incomplete |
undelivered_unknown_receiver   | | | | delivery/attempt                               | recipient_unknown |
undelivered_cod_cash_receiver  | | | | delivery/attempt                               | recipient_cod_unpaid |
undelivered_no_mailbox         | | | | delivery/attempt                               | address_no_safe_place |
undelivered_not_live_address   | | | | delivery/attempt/recipient_no_longer_lives_here | |
undelivered                    | | | | exception/other                                | | in the store of undeliverable parcels

# On the way back
avizo                          | | | | return_to_sender/initiated/undeliverable       | recipient_absent | second try failed too
undelivered_lack_of_access_letterbox | | | | return_to_sender/initiated/undeliverable | address_no_access |
taken_by_courier_from_customer_service_point | | | | return_to_sender/initiated/not_collected | |
returned_to_sender             | | | | return_to_sender/initiated                     | | has set out for the sender

# Words of the receiver's app alone
collected_by_customer          | | | | post_delivery/collected/by_recipient           | |
ready_for_collection           | | | | delivery/delivered/pudo_point                  | |
delivery_attempt_failed        | | | | delivery/attempt                               | |
not_collected                  | | | | exception/held_at_hub                          | pickup_expired |
cancelled                      | | | | order/cancelled                                | |
permanently_redirected_to_box_machine | | | | delivery/change/address                 | |
permanently_redirected_to_customer_service_point | | | | delivery/change/address      | |
`,
);
