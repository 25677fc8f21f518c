import { readRules } from "../rules.ts";

/**
 * Sendle, "Here's most of our tracking events and what they mean" (developers.sendle.com, Subscribe to tracking events),
 * read in November 2026: event types in small letters, with the reason that its samples know. An event of the type "Info"
 * says in its sentence only what it is.
 * code | reason | service | text | Gluey code | reason | Sendle's words
 */
export const rules = readRules(
  "sendle",
  1,
  `
drop off           | | | | order/created                                    | | Parcel has not yet been dropped off
expired            | | | | order/cancelled                                  | | The label for this parcel has expired
pickup attempted   | | | | collection/attempt                               | | Driver attempted to pickup the parcel
pickup attempted   | parcel not ready | | | collection/attempt/goods_not_ready | | the same
dropped off        | | | | collection/dropped_by_customer/at_pudo           | | Parcel left at a drop-off location
pickup             | | | | collection/collected                             | | Parcel successfully picked up
in transit         | | | | in_transit/carrier_network                       | | Parcel in transit between hub locations
local delivery     | | | | in_transit/carrier_network/handed_to_another_carrier | | Delivery is being handled by a local partner
out for delivery   | | | | delivery/out_for_delivery                        | | Driver has the parcel
delivery attempted | | | | delivery/attempt                                 | | attempted, but unsuccessful
card left          | | | | delivery/attempt/left_notice                     | | a card has been left
left with agent    | | | | delivery/delivered/pudo_point                    | | left with a parcel connect location for collection
delivered          | | | | delivery/delivered                               | | Parcel successfully delivered
damaged            | | | | exception/damage_loss/parcel_damaged             | | Parcel has been marked as damaged
unable to deliver  | | | | exception/other                                  | | nothing is said of what follows

# Sentences of "Info"
| | | in transit between locations           | in_transit/carrier_network             | |
| | | arrived at the depot                   | in_transit/arrived_at_carrier_facility | |
| | | loaded for delivery|on ?board .*for delivery | delivery/out_for_delivery        | |
| | | signed for by                          | post_delivery/proof/proof_of_delivery  | |
`,
);
