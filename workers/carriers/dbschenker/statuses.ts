import { readRules } from "../rules.ts";

/**
 * DB Schenker, air freight, IFTSTA D.97A: three letters, in the composite where the category belongs. They are the status codes of
 * IATA Cargo-IMP's FSU message, and PUP of Schenker's own.
 * code | sub_code | service | text | Gluey code | reason | meaning
 */
export const rules = readRules(
  "dbschenker",
  1,
  `
BKD | | | | order/created                                  | | Booked
PUP | | | | collection/collected                           | | Pick up from customer
RCS | | | | in_transit/departure_airport/handed_over       | | Received from shipper
FOH | | | | in_transit/departure_airport                   | | Freight on hand
MAN | | | | in_transit/departure_airport                   | | Manifested
DEP | | | | in_transit/departure_airport/take_off          | | Departed
ARR | | | | in_transit/airport/landing                     | | Arrived
RCF | | | | in_transit/airport/landing                     | | Received from flight
TFD | | | | in_transit/carrier_network/handed_to_another_carrier | | Transferred to another carrier
TRM | | | | in_transit/carrier_network                     | | To be transferred
CCD | | | | customs/cleared/released                       | | Customs cleared
NFD | | | | delivery/notification                          | | Consignee notified
AWD | | | | delivery/admin                                 | | Documents delivered
DIS | | | | exception/other                                | | Discrepancy
DLV | | | | delivery/delivered                             | | Delivered
POD | | | | delivery/delivered                             | | Proof of delivery
`,
);
