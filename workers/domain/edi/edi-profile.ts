/**
 * What differs by carrier in a file whose format is a standard. Plain data, so that a carrier's folder can hold
 * its profile as a table. Everything has a default: an empty profile reads by the standard.
 */
import type { EdiStatus } from "./edi-status.ts";
import type { FileDescription } from "./files/file-description.ts";

/** A place an id can stand: `GIN+BJ`, `PCI+30`, `RFF+CW`, `CNI`, `EQD+CN`, `B10-01`, `L11+2I`, `MAN+GM`. */
export type IdPlace = string;

/**
 * Where a code or text stands in an STS: composite and component as the directories name them.
 * `C601`: 9015, 1131, 3055. `C555`: 4405, 1131, 3055, text. `C556`: the same of the first reason.
 */
export type StatusPlace =
  | "C601.9015"
  | "C601.1131"
  | "C601.3055"
  | "C555.4405"
  | "C555.1131"
  | "C555.3055"
  | "C555.text"
  | "C556.9013"
  | "C556.text"
  | "LOC.code"
  | "LOC.name"
  | "FTX"
  | "K1";

export interface EdiProfile {
  /** The carrier's id, for messages. */
  readonly carrier_id: string;

  /** Which of the two standards its files are in: one in the other is told and not read, since its codes mean other things. */
  readonly standards: readonly ("edifact" | "x12")[];

  /** Where the parcel's number is: groups in order of trust, the first group that yields any number is taken wholly. */
  readonly parcel_number: readonly (readonly IdPlace[])[];
  /** What the two numbers of a GIN pair (C208) are: the ends of a range, as the directory has it, or two of a list. */
  readonly number_pairs: "range" | "list";
  /** Where the shipment's number is: the first place that has one. */
  readonly shipment_number: readonly IdPlace[];

  /** Where the status code is: the first place that has one. */
  readonly status_code: readonly StatusPlace[];
  /** Where the sub-code is; the first reason's code is `C556.9013`. Empty: none. */
  readonly sub_code: readonly StatusPlace[];
  /** Codes joined to one by this sign (`20/209`), the rest of the house being used to it; null: kept apart. */
  readonly join_sub_code: string | null;
  /** Which text is the status' text. */
  readonly status_text: readonly StatusPlace[];
  /** A LOC whose code or name is really the status' text is no place (DHL Freight). */
  readonly location_is_text: boolean;

  /** DTM 2005 of the event, first that is present wins. */
  readonly event_time: readonly string[];
  /** DTM 2005 of the promise. */
  readonly eta_time: readonly string[];
  /** Midnight to the second means "that day". */
  readonly midnight_is_date: boolean;
  /** IANA zone of times without one, for the caller that turns them into instants; null: the place's. */
  readonly time_zone: string | null;

  /** LOC 3227 of the event, best first. A place with another qualifier is taken when none of these is there. */
  readonly location_qualifiers: readonly string[];
  /** NAD 3035 whose party is the place where there is no LOC (Dachser: CS, the depot). */
  readonly location_parties: readonly string[];
  /** RFF whose value is the name of who accepted (UPS: AGY). */
  readonly signer_reference: readonly string[];

  /** 1650 and 1652 codes that tell a plan, not a fact. */
  readonly planned_codes: readonly string[];

  /** How this carrier's own file is laid out, where it sends neither EDIFACT nor X12 nor a file that is known by its content. */
  readonly file: FileDescription | null;

  /** Last word of the carrier on a status that was read; may return it changed, never null: an event is not dropped here. */
  readonly adjust?: (status: EdiStatus) => EdiStatus;
}

/** Reads by the standard: UN/CEFACT directories and X12 214, the places in the order of trust seen in the field. */
export const genericProfile: EdiProfile = {
  carrier_id: "generic",
  standards: ["edifact", "x12"],
  parcel_number: [
    ["GIN+BJ", "GIN+AW", "GIN+NVE", "GIN+SRV"],
    ["GIN+ML"],
    ["PCI+30", "PCI+33E"],
    ["MAN+GM", "MAN+AA"],
    ["MAN+CP"],
    ["L11+08", "L11+97"],
    ["GIN+BN"],
    ["RFF+CW"],
    ["L11+2I"],
    ["parcel"],
  ],
  number_pairs: "range",
  shipment_number: [
    "CNI",
    "RFF+CN",
    "RFF+AAM",
    "RFF+AAS",
    "RFF+SRN",
    "RFF+BM",
    "RFF+HWB",
    "RFF+AWB",
    "RFF+MWB",
    "RFF+BN",
    "RFF+FF",
    "B10-01",
    "B10-02",
    "L11+CN",
    "L11+BM",
    "shipment",
    "carrier_ref",
    "consignor_ref",
  ],
  status_code: ["C555.4405"],
  sub_code: ["C556.9013"],
  join_sub_code: null,
  status_text: ["C555.text", "C556.text"],
  location_is_text: false,
  event_time: ["334", "78", "145", "35", "178", "186", "200", "310", "7", "9", "137"],
  eta_time: ["17", "67", "191", "132", "69", "76"],
  midnight_is_date: false,
  time_zone: null,
  location_qualifiers: ["14", "175", "172"],
  location_parties: [],
  signer_reference: [],
  planned_codes: ["AG", "X2", "B6", "C1", "A1"],
  file: null,
};

/** A carrier's profile: what it says, the rest as the standard has it. */
export function ediProfile(carrier: Partial<EdiProfile> & { readonly carrier_id: string }): EdiProfile {
  return { ...genericProfile, ...carrier };
}
