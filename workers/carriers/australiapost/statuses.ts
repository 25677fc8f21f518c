import { readRules } from "../rules.ts";

/**
 * Australia Post sends sentences and no codes. They are those of its answers (Track Items, Shipping and Tracking APIs v1),
 * and the words of "Australia Post Article Status" (developers.auspost.com.au, Shipping and Tracking, Statuses), read in
 * November 2026. An item's summary status is not read: it lags behind its events.
 * The lowest line that fits counts.
 * code | sub_code | service | text | Gluey code | reason | what it says
 */
export const rules = readRules(
  "australiapost",
  1,
  `
| | | ^in transit                                          | in_transit/carrier_network             | | also "to next facility in …"
| | | ^processed by air carrier                            | in_transit/carrier_network             | |
| | | ^arrived in [a-z ]+$                                 | in_transit/carrier_network             | | a country
| | | ^arrived at (sorting |delivery )?facility            | in_transit/arrived_at_carrier_facility | |
| | | ^(item )?processed at                                | in_transit/processed_at_carrier_facility | | also "Export Facility"
| | | ^desp?atch                                           | in_transit/departed_carrier_facility   | | from an export facility
| | | ^shipping information                                | order/created                          | | received, approved
| | | ^(created|sealed|initiated)$                         | order/created                          | |
| | | ^cancelled$                                          | order/cancelled                        | |
| | | ^unsuccessful pick ?up                               | collection/attempt                     | |
| | | ^received (by australia post|and ready|item from sender) | collection/collected               | |
| | | ^lodged                                              | collection/dropped_by_customer/at_depot | |
| | | ^arrived awaiting clearance|is in customs            | customs/in_progress                    | |
| | | held (by|at) customs                                 | customs/held                           | |
| | | ^cleared and awaiting|cleared by customs             | customs/cleared/released               | |
| | | possible delay|^delay                                | exception/delay                        | |
| | | to be re-?delivered                                  | exception/delay                        | |
| | | held by courier                                      | exception/held_at_hub                  | |
| | | article damaged                                      | exception/damage_loss/parcel_damaged   | |
| | | cannot be delivered                                  | exception/other                        | | nothing is said of what follows
| | | ^on ?board for delivery                              | delivery/out_for_delivery              | |
| | | safe place requested                                 | delivery/change/local_place            | |
| | | redirect.* requested                                 | delivery/change/address                | |
| | | ^attempted delivery|^unsuccessful delivery           | delivery/attempt                       | |
| | | ^attempted delivery.*(gain|no) access                | delivery/attempt/unable_to_access_location | |
| | | ^attempted delivery.*card                            | delivery/attempt/left_notice           | |
| | | ^attempted delivery.*incorrect address               | delivery/attempt/incorrect_address     | |
| | | ^attempted delivery.*refused                         | delivery/attempt/refused_by_recipient  | |
| | | ^attempted delivery.*(not available|no one|nobody)   | delivery/attempt/recipient_unavailable | |
| | | ^awaiting collection|^ready for pick ?up             | delivery/delivered/pudo_point          | | also "at …"
| | | ^delivered                                           | delivery/delivered                     | |
| | | ^delivered.*safe place                               | delivery/delivered/left_in_safe_place  | |
| | | ^delivered.*neighbour                                | delivery/delivered/left_with_neighbor  | |
| | | return(ing|ed)? to (the )?sender                     | return_to_sender/initiated             | | not that the sender has it
`,
);
