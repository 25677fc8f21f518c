import { readRules } from "../rules.ts";
import { FURTHER_CODES } from "./further-codes.ts";
import { SENTENCES } from "./sentences.ts";

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

# Requests, investigations and claims: they tell, they do not move
status 095 | | | | delivery/change                            | | Additional Attempt Requested
status 098 | | | | delivery/change/address                    | | Deliver to Original Address Requested
status 099 | | | | delivery/change/address                    | | Deliver to Original Address Confirmed
status 100 | | | | delivery/change/address                    | | Hold at UPS Access Point Confirmed
status 101 | | | | delivery/change/address                    | | Hold at UPS Access Point Requested
status 102 | | | | delivery/change                            | | Hold for Courier Requested
status 103 | | | | delivery/change                            | | Hold for Courier Confirmed
status 104 | | | | delivery/change                            | | Hold for Instructions Confirmed
status 105 | | | | delivery/change                            | | Hold for Instructions Requested
status 106 | | | | delivery/change                            | | Hold for Pickup Confirmed
status 107 | | | | delivery/change                            | | Hold for Pickup Requested
status 108 | | | | delivery/change                            | | Hold for Pickup Today Confirmed
status 109 | | | | delivery/change                            | | Hold for Pickup Today Requested
status 110 | | | | delivery/admin                             | | Refrigeration Confirmed
status 111 | | | | delivery/admin                             | | Refrigeration Requested
status 112 | | | | delivery/admin                             | | Re-Ice Confirmed
status 113 | | | | delivery/admin                             | | Re-Ice Requested
status 114 | | | | delivery/admin                             | | Request Canceled
status 116 | | | | delivery/change/date                       | | Reschedule Delivery Requested
status 117 | | | | delivery/change                            | | Return by Saturday Confirmed
status 118 | | | | delivery/change                            | sender_cancelled | Return to Sender Confirmed
status 119 | | | | delivery/change                            | sender_cancelled | Return to Sender Requested
status 120 | | | | delivery/change/date                       | | Saturday Delivery Confirmed
status 121 | | | | delivery/change/date                       | | Saturday Delivery Requested
status 122 | | | | delivery/change/service                    | | Upgrade Confirmed
status 127 | | | | post_delivery/claim                        | | Investigation Closed
status 128 | | | | post_delivery/claim                        | | Investigation Canceled
status 129 | | | | post_delivery/claim                        | | Investigation Opened
status 130 | | | | post_delivery/claim                        | | Claim in Progress
status 133 | | | | delivery/admin                             | | Return Label Left With Customer
status 138 | | | | in_transit/processed_at_carrier_facility   | | Awaiting Scheduled Departure
status 140 | | | | post_delivery/claim                        | | Claim Paid
status 141 | | | | post_delivery/claim                        | | Incomplete Documentation Received
status 142 | | | | post_delivery/claim                        | | Claim Voided
status 155 | | | | post_delivery/proof/photo_of_location      | | Delivery Photo
status 166 | | | | order/created                              | | Shipment Ready for Roadie

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

${FURTHER_CODES}
${SENTENCES}`,
);
