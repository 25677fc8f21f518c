import { readRules } from "../rules.ts";

/**
 * GLS. Group Track & Trace v1 (dev-portal.gls-group.net): event codes have two parts (INTIAL.PREADVICE, with that spelling), of which
 * no list is public, so the sentence beside them is read; "state N": the consumer service of the Netherlands; four digits:
 * pakstat files. Without a rule: NOTPICKEDUP (below), and 5 and 2901 of pakstat, which no page explains.
 * code | sub_code | service | text | Gluey code | reason | GLS's words
 */
export const rules = readRules(
  "gls",
  1,
  `
INTIAL.PREADVICE | | | | order/created        | | The parcel data was entered into the GLS IT system
INTIAL.NORMAL    | | | | collection/collected | | The parcel was handed over to GLS
# What a parcel is at, in the same service; not NOTPICKEDUP, which is said of drivers and of recipients
PLANNEDPICKUP    | | | | collection/scheduled    | | Parcel is planned to be picked up
INPICKUP         | | | | collection/scheduled    | | Parcel will be picked up by a driver
PREADVICE        | | | | order/created           | | data received, parcel not
INTRANSIT        | | | | in_transit/carrier_network | | on its way to the final depot
INWAREHOUSE      | | | | in_transit/processed_at_carrier_facility | | in a warehouse
INDELIVERY       | | | | delivery/out_for_delivery | | with the driver
DELIVERED        | | | | delivery/delivered      | | delivered
DELIVEREDPS      | | | | delivery/delivered/pudo_point | | in a ParcelShop, where it waits
NOTDELIVERED     | | | | delivery/attempt        | | Parcel was not delivered
FINAL            | | | | delivery/admin          | | history closed: no word of how it ended
CANCELED         | | | | order/cancelled         | | GLS cancels only what it has not scanned
2010             | | | | delivery/delivered   | | delivered
2011             | | | | delivery/delivered   | | delivered
state 0          | | | | order/created                          | | Aangekondigd bij GLS
state 1          | | | | collection/collected                   | | Pakket ontvangen door GLS
state 2          | | | | in_transit/arrived_at_carrier_facility | | Aangekomen op GLS depot
state 3          | | | | delivery/out_for_delivery              | | Onderweg - geladen voor aflevering
state 4          | | | | delivery/delivered                     | | Afgeleverd

# Sentences; where several fit, the lowest line counts
| | | handed over to GLS                                   | collection/collected | |
| | | (has )?reached the parcel cent(er|re)                | in_transit/arrived_at_carrier_facility | |
| | | (has )?left the parcel cent(er|re)                   | in_transit/departed_carrier_facility | |
| | | stored in the (GLS )?(parcel cent(er|re)|warehouse|depot) | in_transit/processed_at_carrier_facility | |
| | | expected to be delivered (during|on)                 | delivery/out_for_delivery | | The parcel is expected to be delivered during the day
| | | could not be delivered                               | delivery/attempt | |
| | | could not be delivered .*(not (at home|present)|absent) | delivery/attempt/recipient_unavailable | |
| | | could not be delivered .*(refused|rejected)          | delivery/attempt/refused_by_recipient | |
| | | could not be delivered .*closed                      | delivery/attempt/restricted_access_hours | |
| | | could not be delivered .*address                     | delivery/attempt/incorrect_address | |
| | | could not be delivered .*(lack of time|time constraints) | exception/delay | carrier_out_of_time |
| | | (reached|delivered (to|at)|arrived at) (the |a )?(GLS )?parcel ?shop | delivery/delivered/pudo_point | |
| | | (has been|was) delivered\\.?$                        | delivery/delivered | |
| | | (picked up|collected) (by the consignee|from the parcel ?shop|at the parcel ?shop) | post_delivery/collected/by_recipient | |
| | | returned? to (the )?(sender|shipper|consignor)        | return_to_sender/initiated | |
| | | damaged                                              | exception/damage_loss/parcel_damaged | |
| | | entered into the GLS IT system                       | order/created | |
`,
);
