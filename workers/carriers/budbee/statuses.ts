import { readRules } from "../rules.ts";

/**
 * Budbee's order statuses (consumer read API). The same word means another thing for a box than for a door: Delivered into a box
 * waits for the recipient, and PickedUp is said of the recipient there.
 * code | sub_code | service | text | Gluey code | reason | meaning
 */
export const rules = readRules(
  "budbee",
  1,
  `
Delivered          |  | box  | | delivery/delivered/parcel_locker       | | placed in the box
PickedUp           |  | box  | | post_delivery/collected/by_recipient   | | fetched from the box
Undelivered        |  | box  | | delivery/attempt                       | |
DroppedOff         |  | box  | | in_transit/carrier_network             | |
Delivered          |  | home | | delivery/delivered                     | |
Miss               |  | home | | delivery/attempt                       | |
OnRouteDelivery    |  | home | | delivery/out_for_delivery              | |
OnRouteCollection  |  | home | | collection/vehicle/en_route            | |
CrossDocked        |  | home | | in_transit/processed_at_carrier_facility | |
NotStarted         |  |      | | order/created                          | |
Pending            |  |      | | order/created                          | |
Collected          |  |      | | collection/collected                   | |
ReturnedToTerminal |  |      | | in_transit/arrived_at_carrier_facility | |
ReturnedToMerchant |  |      | | return_to_sender/delivered             | |
`,
);
