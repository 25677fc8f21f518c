import { readRules } from "../rules.ts";
import { ECOMMERCE } from "./ecommerce-codes.ts";
import { ECOMMERCE_EUROPE } from "./ecommerce-europe-codes.ts";
import { OTHER_SERVICES } from "./other-service-codes.ts";
import { PARCEL_NL } from "./parcel-nl-codes.ts";

/**
 * DHL Shipment Tracking – Unified (developer.dhl.com). Five coarse words for all of DHL's divisions; what happened stands in the
 * sentence beside them, in the language asked for or the division's own. Some divisions send their own code as well: with its service
 * it comes first, then sentences, words last. The two-letter events of parcel-de are too coarse to be among them.
 * code | sub_code | service | text | Gluey code | reason | DHL's words
 */
export const rules = readRules(
  "dhl_universal",
  1,
  `
pre-transit | | | | order/created              | | shipment data known, not yet in the network
transit     | | | | in_transit/carrier_network | | in the network
delivered   | | | | delivery/delivered         | | delivered
failure     | | | | exception/delivery         | | delivery failed

# Sentences that hold under any of the five words; where several fit, the lowest line counts
| | | (von DHL )?bearbeitet|processed|sorted              | in_transit/processed_at_carrier_facility | | von DHL bearbeitet
| | | Weitertransport vorbereitet                         | in_transit/processed_at_carrier_facility | | für den Weitertransport vorbereitet
| | | Region des Empfängers angekommen|arrived at|arrival | in_transit/arrived_at_carrier_facility | |
| | | departed|has left|left the                          | in_transit/departed_carrier_facility | |
| | | customs clearance|clearance event|Zollabfertigung   | customs/in_progress | |
| | | clearance processing complete|cleared customs|customs (cleared|clearance (has been )?completed)|Zollabfertigung (ist )?abgeschlossen | customs/cleared/released | |
| | | clearance delay|held at customs                     | customs/held | |
| | | zurückgestellt|postponed                            | exception/delay | | Die Sendung wurde zurückgestellt
| | | on hold|held in                                     | exception/held_at_hub | |
| | | in der Filiale eingeliefert|posted by the sender at the (retail outlet|PARCELSHOP) | collection/dropped_by_customer/at_pudo | | vom Absender in der Filiale eingeliefert
| | | Packstation eingeliefert|posted by the sender at the PACKSTATION | collection/dropped_by_customer/at_parcel_locker | |
| | | picked up (from|by DHL|at the sender)|beim Absender abgeholt|shipment picked up | collection/collected | |
| | | Zustellfahrzeug geladen|loaded onto the delivery vehicle|with delivery courier|out for delivery | delivery/out_for_delivery | | in das Zustellfahrzeug geladen
| | | (can|kann) .*(collected|abgeholt)|ready for (pick-?up|collection)|liegt .*zur Abholung bereit | delivery/delivered/pudo_point | |
| | | nicht angetroffen|not home|recipient (was )?absent  | delivery/attempt/recipient_unavailable | |
| | | refused|verweigert                                  | delivery/attempt/refused_by_recipient | |
| | | address (is )?(incorrect|incomplete)|Adresse (ist )?(falsch|unvollständig) | delivery/attempt/incorrect_address | |
| | | zurückgesandt|zurückgesendet|returned to (the )?(sender|shipper)|return shipment | return_to_sender/initiated | |
| | | Sendung wurde zugestellt|successfully delivered|^delivered\\b|erfolgreich zugestellt | delivery/delivered | |
| | | Nachbar.*zugestellt|zugestellt.*Nachbar|delivered to .*neighbou?r | delivery/delivered/left_with_neighbor | |
| | | elektronisch angekündigt|electronically announced|shipment information received|label created | order/created | |
${PARCEL_NL}
${ECOMMERCE}
${ECOMMERCE_EUROPE}
${OTHER_SERVICES}
`,
);
