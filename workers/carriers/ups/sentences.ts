/** What UPS says beside its codes, by the words that tell the sentences apart. Columns as in statuses.ts. */
export const SENTENCES = `
# Sentences; where several fit, the lowest line counts
| | | ^in-transit delay|delayed by one business day|one business day later|(experiencing|encountered a) (transit|flight) delay|day delay|after the (delivery commitment|scheduled) time|^the package will be delivered later|delivery will be delayed | exception/delay | |
| | | may (cause a )?delay|(will|may) delay delivery          | exception/delay | |
| | | service disruption|disruption in network|special flight   | exception/delay | carrier_processing |
| | | unable to load the package on the plane|aircraft capacity  | exception/delay | carrier_capacity |
| | | flight (cancelation|cancellation|delay)                  | exception/delay | carrier_flight |
| | | labor strike                                             | exception/delay | strike |
| | | after the latest pickup time                             | exception/delay/due_to_sender | |
| | | arrived late to the destination city|missed at the destination location|did not arrive at the destination | exception/delay | carrier_processing |
| | | customs delay                                            | customs/exception/delay | |
| | | (updated the|updating plans to schedule your|delivery) delivery information|updating plans to schedule | delivery/notification | |
| | | delivery (change|instructions) .*(requested|completed|provided|in progress|progress)|requested a (temporary )?(delivery )?change|additional request to change|change was completed|option was modified|modified the requested change|request to change delivery | delivery/change | |
| | | requested a temporary change to the delivery address|requested an alternate delivery address|alternate delivery address has been provided|delivered to an alternate address|deliver to another address | delivery/change/address | |
| | | (rescheduled (this )?delivery|rescheduled this delivery|delivery rescheduled|requested a later delivery time|saturday delivery has been requested) | delivery/change/date | |
| | | upgraded|upgrade (has been|completed)                    | delivery/change/service | |
| | | (receiver|customer) (arranged|requested|will) .*(pick ?up|picked up|held for pickup)|arranged for same-day pickup|receiver will pick up|hold-for-pickup | delivery/change | recipient_request |
| | | sender requested (that we|this package be) hold|sender requested this package be held | delivery/change | sender_instruction |
| | | (attempt|attempted) to contact the receiver|left a message for the receiver|contacted the (sender|receiver)|requested that the receiver contact|notice about the package|contact UPS for additional information | delivery/notification | |
| | | unable to contact (the )?(receiver|customer)|receiver contacted. no response | exception/other | recipient_no_contact |
| | | for clearance\\.|clearance information\\.|resubmitted to clearing agency|in-bond|submit for clearance | customs/in_progress | |
| | | receiver or importer for clearance information          | customs/in_progress/awaiting_documentation | |
| | | are being processed for clearance                        | customs/in_progress/documentation_submitted | |
| | | importer has not assigned a broker                       | customs/broker | |
| | | customs.? inspection|sample of the shipment was taken      | customs/in_progress/under_inspection | |
| | | entry was rejected by the clearing agency|^customs reject | customs/exception/release_failed | |
| | | released by clear agency                                 | customs/cleared/released | |
| | | General Order regulations                                | customs/held | |
| | | ICOD.* charges have been paid | customs/in_progress/duty_taxes_paid | |
| | | adult signature|provide a valid PIN|did not present proper identification | delivery/attempt | recipient_id_failed |
| | | driver was not able to receive payment                    | delivery/attempt | recipient_cod_unpaid |
| | | missed you again|no one was available to accept           | delivery/attempt/recipient_unavailable | |
| | | deliver to the business.*closed                           | delivery/attempt/restricted_access_hours | |
| | | ^delivery attempted$                                      | delivery/attempt | |
| | | not ready for pickup|pick ?up the package .*not ready      | collection/attempt/goods_not_ready | |
| | | pickup is scheduled for the next                          | collection/change/date | |
| | | refused (the )?delivery                                   | delivery/attempt/refused_by_recipient | |
| | | UPS access point.*(location )?closed and package not delivered | delivery/attempt | pickup_point_closed |
| | | unable to accept package|access point.*not available|original UPS Access Point.*could not|could not be made to the original UPS Access Point | exception/delay | pickup_point_closed |
| | | does not fit in locker                                    | delivery/attempt | goods_oversize |
| | | on the way to a (secure )?UPS Access Point|on its way to a UPS Access Point|It.s on the way to a secure | delivery/attempt | |
| | | maximum days to hold .*expired                            | return_to_sender/initiated/not_collected | |
| | | is at a UPS Access Point.*awaiting customer collection     | delivery/delivered/pudo_point | |
| | | delivered to a locker and is awaiting|being held for collection | delivery/delivered/pudo_point | |
| | | receiver has picked up their package|Package Picked Up At USPS Facility | post_delivery/collected/by_recipient | |
| | | (street (name|type|prefix|suffix)|city name|borough or county|postal code|state shown)|company or receiver name is incorrect|incomplete address information|not listed in the building directory|complete address information|additional address information | exception/held_at_hub/bad_address | |
| | | address is a rural route|rural route address       | exception/held_at_hub/bad_address | address_incomplete |
| | | delivery location is vacant|no longer in business          | exception/held_at_hub/bad_address | recipient_moved |
| | | do not currently serve the destination                     | exception/shipment_rejected/area_not_serviced | |
| | | exceeds the maximum (length|dimensions|weight)|overweight or oversized|dimensions exceed size limit | exception/shipment_rejected/oversized | |
| | | hazardous materials? (labeling|irregularity)|undeclared hazardous|hazardous material prohibited via air|transport this package by air | exception/held_at_hub/hazmat | |
| | | lithium battery is a restricted|unauthorized tobacco       | exception/held_at_hub/prohibited_items | |
| | | commodity restricted|restricted commodities               | exception/held_at_hub/prohibited_items | |
| | | label became detached|lacks the appropriate tracking label|illegible label|multiple, duplicate tracking numbers|number on this package has been altered | exception/held_at_hub | sender_bad_label |
| | | merchandise (is )?missing|merchandise missing              | exception/other | goods_incomplete |
| | | verify the package location|lost package investigation      | exception/other | goods_incomplete |
| | | empty carton is being returned|all merchandise is being returned | return_to_sender/initiated | goods_damaged |
| | | empty carton was discarded|not recoverable and was discarded | exception/destroyed | goods_damaged |
| | | ^merchandise has been delivered|reported the package was damaged|reported as damaged|delivery was made.*damaged | delivery/delivered | goods_damaged |
| | | was discarded at the sender's request|postal disposal site | exception/destroyed | |
| | | sender, the package is being returned|return to shipper required|shipper requested return | return_to_sender/initiated | |
| | | post office was unable to deliver .*returned it to the sender | return_to_sender/initiated/undeliverable | |
| | | post office attempted to deliver                          | delivery/attempt/left_notice | |
| | | package was seized|seized by the post office               | exception/delivery/seized_by_law_enforcement | |
| | | transferred to (a )?(postal|post office)|received by the local post office|tendered to UPS Express Critical|to an agent for final delivery|sent back to the post office|at local post office|transfer to freight | in_transit/carrier_network/handed_to_another_carrier | |
| | | (in transit to the UPS facility|forwarded to a UPS facility|in transit for final delivery|scheduled for transfer to the post office|dispatched from the USPS) | in_transit/carrier_network | |
| | | hold has been resolved|delay was resolved|^shipment removed from storage | in_transit/carrier_network | |
| | | package is in storage|held in the logistics location       | in_transit/processed_at_carrier_facility | |
| | | ^processing at UPS facility|processed at our facility|at the UPS distribution facility|climate controlled environment|ice replenishment|gel pack replenishment|was stored in a (controlled|refrigerator|freezer) | in_transit/processed_at_carrier_facility | |
| | | ^arrived at facility|arrived at USPS sort facility        | in_transit/arrived_at_carrier_facility | |
| | | departed from USPS sort facility                          | in_transit/departed_carrier_facility | |
| | | ^we have your package|pickup scan\\.?$                     | collection/collected | |
| | | request for this package was cancelled|cancelled the package dropoff | delivery/admin | |
| | | (investigation|claim) (has been|was|request|documentation|requires|is)|^this claim|investigation only|claim eligible|closing the claim|proof of delivery\\.$|service refund|unpaid cod investigation | post_delivery/claim | |
| | | label was left|printed and applied the shipping label|new tracking number was assigned|movement reference number|pre-authorized return label|mobile shipment was created|label has been discarded | delivery/admin | |
| | | scheduled for delivery today|scheduled for delivery on the next|re-?deliver today|delivery is (pending|scheduled)|delivery scheduled\\.?$|location is pending|will be delivered to the (UPS access|recipient's preferred|original receiver) | delivery/notification | |
| | | delivered by local post office|^the package was delivered at the receiver's location|receiver (has )?acknowledge|^delivery completed|your ups premier package was delivered | delivery/delivered | |
| | | (may be|is|been) delayed\\b                            | exception/delay | | operating conditions, your package may be delayed
| | | delivery (date )?(will be|was|has been|is being) rescheduled | delivery/change/date | |
| | | (caus\\w*|result\\w*) .*\\bdelays?\\b|has delayed delivery   | exception/delay | |
| | | \\bweather                                              | exception/delay/due_to_weather | |
| | | late (flight|UPS trailer)                                | exception/delay | carrier_missed_connection | A late flight has caused a delay
| | | mechanical (failure|or technical)                        | exception/delay | carrier_vehicle |
| | | misrouted|incorrectly sorted|wrong post office           | exception/delay/due_to_misroute | |
| | | missed (scheduled connection|the scheduled transfer)     | exception/delay | carrier_missed_connection |
| | | labor dispute                                            | exception/delay | strike |
| | | aviation security screening                              | exception/delay | security |
| | | held for a future delivery date                          | exception/held_at_hub | recipient_request | THIS PACKAGE IS BEING HELD FOR A FUTURE DELIVERY DATE
| | | held until all packages                                  | exception/delay | goods_incomplete |
| | | pending release from|awaiting customs clearance|awaiting final release | customs/in_progress | | pending release from a Government Agency
| | | preparing your package for clearance|reviewing the shipment clearance | customs/in_progress | |
| | | (obtain|details needed to|information for) (clear|clearance)   | customs/in_progress/awaiting_documentation | | contacted the sender to obtain clearance information
| | | cleared customs|released by (the )?customs|clearance completed | customs/cleared/released | |
| | | import (charges|C\\.O\\.D\\.) are due|duty information        | customs/held/pending_duty_taxes_payment | |
| | | receiver was not available|receiver not available|not in\\.?$  | delivery/attempt/recipient_unavailable | |
| | | (business|location) was closed|receiving business (is|was) closed|closed on the .* attempt | delivery/attempt/restricted_access_hours | |
| | | (receiver|recipient) (has )?(refused|refuse)|refused (by|package) | delivery/attempt/refused_by_recipient | |
| | | unable to (receive payment|collect funds)                  | delivery/attempt | recipient_cod_unpaid |
| | | security access                                          | delivery/attempt/unable_to_access_location | |
| | | (street|apartment|suite|room) number is (either )?(missing|incorrect)|incorrect address|address is incomplete | exception/held_at_hub/bad_address | |
| | | receiver has moved                                       | exception/held_at_hub/bad_address | recipient_moved |
| | | P\\.O\\. box                                              | exception/held_at_hub/bad_address | address_po_box |
| | | damaged? |damage is being held                           | exception/damage_loss/parcel_damaged | |
| | | lost and found                                           | exception/other | goods_incomplete |
| | | has destroyed the package|been destroyed|being disposed    | exception/destroyed | |
| | | prohibits|prohibited item|unauthorized (animal|plant|hazardous) | exception/held_at_hub/prohibited_items | |
| | | has changed.*address|modification of the receiver's address|address has been corrected | delivery/change/address | |
| | | on its way back|in the process of returning|(is|being|will be) returned to (the )?sender | return_to_sender/initiated | |
| | | (has|have|was) returned (your package |the package )?to the sender | return_to_sender/delivered | |
| | | moving to local post office                              | in_transit/carrier_network | |
| | | ^origin scan                                             | in_transit/processed_at_carrier_facility | |
| | | ^arrival scan|^destination scan                          | in_transit/arrived_at_carrier_facility | |
| | | ^departure scan                                          | in_transit/departed_carrier_facility | |
| | | ^(import|export|location|unload|warehouse|hub) scan       | in_transit/carrier_network | |
| | | ^pickup scan                                             | collection/collected | |
| | | ^drop.?off                                               | collection/dropped_by_customer/at_pudo | |
| | | ^out for delivery                                        | delivery/out_for_delivery | |
| | | (delivered to|at) UPS access point.*(pickup|awaiting)     | delivery/delivered/pudo_point | |
| | | ^billing information received|^shipper created a label|^order processed: ready | order/created | |
| | | ^cancel(led)? (arrival|departure|unload)$               | delivery/admin | | an earlier scan is taken back
| | | ^updated arrival$                                        | in_transit/arrived_at_carrier_facility | |
| | | ^updated departure$                                      | in_transit/departed_carrier_facility | |
`;
