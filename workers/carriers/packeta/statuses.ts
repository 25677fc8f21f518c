import { readRules } from "../rules.ts";

/**
 * Packeta, "Packet statuses" (docs.packetery.com): 1 to 17 with Packeta's descriptions, 19 to 31 with its names alone, as
 * public copies of the list have them; and the sentences of its page for recipients. Read in November 2026. 18 has no row:
 * it is only ever copied with the name of 17. 999 is Packeta's own word for a status it does not know.
 * code | sub_code | service | text | Gluey code | reason | Packeta's words
 */
export const rules = readRules(
  "packeta",
  1,
  `
1  | | | | order/created                                     | | received data
2  | | | | collection/collected                              | | arrived: accepted at our branch
3  | | | | in_transit/processed_at_carrier_facility          | | prepared for departure
4  | | | | in_transit/departed_carrier_facility              | | departed
5  | | | | delivery/delivered/pudo_point                     | | ready for pickup
6  | | | | in_transit/carrier_network/handed_to_another_carrier | | handed to carrier
7  | | | | delivery/delivered                                | | delivered: picked up by the customer
9  | | | | return_to_sender/in_transit                       | | posted back: on the way back
10 | | | | return_to_sender/delivered                        | | returned
11 | | | | order/cancelled                                   | | cancelled
12 | | | | collection/collected                              | | collected, on its way to the depot
14 | | | | customs/in_progress                               | | customs declaration process
15 | | | | collection/dropped_by_customer/at_pudo            | | reverse packet arrived: accepted at our branch
16 | | | | delivery/attempt                                  | | delivery attempt
17 | | | | delivery/attempt/refused_by_recipient             | | rejected by recipient
19 | | | | return_to_sender/initiated/undeliverable          | | return from hd no branch nearby
20 | | | | exception/held_at_hub                             | pickup_expired | storage time expired
21 | | | | return_to_sender/initiated                        | sender_cancelled | packet cancelled but consigned
22 | | | | return_to_sender/initiated                        | goods_oversize | return overlimit
23 | | | | delivery/attempt                                  | | zbox delivery attempt
24 | | | | delivery/attempt                                  | | zbox last delivery attempt
25 | | | | delivery/attempt                                  | | carrier first delivery attempt
26 | | | | exception/other                                   | | packet under investigation
27 | | | | in_transit/carrier_network                        | | packet investigation resolved
28 | | | | delivery/change/address                           | | favourite point redirect
29 | | | | delivery/change                                   | | no favourite point available redirect
30 | | | | delivery/change                                   | | no favourite point set redirect
31 | | | | delivery/admin                                    | | courier tracking code added

# Sentences of the page for recipients
| | | ^parcel data received       | order/created                 | |
| | | ^on the way                 | in_transit/carrier_network    | |
| | | ^ready for pick ?up         | delivery/delivered/pudo_point | |
| | | ^delivered to the recipient | delivery/delivered            | |
`,
);
