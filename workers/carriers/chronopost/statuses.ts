import { readRules } from "../rules.ts";

/**
 * Chronopost publishes no list of its codes. These are the ones that public answers of trackSkybillV2 explain, and those
 * in the reference of events ("mapRefEvenements") of its own services as far as they lie open. Read in November 2026.
 * Service "to sender": the sentence says that the parcel is the sender's again.
 * code | sub_code | service | text | Gluey code | reason | Chronopost's words
 */
export const rules = readRules(
  "chronopost",
  1,
  `
DC | | | | order/created                            | | Shipment in preparation to be shipped
DB | | | | collection/collected                     | | Shipment handed over by shipper
DY | | | | collection/dropped_by_customer/at_depot  | | Parcel registered by the post office
SC | | | | in_transit/processed_at_carrier_facility | | Sorted at departure location
TS | | | | in_transit/carrier_network               | | Shipment in transit
SD | | | | in_transit/processed_at_carrier_facility | | Sorted at delivery location
I2 | | | | in_transit/processed_at_carrier_facility | | Tri effectué dans l'agence de distribution
I  | | | | exception/delay                          | | Envoi différé
ZA | | | | exception/delay                          | | Livraison reportée de 24h
ZC | | | | exception/delay                          | | Livraison reportée de 24h
ZT | | | | exception/delay                          | | Livraison reportée de 24h
KC | | | | exception/damage_loss/parcel_damaged     | | Envoi endommagé
CT | | | | delivery/change                          | recipient_request | Instruction de livraison prise en compte
IS | | | | delivery/notification                    | | Livraison prévue lundi prochain
SM | | | | delivery/notification/text               | | Destinataire informé par SMS
TA | | | | delivery/out_for_delivery                | | Shipment in delivery to the consignee
LR | | | | delivery/out_for_delivery                | | Envoi en cours de livraison
RA | | | | delivery/out_for_delivery                | | Envoi en cours de livraison au point de retrait
D  | | | | delivery/delivered                       | | Delivered
D  | | to sender | | return_to_sender/delivered      | | Colis livré à l'expéditeur
R  | | | | return_to_sender/initiated               | | Envoi retourné à l'expéditeur
`,
);
