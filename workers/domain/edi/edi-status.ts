/**
 * What the EDI engine hands on: one `EdiStatus` per status a carrier's file tells, whatever the format.
 * Everything here is as the file says it. No mapping to Gluey's codes, no conversion to an instant: both need
 * the carrier's knowledge, which lives with the carrier.
 */
import type { EdiRemark, PlaceInFile } from "./remarks.ts";

export type EdiFormat = "edifact" | "x12" | "csv" | "fixed" | "json" | "xml" | "html" | "empty" | "unknown";

/** One number the file ties to a status. `scheme` is where it stood: `GIN+BJ`, `PCI+30`, `RFF+CU`, `CNI`, `EQD+CN`, `B10-01`, `L11+2I`, `MAN+GM`, or a column's role in other files. */
export interface EdiId {
  readonly scheme: string;
  readonly value: string;
  /** Set when the file gives a range: `value` up to and with this number. */
  readonly range_to?: string;
}

/** A reference by its qualifier (EDIFACT 1153, X12 128), as sent. */
export interface EdiReference {
  readonly qualifier: string;
  readonly value: string;
}

/** A reason beside the status: C556 of the STS, AT702, Q7. */
export interface EdiReason {
  readonly code: string | null;
  readonly text: string | null;
  readonly list: string | null;
  readonly agency: string | null;
}

export type TimePrecision = "second" | "minute" | "date" | "unknown";

/** A clock on a wall: the digits of the file in ISO form, without a zone unless the file says one. */
export interface WallClock {
  /** `2026-03-12`, `2026-03-12T08:15`, `2026-03-12T08:15:30`, or with a fraction of a second. */
  readonly local: string;
  readonly precision: TimePrecision;
  /** `+01:00` when the file gives an offset from UTC, else null. */
  readonly utc_offset: string | null;
  /** An IANA zone where the file's time code means one (X12 `ET`), else the zone's letters as sent (`CET`), else null. */
  readonly time_zone: string | null;
  /** Where it stood: `DTM+334`, `AT7`, a column. */
  readonly source: string;
}

export interface EdiLocation {
  /** 3227: what kind of place (14 location of goods, 175 activity …); null in other formats. */
  readonly qualifier: string | null;
  readonly code: string | null;
  /** 1131 and 3055: `139`/`6` is UN/LOCODE, `16` a postcode, `87` the carrier's own. */
  readonly code_list: string | null;
  readonly code_agency: string | null;
  readonly name: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly postal_code: string | null;
  /** As sent: mostly ISO 3166-1 alpha-2, sometimes a name. */
  readonly country: string | null;
  /** Decimal degrees. */
  readonly geo: { readonly lat: number; readonly lng: number } | null;
}

/** FTX, K1 or a text column. `qualifier` is 4451, `function` 4453. */
export interface EdiText {
  readonly qualifier: string | null;
  readonly function: string | null;
  readonly lines: readonly string[];
}

export interface EdiParty {
  readonly qualifier: string;
  readonly id: string | null;
  readonly name: string | null;
  readonly city: string | null;
  readonly postal_code: string | null;
  readonly country: string | null;
}

export interface EdiEquipment {
  /** 8053 or MS2-03: `CN` container, `TE` trailer, `TL` … */
  readonly qualifier: string | null;
  readonly id: string;
}

export interface EdiMeasure {
  readonly value: number;
  /** UN Rec 20 (`KGM`, `LBR`) or X12 element 188 (`K`, `L`), as sent. */
  readonly unit: string | null;
}

export interface InterchangeFacts {
  /** 1-based position in the file. */
  readonly index: number;
  readonly format: EdiFormat;
  readonly sender: string | null;
  readonly sender_qualifier: string | null;
  readonly sender_internal: string | null;
  readonly receiver: string | null;
  readonly receiver_qualifier: string | null;
  readonly receiver_internal: string | null;
  /** UNB 0020 or ISA13 with its zeros; null when blank. Not unique in the field: never de-duplicate on it alone. */
  readonly control_ref: string | null;
  /** Wall clock of preparation, null when it is no date. */
  readonly prepared: string | null;
  readonly application_ref: string | null;
  readonly agreement: string | null;
  readonly test: boolean;
  readonly ack_requested: boolean;
  /** UNB S001 (`UNOC`, `3`) or ISA12. */
  readonly syntax: string | null;
  readonly version: string | null;
}

export type DocumentFunction = "original" | "replace" | "change" | "cancel" | "duplicate" | "status" | "copy";

