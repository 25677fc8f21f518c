import { readRules } from "../rules.ts";

/**
 * The sandbox's own codes: the life of a parcel in a few words. There is no paper but this one.
 * code | sub_code | service | text | Gluey code | reason | meaning
 */
export const rules = readRules(
  "sandbox",
  1,
  `
CREATED          |             | | | order/created                                      | | label made, data received
CANCELLED        |             | | | order/cancelled                                    | | called off before the carrier had it
PICKED_UP        |             | | | collection/collected                               | | collected from the sender
DROPPED_OFF      |             | | | collection/dropped_by_customer/at_pudo             | | left by the sender at a shop
ARRIVED          |             | | | in_transit/arrived_at_carrier_facility             | | arrived at a facility
DEPARTED         |             | | | in_transit/departed_carrier_facility               | | left a facility
IN_TRANSIT       |             | | | in_transit/carrier_network                         | | on its way
CUSTOMS_HELD     |             | | | customs/held                                       | | held by customs
CUSTOMS_HELD     | PAPERS      | | | customs/held/missing_documentation                 | | held by customs, papers missing
CUSTOMS_HELD     | DUTY        | | | customs/held/pending_duty_taxes_payment            | | held by customs, duty unpaid
CUSTOMS_CLEARED  |             | | | customs/cleared/released                           | | released by customs
OUT_FOR_DELIVERY |             | | | delivery/out_for_delivery                          | | on the delivery vehicle
ATTEMPT          |             | | | delivery/attempt                                   | | delivery tried in vain
ATTEMPT          | NOT_HOME    | | | delivery/attempt/recipient_unavailable             | | nobody there
ATTEMPT          | REFUSED     | | | delivery/attempt/refused_by_recipient              | | refused at the door
ATTEMPT          | BAD_ADDRESS | | | delivery/attempt/incorrect_address                 | | the address is wrong
AT_LOCKER        |             | | | delivery/delivered/parcel_locker                   | | in a locker, to be fetched
AT_PICKUP_POINT  |             | | | delivery/delivered/pudo_point                      | | at a shop, to be fetched
COLLECTED        |             | | | post_delivery/collected/by_recipient               | | fetched by the recipient
DELIVERED        |             | | | delivery/delivered                                 | | delivered
DELIVERED        | SIGNED      | | | delivery/delivered/with_signature                  | | delivered against signature
DELIVERED        | NEIGHBOUR   | | | delivery/delivered/left_with_neighbor              | | left with a neighbour
DELIVERED        | SAFE_PLACE  | | | delivery/delivered/left_in_safe_place              | | left in the agreed place
DELAYED          |             | | | exception/delay                                    | | late, will go on by itself
DELAYED          | WEATHER     | | | exception/delay/due_to_weather                     | | late because of the weather
RESCHEDULED      |             | | | delivery/change/date                               | | another day was agreed
DAMAGED          |             | | | exception/damage_loss/parcel_damaged               | | found damaged
LOST             |             | | | exception/damage_loss/lost_in_transit              | | lost for good
FOUND            |             | | | in_transit/carrier_network                         | | found again
RETURNING        |             | | | return_to_sender/initiated                         | | on its way back to the sender
RETURNED         |             | | | return_to_sender/delivered                         | | back at the sender
RENUMBERED       |             | | | delivery/admin                                     | | has another number from now on
NOTIFIED         |             | | | delivery/notification                              | | the recipient was told
`,
);
