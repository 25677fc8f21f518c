import { readRules } from "../rules.ts";

/**
 * DHL Freight, IFTSTA D.01B. Pairs of status and reason from the list "Freight" of DHL's unified status codes
 * (developer.dhl.com, Shipment Tracking – Unified), which the files carry as STS C555 and C556. The number alone is UN/CEFACT
 * Recommendation 24's and mostly means nothing here; the second is DHL's own, not UN 9013.
 *
 * 20-209 is "Delivery appointment booked" in that list and "Späterer Liefertermin" (later delivery date) in DHL's own
 * files of 2020: both say that the goods wait in the warehouse for a later day that is agreed.
 * code | reason | service | text | Gluey code | reason | DHL's words
 */
export const rules = readRules(
  "dhl_freight",
  1,
  `
ACT | 2   | | | order/created                                      | | Consignment created
64  | 0   | | | collection/scheduled                               | | Collection arranged - OK
48  | 0   | | | order/pick_pack/completed                          | | Loaded by customer ready for Collection
15  | 501 | | | collection/vehicle/dispatch                        | | Out for Collection
31  | 139 | | | collection/vehicle/en_route                        | | Entered collection geofence area
55  | 211 | | | collection/attempt/unable_to_reach_contact         | | Not Collected - consignor closed
55  | 68  | | | collection/attempt/goods_not_ready                 | | Not Collected - customer not ready
55  | 21  | | | collection/attempt/refused_by_sender               | | Not Collected - customer refusal
55  | 126 | | | collection/attempt                                 | customs_documents | Not Collected - customs issue
55  | 240 | | | collection/attempt/refused_by_carrier              | sender_wrong_goods | Not Collected - DHL refusal, goods not transportable
55  | 241 | | | collection/attempt/sender_missing_information      | | Not Collected - missing or wrong reference
55  | 265 | | | collection/attempt                                 | | Not Collected - other reasons
55  | 294 | | | collection/attempt                                 | carrier_out_of_time | Not Collected - time issue
55  | 20  | | | collection/attempt                                 | traffic | Not Collected - traffic jam
55  | 266 | | | collection/attempt                                 | weather | Not Collected - weather condition issue
55  | 234 | | | collection/attempt/sender_missing_information      | address_wrong | Not Collected - wrong address
13  | 0   | | | collection/collected                               | | Collected
31  | 140 | | | in_transit/en_route_to_carrier_facility            | | Exited collection geofence area
24  | 0   | | | in_transit/departed_carrier_facility               | | Shipped from terminal
1   | 0   | | | in_transit/arrived_at_carrier_facility             | | Received at terminal
1   | 21  | | | in_transit/arrived_at_carrier_facility             | | Arrival at destination
24  | 628 | | | in_transit/departed_carrier_facility               | | Direct delivery
20  | 126 | | | customs/held                                       | | On hold - in customs clearance
12  | 0   | | | customs/cleared/released                           | | Customs cleared
20  | 266 | | | exception/delay/due_to_weather                     | | Delayed during transport - bad weather
20  | 354 | | | exception/delay                                    | holiday | Delayed during transport - bank holiday
20  | 270 | | | exception/delay                                    | strike | Exception occurred - Strike
7   | 0   | | | delivery/change                                    | sender_cancelled | New shipping instruction - consignment cancelled by sender
56  | 222 | | | return_to_sender/initiated                         | | New shipping instruction - shipment returned
20  | 208 | | | in_transit/processed_at_carrier_facility           | recipient_request | Shipment in warehouse - Awaiting delivery appointment
20  | 209 | | | exception/delay/due_to_recipient                   | | Shipment in warehouse - Delivery appointment booked; Späterer Liefertermin
20  | 13  | | | delivery/delivered/to_depot                        | | Shipment in warehouse - ready for self collection by consignee
20  | 296 | | | exception/held_at_hub                              | goods_payment | Shipment in warehouse - waiting for consignee payment
24  | 501 | | | delivery/out_for_delivery                          | | Out for Delivery
361 | 139 | | | delivery/out_for_delivery                          | | Entered delivery geofence area
361 | 140 | | | delivery/admin                                     | | Exited delivery geofence area
20  | 211 | | | delivery/attempt/restricted_access_hours           | | Attempted DHL delivery - consignee closed
56  | 211 | | | delivery/attempt/recipient_unavailable             | | Attempted DHL delivery - consignee not met
56  | 292 | | | delivery/attempt/refused_by_recipient              | recipient_cod_unpaid | Attempted DHL delivery - refused by consignee, COD/DAD problem
56  | 284 | | | delivery/attempt/refused_by_recipient              | sender_wrong_goods | Attempted DHL delivery - refused by consignee, wrong goods
56  | 611 | | | delivery/attempt/refused_by_recipient              | | Attempted DHL delivery - refused by consignee
56  | 241 | | | delivery/attempt/paperwork_incomplete              | | Attempted DHL delivery - refused due to missing documents
20  | 234 | | | delivery/attempt/incorrect_address                 | | Attempted DHL delivery - wrong consignee address
24  | 600 | | | delivery/delivered                                 | | Received by consignee
21  | 234 | | | delivery/delivered                                 | | Shipment delivered - new delivery address following consignee instruction
21  | 23  | | | delivery/attempt/partial_delivery_only             | | Shipment delivered with exception - partly delivered
21  | 600 | | | delivery/delivered                                 | | Shipment delivered with exception
21  | 0   | | | delivery/delivered                                 | | Delivered

# Without a reason only where the number leaves no doubt (Recommendation 24)
12  |     | | | customs/cleared/released                           | | Customs clearance, completed
13  |     | | | collection/collected                               | | Collection, completed
21  |     | | | delivery/delivered                                 | | Delivery, completed
55  |     | | | collection/attempt                                 | | Not Collected
`,
);
