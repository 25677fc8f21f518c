import { readRules } from "../rules.ts";

/**
 * FedEx: scan event types of the Track API v1 ("Track: Event codes", developer.fedex.com), the same in the SOAP service before it.
 * Exceptions (DE, SE, DY …) say what happened in the sentence of their exception code, so that is looked up before the type.
 * code | exception code | service | text | Gluey code | reason | FedEx's words
 */
export const rules = readRules(
  "fedex",
  1,
  `
OC | | | | order/created                            | | Shipment information sent to FedEx
OX | | | | order/created                            | | Shipment information sent to USPS
CA | | | | order/cancelled                          | | Shipment Cancelled
DS | | | | collection/vehicle/dispatch              | | Vehicle Dispatched
EP | | | | collection/vehicle/en_route              | | Enroute to Pickup
AP | | | | collection/vehicle/en_route              | | At Pickup
PD | | | | collection/change                        | | Pickup Delay
PU | | | | collection/collected                     | | Picked Up
PX | | | | collection/collected                     | | Picked up (see Details)
IP | | | | collection/collected                     | | In FedEx possession
IT | | | | in_transit/carrier_network               | | In Transit
IX | | | | in_transit/carrier_network               | | In transit (see Details)
OW | | | | in_transit/carrier_network               | | On the way
Ow | | | | in_transit/carrier_network               | | On the way
PM | | | | in_transit/carrier_network               | | In Progress
TR | | | | in_transit/carrier_network               | | Transfer
OF | | | | in_transit/arrived_at_carrier_facility   | | At FedEx origin facility
AF | | | | in_transit/arrived_at_carrier_facility   | | At local FedEx Facility
AR | | | | in_transit/arrived_at_carrier_facility   | | Arrived at FedEx location
FD | | | | in_transit/arrived_at_carrier_facility   | | At FedEx Destination
SF | | | | in_transit/processed_at_carrier_facility | | At Sort Facility
DP | | | | in_transit/departed_carrier_facility     | | Departed
LO | | | | in_transit/departed_carrier_facility     | | Left Origin
EO | | | | in_transit/airport/en_route              | | Enroute to Origin Airport
EA | | | | in_transit/airport/en_route              | | Enroute to Airport
AA | | | | in_transit/departure_airport             | | At Airport
PF | | | | in_transit/airport/take_off              | | Plane in Flight
PL | | | | in_transit/airport/landing               | | Plane Landed
TP | | | | in_transit/carrier_network/handed_to_another_carrier | | Transfer Partner
AC | | | | in_transit/carrier_network/handed_to_another_carrier | | At Canada Post facility
AX | | | | in_transit/carrier_network/handed_to_another_carrier | | At USPS facility
OD | | | | delivery/out_for_delivery                | | Out for Delivery
ED | | | | delivery/out_for_delivery                | | Enroute to Delivery
AD | | | | delivery/out_for_delivery                | | At Delivery
DL | | | | delivery/delivered                       | | Delivered
HL | | | | delivery/delivered/pudo_point            | | Hold at Location
HP | | | | delivery/delivered/pudo_point            | | Ready for Recipient Pickup
CU | | | | customs/in_progress                      | | Customs
CP | | | | customs/in_progress                      | | Clearance in Progress
BR | | | | customs/broker                           | | Broker
CD | | | | customs/exception/delay                  | | Clearance Delay
CC | | | | customs/cleared/released                 | | Cleared Customs
DY | | | | exception/delay                          | | Delay
DD | | | | exception/delay                          | | Delivery Delay
DE | | | | exception/delivery                       | | Delivery Exception
SE | | | | exception/other                          | | Shipment Exception
RS | | | | return_to_sender/initiated               | | Return to Shipper
AO | | | | delivery/notification                    | | Shipment arriving On-time
RR | | | | delivery/change                          | | CDO requested
RM | | | | delivery/change                          | | CDO Modified
RC | | | | delivery/change                          | | CDO Cancelled
CH | | | | delivery/change/address                  | | Location Changed
RP | | | | delivery/admin                           | | Return label link emailed to return sender
RG | | | | delivery/admin                           | | Return label link expiring soon
RD | | | | delivery/admin                           | | Return label link expired
LP | | | | delivery/admin                           | | Return label link cancelled by shipment originator
SP | | | | delivery/admin                           | | Split Status
DR | | | | delivery/admin                           | | Vehicle furnished but not used

# Sentences of exception codes; where several fit, the lowest line counts
| | | delay                                        | exception/delay | |
| | | weather                                      | exception/delay/due_to_weather | |
| | | mechanical|equipment failure                 | exception/delay | carrier_vehicle |
| | | holiday                                      | exception/delay | holiday |
| | | missort|misrout                              | exception/delay/due_to_misroute | |
| | | (customer|recipient|receiver) requested (future|delayed) delivery|future delivery requested | exception/delay/due_to_recipient | |
| | | incorrect address|address (incorrect|problem)|unable to locate | delivery/attempt/incorrect_address | |
| | | (recipient|customer|receiver) (has )?moved     | delivery/attempt/recipient_no_longer_lives_here | |
| | | refused                                      | delivery/attempt/refused_by_recipient | |
| | | not available|not in|nobody home|business (was )?closed | delivery/attempt/recipient_unavailable | | Customer not available or business closed
| | | ^business (was )?closed                      | delivery/attempt/restricted_access_hours | |
| | | damage                                       | exception/damage_loss/parcel_damaged | |
| | | clearance                                    | customs/in_progress | |
| | | clearance delay                              | customs/exception/delay | |
| | | return(ed|ing)? (package )?to (shipper|sender) | return_to_sender/initiated | |
`,
);
