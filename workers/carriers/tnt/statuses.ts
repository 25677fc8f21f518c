import { readRules } from "../rules.ts";

/**
 * TNT. Its list of status codes goes to customers only, so the rows are the codes that public samples of ExpressConnect
 * Tracking answers explain, and for the rest TNT's sentences, which are the same in every country (locale en_US). Read in
 * November 2026. The sentence of a code that is known does not count; the lowest sentence that fits does.
 * code | sub_code | service | text | Gluey code | reason | TNT's words
 */
export const rules = readRules(
  "tnt",
  1,
  `
PU  | | | | collection/collected                   | | Shipment Collected From Customer
CI  | | | | collection/collected                   | | Shipment Received At Origin Depot
IS  | | | | in_transit/arrived_at_carrier_facility | | Shipment Received At Tnt Location
IR  | | | | in_transit/arrived_at_carrier_facility | | Shipment Received At Tnt Location
AS  | | | | in_transit/arrived_at_carrier_facility | | Shipment Received At Transit Point
TR  | | | | in_transit/carrier_network             | | Shipment In Transit
OS  | | | | in_transit/carrier_network             | | Shipment In Transit
NR  | | | | exception/delay/due_to_carrier         | | Shipment Delayed In Transit Recovery Actions Underway
MLA | | | | exception/delay/due_to_carrier         | carrier_missed_connection | Connection Delay. Recovery Actions Underway
LAA | | | | exception/delay                        | authority_hold | Delay Due To Authorities
LAC | | | | exception/delay                        | traffic | Delay Due To Congestion En Route
CDB | | | | in_transit/processed_at_carrier_facility/parcel_repaired | sender_bad_packaging | Packaging Damaged. Repacked And Forwarded For Delivery
FDB | | | | in_transit/processed_at_carrier_facility/parcel_repaired | sender_bad_packaging | Packaging Damaged. Repacked And Forwarded For Delivery
AA  | | | | exception/held_at_hub/missing_information | | Duplicate Or Non-existent Consignment Record In System
OD  | | | | delivery/out_for_delivery              | | Out For Delivery
OK  | | | | delivery/delivered                     | | Shipment Delivered In Good Condition
PA  | | | | delivery/delivered                     | | Delivery By Mail. Delivery Confirmation Available On Request

| | | shipment (received|arrived) at                        | in_transit/arrived_at_carrier_facility | |
| | | shipment in transit                                   | in_transit/carrier_network | |
| | | onforwarded for delivery                              | in_transit/carrier_network/handed_to_another_carrier | |
| | | shipment collected from                               | collection/collected | |
| | | delay.*recovery action                                | exception/delay/due_to_carrier | |
| | | shipment rerouted                                     | exception/delay/due_to_misroute | |
| | | delay due to congestion                               | exception/delay | traffic |
| | | delay due to authorities                              | exception/delay | authority_hold |
| | | delay due to weather                                  | exception/delay/due_to_weather | |
| | | customs clearance in progress                         | customs/in_progress | |
| | | released by customs                                   | customs/cleared/released | |
| | | contact with receiver required                        | in_transit/processed_at_carrier_facility | recipient_request | waits for an appointment
| | | slot agreed with receiver                             | delivery/notification | |
| | | out for delivery                                      | delivery/out_for_delivery | |
| | | not home                                              | delivery/attempt/recipient_unavailable | |
| | | closed on delivery attempt                            | delivery/attempt/restricted_access_hours | |
| | | (shipment|consignment) delivered                      | delivery/delivered | |
| | | delivered damaged                                     | delivery/delivered | goods_damaged |
| | | packaging damaged. repacked                           | in_transit/processed_at_carrier_facility/parcel_repaired | sender_bad_packaging |
`,
);
