/**
 * DHL Parcel Benelux ("parcel-nl"). "Unified status list" of developer.dhl.com. DELIVERED_AT_PARCELSHOP is an internal event: the
 * parcel can be fetched once the notification has been sent.
 */
export const PARCEL_NL = `
ACCESSPOINT_FULL_REDELIVER | | parcel-nl | | delivery/attempt | pickup_point_full | Delivery at post office not possible, new delivery attempt on next delivery day
PARCELSHOP_FULL_REDELIVER | | parcel-nl | | delivery/attempt | pickup_point_full | DHL ServicePoint full, new delivery attempt on the next delivery day
ADDRESS_CORRECTED_BY_DEPOT_MANAGER | | parcel-nl | | delivery/change/address | | Address details corrected
FORWARDED_TO_DIFFERENT_ADDRESS | | parcel-nl | | delivery/change/address | | Will be forwarded to another address
INTERVENTION_DELIVERY_ADDRESS_CHANGED_INTO_PARCELSHOP | | parcel-nl | | delivery/change/address | | Request by the recipient for delivery at DHL ServicePoint
INTERVENTION_DELIVERY_ADDRESS_CHANGED_INTO_PARCELSTATION | | parcel-nl | | delivery/change/address | | Delivery address changed to DHL Locker
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_ACCESSPOINT | | parcel-nl | | delivery/change/address | | We deliver your parcel to a post office
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_DIFFERENT_ADDRESS | | parcel-nl | | delivery/change/address | | Request by the recipient for delivery to a different address
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_PARCELSHOP | | parcel-nl | | delivery/change/address | | We deliver your shipment at a DHL ServicePoint
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_PARCELSTATION | | parcel-nl | | delivery/change/address | | We deliver your parcel in a DHL Locker
INTERVENTION_SYSTEM_REQUESTS_DELIVERY_AT_PARCELSHOP | | parcel-nl | | delivery/change/address | | We'll deliver your parcel at the specified DHL ServicePoint
CALAMITY_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP | | parcel-nl | | delivery/change/address | | We deliver your shipment at a DHL ServicePoint.
FORWARD_TO_DIFFERENT_PARCELSHOP | | parcel-nl | | delivery/change/address | pickup_point_closed | Selected DHL ServicePoint closed, redirected to other DHL ServicePoint
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_NEIGHBOURS | | parcel-nl | | delivery/change/local_place | | We deliver your shipment at your neigbours
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_PREFERRED_NEIGHBOURS | | parcel-nl | | delivery/change/local_place | | We deliver your parcel to the preferred neighbours
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_SAFEPLACE | | parcel-nl | | delivery/change/local_place | | We deliver your shipment at your preferred location
INTERVENTION_SYSTEM_REQUESTS_DELIVERY_AT_SAFEPLACE | | parcel-nl | | delivery/change/local_place | | We'll deliver your parcel at the specified place near your house
INTERVENTION_DELIVERY_SCHEDULED_AT_ANOTHER_TIME/DATE | | parcel-nl | | delivery/change/date | | Delivery date changed successfully
INTERVENTION_RECEIVER_REQUESTS_DELIVERY_AT_ANOTHER_TIME/DATE | | parcel-nl | | delivery/change/date | | We deliver your shipment at your preferred day and/or time
SCHEDULED_FOR_MOVEMENT | | parcel-nl | | delivery/change/date | | Delivery instruction changed to delivery at another day or time
SERVICE_CHANGED | | parcel-nl | | delivery/change/service | | Service changed
INTERVENTION | | parcel-nl | | delivery/change | | Delivery instruction changed
INTERVENTION_SYSTEM_FAILED_DELIVERY_AT_PARCELSHOP | | parcel-nl | | delivery/change | | Your delivery preference for this parcel is not possible
INTERVENTION_SYSTEM_FAILED_DELIVERY_AT_SAFEPLACE | | parcel-nl | | delivery/change | | Your delivery preference for this parcel is not possible
RECEIVER_CLOSED_ANNOUNCED | | parcel-nl | | delivery/change/date | recipient_closed | Recipient closed, delivery date changed
RECEIVER_ON_HOLIDAY_ANNOUNCED | | parcel-nl | | delivery/change/date | recipient_absent | Recipient on holiday, delivery date changed
ADDRESS_NOT_FOUND | | parcel-nl | | exception/held_at_hub/bad_address | address_not_found | Delivery interrupted, address not located
BAD_ADDRESS | | parcel-nl | | exception/held_at_hub/bad_address | | Address details unknown or incorrect, we will contact the sender for instructions
BAD_ADDRESS_INTERNATIONAL | | parcel-nl | | exception/held_at_hub/bad_address | | Incorrect address details, please contact the sender
ON_HOLD_BAD_ADDRESS | | parcel-nl | | exception/held_at_hub/bad_address | | Incorrect address details, pending correct details
RECEIVER_MOVED_OR_UNKNOWN | | parcel-nl | | exception/held_at_hub/bad_address | recipient_unknown | Recipient moved or unknown, we will contact sender for instructions
DELIVERY_DATA_INCORRECT | | parcel-nl | | exception/delay | address_wrong | Address details incorrect, delay due to manual address check
MISCODE | | parcel-nl | | exception/delay | address_wrong | Address details incorrect due to wrong zip code
ADDRESS_UNKNOWN | | parcel-nl | | return_to_sender/initiated | address_wrong | Address details unknown or incorrect, return to sender
DELIVERY_DATA_INCORRECT_RETURN | | parcel-nl | | return_to_sender/initiated | address_wrong | Incorrect address details, the shipment will return to the sender
POSTAL_CODE_INCORRECT | | parcel-nl | | return_to_sender/initiated | address_wrong | Incorrect address details, the shipment will return to the sender
CUSTOMS_DATA_INCORRECT_RETURN_TO_SHIPPER | | parcel-nl | | return_to_sender/initiated | customs_documents | Customs data incorrect, return to shipper
DAMAGE_RETURN | | parcel-nl | | return_to_sender/initiated | goods_damaged | Damage found, return to sender
RECEIVER_UNKNOWN_RETURN | | parcel-nl | | return_to_sender/initiated | recipient_unknown | Recipient moved or unknown, return to sender
NO_MONEY_RETURN | | parcel-nl | | return_to_sender/initiated | recipient_cod_unpaid | No payment, return to sender
NOT_HOME_RETURN_TO_SHIPPER | | parcel-nl | | return_to_sender/initiated | recipient_absent | We missed each other, the parcel will return to the sender
PARCEL_TOO_HEAVY_RETURN | | parcel-nl | | return_to_sender/initiated | goods_oversize | The shipment is too heavy, return to the sender
PARCEL_TOO_LARGE_RETURN | | parcel-nl | | return_to_sender/initiated | goods_oversize | The shipment is too large, return to the sender
PO_BOX | | parcel-nl | | return_to_sender/initiated | address_po_box | Delivery at post office box not possible, return to sender
INTERVENTION_REQUEST_CANCEL_INTERVENTION_SUSPECTED_FRAUD | | parcel-nl | | return_to_sender/initiated | sender_cancelled | Returned at the sender's request
INTERVENTION_SHIPPER_REQUEST_DELIVERY_CANCELLED | | parcel-nl | | return_to_sender/initiated | sender_cancelled | Returned at the sender's request
INVALID_SHIPMENT_SPECIFICATION_RETURN | | parcel-nl | | return_to_sender/initiated | | Shipment does not meet the conditions, return to sender
PARCELSTATION_DELIVERY_UNSUCCESFULL_RETURN | | parcel-nl | | return_to_sender/initiated | | Delivery in DHL Locker unsuccessful, return to the sender
RECEIVER_RETURN | | parcel-nl | | return_to_sender/initiated | | Parcel is returned
RETURNED_NOT_COLLECTED | | parcel-nl | | return_to_sender/initiated/not_collected | | Not collected at DHL ServicePoint by the recipient, return to sender
STORAGE_PERIOD_ENDED_AT_ACCESSPOINT | | parcel-nl | | return_to_sender/initiated/not_collected | | Not collected at DHL ServicePoint by the recipient, return to sender
STORAGE_PERIOD_ENDED_AT_PARCELSHOP | | parcel-nl | | return_to_sender/initiated/not_collected | | Not collected at DHL ServicePoint by the recipient, return to sender
STORAGE_PERIOD_ENDED_AT_PARCELSTATION | | parcel-nl | | return_to_sender/initiated/not_collected | | Not collected from DHL Locker, return to the sender
ON_ROUTE_TO_SHIPPER | | parcel-nl | | return_to_sender/in_transit | | On route to the sender
POSTPROCESS_RETURN_CONSOLIDATION | | parcel-nl | | return_to_sender/in_transit | | Handed over to third party for return process
POSTPROCESS_RETURN_CONSOLIDATION_LOAD | | parcel-nl | | return_to_sender/in_transit | | Loaded into a transport container for return
PARCEL_RELABELED_FOR_RETURN_TO_SHIPPER | | parcel-nl | | return_to_sender/pending/preparing_for_return | | Relabeled for return to sender
RETURN_DELIVERED_AT_SHIPPER_CALCULATED | | parcel-nl | | return_to_sender/delivered | | Return delivered at the sender
DELIVERED_AT_SHIPPER | | parcel-nl | | return_to_sender/delivered | | Delivered at the sender
POSTPROCESS_DELIVERED_AT_SHIPPER | | parcel-nl | | return_to_sender/delivered | | Delivered to the sender by third party
AGREED_COLLECTION | | parcel-nl | | collection/scheduled | | Shipment will be picked up as scheduled
WILL_BE_COLLECTED | | parcel-nl | | collection/scheduled | | Shipment(s) will be picked up
COLLECTION_PLANNED_IN_ROUTE | | parcel-nl | | collection/scheduled | | Pickup planned in the route of the courier
COLLECTION_DATA_RECEIVED | | parcel-nl | | collection/requested | | Pickup order has been received by DHL
COLLECTION_IMPORT_EXPRESS | | parcel-nl | | collection/requested | | Pickup order received from Express
COLLECTION_HANDED_OVER_TO_DD | | parcel-nl | | collection/requested | | Pickup order handed over to another courier
COLLECTION_HANDED_OVER_TO_THIRD_PARTY | | parcel-nl | | collection/requested | | Pickup order handed over to another courier
PICKUP_DATA_RECEIVED | | parcel-nl | | collection/requested | | Pick-up data received by DHL Parcel
COLLECTION_ORDER_HANDED_OVER_TO_DRIVER | | parcel-nl | | collection/vehicle/dispatch | | Pickup order handed over to the courier
COLLECTION_ORDER_OUT_FOR_DELIVERY | | parcel-nl | | collection/vehicle/en_route | | Courier on route for pickup order
BACKLOG_COLLECTION_CANCELLED | | parcel-nl | | collection/cancelled | carrier_capacity | Shipment(s) not picked up due to backlog, pick-up order cancelled
BACKLOG_PICKUP_CANCELLED | | parcel-nl | | collection/cancelled | carrier_capacity | Shipment(s) not picked up due to backlog, pick-up order cancelled
BAD_ADDRESS_NOT_COLLECTED | | parcel-nl | | collection/cancelled | address_wrong | Incorrect pick-up address, pick-up order cancelled
RECEIVER_CLOSED_COLLECTION_CANCELLED | | parcel-nl | | collection/cancelled | sender_closed | Pick-up address is closed, pick-up order cancelled
RECEIVER_CLOSED_PICKUP_CANCELLED | | parcel-nl | | collection/cancelled | sender_closed | Pick-up address is closed, pick-up order cancelled
RECEIVER_CLOSED_ON_HOLIDAY_COLLECTION_CANCELLED | | parcel-nl | | collection/cancelled | sender_closed | Pick-up address closed due to holiday, pick-up order cancelled
RECEIVER_CLOSED_ON_HOLIDAY_PICKUP_CANCELLED | | parcel-nl | | collection/cancelled | sender_closed | Pick-up address closed due to holiday, pick-up order cancelled
NOTHING_PICKED_UP_ORDER_CANCELLED | | parcel-nl | | collection/cancelled | | Nothing was picked up, order was cancelled
BACKLOG_NOT_COLLECTED | | parcel-nl | | collection/attempt | carrier_capacity | No pick-up due to DHL backlog, new pick-up attempt next delivery day
COLLECTION_ADDRESS_CLOSED | | parcel-nl | | collection/attempt/unable_to_reach_contact | | Pick-up address closed
RECEIVER_CLOSED_COLLECTION_RESCHEDULED | | parcel-nl | | collection/attempt/unable_to_reach_contact | | Pick-up address closed, new pick-up attempt next delivery day
RECEIVER_CLOSED_ON_HOLIDAY_COLLECTION_RESCHEDULED | | parcel-nl | | collection/attempt/unable_to_reach_contact | | Pick-up address closed due to holiday
RECEIVER_MOVED_OR_UNKNOWN_NOT_COLLECTED | | parcel-nl | | collection/attempt | address_not_found | Pick-up address unknown
NOTHING_COLLECTED | | parcel-nl | | collection/attempt | | Nothing picked up by the courier
NOTHING_PICKED_UP | | parcel-nl | | collection/attempt | | No shipment(s) picked up
NOTHING_PICKED_UP_OTHER_REASON | | parcel-nl | | collection/attempt | | No shipment(s) picked up
PARCEL_MISSING_AT_PARCELSTATION_NOTICED_BY_COURIER | | parcel-nl | | collection/attempt | | Nothing picked up, no parcel found in the DHL Locker
NOTHING_PICKED_UP_GOODS_ARE_NOT_READY_YET | | parcel-nl | | collection/attempt/goods_not_ready | | Nothing was picked up, no shipment(s) prepared
NOTHING_PICKED_UP_NO_GOODS_FOR_TODAY | | parcel-nl | | collection/attempt/goods_not_ready | | Nothing was picked up, no shipment(s) today
PALLET_MATERIAL_NOT_AVAILABLE | | parcel-nl | | collection/attempt/goods_not_ready | | No empty pallet material available at pick-up address
PALLET_MATERIAL_NOT_AVAILABLE_AT_PICKUP | | parcel-nl | | collection/attempt/goods_not_ready | | No empty pallet material available at pick-up address
PALLET_NOT_EMPTY | | parcel-nl | | collection/attempt/goods_not_ready | | Euro-pallets at pick-up address still in use
PALLET_NOT_EMPTY_AT_PICKUP | | parcel-nl | | collection/attempt/goods_not_ready | | Euro-pallets at pick-up address still in use
COLLECT_AGAIN_SAME_ADDRESS | | parcel-nl | | collection/change/date | | New pick-up attempt at the same address next delivery day
NEW_COLLECTION_ATTEMPT | | parcel-nl | | collection/change/date | | New pickup attempt by the courier
COLLECTED | | parcel-nl | | collection/collected | | Shipment(s) has/have been picked up
PARCEL_COLLECTED | | parcel-nl | | collection/collected | | Picked up by the courier
PICKED_UP | | parcel-nl | | collection/collected | | Picked up by the courier
SPONTANEOUS_RETURN | | parcel-nl | | collection/collected | | Unannounced return given to the courier
PARCEL_COLLECTED_AT_PARCELSHOP_BY_COURIER | | parcel-nl | | collection/collected/from_pudo | | Picked up at DHL ServicePoint by the courier
PARCEL_COLLECTED_AT_SERVICEPOINT_BY_COURIER | | parcel-nl | | collection/collected/from_pudo | | Picked up at DHL ServicePoint by the courier
PARCEL_PICKED_UP_AT_ACCESSPOINT | | parcel-nl | | collection/collected/from_pudo | | Picked up at post office by the courier
PARCEL_PICKED_UP_AT_PARCELSHOP | | parcel-nl | | collection/collected/from_pudo | | Picked up at DHL ServicePoint by the courier
PARCEL_RECEIVED | | parcel-nl | | collection/dropped_by_customer | | Dropped off by the sender
SHIPMENT_ACCEPTANCE | | parcel-nl | | collection/dropped_by_customer | | Dropped off at DHL by the sender
SHIPMENT_ACCEPTANCE_DEPOT | | parcel-nl | | collection/dropped_by_customer/at_depot | | Dropped off at depot by the sender
SHIPMENT_ACCEPTANCE_PARCELSHOP | | parcel-nl | | collection/dropped_by_customer/at_pudo | | Dropped off at DHL ServicePoint by the sender
SHIPMENT_ACCEPTANCE_PARCELSTATION | | parcel-nl | | collection/dropped_by_customer/at_parcel_locker | | Dropped off in DHL Locker by the sender
ANNOUNCED_AT_PARCELSHOP | | parcel-nl | | order/created | | Announced at DHL ServicePoint
PARCEL_WILL_BE_BROUGHT_IN_BY_RECEIVER | | parcel-nl | | order/created | | Ready for drop off by the sender
LEG_CREATED | | parcel-nl | | order/created | | Registered in network
RETURN_ORDER_CANCELLED | | parcel-nl | | order/cancelled | | Return order cancelled at DHL ServicePoint
PARCEL_NOT_BROUGHT_IN | | parcel-nl | | exception/delivery/parcel_not_received | | Not dropped off by the sender
PARCEL_OUT_OF_TIME_FOR_DROP_OFF | | parcel-nl | | exception/delivery/parcel_not_received | | Period expired for drop off at DHL ServicePoint by the sender
DATA_MISSING | | parcel-nl | | exception/held_at_hub/missing_information | | The shipment's data is missing
PARCEL_NO_DATA | | parcel-nl | | exception/held_at_hub/missing_information | | No data
ARRIVED_AT_DELIVERY_FACILITY | | parcel-nl | | in_transit/arrived_at_carrier_facility | | Arrived in your region
PARCEL_ARRIVED_AT_LOCAL_DEPOT | | parcel-nl | | in_transit/arrived_at_carrier_facility | | Arrived in your region
PARCEL_RETURNED_FROM_ROUTE | | parcel-nl | | in_transit/arrived_at_carrier_facility | | Returned from the route of the courier
UNLOAD_VEHICLE | | parcel-nl | | in_transit/arrived_at_carrier_facility | | Vehicle is being unloaded
DEPOT_SCAN | | parcel-nl | | in_transit/processed_at_carrier_facility | | Scanned at the sorting center
CONFIRM_UPLIFT | | parcel-nl | | in_transit/processed_at_carrier_facility | | Ready for departure from the international sorting center
FACILITY_CHECK_OUT | | parcel-nl | | in_transit/processed_at_carrier_facility | | Ready for departure from the international sorting center
REWEIGH | | parcel-nl | | in_transit/processed_at_carrier_facility | | Weighed and measured at the sorting center
INVENTORY | | parcel-nl | | in_transit/processed_at_carrier_facility | | Inventory
SHIPMENT_INSPECTION_RELEASED | | parcel-nl | | in_transit/processed_at_carrier_facility | | Screening process is completed, the shipment continues towards the destination
DELIVERY_PLANNED_IN_ROUTE | | parcel-nl | | in_transit/processed_at_carrier_facility | | Delivery planned in the route of the courier
RELABELED | | parcel-nl | | in_transit/processed_at_carrier_facility/label_reprinted | | Relabeled
REPACKED_DELIVERY_DAMAGED | | parcel-nl | | in_transit/processed_at_carrier_facility/parcel_repaired | | Repackaged due to damage
DEPARTURE | | parcel-nl | | in_transit/departed_carrier_facility | | Departure from the sorting center
PASSED_GATEWAY | | parcel-nl | | in_transit/departed_carrier_facility | | Departure from the international sorting center
SCAN_OK_GATEWAY | | parcel-nl | | in_transit/departed_carrier_facility | | Departure from the international sorting center
FORWARD_DESTINATION | | parcel-nl | | in_transit/departed_carrier_facility | | Forwarded to the CityHub
IN_ROUTE_THIRD_PARTY | | parcel-nl | | in_transit/carrier_network | | On route to the CityHub
RECORD_OF_TRANSIT | | parcel-nl | | in_transit/carrier_network | | On route to the international sorting center
HELD_OUT_DEPOT | | parcel-nl | | in_transit/carrier_network | | Taken out of storage
FOUND_AT_DEPOT | | parcel-nl | | in_transit/carrier_network | | Found at the CityHub
FOUND_DURING_INVENTORY | | parcel-nl | | in_transit/carrier_network | | Found during stocktaking
FORWARD_THIRD_PARTY | | parcel-nl | | in_transit/carrier_network/handed_to_another_carrier | | Forwarded to local carrier
HANDOVER | | parcel-nl | | in_transit/carrier_network/handed_to_another_carrier | | Handed over to local carrier
PREPROCESS_HANDOVER_TO_TRANSPORTER | | parcel-nl | | in_transit/carrier_network/handed_to_another_carrier | | Handed over to third party for transport
FAILED_TO_DELIVER_REDELIVER | | parcel-nl | | exception/delay | | Delivery delayed, new delivery attempt on next delivery day
TRANSPORT_DELAY | | parcel-nl | | exception/delay | | Delayed during transport
NEW_DELIVERY_ATTEMPT | | parcel-nl | | exception/delay | | New delivery attempt on the next delivery day
REDELIVER | | parcel-nl | | exception/delay | | New delivery attempt on the next delivery day
REDELIVER_AT_PARCELSHOP | | parcel-nl | | exception/delay | | New delivery attempt at DHL ServicePoint on the next delivery day
REDELIVER_DIFFERENT_ADDRESS | | parcel-nl | | exception/delay | | New delivery attempt on another address the next delivery day
REDELIVER_SAME_ADDRESS | | parcel-nl | | exception/delay | | New delivery attempt on the same address next delivery day
BACKLOG_NOT_DELIVERED | | parcel-nl | | exception/delay | carrier_capacity | Delivery interrupted, delivery date changed
HELD_IN_STORAGE_BACKLOG | | parcel-nl | | exception/delay | carrier_capacity | In storage for later delivery
FORWARD_DESTINATION_TOO_LATE | | parcel-nl | | exception/delay | carrier_missed_connection | Forwarded to the CityHub too late
MISSED_DELIVERY_CYCLE | | parcel-nl | | exception/delay | carrier_missed_connection | Missed delivery route
FORCE_MAJEURE | | parcel-nl | | exception/delay | force_majeure | Delivery interrupted, delivery date changed
HELD_IN_STORAGE_HOLIDAY | | parcel-nl | | exception/delay | holiday | In storage because of holiday
HELD_IN_STORAGE_INCOMPLETE | | parcel-nl | | exception/delay | goods_incomplete | In storage because of incomplete
SHIPMENT_INSPECTION_ON_HOLD | | parcel-nl | | exception/delay | security | Shipment is being screened, a delay may occur
SHIPMENT_TOO_LARGE_FOR_ACCESSPOINT | | parcel-nl | | exception/delay | goods_oversize | Too big for DHL ServicePoint delivery
SHIPMENT_TOO_LARGE_FOR_PARCELSHOP | | parcel-nl | | exception/delay | goods_oversize | To large for delivery at DHL ServicePoint, forwarded to CityHub
SHIPMENT_TOO_LARGE_FOR_PARCELSTATION | | parcel-nl | | exception/delay | goods_oversize | To large for delivery at DHL Locker, forwarded to depot
PARCELSTATION_NOT_AVAILABLE_REDELIVER_TO_PARCELSHOP | | parcel-nl | | exception/delay | pickup_point_closed | DHL Locker not available, new delivery attempt to DHL ServicePoint on the next delivery day
LABEL_UNUSABLE | | parcel-nl | | exception/delay | sender_bad_label | Label issue, the shipment will be relabelled and forwarded
MISSING_AFTER_ROUTE | | parcel-nl | | exception/other | goods_incomplete | Delivery interrupted
PARCEL_MISSING | | parcel-nl | | exception/other | goods_incomplete | Delivery interrupted, the parcel is delayed for one or two days
PARCEL_MISSING_AT_PARCELSHOP | | parcel-nl | | exception/other | goods_incomplete | Parcel missing, please contact the sender
PARCEL_MISSING_AT_PARCELSHOP_NOTICED_AT_STOCK_CHECK | | parcel-nl | | exception/other | goods_incomplete | Parcel collection at DHL ServicePoint temporarily not possible
PARCEL_MISSING_AT_PARCELSHOP_NOTICED_BY_COURIER | | parcel-nl | | exception/other | goods_incomplete | Pickup by the courier at DHL ServicePoint temporarily not possible
PARCEL_MISSING_AT_PARCELSHOP_NOTICED_BY_CUSTOMER | | parcel-nl | | exception/other | goods_incomplete | Collection at DHL ServicePoint temporarily not possible
PIECE_MISSING | | parcel-nl | | exception/other | goods_incomplete | Delivery (partially) interrupted, the parcel is delayed for one day
CLOSED_SHIPMENT | | parcel-nl | | exception/other | | Delivery (partially) interrupted, please contact the sender
ON_HOLD | | parcel-nl | | exception/held_at_hub | | Temporarily in storage
INVALID_SHIPMENT_SPECIFICATION | | parcel-nl | | exception/held_at_hub | | Shipment does not meet the conditions
ON_HOLD_ANNOUNCED | | parcel-nl | | delivery/admin | | Temporarily in storage
DANGEROUS_GOODS_OCCURRENCE | | parcel-nl | | exception/held_at_hub/hazmat | | Pending action or information
PACKAGING_ISSUE | | parcel-nl | | exception/held_at_hub | sender_bad_packaging | The shipment's packaging is not suited for transport
DENIED_PARTIES | | parcel-nl | | exception/held_at_hub | customs_compliance | Stopped because of sanctioned countries
SHIPMENT_INSPECTION_REJECTED | | parcel-nl | | exception/held_at_hub | security | Shipment blocked, please contact the sender
AWAITING_PAYMENT_RECEIVER_NOTIFIED | | parcel-nl | | exception/held_at_hub | goods_payment | Awaiting payment, recipient has been notified
HELD_FOR_PAYMENT | | parcel-nl | | exception/held_at_hub | goods_payment | Awaiting payment
SHIPMENT_STOPPED | | parcel-nl | | exception/delivery/seized_by_law_enforcement | | Shipment seized
DESTROYED | | parcel-nl | | exception/destroyed | | Disposed of shipment as requested by the sender
BONDED_LOCATION | | parcel-nl | | customs/in_progress | | Stored in the customs area
ENTRY_SUBMITTED | | parcel-nl | | customs/in_progress | | Entry submitted
IN_CLEARANCE_PROCESS | | parcel-nl | | customs/in_progress | | In clearance at customs
PREPROCESS_HANDOVER_TO_EXPORT_CUSTOMS | | parcel-nl | | customs/in_progress | | Handed over from third party to export customs
PREPROCESS_HANDOVER_TO_IMPORT_CUSTOMS | | parcel-nl | | customs/in_progress | | Handed over from third party to import customs
MANIFESTED | | parcel-nl | | customs/in_progress | | Ready for final customs check
BROKER_NOTIFIED | | parcel-nl | | customs/broker | | Broker informed
BROKER_RELEASED | | parcel-nl | | customs/cleared/released | | Cleared by the broker and released at customs
CLEARANCE_RELEASE | | parcel-nl | | customs/cleared/released | | Released by customs
CLEARANCE_DELAY | | parcel-nl | | customs/exception/delay | | Delayed during clearance at customs
UNCONTROLLABLE_CLEARANCE_DELAY | | parcel-nl | | customs/exception/delay | | Uncontrollable delay at customs
DUTY_INVOICE | | parcel-nl | | customs/held/pending_duty_taxes_payment | | Duty invoice prepared
VAT_AND_DUTY_PAYMENT_RECEIVED_BY_RECEIVER | | parcel-nl | | customs/in_progress/duty_taxes_paid | | Payment received
INSUFFICIENT_DOCUMENTATION | | parcel-nl | | customs/held/incomplete_documentation | | Incorrect or incomplete documentation
SHIPMENT_INSPECTION | | parcel-nl | | customs/in_progress/under_inspection | | Inspection by customs
SHIPMENT_INTERCEPT | | parcel-nl | | customs/held | | Interception by customs
PARCEL_HANDED_OVER_TO_COURIER | | parcel-nl | | delivery/out_for_delivery | | Handed over to the courier
PARCEL_WILL_BE_DELIVERED_SOON | | parcel-nl | | delivery/out_for_delivery | | We're almost there
CLOSED | | parcel-nl | | delivery/attempt/restricted_access_hours | | Recipient is closed
RECEIVER_CLOSED_ON_HOLIDAY | | parcel-nl | | delivery/attempt/restricted_access_hours | | Recipient is closed because of holiday
RECEIVER_CLOSED_PASSED_TO_DEPOT | | parcel-nl | | delivery/attempt/restricted_access_hours | | Recipient is closed, will be forwarded to sorting center
RECEIVER_CLOSED_PASSED_TO_PARCELSHOP | | parcel-nl | | delivery/attempt/restricted_access_hours | | Recipient is closed, will be forwarded to DHL ServicePoint
NOT_HOME | | parcel-nl | | delivery/attempt/recipient_unavailable | | We missed each other
NOT_HOME_NEW_DELIVERY | | parcel-nl | | delivery/attempt/recipient_unavailable | | We missed each other, new attempt on the next delivery day
NOT_HOME_SYSTEM_INTERVENTION_DELIVERY_AT_PARCELSHOP | | parcel-nl | | delivery/attempt/recipient_unavailable | | We missed each other, we will forward your parcel to a DHL ServicePoint
NOT_HOME_TO_PARCELSHOP | | parcel-nl | | delivery/attempt/recipient_unavailable | | We missed each other
DELIVERY_CODE_MISSING_NEW_ATTEMPT | | parcel-nl | | delivery/attempt/security_check_failed | | The delivery code is missing or incorrect, new delivery attempt will follow
DELIVERY_CODE_MISSING_PICK_UP | | parcel-nl | | delivery/attempt/security_check_failed | | The delivery code is missing or incorrect, available for pick-up the next business day
ID_CHECK_UNSUCCESSFUL | | parcel-nl | | delivery/attempt/security_check_failed | | Delivery unsuccessful, ID could not be verified
INCORRECT/UNKNOWN_PIN | | parcel-nl | | delivery/attempt/security_check_failed | | Pincode incorrect or unknown
NO_MONEY_REDELIVER | | parcel-nl | | delivery/attempt | recipient_cod_unpaid | No payment, new delivery attempt on the next delivery day
SAFEPLACE_DELIVERY_FAILED | | parcel-nl | | delivery/attempt/no_safe_location | | Your shipment couldn't be delivered at your preferred location
PARTIAL_DELIVERY | | parcel-nl | | delivery/attempt/partial_delivery_only | | Partially delivered
SIGNATURE_RECORDED | | parcel-nl | | post_delivery/proof/proof_of_delivery | | Signature received upon receipt
PARCEL_FOUND_AT_PARCELSHOP | | parcel-nl | | delivery/delivered/pudo_point | | Pickup at DHL ServicePoint possible again
PARCELSHOP_DELIVERY_DEVIATION | | parcel-nl | | delivery/delivered/pudo_point | | The parcel has been delivered to a different DHL ServicePoint
NOTIFICATION_FOR_PARCELSHOP_COLLECTION_HAS_BEEN_SENT | | parcel-nl | | delivery/delivered/pudo_point | | Parcel delivered at DHL ServicePoint and is ready for collection
PARCEL_NOT_COLLECTED_AT_PARCELSHOP | | parcel-nl | | exception/held_at_hub | pickup_expired | Not collected at DHL ServicePoint
COLLECTED_AT_ACCESSPOINT | | parcel-nl | | post_delivery/collected/by_recipient | | Collected at DHL ServicePoint by the recipient
COLLECTED_AT_PARCELSHOP | | parcel-nl | | post_delivery/collected/by_recipient | | Collected at DHL ServicePoint by the recipient
COLLECTED_AT_PARCELSTATION | | parcel-nl | | post_delivery/collected/by_recipient | | Collected at DHL ServicePoint by the recipient
SHIPMENT_COLLECTED | | parcel-nl | | post_delivery/collected/by_recipient | | Collected by the recipient
PICTURE_TAKEN_OF_PARCEL | | parcel-nl | | post_delivery/proof/photo_of_location | | Photo taken of parcel
INFORMATION_ON_DELIVERY_TRANSMITTED | | parcel-nl | | delivery/notification | | Delivery planned at the CityHub
NOTIFICATION_NOT_HOME_TO_PARCELSHOP | | parcel-nl | | delivery/notification | | We missed you. We deliver your shipment at a DHL ServicePoint.
NOTIFICATION_OF_DELIVERY_TIME_HAS_BEEN_SENT | | parcel-nl | | delivery/notification | | Notification of delivery time frame sent to the recipient
NOTIFICATION_OF_TIME_FRAME_HAS_BEEN_SENT | | parcel-nl | | delivery/notification | | Notification of delivery time frame sent to the recipient
NOTIFICATION_FOR_PARCELSHOP_COLLECTION_HAS_FAILED | | parcel-nl | | delivery/notification | | Failed to send notification for collection at DHL ServicePoint by the recipient
REMINDER_FOR_COLLECTION_SENT_EMAIL | | parcel-nl | | delivery/notification/email | | The recipient has received a reminder via e-mail that the package is available for collection
REMINDER_FOR_COLLECTION_SENT_LETTER | | parcel-nl | | delivery/notification/letter | | The recipient has received a reminder by post that the package is available for collection
REMINDER_FOR_COLLECTION_SENT_SMS | | parcel-nl | | delivery/notification/text | | The recipient has received a reminder via SMS that the package is available for collection
COD_AMOUNT_CHANGED | | parcel-nl | | delivery/admin | | Cash on delivery amount changed on request of the sender
LEG_REFERENCE_ADDED | | parcel-nl | | delivery/admin | | Reference added
IMAGE_AVAILABLE | | parcel-nl | | delivery/admin | | Image available at DHL
MONEY_TRANSFERED_TO_SENDER | | parcel-nl | | delivery/admin | | Payment transferred by the recipient
TRACE_INITIATED | | parcel-nl | | delivery/admin | | Customer service of DHL initiates action
TRACE_TERMINATED | | parcel-nl | | delivery/admin | | Customer service of DHL terminates action
RESPONSE_RECEIVED | | parcel-nl | | delivery/admin | | Response received
CS_ACTION_REQUIRED | | parcel-nl | | delivery/admin | | Sender will contact DHL
PARCEL_INFORMATION_REMOVED_FROM_PARCELSHOP_APPLICATION | | parcel-nl | | delivery/admin | | Removed from the application of DHL ServicePoint
WILL_BE_TRANSFERRED_TO_THIRD_PARTY | | parcel-nl | | delivery/admin | | will be transferred to third party
PARCEL_SCANNED_INTO_HAND-TERMINAL | | parcel-nl | | delivery/admin | | Entered into handheld device of the courier
DELIVERED_AT_PARCELSHOP | | parcel-nl | | delivery/admin | | INTERNAL EVENT - Parcel not ready for collection at DHL ServicePoint
`;
