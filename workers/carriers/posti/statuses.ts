import { readRules } from "../rules.ts";

/**
 * Posti tells sentences and no codes (consumer search, English). There is no published list: these are the sentences it is seen to
 * send. RETURN_DELIVERED is the parcel's own state: delivered, but to the sender. Where several fit, the lowest line counts.
 * code | sub_code | service | text | Gluey code | reason | meaning
 */
export const rules = readRules(
  "posti",
  1,
  `
RETURN_DELIVERED | | | item has been delivered           | return_to_sender/delivered | | back at the sender while the sentence says delivered

| | | information about an upcoming delivery              | order/created | |
| | | item has been registered                            | order/created | |
| | | shipment announced                                  | order/created | |
| | | (is|being) in sorting                               | in_transit/processed_at_carrier_facility | |
| | | at the terminal                                     | in_transit/arrived_at_carrier_facility | |
| | | in transport                                        | in_transit/carrier_network | |
| | | accepted from transport                             | in_transit/arrived_at_carrier_facility | |
| | | customs                                             | customs/in_progress | |
| | | in delivery transportation                          | delivery/out_for_delivery | |
| | | released for delivery                               | delivery/out_for_delivery | |
| | | ready for a pick ?up                                | delivery/delivered/pudo_point | |
| | | sent the recipient (an email|a text|a message)       | delivery/notification | |
| | | no digital signature was received                   | delivery/admin | |
| | | item has been delivered                             | delivery/delivered | |
| | | returned to (the )?sender                           | return_to_sender/initiated | |
| | | not been collected                                  | return_to_sender/initiated/not_collected | |
| | | has been returned to the sender                     | return_to_sender/delivered | |
`,
);
