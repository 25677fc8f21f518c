/**
 * Causes beside the letters V (error in processing) and H (delivery attempted) beyond those of statuses.ts: "Cause codes" of
 * developer.bring.com. The letter says where the goods are, the cause why; a cause that only tells what a sorter did has no line.
 * Columns as in statuses.ts.
 */
export const CAUSES = `
# Error in processing
V | 01 | | | exception/held_at_hub/bad_address | recipient_unknown | Addressee unknown
V | 90 | | | exception/held_at_hub/bad_address | recipient_unknown | addressee unknown
V | 02 | | | exception/held_at_hub/bad_address | recipient_moved | Addressee moved - address unknown
V | 31 | | | exception/held_at_hub/bad_address | recipient_moved | Addressee has new address
V | 03 | | | exception/delay | recipient_request | Non delivery on customer request
V | 80 | | | exception/carrier_hub/other | goods_oversize | Parcel over max weight/dimensions
V | BH | | | exception/carrier_hub/other | goods_oversize | letter is too big for mailbox
V | CJ | | | exception/carrier_hub/other | goods_oversize | Not possible due to volume/weight
V | F49 | | | exception/carrier_hub/other | goods_oversize | STOP: MINI PACKAGE MAJOR MAXIMUM OBJECTIVE
V | F53 | | | exception/carrier_hub/other | goods_oversize | Dimensions exceeding limits for Bring Nordic for private package
V | F59 | | | exception/carrier_hub/other | goods_oversize | Over maximum measurements
V | F60 | | | exception/carrier_hub/other | goods_oversize | Over maximum weight
V | 05 | | | exception/carrier_hub/other | recipient_no_contact | Telephone number of recipient not available
V | 57 | | | exception/carrier_hub/other | recipient_no_contact | No contact with recipient
V | AU | | | exception/carrier_hub/other | recipient_no_contact | cannot get in contact with the receiver
V | AT | | | exception/carrier_hub/other | recipient_no_contact | No response via entry phone
V | 06 | | | exception/carrier_hub/other | recipient_id_failed | Rejected because of missing proof of identity
V | 07 | | | exception/carrier_hub/other | recipient_id_failed | Rejected because of missing proof of identity
V | 08 | | | exception/carrier_hub/other | recipient_id_failed | Rejected because of missing proof of identity
V | BP | | | exception/carrier_hub/other | recipient_id_failed | No valid ID
V | 10 | | | exception/held_at_hub/bad_address | address_incomplete | Incomplete address
V | 11 | | | exception/held_at_hub/bad_address | address_not_found | cannot find addressee
V | BK | | | exception/held_at_hub/bad_address | address_not_found | Couldn't find agreed delivery point
V | 12 | | | exception/carrier_hub/other | recipient_absent | Addressee not available
V | O14 | | | exception/carrier_hub/other | recipient_absent | Nobody home
V | 13 | | | exception/carrier_hub/other | recipient_refused | Refused by addressee
V | O13 | | | exception/carrier_hub/other | recipient_refused | Refused
V | 14 | | | exception/carrier_hub/other | recipient_closed | Business not open until 09.00 a.m.
V | AY | | | exception/carrier_hub/other | recipient_closed | outside opening hours for Vinmonopolet
V | AF | | | exception/carrier_hub/other | sender_bad_label | Misplaced barcode (Customer's fault)
V | AG | | | exception/carrier_hub/other | sender_bad_label | Hidden barcode (Customer's fault)
V | AH | | | exception/carrier_hub/other | sender_bad_label | Barcode under plastic - Unreadable (customer's fault)
V | OL2 | | | exception/delay | carrier_capacity | Space / Capacity
V | AM | | | exception/delay | carrier_capacity | Limited distribution window
V | 63 | | | exception/damage_loss/parcel_damaged | goods_damaged | run over by forklift truck
V | 65 | | | exception/damage_loss/parcel_damaged | goods_damaged | fallen off a forklift truck
V | 66 | | | exception/damage_loss/parcel_damaged | goods_damaged | Wrongly stacked/collapsed
V | 67 | | | exception/damage_loss/parcel_damaged | goods_damaged | overturned
V | 68 | | | exception/damage_loss/parcel_damaged | goods_damaged | damaged prior to unloading
V | 69 | | | exception/damage_loss/parcel_damaged | goods_damaged | damaged while unloading
V | 76 | | | exception/damage_loss/parcel_damaged | goods_damaged | damaged container
V | OS1 | | | exception/damage_loss/parcel_damaged | goods_damaged | Damaged goods before pickup
V | OS2 | | | exception/damage_loss/parcel_damaged | goods_damaged | Damaged goods during transport
V | OS3 | | | exception/damage_loss/parcel_damaged | goods_damaged | Damaged goods after transport
V | 71 | | | exception/held_at_hub/prohibited_items | goods_prohibited | Prohibited article- cf postal freight
V | 20 | | | customs/held | customs_licence | Import licence required
V | 52 | | | customs/held | customs_licence | Certificate of origin missing
V | 53 | | | customs/held | customs_licence | Fault in certificate of origin
V | 72 | | | customs/held | customs_licence | Import restrictions - licence required
V | 21 | | | exception/carrier_hub/other | goods_payment | Payment of trade charges (cod / invoice)
V | 95 | | | exception/carrier_hub/other | goods_payment | insufficient payment information
V | 22 | | | exception/held_at_hub/missing_information | sender_wrong_data | Inappropriate parcel product is used
V | 23 | | | exception/held_at_hub/missing_information | sender_wrong_data | Invalid customer id
V | 29 | | | exception/held_at_hub/missing_information | sender_wrong_data | booking not forwarded
V | 73 | | | exception/held_at_hub/missing_information | sender_wrong_data | Consignment Number is used before
V | 88 | | | exception/held_at_hub/missing_information | sender_wrong_data | EDI missing on package
V | 96 | | | exception/held_at_hub/missing_information | sender_wrong_data | Incorrect product
V | F15 | | | exception/held_at_hub/missing_information | sender_wrong_data | MISSING EDI
V | F44 | | | exception/held_at_hub/missing_information | sender_wrong_data | Error in EDI message
V | F58 | | | exception/held_at_hub/missing_information | sender_wrong_data | Missing customer no.(aktørnr)
V | F68 | | | exception/held_at_hub/missing_information | sender_wrong_data | Prepaid product is missing country code/zip code
V | 62 | | | exception/other | goods_incomplete | Incomplete consignment
V | 37 | | | exception/carrier_hub/other | sender_cancelled | Withdrawn by sender
V | F47 | | | exception/carrier_hub/other | sender_cancelled | STOP: CUSTOMER RECALL!
V | 39 | | | exception/carrier_hub/other | carrier_area | Outside coverage area
V | F50 | | | exception/carrier_hub/other | carrier_area | STOP: THE HOME-ON DOOR OUTSIDE THE CORE AREA!
V | 42 | | | exception/held_at_hub/bad_address | address_wrong | Incorrect post code
V | AX | | | exception/held_at_hub/bad_address | address_wrong | Addressed to invalid zip code
V | CH | | | exception/held_at_hub/bad_address | address_wrong | Incorrect delivery adress
V | O01 | | | exception/held_at_hub/bad_address | address_wrong | Wrong address
V | 50 | | | customs/held | customs_documents | Commercial / pro forma invoice missing
V | 51 | | | customs/held | customs_documents | Fault in commercial /pro forma invoice
V | 54 | | | customs/held | customs_documents | Customs information missing
V | 55 | | | customs/held | customs_documents | Faulty / inadequate customs information
V | 59 | | | customs/held | customs_documents | Import / vat number required
V | 60 | | | customs/held | customs_documents | Documents for returned article missing
V | 30 | | | exception/carrier_hub/other | recipient_cod_unpaid | COD charge is unpaid
V | 82 | | | exception/carrier_hub/other | sender_not_ready | goods not ready for collection
V | 79 | | | exception/carrier_hub/other | sender_bad_packaging | nonpackaged goods
V | BA | | | exception/delay | carrier_processing | Forgotten
V | F25 | | | exception/delay | carrier_processing | SORTED TO OVERFLOW CHUTE
V | F99 | | | exception/delay | carrier_processing | Internal Error in Sort Program (JAX361S)
V | FF2 | | | exception/delay | carrier_processing | Shute not reached
V | FF3 | | | exception/delay | carrier_processing | Shute not available
V | FF4 | | | exception/delay | carrier_processing | Failed sorting to Shute
V | FF6 | | | exception/delay | carrier_processing | Shute couldn't be reached
V | FF8 | | | exception/delay | carrier_processing | Lost position on conveyor or invalid size
V | FFA | | | exception/delay | carrier_processing | Error in process
V | 93 | | | exception/held_at_hub/bad_address | address_po_box | addressed to post office box
V | F16 | | | exception/held_at_hub/bad_address | address_po_box | POSTAL CODE BELONGS TO MAILBOX
V | 98 | | | exception/carrier_hub/other | pickup_point_full | No free capacity at the pickup point
V | 100 | | | exception/carrier_hub/other | pickup_point_full | No available box on locker
V | BM | | | exception/carrier_hub/other | pickup_point_full | Selected delivery point full
V | 999 | | | exception/carrier_hub/other | recipient_deceased | Addressee deceased
V | A1 | | | exception/carrier_hub/other | goods_temperature | Temperature difference
V | AO | | | exception/carrier_hub/other | pickup_point_closed | Package Machine inoperative
V | BL | | | exception/carrier_hub/other | pickup_point_closed | Agreed delivery point unavailable
V | AS | | | exception/carrier_hub/other | address_no_access | Wrong entry code/wrong Code tag
V | CG | | | exception/carrier_hub/other | address_no_access | No access to building
V | BI | | | exception/carrier_hub/other | address_no_safe_place | Mailbox full
V | BJ | | | exception/carrier_hub/other | address_no_safe_place | Mailbox unavailable
V | CL | | | exception/delay | carrier_out_of_time | Not possible due to time
V | OL3 | | | exception/delay | carrier_out_of_time | No time
V | BG | | | exception/carrier_hub/other | sender_instruction | Sender has ordered a redirection of parcel
V | F63 | | | exception/carrier_hub/other | sender_instruction | Sender has ordered redirect. Choose VAS address or print new label
V | AA | | | exception/delay | carrier_missed_connection | Departure cancelled
V | BR | | | exception/delay | carrier_missed_connection | Received too late to meet due day
V | OCB | | | exception/delay | carrier_vehicle | Car broke down
V | OSY | | | exception/delay | carrier_it | System
V | FV1 | | | exception/delay | carrier_it | No barcode found by scanner
V | FV4 | | | exception/delay | carrier_it | No barcodes received from scanner
V | FV5 | | | exception/delay | carrier_it | Scanner has not read any barcodes
V | FV7 | | | exception/delay | carrier_it | Other type of error from scanner

# Delivery attempted
H | 80 | | | delivery/attempt | goods_oversize | Parcel over max weight/dimensions
H | BH | | | delivery/attempt | goods_oversize | letter is too big for mailbox
H | CJ | | | delivery/attempt | goods_oversize | Not possible due to volume/weight
H | F49 | | | delivery/attempt | goods_oversize | STOP: MINI PACKAGE MAJOR MAXIMUM OBJECTIVE
H | F53 | | | delivery/attempt | goods_oversize | Dimensions exceeding limits for Bring Nordic for private package
H | F59 | | | delivery/attempt | goods_oversize | Over maximum measurements
H | F60 | | | delivery/attempt | goods_oversize | Over maximum weight
H | 63 | | | delivery/attempt | goods_damaged | run over by forklift truck
H | 64 | | | delivery/attempt | goods_damaged | Damaged during transport
H | 65 | | | delivery/attempt | goods_damaged | fallen off a forklift truck
H | 66 | | | delivery/attempt | goods_damaged | Wrongly stacked/collapsed
H | 67 | | | delivery/attempt | goods_damaged | overturned
H | 68 | | | delivery/attempt | goods_damaged | damaged prior to unloading
H | 69 | | | delivery/attempt | goods_damaged | damaged while unloading
H | 74 | | | delivery/attempt | goods_damaged | damaged at terminal
H | 75 | | | delivery/attempt | goods_damaged | damaged under transport
H | 76 | | | delivery/attempt | goods_damaged | damaged container
H | OS1 | | | delivery/attempt | goods_damaged | Damaged goods before pickup
H | OS2 | | | delivery/attempt | goods_damaged | Damaged goods during transport
H | OS3 | | | delivery/attempt | goods_damaged | Damaged goods after transport
H | 21 | | | delivery/attempt | goods_payment | Payment of trade charges (cod / invoice)
H | 95 | | | delivery/attempt | goods_payment | insufficient payment information
H | 32 | | | delivery/attempt | goods_incomplete | Incomplete consignment
H | 41 | | | delivery/attempt | goods_incomplete | Remaining goods
H | 62 | | | delivery/attempt | goods_incomplete | Incomplete consignment
H | F50 | | | delivery/attempt | carrier_area | STOP: THE HOME-ON DOOR OUTSIDE THE CORE AREA!
H | F16 | | | delivery/attempt | address_po_box | POSTAL CODE BELONGS TO MAILBOX
`;
