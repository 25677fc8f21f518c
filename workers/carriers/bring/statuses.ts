import { readRules } from "../rules.ts";
import { CAUSES } from "./causes.ts";

/**
 * Bring / Posten. Words: Event Cast API and Tracking API v2 (developer.bring.com, "Events"). Letters: the lists "Event codes",
 * "Cause codes" and "Action codes" of the same site, which the API repeats as lmEventCode and lmCauseCode and the IFTSTA
 * BIG07 files carry in STS. A letter tells more than the word beside it, so it is looked up first; the second column is the cause.
 * code | cause | service | text | Gluey code | reason | Bring's words
 */
export const rules = readRules(
  "bring",
  1,
  `
# Words of Event Cast and the Tracking API
PRE_NOTIFIED           | | | | order/created                                       | | EDI message for the package has been received
COLLECTED              | | | | collection/collected                                | | collected at pickup address
HANDED_IN              | | | | collection/dropped_by_customer/at_depot             | | handed in to Bring
IN_TRANSIT             | | | | in_transit/carrier_network                          | | in transit
TERMINAL               | | | | in_transit/arrived_at_carrier_facility              | | arrived at inbound/outbound terminal
INTERNATIONAL          | | | | in_transit/carrier_network                          | | sent from origin country or arrived at destination country
CUSTOMS                | | | | customs/in_progress                                 | | in customs clearance
TRANSPORT_TO_RECIPIENT | | | | delivery/out_for_delivery                           | | loaded for delivery to the recipient
ATTEMPTED_DELIVERY     | | | | delivery/attempt                                    | | attempted delivered at the door
READY_FOR_PICKUP       | | | | delivery/delivered/pudo_point                       | | arrived at pickup point
READY_FOR_PICK_UP      | | | | delivery/delivered/pudo_point                       | | the app's spelling
DELIVERED              | | | | delivery/delivered                                  | | delivered
DELIVERED_SENDER       | | | | return_to_sender/delivered                          | | returned to the sender
RETURN                 | | | | return_to_sender/in_transit                         | | on its way back to the sender
DEVIATION              | | | | exception/delay                                     | | deviation in production, probable delay
DELIVERY_ORDERED       | | | | delivery/change/service                             | | home delivery has been ordered
DELIVERY_CHANGED       | | | | delivery/change/date                                | | date for home delivery changed by customer
DELIVERY_CANCELLED     | | | | delivery/change/service                             | | home delivery cancelled by the customer; the parcel still comes
NOTIFICATION_SENT      | | | | delivery/notification                               | | notification sent by sms, push and/or mail
ADDED_BY_USER          | | | | delivery/admin                                      | | bookkeeping of the app

# Letters: announced, handed in, collected
T   | | | | order/created                                    | | NO SHIPMENT RECEIVED SO FAR, ONLY A PREADVICE
T1  | | | | order/created                                    | | DATA REGISTERED MANUALLY
T2  | | | | delivery/admin                                   | | EDI CORRECTED BY POSTEN/BRING
4   | | | | order/pick_pack/completed                        | | Ready for shipment from Consignor
L2  | | | | order/pick_pack/completed                        | | Ready by customer
A   | | | | collection/collected                             | | COLLECTED AT THE CUSTOMER'S ADDRESS
OSP | | | | collection/collected                             | | ORDER_STOP_PICKUP
7   | | | | collection/attempt                               | | Attempted pick up
AK  | | | | collection/cancelled                             | | PICKUP CANCELLED
ARC | | | | collection/vehicle/en_route                      | | Arrived at collection place
P   | | | | collection/dropped_by_customer/at_depot          | | HANDED IN AT POST OFFICE
R   | | | | collection/dropped_by_customer/at_depot          | | HANDED IN AT POSTAL TERMINAL
R4  | | | | collection/dropped_by_customer/at_depot          | | Handed in without measurement or weight
1   | | | | collection/dropped_by_customer/at_depot          | | HANDED IN AT TERMINAL
Y   | | | | exception/delivery/parcel_not_received           | | KOLLI NOT RECEIVED BY POSTEN/BRING

# Letters: under way
2   | | | | in_transit/carrier_network                         | | HANDED OVER TO ANOTHER UNIT
2A  | | | | in_transit/carrier_network/handed_to_another_carrier | | HANDED OVER TO SUB-CONTRACTOR
2B  | | | | in_transit/carrier_network/handed_to_another_carrier | | HANDED OVER TO GLS RETURN
2C  | | | | in_transit/carrier_network/handed_to_another_carrier | | HANDED OVER TO FEDEX
2D  | | | | in_transit/carrier_network                         | | Handed over to Bring Cargo
2E  | | | | in_transit/carrier_network/handed_to_another_carrier | | Handed over to TNT
2G  | | | | in_transit/carrier_network                         | | Deliver Bring Express, Gardermoen
6   | | | | in_transit/arrived_at_carrier_facility             | | UNLOADED FROM COLLECTION TRUCK
6A  | | | | in_transit/arrived_at_carrier_facility             | | Unloaded
C   | | | | in_transit/carrier_network                         | | SENT FROM ORIGIN COUNTRY
D   | | | | in_transit/carrier_network                         | | ARRIVED DESTINATION COUNTRY
G   | | | | in_transit/arrived_at_carrier_facility             | | ARRIVED AT TERMINAL OF DESTINATION
G1  | | | | in_transit/arrived_at_carrier_facility             | | Arrived customers warehouse
G2  | | | | in_transit/arrived_at_carrier_facility             | | arrived at the terminal
J   | | | | in_transit/arrived_at_carrier_facility             | | Arrival at transit office of exchange
K   | | | | in_transit/departed_carrier_facility               | | Departure from transit office of exchange
K3  | | | | in_transit/processed_at_carrier_facility           | | PACKAGE LOADED, DISTRIBUTED
KL  | | | | in_transit/processed_at_carrier_facility           | | PACKAGE UNLOADED FROM LOAD CARRIER
KM  | | | | in_transit/arrived_at_carrier_facility             | | UNLOADED AT DIP
KO  | | | | in_transit/processed_at_carrier_facility           | | PACKAGE LOADED IN LOAD CARRIER
L1  | | | | in_transit/processed_at_carrier_facility           | | Ready for delivery to subcontractor
LB1 | | | | in_transit/arrived_at_carrier_facility             | | Handed over to terminal
LBL | | | | in_transit/processed_at_carrier_facility           | | UNLOADED FROM LOAD CARRIER
LBO | | | | in_transit/processed_at_carrier_facility           | | LOADED IN LOAD CARRIER
ME  | | | | in_transit/processed_at_carrier_facility           | | Manual handling
S   | | | | in_transit/carrier_network                         | | REFORWARDED
W   | | | | in_transit/processed_at_carrier_facility/parcel_consolidated | | COLLATED
W1  | | | | in_transit/processed_at_carrier_facility           | | LOADED FOR TRANSPORT, FIRST ITEM
W2  | | | | in_transit/processed_at_carrier_facility           | | LOADED FOR TRANSPORT, LAST ITEM
WO  | | | | in_transit/processed_at_carrier_facility           | | LOADED FOR TRANSPORT
QI  | | | | exception/held_at_hub                              | | Into holding at hub
QU  | | | | in_transit/carrier_network                         | | Out of holding at hub

# Letters: customs
B   | | | | customs/in_progress                                | | ARRIVED FOR EXPORT CLEARANCE
M   | | | | customs/held                                       | | RETAINED FOR EXPORT CUSTOMS CLEARANCE
N   | | | | customs/cleared/released                           | | CUSTOMS CLEARED
N1  | | | | delivery/admin                                     | | INFO THAT SHIPMENT IS TOLLPASS
D1  | | | | customs/in_progress                                | | CUSTOMS CLEARANCE
E   | | | | customs/held                                       | | RETAINED FOR IMPORT CUSTOMS CLEARANCE
EA  | | | | customs/in_progress                                | | TO CUSTOMS WAREHOUSE
EB  | | | | customs/in_progress                                | | TO CUSTOMS WAREHOUSE
EC  | | | | customs/in_progress                                | | TO CUSTOMS AUTHORITIES
F   | | | | customs/cleared/released                           | | CUSTOMS CLEARED
FT  | | | | customs/cleared/released                           | | CUSTOMS CLEARED
FK  | | | | customs/cleared/released                           | | CLEARED BY CONSIGNEE
FG  | | | | customs/held/pending_duty_taxes_payment            | | DUTY CALCULATED; INVOICE SENT
FM  | | | | return_to_sender/initiated                         | | SENT IN RETURN
QL  | | | | customs/in_progress                                | | ARRIVED AT CUSTOMS WAREHOUSE
QS  | | | | customs/in_progress                                | | ARRIVED AT CUSTOMS WAREHOUSE - MANUAL
SA  | | | | customs/held                                       | | NOT READY FOR CUSTOMS CLEARANCE
SD  | | | | customs/held                                       | goods_incomplete | PART OF PACKAGE FOR CUSTOMS CLEARANCE
SF  | | | | customs/in_progress                                | | DOC'S SENT TO CUSTOMS FOR VERIFICATION
SL  | | | | customs/in_progress                                | | Transferred to customs clearance
SM  | | | | customs/held                                       | goods_incomplete | MULTI PACKAGE NOT READY FOR CLEARANCE
ST  | | | | in_transit/carrier_network                         | | FROM CUSTOMS CLEARANCE
SV  | | | | customs/in_progress/documentation_submitted        | | DOCUMENT RECEIVED FROM CUSTOMER
T3  | | | | customs/in_progress                                | | FHM FORTOLLING

# Letters: to the recipient
3   | | | | delivery/out_for_delivery                          | | LOADED FOR DELIVERY
ARD | | | | delivery/out_for_delivery                          | | Arrived at delivery place
Q   | | | | delivery/delivered/pudo_point                      | | ARRIVED AT PICKUP POINT
YO  | | | | delivery/delivered/pudo_point                      | | Delivered at selected pickup office
I   | | | | delivery/delivered                                 | | DELIVERED
I1  | | | | return_to_sender/delivered                         | | DELIVERED RETURN
I2  | | | | return_to_sender/delivered                         | | Delivered to sender
I3  | | | | delivery/delivered                                 | | DELIVERED FROM TERMINAL
I4  | | | | delivery/delivered                                 | | DELIVERED based on RFID
I5  | | | | delivery/delivered                                 | | Delivered through parcel locker
I6  | | | | delivery/delivered                                 | | Delivered unconfirmed based on senders instruction
I7  | | | | delivery/delivered                                 | | Delivered unconfirmed based on receivers instruction
I8  | | | | delivery/delivered                                 | | Delivered through warrant
I9  | | | | delivery/delivered                                 | | Delivered in the mailbox
I10 | | | | delivery/delivered                                 | | Delivered without signature
I11 | | | | delivery/delivered/with_signature                  | | Delivered with Bank-ID
I12 | | | | delivery/delivered/with_signature                  | | Delivered with SMS Signature
OI  | | | | delivery/delivered                                 | | ORDER_DELIVERED
OSD | | | | delivery/delivered                                 | | ORDER_STOP_DELIVERED
O   | | | | return_to_sender/initiated                         | | RETURNED TO SENDER
VI  | | | | exception/delay                                    | | Missed delivery

# Letters: delivery attempted, by cause
H   |     | | | delivery/attempt                               | | DELIVERY ATTEMPTED
H   | 01  | | | delivery/attempt/incorrect_address             | recipient_unknown | Addressee unknown
H   | 02  | | | delivery/attempt/recipient_no_longer_lives_here | | Addressee moved - address unknown
H   | 03  | | | delivery/attempt                               | recipient_request | Non delivery on customer request
H   | 04  | | | delivery/attempt                               | goods_oversize | Over max weight/dimensions
H   | 05  | | | delivery/attempt                               | recipient_no_contact | Telephone number of recipient not available
H   | 06  | | | delivery/attempt/security_check_failed         | | Rejected because of missing proof of identity
H   | 07  | | | delivery/attempt/security_check_failed         | | Rejected because of missing proof of identity
H   | 08  | | | delivery/attempt/security_check_failed         | | Rejected because of missing proof of identity
H   | 10  | | | delivery/attempt/incorrect_address             | address_incomplete | Incomplete address
H   | 11  | | | delivery/attempt/incorrect_address             | address_not_found | cannot find addressee
H   | 12  | | | delivery/attempt/recipient_unavailable         | | Addressee not available
H   | 13  | | | delivery/attempt/refused_by_recipient          | | Refused by addressee
H   | 14  | | | delivery/attempt/restricted_access_hours       | | Business not open until 09.00 a.m.
H   | 16  | | | exception/delay                                | carrier_capacity | Lack of capacity in distribution
H   | 18  | | | exception/damage_loss/parcel_damaged           | | Item damaged
H   | 24  | | | exception/delay/due_to_recipient               | | Later delivery on customer request
H   | 30  | | | delivery/attempt                               | recipient_cod_unpaid | COD charge is unpaid
H   | 31  | | | delivery/attempt/recipient_no_longer_lives_here | | Addressee has new address
H   | 39  | | | delivery/attempt                               | carrier_area | Outside coverage area
H   | 42  | | | delivery/attempt/incorrect_address             | | Incorrect post code
H   | 57  | | | delivery/attempt                               | recipient_no_contact | No contact with recipient
H   | 86  | | | exception/delay                                | force_majeure | External factor
H   | 87  | | | exception/delay                                | force_majeure | Force Majeure
H   | 90  | | | delivery/attempt/incorrect_address             | recipient_unknown | addressee unknown
H   | 93  | | | delivery/attempt                               | address_po_box | addressed to post office box
H   | 98  | | | delivery/attempt                               | pickup_point_full | No free capacity at the pickup point
H   | 100 | | | delivery/attempt                               | pickup_point_full | No available box on locker
H   | 999 | | | delivery/attempt                               | recipient_deceased | Addressee deceased
H   | AB  | | | exception/delay                                | carrier_capacity | Lack of capacity
H   | AC  | | | exception/delay/due_to_weather                 | | Bad weather condition
H   | AO  | | | delivery/attempt                               | pickup_point_closed | Package Machine inoperative
H   | AS  | | | delivery/attempt/unable_to_access_location     | | Wrong entry code/wrong Code tag
H   | AT  | | | delivery/attempt/unable_to_access_location     | | No response via entry phone
H   | AU  | | | delivery/attempt                               | recipient_no_contact | cannot get in contact with the receiver
H   | AX  | | | delivery/attempt/incorrect_address             | | Addressed to invalid zip code
H   | AY  | | | delivery/attempt/restricted_access_hours       | | outside opening hours for Vinmonopolet
H   | BI  | | | delivery/attempt/no_safe_location              | | Mailbox full
H   | BJ  | | | delivery/attempt/no_safe_location              | | Mailbox unavailable
H   | BK  | | | delivery/attempt/incorrect_address             | address_not_found | Couldn't find agreed delivery point
H   | BL  | | | delivery/attempt/no_safe_location              | | Agreed delivery point unavailable
H   | BM  | | | delivery/attempt                               | pickup_point_full | Selected delivery point full
H   | BP  | | | delivery/attempt/security_check_failed         | | No valid ID
H   | BT  | | | exception/delay                                | carrier_out_of_time | Exceeded time
H   | CG  | | | delivery/attempt/unable_to_access_location     | | No access to building
H   | CH  | | | delivery/attempt/incorrect_address             | | Incorrect delivery address
H   | CL  | | | exception/delay                                | carrier_out_of_time | Not possible due to time
H   | O01 | | | delivery/attempt/incorrect_address             | | Wrong address
H   | O13 | | | delivery/attempt/refused_by_recipient          | | Refused
H   | O14 | | | delivery/attempt/recipient_unavailable         | | Nobody home

# Letters: error in processing, by cause
V   |     | | | exception/carrier_hub/other                    | | ERROR OCCURED IN PROCESSING
V   | 04  | | | exception/carrier_hub/other                    | goods_oversize | Over max weight/dimensions
V   | 15  | | | exception/carrier_hub/other                    | sender_bad_label | Incorrectly labelled by sender
V   | 16  | | | exception/delay                                | carrier_capacity | Lack of capacity in distribution
V   | 17  | | | exception/delay/due_to_misroute                | | Misdirected
V   | 18  | | | exception/damage_loss/parcel_damaged           | | Item damaged
V   | 19  | | | exception/held_at_hub/prohibited_items         | | Prohibited article
V   | 24  | | | exception/delay/due_to_recipient               | | Later delivery on customer request
V   | 25  | | | exception/delay                                | security | Delayed in security check
V   | 28  | | | exception/delay/due_to_sender                  | | Handed in after deadline
V   | 32  | | | exception/other                                | goods_incomplete | Incomplete consignment
V   | 38  | | | exception/delay/due_to_misroute                | | Misdirected
V   | 40  | | | exception/delay                                | | Delayed
V   | 41  | | | exception/delay                                | goods_incomplete | Remaining goods
V   | 43  | | | exception/delay/due_to_misroute                | | Misdirected
V   | 44  | | | exception/delay/due_to_misroute                | | Wrongly Sorted
V   | 45  | | | exception/delay/due_to_misroute                | | Wrongly labelled / Misdirected
V   | 46  | | | exception/damage_loss/lost_in_transit          | | Item lost
V   | 47  | | | exception/delay                                | | Delayed
V   | 48  | | | customs/held/missing_documentation             | | Delayed - customs declaration missing
V   | 49  | | | exception/held_at_hub                          | pickup_expired | Unclaimed
V   | 64  | | | exception/damage_loss/parcel_damaged           | | Damaged during transport
V   | 74  | | | exception/damage_loss/parcel_damaged           | | damaged at terminal
V   | 75  | | | exception/damage_loss/parcel_damaged           | | damaged under transport
V   | 86  | | | exception/delay                                | force_majeure | External factor
V   | 87  | | | exception/delay                                | force_majeure | Force Majeure
V   | 94  | | | exception/carrier_hub/other                    | sender_bad_packaging | insufficient packaging
V   | AB  | | | exception/delay                                | carrier_capacity | Lack of capacity
V   | AC  | | | exception/delay/due_to_weather                 | | Bad weather condition
V   | AE  | | | exception/carrier_hub/other                    | sender_bad_label | Non readable barcode (Customer's fault)
V   | AL  | | | exception/delay                                | carrier_processing | Delay in distribution/collection
V   | AW  | | | exception/carrier_hub/other                    | goods_temperature | temperature deviations
V   | BT  | | | exception/delay                                | carrier_out_of_time | Exceeded time
5   |     | | | exception/damage_loss/parcel_damaged           | | Damaged
LV  |     | | | exception/delay                                | force_majeure | FORCE MAJEURE
VG  |     | | | exception/delay                                | goods_incomplete | GOODS REMAINING
VL  |     | | | exception/delay                                | carrier_processing | Error in linehaul

# Letters: told, ordered, changed, booked
X   | | | | delivery/notification                              | | NOTICE SENT
X1  | | | | delivery/notification                              | | Notified
X2  | | | | delivery/notification                              | | Notification attempt
X3  | | | | delivery/notification                              | | PUSH NOTICE SENT
X4  | | | | delivery/admin                                     | | Basis for notification received in VH
X5  | | | | delivery/notification/letter                       | | Duplicate msg has been sent for printing
X6  | | | | delivery/notification                              | | Pickup notice in Digipost
X7  | | | | delivery/notification                              | | Duplicate Digipost Notification
X11 | | | | delivery/notification                              | | Notification of retrieve message is sent to recipient
X12 | | | | delivery/notification                              | | Notification of car delivery for delivery
X13 | | | | delivery/notification                              | | Alert on delivery on route
X14 | | | | delivery/notification                              | | Notification of change of delivery method
X15 | | | | delivery/notification                              | | Notification of delivery of consignment
X16 | | | | delivery/notification                              | | Alert of deviation sent to recipient
X17 | | | | delivery/notification                              | | Reminder of package is sent recipient
X18 | | | | delivery/notification                              | | Receipt for sent parcel
X19 | | | | delivery/notification                              | | On the way notification based on EDI
X21 | | | | delivery/notification                              | | Notification of retrieve message is sent to recipient
X22 | | | | delivery/notification                              | | Notification to recipient
YA  | | | | delivery/change/service                            | | Home delivery ordered
YB  | | | | delivery/change/date                               | | Date of home delivery changed
YC  | | | | delivery/change/service                            | | Home delivery cancelled
YD  | | | | delivery/change/service                            | | LPB DELIVERY REQUESTED
YE  | | | | delivery/change/date                               | | Date for LPB delivery changed
YF  | | | | delivery/change/service                            | | LPB delivery cancelled
YG  | | | | delivery/change/local_place                        | | Flex delivery ordered by recipient
YI  | | | | delivery/change/local_place                        | | Delivery to your regular place at home
YJ  | | | | delivery/change/local_place                        | | Cancelled delivery to your regular place at home
YK  | | | | delivery/change/service                            | | Delivery requested from pick up point
YM  | | | | delivery/change/service                            | | Indoor Delivery ordered by recipient
YH  | | | | delivery/admin                                     | | Shipment updated with delivery info
Y1  | | | | delivery/admin                                     | | Paid by SWISH
Y2  | | | | delivery/admin                                     | | Paid by MOBILEPAY
Y3  | | | | delivery/admin                                     | | Paid by VIPPS
A3  | | | | delivery/admin                                     | | CHECK, CAPTURE OF WEIGHT AND VOLUME
A4  | | | | delivery/change/service                            | | Changed product group
A6  | | | | delivery/admin                                     | | Event from Route Optimizer
A9  | | | | delivery/admin                                     | | Removed from route
LBR | | | | delivery/admin                                     | | Loadcarrier R-event
QD  | | | | delivery/admin                                     | | Duplicate from warehouse
SI  | | | | delivery/admin                                     | | Shipment details updated
SO  | | | | delivery/admin                                     | | SHIPMENT DETAILS UPDATED
U   | | | | delivery/admin                                     | | BASIS FOR INVOICING IS CALCULATED
U2  | | | | delivery/admin                                     | | Basis for invoicing is calculated
${CAUSES}`,
);
