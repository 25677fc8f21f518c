/** DHL Parcel Poland, DHL Global Forwarding and DHL's letters ("svb"). "Unified status list" of developer.dhl.com. */
export const OTHER_SERVICES = `
AN | | parcel-pl | | exception/held_at_hub/bad_address | | Invalid address for delivery. Please contact DHL Parcel Customer Service Department at 42 6 345 345.
AN_RA | | parcel-pl | | exception/held_at_hub/bad_address | | Invalid or incomplete address for delivery
AWI_DP2 | | parcel-pl | | delivery/attempt/recipient_unavailable | | DHL courier did not find the recipient under the entered delivery address.Delivery at the time agreed with recipient
AWI_SAS | | parcel-pl | | delivery/attempt/recipient_unavailable | | DHL courier did not find alternative recipient (neighbour) under the entered delivery address
AWI_OZ | | parcel-pl | | delivery/attempt/unable_to_access_location | | No access to the premises or housing estate closed
ZWW | | parcel-pl | | delivery/attempt | | Delivery failed. Shipment awaiting consecutive delivery cycle.
AWI_SPCAP | | parcel-pl | | exception/delay | pickup_point_full | Shipment directed to another SP due to original overflow
SP_CAP | | parcel-pl | | exception/delay | pickup_point_full | Delivery to DHL POP was not possible.There will be another delivery attempt
BRG | | parcel-pl | | exception/held_at_hub | goods_payment | Delivery was suspended until fees are paid by recipient
BRG_SAS | | parcel-pl | | delivery/attempt | goods_payment | Alternative recipient (neighbour) did not pay for transport and/or goods
DOR | | parcel-pl | | delivery/delivered | | Shipment was delivered to recipient
DOR_OTH | | parcel-pl | | delivery/delivered | | Shipment was delivered to another person
DOR_RDZ | | parcel-pl | | delivery/delivered | | Shipment was delivered to family member
DOR_LOK | | parcel-pl | | delivery/delivered/left_in_safe_place | | Shipment was delivered to entered location
DOR_POC | | parcel-pl | | delivery/delivered/post_office | | Shipment was delivered to post office
SP_DSP | | parcel-pl | | delivery/delivered/pudo_point | | Shipment is waiting to be collected from DHL POP
SP_PA | | parcel-pl | | delivery/delivered/pudo_point | | Shipment is waiting to be collected from DHL POP
OWL_PS_ONO | | parcel-pl | | delivery/delivered/pudo_point | | Shipment to be picked up by customer – Packstation
OWL_SP_ONO | | parcel-pl | | delivery/delivered/pudo_point | | Shipment to be picked up by customer – Service Point
OWL | | parcel-pl | | delivery/delivered/to_depot | | Shipment to be picked up by customer in DHL terminal
OWL_ONO | | parcel-pl | | delivery/delivered/to_depot | | Shipment to be picked up by customer
PPDOR | | parcel-pl | | post_delivery/collected/by_recipient | | Shipment was picked up in DHL Customer Service Point
SP_DOR | | parcel-pl | | post_delivery/collected/by_recipient | | Shipment has been collected from DHL POP
LP | | parcel-pl | | in_transit/arrived_at_carrier_facility | | Shipment arrived in branch office
DWP | | parcel-pl | | collection/dropped_by_customer/at_depot | | Shipment accepted at DHL shipping terminal
SP_DWP | | parcel-pl | | collection/dropped_by_customer/at_pudo | | Shipment sent from DHL POP is waiting to be collected by DHL courier
EDC | | parcel-pl | | customs/cleared/released | | Shipment has been cleared at customs
EXC | | parcel-pl | | customs/cleared/released | | Shipment released from customs
EDWP | | parcel-pl | | order/created | | DHL received electronic shipment data. Information will be updated after Sender hands out shipment for transport
SP_CN | | parcel-pl | | order/cancelled | | Posting shipment from DHL POP was cancelled. Please contact the Sender
LK | | parcel-pl | | delivery/out_for_delivery | | Shipment handed out to courier for delivery
LW | | parcel-pl | | in_transit/carrier_network | | Shipment in transport
LW_PL | | parcel-pl | | in_transit/carrier_network | | Shipment on its way to Poland
WEJPL | | parcel-pl | | in_transit/carrier_network | | Shipment arrived in Poland
WYJPL | | parcel-pl | | in_transit/carrier_network | | Shipment left Poland
SP_DW | | parcel-pl | | in_transit/carrier_network | | Your shipment is on its way to DHL POP point
SORT | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment under processing in sorting depot
TRM | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
TRM_X | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
WER | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
ZID | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
ZMA | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
ZOS | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
ZWW_KRYZ | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
BCZ | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
LIK | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
SP_ATDSP | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready to be delivered on the next working day
KWC | | parcel-pl | | in_transit/processed_at_carrier_facility | | Shipment ready for delivery today
OP_DO | | parcel-pl | | return_to_sender/initiated | recipient_id_failed | Return of shipment to Sender – invalid ID
OP_DOK | | parcel-pl | | return_to_sender/initiated | | Return of shipment to Sender – no additional documents to pick up
SP_KZW | | parcel-pl | | return_to_sender/initiated/not_collected | | Return of shipment to Sender – collection date from DHL POP has expired
SP_TO | | parcel-pl | | return_to_sender/initiated/not_collected | | Return of shipment to Sender – collection date from DHL POP has expired
OWL_KP | | parcel-pl | | delivery/notification | | Customer was notified about the date and place for picking up shipment
OWL_PS_KP | | parcel-pl | | delivery/notification | | Customer was notified about the date and place for picking up shipment
OWL_SP_KP | | parcel-pl | | delivery/notification | | Customer was notified about the date and place for picking up shipment/parcel locker filled/to be picked up in Service Point
SP_KP | | parcel-pl | | delivery/notification | | Customer was notified about the date and place for picking up shipment from DHL POP
POW | | parcel-pl | | delivery/notification | | Notification has been sent to recipient
ZWW_NSP | | parcel-pl | | delivery/notification | | Delivery to DHL POP is planned on the next working day
PNK | | parcel-pl | | exception/other | goods_incomplete | Incomplete shipment
PNPT | | parcel-pl | | delivery/change/date | | Recipient’s decision: new date for shipment delivery
PO18 | | parcel-pl | | delivery/change/date | | Recipient’s decision: changed hours for shipment delivery
SOB | | parcel-pl | | delivery/change/date | | Recipient’s decision: new date for shipment delivery
ZA | | parcel-pl | | delivery/change/address | | Recipient’s decision: new delivery address for shipment
ZAIT | | parcel-pl | | delivery/change/address | | Recipient’s decision: new delivery address for shipment
PSHOP | | parcel-pl | | delivery/change/address | | Recipient’s decision: shipment to be picked up in person in DHL POP
SAS | | parcel-pl | | delivery/change/local_place | | Recipient’s decision: alternative delivery address for shipment in case there is no Addressee
SP_ZAM | | parcel-pl | | exception/held_at_hub | | Shipment delivery to DHL POP was suspended.Please contact DHL Parcel Customer Service Department at 42 6 345 345

DATA_SUBMITTED | | dgf | | order/created | | DATA SUBMITTED - AWAITING PARCEL HANDOVER TO DHL
PICKUP_SUCCESSFUL | | dgf | | collection/collected | | PICKUP SUCCESSFUL
READY_FOR_DEPARTURE | | dgf | | in_transit/processed_at_carrier_facility | | READY FOR DEPARTURE
ARRIVED | | dgf | | in_transit/airport/landing | | FLIGHT LANDED
CLEARED_BY_CUSTOMS | | dgf | | customs/cleared/released | | CLEARED BY CUSTOMS
DELIVERY_EXCEPTION | | dgf | | exception/other | | DELIVERY EXCEPTION

ANNOUNCED | | svb | | order/created | | PRE_TRANSIT
DELIVERY_ATTEMPTED | | svb | | delivery/attempt | | TRANSIT
DEPARTURE_FROM_INWARD_OE | | svb | | in_transit/departed_carrier_facility | | TRANSIT
ARRIVED_IN_DESTINATION_COUNTRY | | svb | | in_transit/carrier_network | | TRANSIT
FORWARDED_ABROAD | | svb | | in_transit/carrier_network | | TRANSIT
PASSED_LETTER_CENTER | | svb | | in_transit/processed_at_carrier_facility | | TRANSIT
IN_DELIVERY | | svb | | delivery/out_for_delivery | | TRANSIT
HANDOVER_CUSTOMS | | svb | | customs/in_progress | | TRANSIT
HELD_BY_CUSTOMS | | svb | | customs/held | | TRANSIT
SENT_BACK | | svb | | return_to_sender/initiated | | TRANSIT
SENT_BACK_ABROAD | | svb | | return_to_sender/initiated | | TRANSIT
`;
