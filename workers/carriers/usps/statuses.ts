import { readRules } from "../rules.ts";

/**
 * USPS event codes: Publication 199, "Package Platform Tracking event codes", the same in Tracking v3 and the Web Tools XML.
 * Service "to sender": the sentence says that the parcel is back with who sent it. Without a rule: Picked Up, said of drivers and
 * of recipients, and Lost, which ends a parcel that may only be searched for.
 * code | sub_code | service | text | Gluey code | reason | USPS's words
 */
export const rules = readRules(
  "usps",
  1,
  `
GX | | | | order/created                                | | Shipping Label Created, USPS Awaiting Item
MA | | | | order/created                                | | Electronic Shipping Info Received
NP | | | | order/created                                | | Origin Post is Preparing Shipment
80 | | | | in_transit/carrier_network                   | | Picked up by shipping partner
81 | | | | in_transit/carrier_network                   | | Arrived at shipping partner facility
82 | | | | in_transit/carrier_network                   | | Departed shipping partner facility
03 | | | | collection/collected                         | | USPS in possession of item
OA | | | | collection/dropped_by_customer/at_depot      | | Accepted at USPS Origin Sort Facility
07 | | | | in_transit/arrived_at_carrier_facility       | | Arrived at Post Office
10 | | | | in_transit/arrived_at_carrier_facility       | | Arrived at USPS Regional Origin Facility
A1 | | | | in_transit/arrived_at_carrier_facility       | | Arrived at USPS Regional Facility
U1 | | | | in_transit/arrived_at_carrier_facility       | | Arrived at USPS Facility
AD | | | | in_transit/arrived_at_carrier_facility       | | Arrived at USPS Destination Facility
T1 | | | | in_transit/departed_carrier_facility         | | Departed USPS Regional Facility
EF | | | | in_transit/departed_carrier_facility         | | Departed USPS Facility
SF | | | | in_transit/departed_carrier_facility         | | Departed Post Office
L1 | | | | in_transit/departed_carrier_facility         | | Departed USPS Facility
TL | | | | in_transit/carrier_network                   | | In Transit to Next Facility
NT | | | | in_transit/carrier_network                   | | In Transit to Next Facility
DE | | | | in_transit/carrier_network                   | | In Transit, arriving on its way
PC | | | | in_transit/processed_at_carrier_facility     | | Sorting Complete
06 | | | | in_transit/carrier_network                   | | Forwarded
08 | | | | exception/delay/due_to_misroute              | | Missent
OF | | | | delivery/out_for_delivery                    | | Out for Delivery
14 | | | | delivery/delivered/post_office               | | Arrived at Unit, available for pickup
16 | | | | delivery/delivered/post_office               | | Available for Pickup
01 | | | | delivery/delivered                           | | Delivered; also into a parcel locker: no other event follows
02 | | | | delivery/attempt/left_notice                 | | Notice Left
51 | | | | delivery/attempt/restricted_access_hours     | | Notice Left (Business Closed)
52 | | | | delivery/attempt/left_notice                 | | Notice Left (Receptacle Full/Item Oversized)
53 | | | | delivery/attempt/no_safe_location            | | Notice Left (No Secure Location Available)
54 | | | | delivery/attempt/unable_to_access_location   | | No Access to Delivery Location
55 | | | | delivery/attempt/recipient_unavailable       | | Notice Left (No Authorized Recipient Available)
04 | | | | delivery/attempt/refused_by_recipient        | | Refused
05 | | | | exception/other                              | address_wrong | Undeliverable as Addressed
21 | | | | exception/held_at_hub/bad_address            | address_not_found | No Such Number
22 | | | | exception/held_at_hub/bad_address            | address_incomplete | Insufficient Address
23 | | | | exception/held_at_hub/bad_address            | recipient_moved | Moved, Left no Address
24 | | | | exception/held_at_hub/bad_address            | recipient_moved | Forward Expired
25 | | | | exception/held_at_hub/bad_address            | recipient_unknown | Addressee Unknown
26 | | | | exception/held_at_hub/bad_address            | address_wrong | Vacant
27 | | | | exception/held_at_hub                        | pickup_expired | Unclaimed
28 | | | | exception/held_at_hub                        | recipient_deceased | Deceased
09 | | | | return_to_sender/initiated                   | | Return to Sender

# Code 01 as well, but the sentence says to whom
01 | | to sender | | return_to_sender/delivered           | | Delivered, To Original Sender

# Sentences for codes that are new, words parted by blanks or underscores; the lowest line that fits counts
| | | ^in transit                                    | in_transit/carrier_network | |
| | | ^(arrived|arrival)                             | in_transit/arrived_at_carrier_facility | |
| | | ^departed                                      | in_transit/departed_carrier_facility | |
| | | ^forward(ed| processed)                        | in_transit/carrier_network | |
| | | ^(acceptance|accepted|usps picked up|origin[ _]scan) | collection/collected | |
| | | arriving late|^late$|delay|rescheduled to next | exception/delay | |
| | | ^processing exception                          | exception/delay/due_to_carrier | |
| | | misrouted|missent                              | exception/delay/due_to_misroute | |
| | | vehicle[ _]breakdown                           | exception/delay | carrier_vehicle |
| | | weather                                        | exception/delay/due_to_weather | |
| | | natural[ _]disaster                            | exception/delay | disaster |
| | | at customer request                            | exception/delay/due_to_recipient | | Held at Post Office, At Customer Request
| | | ^on[ _]hold                                    | exception/held_at_hub | |
| | | ^vacant                                        | exception/held_at_hub/bad_address | |
| | | (incorrect|wrong)[ _]address                   | exception/held_at_hub/bad_address | |
| | | insufficient[ _]address                        | exception/held_at_hub/bad_address | address_incomplete |
| | | address[ _]not[ _]found|no[ _]such[ _]number   | exception/held_at_hub/bad_address | address_not_found |
| | | addressee[ _]unknown                           | exception/held_at_hub/bad_address | recipient_unknown |
| | | ^(recipient[ _])?moved|^forward expired        | exception/held_at_hub/bad_address | recipient_moved |
| | | ^damaged                                       | exception/damage_loss/parcel_damaged | |
| | | ^disposed                                      | exception/destroyed | |
| | | customs clearance|inbound into customs         | customs/in_progress | |
| | | customs[ _]hold|held in customs                | customs/held | |
| | | customs[ _]delay                               | customs/exception/delay | |
| | | (customs|duties)[ _]unpaid                     | customs/held/pending_duty_taxes_payment | |
| | | ^out for delivery                              | delivery/out_for_delivery | |
| | | (available|ready) for pickup                   | delivery/delivered/post_office | |
| | | ^(re)?delivery scheduled|^reminder             | delivery/notification | |
| | | ^delivered                                     | delivery/delivered | |
| | | ^delivered,? to original sender                | return_to_sender/delivered | |
| | | ^(delivery[ _])?attempted|^delivery failed     | delivery/attempt | |
| | | notice left                                    | delivery/attempt/left_notice | |
| | | ^refused                                       | delivery/attempt/refused_by_recipient | |
| | | business[ _]closed                             | delivery/attempt/restricted_access_hours | |
| | | ^not[ _](available|home)|no authorized recipient | delivery/attempt/recipient_unavailable | |
| | | no[ _]access|access[ _]restricted|animal interference | delivery/attempt/unable_to_access_location | |
| | | no[ _]secure[ _]location                       | delivery/attempt/no_safe_location | |
| | | ^return(ed|ing)? to sender                     | return_to_sender/initiated | |
| | | ^unclaimed.*return                             | return_to_sender/initiated/not_collected | |
`,
);
