import { readRules } from "../rules.ts";

/**
 * Landmark Global, "Track API Request" and "Tracking File Specifications", possible tracking status codes
 * (mercurydocs.landmarkglobal.com), read in November 2026. 60 to 80 are steps of Landmark's own warehouse. The sentences
 * below stand under other codes than their own: 125 is customs cleared, and also what is sent to customs before.
 * code | sub_code | service | text | Gluey code | reason | Landmark's words
 */
export const rules = readRules(
  "landmark",
  1,
  `
50  | | | | order/created                             | | Shipment Data Uploaded
60  | | | | order/pick_pack/started                   | | Shipment inventory allocated
75  | | | | order/pick_pack/completed                 | | Shipment Processed
80  | | | | order/despatched                          | | Shipment Fulfilled
90  | | | | exception/held_at_hub                     | goods_payment | Shipment held for payment
100 | | | | order/created                             | | Shipment information transmitted to carrier
125 | | | | customs/cleared/released                  | | Customs Cleared
135 | | | | customs/exception                         | | Customs Issue
150 | | | | in_transit/carrier_network                | | Crossing Border
155 | | | | in_transit/arrived_at_carrier_facility    | | Crossing Received
200 | | | | in_transit/processed_at_carrier_facility  | | Item scanned at postal facility
225 | | | | in_transit/processed_at_carrier_facility  | | Item grouped at Landmark or partner facility
250 | | | | in_transit/processed_at_carrier_facility  | | Item scanned for crossing
275 | | | | in_transit/carrier_network                | | Item in transit with carrier
300 | | | | delivery/out_for_delivery                 | | Item out for delivery
400 | | | | delivery/attempt                          | | Attempted delivery
410 | | | | delivery/delivered/pudo_point             | | Item available for pickup
450 | | | | delivery/change/address                   | | Item re-directed to new address
500 | | | | delivery/delivered                        | | Item successfully delivered
510 | | | | post_delivery/proof/proof_of_delivery     | | Proof Of Delivery
550 | | | | return_to_sender/carrier_facility/arrived | | Return received at handling facility
570 | | | | return_to_sender/delivered                | | Return Received
800 | | | | post_delivery/claim                       | | Claim Issued
900 | | | | exception/other                           | | Delivery failed: nothing is said of what follows

| | | customs transmission sent         | customs/in_progress/documentation_submitted | | under 125
| | | customs clearance in progress     | customs/in_progress | | under 250
`,
);
