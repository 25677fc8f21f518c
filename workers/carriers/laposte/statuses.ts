import { readRules } from "../rules.ts";

/**
 * La Poste, Suivi v2, event codes (developer.laposte.fr, as three public transcriptions of its list agree on), read in
 * November 2026. DI2 is delivered too, but to the sender. DI0 tells that a whole lot was delivered.
 * code | sub_code | service | text | Gluey code | reason | La Poste's words
 */
export const rules = readRules(
  "laposte",
  1,
  `
DR1 | | | | order/created                                  | | Déclaratif réceptionné
DR2 | | | | exception/shipment_rejected/data_error         | | Problème lors de la préparation
PC1 | | | | collection/collected                           | | Pris en charge
PC2 | | | | collection/collected                           | | Pris en charge dans le pays d'expédition
ET1 | | | | in_transit/carrier_network                     | | En cours de traitement
ET2 | | | | in_transit/carrier_network                     | | En cours de traitement dans le pays d'expédition
ET3 | | | | in_transit/carrier_network                     | | En cours de traitement dans le pays de destination
ET4 | | | | in_transit/carrier_network                     | | En cours de traitement dans un pays de transit
EP1 | | | | in_transit/processed_at_carrier_facility       | | En attente de présentation
DO1 | | | | customs/in_progress                            | | Entrée en douane
DO2 | | | | customs/cleared/released                       | | Sortie de douane
DO3 | | | | customs/held                                   | | Retenu en douane
ID0 | | | | customs/in_progress                            | | Informations douane
PB1 | | | | exception/other                                | | Problème en cours
PB2 | | | | in_transit/carrier_network                     | | Problème résolu
MD2 | | | | delivery/out_for_delivery                      | | Mis en distribution
ND1 | | | | delivery/attempt                               | | Non distribuable
AG1 | | | | delivery/delivered/pudo_point                  | | En attente d'être retiré au guichet
RE1 | | | | return_to_sender/initiated                     | | Retourné à l'expéditeur: not that the sender has it
DI0 | | | | delivery/delivered                             | | Distribué en lot
DI1 | | | | delivery/delivered                             | | Distribué
DI2 | | | | return_to_sender/delivered                     | | Distribué à l'expéditeur
DI3 | | | | exception/delay                                | | Retardé
`,
);
