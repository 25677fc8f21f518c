import { readRules } from "../rules.ts";

/**
 * Budbee's order statuses (consumer read API). The same word means another thing for a box than for a door: Delivered into a box
 * waits for the recipient, and PickedUp is said of the recipient there. Words in capitals: the event types of webhooks v2
 * (developer.budbee.com, instabee-api-docs). Without a rule, since their names leave open who acts or where the parcel is then:
 * PARCEL_RECALLED, DELIVERY_CANCELLED, INJECTED_IN_LOCKER, and Backordered, which is the shop's word.
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

PARCEL_CREATED                 | | | | order/created | |
SORTED_AT_TERMINAL             | | | | in_transit/processed_at_carrier_facility | |
DELIVERY_VEHICLE_LOADED        | | | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | |
DELIVERED_TO_CONSUMER          | | | | delivery/delivered | |
DELIVERY_FAILED                | | | | delivery/attempt | |
DELIVERED_TO_LOCKER            | | | | delivery/delivered/parcel_locker | | waits in the box
CONSUMER_PICKED_UP_FROM_LOCKER | | | | post_delivery/collected/by_recipient | |
HOME_DELIVERY_CHANGED          | | | | delivery/change | | what of it is not said
LOCKER_CHANGED                 | | | | delivery/change/address | | another box
CHANGED_TO_LOCKER_DELIVERY     | | | | delivery/change/address | | to a box instead
CHANGED_TO_HOME_DELIVERY       | | | | delivery/change/address | | to the door instead
RETURN_BOOKED_HOME             | | | | collection/requested | | a return, to be fetched at the door
RETURN_HOME_PICKED_UP          | | | | collection/collected | | the return
RETURN_HOME_PICK_UP_FAILED     | | | | collection/attempt | | the return
RETURN_HOME_PICK_UP_CANCELLED  | | | | collection/cancelled | | the return's
RETURN_BOOKED_LOCKER           | | | | collection/requested | | a return, to be left in a box
RETURN_LOCKER_PICK_UP_FAILED   | | | | collection/attempt | | the return, out of a box
RETURNED_TO_MERCHANT           | | | | return_to_sender/delivered | |
`,
);
