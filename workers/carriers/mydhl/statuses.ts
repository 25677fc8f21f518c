import { readRules } from "../rules.ts";

/**
 * DHL Express checkpoints, as MyDHL API tells them in typeCode (developer.dhl.com, MyDHL API, "Tracking event codes").
 * code | sub_code | service | text | Gluey code | reason | DHL's words
 */
export const rules = readRules(
  "mydhl",
  1,
  `
SA | | | | order/created                              | | Shipment data received
PA | | | | order/created                              | | Shipment pre-advice received
PU | | | | collection/collected                       | | Shipment picked up
PL | | | | in_transit/processed_at_carrier_facility   | | Processed at location
RW | | | | delivery/admin                             | | Weight and dimensions captured
DF | | | | in_transit/departed_carrier_facility       | | Departed facility
PF | | | | in_transit/departed_carrier_facility       | | Processed for departure
AF | | | | in_transit/arrived_at_carrier_facility     | | Arrived at facility
AR | | | | in_transit/arrived_at_carrier_facility     | | Arrived at delivery facility
SM | | | | in_transit/processed_at_carrier_facility   | | Scheduled for movement
TR | | | | in_transit/carrier_network                 | | Transferred through
TP | | | | in_transit/carrier_network/handed_to_another_carrier | | Forwarded to third party
FD | | | | in_transit/carrier_network                 | | Forwarded for delivery
IC | | | | customs/in_progress                        | | In clearance processing
CI | | | | customs/in_progress                        | | Facility check-in for clearance
RR | | | | customs/in_progress                        | | Customs status updated
BN | | | | customs/broker                             | | Customer broker notified
CD | | | | customs/exception/delay                    | | Clearance delay
UD | | | | customs/exception/delay                    | | Uncontrollable clearance delay
CR | | | | customs/cleared/released                   | | Clearance released
WC | | | | delivery/out_for_delivery                  | | With delivery courier
OO | | | | delivery/out_for_delivery                  | | Out for delivery
OK | | | | delivery/delivered                         | | Delivered
DL | | | | delivery/delivered                         | | Delivered
DD | | | | delivery/delivered                         | goods_damaged | Delivered damaged
PD | | | | delivery/attempt/partial_delivery_only     | | Partial delivery
CC | | | | delivery/delivered/to_depot                | | Awaiting collection by the recipient as requested
NH | | | | delivery/attempt/recipient_unavailable     | | Not home
CA | | | | delivery/attempt/restricted_access_hours   | | Closed on arrival
RD | | | | delivery/attempt/refused_by_recipient      | | Refused delivery
CM | | | | delivery/attempt/recipient_no_longer_lives_here | | Customer moved
BA | | | | delivery/attempt/incorrect_address         | | Bad address
ND | | | | delivery/attempt                           | | Not delivered
AD | | | | exception/delay/due_to_recipient           | | Agreed delivery
MS | | | | exception/delay/due_to_misroute            | | Missorted
MC | | | | exception/delay/due_to_misroute            | | Miscoded
MD | | | | exception/delay                            | carrier_missed_connection | Missed delivery cycle
TD | | | | exception/delay                            | | Transport delay
DY | | | | exception/delay                            | | Delay
WX | | | | exception/delay/due_to_weather             | | Weather delay
OH | | | | exception/held_at_hub                      | | On hold
HP | | | | exception/held_at_hub                      | goods_payment | Held for payment
DS | | | | exception/destroyed                        | | Disposed
RT | | | | return_to_sender/initiated                 | | Returned to consignor
SC | | | | delivery/change/service                    | | Service changed
CS | | | | delivery/admin                             | | Closed shipment
`,
);
