/** DHL eCommerce Europe: numbers of its own, see ecommerce-codes.ts. "Unified status list" of developer.dhl.com. */
export const ECOMMERCE_EUROPE = `
1 | | ecommerce-europe | | order/created | | Electronical shipment data has been provided to DHL
2 | | ecommerce-europe | | collection/collected | | The shipment has been collected
9 | | ecommerce-europe | | collection/collected | | The shipment has been picked up at sender
226 | | ecommerce-europe | | collection/collected | | The shipment has been collected
14 | | ecommerce-europe | | collection/collected/from_pudo | | The shipment has been picked up at Parcelshop by courier
16 | | ecommerce-europe | | collection/collected/from_pudo | | The shipment has been picked up at Access Point by courier
17 | | ecommerce-europe | | collection/collected/from_pudo | | The shipment has been picked up at Postoffice by courier
228 | | ecommerce-europe | | collection/collected/from_pudo | | The shipment has been picked up at access point by courier
15 | | ecommerce-europe | | collection/collected/from_parcel_locker | | The shipment has been picked up at Parcelstation by courier
3 | | ecommerce-europe | | collection/dropped_by_customer/at_pudo | | The shipment has been dropped off at Parcelshop by sender
5 | | ecommerce-europe | | collection/dropped_by_customer/at_pudo | | The shipment has been dropped off at Postoffice by sender
4 | | ecommerce-europe | | collection/dropped_by_customer/at_parcel_locker | | The shipment has been dropped off at Parcelstation by sender
6 | | ecommerce-europe | | collection/dropped_by_customer/at_depot | | The shipment has been dropped off at depot by sender
7 | | ecommerce-europe | | collection/dropped_by_customer/at_depot | | The shipment has been dropped off at sorting center by sender
8 | | ecommerce-europe | | collection/dropped_by_customer/at_depot | | The shipment has been dropped off at gateway by sender
30 | | ecommerce-europe | | in_transit/carrier_network | | The shipment has arrived in transit country
33 | | ecommerce-europe | | in_transit/carrier_network | | The shipment has arrived in destination country
236 | | ecommerce-europe | | in_transit/carrier_network | | The shipment has arrived in transit country
238 | | ecommerce-europe | | in_transit/carrier_network | | The shipment has arrived in destination country
364 | | ecommerce-europe | | in_transit/processed_at_carrier_facility | | The shipment is assigned to a transport container
302 | | ecommerce-europe | | in_transit/carrier_network/handed_to_another_carrier | | The shipment has been handed over for final delivery
369 | | ecommerce-europe | | in_transit/carrier_network/handed_to_another_carrier | | The shipment was handed over to transport provider
42 | | ecommerce-europe | | delivery/out_for_delivery | | The shipment has been loaded to the van
43 | | ecommerce-europe | | delivery/delivered/pudo_point | | The shipment has been handed over to the Access Point
44 | | ecommerce-europe | | delivery/delivered/pudo_point | | The shipment has been handed over to the Parcelshop
45 | | ecommerce-europe | | delivery/delivered/parcel_locker | | The shipment has been handed over to the Parcelstation
46 | | ecommerce-europe | | delivery/delivered/post_office | | The shipment has been handed over to the Postoffice
52 | | ecommerce-europe | | delivery/notification | | The recipient has been notified (e.g. via email) about delivery details and available services
53 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
56 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
57 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
58 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
59 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
60 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
61 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
62 | | ecommerce-europe | | delivery/change | | The recipient has requested changes to the delivery process
159 | | ecommerce-europe | | delivery/change | recipient_request | The shipment could not be delivered because recipient requested to forward/redirect parcel
65 | | ecommerce-europe | | post_delivery/collected/by_recipient | | The shipment has been picked up by the recipient from depot
66 | | ecommerce-europe | | post_delivery/collected/by_recipient | | The shipment has been picked up by the recipient from Parcelshop
67 | | ecommerce-europe | | post_delivery/collected/by_recipient | | The shipment has been picked up by the recipient from Parcelstation
68 | | ecommerce-europe | | post_delivery/collected/by_recipient | | The shipment has been picked up by the recipient from Postoffice
72 | | ecommerce-europe | | delivery/attempt | | The shipment could not be delivered to the recipient
73 | | ecommerce-europe | | delivery/attempt/recipient_unavailable | | The shipment could not be delivered to the recipient, because the recipient was not available
74 | | ecommerce-europe | | delivery/attempt/recipient_unavailable | | The shipment could not be delivered to the recipient, because the recipient was not available
75 | | ecommerce-europe | | delivery/attempt/recipient_unavailable | | The shipment could not be delivered to the recipient, because the recipient was not available
85 | | ecommerce-europe | | delivery/attempt/recipient_unavailable | | The shipment could not be delivered to the recipient, because the recipient was not available
372 | | ecommerce-europe | | delivery/attempt/recipient_unavailable | | The shipment could not be delivered to the recipient, because the recipient was not available
77 | | ecommerce-europe | | delivery/attempt | recipient_cod_unpaid | The shipment could not be delivered to the recipient, due to unsuccessful COD payment
78 | | ecommerce-europe | | delivery/attempt | recipient_cod_unpaid | The shipment could not be delivered to the recipient, due to unsuccessful COD payment
79 | | ecommerce-europe | | delivery/attempt/incorrect_address | | The shipment could not be delivered to the recipient, because of an incorrect delivery address
80 | | ecommerce-europe | | delivery/attempt/incorrect_address | | The shipment could not be delivered to the recipient, because of an incorrect delivery address
206 | | ecommerce-europe | | delivery/attempt/incorrect_address | | The shipment could not be delivered to the recipient, because of incorrect address
81 | | ecommerce-europe | | delivery/attempt/recipient_no_longer_lives_here | | The shipment could not be delivered to the recipient, because the recipient has moved away
82 | | ecommerce-europe | | delivery/attempt/security_check_failed | | The shipment could not be delivered to the recipient, because the recipient could not show the mandatory ID for personal identification
330 | | ecommerce-europe | | delivery/attempt/security_check_failed | | The shipment could not be delivered to the recipient, because the recipient could not show the mandatory ID for personal identification
83 | | ecommerce-europe | | exception/damage_loss/parcel_damaged | | During the delivery, the shipment was damaged
86 | | ecommerce-europe | | delivery/attempt | goods_payment | The shipment could not be delivered to the recipient, because the payment of charges is missing
214 | | ecommerce-europe | | delivery/attempt | goods_payment | The shipment could not be handed over because payment of charges is missing
215 | | ecommerce-europe | | delivery/attempt | goods_payment | The shipment could not be handed over because payment of charges is missing
87 | | ecommerce-europe | | delivery/attempt | pickup_point_closed | The shipment could not be handed over to the Service Point because the Service point was closed
90 | | ecommerce-europe | | delivery/attempt | pickup_point_closed | The shipment could not be handed over to the Service Point because the Service point was closed
94 | | ecommerce-europe | | delivery/attempt | pickup_point_closed | The shipment could not be handed over to the Parcel Locker because the Parcel Locker is out of service
96 | | ecommerce-europe | | delivery/attempt | pickup_point_closed | The shipment could not be handed over to the Post Office because the Post Office was closed
395 | | ecommerce-europe | | delivery/attempt | pickup_point_closed | The shipment couldn´t be handed over to the Service Point as it was closed
88 | | ecommerce-europe | | delivery/attempt | pickup_point_full | The shipment could not be handed over to the Service Point because of capacity restraints in the Service Point
91 | | ecommerce-europe | | delivery/attempt | pickup_point_full | The shipment could not be handed over to the Service Point because of capacity restraints in the Service Point
93 | | ecommerce-europe | | delivery/attempt | pickup_point_full | The shipment could not be handed over to the Parcel Locker because of capacity restraints in the Parcel Locker
97 | | ecommerce-europe | | delivery/attempt | pickup_point_full | The shipment could not be handed over to the Post Office because of capacity restraints in the Post Office
89 | | ecommerce-europe | | delivery/attempt | goods_oversize | The shipment could not be handed over to the Service Point because it exceeds the maximum weight or dimensions allowed in the Service Point
92 | | ecommerce-europe | | delivery/attempt | goods_oversize | The shipment could not be handed over to the Service Point because it exceeds the maximum weight or dimensions allowed in the Service Point
98 | | ecommerce-europe | | delivery/attempt | goods_oversize | The shipment could not be handed over to the Post Office because it exceeds the maximum weight or dimensions allowed in the Post Office
200 | | ecommerce-europe | | delivery/attempt | goods_oversize | The shipment could not be handed over to the Service Point because it exceeds the maximum weight or dimensions allowed in the Service Point
95 | | ecommerce-europe | | delivery/attempt | unspecified | The shipment could not be handed over to the Parcel Locker because it violates the GT&C of the Parcel Locker
99 | | ecommerce-europe | | return_to_sender/initiated/not_collected | | The shipment has no been picked up by the recipient within the defined time and will be sent back to the sender
100 | | ecommerce-europe | | return_to_sender/initiated/not_collected | | The shipment has no been picked up by the recipient within the defined time and will be sent back to the sender
101 | | ecommerce-europe | | return_to_sender/initiated/not_collected | | The shipment has no been picked up by the recipient within the defined time and will be sent back to the sender
102 | | ecommerce-europe | | return_to_sender/initiated/not_collected | | The shipment has no been picked up by the recipient within the defined time and will be sent back to the sender
155 | | ecommerce-europe | | return_to_sender/initiated/not_collected | | The shipment has not been picked up within the defined time and will be sent back to the sender
130 | | ecommerce-europe | | customs/cleared/released | | The shipment has been released from export Customs
133 | | ecommerce-europe | | customs/cleared/released | | The shipment has been cleared at import Customs in destination country / region
258 | | ecommerce-europe | | customs/in_progress | | The shipment was presented to import customs by 3rd party provider
368 | | ecommerce-europe | | customs/in_progress | | The shipment was presented to export customs by 3rd party provider
370 | | ecommerce-europe | | customs/in_progress | | The shipment was presented to import customs by 3rd party provider
141 | | ecommerce-europe | | exception/delay | recipient_absent | The shipment has been held until next working day because recipient is not available
142 | | ecommerce-europe | | exception/delay/due_to_recipient | | The shipment has been held because recipient requested later delivery
172 | | ecommerce-europe | | exception/delay/due_to_recipient | | The shipment has been held because recipient requested later delivery
194 | | ecommerce-europe | | exception/delay/due_to_recipient | | Shipment has been held according to recipient's request
218 | | ecommerce-europe | | exception/delay/due_to_recipient | | The shipment could not be delivered because recipient requested later delivery
219 | | ecommerce-europe | | exception/delay/due_to_recipient | | The shipment could not be delivered and is being held because recipient requested later delivery
222 | | ecommerce-europe | | exception/delay/due_to_recipient | | The shipment could not be delivered due recipient's request
223 | | ecommerce-europe | | exception/delay/due_to_recipient | | The shipment could not be delivered due recipient's request
154 | | ecommerce-europe | | exception/other | | The delivery of the shipment failed
161 | | ecommerce-europe | | exception/other | | The shipment could not be delivered
156 | | ecommerce-europe | | exception/delay | | The shipment could not be delivered because of an exceptional event
217 | | ecommerce-europe | | exception/delay | | The shipment could not be delivered and is scheduled for further processing on next working day
269 | | ecommerce-europe | | exception/delay | | The shipment has been held. Further processing expected next working day
253 | | ecommerce-europe | | exception/delay | force_majeure | The shipment couldn´t be delivered because of an exceptional event. Further attempt on next working day
264 | | ecommerce-europe | | exception/delay/due_to_weather | | The shipment could not be delivered because of bad weather conditions. Further processing expected on next working day
266 | | ecommerce-europe | | exception/delay/due_to_weather | | The shipment has been held for bad weather conditions. Further processing expected next working day
265 | | ecommerce-europe | | exception/delay | carrier_capacity | The shipment could not be delivered because of capacity issues. Further processing expected on next working day
267 | | ecommerce-europe | | exception/delay | carrier_capacity | The shipment has been held for capacity issues. Further processing expected next working day
268 | | ecommerce-europe | | exception/held_at_hub | goods_payment | The shipment has been held and is awaiting payment of charges
358 | | ecommerce-europe | | exception/held_at_hub | goods_oversize | The shipment has been identified as oversized
248 | | ecommerce-europe | | return_to_sender/initiated/undeliverable | | The shipment is undeliverable and will be returned to destination under a new ID
249 | | ecommerce-europe | | return_to_sender/initiated/undeliverable | | The shipment is undeliverable and will be returned to the agreed return address in the destination country
363 | | ecommerce-europe | | return_to_sender/in_transit | | The shipment is handled by a return consolidator
365 | | ecommerce-europe | | return_to_sender/in_transit | | The shipment was assigned to a transport container and is ready for departure from return consolidator with new shipment ID
366 | | ecommerce-europe | | return_to_sender/delivered | | The shipment has been delivered back to the business sender
392 | | ecommerce-europe | | exception/delay | pickup_point_closed | The shipment could not be picked up due to a malfuntion of the Locker
`;
