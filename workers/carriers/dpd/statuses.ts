import { readRules } from "../rules.ts";

/**
 * DPD. Words: ParcelLifeCycleService 2.0, statusInfo; two digits: scan codes of STATUSDATA and SCANINFO files ("DPD scan codes",
 * interface description STATUSDATA). 18 only adds information to a scan before it.
 * code | additional code | service | text | Gluey code | reason | DPD's words
 */
export const rules = readRules(
  "dpd",
  1,
  `
Accepted              | | | | order/created                           | | parcel handed to DPD announced
PickedUp              | | | | collection/collected                    | | DPD has received your parcel
AtSendingDepot        | | | | in_transit/arrived_at_carrier_facility  | |
OnTheRoad             | | | | in_transit/carrier_network              | |
BetweenDepots         | | | | in_transit/processed_at_carrier_facility | | The parcel is at the parcel dispatch centre
AtDeliveryDepot       | | | | in_transit/arrived_at_carrier_facility  | |
Depot                 | | | | in_transit/arrived_at_carrier_facility  | | At parcel delivery centre
Courier               | | | | delivery/out_for_delivery               | | on its way to the consignee
ParcelShop            | | | | delivery/delivered/pudo_point           | | Delivered by driver to Pickup parcelshop
DeliveryFailure       | | | | delivery/attempt                        | | we have not been able to deliver your parcel
ReturningFromDelivery | | | | delivery/attempt                        | | After an unsuccessful delivery attempt the parcel is back at the recipient depot
Delivered             | | | | delivery/delivered                      | |

01 | | | | in_transit/processed_at_carrier_facility/parcel_consolidated | | Consolidation
02 | | | | in_transit/arrived_at_carrier_facility   | | Inbound
03 | | | | delivery/out_for_delivery                | | Out for delivery
04 | | | | delivery/attempt                         | | Driver return
05 | | | | collection/collected                     | | Pick-up
06 | | | | return_to_sender/initiated               | | System return
08 | | | | exception/held_at_hub                    | | Warehouse
09 | | | | in_transit/arrived_at_carrier_facility   | | Inbound exception
10 | | | | in_transit/processed_at_carrier_facility | | HUB scan
12 | | | | customs/in_progress                      | | Customs clearance
13 | | | | delivery/delivered                       | | Delivered
14 | | | | delivery/attempt                         | | Unsuccessful delivery
15 | | | | collection/collected                     | | Collection
17 | | | | customs/cleared/released                 | | Export/Import cleared
18 | | | | delivery/admin                           | | Additional information
20 | | | | in_transit/processed_at_carrier_facility | | Loading
23 | | | | delivery/delivered/pudo_point            | | Delivered to Pickup parcelshop
`,
);
