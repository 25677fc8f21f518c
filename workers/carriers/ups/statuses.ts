import { readRules } from "../rules.ts";

/**
 * UPS. Activity codes and their sentences: "Tracking API – Codes" and "Quantum View: exception reason codes" of developer.ups.com;
 * "status NNN": the three-digit status codes of the same page; "type X": the activity types of the Track API; "D2", "E1" …: the
 * record types of Quantum View IFTSTA files. UPS has some seven hundred exception codes that say one thing in a few dozen
 * sentences, so those go by the sentence. Looked up in this order: code, sentence, status, type.
 * code | sub_code | service | text | Gluey code | reason | UPS's words
 */
export const rules = readRules(
  "ups",
  1,
  `
# Scans
MP | | | | order/created                              | | Shipper created a label, UPS has not received the package yet
PL | | | | order/created                              | | Shipper created a label, UPS has not received the package yet
OC | | | | order/created                              | | Shipper created a label, UPS has not received the package yet
VP | | | | order/cancelled                            | | Manifest cancelled and shipment voided
SP | | | | collection/scheduled                       | | Scheduled for Pickup Today
PU | | | | collection/collected                       | | Pickup scan
PC | | | | collection/collected                       | | Pickup by UPS Package Car
PT | | | | collection/collected                       | | Pickup by UPS trailer
OR | | | | in_transit/processed_at_carrier_facility   | | Origin scan
AR | | | | in_transit/arrived_at_carrier_facility     | | Arrival scan
F0 | | | | in_transit/arrived_at_carrier_facility     | | Arrival Scan
DP | | | | in_transit/departed_carrier_facility       | | Departure scan
F3 | | | | in_transit/departed_carrier_facility       | | Departure Scan
2O | | | | in_transit/departed_carrier_facility       | | Departed from Facility
DS | | | | in_transit/arrived_at_carrier_facility     | | Destination scan
EP | | | | in_transit/carrier_network                 | | Export scan
YX | | | | in_transit/carrier_network                 | | Export Scan
IP | | | | in_transit/carrier_network                 | | Import Scan
LC | | | | in_transit/processed_at_carrier_facility   | | Location Scan
LM | | | | in_transit/processed_at_carrier_facility   | | Location Scan
HU | | | | in_transit/processed_at_carrier_facility   | | Hub Scan
UL | | | | in_transit/processed_at_carrier_facility   | | Unload Scan
WH | | | | in_transit/processed_at_carrier_facility   | | Warehouse Scan
YT | | | | in_transit/processed_at_carrier_facility   | | Warehouse Scan
AT | | | | in_transit/airport/en_route                | | Air Transit Scan
AG | | | | in_transit/en_route_to_carrier_facility    | | Package is in transit to a UPS facility
YP | | | | in_transit/processed_at_carrier_facility   | | Preparing for delivery
DL | | | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | | Driver Load
OD | | | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | | Loaded on delivery vehicle; delivery might not be today
OF | | | | delivery/out_for_delivery                  | | Out for delivery
OT | | | | delivery/out_for_delivery                  | | Out for delivery
RK | | | | delivery/out_for_delivery                  | | Out for Delivery Today
RL | | | | delivery/out_for_delivery                  | | Out For Delivery
2K | | | | delivery/out_for_delivery                  | | Package Out For Delivery With The USPS
YF | | | | delivery/out_for_delivery                  | | USPS Out for Delivery
YI | | | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | | Out For Delivery to UPS Access Point: the recipient still has to fetch it
ZS | | | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | | Out for delivery to UPS Access Point
YM | | | | in_transit/carrier_network                 | | Package moving to local post office
ZW | | | | in_transit/carrier_network                 | | Package moving to local post office
XA | | | | in_transit/carrier_network/handed_to_another_carrier | | At Local Post Office
XR | | | | in_transit/carrier_network/handed_to_another_carrier | | Received by the local post office
YH | | | | in_transit/carrier_network/handed_to_another_carrier | | Received by the local post office
YN | | | | in_transit/carrier_network/handed_to_another_carrier | | Package received into postal network
2Q | | | | delivery/delivered/pudo_point              | | Delivered To UPS Access Point
ZP | | | | delivery/delivered/pudo_point              | | Delivered to UPS Access Point location and awaiting customer pickup
2W | | | | post_delivery/collected/by_recipient       | | Package Picked Up At UPS Access Point
B0 | | | | return_to_sender/delivered                 | | Package Delivered To Original Sender
SR | | | | customs/cleared/released                   | | Your package was released by the customs agency
UP | | | | delivery/change/date                       | | Updated Delivery Date
UT | | | | delivery/change/date                       | | Updated Delivery Time
PX | | | | post_delivery/proof/photo_of_location      | | Delivery Photo

# Quantum View IFTSTA, record type and code
D2:21  | | | | delivery/delivered                       | | QVD delivery
DS:31  | | | | in_transit/arrived_at_carrier_facility   | | QVD destination scan
record D2 | | | | delivery/delivered                    | | QVD delivery
record E1 | | | | exception/other                       | | QVD exception
record DS | | | | in_transit/arrived_at_carrier_facility | | QVD destination scan
record OR | | | | collection/collected                  | | QVD origin
record M1 | | | | order/created                         | | QVD manifest

# Three-digit status
status 003 | | | | order/created                              | | Shipment Ready for UPS
status 005 | | | | in_transit/carrier_network                 | | On the Way
status 006 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 007 | | | | order/cancelled                            | | Shipment Information Voided
status 010 | | | | in_transit/carrier_network                 | | On the Way
status 011 | | | | delivery/delivered                         | | Delivered
status 012 | | | | customs/in_progress                        | | Clearance in Progress
status 013 | | | | exception/other                            | | Exception
status 014 | | | | customs/cleared/released                   | | Clearance Completed
status 016 | | | | in_transit/processed_at_carrier_facility   | | In Warehouse
status 017 | | | | delivery/delivered/to_depot                | | Held for Customer Pickup
status 018 | | | | delivery/change                            | recipient_request | Delivery Change Requested: Hold for Pickup
status 019 | | | | exception/delay/due_to_recipient           | | Held for Future Delivery
status 020 | | | | delivery/change/date                       | | Held for Future Delivery Requested
status 021 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 022 | | | | delivery/attempt                           | | First Attempt Made
status 023 | | | | delivery/attempt                           | | Second Delivery Attempted
status 024 | | | | delivery/attempt                           | | Final Attempt Made
status 025 | | | | in_transit/carrier_network                 | | On the Way
status 026 | | | | delivery/delivered                         | | Delivered by Local Post Office
status 027 | | | | delivery/change/address                    | | Delivery Address Change Requested
status 028 | | | | delivery/change/address                    | | Delivery Address Changed
status 029 | | | | exception/other                            | | Exception: Action Required
status 030 | | | | exception/other                            | | Local Post Office Exception
status 032 | | | | exception/delay/due_to_weather             | | Adverse Weather May Cause Delay
status 033 | | | | delivery/change                            | sender_cancelled | Return to Sender Requested
status 034 | | | | return_to_sender/delivered                 | | Returned to Sender
status 035 | | | | return_to_sender/initiated                 | | Returning to Sender
status 036 | | | | return_to_sender/in_transit                | | Returning to Sender: In Transit
status 037 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 038 | | | | collection/collected                       | | Picked Up by UPS
status 039 | | | | in_transit/carrier_network                 | | On the Way
status 040 | | | | delivery/delivered/pudo_point              | | Ready for Customer Pickup
status 041 | | | | delivery/change/service                    | | Service Upgrade Requested
status 042 | | | | delivery/change/service                    | | Service Upgraded
status 043 | | | | collection/cancelled                       | | Voided Pickup
status 044 | | | | in_transit/en_route_to_carrier_facility    | | On the Way to UPS
status 045 | | | | in_transit/en_route_to_carrier_facility    | | On the Way to UPS
status 046 | | | | exception/delay                            | | Delay
status 047 | | | | in_transit/carrier_network                 | | On the Way
status 048 | | | | exception/delay                            | | Delay
status 049 | | | | exception/other                            | | Delay: Action Required
status 050 | | | | exception/held_at_hub/bad_address          | address_incomplete | Address Information Required
status 051 | | | | exception/delay/due_to_weather             | | Delay: Emergency Situation or Severe Weather
status 052 | | | | exception/delay/due_to_weather             | | Delay: Severe Weather
status 053 | | | | exception/delay/due_to_weather             | | Delay: Severe Weather
status 054 | | | | delivery/change                            | | Delivery Change Requested
status 055 | | | | delivery/change/date                       | | Rescheduled Delivery
status 056 | | | | delivery/change/service                    | | Service Upgrade Requested
status 057 | | | | in_transit/carrier_network                 | | On the Way to a Local UPS Access Point
status 058 | | | | customs/in_progress/awaiting_documentation | | Clearance Information Required
status 059 | | | | exception/damage_loss/parcel_damaged       | | Damage Reported
status 060 | | | | delivery/attempt                           | | Delivery Attempted
status 061 | | | | delivery/attempt                           | recipient_id_failed | Delivery Attempted: Adult Signature Required
status 062 | | | | delivery/attempt                           | recipient_cod_unpaid | Delivery Attempted: Funds Required
status 063 | | | | delivery/change                            | | Delivery Change Completed
status 064 | | | | delivery/attempt/refused_by_recipient      | | Delivery Refused
status 065 | | | | collection/attempt                         | | Pickup Attempted
status 066 | | | | delivery/attempt                           | | Post Office Delivery Attempted
status 067 | | | | return_to_sender/delivered                 | | Returned to Sender by Post Office
status 068 | | | | exception/other                            | goods_incomplete | Sent to Lost and Found
status 069 | | | | exception/other                            | | Unable to Deliver
status 070 | | | | in_transit/carrier_network                 | | Package not at UPS Access Point yet
status 071 | | | | in_transit/processed_at_carrier_facility   | | Preparing for Delivery
status 072 | | | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | | Loaded on Delivery Vehicle
status 073 | | | | in_transit/carrier_network                 | | In Transit to UPS Delivery Partner
status 074 | | | | in_transit/carrier_network/handed_to_another_carrier | | UPS Delivery Partner has Shipment
status 075 | | | | delivery/notification                      | | Scheduled for Delivery
status 076 | | | | exception/other                            | | UPS Delivery Partner Exception
status 077 | | | | collection/scheduled                       | | Scheduled for Pickup Today
status 078 | | | | delivery/out_for_delivery                  | | Your Driver is Arriving Soon!
status 079 | | | | order/created                              | | Order Processed: In Transit to UPS
status 080 | | | | order/created                              | | Order Processed: Ready for UPS
status 081 | | | | return_to_sender/initiated                 | goods_damaged | Returned - Damage Reported
status 082 | | | | delivery/change                            | | Delivery Instructions Received
status 083 | | | | exception/held_at_hub                      | | Held
status 084 | | | | in_transit/carrier_network                 | | Cleared
status 085 | | | | exception/held_at_hub                      | recipient_cod_unpaid | Held for COD Payment
status 086 | | | | exception/delay                            | | Delay
status 087 | | | | in_transit/carrier_network                 | | On the Way
status 089 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 090 | | | | exception/delay                            | | Delay
status 091 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 092 | | | | customs/in_progress                        | | Customs Clearance in Progress
status 096 | | | | delivery/change/address                    | | Address Change Confirmed
status 097 | | | | delivery/change/address                    | | Address Change Requested
status 115 | | | | delivery/change/date                       | | Reschedule Delivery Confirmed
status 123 | | | | customs/in_progress                        | | Pending Release From Non-UPS Broker
status 124 | | | | customs/in_progress/awaiting_documentation | | Clearance Information Needed
status 125 | | | | customs/in_progress/awaiting_documentation | | Clearance Information Needed
status 126 | | | | customs/in_progress                        | | Pending Government Agency Release
status 131 | | | | collection/attempt                         | | Final Pickup Attempted
status 132 | | | | exception/delay                            | security | Airport Security Delay
status 134 | | | | customs/cleared/released                   | | Cleared Import Customs
status 135 | | | | collection/attempt                         | | Second Pickup Attempted
status 136 | | | | delivery/change/date                       | | Delivery Rescheduled for Saturday
status 137 | | | | in_transit/carrier_network/handed_to_another_carrier | | Transferred to UPS Delivery Partner
status 143 | | | | in_transit/carrier_network/handed_to_another_carrier | | Delivered to Agent
status 144 | | | | delivery/delivered/post_office             | | Delivered to Post Office for Pickup
status 145 | | | | delivery/attempt                           | | Delivery Attempted
status 146 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 147 | | | | exception/delivery/seized_by_law_enforcement | | Seized by Law Enforcement
status 149 | | | | exception/destroyed                        | goods_prohibited | Prohibited Contents, Package Destroyed
status 153 | | | | delivery/change/date                       | | Updated Delivery Time
status 154 | | | | delivery/change/date                       | | Updated Delivery Date
status 157 | | | | order/created                              | | Shipment Ready for UPS
status 158 | | | | in_transit/carrier_network                 | | On the Way
status 159 | | | | in_transit/carrier_network                 | | On the Way
status 160 | | | | collection/collected                       | | We Have Your Package
status 161 | | | | delivery/delivered/pudo_point              | | Delivered to UPS Access Point
status 162 | | | | delivery/out_for_delivery                  | | Out for Delivery
status 164 | | | | in_transit/carrier_network                 | | On the Way
status 165 | | | | in_transit/carrier_network                 | | On the Way
status 167 | | | | collection/dropped_by_customer/at_pudo     | | Dropped off at UPS Store by Customer
status 168 | | | | collection/dropped_by_customer/at_pudo     | | Dropped off at Retail Location by Customer
status 169 | | | | collection/dropped_by_customer/at_pudo     | | Dropped off at a UPS Access Point by Customer

# Activity types
type D  | | | | delivery/delivered                       | | Delivered
type I  | | | | in_transit/carrier_network               | | In Transit
type P  | | | | collection/collected                     | | Pickup
type M  | | | | order/created                            | | Billing Information Received
type MV | | | | order/cancelled                          | | Billing Information Voided
type O  | | | | delivery/out_for_delivery                | | Out for Delivery
type RS | | | | return_to_sender/initiated               | | Returned to Shipper
type W  | | | | in_transit/processed_at_carrier_facility | | Warehousing (Freight Only)
type X  | | | | exception/other                          | | Exception
type U  | | | | delivery/admin                           | | Updates (Track Alert only)

# Sentences; where several fit, the lowest line counts
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
`,
);
