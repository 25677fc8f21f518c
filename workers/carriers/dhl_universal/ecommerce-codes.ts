/**
 * DHL eCommerce, whose codes are numbers: the same number means one thing in America and Asia, another in Europe and a third at PPL,
 * so every line names the service. "Unified status list" of developer.dhl.com.
 */
export const ECOMMERCE = `
445 | | ecommerce | | order/created | | ELECTRONIC SHIPPING INFO RECEIVED
101 | | ecommerce | | order/cancelled | | SHIPMENT CANCELED
109 | | ecommerce | | collection/scheduled | | PICK UP BOOKED
128 | | ecommerce | | collection/vehicle/en_route | | APPROACHING PICK UP LOCATION
129 | | ecommerce | | collection/vehicle/en_route | | OUT FOR PARCEL COLLECTION
624 | | ecommerce | | collection/vehicle/en_route | | APPROACHING RETURN PICK UP LOCATION
134 | | ecommerce | | collection/attempt | | UNSUCCESSFUL COLLECTION ATTEMPT
627 | | ecommerce | | collection/attempt | | UNSUCCESSFUL RETURN PICKUP
135 | | ecommerce | | collection/change/date | | PICK UP RESCHEDULED
115 | | ecommerce | | collection/collected | | RECEIVED BY CARRIER FOR TRANSPORT
130 | | ecommerce | | collection/collected | | PICKED UP
628 | | ecommerce | | collection/collected | | SUCCESSFUL RETURN PICKUP
132 | | ecommerce | | in_transit/en_route_to_carrier_facility | | EN ROUTE TO DHL ECOMMERCE
200 | | ecommerce | | in_transit/arrived_at_carrier_facility | | PACKAGE RECEIVED AT DHL ECOMMERCE DISTRIBUTION CENTER
526 | | ecommerce | | in_transit/arrived_at_carrier_facility | | ARRIVED USPS SORT FACILITY
603 | | ecommerce | | in_transit/arrived_at_carrier_facility | | RETURNED TO WAREHOUSE
637 | | ecommerce | | in_transit/arrived_at_carrier_facility | | RECEIVED BACK AT DESTINATION DEPOT
106 | | ecommerce | | in_transit/processed_at_carrier_facility | | PACKAGE SCREENED SUCCESSFULLY
220 | | ecommerce | | in_transit/processed_at_carrier_facility | | ENCODED
401 | | ecommerce | | in_transit/processed_at_carrier_facility | | MANIFESTED FOR OUTBOUND TRANSPORTATION
431 | | ecommerce | | in_transit/processed_at_carrier_facility | | PROCESSING COMPLETED AT ORIGIN
451 | | ecommerce | | in_transit/processed_at_carrier_facility | | MANIFESTED FOR OUTBOUND TRANSPORTATION
473 | | ecommerce | | in_transit/processed_at_carrier_facility | | AVAILABLE FOR DELIVERY
517 | | ecommerce | | in_transit/processed_at_carrier_facility | | LOADED FOR TRANSPORT
539 | | ecommerce | | in_transit/processed_at_carrier_facility | | SORTING COMPLETE
547 | | ecommerce | | in_transit/processed_at_carrier_facility | | AVAILABLE FOR DELIVERY
548 | | ecommerce | | in_transit/processed_at_carrier_facility | | AVAILABLE FOR DELIVERY
120 | | ecommerce | | in_transit/departed_carrier_facility | | DEPARTURE DHL DISTRIBUTION CENTER
538 | | ecommerce | | in_transit/departed_carrier_facility | | DEPART USPS SORT FACILITY
51 | | ecommerce | | in_transit/carrier_network | | ENROUTE - ONI
313 | | ecommerce | | in_transit/carrier_network | | SUCCESSFUL CUSTOMER SERVICE RESOLUTION
359 | | ecommerce | | in_transit/carrier_network | | SHIPMENT IS RELEASED FROM HOLD FOR PROCESSING
402 | | ecommerce | | in_transit/carrier_network | | IN TRANSIT
478 | | ecommerce | | in_transit/carrier_network | | IN TRANSIT TO DELIVERY PROVIDER
510 | | ecommerce | | in_transit/carrier_network | | ITEM OR SACK SCANNED BY USPS
525 | | ecommerce | | in_transit/carrier_network | | EN ROUTE TO DELIVERY LOCATION
530 | | ecommerce | | in_transit/carrier_network | | FORWARDED
532 | | ecommerce | | in_transit/carrier_network | | IN TRANSIT TO DESTINATION COUNTRY
534 | | ecommerce | | in_transit/carrier_network | | FORWARDED
541 | | ecommerce | | in_transit/carrier_network | | EN ROUTE TO DELIVERY LOCATION
545 | | ecommerce | | in_transit/carrier_network | | ENROUTE
561 | | ecommerce | | in_transit/carrier_network | | SHIPMENT UPLIFT SUCCESS
589 | | ecommerce | | in_transit/carrier_network | | PICKED UP BY AGENT
590 | | ecommerce | | in_transit/carrier_network | | PICKED UP BY AGENT
50 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | RECEIVED BY USPS
479 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | FORWARDED TO DELIVERY AGENT
480 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | FORWARDED TO LOCAL POST OFFICE
505 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | SHIPMENT ACCEPTED BY USPS
511 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | SHIPMENT ACCEPTED BY USPS
523 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | HANDED OVER TO PARTNER CARRIER
535 | | ecommerce | | in_transit/carrier_network/handed_to_another_carrier | | HANDED OVER TO PARTNER CARRIER
509 | | ecommerce | | customs/in_progress | | IN CLEARANCE PROCESSING
242 | | ecommerce | | customs/in_progress | customs_duty_unpaid | DUTY/TAX PAYMENT NOT COLLECTED. PACKAGE WILL BE SENT FOR PROCESSING AND CUSTOMS MAY REQUEST PAYMENT.
240 | | ecommerce | | customs/held/pending_duty_taxes_payment | | DUTY/TAX ASSESSED FOR PACKAGE, AWAITING PAYMENT. PLEASE CHECK YOUR EMAIL FOR PAYMENT OPTIONS.
503 | | ecommerce | | customs/held/pending_duty_taxes_payment | | CONSIGNEE CONTACTED FOR PAYMENT
241 | | ecommerce | | customs/in_progress/duty_taxes_paid | | DUTY/TAX PAYMENT RECEIVED
504 | | ecommerce | | customs/in_progress/duty_taxes_paid | | DUTIES PAYMENT RECEIVED
448 | | ecommerce | | customs/exception/release_failed | | CLEARANCE NOT POSSIBLE
508 | | ecommerce | | customs/exception/delay | | CUSTOMS DELAY
588 | | ecommerce | | customs/held | | SHIPMENT HANDED OVER TO LOCAL CUSTOMS OFFICE; CONSIGNEE CONTACTED FOR PICKUP
544 | | ecommerce | | delivery/out_for_delivery | | SHIPMENT WAS LOADED INTO DELIVERY VEHICLE
558 | | ecommerce | | delivery/out_for_delivery | | RECIPIENT IS NEXT STOP ON ROUTE
580 | | ecommerce | | delivery/out_for_delivery | | OUT FOR SECOND DELIVERY ATTEMPT
563 | | ecommerce | | delivery/attempt | | ATTEMPTED DELIVERY
571 | | ecommerce | | delivery/attempt | | DELIVERY ATTEMPTED; RETURNED FOR RE-DELIVERY
583 | | ecommerce | | delivery/attempt | | FINAL DELIVERY ATTEMPT
595 | | ecommerce | | delivery/attempt | | ATTEMPTED DELIVERY
596 | | ecommerce | | delivery/attempt | | ATTEMPTED DELIVERY
615 | | ecommerce | | delivery/attempt | | ATTEMPTED DELIVERY
629 | | ecommerce | | delivery/attempt | | REDELIVERY ATTEMPT UNSUCCESSFUL
638 | | ecommerce | | delivery/attempt | | 1ST DELIVERY ATTEMPT
639 | | ecommerce | | delivery/attempt | | 3RD DELIVERY ATTEMPT
665 | | ecommerce | | delivery/attempt | | HANDOVER TO SERVICE POINT FAILED
614 | | ecommerce | | delivery/attempt | recipient_cod_unpaid | COD NOT READY
550 | | ecommerce | | delivery/attempt/left_notice | | NOTICE LEFT
551 | | ecommerce | | delivery/attempt/recipient_unavailable | | NO ONE HOME, CARD LEFT
552 | | ecommerce | | delivery/attempt/recipient_unavailable | | NO ONE TO RECEIVE, CARD LEFT
556 | | ecommerce | | delivery/attempt/recipient_unavailable | | NOTICE LEFT (NO AUTHORIZED RECIPIENT AVAILABLE)
613 | | ecommerce | | delivery/attempt/recipient_unavailable | | NO ONE HOME
553 | | ecommerce | | delivery/attempt/no_safe_location | | NOTICE LEFT (RECEPTACLE FULL/ITEM OVERSIZED)
554 | | ecommerce | | delivery/attempt/no_safe_location | | NOTICE LEFT (NO SECURE LOCATION AVAILABLE)
555 | | ecommerce | | delivery/attempt/restricted_access_hours | | NOTICE LEFT (BUSINESS CLOSED)
564 | | ecommerce | | delivery/attempt/restricted_access_hours | | NOTICE LEFT (BUSINESS CLOSED)
605 | | ecommerce | | delivery/attempt/unable_to_access_location | | NO ACCESS
619 | | ecommerce | | delivery/attempt/refused_by_recipient | | REJECTED AFTER OPENING
607 | | ecommerce | | delivery/delivered | | SECOND DELIVERY ATTEMPT SUCCESSFUL
469 | | ecommerce | | delivery/delivered/pudo_point | | AWAITING COLLECTION AT DHL SERVICE POINT
570 | | ecommerce | | delivery/delivered/pudo_point | | AVAILABLE FOR PICKUP
585 | | ecommerce | | delivery/delivered/pudo_point | | AVAILABLE FOR PICKUP
599 | | ecommerce | | delivery/delivered/pudo_point | | AVAILABLE FOR PICKUP FROM SERVICE POINT
522 | | ecommerce | | delivery/delivered/post_office | | AVAILABLE FOR PICKUP AT POST OFFICE
572 | | ecommerce | | post_delivery/collected/by_recipient | | PICKED UP BY CONSIGNEE FROM PICKUP LOCATION
872 | | ecommerce | | post_delivery/proof/proof_of_delivery | | PROOF OF DELIVERY DELIVERED TO CUSTOMER
574 | | ecommerce | | delivery/notification | | EXPECTED DELIVERY
161 | | ecommerce | | delivery/change/local_place | | PARCEL AUTHORIZED TO LEAVE
162 | | ecommerce | | delivery/change/address | | REDIRECTED TO PARCEL SHOP
582 | | ecommerce | | delivery/change/address | | CHANGE OF ADDRESS
581 | | ecommerce | | delivery/change/date | | RESCHEDULED
616 | | ecommerce | | delivery/change/date | | RESCHEDULED
609 | | ecommerce | | delivery/change/date | recipient_request | RESCHEDULED BY REQUEST FROM CONSIGNEE
604 | | ecommerce | | delivery/change | sender_cancelled | SHIPMENT RECALLED BY SENDER
163 | | ecommerce | | delivery/admin | | SHIPMENT DATA UPDATED
164 | | ecommerce | | delivery/admin | | THE SHIPMENT INFORMATION IS EDITED
591 | | ecommerce | | delivery/admin | | COD AMOUNT COLLECTED
617 | | ecommerce | | delivery/admin | | COD AMOUNT REMITTED
618 | | ecommerce | | delivery/admin | | COD AMOUNT DEPOSITED
807 | | ecommerce | | delivery/admin | | RETURN LABEL PRINTED
870 | | ecommerce | | delivery/admin | | PROOF OF DELIVERY DISPATCHED TO HUB
871 | | ecommerce | | delivery/admin | | PROOF OF DELIVERY DISPATCHED TO CUSTOMER
229 | | ecommerce | | exception/held_at_hub/missing_information | | PHYSICAL PACKAGE RECEIVED WITH NO ELECTRONIC DATA
513 | | ecommerce | | exception/held_at_hub/missing_information | | PIECE BUT NO DATA
107 | | ecommerce | | exception/held_at_hub | security | PACKAGE SCREENING EXCEPTION - CANNOT BE SHIPPED INTERNATIONAL
644 | | ecommerce | | exception/held_at_hub | | PARCEL IS HOLD BY DHL
630 | | ecommerce | | exception/held_at_hub/bad_address | | UNDELIVERABLE AS ADDRESSED
631 | | ecommerce | | exception/held_at_hub/bad_address | | UNDELIVERABLE - INCORRECT ADDRESS
691 | | ecommerce | | exception/held_at_hub/bad_address | | VACANT
750 | | ecommerce | | exception/held_at_hub/bad_address | | VACANT
633 | | ecommerce | | exception/held_at_hub/bad_address | address_incomplete | UNDELIVERABLE - UNIT/SUITE NOT PROVIDED
683 | | ecommerce | | exception/held_at_hub/bad_address | address_incomplete | INSUFFICIENT ADDRESS
710 | | ecommerce | | exception/held_at_hub/bad_address | address_incomplete | INSUFFICIENT ADDRESS
686 | | ecommerce | | exception/held_at_hub/bad_address | recipient_moved | MOVED, LEFT NO ADDRESS
720 | | ecommerce | | exception/held_at_hub/bad_address | recipient_moved | MOVED, LEFT NO ADDRESS
730 | | ecommerce | | exception/held_at_hub/bad_address | recipient_moved | FORWARD EXPIRED
689 | | ecommerce | | exception/held_at_hub/bad_address | recipient_unknown | ADDRESSEE UNKNOWN
740 | | ecommerce | | exception/held_at_hub/bad_address | recipient_unknown | ADDRESSEE UNKNOWN
700 | | ecommerce | | exception/held_at_hub/bad_address | address_not_found | NO SUCH NUMBER
693 | | ecommerce | | exception/held_at_hub | pickup_expired | UNCLAIMED
760 | | ecommerce | | exception/held_at_hub | pickup_expired | UNCLAIMED
450 | | ecommerce | | exception/delay | | POSSIBLE TRANSIT DELAY
592 | | ecommerce | | exception/delay | | POSSIBLE DELIVERY DELAY
593 | | ecommerce | | exception/delay | | POSSIBLE DELAY
651 | | ecommerce | | exception/delay | | UNABLE TO ATTEMPT DELIVERY
594 | | ecommerce | | exception/delay | recipient_absent | CONSIGNEE ON HOLIDAY
546 | | ecommerce | | exception/delay/due_to_misroute | | MISROUTED
640 | | ecommerce | | exception/delay/due_to_misroute | | MISSENT
641 | | ecommerce | | exception/delay/due_to_misroute | | MISSENT
670 | | ecommerce | | exception/delay/due_to_misroute | | MIS-SHIPPED
671 | | ecommerce | | exception/delay/due_to_misroute | | MIS-SHIPPED
620 | | ecommerce | | exception/damage_loss/parcel_damaged | | VISIBLE DAMAGE
623 | | ecommerce | | exception/damage_loss/parcel_damaged | | VISIBLE DAMAGE
625 | | ecommerce | | exception/other | | UNDELIVERABLE
626 | | ecommerce | | exception/other | | UNDELIVERABLE
809 | | ecommerce | | exception/other | | UNDELIVERABLE
770 | | ecommerce | | exception/other | recipient_deceased | DECEASED
844 | | ecommerce | | exception/other | recipient_no_contact | UNCONTACTABLE
690 | | ecommerce | | exception/other | goods_incomplete | PACKAGE REPORTED MISSING
636 | | ecommerce | | exception/destroyed | | UNDELIVERED - PROCESSES FOR LOCAL DISPOSAL
825 | | ecommerce | | exception/destroyed | | DESTROYED
800 | | ecommerce | | return_to_sender/initiated | | RETURN TO SENDER
808 | | ecommerce | | return_to_sender/initiated | | RETURN INITIATED
815 | | ecommerce | | return_to_sender/initiated | | RETURNS PROCESS STARTED
108 | | ecommerce | | return_to_sender/initiated | security | PACKAGE SCREENING EXCEPTION - RETURNING TO SHIPPER
802 | | ecommerce | | return_to_sender/initiated | carrier_area | RETURNED, SERVICE NOT AVAILABLE
806 | | ecommerce | | return_to_sender/in_transit | | RETURN DISPATCHED TO SERVICE POINT
811 | | ecommerce | | return_to_sender/in_transit | | ENROUTE TO ORIGIN RETURN FACILITY
816 | | ecommerce | | return_to_sender/in_transit | | RETURN LOADED IN VEHICLE
820 | | ecommerce | | return_to_sender/in_transit | | OUT FOR RETURN
821 | | ecommerce | | return_to_sender/in_transit | | ATTEMPTED RETURN DELIVERY
854 | | ecommerce | | return_to_sender/in_transit | | RETURN PICKED UP
859 | | ecommerce | | return_to_sender/in_transit | | RETURN DELIVERY RESCHEDULED
810 | | ecommerce | | return_to_sender/carrier_facility/arrived | | RETURNED TO CENTRAL HUB
855 | | ecommerce | | return_to_sender/carrier_facility/processed | | RETURN ENCODED
857 | | ecommerce | | return_to_sender/carrier_facility/processed | | RETURN SCANNED INTO SACK/CONTAINER
849 | | ecommerce | | return_to_sender/pending | | RETURN PARCEL IS HOLD BY DHL
882 | | ecommerce | | return_to_sender/pending | | RETURN DELIVERY FAILED
880 | | ecommerce | | return_to_sender/pending | address_wrong | RETURN FAILED - INCORRECT ADDRESS
883 | | ecommerce | | return_to_sender/pending | address_no_access | RETURN FAILED - NO ACCESS
884 | | ecommerce | | return_to_sender/pending | sender_refused | RETURN FAILED - REJECTED
886 | | ecommerce | | return_to_sender/pending | sender_closed | RETURN FAILED - NO ONE HOME
860 | | ecommerce | | return_to_sender/delivered | | RETURNS DELIVERED
863 | | ecommerce | | return_to_sender/delivered | | RETURNED TO CUSTOMER
864 | | ecommerce | | return_to_sender/delivered | | RETURN HANDED OUT AT SERVICE POINT

150 | | ecommerce-ppl | | collection/collected | | We received the parcel from the sender
300 | | ecommerce-ppl | | in_transit/arrived_at_carrier_facility | | The parcel is located at the delivery depot
343 | | ecommerce-ppl | | delivery/delivered/pudo_point | | Package is ready in pickup point
400 | | ecommerce-ppl | | in_transit/processed_at_carrier_facility | | The parcel is ready for delivery
450 | | ecommerce-ppl | | delivery/delivered | | The parcel is delivered
460 | | ecommerce-ppl | | delivery/change/date | | The parcel will be delivered on another day
500 | | ecommerce-ppl | | in_transit/departed_carrier_facility | | The parcel is on the way to the delivery depot
900 | | ecommerce-ppl | | order/created | | Electronic data received
997 | | ecommerce-ppl | | exception/damage_loss/lost_in_transit | | Undelivered - Shipment lost
999 | | ecommerce-ppl | | order/cancelled | | Cancellation confirmed by sender - data only
`;
