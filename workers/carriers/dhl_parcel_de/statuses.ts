import { readRules } from "../rules.ts";

/**
 * DHL Paket Deutschland: list of international codes, ICE (what happened) with RIC (how, why), and the two-letter standard
 * events above them (Parcel DE Tracking, "ICE/RIC event codes", developer.dhl.com). The pair is looked up, with the standard event
 * where one pair stands under several; "std XX" only where the pair is new.
 * ICE | RIC | standard event | text | Gluey code | reason | DHL's words
 */
export const rules = readRules(
  "dhl_parcel_de",
  1,
  `
PARCV |       |    | | order/created                                  | | PAN received by carrier
PURCR |       |    | | collection/requested                           | | Pick up request created
PURCR | REJCT |    | | collection/cancelled                           | | Rejected
CANCL |       |    | | order/cancelled                                | | The shipment order was canceled by the sender
SHRCU |       |    | | collection/dropped_by_customer/at_depot        | | Shipment received from customer
SHRCU | PCKST |    | | collection/dropped_by_customer/at_parcel_locker | | Packstation
SHRCU | SERPT |    | | collection/dropped_by_customer/at_pudo         | | Service Point
PCKDU |       |    | | collection/collected                           | | Picked up
NTPUP |       |    | | collection/attempt                             | | Not picked up
NTPUP | BDADD |    | | collection/attempt/sender_missing_information  | address_wrong | Bad address
NTPUP | CLOSD |    | | collection/attempt/unable_to_reach_contact     | | Closed
NTPUP | CRROT |    | | collection/attempt                             | carrier_out_of_time | Courier out of time
NTPUP | GDNMS |    | | collection/attempt/refused_by_carrier          | sender_bad_packaging | Goods / packaging not meet standard
NTPUP | GDNRD |    | | collection/attempt/goods_not_ready             | | Goods not ready
NTPUP | NHOME |    | | collection/attempt/unable_to_reach_contact     | | Not home
NTPUP | NTHND |    | | collection/attempt/refused_by_sender           | | Customer refused to hand over the shipment
NTPUP | NTHNG |    | | collection/attempt/goods_not_ready             | | Nothing to collect
NTPUP | SPCNR |    | | collection/attempt/unable_to_reach_contact     | | Shipper cannot be reached

SRTED |       |    | | in_transit/processed_at_carrier_facility       | | Sorted
SRTED | NRQRD | PO | | delivery/out_for_delivery                      | | loaded onto the delivery vehicle
SRTED | NRQRD | AE | | collection/collected                           | | Pickup successful
LDTMV |       |    | | in_transit/departed_carrier_facility           | | Loaded to movement / tour vehicle
LDTMV | NRQRD | PO | | delivery/out_for_delivery                      | | In delivery process
LDTMV | MVMTV | PO | | delivery/out_for_delivery                      | | In delivery process
LDTMV | SECDA |    | | delivery/out_for_delivery                      | | Second delivery attempt
LDTMV | PCKST |    | | in_transit/processed_at_carrier_facility/assigned_to_delivery_vehicle | | to a Packstation: the recipient has to fetch it there
LDTMV | SERPT |    | | in_transit/departed_carrier_facility           | | from a Service Point
LDTHU |       |    | | in_transit/processed_at_carrier_facility       | | Loaded to handling unit
ASMVT |       |    | | in_transit/processed_at_carrier_facility       | | Assigned to movement / tour vehicle
MVDPT |       |    | | in_transit/departed_carrier_facility           | | Movement / tour vehicle departed
MVARR |       |    | | in_transit/arrived_at_carrier_facility         | | Movement / tour vehicle arrived
ULFMV |       |    | | in_transit/arrived_at_carrier_facility         | | Unloaded from movement / tour vehicle
INFCL |       |    | | in_transit/processed_at_carrier_facility       | | In facility
INFCL | CSREQ |    | | exception/delay/due_to_recipient               | | Consignee request
INFCL | HLDSR |    | | exception/delay/due_to_sender                  | | Held on shipper request
INFCL | HLDAY |    | | exception/delay                                | holiday | Holiday
INFCL | INCSH |    | | exception/delay                                | goods_incomplete | Incomplete shipment
OFWRD |       |    | | in_transit/carrier_network                     | | Onforwarded
OFWRD | RTSCR |    | | return_to_sender/initiated                     | sender_instruction | Return to shipper at customer request
OFWRD | RTSSA |    | | return_to_sender/initiated                     | sender_instruction | Return to shipper by customer standard agreement
FWDCF |       |    | | in_transit/carrier_network                     | | Forwarded to correct facility
ROUCR |       |    | | delivery/change/address                        | | Re-routed on customer request
TRBCR |       |    | | in_transit/carrier_network/handed_to_another_carrier | | Transferred between carriers
HNDDE |       |    | | in_transit/carrier_network/handed_to_another_carrier | | Handover to 3rd party - delivery details expected
HNDND |       |    | | in_transit/carrier_network/handed_to_another_carrier | | Handover to 3rd party - no delivery details expected
HNDND | CUSTM |    | | customs/in_progress                            | | Customs
SECHK |       |    | | in_transit/processed_at_carrier_facility       | | Security checked
RELBL |       |    | | in_transit/processed_at_carrier_facility/label_reprinted | | Relabeled
REPCK |       |    | | in_transit/processed_at_carrier_facility/parcel_repaired | | Repacked
REPCK | DMGPC |    | | in_transit/processed_at_carrier_facility/parcel_repaired | goods_damaged | Damaged in process

ICPRC |       |    | | customs/in_progress                            | | Into clearance processing
ITBAR |       |    | | customs/in_progress                            | | In bonded area
HLDCP |       |    | | customs/held                                   | | Held for clearance purposes
HLDCU |       |    | | customs/held                                   | | Held by Customs
RSDCP |       |    | | customs/cleared/released                       | | Released from clearance processing

CNRFC |       |    | | delivery/delivered/pudo_point                  | | Consignee notified - ready for collection
CNRFC | HDFCT |    | | delivery/delivered/to_depot                    | | Held at DHL facility
CNRFC | PCKST |    | | delivery/delivered/parcel_locker               | | Packstation
HLDCC |       |    | | delivery/delivered/pudo_point                  | | Held for consignee collection
HLDCC | HDFCT |    | | delivery/delivered/to_depot                    | | Held at DHL facility
HLDCC | LDPCK |    | | delivery/delivered/parcel_locker               | | Held in automated collection site
HLDCC | NTCCN |    | | exception/held_at_hub                          | pickup_expired | Not collected by consignee
DLVRD |       |    | | delivery/delivered                             | | Delivered
DLVRD | ACCDM |    | | delivery/delivered                             | goods_damaged | Accepted - damaged
DLVRD | ACCSI |    | | delivery/delivered                             | goods_incomplete | Accepted - shipment incomplete
DLVRD | ACCPK |    | | post_delivery/collected/by_recipient           | | Collected from automated site
DLVRD | SERPT |    | | post_delivery/collected/by_recipient           | | Service Point
DLVRD | NGHBR |    | | delivery/delivered/left_with_neighbor          | | Delivery to neighbor
DLVRD | SECPL |    | | delivery/delivered/left_in_safe_place          | | Secure Place
DLVRD | WINPL |    | | delivery/delivered/left_in_safe_place          | | Preferred neighbor/place
DLVRD | HNDTC |    | | in_transit/carrier_network/handed_to_another_carrier | | Handover to carrier: the recipient does not have it
DLVRD | AGENT |    | | in_transit/carrier_network/handed_to_another_carrier | | Handover to agent
DLVRD | CUSTM |    | | customs/in_progress                            | | Customs: the recipient does not have it
DLVRD | CODAR |    | | delivery/admin                                 | | COD advice received
DLVRD | CODRP |    | | delivery/admin                                 | | COD remittance processed
PMTCR |       |    | | delivery/admin                                 | | Payments received from courier
PMTCS |       |    | | delivery/admin                                 | | Payment received from customer

NTDEL |       |    | | delivery/attempt                               | | Not delivered
NTDEL | AGNEG |    | | delivery/attempt/security_check_failed         | | Age check negative
NTDEL | BDADD |    | | delivery/attempt/incorrect_address             | | Bad address
NTDEL | CAPEX |    | | exception/delay                                | carrier_capacity | Capacity exceeded
NTDEL | CLOSD |    | | delivery/attempt/restricted_access_hours       | | Closed
NTDEL | CNCNR |    | | delivery/attempt                               | recipient_no_contact | Consignee could not be reached
NTDEL | CPUNK |    | | delivery/attempt/incorrect_address             | recipient_unknown | Company dissolved / unknown
NTDEL | CRROT |    | | exception/delay                                | carrier_out_of_time | Courier out of time
NTDEL | CTCNI |    | | delivery/attempt/security_check_failed         | | Customer could not identify themselves
NTDEL | IDDMG |    | | delivery/attempt/security_check_failed         | | ID damaged or not readable
NTDEL | IDNEG |    | | delivery/attempt/security_check_failed         | | Identity check negative
NTDEL | DMGED |    | | exception/damage_loss/parcel_damaged           | | Damage under investigation
NTDEL | DRCRU |    | | exception/delay                                | carrier_capacity | Driver / crew unavailable
NTDEL | FRMJR |    | | exception/delay                                | force_majeure | Force majeure
NTDEL | HLDAY |    | | exception/delay                                | holiday | Holiday
NTDEL | MOVED |    | | delivery/attempt/recipient_no_longer_lives_here | | Moved
NTDEL | MSDOC |    | | delivery/attempt/paperwork_incomplete          | | Missing document
NTDEL | NHOME |    | | delivery/attempt/recipient_unavailable         | | Not home
NTDEL | NTCCN |    | | exception/held_at_hub                          | pickup_expired | Not collected by consignee
NTDEL | PCKST |    | | delivery/attempt                               | pickup_point_full | Packstation
NTDEL | RFUSD |    | | delivery/attempt/refused_by_recipient          | | Refused
NTDEL | TCHBD |    | | exception/delay                                | carrier_vehicle | Technical / breakdown
NTDEL | TRPMT |    | | delivery/attempt                               | recipient_cod_unpaid | Terms of payment
NTDEL | UDLVR |    | | exception/other                                | | Undeliverable
NTDEL | WRGTR |    | | exception/delay/due_to_misroute                | | Wrong tour
NTADT |       |    | | exception/delay                                | | Not assigned to delivery tour
DLVRF |       |    | | delivery/attempt/refused_by_recipient          | | Delivery refused
DLVRF | DMGED |    | | delivery/attempt/refused_by_recipient          | goods_damaged | Damage under investigation
DLVRF | NTORD |    | | delivery/attempt/refused_by_recipient          | sender_wrong_goods | Not ordered
DLVRF | SHNCP |    | | delivery/attempt/refused_by_recipient          | goods_incomplete | Shipment not complete

EXPHD |       |    | | exception/held_at_hub                          | | Exception hold
EXPHD | BDADD |    | | exception/held_at_hub/bad_address              | | Bad address
EXPHD | CAPEX |    | | exception/delay                                | carrier_capacity | Capacity exceeded
EXPHD | DMGED |    | | exception/damage_loss/parcel_damaged           | | Damage under investigation
EXPHD | DMGPC |    | | exception/damage_loss/parcel_damaged           | | Damaged in process
EXPHD | EQUBF |    | | exception/delay                                | carrier_vehicle | Equipment unavailable, broken down or faulty
EXPHD | FRMJR |    | | exception/delay                                | force_majeure | Force majeure
EXPHD | INCSH |    | | exception/held_at_hub                          | goods_incomplete | Incomplete shipment
EXPHD | LOSTX |    | | exception/other                                | goods_incomplete | Lost, searched for
EXPHD | MSSDT |    | | exception/held_at_hub/missing_information      | | Missing data
EXPHD | RTTSP |    | | return_to_sender/initiated                     | | Return to shipper
EXPHD | STBSD |    | | delivery/change                                | sender_cancelled | Stopped by sender
DMGDS |       |    | | exception/damage_loss/parcel_damaged           | | Damage discovered
MSRTD |       |    | | exception/delay/due_to_misroute                | | Mis routed
MVDEX |       |    | | exception/delay                                | force_majeure | Departure exception
MVTEX |       |    | | exception/delay                                | | Tour vehicle exception
MVTEX | TCATC |    | | exception/delay                                | traffic | Traffic congestion
MVTEX | TCHBD |    | | exception/delay                                | carrier_vehicle | Technical / breakdown
MVTEX | VHARU |    | | exception/delay                                | carrier_capacity | Vehicle / aircraft unavailable
LDEXC |       |    | | exception/delay                                | carrier_processing | Loading exception
LDEXC | OVRLD |    | | exception/delay                                | carrier_capacity | Overload
DTNPC |       |    | | exception/delivery/parcel_not_received         | | Data, but no piece
PBNDT |       |    | | exception/held_at_hub/missing_information      | | Piece, but no data
DSPSD |       |    | | exception/destroyed                            | | Disposed of
CNFSC |       |    | | exception/delivery/seized_by_law_enforcement   | | Confiscation
RCCLS |       |    | | delivery/admin                                 | | Record closed
RCCLS | LOSTX |    | | exception/damage_loss/lost_in_transit          | | Lost
RETRN |       |    | | return_to_sender/initiated                     | | Shipment will be returned to origin
RETRN | RFUSD |    | | return_to_sender/initiated                     | recipient_refused | Refused
RETRN | NTCCN |    | | return_to_sender/initiated/not_collected       | | Not collected by consignee
RETRN | BDADD |    | | return_to_sender/initiated/undeliverable       | address_wrong | Bad address
RETRN | MOVED |    | | return_to_sender/initiated/undeliverable       | recipient_moved | Moved
RETRN | RTSCR |    | | return_to_sender/initiated                     | sender_instruction | at customer request

ADVIS |       |    | | delivery/notification                          | | Advise
ADVIS | PFLOC |    | | delivery/change/local_place                    | | Preferred location/neighbor
ADVIS | ROUCR |    | | delivery/change/address                        | | rerouted on customer request
ADVIS | STBSD |    | | delivery/change                                | sender_cancelled | Stopped by sender
ALERT |       |    | | delivery/notification                          | | Alert
ALERT | BDADD |    | | exception/held_at_hub/bad_address              | | Bad address
CHECK |       |    | | delivery/admin                                 | | Product feature check
STORN |       |    | | delivery/admin                                 | | The previous event was deleted by driver

std VA | | | | order/created                            | | Electronic pre advise
std ES | | | | collection/dropped_by_customer/at_depot  | | Handed over to DHL
std AE | | | | collection/collected                     | | Pickup successful
std AN | | | | collection/attempt                       | | Pickup not successful
std AA | | | | in_transit/departed_carrier_facility     | | Departed from
std EE | | | | in_transit/arrived_at_carrier_facility   | | Arrived at
std NB | | | | in_transit/processed_at_carrier_facility | | Normal processing
std ZO | | | | customs/in_progress                      | | Customs clearance
std PO | | | | delivery/out_for_delivery                | | In delivery process
std ZN | | | | delivery/attempt                         | | Delivery attempt not successful
std ZF | | | | delivery/delivered/pudo_point            | | Delivery to postal outlet
std ZU | | | | delivery/delivered                       | | Delivery successful
std BV | | | | exception/other                          | | Exception
std LA | | | | exception/held_at_hub                    | | In storage
std DD | | | | delivery/admin                           | | Data Service
std GT | | | | delivery/admin                           | | Money transfer
`,
);
