import { readRules } from "../rules.ts";

/**
 * Matkahuolto sends sentences and no codes (public trackingInfo, English). There is no published list: these are the sentences it
 * is seen to send. A sentence of its own making stays unmapped. Where several fit, the lowest line counts.
 * code | sub_code | service | text | Gluey code | reason | meaning
 */
export const rules = readRules(
  "matkahuolto",
  1,
  `
| | | consignment is being processed                       | in_transit/processed_at_carrier_facility | |
| | | has been sorted                                      | in_transit/processed_at_carrier_facility | |
| | | is on its way                                        | in_transit/carrier_network | |
| | | ready to continue its journey                        | in_transit/carrier_network | |
| | | waiting for the consignment from the sender          | order/created | |
| | | ready for delivery at the parcel pick-up point       | collection/dropped_by_customer/at_pudo | | the sender has left it
| | | collected the consignment from the parcel pick-up point | collection/collected/from_pudo | | by the driver
| | | deliver the consignment to the pickup point          | in_transit/departed_carrier_facility | |
| | | pick up point has changed                            | delivery/change/address | |
| | | sent the recipient a message about the arrival       | delivery/delivered/pudo_point | | it waits to be fetched
| | | forget to pick up your parcel                        | delivery/notification | | a reminder
| | | available for pickup                                 | delivery/delivered/pudo_point | |
| | | the consignment has been delivered                   | delivery/delivered | |
| | | returned it to the sender                            | return_to_sender/initiated | |
`,
);
