/**
 * Codes of UPS's lists ("exceptions", "delivery dials", Quantum View and Tracking API) whose sentence is not worth a pattern: each
 * says one thing. Left out, since their words leave open where the goods are or whom they are said of: pickups' own
 * dials (BI Closed, CO Not ready, EA Missed, EB Cancelled, FZ No attempt …), promises to get in touch (63, D7, TK …), claims'
 * afterthoughts (8C, 8E, 8F), locker without a word of what for (P5), internal activities (KB, UJ: their type tells). CA, CD, CL, UA, UD and others stand in two of the lists with two meanings: those
 * go by their sentence.
 */
export const FURTHER_CODES = `
# Delivered, and where it was left
FS | | | | delivery/delivered                            |  | Delivered
56 | | | | delivery/delivered                            |  | delivered after the service commitment of noon
59 | | | | delivery/delivered                            |  | delivered after the service commitment of 10:30
3F | | | | delivery/delivered                            |  | other location at the address
3G | | | | delivery/delivered                            |  | left with an individual
8O | | | | delivery/delivered                            |  | management office
AI | | | | delivery/delivered                            |  | dock
M2 | | | | delivery/delivered                            |  | commercial
M3 | | | | delivery/delivered                            |  | front desk
M4 | | | | delivery/delivered                            |  | reception
M5 | | | | delivery/delivered                            |  | mail room
M6 | | | | delivery/delivered                            |  | office
M7 | | | | delivery/delivered                            |  | receiver
M8 | | | | delivery/delivered                            |  | guard
M9 | | | | delivery/delivered                            |  | door person
MA | | | | delivery/delivered                            |  | hostess
MB | | | | delivery/delivered                            |  | janitor
MC | | | | delivery/delivered                            |  | store
MD | | | | delivery/delivered                            |  | warehouse
ME | | | | delivery/delivered                            |  | receiving office
MG | | | | delivery/delivered                            |  | met customer
MH | | | | delivery/delivered                            |  | met customer
MJ | | | | delivery/delivered                            |  | met customer
MK | | | | delivery/delivered                            |  | met customer
MU | | | | delivery/delivered                            |  | mailbox
OZ | | | | delivery/delivered                            |  | left at a security office, as the receiver asked
ZG | | | | delivery/delivered                            |  | concierge
ZH | | | | delivery/delivered                            |  | superintendent
3H | | | | delivery/delivered/left_with_neighbor         |  | neighbour, by request
ML | | | | delivery/delivered/left_in_safe_place         |  | front door
MM | | | | delivery/delivered/left_in_safe_place         |  | rear door
MN | | | | delivery/delivered/left_in_safe_place         |  | side door
MQ | | | | delivery/delivered/left_in_safe_place         |  | porch
MR | | | | delivery/delivered/left_in_safe_place         |  | deck
MS | | | | delivery/delivered/left_in_safe_place         |  | patio
MW | | | | delivery/delivered/left_in_safe_place         |  | carport
MX | | | | delivery/delivered/left_in_safe_place         |  | other, released
ZF | | | | delivery/delivered/left_in_safe_place         |  | shed
NL | | | | delivery/delivered/left_in_safe_place         |  | left in a delivery bag, as the receiver asked
NT | | | | delivery/delivered/left_in_safe_place         |  | left in a meter box, as the receiver asked
KU | | | | delivery/attempt/partial_delivery_only        |  | not the entire shipment was delivered

# At a pickup point, or waiting for the receiver
8I | | | | delivery/delivered/pudo_point                 |  | scanned as picked up by mistake: available for pickup
UE | | | | delivery/delivered/to_depot                   |  | held at the UPS facility for pickup
5G | | | | delivery/notification                         |  | reaching the days allowed at the access point
VB | | | | delivery/notification                         |  | will-call pickup within five business days
5F | | | | exception/held_at_hub                         | pickup_expired | not collected, back in inventory
5Z | | | | delivery/attempt                              |  | not delivered to the access point, second attempt at the address
DZ | | | | delivery/attempt/incorrect_address            | address_incomplete | not delivered, room number needed
OE | | | | delivery/attempt/unable_to_access_location    | address_no_access | security code required to enter

# Somebody asked for something else, or was told
37 | | | | delivery/change                               | sender_instruction | intercept completed
K8 | | | | delivery/change                               | sender_instruction | intercept completed
JC | | | | delivery/change                               | sender_instruction | recovery intercept completed
FW | | | | delivery/change                               | sender_instruction | recovery intercept requested
JH | | | | delivery/change                               | sender_instruction | modified intercept requested
JI | | | | delivery/change                               | sender_instruction | modified intercept requested
JJ | | | | delivery/change                               | sender_instruction | intercept modified
HI | | | | delivery/change                               | sender_instruction | intercepted
O9 | | | | delivery/change                               | recipient_request | same-day will call
TO | | | | delivery/change                               | recipient_request | same-day will call
UZ | | | | delivery/change                               | recipient_request | same-day will call
VE | | | | delivery/change                               | recipient_request | customer picks up this evening
VF | | | | delivery/change                               | recipient_request | customer meets the driver
AU | | | | delivery/change                               | recipient_request | receiver asks to hold it for pickup
VA | | | | delivery/change                               | recipient_request | receiver cancelled the will call
T6 | | | | delivery/change                               | recipient_request | no signature any more
RW | | | | delivery/change                               | recipient_request | second attempt requested
5S | | | | delivery/change/address                       |  | to another access point
RI | | | | delivery/change/address                       |  | to the access point the receiver prefers
FB | | | | delivery/change/address                       |  | being delivered, address corrected
7A | | | | delivery/notification                         |  | to an access point on the next business day
DT | | | | delivery/notification                         |  | fax or email to the receiver
3W | | | | delivery/admin                                |  | upgrade request not completed
4N | | | | delivery/admin                                |  | upgrade not processed
92 | | | | delivery/admin                                |  | receiver agrees to pay the charges
E7 | | | | delivery/admin                                |  | value of goods paid
TL | | | | delivery/admin                                |  | wrong delivery information corrected

# Under way
3P | | | | in_transit/carrier_network                    |  | received back from an access point
4H | | | | in_transit/carrier_network                    |  | moved by the post office to another facility
6P | | | | in_transit/carrier_network                    |  | in transit, attempt on the next business day
HM | | | | in_transit/carrier_network                    |  | redirected, forwarded to the delivery centre
W8 | | | | in_transit/carrier_network                    |  | to a free trade zone, as requested
YG | | | | in_transit/carrier_network                    |  | forwarded by the post office
Z3 | | | | in_transit/carrier_network                    |  | broker assigned, released to move
ZX | | | | in_transit/carrier_network                    |  | expedited
ZY | | | | in_transit/carrier_network                    |  | expedited
ZZ | | | | in_transit/carrier_network                    |  | expedited
A4 | | | | in_transit/carrier_network                    | goods_damaged | all merchandise is being delivered, damage is told to the sender
ZV | | | | in_transit/arrived_at_carrier_facility        |  | received by the agent's export site
85 | | | | in_transit/processed_at_carrier_facility      |  | freight processed to the warehouse
7Q | | | | in_transit/processed_at_carrier_facility      | recipient_request | receiver wants an appointment
VS | | | | collection/collected                          |  | tendered to UPS

# Late
TN | | | | exception/delay                               |  | not on schedule
57 | | | | exception/delay                               |  | no attempt on the scheduled day
DQ | | | | exception/delay                               | carrier_area | remote area, not served daily
H7 | | | | exception/delay                               | force_majeure | area inaccessible, special event
P6 | | | | exception/delay                               | force_majeure | rail check beyond UPS's control
OS | | | | exception/delay                               | goods_dangerous | handling of lithium batteries
VL | | | | exception/delay                               | recipient_closed | closed for the weekend
XZ | | | | exception/delay                               | carrier_missed_connection | cleared after the departure
G1 | | | | exception/delay/due_to_sender                 | sender_instruction | later, as the sender asked
S6 | | | | exception/delay/due_to_recipient              | recipient_request | receiver takes it during certain hours only
AX | | | | exception/delay/due_to_recipient              | recipient_absent | receiver on vacation

# Stands still
1H | | | | exception/held_at_hub/hazmat                  |  | dangerous goods, limits of the vehicle
HK | | | | exception/held_at_hub/prohibited_items        |  | alcohol
HO | | | | exception/held_at_hub/prohibited_items        |  | alcohol
I2 | | | | exception/held_at_hub/prohibited_items        |  | alcohol
PH | | | | exception/held_at_hub/bad_address             |  | held to verify name or address
A9 | | | | exception/held_at_hub/bad_address             | address_not_found | directions to the address required
CW | | | | exception/held_at_hub/bad_address             | carrier_area | APO or FPO address
BT | | | | exception/held_at_hub/missing_information     |  | more wanted of the receiver
TF | | | | exception/held_at_hub/missing_information     |  | more wanted of the receiver
C7 | | | | exception/held_at_hub/missing_information     | sender_wrong_data | C.O.D. amount missing
5T | | | | exception/held_at_hub                         |  | waits for instructions
BF | | | | exception/held_at_hub                         |  | waits for instructions
LV | | | | exception/held_at_hub                         | authority_hold | with a government agency
Y4 | | | | exception/held_at_hub                         | authority_hold | with a government agency
YV | | | | exception/held_at_hub                         | sender_bad_label | return label missing
YU | | | | exception/other                               | sender_wrong_goods | contents are not those described
GK | | | | exception/other                               | goods_incomplete | contents short
RV | | | | return_to_sender/initiated                    |  | returned on Saturday
CF | | | | return_to_sender/customs                      |  | awaits customs before it goes back

# Customs
MI | | | | customs/in_progress                           |  | awaiting clearance
Z1 | | | | customs/in_progress                           |  | awaiting clearance
DK | | | | customs/in_progress/under_inspection          |  | inspection required
L4 | | | | customs/in_progress/under_inspection          |  | inspection required
EY | | | | customs/held/pending_duty_taxes_payment       |  | import C.O.D. due
ET | | | | customs/held/missing_documentation            |  | documents or power of attorney required
RX | | | | customs/held/missing_documentation            |  | documents or power of attorney required
SG | | | | customs/held/incomplete_documentation         |  | information incomplete
RQ | | | | customs/held                                  | authority_hold | another agency's clearance
X9 | | | | customs/held                                  | recipient_request | customer wants to be asked first
86 | | | | customs/broker                                |  | tendered to the broker
`;