export interface MessageFacts {
  /** UNH 0062 or ST02. */
  readonly ref: string;
  /** `IFTSTA`, `214`, `240`, or the other file's kind. */
  readonly type: string;
  /** `D.01B`, `004010`. */
  readonly release: string;
  readonly association: string | null;
  readonly group_ref: string | null;
  readonly document_code: string | null;
  readonly document_number: string | null;
  /** BGM 1225; null when absent or unknown. `replace`, `change` and `cancel` concern an earlier message. */
  readonly document_function: DocumentFunction | null;
  /** SCAC of B10-03, else null. */
  readonly carrier: string | null;
}

export interface EdiStatus {
  readonly interchange: InterchangeFacts;
  readonly message: MessageFacts;
  readonly at: PlaceInFile;
  /** The file ends before this status' message does: what followed may still change it. Wait for the whole file. */
  readonly unfinished: boolean;

  /** Nearest first: item, status, consignment, message header. */
  readonly ids: readonly EdiId[];
  readonly shipment_number: string | null;
  /** Every parcel this status is about; empty: the whole shipment. One status with several parcels is one event each. */
  readonly parcel_numbers: readonly string[];
  readonly references: readonly EdiReference[];

  /** 4405/9011, AT701 or 03, or where the profile says; null when the file gives none. */
  readonly code: string | null;
  readonly sub_code: string | null;
  readonly code_list: string | null;
  readonly code_agency: string | null;
  readonly status_text: string | null;
  /** C601 of the STS. UPS and Schenker put their code here. */
  readonly category: {
    readonly code: string | null;
    readonly list: string | null;
    readonly agency: string | null;
  };
  readonly reasons: readonly EdiReason[];

  /** When it happened, wall clock; null when the file does not say or the status is `planned`. */
  readonly occurred_at: string | null;
  readonly precision: TimePrecision;
  readonly utc_offset: string | null;
  readonly time_zone: string | null;
  readonly time_source: string | null;
  /** An appointment or an estimate: nothing that happened. */
  readonly planned: boolean;
  readonly planned_for: WallClock | null;
  readonly eta: WallClock | null;
  /** The promised window, where one is given. */
  readonly eta_window: { readonly from: WallClock | null; readonly to: WallClock | null } | null;

  readonly location: EdiLocation | null;
  readonly texts: readonly EdiText[];
  readonly parties: readonly EdiParty[];
  readonly signed_by: string | null;
  readonly equipment: readonly EdiEquipment[];
  readonly weight: EdiMeasure | null;
  readonly pieces: number | null;
}

/** What a partner says of something we sent, to be matched with it by reference and partner. */
export interface EdiAcknowledgement {
  readonly kind: "CONTRL" | "APERAK" | "997" | "999" | "TA1";
  readonly interchange: InterchangeFacts;
  readonly at: PlaceInFile;
  /** `received`: it arrived, nothing is judged yet. `partial`: read `details` for the refused ones. */
  readonly result: "accepted" | "accepted_with_errors" | "partial" | "rejected" | "received" | "unknown";
  /** What it answers: our UNB 0020 or ISA13, our GS06, our message number (APERAK). Null where this kind does not say. */
  readonly interchange_ref: string | null;
  readonly group_ref: string | null;
  readonly message_ref: string | null;
  readonly details: readonly EdiAcknowledgedMessage[];
  readonly errors: readonly EdiAcknowledgementError[];
}

export interface EdiAcknowledgedMessage {
  readonly type: string | null;
  readonly ref: string;
  readonly accepted: boolean;
  readonly result: "accepted" | "accepted_with_errors" | "rejected" | "unknown";
  readonly errors: readonly EdiAcknowledgementError[];
}

/** One complaint. `code` is of the list that its segment uses: 0085 (CONTRL), 9321 (ERC), 716–723 and 618 (X12). */
export interface EdiAcknowledgementError {
  readonly code: string | null;
  readonly segment: string | null;
  /** Position of the segment in the message, 1-based, when told. */
  readonly position: number | null;
  readonly element: string | null;
  readonly value: string | null;
  readonly text: string | null;
}

export interface EdiReading {
  readonly format: EdiFormat;
  /** The other file's kind (`dpd-statusdata`, `fortras-stat512`, …), null for EDIFACT and X12. */
  readonly file_kind: string | null;
  readonly interchanges: readonly InterchangeFacts[];
  readonly statuses: readonly EdiStatus[];
  readonly acknowledgements: readonly EdiAcknowledgement[];
  readonly remarks: readonly EdiRemark[];
  /** False: the file ends in the middle (or is empty). It is still being written: look again, do not archive. */
  readonly complete: boolean;
}
